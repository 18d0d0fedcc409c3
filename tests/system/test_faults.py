"""Processes are killed at random while people send messages: no overlap, no loss, no lie."""

import random
from pathlib import Path
from typing import Final

import anyio
import httpx
import pytest

from shared.contracts import subjects
from shared.contracts.instants import Instant
from shared.mesh import clock, streams
from shared.mesh.connection import open_mesh
from shared.mesh.follow import follow
from tests.support.judge import Acknowledged, Logged, ToldBusy, ToldToWait, decoder, violations
from tests.support.system import System, running_system

TTL: Final = 1.0
SECONDS: Final = 20.0
PEOPLE: Final = 12
BANNERS: Final = [f"banner-{number}" for number in range(6)]
COMMANDS_AT_LEAST: Final = 300
PATIENCE: Final = 60.0


class Witness:
    """What people were told."""

    def __init__(self) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.told_busy: list[ToldBusy] = []
        self.told_to_wait: list[ToldToWait] = []
        self.commands = 0
        self.retries = 0


class Person:
    """Sends messages, some to wait for a turn, and asks again with the same key until the answer is definite.

    Of those that wait, some are taken back.
    """

    def __init__(self, name: str, system: System, witness: Witness, chance: random.Random) -> None:
        self._name = name
        self._system = system
        self._witness = witness
        self._chance = chance
        self._count = 0

    async def send_messages(self, client: httpx.AsyncClient, until: float) -> None:
        while anyio.current_time() < until:
            when = "queue" if self._chance.random() < 0.03 else "now"
            await self._send(client, self._chance.choice(BANNERS), when)
            await anyio.sleep(self._chance.random() * 0.05)

    async def _send(self, client: httpx.AsyncClient, banner: str, when: str) -> None:
        self._count += 1
        key = f"{self._name}-{self._count}"
        began = clock.now()
        with anyio.fail_after(PATIENCE):
            body = {"text": key, "when": when}
            answer = await self._ask(client, "POST", f"/v1/banners/{banner}/display", key=key, body=body)
            self._witness.commands += 1
            self._note(banner, answer, began)
            if answer.status_code == 202 and self._chance.random() < 0.3:
                await self._ask(client, "DELETE", answer.headers["Location"])

    async def _ask(
        self, client: httpx.AsyncClient, method: str, path: str, *, key: str = "", body: object = None
    ) -> httpx.Response:
        while (answer := await self._try(client, method, path, key, body)) is None:
            self._witness.retries += 1
            await anyio.sleep(0.1)
        return answer

    async def _try(
        self, client: httpx.AsyncClient, method: str, path: str, key: str, body: object
    ) -> httpx.Response | None:
        url = f"{self._chance.choice(self._system.urls)}{path}"
        headers = {"Cookie": f"airdisplay_guest={self._name}", **({"Idempotency-Key": key} if key else {})}
        try:
            answer = await client.request(method, url, json=body, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code in {503, 504}:
            return None
        return answer

    def _note(self, banner: str, answer: httpx.Response, began: Instant) -> None:
        told = answer.json()
        if answer.status_code == 201:
            self._witness.acknowledged.append(Acknowledged(banner, told["id"], told["until"]))
        elif answer.status_code == 202:
            self._witness.told_to_wait.append(ToldToWait(banner, told["id"]))
        elif told["type"] == "/problems/busy":
            self._witness.told_busy.append(ToldBusy(banner, told["display_id"], began, clock.now()))
        else:
            assert told["type"] == "/problems/already-waiting", answer.text


async def nemesis(system: System, chance: random.Random, until: float) -> list[str]:
    """Kill one process after the other, and start each again at once."""
    killed: list[str] = []
    while anyio.current_time() < until:
        await anyio.sleep(0.3 + chance.random())
        victim = chance.choice([*system.parts, "nats"])
        killed.append(victim)
        if victim == "nats":
            await system.nats.kill()
            await system.nats.start()
        else:
            system.parts[victim].kill()
            system.parts[victim].start()
    return killed


async def read_log(system: System) -> list[Logged]:
    """Every record that was ever committed, from HISTORY, once it has as many as the bucket committed."""
    records: list[Logged] = []
    read = decoder().decode
    async with open_mesh(system.nats_as("operator"), name="judge") as mesh:
        last = (await streams.info(mesh, streams.BANNERS.stream)).state.last_seq
        history = streams.BANNERS.history
        assert history is not None
        subject = subjects.history(streams.BANNERS.name, "*")
        async with follow(mesh, history, subject, everything=True) as feed:
            with anyio.fail_after(30):
                async for entries in feed:
                    records += [
                        Logged(subjects.key_of(entry.subject), entry.sequence, read(entry.data))
                        for entry in entries
                    ]
                    if len(records) >= last:
                        break
    return records


@pytest.mark.faults
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2])
async def test_no_overlap_and_nothing_acknowledged_is_lost_while_everything_is_killed(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    witness = Witness()
    killed: list[str] = []
    async with running_system(tmp_path, ttl=TTL, banners=2, expiries=2, gateways=2) as system:
        await system.register(*BANNERS)
        end = anyio.current_time() + SECONDS
        async with httpx.AsyncClient(timeout=10) as client, anyio.create_task_group() as tasks:
            for number in range(PEOPLE):
                person = Person(f"person-{number}", system, witness, random.Random(f"{seed} {number}"))
                tasks.start_soon(person.send_messages, client, end)
            killed += await nemesis(system, chance, end)

        log = await read_log(system)

    assert violations(log, witness.acknowledged, witness.told_busy, witness.told_to_wait) == []
    assert witness.commands >= COMMANDS_AT_LEAST, (witness.commands, witness.retries, killed)
    assert len(witness.acknowledged) > len(BANNERS)
    assert len(witness.told_to_wait) > len(BANNERS)
