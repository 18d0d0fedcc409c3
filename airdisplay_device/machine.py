"""The device protocol as a state machine: records and times come in, what shows comes out. Pure.

The whole state is the newest record that ever came. Of two records the newer has the later `at`, or the same
and the higher `number`; so duplicates, reordering and gaps cannot do harm, and one record makes up for all
that were missed. What shows is that record's display until its `until`, whoever has said so or not.
"""

from typing import Final

from shared.contracts.banner import Display
from shared.contracts.hardware import Reported, StateMessage
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, epoch_ms

Age = tuple[Instant, int]
"""`at` and `number` of a record; the newer of two is the greater."""

_BEFORE_ALL: Final[Age] = (Instant(""), 0)


class Machine:
    """What one device knows of its banner. A device that starts again begins with a new one."""

    __slots__ = ("_display", "_until_ms", "banner", "newest", "revision")

    def __init__(self, banner: BannerId) -> None:
        self.banner = banner
        self.newest: Age = _BEFORE_ALL
        self.revision: int | None = None
        """Of the newest record, where the line could tell it."""
        self._display: Display | None = None
        self._until_ms = 0

    @property
    def knows(self) -> bool:
        """Whether any record ever came."""
        return self.newest != _BEFORE_ALL

    def receive(self, message: StateMessage, revision: int | None = None) -> bool:
        """A record came; whether it is newer than what is known, and was taken."""
        age = (message.at, message.number)
        if age <= self.newest:
            return False
        self.newest = age
        self.revision = revision
        self._display = message.state.display
        self._until_ms = 0 if self._display is None else epoch_ms(self._display.until)
        return True

    def gone(self) -> None:
        """The banner is no more. What was known of it stays known, so that nothing older comes back."""
        self._display = None
        self._until_ms = 0

    def showing(self, now_ms: int) -> Display | None:
        """What shows at that time of the device's own clock, in milliseconds after 1970."""
        return self._display if now_ms < self._until_ms else None

    def left_ms(self, now_ms: int) -> int | None:
        """In how many milliseconds what shows is over; None where nothing shows."""
        return None if self.showing(now_ms) is None else self._until_ms - now_ms

    def report(self, now_ms: int, at: Instant | None = None) -> Reported:
        """What the hardware says that it shows; `at` where it has a clock to say so by."""
        display = self.showing(now_ms)
        return Reported(display_id=None if display is None else display.id, revision=self.revision, at=at)


class LearnedTime:
    """The time of day for hardware without a clock: the latest that anybody told, and what passed since.

    A record tells `at`, the answer to a hello tells `now`; both were true before they came. So this clock is
    never ahead of the mesh's but by what its own running is too fast, and what it shows ends late by no more
    than the quickest message took.
    """

    __slots__ = ("_behind_ms",)

    def __init__(self) -> None:
        self._behind_ms: int | None = None

    def hear(self, message: StateMessage, running_ms: int, asked_ms: int | None) -> None:
        """A message came at `running_ms`, the first one that could answer a hello said at `asked_ms`."""
        told = epoch_ms(message.at if message.now is None else message.now) - running_ms
        if self._behind_ms is None or told > self._behind_ms:
            self._behind_ms = told
        elif message.now is not None and asked_ms is not None:
            # It cannot be later now than that plus the whole round: our own running was too fast.
            self._behind_ms = min(self._behind_ms, told + running_ms - asked_ms)

    def at(self, running_ms: int) -> int:
        """Milliseconds after 1970; 0 before anything was heard, when there is nothing to end either."""
        return 0 if self._behind_ms is None else running_ms + self._behind_ms
