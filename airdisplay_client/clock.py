"""The clock by which displays end: the gateway's, as far as it can be told from here.

Phones and laptops are often wrong by seconds; a display that is over must not be taken for one that shows.
"""

import time
from typing import Final

from shared.contracts.instants import Instant, epoch_ms, instant

_TOLD_APART_MS: Final = 1_000
"""Less than this may be the time that the gateway's word took to come: then our own clock is as good."""


class Clock:
    """Our own clock, set right by what a gateway says of its own."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def now(self) -> Instant:
        """This instant."""
        return instant(_here_ms() + self._ahead_ms)

    def set_by(self, told: Instant) -> None:
        """A gateway has just said what time it is."""
        ahead = epoch_ms(told) - _here_ms()
        self._ahead_ms = ahead if abs(ahead) >= _TOLD_APART_MS else 0


def _here_ms() -> int:
    return time.time_ns() // 1_000_000
