"""The store in memory: the same contract as the real one, for tests and examples. Keeps every revision."""

from shared.contracts.errors import Conflict
from shared.entities.store import Stored

_NEVER_WRITTEN = Stored(0, None)


class MemoryStore:
    """A `Store` within one process; revisions count through all keys, as in a JetStream bucket."""

    def __init__(self) -> None:
        self.log: list[tuple[str, bytes]] = []
        self._newest: dict[str, Stored] = {}

    async def load(self, key: str, *, fresh: bool) -> Stored:  # noqa: ARG002 (always fresh)
        """The newest value of a key."""
        return self._newest.get(key, _NEVER_WRITTEN)

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write if the key is at the expected revision."""
        if self._newest.get(key, _NEVER_WRITTEN).revision != expected:
            raise Conflict(key, expected=expected)
        self.log.append((key, data))
        self._newest[key] = Stored(len(self.log), data)
        return len(self.log)

    async def load_at(self, key: str, revision: int) -> bytes | None:
        """What the commit with this revision wrote."""
        if not 1 <= revision <= len(self.log):
            return None
        written, data = self.log[revision - 1]
        return data if written == key else None

    async def load_after(self, key: str, revision: int) -> Stored | None:
        """The first value of the key that was committed after this revision."""
        for later, (written, data) in enumerate(self.log[revision:], revision + 1):
            if written == key:
                return Stored(later, data)
        return None

    async def until_archived(self, key: str, revision: int) -> None:
        """Nothing is ever let go of."""
