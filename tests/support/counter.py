"""The smallest entity: it counts up to a limit. What the kit promises, it promises to any entity."""

from collections.abc import Sequence
from typing import Final

import msgspec

from shared.contracts import refusals
from shared.contracts.command import Command
from shared.contracts.identity import CommandId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity, Order
from shared.entities.repository import Refused
from shared.mesh.hosting import Hosting
from shared.mesh.streams import Kind

LIMIT = 100


class Add(msgspec.Struct, frozen=True):
    """The count shall rise by this much."""

    amount: int


class Added(msgspec.Struct, frozen=True, tag="added"):
    """The count has risen, by the clock that decided."""

    amount: int
    at: Instant


class Count(msgspec.Struct, frozen=True):
    """How far it is."""

    value: int = 0


class Full(Refusal, frozen=True, kw_only=True, tag="full"):
    """The limit would be passed."""

    value: int
    revision: int = 0


def handle(command: Add, state: Count | None, now: Instant) -> Sequence[Added] | Refusal:
    """Add nothing past the limit; an Add of nothing is accepted without an event."""
    value = 0 if state is None else state.value
    if value + command.amount > LIMIT:
        return Full(value=value)
    return (Added(command.amount, now),) if command.amount else ()


def update(event: Added, state: Count | None) -> Count:
    """The count after an event."""
    return Count((0 if state is None else state.value) + event.amount)


COUNTER: Entity[Count, Add, Added] = Entity(
    name="counter", schema=1, state=Count, event=Added, handle=handle, update=update
)


def add(
    amount: int,
    command_id: str | None = None,
    *,
    revision: int | None = None,
    keyed: bool = False,
    not_after: Instant | None = None,
) -> Order[Add]:
    """An order to count; remembered if it has an id."""
    return Order(
        verb="add",
        command=Add(amount),
        by="ada",
        id=None if command_id is None else CommandId(command_id),
        digest=f"add {amount}" if command_id else "",
        revision=revision,
        keyed=keyed or (command_id is not None and revision is not None),
        not_after=not_after,
    )


# --- the counter as a service ---------------------------------------------------------------------

COUNTERS: Final = Kind("counter", "counters", "COUNTED")


class AddUp(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The count shall rise by this much."""

    amount: int


class Nudge(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The count shall rise by one; whoever sends it does not mind if it happens twice."""


class NoCounter(Refusal, frozen=True, kw_only=True, tag="no-counter"):
    """Nothing was ever counted under this key."""

    key: str
    code = 404
    title = "No such counter"

    @property
    def detail(self) -> str:
        return f"There is no counter {self.key!r}."


CounterRefusal = (
    refusals.Malformed
    | refusals.MeshUnavailable
    | refusals.Unknown
    | refusals.RecordUnreadable
    | refusals.KeyReused
    | refusals.TooLate
    | refusals.Stale
    | Full
    | NoCounter
)


def _addressed(_key: str, command: AddUp | Nudge) -> Add:
    return Add(command.amount if isinstance(command, AddUp) else 1)


def _told(refused: Refused) -> Refusal:
    if isinstance(refused.refusal, Full):
        return msgspec.structs.replace(refused.refusal, revision=refused.revision)
    return refused.refusal


COUNTING: Final = Hosting(
    kind=COUNTERS,
    entity=COUNTER,
    verbs={"add": AddUp, "nudge": Nudge},
    unknown=lambda key: NoCounter(key=key),
    addressed=_addressed,
    unidentified=(Nudge,),
    told=_told,
)
