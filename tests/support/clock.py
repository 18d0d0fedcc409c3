"""A clock that stands still until a test moves it."""

from shared.contracts.instants import Instant, later

NOON = Instant("2026-05-04T12:00:00.000Z")


class HandClock:
    """Call it for the instant that it shows; usable wherever a clock is passed in."""

    def __init__(self, at: Instant = NOON) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return self.at

    def advance(self, milliseconds: int) -> Instant:
        """Move it, forwards or backwards, and return what it shows then."""
        self.at = later(self.at, milliseconds)
        return self.at
