"""Following: every entry once and in order, whatever happens to servers, connections and queues."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import anyio
import pytest
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import StorageType, StreamConfig

from shared.contracts.errors import OutcomeUnknown, Restarted, Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.follow import Entry, Feed, follow
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.waiting import until

FLAGS = {"off": "", "on": "feature_flags { js_ack_fc_v2: true }"}

Receiver = Callable[[Msg], Awaitable[None]]


class Reading:
    """What somebody who follows has read so far."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.entries: list[Entry] = []

    @property
    def sequences(self) -> list[int]:
        """The sequences of the entries, in the order in which they came."""
        return [each.sequence for each in self.entries]

    @property
    def said(self) -> list[bytes]:
        """What the entries say."""
        return [each.data for each in self.entries]

    async def read(self) -> None:
        """Read on and on."""
        async for batch in self.feed:
            self.entries.extend(batch)


@asynccontextmanager
async def reading(
    mesh: Mesh,
    stream: str,
    *,
    subject: str | None = None,
    everything: bool = True,
    on_restart: Callable[[], None] | None = None,
) -> AsyncGenerator[Reading]:
    """Follow and read until the block is left."""
    subject = subject or f"{stream}.>"
    async with follow(mesh, stream, subject, everything=everything, on_restart=on_restart) as feed:
        reader = Reading(feed)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(reader.read)
            yield reader
            tasks.cancel_scope.cancel()


async def a_stream(mesh: Mesh, *, storage: StorageType = StorageType.FILE) -> str:
    """A stream of this test's own, on subjects that begin with its name."""
    name = f"S{uuid4().hex[:8]}"
    await streams.ensure(mesh, [StreamConfig(name=name, subjects=[f"{name}.>"], storage=storage)])
    return name


async def put(mesh: Mesh, subject: str, data: bytes) -> None:
    """Write an entry, and again if nobody says that it was written."""
    while True:
        try:
            await mesh.requests.ask(subject, data, timeout=1)
        except (Unreachable, OutcomeUnknown):
            await anyio.sleep(0.01)
        else:
            return


@pytest.fixture
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of silence need not wait as long as it really takes."""
    monkeypatch.setattr("shared.mesh.pull._HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr("shared.mesh.pull._SILENCE_SECONDS", 0.6)


# --- what is handed over --------------------------------------------------------------------------


async def test_first_comes_the_newest_of_each_then_all_that_come(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    for subject, data in (("a", b"a1"), ("b", b"b1"), ("a", b"a2")):
        await put(mesh, f"{stream}.{subject}", data)

    async with reading(mesh, stream, everything=False) as reader:
        await until(reader.feed.caught_up.is_set)
        assert [b"b1", b"a2"] == reader.said
        for data in (b"a3", b"a4"):
            await put(mesh, f"{stream}.a", data)
        await until(lambda: len(reader.entries) == 4)

    assert [b"b1", b"a2", b"a3", b"a4"] == reader.said


async def test_everything_begins_with_the_first_entry_that_there_is(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    for number in range(5):
        await put(mesh, f"{stream}.a", b"%d" % number)

    async with reading(mesh, stream) as reader:
        await until(reader.feed.caught_up.is_set)

    assert [b"0", b"1", b"2", b"3", b"4"] == reader.said


async def test_an_entry_says_where_it_stands_and_brings_its_headers(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    await put(mesh, f"{stream}.a", b"one")
    await mesh.requests.ask(f"{stream}.b", b"two", timeout=5, headers={"Colour": "red"})

    async with reading(mesh, stream) as reader:
        await until(lambda: len(reader.entries) == 2)

    assert Entry(f"{stream}.a", 1, b"one", None) == reader.entries[0]._replace(stored_ms=0)
    assert Entry(f"{stream}.b", 2, b"two", {"Colour": "red"}) == reader.entries[1]._replace(stored_ms=0)


async def test_an_entry_says_when_the_stream_took_it(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    await put(mesh, f"{stream}.a", b"one")
    async with reading(mesh, stream) as reader:
        await until(lambda: len(reader.entries) == 1)

    time = (await mesh.jetstream.get_last_msg(stream, f"{stream}.a")).time
    assert time is not None
    assert int(time.timestamp() * 1000) == reader.entries[0].stored_ms


async def test_an_empty_stream_is_caught_up_with_at_once(mesh: Mesh) -> None:
    stream = await a_stream(mesh)

    async with reading(mesh, stream) as reader:
        await until(reader.feed.caught_up.is_set)

        assert [] == reader.entries


async def test_caught_up_means_that_all_of_the_beginning_was_handed_over(mesh: Mesh) -> None:
    stream = await a_stream(mesh, storage=StorageType.MEMORY)
    for number in range(3_000):
        await mesh.publish(f"{stream}.a", b"%d" % number)
    await until(lambda: _holds(mesh, stream, 3_000))
    handed_over = 0

    with anyio.fail_after(10):
        async with follow(mesh, stream, f"{stream}.>", everything=True) as feed:
            batches = aiter(feed)
            while handed_over < 3_000:
                handed_over += len(await anext(batches))
                assert not feed.caught_up.is_set()  # the last batch is still in our hands

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anext, batches)
                await feed.caught_up.wait()
                tasks.cancel_scope.cancel()


async def test_only_what_was_asked_for_is_handed_over(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    async with reading(mesh, stream, subject=f"{stream}.a") as reader:
        for subject in ("b", "a", "b", "a"):
            await put(mesh, f"{stream}.{subject}", subject.encode())
        await until(lambda: len(reader.entries) == 2)

    assert [2, 4] == reader.sequences


async def test_leaving_leaves_the_connection_as_it_was(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    async with reading(mesh, stream):
        pass
    async with reading(mesh, stream) as reader:
        await put(mesh, f"{stream}.a", b"one")
        await until(lambda: reader.said == [b"one"])


# --- servers that die -----------------------------------------------------------------------------


@pytest.mark.parametrize("flag", FLAGS)
async def test_it_goes_on_within_seconds_after_a_kill(tmp_path: Path, flag: str) -> None:
    async with (
        running_nats_server(tmp_path, configuration=FLAGS[flag]) as server,
        open_mesh(server.url, name="test") as mesh,
    ):
        stream = await a_stream(mesh)
        async with reading(mesh, stream) as reader:
            for number in range(100):
                await put(mesh, f"{stream}.a", b"%d" % number)
            await until(lambda: len(reader.entries) == 100)

            await server.kill()
            await server.start()
            for number in range(100, 200):
                await put(mesh, f"{stream}.a", b"%d" % number)
            await until(lambda: len(reader.entries) >= 200, seconds=10)

        assert list(range(1, 201)) == reader.sequences
        assert [b"%d" % number for number in range(200)] == reader.said


async def test_kills_in_the_middle_of_a_stream_of_entries_lose_and_double_nothing(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    stream = await a_stream(own_mesh)
    written = 0
    enough = anyio.Event()

    async def write() -> None:
        nonlocal written
        while not enough.is_set():
            await put(own_mesh, f"{stream}.a", b"%d" % written)
            written += 1

    async with reading(own_mesh, stream) as reader:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(write)
            for _ in range(3):
                seen = len(reader.entries)
                await until(lambda seen=seen: len(reader.entries) > seen + 50)  # type: ignore[misc]
                await own_nats_server.kill()
                await own_nats_server.start()
            enough.set()
        last = (await streams.info(own_mesh, stream)).state.last_seq
        await until(lambda: reader.feed.position == last and len(reader.entries) >= last)

    assert list(range(1, last + 1)) == reader.sequences
    assert written <= last  # an entry that was written and not acknowledged is written again by `put`


async def test_who_is_cut_off_between_two_requests_knows_that_it_may_be_behind(
    own_nats_server: NatsServer, own_mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.pull.GATHER_SECONDS", 3.0)
    stream = await a_stream(own_mesh)
    async with reading(own_mesh, stream) as reader:
        await until(reader.feed.caught_up.is_set)
        await until(lambda: reader.feed.current)
        await put(own_mesh, f"{stream}.a", b"a")
        await until(lambda: reader.said == [b"a"])  # and now it lets others come together

        await own_nats_server.kill()
        await until(lambda: not reader.feed.current)
        await own_nats_server.start()
        await until(lambda: reader.feed.current)


async def test_what_was_written_while_it_was_away_is_not_missed(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    stream = await a_stream(own_mesh)
    async with reading(own_mesh, stream) as reader, open_mesh(own_nats_server.url, name="writer") as writer:
        await put(writer, f"{stream}.a", b"before")
        await until(lambda: reader.said == [b"before"])

        await own_mesh.client.force_reconnect()
        await put(writer, f"{stream}.a", b"meanwhile")
        await until(lambda: own_mesh.connected)
        await put(writer, f"{stream}.a", b"after")
        await until(lambda: len(reader.entries) >= 3)

    assert [b"before", b"meanwhile", b"after"] == reader.said


async def test_a_server_that_freezes_and_goes_on_is_followed_further(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    stream = await a_stream(own_mesh)
    async with reading(own_mesh, stream) as reader:
        await put(own_mesh, f"{stream}.a", b"before")
        await until(lambda: reader.said == [b"before"])

        own_nats_server.pause()
        await until(lambda: reader.feed.resumed > 0)  # it noticed that the heartbeats stopped
        own_nats_server.resume()
        await put(own_mesh, f"{stream}.a", b"after")
        await until(lambda: b"after" in reader.said)

    assert [b"before", b"after"] == list(dict.fromkeys(reader.said))
    assert sorted(set(reader.sequences)) == reader.sequences


@pytest.mark.usefixtures("quick_heartbeat")
async def test_a_consumer_that_the_server_lost_is_missed_and_replaced(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    async with reading(mesh, stream) as reader:
        await put(mesh, f"{stream}.a", b"before")
        await until(lambda: reader.said == [b"before"])

        for consumer in await mesh.jetstream.consumers_info(stream):
            await mesh.jetstream.delete_consumer(stream, consumer.name)
        await put(mesh, f"{stream}.a", b"after")
        await until(lambda: len(reader.entries) >= 2)

    assert [b"before", b"after"] == reader.said


# --- messages that are lost on their way in -------------------------------------------------------


class Lossy:
    """Loses some of what a connection receives on its subscriptions, before anybody sees it."""

    def __init__(self, mesh: Mesh, lose: Callable[[Msg], bool]) -> None:
        self.lost = 0
        self._subscribe = mesh.subscribe
        self._lose = lose

    async def subscribe(self, subject: str, on_message: Receiver, *, queue: str = "") -> Subscription:
        """Subscribe, and drop what is to be lost."""

        async def receive(message: Msg) -> None:
            if self._lose(message):
                self.lost += 1
            else:
                await on_message(message)

        return await self._subscribe(subject, receive, queue=queue)


def losing(mesh: Mesh, monkeypatch: pytest.MonkeyPatch, *said: bytes) -> Lossy:
    """Have the connection lose the first message that says each of these."""
    left = list(said)

    def lose(message: Msg) -> bool:
        if message.data not in left:
            return False
        left.remove(message.data)
        return True

    lossy = Lossy(mesh, lose)
    monkeypatch.setattr(mesh, "subscribe", lossy.subscribe)
    return lossy


@pytest.mark.usefixtures("quick_heartbeat")
@pytest.mark.parametrize(
    "lost",
    [
        pytest.param([b"5"], id="one in the middle"),
        pytest.param([b"0"], id="the first"),
        pytest.param([b"3", b"4", b"5"], id="three in a row"),
        pytest.param([b"3", b"5", b"7"], id="three apart"),
        pytest.param([b"9"], id="the last, after which none comes that could tell"),
    ],
)
async def test_a_lost_message_is_noticed_and_asked_for_again(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch, lost: list[bytes]
) -> None:
    stream = await a_stream(mesh)
    lossy = losing(mesh, monkeypatch, *lost)

    async with reading(mesh, stream) as reader:
        for number in range(10):
            await put(mesh, f"{stream}.a", b"%d" % number)
        await until(lambda: len(reader.entries) >= 10)

    assert len(lost) == lossy.lost
    assert [b"%d" % number for number in range(10)] == reader.said


@pytest.mark.usefixtures("quick_heartbeat")
async def test_a_lost_message_of_the_beginning_is_noticed_too(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await a_stream(mesh)
    for number in range(10):
        await put(mesh, f"{stream}.{number}", b"%d" % number)
    lossy = losing(mesh, monkeypatch, b"9")

    async with reading(mesh, stream, everything=False) as reader:
        await until(reader.feed.caught_up.is_set)

    assert 1 == lossy.lost
    assert [b"%d" % number for number in range(10)] == reader.said


async def test_a_local_queue_that_overflows_loses_nothing(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap itself: nats-py throws away what does not fit into its queue, and says so only in passing."""
    monkeypatch.setattr("shared.mesh.connection._PENDING_BYTES", 4_096)

    async with open_mesh(nats_server.url, name="test") as mesh:
        stream = await a_stream(mesh, storage=StorageType.MEMORY)
        for number in range(200):
            await mesh.publish(f"{stream}.a", b"%050d" % number)
        await until(lambda: _holds(mesh, stream, 200))

        async with reading(mesh, stream) as reader:
            await until(lambda: len(reader.entries) >= 200)
            assert reader.feed.resumed > 0

    assert list(range(1, 201)) == reader.sequences


@pytest.mark.usefixtures("quick_heartbeat")
async def test_silence_of_all_messages_is_noticed(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = await a_stream(mesh)
    deaf = True
    lossy = Lossy(mesh, lambda _message: deaf)
    monkeypatch.setattr(mesh, "subscribe", lossy.subscribe)

    async with reading(mesh, stream) as reader:
        await put(mesh, f"{stream}.a", b"one")
        await until(lambda: reader.feed.resumed > 0)
        deaf = False
        await until(lambda: reader.said == [b"one"])


# --- readers that are slow ------------------------------------------------------------------------


@pytest.mark.parametrize("flag", FLAGS)
async def test_a_slow_reader_gets_everything_in_order_and_is_not_flooded(tmp_path: Path, flag: str) -> None:
    count, size = 50_000, 400
    async with (
        running_nats_server(tmp_path, configuration=FLAGS[flag]) as server,
        open_mesh(server.url, name="test") as mesh,
    ):
        stream = await a_stream(mesh, storage=StorageType.MEMORY)
        sequences: list[int] = []
        batches: list[int] = []
        with anyio.fail_after(40):
            async with follow(mesh, stream, f"{stream}.>", everything=True) as feed:
                for number in range(count):
                    await mesh.publish(f"{stream}.a", b"%0*d" % (size, number))
                await until(lambda: _holds(mesh, stream, count))  # nothing was read until here
                async for batch in feed:
                    sequences.extend(entry.sequence for entry in batch)
                    batches.append(len(batch))
                    if len(sequences) >= count:
                        break

        assert list(range(1, count + 1)) == sequences
        assert max(batches) < count  # the server waited for the reader
        assert feed.resumed == 0


# --- streams that are made anew -------------------------------------------------------------------


@pytest.mark.usefixtures("quick_heartbeat")
async def test_a_stream_that_was_made_anew_ends_whoever_follows_it(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    await put(mesh, f"{stream}.a", b"one")

    async def follow_for_ever() -> None:
        async with reading(mesh, stream) as reader:
            await until(lambda: reader.said == [b"one"])
            await _make_anew(mesh, stream)
            await anyio.sleep_forever()

    with pytest.RaisesGroup(Restarted, flatten_subgroups=True), anyio.fail_after(10):
        await follow_for_ever()


@pytest.mark.usefixtures("quick_heartbeat")
async def test_a_stream_that_is_gone_ends_whoever_follows_it(mesh: Mesh) -> None:
    stream = await a_stream(mesh)

    async def follow_for_ever() -> None:
        async with reading(mesh, stream) as reader:
            await put(mesh, f"{stream}.a", b"one")
            await until(lambda: reader.said == [b"one"])
            await mesh.jetstream.delete_stream(stream)
            await anyio.sleep_forever()

    with pytest.RaisesGroup(Restarted, flatten_subgroups=True), anyio.fail_after(10):
        await follow_for_ever()


@pytest.mark.usefixtures("quick_heartbeat")
async def test_who_wants_to_can_begin_again_with_the_new_stream(mesh: Mesh) -> None:
    stream = await a_stream(mesh)
    for data in (b"one", b"two", b"three"):
        await put(mesh, f"{stream}.a", data)
    restarts: list[str] = []

    async with reading(mesh, stream, on_restart=lambda: restarts.append("again")) as reader:
        await until(lambda: len(reader.entries) == 3)
        epoch = reader.feed.epoch
        await _make_anew(mesh, stream)
        await put(mesh, f"{stream}.a", b"new")
        await until(lambda: len(reader.entries) >= 4)

    assert ["again"] == restarts
    assert epoch != reader.feed.epoch
    assert [b"one", b"two", b"three", b"new"] == reader.said
    assert [1, 2, 3, 1] == reader.sequences


async def test_a_stream_that_is_not_there_yet_is_waited_for(mesh: Mesh) -> None:
    stream = f"S{uuid4().hex[:8]}"
    read: list[bytes] = []

    async def follow_it() -> None:
        async with reading(mesh, stream) as reader:
            await until(lambda: reader.said == [b"one"])
            read.extend(reader.said)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follow_it)
            await anyio.wait_all_tasks_blocked()
            config = StreamConfig(name=stream, subjects=[f"{stream}.>"], storage=StorageType.MEMORY)
            await streams.ensure(mesh, [config])
            await put(mesh, f"{stream}.a", b"one")

    assert [b"one"] == read


async def _make_anew(mesh: Mesh, stream: str) -> None:
    await mesh.jetstream.delete_stream(stream)
    await streams.ensure(
        mesh, [StreamConfig(name=stream, subjects=[f"{stream}.>"], storage=StorageType.FILE)]
    )


async def _holds(mesh: Mesh, stream: str, count: int) -> bool:
    return (await streams.info(mesh, stream)).state.messages == count
