"""What is known of the banners that are watched, and the position from which to go on. Pure.

Within one life of the log no older state of a banner comes after a newer one, from whichever gateway.
"""

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from airdisplay_client.news import Changed, Vanished
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.live import Changes, Since, Snapshot
from shared.contracts.views import BannerView

_SPARE_DEADLINES: Final = 64


class Known:
    """Banners as they were told last, each as of now."""

    def __init__(self) -> None:
        self.position: Since | None = None
        """The newest of what was taken; None before the first snapshot."""
        self._banners: dict[BannerId, BannerView] = {}
        self._epoch_of_gateway = ""
        # Every display that was told, by its end; some are over by other means long before.
        self._deadlines: list[tuple[Instant, BannerId]] = []

    def __iter__(self) -> Iterator[BannerView]:
        return iter(self._banners.values())

    @property
    def deadlines(self) -> int:
        """How many deadlines are kept, those of what ended early among them."""
        return len(self._deadlines)

    def hear(self, epoch: str) -> None:
        """A gateway has said in which life of the log it is; a snapshot may leave that out."""
        self._epoch_of_gateway = epoch

    def take_snapshot(self, frame: Snapshot, now: Instant) -> Iterator[Changed | Vanished]:
        """What a snapshot changes in what is known; not `recovered`, it is all there is."""
        epoch = frame.epoch or self._epoch_of_gateway
        before = self.position
        goes_on = before is not None and before.epoch == epoch
        revision = max(frame.revision, before.revision) if before is not None and goes_on else frame.revision
        self.position = Since(epoch=epoch, revision=revision, hardware=frame.hardware)
        # A gateway that is behind does not know of all that there is: what it leaves out may be there.
        is_whole = not frame.recovered and frame.revision >= revision
        gone = set(self._banners) - {view.id for view in frame.banners} if is_whole else set[BannerId]()
        for banner in sorted(gone):
            del self._banners[banner]
            yield Vanished(banner)
        yield from self._take(frame.banners, now, only_newer=goes_on)

    def take_changes(self, frame: Changes, now: Instant) -> Iterator[Changed | Vanished]:
        """What these changes are of what is known."""
        if self.position is None:  # of nobody knows which life of the log
            return
        revision = max(self.position.revision, frame.revision)
        hardware = frame.hardware or self.position.hardware
        self.position = Since(epoch=self.position.epoch, revision=revision, hardware=hardware)
        yield from self._take(frame.banners, now, only_newer=True)

    def over(self, now: Instant) -> Iterator[Changed]:
        """The displays whose time is up, whether or not anybody has said so."""
        while self._deadlines and self._deadlines[0][0] <= now:
            _, banner = heapq.heappop(self._deadlines)
            known = self._banners.get(banner)
            if known is not None and known is not (view := as_of(known, now)):
                self._banners[banner] = view
                yield Changed(view)

    def next_deadline(self) -> Instant | None:
        """When the next display may be over."""
        return self._deadlines[0][0] if self._deadlines else None

    def _take(
        self, views: Iterable[BannerView], now: Instant, *, only_newer: bool
    ) -> Iterator[Changed | Vanished]:
        for told in views:
            known = self._banners.get(told.id)
            if only_newer and known is not None and told.revision < known.revision:
                continue
            view = as_of(told, now)
            if view != known:
                self._banners[view.id] = view
                self._note_deadline(view)
                yield Changed(view)

    def _note_deadline(self, view: BannerView) -> None:
        if view.display is None:
            return
        heapq.heappush(self._deadlines, (view.display.until, view.id))
        if len(self._deadlines) > 2 * len(self._banners) + _SPARE_DEADLINES:
            self._deadlines = [(each.display.until, each.id) for each in self if each.display is not None]
            heapq.heapify(self._deadlines)


def as_of(view: BannerView, now: Instant) -> BannerView:
    """A banner as it is at `now`: the same, or without the display that is over."""
    if view.display is None or now < view.display.until:
        return view
    return msgspec.structs.replace(view, display=None)
