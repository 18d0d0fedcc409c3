"""The clock of this process, as instants. Whatever decides takes its time from here, as a parameter."""

import time
from typing import Final

from shared.contracts.instants import Instant, instant

SKEW_AT_MOST_SECONDS: Final = 2.0
"""A process whose clock is further from the server's than this refuses to start."""


def now() -> Instant:
    """This instant, rounded down to the millisecond."""
    return instant(time.time_ns() // 1_000_000)


def seconds() -> float:
    """This instant as seconds after 1970."""
    return time.time()


def microseconds() -> int:
    """This instant as whole microseconds after 1970."""
    return time.time_ns() // 1_000
