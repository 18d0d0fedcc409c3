"""The smallest entity: it counts up to a limit. What the kit promises, it promises to any entity."""

from collections.abc import Sequence

import msgspec

from shared.contracts.identity import CommandId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity, Order

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


def add(amount: int, command_id: str | None = None, *, revision: int | None = None) -> Order[Add]:
    """An order to count; remembered if it has an id."""
    return Order(
        verb="add",
        command=Add(amount),
        by="ada",
        id=None if command_id is None else CommandId(command_id),
        digest=f"add {amount}" if command_id else "",
        revision=revision,
    )
