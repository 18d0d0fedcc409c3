"""What clients of the gateway see: a banner, a display, and the frames of the live channel."""

from typing import Literal

import msgspec

from shared.contracts.banner import (
    ApprovalSet,
    Approved,
    Banner,
    Display,
    Held,
    Left,
    OnHold,
    Queued,
    Registered,
    Released,
    Replaced,
    Role,
    Shown,
    Ticket,
    lapses_at,
    pending,
    showing,
    turns,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant

Presence = Literal["online", "offline"]


class ReportedView(msgspec.Struct, frozen=True):
    """What the hardware last said that it shows."""

    display_id: DisplayId | None
    at: Instant


class BannerView(msgspec.Struct, frozen=True, kw_only=True):
    """A banner as everybody may see it. A display past its `until` is never in it.

    Nor are texts that wait for an operator's yes: only how many, with those of which nobody has said yet that
    they lapsed.
    """

    id: BannerId
    name: str
    tags: tuple[str, ...]
    revision: int
    display: Display | None
    queue_length: int = 0
    hold: OnHold | None = None
    presence: Presence = "offline"
    reported: ReportedView | None = None
    approve_first: bool = False
    pending_length: int = 0


class BannerPage(msgspec.Struct, frozen=True):
    """Some banners, in the order of their ids; `next_cursor` asks for those after them."""

    items: tuple[BannerView, ...]
    next_cursor: str | None


How = Literal["expired", "cleared", "taken-down", "held", "left", "removed", "rejected", "lapsed"]
"""How it ended: its time was up; its author or an operator ended it; a hold did;
its author or an operator took it out of the line before it was shown;
an operator said no to it; nobody said yes or no in time."""


class DisplayView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message and what has become of it: in a lobby, waiting for a yes, in line, on the banner, or over.

    What does not apply is absent. `starts_at` is the latest; `revision` is the banner's; a pending one ends
    by itself at `lapses_at`; `reason` is the operator's who rejected it.
    """

    id: DisplayId
    state: Literal["waiting", "pending", "queued", "showing", "ended"]
    text: str
    by: str
    banner: BannerId | None = None
    position: int | None = None
    starts_at: Instant | None = None
    shown_at: Instant | None = None
    until: Instant | None = None
    ended_at: Instant | None = None
    how: How | None = None
    revision: int | None = None
    lapses_at: Instant | None = None
    reason: str | None = None


class PendingPage(msgspec.Struct, frozen=True):
    """Texts that wait for an operator's yes, by banner and in the order of their coming.

    `next_cursor` asks for those of the banners after these.
    """

    items: tuple[DisplayView, ...]
    next_cursor: str | None


class BlocklistView(msgspec.Struct, frozen=True):
    """The words that no banner shows, in order."""

    words: tuple[str, ...]
    revision: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ended"):
    """A display was over."""

    display: Display
    ended_at: Instant
    how: How


class Withheld(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="submitted"):
    """A text waits for an operator's yes. Which one, only its author and operators know."""

    by: str


class TurnedDown(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="rejected"):
    """An operator said no to a text."""

    by: str


class Forgotten(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="lapsed"):
    """Nobody said yes or no to a text in time."""

    at: Instant


class TakenBack(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="withdrawn"):
    """A text that waited for an operator's yes was taken back, or out."""

    by: str
    role: Role


HistoryEvent = (
    Registered
    | Shown
    | Replaced
    | Ended
    | Queued
    | Left
    | Held
    | Released
    | ApprovalSet
    | Approved
    | Withheld
    | TurnedDown
    | Forgotten
    | TakenBack
)


class HistoryItem(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: when, by whom, upon which command, and what happened."""

    revision: int
    at: Instant
    by: str
    command: str
    events: tuple[HistoryEvent, ...]


class HistoryPage(msgspec.Struct, frozen=True):
    """Decisions about one banner, the newest first; `next_cursor` asks for those before them."""

    items: tuple[HistoryItem, ...]
    next_cursor: str | None


def banner_view(
    banner: Banner, revision: int, now: Instant, *, online: bool, reported: ReportedView | None
) -> BannerView:
    """The view of a banner at `now`."""
    return BannerView(
        id=banner.id,
        name=banner.name,
        tags=banner.tags,
        revision=revision,
        display=showing(banner, now),
        queue_length=len(banner.queue),
        hold=banner.hold,
        presence="online" if online else "offline",
        reported=reported,
        approve_first=banner.approve_first,
        pending_length=len(banner.pending),
    )


def display_view(banner: Banner, revision: int, display_id: str, now: Instant) -> DisplayView | None:
    """The view of a display that shows on this banner or waits for it or for a yes, or None for any other."""
    display = showing(banner, now)
    if display is not None and display.id == display_id:
        return showing_view(banner.id, display, revision)
    for turn in turns(banner, now) if banner.queue else ():
        if turn.ticket.id == display_id:
            return _queued_view(banner.id, turn.ticket, turn.position, turn.starts_at, revision)
    for ticket in pending(banner, now):
        if ticket.id == display_id:
            return pending_view(banner.id, ticket, revision)
    return None


def pending_view(banner: BannerId, ticket: Ticket, revision: int) -> DisplayView:
    """The view of a text that waits for an operator's yes."""
    return DisplayView(
        id=ticket.id,
        state="pending",
        text=ticket.text,
        by=ticket.by,
        banner=banner,
        revision=revision,
        lapses_at=lapses_at(ticket),
    )


def showing_view(banner: BannerId, display: Display, revision: int) -> DisplayView:
    """The view of a display that is up."""
    return DisplayView(
        id=display.id,
        state="showing",
        text=display.text,
        by=display.by,
        banner=banner,
        shown_at=display.shown_at,
        until=display.until,
        revision=revision,
    )


def _queued_view(
    banner: BannerId, ticket: Ticket, position: int, starts_at: Instant | None, revision: int
) -> DisplayView:
    return DisplayView(
        id=ticket.id,
        state="queued",
        text=ticket.text,
        by=ticket.by,
        banner=banner,
        position=position,
        starts_at=starts_at,
        revision=revision,
    )
