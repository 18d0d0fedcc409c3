"""What was: the history of a banner, and what became of a display that is over. Read from the records.

Every record names the one before it, so the past is walked from now backwards, record by record.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Final, NamedTuple

import msgspec

from shared.contracts.banner import (
    Banner,
    BannerEvent,
    Cleared,
    Display,
    Expired,
    Held,
    Lapsed,
    Left,
    Rejected,
    Role,
    Submitted,
    Ticket,
    lapses_at,
    showing,
)
from shared.contracts.errors import UNDECODABLE, Unreadable
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.views import (
    DisplayView,
    Ended,
    Forgotten,
    HistoryEvent,
    HistoryItem,
    HistoryPage,
    How,
    TakenBack,
    TurnedDown,
    Withheld,
)
from shared.entities.records import Record
from shared.entities.store import Store

STEPS_AT_MOST: Final = 5_000
"""How far back a display is looked for: more records than a banner that is never free leaves in a day."""

BannerRecord = Record[Banner, BannerEvent]

_decoder = msgspec.json.Decoder(BannerRecord)


class Past(NamedTuple):
    """A record, and the revision that its commit made."""

    revision: int
    record: BannerRecord


class Archive:
    """The records of all banners, from a store that reaches back into the history."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(self, banner: BannerId, before: int | None, limit: int) -> HistoryPage | None:
        """Decisions about a banner, the newest first, those before a revision; None when there is no banner.

        Raises:
            Unreachable: the store cannot be asked.
            Unreadable: a record cannot be read.
        """
        newest = await self.newest(banner)
        if newest is None:
            return None
        records: list[Past] = []
        async for each in self.back_from(banner, newest if before is None else None, before):
            records.append(each)
            if len(records) > limit:
                break
        items = [
            _item(each, records[place].record.state if place < len(records) else None)
            for place, each in enumerate(records[:limit], 1)
        ]
        more = len(records) > limit
        return HistoryPage(tuple(items), str(items[-1].revision) if more else None)

    async def ended(
        self, banner: BannerId, display_id: str, now: Instant, *, newest: Past | None = None
    ) -> DisplayView | None:
        """What became of a display that has been on this banner, or in its queue; None if it has not.

        Whoever has the `newest` record already spares reading it again.

        Raises:
            Unreachable: the store cannot be asked.
            Unreadable: a record cannot be read.
        """
        newest = newest or await self.newest(banner)
        if newest is None:
            return None
        if (view := _over_unsaid(newest.record.state, display_id, now)) is not None:
            return view
        steps = 0
        after: BannerRecord | None = None
        async for _, record in self.back_from(banner, newest, None):
            if after is not None and (view := _end_of(display_id, record.state, after)) is not None:
                return view
            after = record
            steps += 1
            if steps > STEPS_AT_MOST:
                break
        return None

    async def newest(self, banner: BannerId) -> Past | None:
        """The newest record of a banner, or None when there is no such banner."""
        revision, data = await self._store.load(banner, fresh=True)
        return None if data is None else Past(revision, _decoded(data))

    async def back_from(
        self, banner: BannerId, first: Past | None, before: int | None
    ) -> AsyncGenerator[Past]:
        """Records from the first one, or from the one before a revision, into the past."""
        if first is not None:
            yield first
            before = first.revision
            previous = first.record.previous
        else:
            assert before is not None
            data = await self._store.load_at(banner, before)
            previous = 0 if data is None else _decoded(data).previous
        while previous and (data := await self._store.load_at(banner, previous)) is not None:
            past = Past(previous, _decoded(data))
            yield past
            previous = past.record.previous


def _decoded(data: bytes) -> BannerRecord:
    try:
        return _decoder.decode(data)
    except UNDECODABLE as error:
        expected = f"a banner record ({error})"
        raise Unreadable(expected, found=data) from error


def _item(past: Past, before: Banner | None) -> HistoryItem:
    record = past.record
    return HistoryItem(
        revision=past.revision,
        at=record.at,
        by=record.by,
        command=record.command.verb,
        events=tuple(_told(event, record, before) for event in record.events),
    )


def _told(event: BannerEvent, record: BannerRecord, before: Banner | None) -> HistoryEvent:
    """An event as it is told: where a display ended, with all that there was to see of it.

    Of what waits for an operator's yes nothing is told that would lead to its text.
    """
    match event:
        case Submitted():
            return Withheld(by=event.ticket.by)
        case Rejected():
            return TurnedDown(by=event.by)
        case Lapsed():
            return Forgotten(at=event.at)
        case Left() if before is not None and _ticket_in(before.pending, event.display_id) is not None:
            return TakenBack(by=event.by, role=event.role)
        case _:
            pass
    if not isinstance(event, Cleared | Expired):
        return event
    display = None if before is None else before.display
    if display is None or display.id != event.display_id:  # the record before is no longer kept
        at = event.until if isinstance(event, Expired) else record.at
        display = Display(id=event.display_id, text="", by="", shown_at=at, until=at)
    ended_at, how = _how(event, record)
    return Ended(display=display, ended_at=ended_at, how=how)


def _how(event: Cleared | Expired, record: BannerRecord) -> tuple[Instant, How]:
    if isinstance(event, Expired):
        return event.until, "expired"
    if any(isinstance(other, Held) for other in record.events):
        return record.at, "held"
    return record.at, _by_whom(event.role, "cleared", "taken-down")


def _by_whom(role: Role, author: How, operator: How) -> How:
    return author if role == "author" else operator


def _end_of(display_id: str, state: Banner, after: BannerRecord) -> DisplayView | None:
    """The end of a display that stood in `state`, as the record after it tells."""
    display = state.display
    if display is not None and display.id == display_id:
        event = _event_about(display_id, after.events)
        if isinstance(event, Cleared | Expired):
            ended_at, how = _how(event, after)
            return _ended_view(state.id, display, ended_at, how)
    ticket = _ticket_in((*state.queue, *state.pending), display_id)
    match None if ticket is None else (ticket, _event_about(display_id, after.events)):
        case (waited, Left(role=role)):
            return _unshown(state.id, waited, after.at, _by_whom(role, "left", "removed"))
        case (waited, Rejected(reason=reason)):
            return _unshown(state.id, waited, after.at, "rejected", reason)
        case (waited, Lapsed(at=at)):
            return _unshown(state.id, waited, at, "lapsed")
        case _:
            return None


def _event_about(
    display_id: str, events: Sequence[BannerEvent]
) -> Cleared | Expired | Left | Rejected | Lapsed | None:
    for event in events:
        if isinstance(event, Cleared | Expired | Left | Rejected | Lapsed) and event.display_id == display_id:
            return event
    return None


def _over_unsaid(state: Banner, display_id: str, now: Instant) -> DisplayView | None:
    """A display that has reached its deadline, or waited too long, without anybody having said so yet."""
    display = state.display
    if display is not None and display.id == display_id and showing(state, now) is None:
        return _ended_view(state.id, display, display.until, "expired")
    ticket = _ticket_in(state.pending, display_id)
    if ticket is not None and now >= lapses_at(ticket):
        return _unshown(state.id, ticket, lapses_at(ticket), "lapsed")
    return None


def _ticket_in(tickets: Sequence[Ticket], display_id: str) -> Ticket | None:
    return next((ticket for ticket in tickets if ticket.id == display_id), None)


def _unshown(
    banner: BannerId, ticket: Ticket, ended_at: Instant, how: How, reason: str | None = None
) -> DisplayView:
    """The end of a display that never began."""
    return DisplayView(
        id=ticket.id,
        state="ended",
        text=ticket.text,
        by=ticket.by,
        banner=banner,
        ended_at=ended_at,
        how=how,
        reason=reason,
    )


def _ended_view(banner: BannerId, display: Display, ended_at: Instant, how: How) -> DisplayView:
    return DisplayView(
        id=display.id,
        state="ended",
        text=display.text,
        by=display.by,
        banner=banner,
        shown_at=display.shown_at,
        until=display.until,
        ended_at=ended_at,
        how=how,
    )
