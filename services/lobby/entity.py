"""The lobby as an entity: who waits for any banner of a pool, and who is on the way to one.

The rule above all: a ticket is in the line or on its way to one place, never both, and never to two. It comes
back from a place only when it is certain that it was not shown there and never will be.
The rule for those who wait: first come, first placed; who comes back stands where it stood.
Pure: which places are free, and what became of a ticket at its place, is told by the command.
"""

from collections.abc import Sequence
from typing import assert_never

import msgspec

from shared.contracts.identity import DisplayId
from shared.contracts.instants import Instant
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
)
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity

SCHEMA = 1

_EMPTY = Lobby()


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at the door."""

    id: DisplayId
    text: str
    by: str


class Leaver(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants to wait no more, and by whose word."""

    id: DisplayId
    by: str


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """All that a lobby has to take note of at one moment, in one commit.

    `placed` and `returned` name assignments as they stood; what was settled by somebody else is passed over.
    """

    newcomers: tuple[Newcomer, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    placed: tuple[Assignment, ...] = ()
    returned: tuple[Assignment, ...] = ()
    places: tuple[Place, ...] = ()


class NothingToDo(Refusal, frozen=True, kw_only=True, tag="nothing-to-do"):
    """The lobby is what it would be after that."""


def handle(command: Advance, state: Lobby | None, now: Instant) -> Sequence[LobbyEvent] | Refusal:
    """What comes of it: who is settled, who has left, who has come in, and who goes where."""
    lobby = state or _EMPTY
    events: list[LobbyEvent] = []
    for step in (_settlements, _departures, _arrivals, _assignments):
        more = step(command, lobby, now)
        for event in more:
            lobby = update(event, lobby)
        events += more
    return events or NothingToDo()


def update(event: LobbyEvent, state: Lobby | None) -> Lobby:
    """The lobby after an event."""
    lobby = state or _EMPTY
    waiting, assigned, last_number = lobby.waiting, lobby.assigned, lobby.last_number
    match event:
        case Entered():
            waiting, last_number = (*waiting, event.ticket), event.ticket.number
        case Left():
            waiting = tuple(ticket for ticket in waiting if ticket.id != event.display_id)
        case Assigned():
            first, *rest = waiting
            assert first.id == event.display_id, "the first in line goes first"
            waiting, assigned = tuple(rest), (*assigned, Assignment(ticket=first, place=event.place))
        case Placed():
            assigned = _without(assigned, event.display_id)
        case Returned():
            back = [each.ticket for each in assigned if each.ticket.id == event.display_id]
            waiting = tuple(sorted([*back, *waiting], key=lambda ticket: ticket.number))
            assigned = _without(assigned, event.display_id)
        case _:
            assert_never(event)
    return Lobby(waiting=waiting, assigned=assigned, last_number=last_number)


def room(lobby: Lobby) -> int:
    """How many more may come in."""
    return max(0, LOBBY_AT_MOST - len(lobby.waiting) - len(lobby.assigned))


def _departures(command: Advance, lobby: Lobby, _now: Instant) -> list[LobbyEvent]:
    waiting = {ticket.id for ticket in lobby.waiting}
    return [Left(display_id=each.id, by=each.by) for each in command.leavers if each.id in waiting]


def _settlements(command: Advance, lobby: Lobby, _now: Instant) -> list[LobbyEvent]:
    under_way = set(lobby.assigned)
    placed = [
        Placed(display_id=each.ticket.id, banner=each.place.banner)
        for each in dict.fromkeys(command.placed)
        if each in under_way
    ]
    returned = [
        Returned(display_id=each.ticket.id, banner=each.place.banner)
        for each in dict.fromkeys(command.returned)
        if each in under_way
    ]
    return [*placed, *returned]


def _arrivals(command: Advance, lobby: Lobby, now: Instant) -> list[LobbyEvent]:
    here = {ticket.id for ticket in lobby.waiting} | {each.ticket.id for each in lobby.assigned}
    new: dict[DisplayId, Newcomer] = {}
    for each in command.newcomers:
        if each.id not in here:
            new.setdefault(each.id, each)  # the same one may come twice at the same moment
    return [
        Entered(ticket=LobbyTicket(id=each.id, number=number, text=each.text, by=each.by, at=now))
        for number, each in enumerate([*new.values()][: room(lobby)], lobby.last_number + 1)
    ]


def _assignments(command: Advance, lobby: Lobby, _now: Instant) -> list[LobbyEvent]:
    taken = {each.place.banner for each in lobby.assigned}
    places = [place for place in command.places if place.banner not in taken]
    return [
        Assigned(display_id=ticket.id, place=place)
        for ticket, place in zip(lobby.waiting, places, strict=False)
    ]


def _without(assigned: tuple[Assignment, ...], display_id: DisplayId) -> tuple[Assignment, ...]:
    return tuple(each for each in assigned if each.ticket.id != display_id)


LOBBY: Entity[Lobby, Advance, LobbyEvent] = Entity(
    name="lobby", schema=SCHEMA, state=Lobby, event=LobbyEvent, handle=handle, update=update
)
