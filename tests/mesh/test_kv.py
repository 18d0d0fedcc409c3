"""The store on JetStream, where it differs from one in memory: the network, markers, HISTORY."""

from functools import partial
from uuid import uuid4

import anyio
import pytest

from shared.contracts import subjects
from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.entities.repository import Committed, Repository
from shared.entities.store import Stored
from shared.mesh import kv, streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.kv import KvStore, revision_in_source
from shared.mesh.streams import BANNERS, HISTORY
from tests.support.clock import HandClock
from tests.support.counter import COUNTER, Count, add
from tests.support.nats_server import NatsServer
from tests.support.stores import Fault, FaultyStore
from tests.support.waiting import until


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
        await store.commit(key, b"x" * 65_537, 0)

    assert Stored(0, None) == await store.load(key, fresh=True)


async def test_a_bucket_that_is_not_there_is_unreachable(mesh: Mesh) -> None:
    store = KvStore(mesh, "nowhere")

    with pytest.raises(Unreachable):
        await store.load("k", fresh=True)
    with pytest.raises(Unreachable):
        await store.load("k", fresh=False)
    with pytest.raises(Unreachable):
        await store.commit("k", b"", 0)


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


async def _history_is(mesh: Mesh, key: str, expected: list[bytes]) -> bool:
    return await _history(mesh, key) == expected


async def test_every_record_goes_into_the_history(mesh: Mesh, store: KvStore, key: str) -> None:
    revisions = [0]
    # As many at a time as the bucket keeps: what it lets go of before the server has sourced it is gone.
    for _ in range(5):
        for _ in range(streams.REVISIONS_KEPT):
            said = b"%d" % (len(revisions) - 1)
            revisions.append(await store.commit(key, said, revisions[-1]))
        expected = [b"%d" % number for number in range(len(revisions) - 1)]
        await until(partial(_history_is, mesh, key, expected))

    assert await store.load_at(key, revisions[1]) == b"0"
    assert await store.load_at(key, revisions[30]) == b"29"


async def test_the_history_of_one_key_is_not_that_of_another(mesh: Mesh, store: KvStore, key: str) -> None:
    other = await store.commit(f"{key}-other", b"other", 0)
    revision = 0
    for number in range(streams.REVISIONS_KEPT):
        revision = await store.commit(key, b"%d" % number, revision)

    async def arrived() -> bool:
        return len(await _history(mesh, key)) == streams.REVISIONS_KEPT

    await until(arrived)
    assert await store.load_at(key, other) is None


@pytest.mark.parametrize(
    ("header", "revision"),
    [
        pytest.param("KV_banners:abc 42 $KV.banners.* x $KV.banners.b1", 42, id="as servers write it"),
        pytest.param("KV_banners 7", 7, id="as older servers write it"),
        pytest.param("KV_banners", 0, id="without a number"),
        pytest.param("KV_banners x", 0, id="with a word for a number"),
        pytest.param("", 0, id="no header"),
    ],
)
def test_a_sourced_record_says_which_revision_it_was(header: str, revision: int) -> None:
    assert revision == revision_in_source(header)


async def _mark(mesh: Mesh, key: str, operation: str) -> None:
    """What `nats kv del` and `nats kv purge` send."""
    subject = subjects.record(BANNERS, key)
    await mesh.requests.ask(subject, b"", timeout=5, headers={"KV-Operation": operation})


async def _history(mesh: Mesh, key: str) -> list[bytes]:
    """All that HISTORY has of a key."""
    found: list[bytes] = []
    sequence = 1
    subject = subjects.history(key)
    while True:
        query = b'{"next_by_subj":"%s","seq":%d}' % (subject.encode(), sequence)
        answer = await mesh.requests.ask(f"$JS.API.DIRECT.GET.{HISTORY}", query, timeout=5)
        headers = answer.headers or {}
        if headers.get("Status"):
            return found
        found.append(answer.data)
        sequence = int(headers["Nats-Sequence"]) + 1


def test_the_bucket_keeps_fewer_revisions_than_these_tests_write() -> None:
    assert streams.REVISIONS_KEPT < 20
