"""The repository: the shell around an entity. Load, handle, update, commit at the expected revision, answer.

The rules that it keeps:
- A commit may be *tried* from a cached state, because the revision protects it.
  A refusal is only *said* from a state that was newest at some time after the command arrived.
- A conflict means: load and decide again. It never means a second message over the first.
- A commit without an answer is found out: the same bytes are offered at the same revision
  until the store says yes, or says that somebody was first, and then we look whether it was us.
- A command that comes again is answered as the first time: the record remembers the last ones, what follows
  the revision that a command named can only be its own, and whoever brought a key of its own has a claim.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import anyio

from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.contracts.identity import CommandId
from shared.contracts.instants import Instant
from shared.contracts.refusals import KeyReused, Refusal, Stale, TooLate
from shared.entities.claims import Claim, Claims
from shared.entities.entity import CommandT, Entity, EventT, Order, StateT, replay
from shared.entities.lanes import Lanes
from shared.entities.records import REMEMBERED_AT_MOST, Codec, Mark, Record, recall, remember
from shared.entities.store import Store, Stored

CACHED_AT_MOST = 65_536
SECONDS_TO_FIND_OUT = 4.0
"""How long an unanswered commit is pursued before its outcome is called unknown."""

ARCHIVED_EVERY = 8
"""Every how many records of an entity the one before must be archived; a store keeps twice as many."""

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
class Loaded(Generic[StateT, EventT]):
    """What is known of a key: its record at a revision, and the tick at which that was surely the newest."""

    revision: int
    record: Record[StateT, EventT] | None
    fresh_at: int

    @property
    def state(self) -> StateT | None:
        """The entity's state, None before its first event."""
        return None if self.record is None else self.record.state

    @property
    def number(self) -> int:
        """How many records there have been."""
        return 0 if self.record is None else self.record.number


@dataclass(slots=True)
class _Wish(Generic[CommandT]):
    """An order on its way: which tick it came at, and whether its claim is written."""

    key: str
    order: Order[CommandT]
    arrived: int
    claimed: bool = False


class Repository(Generic[StateT, CommandT, EventT]):
    """All entities of one kind, by key."""

    def __init__(
        self,
        entity: Entity[StateT, CommandT, EventT],
        store: Store,
        clock: Callable[[], Instant],
        *,
        claims: Claims | None = None,
        cached_at_most: int = CACHED_AT_MOST,
        seconds_to_find_out: float = SECONDS_TO_FIND_OUT,
    ) -> None:
        self._entity = entity
        self._store = store
        self._clock = clock
        self._claims = claims
        self._codec = Codec(entity)
        self._lanes = Lanes()
        self._cache: OrderedDict[str, Loaded[StateT, EventT]] = OrderedDict()
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
        wish = _Wish(key, order, self._next_tick())
        await self._lanes.take(key)
        try:
            return await self._execute(wish)
        finally:
            self._lanes.give_back(key)

    async def read(self, key: str) -> Loaded[StateT, EventT]:
        """The newest record of one entity, committed before or during the call.

        Raises:
            Unreachable: the store cannot be asked.
            OutcomeUnknown: it did not answer.
            Unreadable: the stored record cannot be read.
        """
        return await self._load(key, fresh=True)

    async def _execute(self, wish: _Wish[CommandT]) -> Committed[StateT, EventT] | Refused:
        held = self._cache.get(wish.key) or await self._load(wish.key, fresh=False)
        while True:
            outcome = await self._attempt(wish, held)
            if isinstance(outcome, Refused):
                if held.fresh_at >= wish.arrived:
                    return await self._accepted_long_ago(wish) or outcome
                held = await self._load(wish.key, fresh=True)
            elif outcome is None:
                self.conflicts += 1
                before, held = held, await self._load(wish.key, fresh=True)
                # A copy of this command may have been first, and be forgotten by the record since.
                wish.claimed = wish.claimed and held.number - before.number <= REMEMBERED_AT_MOST
            else:
                return outcome

    async def _attempt(
        self, wish: _Wish[CommandT], held: Loaded[StateT, EventT]
    ) -> Committed[StateT, EventT] | Refused | None:
        """Decide once; None means that somebody else committed first."""
        order = wish.order
        before = await self._accepted_before(wish, held)
        if before is not None:
            return before
        # What is not there is not stale: what that means is the entity's to say.
        if order.revision not in (None, held.revision) and held.record is not None:
            return Refused(held.revision, Stale(expected=order.revision, revision=held.revision))
        # Time of one entity never runs backwards, whichever instance's clock decided before.
        now = self._clock() if held.record is None else max(self._clock(), held.record.at)
        if order.not_after is not None and now > order.not_after:
            return Refused(held.revision, TooLate(not_after=order.not_after))
        decision = self._entity.handle(order.command, held.state, now)
        if isinstance(decision, Refusal):
            return Refused(held.revision, decision)
        before = await self._claim(wish, held, now)
        if before is not None:
            return before
        return await self._commit(wish.key, self._record(order, held, decision, now), held)

    async def _accepted_before(
        self, wish: _Wish[CommandT], held: Loaded[StateT, EventT]
    ) -> Committed[StateT, EventT] | Refused | None:
        if held.record is None or wish.order.id is None:
            return None
        remembered = recall(held.record, held.revision, wish.order)
        if remembered is None:
            return await self._accepted_at_its_revision(wish, held)
        if remembered.digest != wish.order.digest:
            return Refused(held.revision, KeyReused())
        if remembered.revision == held.revision:
            return Committed(held.revision, held.record, repeated=True)
        data = await self._store.load_at(wish.key, remembered.revision)
        if data is None:  # known to have been done, and how it went is no longer kept
            raise OutcomeUnknown(f"the record of command {wish.order.id}", seconds=0)
        return Committed(remembered.revision, self._codec.decode(data), repeated=True)

    async def _accepted_at_its_revision(
        self, wish: _Wish[CommandT], held: Loaded[StateT, EventT]
    ) -> Committed[StateT, EventT] | Refused | None:
        """A command that named a revision was carried out right after it, or never will be."""
        expected = wish.order.revision
        if not wish.order.keyed or expected is None or expected >= held.revision:
            return None
        stored = await self._store.load_after(wish.key, expected)
        if stored is None or stored.data is None:
            return None
        if self._codec.decode(stored.data).previous not in (0, expected):  # too long ago to tell
            raise OutcomeUnknown(f"what followed revision {expected} of {wish.key}", seconds=0)
        return self._as_repeated(wish, stored)

    async def _accepted_long_ago(self, wish: _Wish[CommandT]) -> Committed[StateT, EventT] | Refused | None:
        """The commit of a command that has a claim, when the record remembers it no more."""
        if not self._may_have_claim(wish) or self._claims is None:
            return None
        claim = await self._claims.find(_id_of(wish))
        return None if claim is None else await self._claimed(wish, claim)

    async def _claim(
        self, wish: _Wish[CommandT], held: Loaded[StateT, EventT], now: Instant
    ) -> Committed[StateT, EventT] | Refused | None:
        """Write the command's claim before its commit; if there is one, it may have been accepted."""
        if not self._may_have_claim(wish) or self._claims is None:
            return None
        own = Claim(key=wish.key, digest=wish.order.digest, revision=held.revision, at=now)
        claim = await self._claims.take(_id_of(wish), own)
        before = None if claim is None else await self._claimed(wish, claim)
        wish.claimed = before is None
        return before

    def _may_have_claim(self, wish: _Wish[CommandT]) -> bool:
        return wish.order.keyed and wish.order.revision is None and not wish.claimed

    async def _claimed(
        self, wish: _Wish[CommandT], claim: Claim
    ) -> Committed[StateT, EventT] | Refused | None:
        if (claim.key, claim.digest) != (wish.key, wish.order.digest):
            return Refused(claim.revision, KeyReused())
        revision = claim.revision
        while (stored := await self._store.load_after(wish.key, revision)) is not None:
            if (found := self._as_repeated(wish, stored)) is not None:
                return found
            revision = stored.revision
        return None

    def _as_repeated(
        self, wish: _Wish[CommandT], stored: Stored | None
    ) -> Committed[StateT, EventT] | Refused | None:
        """What a stored record says about a command: how it was accepted, if that is where it was."""
        if stored is None or stored.data is None:
            return None
        record = self._codec.decode(stored.data)
        if record.command.id != wish.order.id:
            return None
        if record.command.digest != wish.order.digest:
            return Refused(stored.revision, KeyReused())
        return Committed(stored.revision, record, repeated=True)

    def _record(
        self,
        order: Order[CommandT],
        held: Loaded[StateT, EventT],
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
            number=1 if held.record is None else held.record.number + 1,
            previous=held.revision,
        )

    async def _commit(
        self, key: str, record: Record[StateT, EventT], held: Loaded[StateT, EventT]
    ) -> Committed[StateT, EventT] | None:
        if record.number % ARCHIVED_EVERY == 0:
            await self._store.until_archived(key, held.revision)
        data = self._codec.encode(record)
        started = self._next_tick()
        try:
            revision = await self._store.commit(key, data, held.revision)
        except Conflict:
            return None
        except OutcomeUnknown:
            self._cache.pop(key, None)
            return await self._find_out(key, data, held.revision)
        self._keep(key, Loaded(revision, record, started))
        return Committed(revision, record, repeated=False)

    async def _find_out(self, key: str, data: bytes, expected: int) -> Committed[StateT, EventT] | None:
        """Offer the very same bytes at the very same revision until it is known what became of them.

        Deciding anew would not do: the first offer may still arrive after a second decision.
        """
        with anyio.move_on_after(self._seconds_to_find_out):
            while True:
                try:
                    return await self._offer_again(key, data, expected)
                except (OutcomeUnknown, Unreachable):
                    await anyio.sleep(_PAUSE_SECONDS)
        raise OutcomeUnknown(f"the commit to {key}", seconds=self._seconds_to_find_out)

    async def _offer_again(self, key: str, data: bytes, expected: int) -> Committed[StateT, EventT] | None:
        try:
            revision = await self._store.commit(key, data, expected)
        except Conflict:  # somebody was first: us, if these are the bytes that came after that revision
            stored = await self._store.load_after(key, expected)
            if stored is None or stored.data != data:
                return None
            revision = stored.revision
        return Committed(revision, self._codec.decode(data), repeated=False)

    async def _load(self, key: str, *, fresh: bool) -> Loaded[StateT, EventT]:
        started = self._next_tick()
        revision, data = await self._store.load(key, fresh=fresh)
        record = None if data is None else self._codec.decode(data)
        # A read that may lag proves nothing about any moment, so it counts as older than every command.
        held = Loaded(revision, record, started if fresh else 0)
        self._keep(key, held)
        return held

    def _keep(self, key: str, held: Loaded[StateT, EventT]) -> None:
        self._cache[key] = held
        self._cache.move_to_end(key)
        if len(self._cache) > self._cached_at_most:
            self._cache.popitem(last=False)

    def _next_tick(self) -> int:
        self._tick += 1
        return self._tick


def _id_of(wish: _Wish[CommandT]) -> CommandId:
    assert wish.order.id is not None, "what is keyed has an id"
    return wish.order.id
