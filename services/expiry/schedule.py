"""Deadlines in order: what is due, and when to look again. Pure; times are epoch milliseconds.

One deadline a banner. A newer one replaces the older, which stays in the heap until it comes up
and is then passed over, because the table no longer names it.
"""

import heapq
from typing import NamedTuple

from shared.contracts.identity import BannerId, DisplayId


class Deadline(NamedTuple):
    """When to act for the display of a banner. `due` is when it ends; `at` may be later: a retry, a cover."""

    at: int
    banner: BannerId
    display: DisplayId
    due: int


class Schedule:
    """The deadlines that are still to come."""

    def __init__(self) -> None:
        self._heap: list[Deadline] = []
        self._current: dict[BannerId, Deadline] = {}

    def __len__(self) -> int:
        """How many banners have a deadline."""
        return len(self._current)

    def put(self, deadline: Deadline) -> None:
        """Set the deadline of a banner, in place of any other."""
        if self._current.get(deadline.banner) == deadline:
            return
        self._current[deadline.banner] = deadline
        heapq.heappush(self._heap, deadline)

    def drop(self, banner: BannerId) -> None:
        """Forget the deadline of a banner, if it has one."""
        self._current.pop(banner, None)

    def again(self, deadline: Deadline, *, at: int) -> None:
        """Put a deadline that came up back for later, unless the banner has another by now."""
        if deadline.banner not in self._current:
            self.put(deadline._replace(at=at))

    def due(self, now: int, *, at_most: int) -> list[Deadline]:
        """Take out what is due, the earliest first."""
        taken: list[Deadline] = []
        while len(taken) < at_most and (at := self.next()) is not None and at <= now:
            deadline = heapq.heappop(self._heap)
            del self._current[deadline.banner]
            taken.append(deadline)
        return taken

    def next(self) -> int | None:
        """When the earliest deadline is, or None when there is none."""
        while self._heap and self._current.get(self._heap[0].banner) != self._heap[0]:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None
