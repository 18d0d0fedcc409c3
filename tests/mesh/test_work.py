"""A queue of work: every piece done by somebody, through restarts, deaths and streams made anew."""

from collections import Counter
from collections.abc import Sequence

import anyio
import pytest

from shared.contracts import subjects
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.work import Piece, Work, work
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

NAME = "test"


class Worker:
    """Does what it is given, and remembers it."""

    def __init__(self, *, careless: bool = False) -> None:
        self.did: list[bytes] = []
        self.pieces: list[Piece] = []
        self._careless = careless

    async def run(self, share: Work) -> None:
        """Take pieces for ever; a careless one never says that they are done."""
        async for pieces in share:
            self.pieces += pieces
            self.did += [piece.data for piece in pieces]
            if not self._careless:
                await share.done(pieces)


async def say(mesh: Mesh, numbers: Sequence[int]) -> None:
    """So many different things, each under a subject of its own."""
    for number in numbers:
        await mesh.publish(subjects.telemetry(f"b{number}", "wind"), b"%d" % number)
    await mesh.client.flush()


async def nothing_left(mesh: Mesh) -> bool:
    return (await streams.info(mesh, streams.INTAKE)).state.messages == 0


async def test_everything_is_done_once_and_is_gone_then(own_mesh: Mesh) -> None:
    worker = Worker()
    await say(own_mesh, range(3_000))
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, share)
        await say(own_mesh, range(3_000, 4_000))
        await until(lambda: len(worker.did) >= 4_000)
        await until(lambda: nothing_left(own_mesh))
        tasks.cancel_scope.cancel()

    assert [b"%d" % number for number in range(4_000)] == worker.did


async def test_a_piece_tells_when_the_stream_took_it(own_mesh: Mesh) -> None:
    before = clock.now()
    await say(own_mesh, [1])
    after_it_was_said = clock.now()
    worker = Worker()
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, share)
        await until(lambda: bool(worker.pieces))
        tasks.cancel_scope.cancel()

    assert before <= worker.pieces[0].at <= after_it_was_said
    assert subjects.telemetry("b1", "wind") == worker.pieces[0].subject


async def test_those_who_share_it_do_everything_together_and_nothing_twice(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    workers = [Worker(), Worker()]
    async with (
        open_mesh(own_nats_server.url, name="other") as other,
        work(own_mesh, streams.INTAKE, NAME) as one,
        work(other, streams.INTAKE, NAME) as two,
        anyio.create_task_group() as tasks,
    ):
        for worker, share in zip(workers, (one, two), strict=True):
            tasks.start_soon(worker.run, share)
        for start in range(0, 5_000, 100):
            await say(own_mesh, range(start, start + 100))
            await anyio.sleep(0.01)
        await until(lambda: nothing_left(own_mesh))
        tasks.cancel_scope.cancel()

    assert Counter(b"%d" % number for number in range(5_000)) == Counter(workers[0].did + workers[1].did)
    assert all(worker.did for worker in workers)


async def test_what_somebody_leaves_undone_is_given_to_another(
    own_mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.work._AGAIN_AFTER_SECONDS", 0.5)
    await say(own_mesh, range(10))
    careless, careful = Worker(careless=True), Worker()
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(careless.run, share)
        await until(lambda: len(careless.did) == 10)
        tasks.cancel_scope.cancel()

    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(careful.run, share)
        await until(lambda: nothing_left(own_mesh))
        tasks.cancel_scope.cancel()

    assert careless.did == careful.did
    assert [piece.at for piece in careless.pieces] == [piece.at for piece in careful.pieces]


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_it_goes_on_after_the_server_was_away(
    own_nats_server: NatsServer, own_mesh: Mesh, how: str
) -> None:
    worker = Worker()
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, share)
        await say(own_mesh, range(10))
        await until(lambda: len(worker.did) == 10)
        await (own_nats_server.kill() if how == "kill" else own_nats_server.stop())
        await until(lambda: not own_mesh.connected)
        await own_nats_server.start()
        await until(lambda: own_mesh.connected)
        await say(own_mesh, range(10, 20))
        await until(lambda: {b"%d" % number for number in range(20)} == set(worker.did))
        await until(lambda: nothing_left(own_mesh))
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("what", ["stream", "consumer"])
async def test_it_goes_on_after_the_stream_or_the_consumer_was_made_anew(own_mesh: Mesh, what: str) -> None:
    worker = Worker()
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, share)
        await say(own_mesh, [1])
        await until(lambda: len(worker.did) == 1)
        if what == "consumer":
            await own_mesh.jetstream.delete_consumer(streams.INTAKE, NAME)
        else:
            await own_mesh.jetstream.delete_stream(streams.INTAKE)
            await streams.ensure(own_mesh, [streams.intake(1)])
        await say(own_mesh, [2])
        await until(lambda: worker.did[-1] == b"2")
        assert share.resumed
        tasks.cancel_scope.cancel()


async def test_a_server_that_freezes_is_noticed_and_it_goes_on(
    own_nats_server: NatsServer, own_mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.pull._HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr("shared.mesh.pull._SILENCE_SECONDS", 0.6)
    worker = Worker()
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, share)
        await say(own_mesh, [1])
        await until(lambda: len(worker.did) == 1)
        own_nats_server.pause()
        await anyio.sleep(1)
        own_nats_server.resume()
        await say(own_mesh, [2])
        await until(lambda: worker.did[-1] == b"2")
        tasks.cancel_scope.cancel()


async def test_only_the_newest_few_of_a_subject_wait_to_be_done(own_mesh: Mesh) -> None:
    for number in range(100):
        await own_mesh.publish(subjects.telemetry("b1", "wind"), b"%d" % number)
    await say(own_mesh, [7])
    worker = Worker()
    async with work(own_mesh, streams.INTAKE, NAME) as share, anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, share)
        await until(lambda: nothing_left(own_mesh))
        tasks.cancel_scope.cancel()

    assert [*(b"%d" % number for number in range(84, 100)), b"7"] == worker.did
