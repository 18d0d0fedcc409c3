"""Fan-out: each change encoded once, gathered under load, merged for those who are slow.

The first change after a quiet moment leaves at once; while changes keep coming, they are gathered for at
most 20 ms into one frame. A viewer that has not taken its last frame gets the newest state per banner
instead of every one, and past a bound it is told that it is too slow.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import anyio

from services.gateway.view import View
from shared.contracts.identity import BannerId
from shared.contracts.views import CloseCode
from shared.mesh import clock

GATHER_SECONDS: Final = 0.02
BACKLOG_BYTES: Final = 1024 * 1024
"""How much may wait for one viewer, merged, before it is too slow."""
STALL_SECONDS: Final = 10.0
"""For how long one viewer may not take what was sent to it."""

Fragments = Mapping[BannerId, bytes]


def changes_frame(fragments: Iterable[bytes]) -> str:
    """A `changes` frame of encoded banners."""
    return (b'{"op":"changes","banners":[' + b",".join(fragments) + b"]}").decode()


class Batch:
    """Changes that leave together; the frame for those who watch all of it is made once."""

    __slots__ = ("_frame", "fragments", "size")

    def __init__(self, fragments: Fragments) -> None:
        self.fragments = fragments
        self.size = sum(map(len, fragments.values()))
        self._frame: str | None = None

    def frame(self) -> str:
        """The frame with all of it."""
        if self._frame is None:
            self._frame = changes_frame(self.fragments.values())
        return self._frame


class Viewer:
    """One who watches: what is to be sent to it next. Whoever drives it awaits `next` and sends."""

    __slots__ = (
        "_batch",
        "_controls",
        "_merged",
        "_size",
        "_wake",
        "all",
        "banners",
        "closing",
        "scope",
        "sending_since",
    )

    def __init__(self) -> None:
        self.all = False
        self.banners: set[BannerId] = set()
        self.closing: int | None = None
        """The code with which it shall be closed, once that is decided."""
        self.scope = anyio.CancelScope()
        """Holds whoever drives the viewer, so that a stuck one can be ended."""
        self.sending_since: float | None = None
        self._controls: list[str] = []
        self._batch: Batch | None = None
        self._merged: dict[BannerId, bytes] | None = None
        self._size = 0
        self._wake = asyncio.Event()

    async def next(self) -> str | None:
        """The next frame to send; None when the viewer shall be closed."""
        while True:
            if self.closing is not None:
                return None
            if self._controls:
                return self._controls.pop(0)
            if self._batch is not None:
                batch, self._batch = self._batch, None
                return batch.frame()
            if self._merged:
                merged, self._merged, self._size = self._merged, None, 0
                return changes_frame(merged.values())
            self._wake.clear()
            await self._wake.wait()

    def tell(self, frame: str) -> None:
        """Send a frame before any changes that wait."""
        self._controls.append(frame)
        self._wake.set()

    def offer(self, batch: Batch) -> bool:
        """Send changes, merged with what waits already; False when too much does."""
        if self._batch is None and not self._merged:
            self._batch = batch
            self._wake.set()
            return True
        return self._merge(batch)

    def settle(self, banners: Iterable[BannerId] | None) -> None:
        """Drop the changes that wait for these banners, or for all: a snapshot is newer."""
        if banners is None:
            self._batch, self._merged, self._size = None, None, 0
        elif self._waiting():
            merged = self._unshare()
            for banner in banners:
                merged.pop(banner, None)
            self._size = sum(map(len, merged.values()))

    def close(self, code: int) -> None:
        """End it with this code."""
        if self.closing is None:
            self.closing = code
        self._wake.set()

    def give_up(self) -> None:
        """End it although a frame is still being sent."""
        self.close(CloseCode.SLOW)
        self.scope.cancel()

    def _waiting(self) -> bool:
        return self._batch is not None or bool(self._merged)

    def _unshare(self) -> dict[BannerId, bytes]:
        """What waits, as a table of this viewer's own."""
        merged = self._merged
        if merged is None:
            merged = self._merged = {}
        if self._batch is not None:
            merged.update(self._batch.fragments)
            self._batch = None
        return merged

    def _merge(self, batch: Batch) -> bool:
        merged = self._unshare()
        merged.update(batch.fragments)
        self._size += batch.size
        if self._size > BACKLOG_BYTES:  # an upper bound; count exactly before giving up on somebody
            self._size = sum(map(len, merged.values()))
        self._wake.set()
        return self._size <= BACKLOG_BYTES


class Hub:
    """All viewers of this gateway, and what changed since they were last told."""

    def __init__(self) -> None:
        self.view = View(self._on_change)
        self.frames = 0
        """How many frames with changes were offered to viewers since the start."""
        self.changes = 0
        """How many changes of banners were seen since the start."""
        self._changed: dict[BannerId, None] = {}
        self._something = asyncio.Event()
        self._viewers: set[Viewer] = set()
        self._everything: set[Viewer] = set()
        self._of_banner: dict[BannerId, set[Viewer]] = {}

    def __len__(self) -> int:
        return len(self._viewers)

    def add(self, viewer: Viewer) -> None:
        """Somebody came."""
        self._viewers.add(viewer)

    def remove(self, viewer: Viewer) -> None:
        """Somebody left."""
        self.unwatch(viewer, None)
        self._viewers.discard(viewer)

    def watch(self, viewer: Viewer, banners: Iterable[BannerId] | None, snapshot: Callable[[], str]) -> None:
        """From now on tell a viewer of these banners, or of all; the snapshot comes first.

        What changed until now is sent to the others before, so that nothing is in both snapshot and changes.
        """
        self.flush()
        viewer.settle(banners)
        if banners is None:
            viewer.all = True
            self._everything.add(viewer)
        else:
            for banner in banners:
                viewer.banners.add(banner)
                self._of_banner.setdefault(banner, set()).add(viewer)
        viewer.tell(snapshot())

    def unwatch(self, viewer: Viewer, banners: Iterable[BannerId] | None) -> None:
        """Tell a viewer no more of these banners, or of any."""
        if banners is None:
            viewer.all = False
            self._everything.discard(viewer)
            viewer.settle(None)
        elif not viewer.all:
            viewer.settle(banners)
        for banner in tuple(viewer.banners if banners is None else banners):
            viewer.banners.discard(banner)
            watching = self._of_banner.get(banner, set())
            watching.discard(viewer)
            if not watching:
                self._of_banner.pop(banner, None)

    async def run(self) -> None:
        """Tell viewers what changes; never returns."""
        while True:
            await self._something.wait()
            self.flush()
            # One turn of the gathering window: what comes meanwhile leaves together after it.
            await anyio.sleep(GATHER_SECONDS)

    async def watch_for_stalls(self) -> None:
        """Give up on viewers that do not take what is sent to them; never returns."""
        while True:
            await anyio.sleep(1)
            for viewer in tuple(self._viewers):
                since = viewer.sending_since
                if since is not None and anyio.current_time() - since > STALL_SECONDS:
                    viewer.give_up()

    def everyone(self) -> tuple[Viewer, ...]:
        """All viewers."""
        return tuple(self._viewers)

    def flush(self) -> None:
        """Offer what changed to those who watch it."""
        self._something.clear()
        changed, self._changed = self._changed, {}
        if not changed or not self._viewers:
            return
        now = clock.now()
        fragments = {
            banner: known.encoded(now) for banner in changed if (known := self.view.get(banner)) is not None
        }
        if self._everything:
            self._offer(self._everything, Batch(fragments))
        if self._of_banner:
            self._offer_some(fragments)

    def _offer_some(self, fragments: Fragments) -> None:
        """To those who watch single banners: everyone gets what it watches, in one frame."""
        concerned: dict[Viewer, dict[BannerId, bytes]] = {}
        for banner, fragment in fragments.items():
            for viewer in self._of_banner.get(banner, ()):
                if not viewer.all:
                    concerned.setdefault(viewer, {})[banner] = fragment
        shared: dict[tuple[BannerId, ...], Batch] = {}
        for viewer, own in concerned.items():
            batch = shared.setdefault(tuple(own), Batch(own))
            self._offer((viewer,), batch)

    def _offer(self, viewers: Iterable[Viewer], batch: Batch) -> None:
        for viewer in viewers:
            self.frames += 1
            if not viewer.offer(batch):
                viewer.close(CloseCode.SLOW)

    def _on_change(self, banner: BannerId) -> None:
        self.changes += 1
        self._changed[banner] = None
        self._something.set()
