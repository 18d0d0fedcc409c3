"""`airdisplay watch`: a line for every change, of some banners or of all."""

from collections.abc import Callable, Sequence

import msgspec

from airdisplay.wording import confirmed, hardware, local_time, shows
from airdisplay_client import AirDisplay, Changed, Connection, Note, Vanished
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.views import BannerView
from shared.mesh import clock

Say = Callable[[str], None]


class _Told(msgspec.Struct, frozen=True):
    display: Display | None
    confirmed: str
    hardware: str


class Watched:
    """What was told of the banners that are watched, and the lines that each change is worth. Pure."""

    def __init__(self, named: Sequence[str]) -> None:
        self._named = frozenset(named)
        self._told: dict[BannerId, _Told] = {}

    def take(self, view: BannerView, now: Instant) -> list[str]:
        """The lines for a banner as it is now."""
        before = self._told.get(view.id)
        told = self._told[view.id] = _Told(view.display, confirmed(view.confirmation), hardware(view))
        if before is None:
            worth_a_line = view.display is not None or view.id in self._named
            return [_line(view.id, shows(view.display), now)] if worth_a_line else []
        lines: list[str] = []
        if view.display != before.display:
            lines.append(_line(view.id, shows(view.display), now))
        if view.display is not None and told.confirmed not in {"", before.confirmed}:
            lines.append(_line(view.id, f"shows it: {told.confirmed}", now))
        if told.hardware != before.hardware:
            lines.append(_line(view.id, f"is {told.hardware}", now))
        return lines

    def lose(self, banner: BannerId, now: Instant) -> list[str]:
        """The lines for a banner that is there no more."""
        del self._told[banner]
        return [_line(banner, "is no more", now)]


class Spoken:
    """The lines that a connection is worth."""

    def __init__(self, url: str, say: Say) -> None:
        self._url = url
        self._say = say
        self._is_away = False

    def take(self, told: Connection | Note) -> None:
        """Say what is to be said."""
        match told:
            case Connection(state="reconnecting"):
                self._is_away = True
                self._say(f"no connection to {self._url}, trying again until there is one")
            case Connection(state="connected"):
                if self._is_away:
                    self._say("connected again")
                self._is_away = False
            case Connection(detail=detail) | Note(detail=detail):
                self._say(detail)


async def watch(air: AirDisplay, banners: Sequence[str], say: Say) -> None:
    """Follow these banners, or all of them, until cancelled."""
    watched = Watched(banners)
    spoken = Spoken(air.url, say)
    async for news in air.watch(*banners):
        match news:
            case Changed(banner):
                _say_all(watched.take(banner, clock.now()), say)
            case Vanished(banner):
                _say_all(watched.lose(banner, clock.now()), say)
            case Connection() | Note():
                spoken.take(news)


def _say_all(lines: Sequence[str], say: Say) -> None:
    for line in lines:
        say(line)


def _line(banner: str, what: str, now: Instant) -> str:
    return f"{local_time(now)}  {banner} {what}"
