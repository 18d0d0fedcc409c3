"""What makes an entity: two pure functions, and the types that they speak.

`handle(command, state, now)` decides: it returns the events that the command leads to, or a refusal.
`update(event, state)` records: it returns the state after the event and never refuses.
Neither knows a clock, a store or chance; time and ids come in as parameters.
`state` is None until the first event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.identity import CommandId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal

StateT = TypeVar("StateT")
CommandT = TypeVar("CommandT")
EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class Order(Generic[CommandT]):
    """A command on its way to one entity, with what the kit must know about it.

    Args:
        verb: what the command is called; stands in the record.
        command: what is asked for.
        by: who asks.
        id: recognises the same command when it comes again; None for one that is
            harmless to repeat, which is then not remembered.
        digest: what recognises another content under the same id.
        revision: refuse as stale unless this is the newest.
        keyed: the id is the caller's own, who may send it again at any time within a day.
        not_after: refuse as too late when the entity's time has passed this.
    """

    verb: str
    command: CommandT
    by: str
    id: CommandId | None = None
    digest: str = ""
    revision: int | None = None
    keyed: bool = False
    not_after: Instant | None = None


@dataclass(frozen=True, slots=True)
class Entity(Generic[StateT, CommandT, EventT]):
    """An entity as data: a name, a schema version, the types on record, and the two functions.

    `event` is a type or a union of types. Raise `schema` whenever a reader of the old version
    could misunderstand the new one.
    """

    name: str
    schema: int
    state: type[StateT]
    event: Any
    handle: Callable[[CommandT, StateT | None, Instant], Sequence[EventT] | Refusal]
    update: Callable[[EventT, StateT | None], StateT]


def replay(
    entity: Entity[StateT, CommandT, EventT], events: Sequence[EventT], state: StateT | None
) -> StateT | None:
    """The state that these events lead to, one after the other."""
    for event in events:
        state = entity.update(event, state)
    return state
