"""The repository: the shell around an entity. Load, handle, update, commit at the expected revision, answer.

The three rules that it keeps:
- A commit may be *tried* from a cached state, because the revision protects it.
  A refusal is only *said* from a state that was newest at some time after the command arrived.
- A conflict means: load and decide again. It never means a second message over the first.
- A commit without an answer is found out: the same bytes are offered at the same revision
  until the store says yes, or says that somebody was first, and then we look whether it was us.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import anyio

from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.contracts.instants import Instant
from shared.contracts.refusals import KeyReused, Refusal, Stale
from shared.entities.entity import CommandT, Entity, EventT, Order, StateT, replay
from shared.entities.records import Codec, Mark, Record, recall, remember
from shared.entities.store import Store
from shared.entities.turns import Turns

CACHED_AT_MOST = 65_536
SECONDS_TO_FIND_OUT = 4.0
"""How long an unanswered commit is pursued before its outcome is called unknown."""

_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Committed(Generic[StateT, EventT]):
    """The command was accepted: by this commit now, or by that same commit when it came before."""

    revision: int
    record: Record[StateT, EventT]
    repeated: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The entity said no, at this revision."""

    revision: int
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Held(Generic[StateT, EventT]):
    """What is known of a key: its record at a revision, and the tick at which that was surely the newest."""

    revision: int
    record: Record[StateT, EventT] | None
    fresh_at: int

    @property
    def state(self) -> StateT | None:
        """The entity's state, None before its first event."""
        return None if self.record is None else self.record.state


class Repository(Generic[StateT, CommandT, EventT]):
    """All entities of one kind, by key."""

    def __init__(
        self,
        entity: Entity[StateT, CommandT, EventT],
        store: Store,
        clock: Callable[[], Instant],
        *,
        cached_at_most: int = CACHED_AT_MOST,
        seconds_to_find_out: float = SECONDS_TO_FIND_OUT,
    ) -> None:
        self._entity = entity
        self._store = store
        self._clock = clock
        self._codec = Codec(entity)
        self._turns = Turns()
        self._cache: OrderedDict[str, Held[StateT, EventT]] = OrderedDict()
        self._cached_at_most = cached_at_most
        self._seconds_to_find_out = seconds_to_find_out
        self._tick = 0
        self.conflicts = 0
        """How many commits met another revision since the start."""

    async def execute(self, key: str, order: Order[CommandT]) -> Committed[StateT, EventT] | Refused:
        """Carry out a command on one entity.

        Raises:
            Unreachable: the store cannot be asked; nothing was done.
            OutcomeUnknown: the store did not answer in time; send the same order again to find out.
            Unreadable: the stored record cannot be read; it was left as it is.
        """
        arrived = self._next_tick()
        await self._turns.take(key)
        try:
            return await self._execute(key, order, arrived)
        finally:
            self._turns.give_back(key)

    async def read(self, key: str) -> Held[StateT, EventT]:
        """The newest record of one entity, committed before or during the call.

        Raises:
            Unreachable: the store cannot be asked.
            OutcomeUnknown: it did not answer.
            Unreadable: the stored record cannot be read.
        """
        return await self._load(key, fresh=True)

    async def _execute(
        self, key: str, order: Order[CommandT], arrived: int
    ) -> Committed[StateT, EventT] | Refused:
        held = self._cache.get(key) or await self._load(key, fresh=False)
        while True:
            outcome = await self._attempt(key, order, held)
            if isinstance(outcome, Refused) and held.fresh_at < arrived:
                held = await self._load(key, fresh=True)
            elif outcome is None:
                self.conflicts += 1
                held = await self._load(key, fresh=True)
            else:
                return outcome

    async def _attempt(
        self, key: str, order: Order[CommandT], held: Held[StateT, EventT]
    ) -> Committed[StateT, EventT] | Refused | None:
        """Decide once; None means that somebody else committed first."""
        before = await self._accepted_before(key, order, held)
        if before is not None:
            return before
        # What is not there is not stale: what that means is the entity's to say.
        if order.revision not in (None, held.revision) and held.record is not None:
            return Refused(held.revision, Stale(expected=order.revision, revision=held.revision))
        # Time of one entity never runs backwards, whichever instance's clock decided before.
        now = self._clock() if held.record is None else max(self._clock(), held.record.at)
        decision = self._entity.handle(order.command, held.state, now)
        if isinstance(decision, Refusal):
            return Refused(held.revision, decision)
        return await self._commit(key, order, self._record(order, held, decision, now), held)

    async def _accepted_before(
        self, key: str, order: Order[CommandT], held: Held[StateT, EventT]
    ) -> Committed[StateT, EventT] | Refused | None:
        remembered = None if held.record is None else recall(held.record, held.revision, order)
        if held.record is None or remembered is None:
            return None
        if remembered.digest != order.digest:
            return Refused(held.revision, KeyReused())
        if remembered.revision == held.revision:
            return Committed(held.revision, held.record, repeated=True)
        data = await self._store.load_at(key, remembered.revision)
        if data is None:  # known to have been done, and how it went is no longer kept
            raise OutcomeUnknown(f"the record of command {order.id}", seconds=0)
        return Committed(remembered.revision, self._codec.decode(data), repeated=True)

    def _record(
        self,
        order: Order[CommandT],
        held: Held[StateT, EventT],
        events: Sequence[EventT],
        now: Instant,
    ) -> Record[StateT, EventT]:
        state = replay(self._entity, events, held.state)
        if state is None:
            message = f"{self._entity.name}.handle accepted {order.verb!r} without an event on nothing"
            raise TypeError(message)
        return Record(
            schema=self._entity.schema,
            at=now,
            by=order.by,
            command=Mark(verb=order.verb, id=order.id, digest=order.digest),
            events=tuple(events),
            state=state,
            recent=remember(held.record, held.revision),
        )

    async def _commit(
        self, key: str, order: Order[CommandT], record: Record[StateT, EventT], held: Held[StateT, EventT]
    ) -> Committed[StateT, EventT] | None:
        data = self._codec.encode(record)
        started = self._next_tick()
        try:
            revision = await self._store.commit(key, data, held.revision)
        except Conflict:
            return None
        except OutcomeUnknown:
            self._cache.pop(key, None)
            return await self._find_out(key, order, data, held.revision)
        self._keep(key, Held(revision, record, started))
        return Committed(revision, record, repeated=False)

    async def _find_out(
        self, key: str, order: Order[CommandT], data: bytes, expected: int
    ) -> Committed[StateT, EventT] | None:
        """Offer the very same bytes at the very same revision until it is known what became of them.

        Deciding anew would not do: the first offer may still arrive after a second decision.
        """
        with anyio.move_on_after(self._seconds_to_find_out):
            while True:
                try:
                    return await self._offer_again(key, order, data, expected)
                except (OutcomeUnknown, Unreachable):
                    await anyio.sleep(_PAUSE_SECONDS)
        raise OutcomeUnknown(f"the commit to {key}", seconds=self._seconds_to_find_out)

    async def _offer_again(
        self, key: str, order: Order[CommandT], data: bytes, expected: int
    ) -> Committed[StateT, EventT] | None:
        try:
            revision = await self._store.commit(key, data, expected)
        except Conflict:
            held = await self._load(key, fresh=True)
        else:
            return Committed(revision, self._codec.decode(data), repeated=False)
        # Somebody was first. It was us if the newest record knows the command; one without an id
        # is harmless to decide again, whoever was first.
        before = await self._accepted_before(key, order, held)
        return before if isinstance(before, Committed) else None

    async def _load(self, key: str, *, fresh: bool) -> Held[StateT, EventT]:
        started = self._next_tick()
        revision, data = await self._store.load(key, fresh=fresh)
        record = None if data is None else self._codec.decode(data)
        # A read that may lag proves nothing about any moment, so it counts as older than every command.
        held = Held(revision, record, started if fresh else 0)
        self._keep(key, held)
        return held

    def _keep(self, key: str, held: Held[StateT, EventT]) -> None:
        self._cache[key] = held
        self._cache.move_to_end(key)
        if len(self._cache) > self._cached_at_most:
            self._cache.popitem(last=False)

    def _next_tick(self) -> int:
        self._tick += 1
        return self._tick
