"""The store on JetStream, where it differs from one in memory: the network, markers, the history."""

from itertools import pairwise
from uuid import uuid4

import anyio
import pytest
from nats.aio.msg import Msg
from nats.js.api import StorageType, StreamConfig

from shared.contracts import subjects
from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.entities.records import Codec
from shared.entities.repository import ARCHIVED_EVERY, Committed, Repository
from shared.entities.store import Stored
from shared.mesh import kv
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import BANNERS, LOBBIES, REVISIONS_KEPT, Kind
from tests.support.clock import HandClock
from tests.support.counter import COUNTER, Add, Added, Count, add
from tests.support.nats_server import NatsServer
from tests.support.stores import Fault, FaultyStore
from tests.support.waiting import until

HISTORY = BANNERS.history or ""

_codec = Codec(COUNTER)


@pytest.fixture
def key() -> str:
    """A key that nothing was ever written to."""
    return f"k-{uuid4().hex[:12]}"


@pytest.fixture
def store(mesh: Mesh) -> KvStore:
    """The bucket of banners."""
    return KvStore(mesh, BANNERS)


async def test_two_connections_see_one_bucket(nats_server: NatsServer, store: KvStore, key: str) -> None:
    async with open_mesh(nats_server.url, name="other") as mesh:
        other = KvStore(mesh, BANNERS)
        revision = await store.commit(key, b"one", 0)

        assert Stored(revision, b"one") == await other.load(key, fresh=True)
        with pytest.raises(Conflict):
            await other.commit(key, b"two", 0)


@pytest.mark.parametrize("operation", ["DEL", "PURGE"])
@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "from anywhere"])
async def test_a_deleted_key_has_a_revision_and_no_data(
    mesh: Mesh, store: KvStore, key: str, operation: str, *, fresh: bool
) -> None:
    first = await store.commit(key, b"one", 0)
    await _mark(mesh, key, operation)

    deleted = await store.load(key, fresh=fresh)

    assert first < deleted.revision
    assert deleted.data is None
    assert await store.load_at(key, deleted.revision) is None
    again = await store.commit(key, b"two", deleted.revision)
    assert Stored(again, b"two") == await store.load(key, fresh=fresh)


async def test_an_entity_begins_anew_on_a_deleted_key(mesh: Mesh, store: KvStore, key: str) -> None:
    repository = Repository(COUNTER, store, HandClock())
    await repository.execute(key, add(7))
    await _mark(mesh, key, "DEL")

    answer = await repository.execute(key, add(1))

    assert isinstance(answer, Committed)
    assert Count(1) == answer.record.state


async def test_what_is_too_large_is_not_written(store: KvStore, key: str) -> None:
    with pytest.raises(Unreachable, match="message size exceeds"):
        await store.commit(key, b"x" * 1_000_001, 0)

    assert Stored(0, None) == await store.load(key, fresh=True)


async def test_a_bucket_that_is_not_there_is_unreachable(mesh: Mesh) -> None:
    store = KvStore(mesh, Kind("nothing", "nowhere", "NEVER"))

    with pytest.raises(Unreachable):
        await store.load("k", fresh=True)
    with pytest.raises(Unreachable):
        await store.load("k", fresh=False)
    with pytest.raises(Unreachable):
        await store.commit("k", b"", 0)
    with pytest.raises(Unreachable):
        await store.load_at("k", 1)
    with pytest.raises(Unreachable):
        await store.load_after("k", 0)
    with pytest.raises(Unreachable):
        await store.until_archived("k", 1)


async def test_without_a_server_the_bucket_is_unreachable(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str
) -> None:
    store = KvStore(own_mesh, BANNERS)
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)

    with pytest.raises(Unreachable):
        await store.commit(key, b"one", 0)
    with pytest.raises(Unreachable):
        await store.load(key, fresh=True)


async def test_what_was_acknowledged_survives_a_kill(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str
) -> None:
    store = KvStore(own_mesh, BANNERS)
    revision = 0
    for number in range(100):
        revision = await store.commit(key, b"%d" % number, revision)
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)
    await own_nats_server.start()
    await until(lambda: own_mesh.connected)

    assert Stored(revision, b"99") == await store.load(key, fresh=True)


async def test_a_frozen_server_may_write_what_it_never_answered(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kv, "_ANSWER_SECONDS", 0.2)
    store = KvStore(own_mesh, BANNERS)
    own_nats_server.pause()
    with pytest.raises(OutcomeUnknown):
        await store.commit(key, b"late", 0)
    with pytest.raises(Unreachable):  # a read has no outcome
        await store.load(key, fresh=True)
    with pytest.raises(Unreachable):
        await store.load(key, fresh=False)

    own_nats_server.resume()

    async def written() -> bool:
        return (await store.load(key, fresh=True)).data == b"late"

    await until(written)


async def test_a_commit_that_a_frozen_server_did_not_answer_is_found_out_when_it_goes_on(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kv, "_ANSWER_SECONDS", 0.2)

    async def go_on() -> None:
        own_nats_server.resume()

    bucket = KvStore(own_mesh, BANNERS)
    store = FaultyStore(bucket, [Fault.FORWARD], meanwhile=go_on)
    repository = Repository(COUNTER, store, HandClock(), seconds_to_find_out=10)
    await repository.read(key)
    own_nats_server.pause()

    with anyio.fail_after(15):
        answer = await repository.execute(key, add(3, "c1"))

    assert isinstance(answer, Committed)
    assert Count(3) == answer.record.state
    stored = await bucket.load(key, fresh=True)
    assert answer.revision == stored.revision  # and nothing of what it was offered again came after it


# --- the history ----------------------------------------------------------------------------------


async def written(mesh: Mesh, key: str, count: int) -> list[int]:
    """The revisions of that many records of one key, each a count one higher."""
    counters = Repository(COUNTER, KvStore(mesh, BANNERS), HandClock())
    revisions = []
    for _ in range(count):
        answer = await counters.execute(key, add(1))
        assert isinstance(answer, Committed)
        revisions.append(answer.revision)
    await KvStore(mesh, BANNERS).until_archived(key, revisions[-1])
    return revisions


async def test_a_revision_is_the_same_number_in_the_history(mesh: Mesh, key: str) -> None:
    revisions = await written(mesh, key, 3)

    assert revisions == [revision for revision, _ in await _history(mesh, key)]


async def test_what_the_bucket_has_let_go_of_is_loaded_from_the_history(
    mesh: Mesh, store: KvStore, key: str
) -> None:
    revisions = await written(mesh, key, 2 * REVISIONS_KEPT)
    assert not await _is_in_bucket(mesh, revisions[0])

    data = [await store.load_at(key, revision) for revision in revisions]

    assert list(range(1, len(revisions) + 1)) == [_count(each) for each in data]


async def test_what_came_after_a_revision_is_found_in_the_bucket_and_in_the_history(
    mesh: Mesh, store: KvStore, key: str
) -> None:
    await written(mesh, f"{key}-other", 1)
    revisions = await written(mesh, key, REVISIONS_KEPT + 5)
    await written(mesh, f"{key}-other", 1)

    for before, after in pairwise([0, *revisions]):
        found = await store.load_after(key, before)
        assert found is not None
        assert (after, await store.load_at(key, after)) == found
    assert await store.load_after(key, revisions[-1]) is None


@pytest.mark.parametrize("history", [pytest.param(HISTORY, id="kept"), pytest.param(None, id="not kept")])
async def test_what_came_after_a_revision_is_found_while_the_history_does_not_have_it(
    own_mesh: Mesh, key: str, history: str | None
) -> None:
    first, second, _ = await written(own_mesh, key, 3)
    await _without_history(own_mesh)

    found = await KvStore(own_mesh, Kind("banner", "banners", history)).load_after(key, first)

    assert found is not None
    assert second == found.revision


async def test_a_key_that_begins_like_another_is_not_it(mesh: Mesh, store: KvStore, key: str) -> None:
    longer = await written(mesh, f"{key}-more", REVISIONS_KEPT + 1)

    assert await store.load_after(key, 0) is None
    assert await store.load_after(key, longer[0]) is None
    assert await store.load_at(key, longer[0]) is None
    assert await store.load_at(key, longer[-1]) is None


async def test_a_deletion_came_after_a_revision_like_any_other_commit(
    mesh: Mesh, store: KvStore, key: str
) -> None:
    (revision,) = await written(mesh, key, 1)
    await _mark(mesh, key, "DEL")
    deleted = (await store.load(key, fresh=True)).revision

    assert Stored(deleted, None) == await store.load_after(key, revision)
    await store.until_archived(key, deleted)
    assert Stored(deleted, None) == await store.load_after(key, revision)


async def test_what_leaves_the_bucket_between_two_questions_is_not_passed_over(
    mesh: Mesh, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes a later record for the first one decides a command twice."""
    (first,) = await written(mesh, key, 1)
    ask = mesh.requests.ask
    asked: list[str] = []
    revisions: list[int] = []

    async def ask_slowly(
        subject: str, data: bytes, *, timeout: float, headers: dict[str, str] | None = None
    ) -> Msg:
        answer = await ask(subject, data, timeout=timeout, headers=headers)
        asked.append(subject)
        if len(asked) == 1:
            with monkeypatch.context() as quick:
                quick.setattr(mesh.requests, "ask", ask)
                revisions.extend(await written(mesh, key, REVISIONS_KEPT + 5))
        return answer

    monkeypatch.setattr(mesh.requests, "ask", ask_slowly)
    found = await KvStore(mesh, BANNERS).load_after(key, first)

    assert revisions
    assert found is None or found.revision == revisions[0]


async def test_the_history_is_never_asked_for_the_newest(mesh: Mesh, store: KvStore, key: str) -> None:
    """A mirror would answer for its origin, and knows no record by the bucket's subjects."""
    (revision,) = await written(mesh, key, 1)

    for _ in range(50):
        assert revision == (await store.load(key, fresh=False)).revision
    assert not (await mesh.jetstream.stream_info(HISTORY)).config.mirror_direct


async def test_until_a_revision_is_archived_is_until_the_history_has_it(
    mesh: Mesh, store: KvStore, key: str
) -> None:
    revision = await store.commit(key, b"one", 0)

    with anyio.fail_after(10):
        await store.until_archived(key, revision)

    assert [(revision, b"one")] == await _history(mesh, key)


async def test_what_keeps_no_history_waits_for_none(mesh: Mesh, key: str) -> None:
    store = KvStore(mesh, LOBBIES)
    revision = await store.commit(key, b"one", 0)

    with anyio.fail_after(5):
        await store.until_archived(key, revision)
        assert b"one" == await store.load_at(key, revision)
        assert Stored(revision, b"one") == await store.load_after(key, 0)


async def test_a_history_that_stays_behind_is_waited_for_so_long(
    own_mesh: Mesh, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kv, "_ARCHIVED_WITHIN_SECONDS", 0.1)
    await _without_history(own_mesh)
    store = KvStore(own_mesh, BANNERS)
    revision = await store.commit(key, b"one", 0)

    with anyio.fail_after(10), pytest.raises(Unreachable, match="the history HISTORY, which is behind"):
        await store.until_archived(key, revision)


async def test_one_key_is_not_written_on_while_the_history_stays_behind_and_others_are(
    own_mesh: Mesh, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kv, "_ARCHIVED_WITHIN_SECONDS", 0.1)
    counters = Repository(COUNTER, KvStore(own_mesh, BANNERS), HandClock())
    await _without_history(own_mesh)
    for _ in range(ARCHIVED_EVERY - 1):
        await counters.execute(key, add(1))

    with pytest.raises(Unreachable):
        await counters.execute(key, add(1))

    assert Count(ARCHIVED_EVERY - 1) == (await counters.read(key)).state
    assert isinstance(await counters.execute(f"{key}-other", add(1)), Committed)


@pytest.mark.timeout(120)
async def test_as_fast_as_two_instances_can_write_the_history_misses_no_record(
    nats_server: NatsServer, mesh: Mesh, key: str
) -> None:
    each = 400

    async def hammer(counters: Repository[Count, Add, Added]) -> None:
        for number in range(each):
            answer = await counters.execute(key, add(-1 if number % 2 else 1))
            assert isinstance(answer, Committed)

    async with open_mesh(nats_server.url, name="other") as other:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                for one in (mesh, other):
                    tasks.start_soon(hammer, Repository(COUNTER, KvStore(one, BANNERS), HandClock()))
    newest = await KvStore(mesh, BANNERS).load(key, fresh=True)
    await KvStore(mesh, BANNERS).until_archived(key, newest.revision)

    history = await _history(mesh, key)
    records = [_codec.decode(data) for _, data in history]
    assert list(range(1, 2 * each + 1)) == [record.number for record in records]
    assert [0, *(revision for revision, _ in history[:-1])] == [record.previous for record in records]
    assert newest == history[-1]


async def _without_history(mesh: Mesh) -> None:
    """The history goes no further: nothing is in it, and nothing comes."""
    await mesh.jetstream.delete_stream(HISTORY)
    empty = StreamConfig(name=HISTORY, subjects=["nobody.says.this"], storage=StorageType.MEMORY)
    await mesh.jetstream.add_stream(empty)


async def _mark(mesh: Mesh, key: str, operation: str) -> None:
    """What `nats kv del` and `nats kv purge` send."""
    subject = subjects.record(BANNERS.bucket, key)
    await mesh.requests.ask(subject, b"", timeout=5, headers={"KV-Operation": operation})


async def _history(mesh: Mesh, key: str) -> list[tuple[int, bytes]]:
    """All that the history has of a key."""
    found: list[tuple[int, bytes]] = []
    sequence = 1
    subject = subjects.history(BANNERS.name, key)
    while True:
        query = b'{"next_by_subj":"%s","seq":%d}' % (subject.encode(), sequence)
        answer = await mesh.requests.ask(f"$JS.API.DIRECT.GET.{HISTORY}", query, timeout=5)
        headers = answer.headers or {}
        if headers.get("Status"):
            return found
        sequence = int(headers["Nats-Sequence"])
        found.append((sequence, answer.data))
        sequence += 1


async def _is_in_bucket(mesh: Mesh, revision: int) -> bool:
    query = b'{"seq":%d}' % revision
    answer = await mesh.requests.ask(f"$JS.API.STREAM.MSG.GET.{BANNERS.stream}", query, timeout=5)
    return b'"message"' in answer.data


def _count(data: bytes | None) -> int:
    assert data is not None
    return _codec.decode(data).state.value
