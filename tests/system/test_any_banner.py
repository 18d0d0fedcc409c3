"""Two hundred want any of twenty banners at the same instant, and processes are killed all the while.

Twenty are shown at once, the others in their turn as deadlines pass; nobody is lost, nobody is shown twice.
"""

import random
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import msgspec
import pytest
from nats.aio.msg import Msg

from shared.contracts import subjects
from shared.contracts.banner import Shown
from shared.contracts.identity import BannerId
from shared.contracts.lobby import ALL_BANNERS, Lobby, LobbyEvent, Place
from shared.entities.records import Record
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.streams import LOBBIES
from tests.lobby import judge as lobby_judge
from tests.support.judge import Acknowledged, Logged, violations
from tests.support.processes import running_module
from tests.support.system import System, running_system
from tests.support.waiting import until
from tests.system.test_faults import read_log

TTL: Final = 2.0
PEOPLE: Final = 200
BANNERS: Final = [f"b{number}" for number in range(20)]
PATIENCE: Final = 120.0
TRY_AGAIN: Final = {503, 504}

_decoder = msgspec.json.Decoder(Record[Lobby, LobbyEvent])


class LobbyLog:
    """Every record of the lobby, as the server told it when it was committed."""

    def __init__(self) -> None:
        self._records: dict[int, Record[Lobby, LobbyEvent]] = {}

    @property
    def records(self) -> Sequence[Record[Lobby, LobbyEvent]]:
        """All of them, in order."""
        return [self._records[number] for number in sorted(self._records)]

    @property
    def is_done(self) -> bool:
        """Whether everybody has come in and gone."""
        records = self.records
        last = records[-1].state if records else Lobby()
        return last.last_number >= PEOPLE and not last.waiting and not last.assigned

    async def take(self, message: Msg) -> None:
        """Take one that the server tells."""
        record = _decoder.decode(message.data)
        self._records[record.number] = record


class Person:
    """Somebody who presses *show* once, and asks again with the same key until the answer is definite."""

    def __init__(self, number: int, urls: Sequence[str], chance: random.Random) -> None:
        self.key = f"person-{number}"
        self.tries = 0
        self._urls = urls
        self._chance = chance
        self._told: tuple[int, dict[str, Any]] | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What the answer said."""
        assert self._told is not None
        return self._told[1]

    @property
    def status(self) -> int:
        """The status of the answer."""
        assert self._told is not None
        return self._told[0]

    async def press_show(self, client: httpx.AsyncClient, now: anyio.Event) -> None:
        """Ask for any free banner, at that moment."""
        await now.wait()
        with anyio.fail_after(PATIENCE):
            while (answer := await self._ask(client)) is None:
                await anyio.sleep(0.05 + self._chance.random() * 0.1)
        assert answer.status_code in {201, 202}, answer.text
        self._told = (answer.status_code, answer.json())

    async def _ask(self, client: httpx.AsyncClient) -> httpx.Response | None:
        url = self._urls[self.tries % len(self._urls)]
        self.tries += 1
        try:
            answer = await client.post(
                f"{url}/v1/displays", json={"text": self.key}, headers={"Idempotency-Key": self.key}
            )
        except httpx.TransportError:
            return None
        return None if answer.status_code in TRY_AGAIN else answer


@asynccontextmanager
async def listening(mesh: Mesh) -> AsyncGenerator[LobbyLog]:
    """The log of the lobby, from now on."""
    log = LobbyLog()
    subscription = await mesh.subscribe(subjects.entity(LOBBIES.name, ALL_BANNERS, "state"), log.take)
    await mesh.client.flush()
    try:
        yield log
    finally:
        await subscription.unsubscribe()


async def nemesis(system: System, chance: random.Random, killed: list[str], done: anyio.Event) -> None:
    """Kill one process after the other, and start each again at once."""
    while not done.is_set():
        victim = chance.choice(sorted(system.parts))
        killed.append(victim)
        system.parts[victim].kill()
        system.parts[victim].start()
        await anyio.sleep(0.2 + 0.8 * chance.random())


async def all_are_online(client: httpx.AsyncClient, url: str) -> bool:
    """Whether the hardware of all banners is there."""
    answer = await client.get(f"{url}/v1/banners", params={"status": "online"})
    return len(answer.json()["items"]) == len(BANNERS)


async def found_by(client: httpx.AsyncClient, url: str, display: str) -> dict[str, Any]:
    """A display as a gateway tells it."""
    answer = await client.get(f"{url}/v1/displays/{display}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def all_are_over(client: httpx.AsyncClient, url: str, people: Sequence[Person]) -> bool:
    """Whether the display of each of them has ended."""
    for person in people:
        if (await found_by(client, url, person.told["id"]))["state"] != "ended":
            return False
    return True


def shown_in(log: Sequence[Logged]) -> list[tuple[Place, Shown]]:
    """Every display that began: on which banner, and right after which revision."""
    return [
        (Place(banner=BannerId(each.banner), revision=each.record.previous), event)
        for each in log
        for event in each.record.events
        if isinstance(event, Shown)
    ]


def at_once(shown: Sequence[tuple[Place, Shown]]) -> int:
    """How many showed at the same instant, when they were most."""
    return max(
        sum(other.display.shown_at <= began.display.shown_at < other.display.until for _, other in shown)
        for _, began in shown
    )


def where(shown: Sequence[tuple[Place, Shown]]) -> Mapping[str, Place]:
    """Where each display began."""
    return {event.display.id: place for place, event in shown}


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
async def test_everybody_is_shown_once_in_turn_while_everything_is_killed(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    killed: list[str] = []
    async with (
        running_system(tmp_path, ttl=TTL, banners=2, expiries=2, lobbies=2, gateways=2) as system,
        open_mesh(system.nats_as("operator"), name="judge") as mesh,
        httpx.AsyncClient(timeout=20, limits=httpx.Limits(max_connections=2 * PEOPLE)) as client,
        listening(mesh) as lobby_log,
    ):
        await system.register(*BANNERS)
        hardware = [
            "device",
            *BANNERS,
            "--nats-url",
            system.nats.url,
            "--nats-creds",
            str(system.authority.fleet()),
        ]
        with running_module("airdisplay", *hardware, log=tmp_path / "hardware.log"):
            await until(lambda: all_are_online(client, system.urls[0]))
            people = [
                Person(number, system.urls[:: 1 if number % 2 else -1], random.Random(f"{seed} {number}"))
                for number in range(PEOPLE)
            ]
            now, done = anyio.Event(), anyio.Event()
            async with anyio.create_task_group() as faults:
                async with anyio.create_task_group() as tasks:
                    for person in people:
                        tasks.start_soon(person.press_show, client, now)
                    await anyio.wait_all_tasks_blocked()
                    now.set()
                    faults.start_soon(nemesis, system, chance, killed, done)
                await until(lambda: lobby_log.is_done, seconds=PATIENCE)
                done.set()
            await system.ready()
            log = await read_log(system)
            shown = shown_in(log)
            await until(lambda: all_are_over(client, system.urls[0], people), seconds=30)
            found = [await found_by(client, system.urls[1], person.told["id"]) for person in people]

    acknowledged = [
        Acknowledged(person.told["banner"], person.told["id"], person.told["until"])
        for person in people
        if person.status == 201 and person.told["state"] == "showing"
    ]
    assert violations(log, acknowledged, []) == []
    assert lobby_judge.violations(lobby_log.records, where(shown)) == []
    assert {person.key: 1 for person in people} == Counter(event.display.text for _, event in shown)
    assert {person.told["id"] for person in people} == where(shown).keys()
    assert len(BANNERS) == at_once(shown), "all banners are used"
    assert {("ended", "expired")} == {(each["state"], each["how"]) for each in found}
    assert [where(shown)[person.told["id"]].banner for person in people] == [each["banner"] for each in found]
    assert len(killed) > 10, killed
