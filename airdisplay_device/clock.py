"""Clocks of a device: the time of day where it has that, and the time since it came up, which nobody sets."""

import time


def wall_ms() -> int:
    """Milliseconds after 1970; somebody may set it."""
    return time.time_ns() // 1_000_000


def running_ms() -> int:
    """Milliseconds since some moment; never set, never back."""
    return time.monotonic_ns() // 1_000_000
