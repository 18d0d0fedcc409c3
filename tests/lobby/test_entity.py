"""The lobby decides: given who waits, when this is taken note of, then that happens, or a clear no."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lobby.entity import (
    LOBBY,
    SCHEMA,
    Advance,
    Leaver,
    Newcomer,
    NothingToDo,
    handle,
    room,
    update,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.lobby import (
    LOBBY_AT_MOST,
    Assigned,
    Assignment,
    Entered,
    Left,
    Lobby,
    LobbyEvent,
    LobbyTicket,
    Place,
    Placed,
    Returned,
    in_line,
    position,
)
from shared.contracts.refusals import Refusal
from shared.entities.entity import replay
from tests.support.clock import NOON
from tests.support.lobbies import a_place, a_ticket, on_the_way

T1, T2, T3, T4 = (a_ticket(number) for number in (1, 2, 3, 4))
P1, P2, P3 = (a_place(name) for name in ("b1", "b2", "b3"))
A1 = on_the_way(1, "b1")


def at_the_door(ticket: LobbyTicket) -> Newcomer:
    """That one, still at the door."""
    return Newcomer(id=ticket.id, text=ticket.text, by=ticket.by)


def entered(*tickets: LobbyTicket) -> list[LobbyEvent]:
    return [Entered(ticket=ticket) for ticket in tickets]


def assigned(ticket: LobbyTicket, place: Place) -> Assigned:
    return Assigned(display_id=ticket.id, place=place)


def placed(assignment: Assignment) -> Placed:
    return Placed(display_id=assignment.ticket.id, banner=assignment.place.banner)


def returned(assignment: Assignment) -> Returned:
    return Returned(display_id=assignment.ticket.id, banner=assignment.place.banner)


def left(ticket: LobbyTicket, by: str) -> Left:
    return Left(display_id=ticket.id, by=by)


def advance(
    *,
    come: Sequence[LobbyTicket] = (),
    go: Sequence[Leaver] = (),
    placed: Sequence[Assignment] = (),
    returned: Sequence[Assignment] = (),
    places: Sequence[Place] = (),
) -> Advance:
    return Advance(
        newcomers=tuple(map(at_the_door, come)),
        leavers=tuple(go),
        placed=tuple(placed),
        returned=tuple(returned),
        places=tuple(places),
    )


def a_full_lobby() -> Lobby:
    return Lobby(
        waiting=tuple(a_ticket(number) for number in range(2, LOBBY_AT_MOST + 1)),
        assigned=(A1,),
        last_number=LOBBY_AT_MOST,
    )


EMPTY: list[LobbyEvent] = []
ONE_WAITS = entered(T1)
TWO_WAIT = entered(T1, T2)
ONE_ON_THE_WAY = [*ONE_WAITS, assigned(T1, P1)]
ONE_ON_THE_WAY_ONE_WAITS = [*TWO_WAIT, assigned(T1, P1)]
BY_T2 = Leaver(id=T2.id, by=T2.by)


@pytest.mark.parametrize(
    ("given_events", "command", "expected"),
    [
        pytest.param(EMPTY, advance(come=[T1]), [*ONE_WAITS], id="whoever comes in waits"),
        pytest.param(
            EMPTY,
            advance(come=[T1, T2]),
            [*TWO_WAIT],
            id="two who come at once stand in the order in which they came",
        ),
        pytest.param(
            EMPTY,
            advance(come=[T1, T1]),
            [*ONE_WAITS],
            id="the same one twice at the same moment comes in once",
        ),
        pytest.param(
            ONE_WAITS, advance(come=[T1, T2]), entered(T2), id="one who is here comes in no second time"
        ),
        pytest.param(
            ONE_ON_THE_WAY,
            advance(come=[T1, T2]),
            entered(T2),
            id="nor does one who is on the way",
        ),
        pytest.param(
            EMPTY,
            advance(come=[T1], places=[P1]),
            [*ONE_WAITS, assigned(T1, P1)],
            id="where a place is free one goes there at once",
        ),
        pytest.param(
            TWO_WAIT, advance(places=[P3]), [assigned(T1, P3)], id="the first in line goes to a free place"
        ),
        pytest.param(
            TWO_WAIT,
            advance(come=[T3], places=[P2, P1]),
            [*entered(T3), assigned(T1, P2), assigned(T2, P1)],
            id="those who wait go before those who come",
        ),
        pytest.param(
            ONE_WAITS,
            advance(places=[P1, P2, P3]),
            [assigned(T1, P1)],
            id="places beyond those who wait are left alone",
        ),
        pytest.param(
            ONE_ON_THE_WAY_ONE_WAITS,
            advance(places=[P1, P2]),
            [assigned(T2, P2)],
            id="nobody is sent where somebody is on the way to",
        ),
        pytest.param(
            ONE_ON_THE_WAY_ONE_WAITS,
            advance(places=[a_place("b1", 2)]),
            NothingToDo(),
            id="not even at a later revision",
        ),
        pytest.param(ONE_ON_THE_WAY, advance(placed=[A1]), [placed(A1)], id="who is shown has gone"),
        pytest.param(
            ONE_ON_THE_WAY,
            advance(placed=[A1, A1]),
            [placed(A1)],
            id="who is shown and told twice has gone once",
        ),
        pytest.param(
            ONE_ON_THE_WAY_ONE_WAITS,
            advance(returned=[A1]),
            [returned(A1)],
            id="who was not shown waits again",
        ),
        pytest.param(
            ONE_ON_THE_WAY_ONE_WAITS,
            advance(returned=[A1, A1], places=[P2]),
            [returned(A1), assigned(T1, P2)],
            id="who comes back stands where it stood and goes before the others",
        ),
        pytest.param(
            ONE_ON_THE_WAY_ONE_WAITS,
            advance(returned=[A1], places=[a_place("b1", 2)]),
            [returned(A1), assigned(T1, a_place("b1", 2))],
            id="who comes back may go to the same banner at a later revision",
        ),
        pytest.param(
            ONE_ON_THE_WAY_ONE_WAITS,
            advance(placed=[A1], places=[a_place("b1", 2)]),
            [placed(A1), assigned(T2, a_place("b1", 2))],
            id="where somebody has been shown somebody else may be sent",
        ),
        pytest.param(
            ONE_WAITS,
            advance(placed=[A1]),
            NothingToDo(),
            id="one who is not on the way cannot have been shown",
        ),
        pytest.param(
            [*ONE_ON_THE_WAY, placed(A1)],
            advance(placed=[A1], returned=[A1]),
            NothingToDo(),
            id="what others have settled is passed over",
        ),
        pytest.param(
            [*ONE_ON_THE_WAY, returned(A1), assigned(T1, P2)],
            advance(placed=[A1]),
            NothingToDo(),
            id="so is a way that is not the one it is on",
        ),
        pytest.param(
            [*ONE_ON_THE_WAY, returned(A1), assigned(T1, a_place("b1", 2))],
            advance(returned=[A1]),
            NothingToDo(),
            id="and one to the same banner at an earlier revision",
        ),
        pytest.param(TWO_WAIT, advance(go=[BY_T2]), [left(T2, T2.by)], id="one who waits may leave"),
        pytest.param(
            TWO_WAIT,
            advance(go=[Leaver(id=T1.id, by="olga")], places=[P1]),
            [left(T1, "olga"), assigned(T2, P1)],
            id="whoever has left goes nowhere",
        ),
        pytest.param(
            ONE_ON_THE_WAY,
            advance(go=[Leaver(id=T1.id, by="olga")]),
            NothingToDo(),
            id="one who is on the way does not leave",
        ),
        pytest.param(
            ONE_ON_THE_WAY,
            advance(returned=[A1], go=[Leaver(id=T1.id, by="olga")], places=[P2]),
            [returned(A1), left(T1, "olga")],
            id="one who comes back may leave at the same moment",
        ),
        pytest.param(EMPTY, advance(go=[BY_T2]), NothingToDo(), id="nobody leaves who is not here"),
        pytest.param(EMPTY, advance(places=[P1]), NothingToDo(), id="places alone are nothing to note"),
        pytest.param(EMPTY, Advance(), NothingToDo(), id="nor is nothing"),
        pytest.param(
            [*ONE_WAITS, left(T1, T1.by)],
            advance(come=[a_ticket(2)]),
            entered(T2),
            id="numbers are never used again",
        ),
    ],
)
def test_when_this_is_noted_then_that_happens(
    given_events: list[LobbyEvent], command: Advance, expected: list[LobbyEvent] | Refusal
) -> None:
    decision = handle(command, replay(LOBBY, given_events, None), NOON)

    assert expected == (decision if isinstance(decision, Refusal) else list(decision))


@pytest.mark.parametrize(
    ("given_events", "expected"),
    [
        pytest.param(ONE_WAITS, Lobby(waiting=(T1,), last_number=1), id="entered"),
        pytest.param(ONE_ON_THE_WAY, Lobby(assigned=(A1,), last_number=1), id="assigned"),
        pytest.param([*ONE_ON_THE_WAY, placed(A1)], Lobby(last_number=1), id="placed"),
        pytest.param(
            [*ONE_ON_THE_WAY_ONE_WAITS, returned(A1)], Lobby(waiting=(T1, T2), last_number=2), id="returned"
        ),
        pytest.param([*TWO_WAIT, left(T1, "x")], Lobby(waiting=(T2,), last_number=2), id="left"),
        pytest.param([*ONE_WAITS, placed(A1)], Lobby(waiting=(T1,), last_number=1), id="placed from nowhere"),
        pytest.param(
            [*ONE_WAITS, returned(A1)], Lobby(waiting=(T1,), last_number=1), id="returned from nowhere"
        ),
    ],
)
def test_after_these_events_the_lobby_is_this(given_events: list[LobbyEvent], expected: Lobby) -> None:
    assert expected == replay(LOBBY, given_events, None)


def test_who_is_not_first_in_line_is_sent_nowhere() -> None:
    with pytest.raises(AssertionError, match="first in line"):
        update(assigned(T2, P1), Lobby(waiting=(T1, T2), last_number=2))


# --- how many -------------------------------------------------------------------------------------


def test_a_full_lobby_takes_nobody_in() -> None:
    lobby = a_full_lobby()

    assert 0 == room(lobby)
    assert NothingToDo() == handle(advance(come=[a_ticket(9_999)]), lobby, NOON)


def test_as_many_come_in_as_there_is_room_for_once_others_have_gone() -> None:
    lobby = a_full_lobby()
    more = [a_ticket(LOBBY_AT_MOST + number) for number in (1, 2, 3)]

    events = handle(advance(come=more, placed=[A1], go=[Leaver(id=T2.id, by=T2.by)]), lobby, NOON)

    assert [placed(A1), left(T2, T2.by), *entered(*more[:2])] == events


def test_those_on_their_way_count_as_well() -> None:
    assert LOBBY_AT_MOST - 2 == room(Lobby(waiting=(T2,), assigned=(A1,), last_number=2))


def test_the_stored_form_has_a_version() -> None:
    assert 1 == SCHEMA == LOBBY.schema


# --- places in the line ---------------------------------------------------------------------------


def test_who_is_on_the_way_counts_where_it_came() -> None:
    lobby = Lobby(waiting=(T1, T3), assigned=(on_the_way(2, "b1"),), last_number=3)

    assert [T1, T2, T3] == in_line(lobby)
    assert [1, 2, 3, None] == [position(lobby, ticket.id) for ticket in (T1, T2, T3, T4)]


# --- against a naive model ------------------------------------------------------------------------


@dataclass
class NaiveLobby:
    """The same, slowly: everybody who ever came, and a word for where each is."""

    came: list[DisplayId] = field(default_factory=list)
    where: dict[DisplayId, Place | str] = field(default_factory=dict)
    number: dict[DisplayId, int] = field(default_factory=dict)
    """Who comes again after it has gone has another number."""

    def note(self, command: Advance) -> None:
        for word, assignments in (("gone", command.placed), ("waits", command.returned)):
            for each in assignments:
                name = each.ticket.id
                if (self.where.get(name), self.number.get(name)) == (each.place, each.ticket.number):
                    self.where[each.ticket.id] = word
        for leaver in command.leavers:
            if self.where.get(leaver.id) == "waits":
                self.where[leaver.id] = "gone"
        for newcomer in command.newcomers:
            if self.where.get(newcomer.id, "gone") == "gone":
                self.came = [*(name for name in self.came if name != newcomer.id), newcomer.id]
                self.where[newcomer.id] = "waits"
                self.number[newcomer.id] = max(self.number.values(), default=0) + 1
        taken = {where.banner for where in self.where.values() if isinstance(where, Place)}
        free = [place for place in command.places if place.banner not in taken]
        for name, place in zip(self.line(), free, strict=False):
            self.where[name] = place

    def line(self) -> list[DisplayId]:
        return [name for name in self.came if self.where[name] == "waits"]

    def on_their_way(self) -> dict[DisplayId, Place]:
        return {name: where for name, where in self.where.items() if isinstance(where, Place)}


NAMES = st.sampled_from([DisplayId(f"t{number}") for number in range(6)])
PLACES = st.builds(
    Place, banner=st.sampled_from([BannerId(f"b{number}") for number in range(4)]), revision=st.integers(1, 2)
)


@given(st.data())
def test_it_does_what_a_naive_lobby_does(data: st.DataObject) -> None:
    naive = NaiveLobby()
    lobby: Lobby | None = None
    seen: list[Assignment] = []
    for _ in range(data.draw(st.integers(1, 12))):
        settled = st.lists(st.sampled_from(seen), max_size=3) if seen else st.just([])
        shown = data.draw(settled)
        command = Advance(
            newcomers=tuple(
                Newcomer(id=name, text="x", by="ada") for name in data.draw(st.lists(NAMES, max_size=4))
            ),
            leavers=tuple(Leaver(id=name, by="ada") for name in data.draw(st.lists(NAMES, max_size=2))),
            placed=tuple(shown),
            # What became of a ticket at a place is one thing or the other.
            returned=tuple(each for each in data.draw(settled) if each not in shown),
            places=tuple(data.draw(st.lists(PLACES, max_size=4, unique_by=lambda place: place.banner))),
        )
        before = lobby
        decision = handle(command, lobby, NOON)
        naive.note(command)
        if not isinstance(decision, Refusal):
            lobby = replay(LOBBY, decision, lobby)
        now = lobby or Lobby()
        seen += [each for each in now.assigned if each not in seen]

        assert naive.line() == [ticket.id for ticket in now.waiting]
        assert naive.on_their_way() == {each.ticket.id: each.place for each in now.assigned}
        assert now.waiting == tuple(sorted(now.waiting, key=lambda ticket: ticket.number))
        assert (before or Lobby()).last_number <= now.last_number
