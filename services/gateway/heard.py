"""What the hardware of all banners says: who is there, what it shows, and where in the streams that changed.

Of each banner the place is remembered at which its state last changed, or may have: what was overwritten
before it was read here may have been a change for somebody who read it elsewhere.
"""

import re
import sys
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import msgspec
import structlog

from services.gateway.positions import HardwarePosition, hardware_position, mark_of
from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.hardware import KeptReport, goodbye
from shared.contracts.identity import BannerId
from shared.contracts.instants import INSTANT_PATTERN, Instant, instant, of_server
from shared.contracts.views import NEVER_SEEN, ONLINE, ReportedView, Seen
from shared.mesh import clock
from shared.mesh.follow import Entry
from shared.mesh.newest import STORED_AT

_MARKER: Final = "Nats-Marker-Reason"
_is_instant: Final = re.compile(INSTANT_PATTERN).match
_UNSURE: Final = sys.maxsize
"""Changed after every position: two gateways may not agree on it."""
_FIRSTS_KEPT: Final = 2
_CLOCKS_APART_SECONDS: Final = 5
"""By how much the clocks of two gateways may differ, and something for what is on its way."""

log = structlog.get_logger()

_reported_decoder = msgspec.json.Decoder(KeptReport)


class _Word(NamedTuple):
    """The last that hardware said of its presence: when the mesh took it, and how it said goodbye."""

    taken: str
    goodbye: str | None

    @property
    def at(self) -> Instant | None:
        """When the mesh took it; None where the server has not said so."""
        at = of_server(self.taken)
        return at if _is_instant(at) else None


class Heard:
    """Hardware may speak of a banner before its record arrives, and outlives its removal."""

    def __init__(self) -> None:
        self.reported: dict[BannerId, ReportedView] = {}
        """What each said last."""
        self._online: set[BannerId] = set()
        self._words: dict[BannerId, _Word] = {}
        # Of the last displays that each named: when it did so first.
        self._firsts: dict[BannerId, tuple[ReportedView, ...]] = {}
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
        return str(HardwarePosition(self._mark, self._presence, self._reported, _second()))

    def seen(self, banner: BannerId) -> Seen:
        """Whether the hardware of a banner is there; if not, since when and why."""
        if banner in self._online:
            return ONLINE
        word = self._words.get(banner)
        if word is not None and word.goodbye is not None:
            return Seen(
                online=False, last_seen=word.at, offline_because="left", offline_note=word.goodbye or None
            )
        if word is not None or banner in self._beats:
            return Seen(online=False, last_seen=word and word.at, offline_because="silent")
        return NEVER_SEEN

    def confirmed_at(self, banner: BannerId, display_id: str) -> Instant | None:
        """When hardware first said that it shows this display; None when it has not, or others since."""
        return next((each.at for each in self._firsts.get(banner, ()) if each.display_id == display_id), None)

    # --- reports ----------------------------------------------------------------------------------

    def take_reported(self, entries: Iterable[Entry]) -> list[BannerId]:
        """What hardware says that it shows; the banners for which that is news.

        Several may look at reports at a time: an older one that comes later is no news.
        """
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
            before = self.reported.get(banner)
            if before is not None and said.heard_at < before.at:
                continue
            self._note(banner, ReportedView(said.display_id, said.heard_at))
            changed.append(banner)
        return changed

    def _note(self, banner: BannerId, report: ReportedView) -> None:
        self.reported[banner] = report
        if report.display_id is not None and self.confirmed_at(banner, report.display_id) is None:
            self._firsts[banner] = (*self._firsts.get(banner, ())[1 - _FIRSTS_KEPT :], report)

    # --- presence ---------------------------------------------------------------------------------

    def take_presence(self, entries: Iterable[Entry]) -> list[BannerId]:
        """Heartbeats, goodbyes, and the server's markers where both stopped; the banners that came or went.

        A marker says nothing of why: what was said before it stays true.
        """
        changed: list[BannerId] = []
        for entry in entries:
            if entry.sequence != self._presence + 1:
                self._without_gap_since = entry.sequence
            self._presence = entry.sequence
            banner = BannerId(subjects.key_of(entry.subject))
            before = None if banner in self._online else self.seen(banner)
            beat = self._beats.get(banner, 0)
            self._beats[banner] = entry.sequence
            self._hear(banner, entry)
            after = None if banner in self._online else self.seen(banner)
            if before != after or beat < self._without_gap_since:
                self._presence_changed[banner] = entry.sequence
            if before != after:
                changed.append(banner)
        return changed

    def recall(self, entries: Iterable[Entry]) -> list[BannerId]:
        """The last words of all, as the server keeps them; the banners of which something is new by that."""
        changed: list[BannerId] = []
        for entry in entries:
            try:
                banner = subjects.parse_banner(entry.subject).banner
            except Malformed:
                continue
            word, known = _Word(instant(entry.stored_ms), goodbye(entry.data)), self._words.get(banner)
            if known is not None and (known.at or "") >= (word.at or ""):
                continue
            before = self.seen(banner)
            self._words[banner] = word
            if before != self.seen(banner):
                # After what was told here already.
                self._presence_changed[banner] = self._presence + 1
                changed.append(banner)
        return changed

    def forget_presence(self) -> list[BannerId]:
        """The heartbeats of before are void; whoever is here says so again. The banners that were there."""
        gone = list(self._online)
        self._online.clear()
        self._beats.clear()
        self._presence_changed.clear()
        self._presence = 0
        self._without_gap_since = 1
        self.begin(presence="")
        return gone

    def _hear(self, banner: BannerId, entry: Entry) -> None:
        if _MARKER in (entry.headers or {}):
            self._online.discard(banner)
            return
        # As of when it was said, not of when it was put where it ages.
        taken = (entry.headers or {}).get(STORED_AT, "")
        word = self._words[banner] = _Word(taken, goodbye(entry.data))
        if word.goodbye is None:
            self._online.add(banner)
        else:
            self._online.discard(banner)

    # --- who comes again --------------------------------------------------------------------------

    def lags(self, hardware: str) -> bool:
        """Whether somebody has heard more of the same streams than this gateway."""
        position = hardware_position(hardware)
        if position is None or position.mark != self._mark:
            return False
        return position.presence > self._presence or position.reported > self._reported

    def changed_after(self, hardware: str) -> Callable[[BannerId], bool]:
        """Says whether the hardware of a banner may have changed after that position."""
        position = hardware_position(hardware)
        if position is not None and position.mark == self._mark and position.is_fresh(_second()):
            return lambda banner: (
                self._presence_changed.get(banner, 0) > position.presence
                or self._reported_changed.get(banner, 0) > position.reported
            )
        if hardware:  # of other lives, in which anything may have been said
            return lambda _banner: True
        return lambda banner: (
            banner in self._beats or banner in self._words or banner in self._reported_changed
        )


def told_before(hardware: str) -> Instant:
    """What came to be by time alone before this instant, who holds that position was told; nothing else."""
    position = hardware_position(hardware)
    return instant(0 if position is None else max(0, position.second - _CLOCKS_APART_SECONDS) * 1000)


def _second() -> int:
    return int(clock.seconds())
