"""Judging a history: what callers were told, held against what the log says. Pure.

The claims: what was acknowledged is in the log, once; at no instant do two displays of one banner overlap;
who was told "busy" was told the truth; who waits is shown in turn, once, for the time that was promised;
nobody waits while nothing shows and nothing is on hold, and nothing shows during a hold;
every state is what its events lead to; no record is missing.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from services.banner.entity import update
from shared.contracts.banner import (
    Approved,
    Banner,
    BannerEvent,
    Cleared,
    Display,
    Expired,
    Held,
    Lapsed,
    Left,
    Queued,
    Rejected,
    Released,
    Shown,
    Submitted,
    Ticket,
)
from shared.contracts.instants import Instant, later
from shared.entities.records import Record

END_OF_TIME: Final = Instant("9999-12-31T23:59:59.999Z")


class Acknowledged(NamedTuple):
    """Somebody was told: your message is showing."""

    banner: str
    display_id: str
    until: str


class ToldToWait(NamedTuple):
    """Somebody was told: your message waits for its turn."""

    banner: str
    display_id: str


class ToldBusy(NamedTuple):
    """Somebody was told, for a question that began and ended at these instants: this other display is up."""

    banner: str
    display_id: str
    began: Instant
    ended: Instant


class Logged(NamedTuple):
    """A record and the revision that its commit made."""

    banner: str
    revision: int
    record: Record[Banner, BannerEvent]


class Span(NamedTuple):
    """From when to when a display was up."""

    display: Display
    ended: Instant


class Due(NamedTuple):
    """From when to when it was somebody's turn, because the one before was over and nobody had said so."""

    display_id: str
    began: Instant
    ended: Instant


class _History:
    """What became of one banner, record by record; what must not be is written down in `wrong`."""

    def __init__(self, banner: str) -> None:
        self.spans: list[Span] = []
        self.dues: list[Due] = []
        self.queued: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._banner = banner
        self._line: list[Ticket] = []
        self._pending: set[str] = set()
        self._held = False
        self._up: Display | None = None
        self._at = Instant("")

    def go_on(self, record: Record[Banner, BannerEvent]) -> None:
        """Look at the next record."""
        self.look_at_time(record.at)
        self._at = record.at
        for event in record.events:
            self._follow(event)
        if self._line and self._up is None and not self._held:
            self._complain(f"{self._line[0].id} waits for nothing")

    def look_at_time(self, now: Instant) -> None:
        """Until now everything was as the last record left it."""
        if self._up is not None and self._line and now >= self._up.until:
            self.dues.append(Due(self._line[0].id, max(self._at, self._up.until), now))

    def _follow(self, event: BannerEvent) -> None:
        match event:
            case Shown():
                self._begin(event.display)
            case Cleared() | Expired():
                self._end(event)
            case Queued():
                self.queued[event.ticket.id] += 1
                self._line.append(event.ticket)
            case Left():
                self._leave(event.display_id)
            case Held():
                self._end(event)
                self._held = True
            case Released():
                self._held = False
            case Submitted():
                self._pending.add(event.ticket.id)
            case Approved() | Rejected() | Lapsed():
                self._pending.remove(event.display_id)
            case _:
                pass

    def _begin(self, display: Display) -> None:
        if display.id in self._pending:
            self._complain(f"{display.id} was shown without a yes")
        self.spans.append(Span(display, display.until))
        self._up = display
        if self._held:
            self._complain(f"{display.id} was shown during a hold")
        if not self._line:
            return
        first = self._line[0]
        if first.id != display.id:
            self._complain(f"{display.id} was shown when it was the turn of {first.id}")
        elif display.until != later(display.shown_at, first.ttl_ms):
            self._complain(
                f"{display.id} was promised {first.ttl_ms} ms, and was to last until {display.until}"
            )
        self._line = [ticket for ticket in self._line if ticket.id != display.id]

    def _end(self, event: Cleared | Expired | Held) -> None:
        """An Expired says what was true at the deadline already; the others end a display now."""
        if self._up is not None and not isinstance(event, Expired):
            self.spans[-1] = Span(self._up, min(self._at, self._up.until))
        if not isinstance(event, Held) and (self._up is None or self._up.id != event.display_id):
            self._complain(f"{event.display_id} was ended when it was not up")
        self._up = None

    def _leave(self, display_id: str) -> None:
        if display_id in self._pending:
            self._pending.remove(display_id)
        elif display_id not in [ticket.id for ticket in self._line]:
            self._complain(f"{display_id} left a line that it did not stand in")
        self._line = [ticket for ticket in self._line if ticket.id != display_id]

    def _complain(self, what: str) -> None:
        self.wrong.append(f"{self._banner}: {what}")


def violations(
    log: list[Logged],
    acknowledged: list[Acknowledged],
    told_busy: list[ToldBusy],
    told_to_wait: Sequence[ToldToWait] = (),
) -> list[str]:
    """Everything that contradicts the claims; nothing when all is well."""
    histories = _histories(log)
    return [
        *_gaps(log),
        *_miscounted(log),
        *_unexplained(log),
        *(wrong for history in histories.values() for wrong in history.wrong),
        *_overlaps(histories),
        *_lost(histories, acknowledged),
        *_lost_in_line(histories, told_to_wait),
        *_lies(histories, told_busy),
    ]


def decoder() -> "msgspec.json.Decoder[Record[Banner, BannerEvent]]":
    """Reads records as they stand in the log."""
    return msgspec.json.Decoder(Record[Banner, BannerEvent])


def _in_order(log: list[Logged]) -> list[Logged]:
    return sorted(log, key=lambda logged: logged.revision)


def _gaps(log: list[Logged]) -> list[str]:
    found = [logged.revision for logged in log]
    expected = list(range(1, len(log) + 1))
    return [] if sorted(found) == expected else [f"expected revisions 1 to {len(log)}, found others"]


def _miscounted(log: list[Logged]) -> list[str]:
    """The records of a banner are numbered without a gap, and each names the one before."""
    last: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    wrong: list[str] = []
    for banner, revision, record in _in_order(log):
        number, previous = last[banner]
        if (record.number, record.previous) != (number + 1, previous):
            wrong.append(
                f"{banner}@{revision}: expected number {number + 1} after {previous}, "
                f"found {record.number} after {record.previous}"
            )
        last[banner] = (record.number, revision)
    return wrong


def _unexplained(log: list[Logged]) -> list[str]:
    states: dict[str, Banner] = {}
    wrong: list[str] = []
    for banner, revision, record in _in_order(log):
        state = states.get(banner)
        for event in record.events:
            state = update(event, state)
        if state != record.state:
            wrong.append(f"{banner}@{revision}: the events lead to {state}, the record says {record.state}")
        states[banner] = record.state
    return wrong


def _histories(log: list[Logged]) -> dict[str, _History]:
    histories: dict[str, _History] = {}
    for banner, _, record in _in_order(log):
        histories.setdefault(banner, _History(banner)).go_on(record)
    for history in histories.values():
        history.look_at_time(END_OF_TIME)
    return histories


def _overlaps(histories: dict[str, _History]) -> list[str]:
    return [
        f"{banner}: {after.display} began before {before.display} ended at {before.ended}"
        for banner, history in histories.items()
        for before, after in pairwise(history.spans)
        if after.display.shown_at < before.ended
    ]


def _lost(histories: dict[str, _History], acknowledged: list[Acknowledged]) -> list[str]:
    logged: dict[tuple[str, str], list[str]] = defaultdict(list)
    for banner, history in histories.items():
        for span in history.spans:
            logged[banner, span.display.id].append(span.display.until)
    wrong = [
        f"acknowledged {each} is {len(found)} times in the log: until {found}"
        for each in acknowledged
        if (found := logged.get((each.banner, each.display_id), [])) != [each.until]
    ]
    return wrong + [
        f"{each} was shown {len(deadlines)} times" for each, deadlines in logged.items() if len(deadlines) > 1
    ]


def _lost_in_line(histories: dict[str, _History], told_to_wait: Sequence[ToldToWait]) -> list[str]:
    queued = {(banner, name): n for banner, each in histories.items() for name, n in each.queued.items()}
    wrong = [f"{each}: it never stood in line" for each in told_to_wait if tuple(each) not in queued]
    return wrong + [f"{each} stood in line {count} times" for each, count in queued.items() if count > 1]


def _lies(histories: dict[str, _History], told_busy: list[ToldBusy]) -> list[str]:
    """Who is told "busy" is told what is up, or, past a deadline, whose turn it is."""
    up: dict[tuple[str, str], list[tuple[Instant, Instant]]] = defaultdict(list)
    for banner, history in histories.items():
        for span in history.spans:
            up[banner, span.display.id].append((span.display.shown_at, span.ended))
        for due in history.dues:
            up[banner, due.display_id].append((due.began, due.ended))
    wrong: list[str] = []
    for told in told_busy:
        times = up.get((told.banner, told.display_id))
        if times is None:
            wrong.append(f"{told}: no such display")
        elif not any(began <= told.ended and told.began <= ended for began, ended in times):
            wrong.append(f"{told}: it was up from {' and from '.join(f'{a} to {b}' for a, b in times)}")
    return wrong
