"""A room for two strangers, and their call. Pure.

The rule above all: never a third. A stranger is named by the id of the wish for a room; two wishes are two.
Somebody who is alone in a room can be sent on to where somebody else is alone. They are on the way until
they have settled there: no longer here, and not forgotten.
"""

from collections.abc import Sequence
from typing import Final, Literal, assert_never

import msgspec

from shared.contracts.command import Command
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity

SEATS: Final = 2

Status = Literal["empty", "waiting", "ringing", "talking", "ended"]
"""Nobody; one who waits for another; two, whose call rings, goes on, or is over."""


# --- commands of strangers, who say by `by` which one they are --------------------------------------


class Answer(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The call that rings shall begin."""


class HangUp(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The call shall end; both stay in the room."""


class Leave(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Out of the room. Who is left there waits again."""


# --- commands of the door ---------------------------------------------------------------------------


class Enter(msgspec.Struct, frozen=True):
    """This stranger shall be in this room."""

    stranger: str


class SendOn(msgspec.Struct, frozen=True):
    """This stranger, who is alone here, shall go where somebody else waits."""

    stranger: str


class Settle(msgspec.Struct, frozen=True):
    """The stranger who was sent on is in that room now."""

    stranger: str
    room: str


RoomCommand = Enter | Leave | Answer | HangUp | SendOn | Settle


# --- events and state -------------------------------------------------------------------------------


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact about one of the strangers."""

    stranger: str


class Entered(Event, frozen=True, kw_only=True, tag="entered"):
    """Here; the second one's coming rings."""


class Answered(Event, frozen=True, kw_only=True, tag="answered"):
    """The call goes on."""


class HungUp(Event, frozen=True, kw_only=True, tag="hung-up"):
    """The call is over."""


class Left(Event, frozen=True, kw_only=True, tag="left"):
    """Gone, and with them the call."""


class SentOn(Event, frozen=True, kw_only=True, tag="sent-on"):
    """On the way to another room."""


class Settled(Event, frozen=True, kw_only=True, tag="settled"):
    """In that other room."""

    room: str


RoomEvent = Entered | Answered | HungUp | Left | SentOn | Settled


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """Who is here, and how their call goes; who was sent on from here, and where they went."""

    strangers: tuple[str, ...] = ()
    status: Status = "empty"
    on_the_way: str | None = None
    went_to: str | None = None


# --- refusals ---------------------------------------------------------------------------------------


class RoomFull(Refusal, frozen=True, kw_only=True, tag="room-full"):
    """Two are here already."""

    title = "The room is full"


class AlreadyHere(Refusal, frozen=True, kw_only=True, tag="already-here"):
    """The stranger is in this room."""

    title = "Already here"


class NotInRoom(Refusal, frozen=True, kw_only=True, tag="not-in-room"):
    """The stranger is not in this room."""

    code = 404
    title = "Not in this room"


class OnTheWay(Refusal, frozen=True, kw_only=True, tag="on-the-way"):
    """The stranger is being put into another room; this can be said there in a moment."""

    title = "On the way to another room"


class NotNow(Refusal, frozen=True, kw_only=True, tag="not-now"):
    """The call, or the room, is not where this is possible."""

    status: Status
    title = "Not now"


class UnknownRoom(Refusal, frozen=True, kw_only=True, tag="unknown-room"):
    """Nobody was ever in this room."""

    room: str
    code = 404
    title = "Unknown room"


RoomRefusal = RoomFull | AlreadyHere | NotInRoom | OnTheWay | NotNow | UnknownRoom

Decision = Sequence[RoomEvent] | Refusal


# --- deciding ---------------------------------------------------------------------------------------


def handle(command: RoomCommand, state: Room | None, _now: Instant) -> Decision:
    """What becomes of a command in a room; a room that nobody was in yet is empty."""
    room = state or Room()
    match command:
        case Enter():
            return _enter(command.stranger, room)
        case SendOn() | Settle():
            return _move(command, room)
        case Leave() | Answer() | HangUp():
            if command.by not in room.strangers:
                return OnTheWay() if command.by == room.on_the_way else NotInRoom()
            return _act(command, room)
        case _:
            assert_never(command)


def _enter(stranger: str, room: Room) -> Decision:
    if stranger == room.on_the_way:
        return OnTheWay()
    if stranger in room.strangers:
        return AlreadyHere()
    return RoomFull() if len(room.strangers) >= SEATS else (Entered(stranger=stranger),)


def _act(command: Leave | Answer | HangUp, room: Room) -> Decision:
    match command:
        case Leave():
            return (Left(stranger=command.by),)
        case Answer():
            return (
                (Answered(stranger=command.by),) if room.status == "ringing" else NotNow(status=room.status)
            )
        case HangUp():
            called = room.status in ("ringing", "talking")
            return (HungUp(stranger=command.by),) if called else NotNow(status=room.status)
        case _:
            assert_never(command)


def _move(command: SendOn | Settle, room: Room) -> Decision:
    match command:
        case SendOn():
            # One at a time: who is on the way must not be forgotten for another.
            possible = room.strangers == (command.stranger,) and room.on_the_way is None
            return (SentOn(stranger=command.stranger),) if possible else NotNow(status=room.status)
        case Settle():
            if room.on_the_way != command.stranger:
                return NotInRoom()
            return (Settled(stranger=command.stranger, room=command.room),)
        case _:
            assert_never(command)


# --- recording --------------------------------------------------------------------------------------


def update(event: RoomEvent, state: Room | None) -> Room:
    """The room after an event."""
    room = state or Room()
    change = msgspec.structs.replace
    match event:
        case Entered():
            return _with((*room.strangers, event.stranger), room)
        case Answered():
            return change(room, status="talking")
        case HungUp():
            return change(room, status="ended")
        case Left():
            return _with(_others(room, event.stranger), room)
        case SentOn():
            return change(_with(_others(room, event.stranger), room), on_the_way=event.stranger)
        case Settled():
            return change(room, on_the_way=None, went_to=event.room)
        case _:
            assert_never(event)


def _with(strangers: tuple[str, ...], room: Room) -> Room:
    """The same room when somebody has come or gone."""
    status: tuple[Status, ...] = ("empty", "waiting", "ringing")
    return msgspec.structs.replace(room, strangers=strangers, status=status[len(strangers)])


def _others(room: Room, stranger: str) -> tuple[str, ...]:
    return tuple(each for each in room.strangers if each != stranger)


ROOM: Final[Entity[Room, RoomCommand, RoomEvent]] = Entity(
    name="room", schema=1, state=Room, event=RoomEvent, handle=handle, update=update
)
