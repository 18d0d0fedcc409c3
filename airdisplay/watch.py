"""`airdisplay watch`: a line for every change, over the gateway's live channel, coming back by itself."""

from collections.abc import Iterable, Sequence

import msgspec

from airdisplay.live import Channel, Say, stay_connected
from airdisplay.wording import local_time, shows
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.live import Changes, Hello, Problem, ServerFrame, Snapshot, Watch
from shared.contracts.views import BannerView, Presence
from shared.mesh import clock


class _Known(msgspec.Struct):
    revision: int
    display: Display | None
    presence: Presence


class Watched:
    """What is known of the banners that are watched, and the line that each change is worth. Pure."""

    def __init__(self, named: Sequence[str]) -> None:
        self._named = frozenset(named)
        self._known: dict[BannerId, _Known] = {}
        self._epoch = ""

    def begin(self, epoch: str) -> None:
        """A connection has begun; in another life of the log, older revisions mean nothing."""
        if epoch != self._epoch:
            self._epoch = epoch
            for known in self._known.values():
                known.revision = 0

    def take(self, views: Iterable[BannerView], now: Instant) -> list[str]:
        """The lines for these banners."""
        return [line for view in views for line in self._take(view, now)]

    def over(self, now: Instant) -> list[str]:
        """The lines for displays whose time is up, whether or not anybody has said so."""
        lines: list[str] = []
        for banner, known in self._known.items():
            if known.display is not None and now >= known.display.until:
                known.display = None
                lines.append(_line(banner, shows(None), now))
        return lines

    def seconds_to_next(self, now: Instant) -> float | None:
        """How long until the next display is over."""
        deadlines = [known.display.until for known in self._known.values() if known.display is not None]
        return max(milliseconds_between(now, min(deadlines)) / 1000, 0.001) if deadlines else None

    def _take(self, view: BannerView, now: Instant) -> list[str]:
        before = self._known.get(view.id)
        if before is not None and view.revision < before.revision:
            return []
        display = view.display if view.display is None or now < view.display.until else None
        self._known[view.id] = _Known(view.revision, display, view.presence)
        if before is None:
            worth_a_line = display is not None or view.id in self._named
            return [_line(view.id, shows(display), now)] if worth_a_line else []
        lines: list[str] = []
        if display != before.display:
            lines.append(_line(view.id, shows(display), now))
        if view.presence != before.presence:
            lines.append(_line(view.id, f"is {view.presence}", now))
        return lines


async def watch(url: str, banners: Sequence[str], say: Say) -> None:
    """Follow these banners, or all of them, until cancelled."""
    watched = Watched(banners)

    async def talk(channel: Channel) -> None:
        await channel.watch(Watch(banners=tuple(banners), all=not banners))
        while True:
            frame = await channel.next(watched.seconds_to_next(clock.now()))
            _take(watched, frame, say)
            for line in watched.over(clock.now()):
                say(line)

    await stay_connected(url, talk, say)


def _take(watched: Watched, frame: ServerFrame | None, say: Say) -> None:
    match frame:
        case Hello():
            watched.begin(frame.epoch)
        case Snapshot() | Changes():
            for line in watched.take(frame.banners, clock.now()):
                say(line)
        case Problem():
            say(frame.detail)
        case _:  # what was not asked for here
            pass


def _line(banner: str, what: str, now: Instant) -> str:
    return f"{local_time(now)}  {banner} {what}"
