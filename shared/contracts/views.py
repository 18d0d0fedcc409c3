"""What clients of the gateway see: a banner, a display, and the frames of the live channel."""

from typing import Literal, NamedTuple

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
from shared.contracts.hardware import UNCONFIRMED_AFTER_MS
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later, milliseconds_between

Presence = Literal["online", "offline"]

OfflineBecause = Literal["silent", "left", "never-seen"]
"""Its heartbeats stopped; it said goodbye; nothing was ever heard of it."""


class Seen(NamedTuple):
    """Whether the hardware of a banner is there; while it is not, when it was last, and why it is not."""

    online: bool
    last_seen: Instant | None = None
    offline_because: OfflineBecause | None = None
    offline_note: str | None = None


ONLINE = Seen(online=True)
NEVER_SEEN = Seen(online=False, offline_because="never-seen")


class ReportedView(msgspec.Struct, frozen=True):
    """What the hardware last said that it shows."""

    display_id: DisplayId | None
    at: Instant


class Confirmation(msgspec.Struct, frozen=True):
    """Whether the hardware has said that it shows what it shall show.

    `showing`: not yet, and there is still time. `confirmed`: it has, first `at`, `after_ms` since it was
    decided; nothing else since. `unconfirmed`: there was time enough, or it says by now that it shows
    something else.
    """

    state: Literal["showing", "confirmed", "unconfirmed"]
    at: Instant | None = None
    after_ms: int | None = None


class Reading(msgspec.Struct, frozen=True):
    """What was measured, and when the mesh took it; `value` is the JSON object of whoever measured it."""

    at: Instant
    value: msgspec.Raw


class BannerView(msgspec.Struct, frozen=True, kw_only=True):
    """A banner as everybody may see it. A display past its `until` is never in it.

    Nor are texts that wait for an operator's yes: only how many, with those of which nobody has said yet that
    they lapsed.

    `revision` is that of what was decided. What the hardware says stands beside it and changes without a new
    one: `confirmation`, null while nothing shows; `presence`, with the last sign of life and why there is
    none now; and `reported`.
    """

    id: BannerId
    name: str
    tags: tuple[str, ...]
    revision: int
    display: Display | None
    confirmation: Confirmation | None = None
    queue_length: int = 0
    hold: OnHold | None = None
    presence: Presence = "offline"
    last_seen: Instant | None = None
    offline_because: OfflineBecause | None = None
    offline_note: str | None = None
    reported: ReportedView | None = None
    approve_first: bool = False
    pending_length: int = 0


class BannerInFull(BannerView, frozen=True, kw_only=True):
    """A banner with the newest of each kind that is measured on it; null when that cannot be had at once."""

    telemetry: dict[str, Reading] | None = None


class TelemetryItem(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one kind, and when the mesh took it; `value` is the JSON object of whoever did."""

    kind: str
    at: Instant
    value: msgspec.Raw


class TelemetryPage(msgspec.Struct, frozen=True):
    """Some of what was measured on a banner; `next_cursor` asks for what came after it."""

    items: tuple[TelemetryItem, ...]
    next_cursor: str | None


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
    by itself at `lapses_at`; `reason` is the operator's who rejected it. Where it is asked for, it is told as
    well from when to when the hardware has confirmed it; while that goes on there is no `confirmed_to`.
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
    confirmed_from: Instant | None = None
    confirmed_to: Instant | None = None


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


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ended", omit_defaults=True):
    """A display was over. The hardware showed it from `confirmed_from` to `confirmed_to`, if it said so."""

    display: Display
    ended_at: Instant
    how: How
    confirmed_from: Instant | None = None
    confirmed_to: Instant | None = None


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


def confirmation(
    display: Display | None, reported: ReportedView | None, confirmed_at: Instant | None, now: Instant
) -> Confirmation | None:
    """What the hardware has said of a display: what last, and when first that it shows this one, if it did.

    Clocks may differ a little: nothing is confirmed before it was decided.
    """
    if display is None:
        return None
    if reported is not None and reported.display_id == display.id:
        at = confirmed_at or reported.at
        return Confirmation("confirmed", at, max(0, milliseconds_between(display.shown_at, at)))
    late = confirmed_at is not None or now >= unconfirmed_at(display)
    return Confirmation("unconfirmed" if late else "showing")


def unconfirmed_at(display: Display) -> Instant:
    """When there has been time enough for the hardware to say that it shows this."""
    return later(display.shown_at, UNCONFIRMED_AFTER_MS)


def banner_view(
    banner: Banner,
    revision: int,
    now: Instant,
    *,
    seen: Seen = NEVER_SEEN,
    reported: ReportedView | None = None,
    confirmed_at: Instant | None = None,
) -> BannerView:
    """The view of a banner at `now`; `confirmed_at` is when its hardware first reported what shows."""
    display = showing(banner, now)
    return BannerView(
        id=banner.id,
        name=banner.name,
        tags=banner.tags,
        revision=revision,
        display=display,
        confirmation=confirmation(display, reported, confirmed_at, now),
        queue_length=len(banner.queue),
        hold=banner.hold,
        presence="online" if seen.online else "offline",
        last_seen=seen.last_seen,
        offline_because=seen.offline_because,
        offline_note=seen.offline_note,
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
