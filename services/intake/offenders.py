"""Who makes the most trouble, in bounded memory: the Space-Saving counters of Metwally and others. Pure.

With `places` counters, whoever is behind more than one in `places` of all that was counted has one, and no
count is too low. It may be too high by what the counter had counted for another before.
"""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

PLACES: Final = 64

KeyT = TypeVar("KeyT", bound=Hashable)


class Offenders(Generic[KeyT]):
    """Counters for those who are counted most."""

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._counts: dict[KeyT, int] = {}

    def count(self, who: KeyT) -> None:
        """Once more."""
        counts = self._counts
        if who not in counts and len(counts) >= self._places:
            least = min(counts, key=counts.__getitem__)
            counts[who] = counts.pop(least)
        counts[who] = counts.get(who, 0) + 1

    def most(self, number: int) -> dict[KeyT, int]:
        """Those who were counted most, the worst first, and how often that may have been."""
        found = sorted(self._counts.items(), key=lambda each: -each[1])
        return dict(found[:number])
