"""What the kit needs of a store: a value per key, a revision per value, and commits that name the revision.

All that the promise "no message overwrites another" rests on is `commit`:
it writes if and only if the key is still at the expected revision.
"""

from typing import NamedTuple, Protocol


class Stored(NamedTuple):
    """A value and its revision; ``(0, None)`` for a key that was never written.

    A deleted key has no data and a revision above 0.
    """

    revision: int
    data: bytes | None


class Store(Protocol):
    """A keyed store with compare-and-set. Revisions of a key only rise."""

    async def load(self, key: str, *, fresh: bool) -> Stored:
        """The newest value that is known; with `fresh` the newest that was committed before the call.

        Raises:
            Unreachable: the store cannot be asked.
            OutcomeUnknown: it did not answer.
        """
        ...

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write `data` if the key is at the revision `expected`, and return the new revision.

        Raises:
            Conflict: the key is at another revision; nothing was written.
            Unreachable: the store cannot be asked; nothing was written.
            OutcomeUnknown: no answer came; it may be written, or be written later.
        """
        ...

    async def load_at(self, key: str, revision: int) -> bytes | None:
        """What the commit with this revision wrote, or None when that is no longer kept."""
        ...

    async def load_after(self, key: str, revision: int) -> Stored | None:
        """The first value of the key that was committed after this revision, or None when there is none."""
        ...

    async def until_archived(self, key: str, revision: int) -> None:
        """Wait until this revision is where old ones are kept, so that the key may be written on.

        Raises:
            Unreachable: it does not get there.
        """
        ...
