"""What the hardware of all banners says: who is there, what it shows, and where in the streams that changed.

Of each banner the place is remembered at which its state last changed, or may have: what was overwritten
before it was read here may have been a change for somebody who read it elsewhere.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
import structlog

from services.gateway.positions import HardwarePosition, hardware_position, mark_of
from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.hardware import KeptReport
from shared.contracts.identity import BannerId
from shared.contracts.views import ReportedView
from shared.mesh import clock
from shared.mesh.follow import Entry

_MARKER: Final = "Nats-Marker-Reason"
_UNSURE: Final = sys.maxsize
"""Changed after every position: two gateways may not agree on it."""

log = structlog.get_logger()

_reported_decoder = msgspec.json.Decoder(KeptReport)


class Heard:
    """Hardware may speak of a banner before its record arrives, and outlives its removal."""

    def __init__(self) -> None:
        self.online: set[BannerId] = set()
        self.reported: dict[BannerId, ReportedView] = {}
        self._lives = {"presence": "", "reported": ""}
        self._mark = mark_of("", "")
        self._presence = 0
        self._reported = 0
        self._beats: dict[BannerId, int] = {}
        self._presence_changed: dict[BannerId, int] = {}
        self._reported_changed: dict[BannerId, int] = {}
        self._without_gap_since = 1

    def begin(self, *, presence: str | None = None, reported: str | None = None) -> None:
        """What comes now is of these lives of the streams."""
        lives = {
            "presence": self._lives["presence"] if presence is None else presence,
            "reported": self._lives["reported"] if reported is None else reported,
        }
        if lives != self._lives:
            self._lives = lives
            self._mark = mark_of(*lives.values())

    def position(self) -> str:
        """How far it was heard."""
        return str(HardwarePosition(self._mark, self._presence, self._reported, _minute()))

    def take_reported(self, entries: Iterable[Entry]) -> list[BannerId]:
        """What hardware says that it shows; the banners for which that is news."""
        changed: list[BannerId] = []
        for entry in entries:
            self._reported = entry.sequence
            banner = BannerId(subjects.key_of(entry.subject))
            try:
                said = _reported_decoder.decode(entry.data)
            except UNDECODABLE as error:
                # Who comes later does not find what was said before it any more.
                self._reported_changed[banner] = _UNSURE
                log.warning("report not understood", subject=entry.subject, problem=str(error))
                continue
            self._reported_changed[banner] = entry.sequence
            self.reported[banner] = ReportedView(said.display_id, said.heard_at)
            changed.append(banner)
        return changed

    def take_presence(self, entries: Iterable[Entry]) -> list[BannerId]:
        """Heartbeats, and the server's markers where they stopped; the banners that came or went."""
        changed: list[BannerId] = []
        for entry in entries:
            if entry.sequence != self._presence + 1:
                self._without_gap_since = entry.sequence
            self._presence = entry.sequence
            try:
                banner = subjects.parse_banner(entry.subject).banner
            except Malformed:
                continue
            online = _MARKER not in (entry.headers or {})
            news = online != (banner in self.online)
            if news or self._beats.get(banner, 0) < self._without_gap_since:
                self._presence_changed[banner] = entry.sequence
            self._beats[banner] = entry.sequence
            if news:
                (self.online.add if online else self.online.discard)(banner)
                changed.append(banner)
        return changed

    def forget_presence(self) -> list[BannerId]:
        """The heartbeats of before are void; whoever is here says so again. The banners that were there."""
        gone = list(self.online)
        self.online.clear()
        self._beats.clear()
        self._presence_changed.clear()
        self._presence = 0
        self._without_gap_since = 1
        self.begin(presence="")
        return gone

    def lags(self, hardware: str) -> bool:
        """Whether somebody has heard more of the same streams than this gateway."""
        position = hardware_position(hardware)
        if position is None or position.mark != self._mark:
            return False
        return position.presence > self._presence or position.reported > self._reported

    def changed_after(self, hardware: str) -> Callable[[BannerId], bool]:
        """Says whether the hardware of a banner may have changed after that position."""
        position = hardware_position(hardware)
        if position is not None and position.mark == self._mark and position.is_fresh(_minute()):
            return lambda banner: (
                self._presence_changed.get(banner, 0) > position.presence
                or self._reported_changed.get(banner, 0) > position.reported
            )
        if hardware:  # of other lives, in which anything may have been said
            return lambda _banner: True
        return lambda banner: banner in self._beats or banner in self._reported_changed


def _minute() -> int:
    return int(clock.seconds() // 60)
