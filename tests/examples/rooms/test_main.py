"""The rooms service as a process that is killed, and its successor."""

import signal
from pathlib import Path

import anyio
import pytest

from examples.rooms.client import Rooms
from examples.rooms.door import Seated
from examples.rooms.service import KIND
from shared.contracts.command import Accepted
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh
from tests.examples.rooms.judge import judging
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.waiting import until


@pytest.mark.faults
@pytest.mark.timeout(120)
async def test_the_successor_of_a_killed_process_goes_on_with_the_same_rooms(
    own_mesh: Mesh, own_nats_server: NatsServer, tmp_path: Path
) -> None:
    await streams.ensure(own_mesh, streams.of_entity(KIND, replicas=1))
    rooms = Rooms(own_mesh, answer_seconds=1)
    crowd = [f"s-{number:03}" for number in range(60)]
    everybody = ["ada", "ben", *crowd]
    seated: dict[str, Seated] = {}

    async def enter(stranger: str) -> None:
        while stranger not in seated:
            try:
                answer = await rooms.enter(stranger)
            except (Unreachable, OutcomeUnknown):
                await anyio.sleep(0.05)
            else:
                if isinstance(answer, Seated):
                    seated[stranger] = answer

    at = ["--nats-url", own_nats_server.url]
    async with judging(own_mesh) as judge:
        with running_module("examples.rooms", *at, log=tmp_path / "first") as first:
            await first.printed("ready")
            await enter("ada")
            await enter("ben")
            room = seated["ben"].room
            assert isinstance(await rooms.say(room, "answer", "ada"), Accepted)
            async with anyio.create_task_group() as tasks:
                for stranger in crowd:
                    tasks.start_soon(enter, stranger)
                await until(lambda: len(judge.strangers) > 10)
                first.send(signal.SIGKILL)
                assert -9 == await first.exit_code()
                with running_module("examples.rooms", *at, log=tmp_path / "second") as second:
                    await second.printed("ready")
                    await until(lambda: judge.together(everybody), seconds=30)
                    await until(lambda: len(seated) == len(everybody), seconds=30)
                    answer = await rooms.get(room)
                    second.send(signal.SIGTERM)

                    assert isinstance(answer, Accepted)
                    assert ("talking", ("ada", "ben")) == (answer.state.status, answer.state.strangers)
                    assert 0 == await second.exit_code()

    assert 31 == len(judge.full)
    assert [] == judge.objections
