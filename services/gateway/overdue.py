"""When time is up for hardware to say that it shows what it shall: one order for all banners, one timer."""

import heapq
from collections.abc import Callable, Iterator
from typing import Final

import anyio

from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, milliseconds_between

_LOOK_AT_THE_CLOCK_SECONDS: Final = 1.0


class Overdue:
    """Deadlines of all displays; of those too that were confirmed, or ended, meanwhile."""

    def __init__(self) -> None:
        self._deadlines: list[tuple[Instant, BannerId, DisplayId]] = []
        self._earlier = anyio.Event()

    def __len__(self) -> int:
        return len(self._deadlines)

    def add(self, deadline: Instant, banner: BannerId, display_id: DisplayId) -> None:
        """By then its hardware should have said that it shows this."""
        item = (deadline, banner, display_id)
        heapq.heappush(self._deadlines, item)
        if self._deadlines[0] is item:
            self._earlier.set()

    def take(self, now: Instant) -> Iterator[tuple[BannerId, DisplayId]]:
        """Those whose deadline has come, which are let go of."""
        while self._deadlines and self._deadlines[0][0] <= now:
            yield heapq.heappop(self._deadlines)[1:]

    async def wait(self, now: Callable[[], Instant]) -> None:
        """Return once a deadline has come; looks at the clock now and then, because clocks are set."""
        while not self._deadlines or self._deadlines[0][0] > now():
            seconds: float | None = None
            if self._deadlines:
                left = milliseconds_between(now(), self._deadlines[0][0]) / 1000
                seconds = min(max(left, 0.001), _LOOK_AT_THE_CLOCK_SECONDS)
            with anyio.move_on_after(seconds):
                await self._earlier.wait()
            self._earlier = anyio.Event()
