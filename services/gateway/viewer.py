"""One who watches: what is to be sent to it next, and when to give up on it.

A viewer that has not taken its last frame gets the newest state of each banner next, instead of every one
in between. What may wait for it is bounded; past the bound it is closed as too slow.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Final

import anyio

from services.gateway.batches import Batches, changes_frame
from shared.contracts.identity import BannerId
from shared.contracts.live import CloseCode

BACKLOG_BYTES: Final = 1024 * 1024
"""How much may wait for one viewer, merged, before it is too slow."""
STALL_SECONDS: Final = 10.0
"""For how long one viewer may not take what was sent to it."""


class Viewer:
    """Whoever drives it awaits `next`, sends, and says when it has `sent`."""

    __slots__ = (
        "_batches",
        "_controls",
        "_ends",
        "_last",
        "_position",
        "_sending_since",
        "_size",
        "_told",
        "_waiter",
        "_waiting",
        "all",
        "banners",
        "closing",
        "scope",
        "unanswered",
    )

    def __init__(self, batches: Batches) -> None:
        self.all = False
        self.banners: set[BannerId] = set()
        self.closing: CloseCode | None = None
        """The code with which it shall be closed, once that is decided."""
        self.scope = anyio.CancelScope()
        """Holds whoever drives the viewer, so that a stuck one can be ended."""
        self.unanswered = 0
        """How many pings it was sent since anything was heard of it."""
        self._ends: tuple[float, CloseCode] | None = None
        self._last: str | None = None
        self._batches = batches
        self._position = 0
        self._waiting: dict[BannerId, bytes] = {}
        self._size = 0
        self._controls: list[str] = []
        self._told = 0
        # A bare future: with thousands of viewers an event costs as much as the rest of this class.
        self._waiter: asyncio.Future[None] | None = None
        self._sending_since: float | None = None

    @property
    def behind(self) -> bool:
        """Whether something that it was told has not been sent yet."""
        return bool(self._controls)

    async def next(self) -> str | None:
        """The next frame to send; None when the viewer shall be closed."""
        self._sending_since = None
        while True:
            frame = self._take()
            if self.closing is not None:
                frame, self._last = self._last, None
                return frame
            if frame is not None:
                self._sending_since = time.monotonic()
                return frame
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def tell(self, frame: str) -> None:
        """Send a frame before any changes that wait; who asks for more than it reads is too slow as well."""
        if len(self._controls) > 1 and self._told > BACKLOG_BYTES:
            self.close(CloseCode.SLOW)
        if self.closing is None:
            self._controls.append(frame)
            self._told += len(frame)
        self._wake()

    def notice(self) -> None:
        """There is a new batch, for one who watches everything."""
        self._wake()

    def offer(self, fragments: Mapping[BannerId, bytes]) -> None:
        """Changes of single banners, each in place of an older one that still waits."""
        self._waiting.update(fragments)
        self._size += sum(map(len, fragments.values()))
        if self._size > BACKLOG_BYTES:  # an upper bound; count exactly before giving up on somebody
            self._size = sum(map(len, self._waiting.values()))
            if self._size > BACKLOG_BYTES:
                self.close(CloseCode.SLOW)
        self._wake()

    def watch_everything(self) -> None:
        """From here on all batches are for this viewer."""
        self.all = True
        self._position = self._batches.head
        self._waiting.clear()
        self._size = 0

    def settle(self, banners: Iterable[BannerId]) -> None:
        """Drop the changes that wait for these banners: what it is told next is newer, or it left them.

        Of all else it is told before that, so that no older state can follow, and nothing is still to come
        that is older than the position which it is told.
        """
        for banner in banners:
            self._waiting.pop(banner, None)
        if self.all:
            self._catch_up()
        elif self._waiting:
            self.tell(self._offered())

    def close(self, code: CloseCode, last: str | None = None) -> None:
        """End it with this code, after one last frame."""
        if self.closing is None:
            self.closing = code
            self._last = last
        self._wake()

    def end_at(self, seconds: float | None, code: CloseCode) -> None:
        """End it with this code when it is so many seconds after 1970; never, when that is None."""
        self._ends = None if seconds is None else (seconds, code)

    def end_if_due(self, now: float) -> None:
        """End it if its time is over."""
        if self._ends is not None and now >= self._ends[0]:
            self.close(self._ends[1])

    @property
    def backlog(self) -> int:
        """How many bytes wait for it alone; the batches of those who watch everything are everybody's."""
        return self._told + sum(map(len, self._waiting.values()))

    def give_up_if_stalled(self) -> None:
        """End it if it has not taken a frame for too long."""
        since = self._sending_since
        if since is not None and time.monotonic() - since > STALL_SECONDS:
            self.close(CloseCode.SLOW)
            self.scope.cancel()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _take(self) -> str | None:
        if self._controls:
            frame = self._controls.pop(0)
            self._told -= len(frame)
            return frame
        if self.all and self._position < self._batches.head:
            return self._merged()
        if self._waiting:
            return self._offered()
        return None

    def _offered(self) -> str:
        """All that waits, as one frame. It reaches as far as what was handed out last."""
        frame = changes_frame(self._waiting.values(), self._batches.position)
        self._waiting.clear()
        self._size = 0
        return frame

    def _merged(self) -> str | None:
        """All batches since the last, as one frame; none when that is more than may wait for one viewer."""
        behind = self._batches.head - self._position
        frame = self._batches.since(self._position) if self._batches.reaches(self._position) else None
        if frame is None or (behind > 1 and len(frame) > BACKLOG_BYTES):
            self.close(CloseCode.SLOW)
            return None
        self._position = self._batches.head
        return frame

    def _catch_up(self) -> None:
        if self._position < self._batches.head and (frame := self._merged()) is not None:
            self.tell(frame)
