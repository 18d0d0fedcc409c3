"""What this gateway knows of all banners: from the log, from what hardware says, and from its own commands.

One follow of each stream per process, fan-out in memory. A state is taken when its revision is newer than
what is known, so it does not matter which way it came first. Encoded once per change, when somebody looks.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator

import msgspec
import structlog

from services.gateway.by_author import ByAuthor
from services.gateway.heard import Heard, told_before
from services.gateway.overdue import Overdue
from services.gateway.positions import Position
from shared.contracts import subjects
from shared.contracts.banner import Banner, Display, showing
from shared.contracts.errors import UNDECODABLE
from shared.contracts.identity import BannerId, DisplayId, hint_at, hint_in
from shared.contracts.instants import LATEST, Instant
from shared.contracts.live import Since
from shared.contracts.views import (
    NEVER_SEEN,
    BannerView,
    ReportedView,
    Seen,
    banner_view,
    unconfirmed_at,
)
from shared.mesh import clock
from shared.mesh.follow import Entry

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()


class _RecordState(msgspec.Struct):
    state: Banner


_record_decoder = msgspec.json.Decoder(_RecordState)


class Known:
    """One banner: its newest state that is known here, and what its hardware says."""

    __slots__ = ("_encoded", "_true_until", "banner", "confirmed_at", "reported", "revision", "seen")

    def __init__(self, banner: Banner, revision: int) -> None:
        self.banner = banner
        self.revision = revision
        self.seen: Seen = NEVER_SEEN
        self.reported: ReportedView | None = None
        self.confirmed_at: Instant | None = None
        """When the hardware first said that it shows what shows."""
        self._encoded: bytes | None = None
        self._true_until = LATEST

    def view(self, now: Instant) -> BannerView:
        """As clients see it at `now`."""
        return banner_view(
            self.banner,
            self.revision,
            now,
            seen=self.seen,
            reported=self.reported,
            confirmed_at=self.confirmed_at,
        )

    def encoded(self, now: Instant) -> bytes:
        """The same as JSON, encoded anew when something changed, or is not true any more at `now`."""
        if self._encoded is None or now >= self._true_until:
            view = self.view(now)
            self._encoded = _encoder.encode(view)
            self._true_until = _true_until(view)
        return self._encoded

    def lacks_report(self, display_id: DisplayId) -> bool:
        """Whether this is what it shall show, and its hardware has never said that it does."""
        display = self.banner.display
        return display is not None and display.id == display_id and self.confirmed_at is None

    def overdue(self, since: Instant, now: Instant) -> bool:
        """Whether between these two the time was up for its hardware to say that it shows what it shall."""
        display = showing(self.banner, now)
        if display is None or self.confirmed_at is not None:
            return False
        return since <= unconfirmed_at(display) <= now

    def touch(self) -> None:
        """Something changed: encode anew when next somebody looks."""
        self._encoded = None


def _true_until(view: BannerView) -> Instant:
    """When a view is not true any more, though nothing has changed: something was due by then."""
    display = view.display
    if display is None:
        return LATEST
    awaited = view.confirmation is not None and view.confirmation.state == "showing"
    return min(display.until, unconfirmed_at(display)) if awaited else display.until


class View:
    """All banners. `on_change` and `on_remove` are called with the id of each that changed, or is no more."""

    def __init__(
        self, on_change: Callable[[BannerId], None], on_remove: Callable[[BannerId], None] | None = None
    ) -> None:
        self.epoch = ""
        """The life of the log that is followed."""
        self.revision = 0
        """How far the log is known."""
        self.heard = Heard()
        """What the hardware says."""
        self._removed = 0
        self.authors = ByAuthor()
        """What shows or is queued, by author."""
        self.overdue = Overdue()
        """When time is up for hardware to say that it shows what it shall."""
        self._on_change = on_change
        self._on_remove = on_remove
        self._known: dict[BannerId, Known] = {}
        self._ids: list[BannerId] = []
        self._of_display: dict[DisplayId, BannerId] = {}
        # Nearly every hint stands for one banner, so one is what most of the memory is spent for.
        self._of_hint: dict[str, BannerId] = {}
        self._also_of_hint: dict[str, list[BannerId]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, banner: str) -> Known | None:
        """What is known of one banner."""
        return self._known.get(BannerId(banner))

    def with_display(self, display_id: str) -> Known | None:
        """The banner on which a display shows, or in whose queue it waits."""
        banner = self._of_display.get(DisplayId(display_id))
        return None if banner is None else self._known.get(banner)

    def hinted(self, display_id: str) -> Iterable[BannerId]:
        """The banners that an id may have been made for."""
        hint = hint_in(display_id)
        first = self._of_hint.get(hint)
        return () if first is None else (first, *self._also_of_hint.get(hint, ()))

    def all(self) -> Iterable[Known]:
        """What is known of all."""
        return self._known.values()

    def those(self, banners: Iterable[BannerId]) -> Iterable[Known]:
        """What is known of these."""
        return (known for banner in banners if (known := self._known.get(banner)) is not None)

    def confirmed_at(self, banner: BannerId, display_id: DisplayId) -> Instant | None:
        """When the hardware of a banner first said that it shows this display; None when it has not."""
        known = self._known.get(banner)
        if known is not None and known.banner.display is not None and known.banner.display.id == display_id:
            return known.confirmed_at
        return self.heard.confirmed_at(banner, display_id)

    def position(self) -> Position:
        """How far everything is known."""
        return Position(self.revision, self.heard.position())

    def lags(self, since: Since) -> bool:
        """Whether somebody has been told more of the same life of the log than is known here."""
        return since.epoch == self.epoch and (
            since.revision > self.revision or self.heard.lags(since.hardware)
        )

    def changed_after(self, since: Since) -> Callable[[Known], bool] | None:
        """Says whether a banner may have changed after a position; None when that cannot be told."""
        if since.epoch != self.epoch or self.lags(since) or since.revision < self._removed:
            return None
        hardware_changed = self.heard.changed_after(since.hardware)
        told, now = told_before(since.hardware), clock.now()
        return lambda known: (
            known.revision > since.revision or hardware_changed(known.banner.id) or known.overdue(told, now)
        )

    def after(self, cursor: str) -> Iterable[Known]:
        """The banners whose ids come after the cursor, in order."""
        for banner in self._ids[bisect_right(self._ids, BannerId(cursor)) :]:
            yield self._known[banner]

    def learn(self, banner: Banner, revision: int) -> None:
        """Take a state, from the log or from an answer, if it is newer than what is known."""
        known = self._known.get(banner.id)
        if known is None:
            self._add(banner, revision)
            self._exchange_displays(None, banner)
        elif revision > known.revision:
            before, known.banner, known.revision = known.banner, banner, revision
            known.touch()
            self._exchange_displays(before, banner)
            if banner.display is not None and (
                before.display is None or before.display.id != banner.display.id
            ):
                self._await_report(known, banner.display)
        else:
            return
        self._on_change(banner.id)

    def take_records(self, entries: list[Entry]) -> None:
        """Entries of the log."""
        for entry in entries:
            self.revision = entry.sequence
            banner = BannerId(subjects.key_of(entry.subject))
            known = self._known.get(banner)
            if known is not None and known.revision == entry.sequence:
                continue  # known from the answer to our own command
            passed = known is not None and known.revision > entry.sequence
            if not entry.data:
                if not passed:
                    self._removed = entry.sequence
                    self._remove(banner)
                continue
            try:
                state = _record_decoder.decode(entry.data).state
            except UNDECODABLE as error:
                log.error("record unreadable", subject=entry.subject, problem=str(error))
                continue
            if (
                passed
            ):  # by the answer to a later command of our own; who came in between was there all the same
                for display_id, author in _displays_of(state):
                    self.authors.announce(author, display_id)
            else:
                self.learn(state, entry.sequence)

    def take_reported(self, entries: list[Entry]) -> None:
        """What hardware says that it shows; what is not understood is passed over."""
        for banner in self.heard.take_reported(entries):
            self._hardware_changed(banner)

    def take_presence(self, entries: list[Entry]) -> None:
        """Heartbeats, and the server's markers where they stopped."""
        for banner in self.heard.take_presence(entries):
            self._hardware_changed(banner)

    def forget_presence(self) -> None:
        """The heartbeats of before are void; whoever is here says so again."""
        for banner in self.heard.forget_presence():
            self._hardware_changed(banner)

    def recall(self, entries: list[Entry]) -> None:
        """The last that all hardware said of its presence, from before this gateway listened."""
        for banner in self.heard.recall(entries):
            self._hardware_changed(banner)

    def pass_time(self, now: Instant) -> None:
        """Time is up for some hardware to say that it shows what it shall."""
        for banner, display_id in self.overdue.take(now):
            known = self._known.get(banner)
            if known is not None and known.lacks_report(display_id):
                known.touch()
                self._on_change(banner)

    def _await_report(self, known: Known, display: Display) -> None:
        known.confirmed_at = self.heard.confirmed_at(known.banner.id, display.id)
        if known.confirmed_at is None:
            self.overdue.add(unconfirmed_at(display), known.banner.id, display.id)

    def _add(self, banner: Banner, revision: int) -> None:
        known = self._known[banner.id] = Known(banner, revision)
        known.seen = self.heard.seen(banner.id)
        known.reported = self.heard.reported.get(banner.id)
        if banner.display is not None:
            self._await_report(known, banner.display)
        insort(self._ids, banner.id)
        hint = hint_at(banner.id)
        if self._of_hint.setdefault(hint, banner.id) != banner.id:
            self._also_of_hint.setdefault(hint, []).append(banner.id)

    def _remove(self, banner: BannerId) -> None:
        known = self._known.pop(banner, None)
        if known is not None:
            self._exchange_displays(known.banner, None)
            self._ids.remove(banner)
            self._forget_hint(banner)
            if self._on_remove is not None:
                self._on_remove(banner)

    def _forget_hint(self, banner: BannerId) -> None:
        hint = hint_at(banner)
        others = self._also_of_hint.get(hint, [])
        if banner in others:
            others.remove(banner)
        elif others:
            self._of_hint[hint] = others.pop(0)
        else:
            del self._of_hint[hint]

    def _exchange_displays(self, before: Banner | None, after: Banner | None) -> None:
        """Those in `after` are on that banner, those only in `before` are gone."""
        gone = {} if before is None else dict(_displays_of(before))
        for display_id, author in () if after is None else _displays_of(after):
            if gone.pop(display_id, None) is None:
                assert after is not None
                self._of_display[display_id] = after.id
                self.authors.add(author, display_id)
        for display_id, author in gone.items():
            self._of_display.pop(display_id, None)
            self.authors.discard(author, display_id)

    def _hardware_changed(self, banner: BannerId) -> None:
        known = self._known.get(banner)
        if known is None:
            return
        known.seen = self.heard.seen(banner)
        known.reported = self.heard.reported.get(banner)
        if known.banner.display is not None and known.confirmed_at is None:
            known.confirmed_at = self.heard.confirmed_at(banner, known.banner.display.id)
        known.touch()
        self._on_change(banner)


def _displays_of(banner: Banner) -> Iterator[tuple[DisplayId, str]]:
    """What shows on a banner, or waits there for its turn or for a yes, and whose it is."""
    if banner.display is not None:
        yield banner.display.id, banner.display.by
    for ticket in (*banner.queue, *banner.pending):
        yield ticket.id, ticket.by
