"""How long to wait before connecting again. Pure: chance comes in."""

from typing import Final

PAUSES_SECONDS: Final = (0.1, 5.0)
"""Before the first new attempt, and after many."""

REFUSED_PAUSE_SECONDS: Final = 30.0
"""After many attempts with credentials that were refused: they may be made good, but not by asking often."""

_DOUBLED_AT_MOST: Final = 10


def pause_before(attempt: int, *, refused: bool, chance: float) -> float:
    """Seconds before the attempt of that number, from 0.

    `chance` is from 0 to 1: not all shall come at once that were lost at once.
    """
    first, longest = PAUSES_SECONDS
    longest = REFUSED_PAUSE_SECONDS if refused else longest
    return min(first * 2.0 ** min(attempt, _DOUBLED_AT_MOST), longest) * (1 + chance) / 2
