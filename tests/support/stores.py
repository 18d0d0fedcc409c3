"""A store around a store that loses, delays and refuses what a network may lose, delay and refuse."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from enum import Enum, auto

from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.entities.store import Store, Stored


class Fault(Enum):
    """What may become of a commit on its way."""

    LOSE_ANSWER = auto()
    """It is written; whoever sent it does not hear of that."""
    LOSE_REQUEST = auto()
    """It never arrives; whoever sent it hears nothing."""
    LATE = auto()
    """It arrives when `deliver_late` is called; whoever sent it hears nothing."""
    FORWARD = auto()
    """It goes on to the store as it is; for when the store itself does not answer."""
    UNREACHABLE = auto()
    """There is nobody to send it to."""


class FaultyStore:
    """A `Store` whose commits meet these faults, one after the other; None, and all after the last, pass."""

    def __init__(
        self,
        store: Store,
        faults: Iterable[Fault | None] = (),
        *,
        meanwhile: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.commits = 0
        self.loads = 0
        self.unreachable_loads = 0
        """How many of the next loads find nobody to ask."""
        self.archived: list[tuple[str, int]] = []
        """Which revisions somebody waited for to be archived."""
        self.catching_up: Callable[[], Awaitable[object]] | None = None
        """What they wait for besides; it may raise."""
        self._store = store
        self._faults = deque(faults)
        self._late: list[tuple[str, bytes, int]] = []
        self._meanwhile = meanwhile

    async def load(self, key: str, *, fresh: bool) -> Stored:
        """The newest value of a key, unless the store is to be unreachable."""
        self.loads += 1
        if self.unreachable_loads:
            self.unreachable_loads -= 1
            raise Unreachable("the store")
        return await self._store.load(key, fresh=fresh)

    async def load_at(self, key: str, revision: int) -> bytes | None:
        """What the commit with this revision wrote."""
        return await self._store.load_at(key, revision)

    async def load_after(self, key: str, revision: int) -> Stored | None:
        """The first value of the key that was committed after this revision."""
        return await self._store.load_after(key, revision)

    async def until_archived(self, key: str, revision: int) -> None:
        """Wait as the store does, after whatever it is to wait for besides."""
        self.archived.append((key, revision))
        if self.catching_up is not None:
            await self.catching_up()
        await self._store.until_archived(key, revision)

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write, or meet the next fault; what happens `meanwhile` happens after the first one."""
        self.commits += 1
        fault = self._faults.popleft() if self._faults else None
        if fault is None:
            return await self._store.commit(key, data, expected)
        try:
            await self._meet(fault, key, data, expected)
        finally:
            meanwhile, self._meanwhile = self._meanwhile, None
            if meanwhile is not None:
                await meanwhile()
        raise OutcomeUnknown("the store", seconds=0)

    async def deliver_late(self) -> None:
        """Let everything arrive that was held up."""
        late, self._late = self._late, []
        for key, data, expected in late:
            with suppress(Conflict):
                await self._store.commit(key, data, expected)

    async def _meet(self, fault: Fault, key: str, data: bytes, expected: int) -> None:
        match fault:
            case Fault.LOSE_ANSWER:
                with suppress(Conflict):
                    await self._store.commit(key, data, expected)
            case Fault.FORWARD:
                await self._store.commit(key, data, expected)
            case Fault.LATE:
                self._late.append((key, data, expected))
            case Fault.UNREACHABLE:
                raise Unreachable("the store")
            case Fault.LOSE_REQUEST:
                pass
