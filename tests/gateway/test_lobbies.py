"""What a gateway knows of the lobbies: who waits, where, and at which place, as the log has it."""

import msgspec
import pytest

from services.gateway.lobbies import LobbyView
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.lobby import Assignment, Lobby, LobbyTicket, Place, PoolId, pool_of
from shared.contracts.views import DisplayView
from shared.mesh.follow import Entry
from tests.support.clock import NOON

ALL, EAST = pool_of(None), pool_of("east")


def ticket(number: int) -> LobbyTicket:
    """The one with this number."""
    return LobbyTicket(id=DisplayId(f"d{number}"), number=number, text=f"Text {number}", by="ada", at=NOON)


def record(sequence: int, pool: PoolId, lobby: Lobby) -> Entry:
    """A lobby's record."""
    return Entry(f"$KV.lobbies.{pool}", sequence, msgspec.json.encode({"state": lobby}), None)


class Seen:
    """A view of the lobbies, and which of them changed."""

    def __init__(self) -> None:
        self.changes: list[PoolId] = []
        self.view = LobbyView(self.changes.append)

    def take(self, *entries: Entry) -> None:
        """What the log has next."""
        self.view.take_records(list(entries))

    def places(self, *numbers: int) -> list[int | None]:
        """At which place each of these is."""
        views = [self.view.waiting(f"d{number}") for number in numbers]
        return [None if view is None else view.position for view in views]


@pytest.fixture
def seen() -> Seen:
    """Nothing is known yet."""
    return Seen()


def test_who_waits_is_told_in_full(seen: Seen) -> None:
    seen.take(record(7, EAST, Lobby(waiting=(ticket(1), ticket(2)))))

    expected = DisplayView(id=DisplayId("d2"), state="waiting", text="Text 2", by="ada", position=2)
    assert expected == seen.view.waiting("d2")
    assert EAST == seen.view.pool_of("d2")
    assert 7 == seen.view.revision
    assert [EAST] == seen.changes


def test_who_is_on_the_way_to_a_banner_waits_before_those_who_are_not(seen: Seen) -> None:
    place = Place(banner=BannerId("b1"), revision=3)
    under_way = Assignment(ticket=ticket(1), place=place)

    seen.take(record(1, ALL, Lobby(waiting=(ticket(2), ticket(3)), assigned=(under_way,))))

    assert [1, 2, 3] == seen.places(1, 2, 3)
    assert [place, None] == [seen.view.place_of("d1"), seen.view.place_of("d2")]


def test_those_behind_move_up_and_who_is_gone_is_not_known_any_more(seen: Seen) -> None:
    seen.take(record(1, ALL, Lobby(waiting=(ticket(1), ticket(2), ticket(3)))))
    seen.take(record(2, ALL, Lobby(waiting=(ticket(2), ticket(3)))))

    assert [None, 1, 2] == seen.places(1, 2, 3)
    assert seen.view.pool_of("d1") is None


def test_who_was_seen_on_a_banner_waits_no_more_whatever_older_entries_say(seen: Seen) -> None:
    seen.take(record(1, ALL, Lobby(waiting=(ticket(1), ticket(2)))))

    seen.view.note_shown("d1")
    before = seen.places(1, 2)
    seen.take(record(2, ALL, Lobby(waiting=(ticket(1), ticket(2), ticket(3)))))

    assert [None, 2] == before
    assert [None, 2, 3] == seen.places(1, 2, 3)


def test_who_is_not_in_any_lobby_may_be_seen_on_a_banner(seen: Seen) -> None:
    seen.view.note_shown("d1")
    seen.take(record(1, ALL, Lobby(waiting=(ticket(1),))))

    assert [1] == seen.places(1)


def test_each_lobby_has_a_line_of_its_own(seen: Seen) -> None:
    seen.take(record(1, ALL, Lobby(waiting=(ticket(1),))), record(2, EAST, Lobby(waiting=(ticket(2),))))
    seen.take(record(3, ALL, Lobby()))

    assert [None, 1] == seen.places(1, 2)
    assert [ALL, EAST, ALL] == seen.changes


def test_a_lobby_that_was_deleted_is_empty(seen: Seen) -> None:
    seen.take(record(1, ALL, Lobby(waiting=(ticket(1),))))
    seen.take(Entry(f"$KV.lobbies.{ALL}", 2, b"", None))

    assert [None] == seen.places(1)


@pytest.mark.parametrize("data", [b"{", b"{}", b"\xff", b"[" * 4_000], ids=range(4))
def test_a_record_that_cannot_be_read_is_passed_over(seen: Seen, data: bytes) -> None:
    seen.take(record(1, ALL, Lobby(waiting=(ticket(1),))))

    seen.take(Entry(f"$KV.lobbies.{ALL}", 2, data, None), record(3, EAST, Lobby(waiting=(ticket(2),))))

    assert [1, 1] == seen.places(1, 2)
    assert 3 == seen.view.revision
