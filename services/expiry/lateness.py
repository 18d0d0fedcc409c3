"""How late expiries are: a histogram with fixed bounds, in milliseconds."""

from bisect import bisect_left
from typing import Any, Final

BOUNDS_MS: Final = (1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000)


class Lateness:
    """Counts of what was observed, by bound; constant in size however much it is."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_MS) + 1)
        self._max = 0
        self._count = 0

    def observe(self, milliseconds: int) -> None:
        """Count one expiry."""
        self._counts[bisect_left(BOUNDS_MS, milliseconds)] += 1
        self._count += 1
        self._max = max(self._max, milliseconds)

    def quantile(self, share: float) -> int:
        """The bound under which that share of all lies: the true figure is that or less."""
        wanted = share * self._count
        seen = 0
        for count, bound in zip(self._counts, BOUNDS_MS, strict=False):
            seen += count
            if seen >= wanted:
                return min(bound, self._max)
        return self._max

    def facts(self) -> dict[str, Any]:
        """The histogram for the statistics of the service."""
        return {
            "count": self._count,
            "p50_ms": self.quantile(0.5),
            "p99_ms": self.quantile(0.99),
            "max_ms": self._max,
            "at_most_ms": dict(zip(map(str, (*BOUNDS_MS, "more")), self._counts, strict=True)),
        }
