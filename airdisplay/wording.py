"""How the command line words what it tells people, in one place so that it is the same everywhere."""

from datetime import datetime

from shared.contracts.banner import Display
from shared.contracts.instants import Instant, milliseconds_between


def local_time(at: Instant) -> str:
    """The time of day where the reader is."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M:%S}"


def seconds_left(display: Display, now: Instant) -> int:
    """Whole seconds that a display still lasts, rounded up as on a countdown."""
    return max(0, -(-milliseconds_between(now, display.until) // 1000))


def shows(display: Display | None) -> str:
    """What a banner does."""
    return "is dark" if display is None else f"shows “{display.text}” until {local_time(display.until)}"
