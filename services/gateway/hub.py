"""Fan-out: each change encoded once, gathered under load, to everybody who watches it.

The first change after a quiet moment leaves at once; while changes keep coming, they are gathered for at
most 20 ms into one frame.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Final

import anyio
import msgspec

from services.gateway.batches import Batches, Fragments
from services.gateway.snapshots import snapshot
from services.gateway.view import View
from services.gateway.viewer import Viewer
from shared.contracts.identity import BannerId
from shared.contracts.live import CloseCode, Problem
from shared.mesh import clock

GATHER_SECONDS: Final = 0.02
_BEATS: Final = 30
"""Into how many groups viewers are divided for their heartbeat, so that they are not all pinged at once."""
_UNANSWERED_AT_MOST: Final = 2
_NAMED_AT_MOST: Final = 5

_encoder = msgspec.json.Encoder()


class Hub:
    """All viewers of this gateway, and what changed since they were last told."""

    def __init__(self) -> None:
        self.view = View(self._on_change, self._on_remove)
        self.away = False
        """Whether the mesh cannot be reached, so that what is known here may be old."""
        self.frames = 0
        """How many frames with changes were made ready for viewers since the start."""
        self.changes = 0
        """How many changes of banners were seen since the start."""
        self.on_flush: Callable[[Iterable[str]], None] | None = None
        """Called with the banners whose changes have just been handed out."""
        self._batches = Batches()
        self._changed: dict[BannerId, None] = {}
        self._removed: dict[BannerId, None] = {}
        self._something = asyncio.Event()
        self._viewers: set[Viewer] = set()
        self._everything: set[Viewer] = set()
        self._hearts: list[set[Viewer]] = [set() for _ in range(_BEATS)]
        self._of_banner: dict[BannerId, set[Viewer]] = {}

    def __len__(self) -> int:
        return len(self._viewers)

    def enter(self, *, heartbeat: bool = False) -> Viewer:
        """Somebody came, and watches nothing yet; with `heartbeat` it is pinged from time to time."""
        viewer = Viewer(self._batches)
        self._viewers.add(viewer)
        if heartbeat:
            min(self._hearts, key=len).add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Somebody left."""
        self.unwatch(viewer, None)
        self._viewers.discard(viewer)
        for hearts in self._hearts:
            hearts.discard(viewer)

    def everyone(self) -> tuple[Viewer, ...]:
        """All viewers."""
        return tuple(self._viewers)

    def watch(self, viewer: Viewer, banners: Iterable[BannerId] | None, snapshot: Callable[[], str]) -> None:
        """From now on tell a viewer of these banners, or of all; the snapshot comes first.

        What changed until now goes out before, so that nothing stands in both the snapshot and the changes.
        """
        self.flush()
        if banners is None:
            viewer.watch_everything()
            self._everything.add(viewer)
        else:
            viewer.settle(banners)
            for banner in banners:
                viewer.banners.add(banner)
                self._of_banner.setdefault(banner, set()).add(viewer)
        viewer.tell(snapshot())

    def unwatch(self, viewer: Viewer, banners: Iterable[BannerId] | None) -> None:
        """Tell a viewer no more of these banners, or of any."""
        if banners is None:
            viewer.all = False
            self._everything.discard(viewer)
            banners = tuple(viewer.banners)
        viewer.settle(banners)
        for banner in banners:
            viewer.banners.discard(banner)
            watching = self._of_banner.get(banner, set())
            watching.discard(viewer)
            if not watching:
                self._of_banner.pop(banner, None)

    def announce(self, frame: str) -> None:
        """Tell everybody who is pinged of something that concerns them all."""
        for hearts in self._hearts:
            for viewer in hearts:
                viewer.tell(frame)

    def refresh(self, snapshot: Callable[[Iterable[BannerId] | None], str]) -> None:
        """Give everybody a new snapshot of what it watches; all who watch everything share one."""
        of_everything = cache(partial(snapshot, None))
        for viewer in self.everyone():
            if viewer.all:
                self.watch(viewer, None, of_everything)
            elif viewer.banners:
                banners = tuple(viewer.banners)
                self.watch(viewer, banners, partial(snapshot, banners))

    async def run(self) -> None:
        """Tell viewers what changes; never returns."""
        while True:
            await self._something.wait()
            self.flush()
            # One turn of the gathering window: what comes meanwhile leaves together after it.
            await anyio.sleep(GATHER_SECONDS)

    async def beat(self, ping: str, seconds: float) -> None:
        """Ping everybody who wants it once in that many seconds, a few at a time; never returns."""
        while True:
            for hearts in self._hearts:
                await anyio.sleep(seconds / _BEATS)
                for viewer in tuple(hearts):
                    _ping(viewer, ping)

    async def pass_time(self) -> None:
        """Tell viewers of what changes by time alone; never returns."""
        overdue = self.view.overdue
        while True:
            await overdue.wait(clock.now)
            self.view.pass_time(clock.now())

    async def watch_for_stalls(self) -> None:
        """End viewers that do not take what is sent to them, or whose time is over; never returns."""
        while True:
            await anyio.sleep(1)
            now = clock.seconds()
            for viewer in tuple(self._viewers):
                viewer.give_up_if_stalled()
                viewer.end_if_due(now)

    def flush(self) -> None:
        """Hand what changed to those who watch it."""
        self._something.clear()
        changed, self._changed = self._changed, {}
        removed, self._removed = self._removed, {}
        if not self._viewers:
            return
        if changed:
            self._tell_changes(changed)
        if removed:
            self._tell_removals(removed)

    def _tell_changes(self, changed: Iterable[BannerId]) -> None:
        now = clock.now()
        fragments = {
            banner: known.encoded(now) for banner in changed if (known := self.view.get(banner)) is not None
        }
        position = self.view.position()
        self._batches.position = position
        if self._everything:
            self._batches.add(fragments, position)
            self.frames += len(self._everything)
            for viewer in self._everything:
                viewer.notice()
        if self._of_banner:
            self._offer(fragments)
        if self.on_flush is not None:
            self.on_flush(fragments)

    def _offer(self, fragments: Fragments) -> None:
        """To those who watch single banners: everyone gets what it watches, in one frame."""
        concerned: dict[Viewer, dict[BannerId, bytes]] = {}
        for banner, fragment in fragments.items():
            for viewer in self._of_banner.get(banner, ()):
                if not viewer.all:
                    concerned.setdefault(viewer, {})[banner] = fragment
        self.frames += len(concerned)
        for viewer, own in concerned.items():
            viewer.offer(own)

    def _tell_removals(self, removed: Iterable[BannerId]) -> None:
        """Who watches everything sees everything anew; who watches by name is told which are no more."""
        of_everything = cache(partial(snapshot, self.view, None))
        for viewer in self._everything:
            viewer.watch_everything()
            viewer.tell(of_everything())
        concerned: dict[Viewer, list[BannerId]] = {}
        for banner in removed:
            if self.view.get(banner) is not None:  # there again already
                continue
            for viewer in self._of_banner.get(banner, ()):
                if not viewer.all:
                    concerned.setdefault(viewer, []).append(banner)
        for viewer, gone in concerned.items():
            viewer.settle(gone)
            viewer.tell(unknown_banners(gone))

    def _on_remove(self, banner: BannerId) -> None:
        self._changed.pop(banner, None)
        self._removed[banner] = None
        self._something.set()

    def _on_change(self, banner: BannerId) -> None:
        self.changes += 1
        self._changed[banner] = None
        self._something.set()


def unknown_banners(banners: Sequence[BannerId]) -> str:
    """The frame that names banners which are not there."""
    named = ", ".join(banners[:_NAMED_AT_MOST])
    more = "" if len(banners) <= _NAMED_AT_MOST else f" and {len(banners) - _NAMED_AT_MOST} more"
    problem = Problem(code="unknown-banner", detail=f"not registered, watched all the same: {named}{more}")
    return _encoder.encode(problem).decode()


def _ping(viewer: Viewer, ping: str) -> None:
    """Ping it, unless it has left so many unanswered that it counts as gone."""
    if viewer.unanswered >= _UNANSWERED_AT_MOST:
        viewer.close(CloseCode.SILENT)
        return
    viewer.unanswered += 1
    viewer.tell(ping)
