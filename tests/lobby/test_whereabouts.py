"""Whereabouts: what is written about a ticket, and which word is the last; over either store."""

from collections.abc import Iterable

import pytest

from services.lobby.whereabouts import WhereaboutsBook
from shared.contracts.errors import OutcomeUnknown, Unreachable, Unreadable
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.lobby import ALL_BANNERS, Whereabouts
from shared.contracts.views import DisplayView
from shared.entities.memory import MemoryStore
from shared.entities.store import Store
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import TICKETS
from tests.support.clock import NOON
from tests.support.lobbies import new_key
from tests.support.stores import Fault, FaultyStore

HERE = Whereabouts(pool=ALL_BANNERS, digest="a")
ELSEWHERE = Whereabouts(pool=ALL_BANNERS, digest="b")
PLACED = Whereabouts(pool=ALL_BANNERS, digest="a", banner=BannerId("b1"), revision=7)
LEFT = Whereabouts(
    pool=ALL_BANNERS,
    digest="a",
    ended=DisplayView(id=DisplayId("t1"), state="ended", text="x", by="ada", ended_at=NOON, how="left"),
)


@pytest.fixture(params=["memory", "kv"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store, once in memory and once on JetStream."""
    if request.param == "memory":
        return MemoryStore()
    mesh: Mesh = request.getfixturevalue("mesh")
    return KvStore(mesh, TICKETS)


@pytest.fixture
def book(store: Store) -> WhereaboutsBook:
    return WhereaboutsBook(store)


@pytest.fixture
def ticket() -> DisplayId:
    """A ticket of which nothing is written."""
    return DisplayId(new_key())


class Interrupted(FaultyStore):
    """A store in which somebody else writes right before our first commit."""

    def __init__(self, store: Store, *, first: Whereabouts) -> None:
        super().__init__(store)
        self._first: list[Whereabouts] = [first]
        self._of = WhereaboutsBook(store)

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write, after somebody else has."""
        if self._first:
            await self._of.note_place(DisplayId(key), self._first.pop())
        return await super().commit(key, data, expected)


async def test_of_a_ticket_that_nobody_wrote_about_nothing_is_known(
    book: WhereaboutsBook, ticket: DisplayId
) -> None:
    assert None is await book.find(ticket)


async def test_the_first_note_is_written_and_every_later_one_is_told_what_is_there(
    book: WhereaboutsBook, ticket: DisplayId
) -> None:
    assert None is await book.note(ticket, HERE)
    assert HERE == await book.note(ticket, ELSEWHERE)
    assert HERE == await book.find(ticket)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param([], LEFT, id="of which nothing was written"),
        pytest.param([HERE], LEFT, id="that was noted on arrival"),
        pytest.param([LEFT], LEFT, id="that has left before"),
        pytest.param([PLACED], PLACED, id="that was shown stays where it was shown"),
    ],
)
async def test_the_end_of_a_ticket(
    book: WhereaboutsBook, ticket: DisplayId, written: Iterable[Whereabouts], expected: Whereabouts
) -> None:
    for each in written:
        await book.note_place(ticket, each)

    await book.note_end(ticket, LEFT)

    assert expected == await book.find(ticket)


@pytest.mark.parametrize("before", [[], [HERE], [LEFT], [PLACED]])
async def test_where_it_was_shown_is_the_last_word(
    book: WhereaboutsBook, ticket: DisplayId, before: Iterable[Whereabouts]
) -> None:
    for each in before:
        await book.note_place(ticket, each)

    await book.note_place(ticket, PLACED)

    assert PLACED == await book.find(ticket)


async def test_where_it_was_shown_is_written_even_if_somebody_writes_at_the_same_moment(
    store: Store, ticket: DisplayId
) -> None:
    await WhereaboutsBook(Interrupted(store, first=LEFT)).note_place(ticket, PLACED)

    assert PLACED == await WhereaboutsBook(store).find(ticket)


async def test_an_end_does_not_overwrite_the_place_that_is_written_at_the_same_moment(
    store: Store, ticket: DisplayId
) -> None:
    await WhereaboutsBook(Interrupted(store, first=PLACED)).note_end(ticket, LEFT)

    assert PLACED == await WhereaboutsBook(store).find(ticket)


async def test_the_same_place_written_twice_is_written_once(store: Store, ticket: DisplayId) -> None:
    book = WhereaboutsBook(store)
    await book.note_place(ticket, PLACED)
    written = await store.load(ticket, fresh=True)

    await book.note_place(ticket, PLACED)

    assert written == await store.load(ticket, fresh=True)


async def test_an_end_that_arrives_late_does_not_overwrite_the_place(store: Store, ticket: DisplayId) -> None:
    late = FaultyStore(store, [Fault.LATE])
    with pytest.raises(OutcomeUnknown):
        await WhereaboutsBook(late).note_end(ticket, LEFT)
    await WhereaboutsBook(store).note_place(ticket, PLACED)

    await late.deliver_late()

    assert PLACED == await WhereaboutsBook(store).find(ticket)


async def test_what_the_store_cannot_do_is_said(store: Store, ticket: DisplayId) -> None:
    book = WhereaboutsBook(FaultyStore(store, [Fault.UNREACHABLE]))

    with pytest.raises(Unreachable):
        await book.note_place(ticket, PLACED)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="something else"),
        pytest.param(b'{"pool": "\xff", "digest": ""}', id="no text"),
        pytest.param(b"[" * 3_000, id="what nests without end"),
    ],
)
async def test_what_cannot_be_read_is_said_and_left_as_it_is(
    store: Store, ticket: DisplayId, written: bytes
) -> None:
    await store.commit(ticket, written, 0)
    book = WhereaboutsBook(store)

    for attempt in (book.find(ticket), book.note_place(ticket, PLACED), book.note(ticket, HERE)):
        with pytest.raises(Unreadable):
            await attempt

    assert written == (await store.load(ticket, fresh=True)).data
