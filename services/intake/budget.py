"""How much each banner may say: so many at once, then so many a second. Pure; time comes in.

Who has used nothing for a while is forgotten, because nothing is what somebody new has used.
"""

from collections.abc import Hashable
from typing import Final, Generic, NamedTuple, TypeVar

_ROUNDING: Final = 1e-6

KeyT = TypeVar("KeyT", bound=Hashable)


class Allowance(NamedTuple):
    """So many at once, and so many a second after that."""

    at_once: int
    a_second: float


class Budgets(Generic[KeyT]):
    """What is left to each. Time is in seconds, of any clock that does not go back."""

    def __init__(self, allowance: Allowance) -> None:
        self._apart = 1 / allowance.a_second
        self._whole_after = allowance.at_once / allowance.a_second
        # When what was used is made up for; in the order of the last use, so that the first are over first.
        self._until: dict[KeyT, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def take(self, key: KeyT, now: float) -> bool:
        """Whether it is within the budget; if so, it is used up by that."""
        self._forget(now)
        until = max(self._until.get(key, now), now) + self._apart
        if until - now > self._whole_after + _ROUNDING:
            return False
        self._until.pop(key, None)
        self._until[key] = until
        return True

    def _forget(self, now: float) -> None:
        """Let go of two that have nothing used up any more: so they are let go of faster than they come."""
        for _ in range(2):
            first = next(iter(self._until), None)
            if first is None or self._until[first] > now:
                return
            del self._until[first]
