"""The blocklist over NATS: changed by operators, known to whoever decides, never passed over in silence."""

from collections.abc import AsyncGenerator

import msgspec
import pytest

from shared.contracts import refusals, subjects
from shared.contracts.blocklist import EVERYWHERE, Block, Blocklist, BlocklistRefusal, Unblock
from shared.contracts.command import Accepted
from shared.contracts.errors import Unreachable, Unreadable
from shared.mesh.blocklist import BlockedWords, Blocklists, blocked_words
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import BLOCKLISTS
from tests.support.banners import new_banner_id, running_banner_service
from tests.support.waiting import until


@pytest.fixture
async def blocklists(mesh: Mesh) -> AsyncGenerator[Blocklists]:
    """Asks a banner service in this process."""
    async with running_banner_service(mesh):
        yield Blocklists(mesh)


def new_word() -> str:
    """A word that no other test has."""
    return f"w{new_banner_id()[2:]}"


async def changed(blocklists: Blocklists, command: Block | Unblock) -> Accepted[Blocklist]:
    """What an operator has changed."""
    answer = await blocklists.command(command)
    assert isinstance(answer, Accepted), answer
    return answer


def block(word: str) -> Block:
    """An operator's wish."""
    return Block(word=word, by="olga", role="operator")


def unblock(word: str) -> Unblock:
    """An operator's wish that it be undone."""
    return Unblock(word=word, by="olga", role="operator")


async def test_a_word_is_blocked_and_unblocked(blocklists: Blocklists) -> None:
    word = new_word()

    there = await changed(blocklists, block(word.upper()))
    again: Accepted[Blocklist] | BlocklistRefusal = await blocklists.command(block(word))
    gone = await changed(blocklists, unblock(word))

    assert word in there.state.words
    assert refusals.AlreadyBlocked(word=word) == again
    assert word not in gone.state.words
    newest = await blocklists.get()
    assert isinstance(newest, Accepted)
    assert (gone.revision, gone.state) == (newest.revision, newest.state)


async def test_before_the_first_word_the_list_is_empty(own_mesh: Mesh) -> None:
    async with running_banner_service(own_mesh):
        answer = await Blocklists(own_mesh).get()

    assert isinstance(answer, Accepted)
    assert (0, Blocklist()) == (answer.revision, answer.state)


async def test_there_is_one_list_and_no_other(mesh: Mesh, blocklists: Blocklists) -> None:
    del blocklists
    for verb in ("block", "get"):
        subject = subjects.entity(BLOCKLISTS.name, "other", verb)
        assert 0 == len(await _answers(mesh, subject))


async def _answers(mesh: Mesh, subject: str) -> list[bytes]:
    """Whoever answers; nobody does at once, as the server says."""
    try:
        return [(await mesh.requests.ask(subject, b"{}", timeout=5)).data]
    except Unreachable:
        return []


async def test_who_decides_knows_what_is_there_and_what_comes(mesh: Mesh, blocklists: Blocklists) -> None:
    first, second = new_word(), new_word()
    await changed(blocklists, block(first))
    async with blocked_words(mesh) as blocked:
        assert first == blocked.current().find(f"a {first}")
        there = await changed(blocklists, block(second))
        await blocked.until_known(there.revision)
        assert second == blocked.current().find(second)
        gone = await changed(blocklists, unblock(first))
        await blocked.until_known(gone.revision)
        assert None is blocked.current().find(first)


async def test_a_list_that_cannot_be_read_at_the_start_is_not_taken_for_an_empty_one(own_mesh: Mesh) -> None:
    await KvStore(own_mesh, BLOCKLISTS).commit(EVERYWHERE, b'{"schema":1}', 0)

    with pytest.RaisesGroup(pytest.RaisesExc(Unreadable, match="a blocklist record"), flatten_subgroups=True):
        async with blocked_words(own_mesh):
            pass


async def test_a_record_that_cannot_be_read_later_leaves_what_was_known(own_mesh: Mesh) -> None:
    store = KvStore(own_mesh, BLOCKLISTS)
    async with running_banner_service(own_mesh), blocked_words(own_mesh) as blocked:
        there = await changed(Blocklists(own_mesh), block("frog"))
        await blocked.until_known(there.revision)
        broken = await store.commit(EVERYWHERE, b"{", there.revision)
        words = msgspec.json.encode({"state": {"words": ["toad"]}})
        newest = await store.commit(EVERYWHERE, words, broken)
        await until(lambda: blocked.revision == newest)

        assert "toad" == blocked.current().find("toad")


async def test_who_waits_in_vain_to_know_a_revision_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.mesh.blocklist._CATCH_UP_SECONDS", 0.01)

    await BlockedWords().until_known(1)
