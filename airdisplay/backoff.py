"""How long to wait before trying again: doubling up to a bound, from the start after a while of health."""

from typing import Final

FIRST_SECONDS: Final = 0.2
AT_MOST_SECONDS: Final = 10.0
HEALTHY_AFTER_SECONDS: Final = 10.0


class Backoff:
    """The pauses between the lives of one thing."""

    def __init__(
        self,
        *,
        first: float = FIRST_SECONDS,
        at_most: float = AT_MOST_SECONDS,
        healthy_after: float = HEALTHY_AFTER_SECONDS,
    ) -> None:
        self._first = first
        self._at_most = at_most
        self._healthy_after = healthy_after
        self._next = first

    def pause_after(self, lived: float) -> float:
        """Seconds to wait after a life of that many seconds."""
        if lived >= self._healthy_after:
            self._next = self._first
        pause = self._next
        self._next = min(2 * pause, self._at_most)
        return pause
