"""How large a measurement is: with `BENCH_SCALE=0.01` it is tried out in a moment, and says nothing."""

import os
import resource
from typing import Final

SCALE: Final = float(os.environ.get("BENCH_SCALE", "1"))

_SPARE_DESCRIPTORS: Final = 256


def scaled(count: int, *, at_least: int = 1) -> int:
    """As many of them as this run has."""
    return max(at_least, int(count * SCALE))


def seconds(full: float) -> float:
    """As long as this run takes for what would take that long."""
    return max(0.5, full * min(SCALE, 1))


def allow_descriptors(count: int) -> None:
    """Let this process, and those that it starts from now on, have so many connections.

    Raises:
        SystemExit: the machine does not allow that many.
    """
    needed = count + _SPARE_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"expected room for {needed} open files, found a limit of {hard} (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
