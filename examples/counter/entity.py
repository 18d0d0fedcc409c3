"""A counter, and the mail that is due when it reaches ten. Pure: who decides that it is due sends nothing."""

from collections.abc import Sequence
from typing import Final, assert_never

import msgspec

from shared.contracts.command import Command
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity

GOAL: Final = 10


class Increment(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One more."""


class Incremented(msgspec.Struct, frozen=True, tag_field="type", tag="incremented"):
    """It is one more."""


class MailDue(msgspec.Struct, frozen=True, tag_field="type", tag="mail-due"):
    """Somebody shall hear that it has come this far. It comes this far once, so that names the mail."""

    count: int


CounterEvent = Incremented | MailDue


class Count(msgspec.Struct, frozen=True):
    """How far it is."""

    value: int = 0


class UnknownCounter(Refusal, frozen=True, kw_only=True, tag="unknown-counter"):
    """Nobody has counted under this name."""

    counter: str
    code = 404
    title = "Unknown counter"


def handle(_command: Increment, state: Count | None, _now: Instant) -> Sequence[CounterEvent] | Refusal:
    """What an increment leads to: a decision, and nothing that anybody outside could notice."""
    value = 1 if state is None else state.value + 1
    return (Incremented(), MailDue(value)) if value == GOAL else (Incremented(),)


def update(event: CounterEvent, state: Count | None) -> Count:
    """The counter after an event."""
    count = state or Count()
    match event:
        case Incremented():
            return Count(count.value + 1)
        case MailDue():
            return count
        case _:
            assert_never(event)


COUNTER: Final[Entity[Count, Increment, CounterEvent]] = Entity(
    name="counter", schema=1, state=Count, event=CounterEvent, handle=handle, update=update
)
