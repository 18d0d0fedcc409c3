"""Proof of display: from when to when hardware has said that it shows what it was to show.

Read from its reports, as long as these are kept. They are news: hardware tells what it shows whenever that
changes. So a display is confirmed from the first report that names it until the report after the last that
does. One that rebooted in between and came back to it counts from the first to the last. And who never said
that it stopped, or said so only long after the end, has shown it at least until it last said that it did.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import structlog

from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE
from shared.contracts.hardware import UNCONFIRMED_AFTER_MS, KeptReport
from shared.contracts.identity import BannerId
from shared.contracts.instants import LATEST, Instant, epoch_ms, instant, later
from shared.contracts.views import DisplayView, Ended, HistoryEvent, HistoryPage
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh
from shared.mesh.stretch import stretch

REPORTS_AT_MOST: Final = 10_000
"""How many reports are looked at for one answer: as many as are kept of a banner."""

_AT_ONCE: Final = 500
_CLOCKS_APART_MS: Final = int(2 * clock.SKEW_AT_MOST_SECONDS * 1000)

log = structlog.get_logger()

_decoder = msgspec.json.Decoder(KeptReport)


class Proven(NamedTuple):
    """From when to when a display was confirmed; None for never, and for an end that is still to come."""

    confirmed_from: Instant | None
    confirmed_to: Instant | None


def proven(
    reports: Sequence[KeptReport], display_id: str, shown_at: Instant, ended_at: Instant | None
) -> Proven:
    """What the reports of a banner, in the order of their hearing, prove of one display."""
    end = LATEST if ended_at is None else later(ended_at, UNCONFIRMED_AFTER_MS)
    begin = _before(shown_at)
    named = [
        place
        for place, report in enumerate(reports)
        if report.display_id == display_id and begin <= report.heard_at <= end
    ]
    if not named:
        return Proven(None, None)
    first, last = reports[named[0]], reports[named[-1]]
    after = reports[named[-1] + 1 : named[-1] + 2]
    if after and after[0].heard_at <= end:
        return Proven(first.heard_at, after[0].heard_at)
    return Proven(first.heard_at, None if ended_at is None else last.heard_at)


class Proof:
    """The reports of all banners, kept by the mesh."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh

    async def of(self, view: DisplayView) -> DisplayView:
        """A display with what is proven of it.

        Raises:
            Unreachable: the reports cannot be read now.
        """
        if view.banner is None or view.shown_at is None:
            return view
        reports = await self._reports(view.banner, view.shown_at, view.ended_at or clock.now())
        found = proven(reports, view.id, view.shown_at, view.ended_at)
        return msgspec.structs.replace(view, **found._asdict())

    async def in_page(self, banner: BannerId, page: HistoryPage) -> HistoryPage:
        """A page of a history with what is proven of the displays in it: one look for all of them.

        Raises:
            Unreachable: the reports cannot be read now.
        """
        ended = [
            shown for item in page.items for event in item.events if (shown := _shown(event)) is not None
        ]
        if not ended:
            return page
        begin = min(event.display.shown_at for event in ended)
        reports = await self._reports(banner, begin, max(event.ended_at for event in ended))
        items = tuple(
            msgspec.structs.replace(item, events=tuple(_with_proof(event, reports) for event in item.events))
            for item in page.items
        )
        return msgspec.structs.replace(page, items=items)

    async def _reports(self, banner: BannerId, begin: Instant, end: Instant) -> list[KeptReport]:
        """Those from before the begin until after the end, in the order of their hearing."""
        over = later(end, UNCONFIRMED_AFTER_MS)
        reports: list[KeptReport] = []
        start: Instant | int = _before(begin)
        looked = 0
        while looked < REPORTS_AT_MOST:
            found = await stretch(
                self._mesh, streams.REPORTED, subjects.reported(banner), start=start, at_most=_AT_ONCE
            )
            looked += len(found.entries)
            reports += [said for entry in found.entries if (said := _read(entry.data)) is not None]
            if not found.left or (reports and reports[-1].heard_at > over):
                break
            start = found.entries[-1].sequence + 1
        # Several may look at reports at a time, so they are not always kept in order.
        return sorted(reports, key=lambda report: report.heard_at)


def _before(shown_at: Instant) -> Instant:
    """Clocks may differ a little: hardware may be heard before it was decided what it shows."""
    return instant(max(0, epoch_ms(shown_at) - _CLOCKS_APART_MS))


def _shown(event: HistoryEvent) -> Ended | None:
    """The end of a display of which more is known than that it ended."""
    return event if isinstance(event, Ended) and event.display.shown_at < event.display.until else None


def _with_proof(event: HistoryEvent, reports: Sequence[KeptReport]) -> HistoryEvent:
    ended = _shown(event)
    if ended is None:
        return event
    found = proven(reports, ended.display.id, ended.display.shown_at, ended.ended_at)
    return msgspec.structs.replace(ended, **found._asdict())


def _read(data: bytes) -> KeptReport | None:
    try:
        return _decoder.decode(data)
    except UNDECODABLE as error:
        log.warning("report not understood", problem=str(error))
        return None
