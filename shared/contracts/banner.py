"""The banner's own words: what may be asked of it, what happens to it, what it answers.

Events and state are stored: a new field gets a default, no field is ever retyped or reused.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import msgspec

from shared.contracts import refusals
from shared.contracts.command import NOBODY, Author, Command
from shared.contracts.identity import BannerId, DisplayId, WireBannerId, WireDisplayId
from shared.contracts.instants import Instant, later

EXPIRIES_AT_MOST = 1_000
"""How many expiries one request may carry."""

QUEUE_AT_MOST = 20
"""How many may wait for their turn on one banner."""

PENDING_AT_MOST = 20
"""How many may wait for an operator's yes on one banner."""

PENDING_MS = 60 * 60 * 1000
"""How long a text waits for an operator's yes; after that it lapses, and nobody can say yes any more."""

Role = Literal["author", "operator"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}(?!\n)$")]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+(?!\n)$")]
When = Literal["now", "queue"]


# --- commands -------------------------------------------------------------------------------------


class Register(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There shall be a banner of this name; without one it is called by its id."""

    name: Name | None = None
    tags: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=16)] = ()


class Show(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This text shall show now; or, with `when: queue`, once those who came before have had their turn."""

    text: str
    when: When = "now"


class Replace(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows now shall read like this; its deadline stays. Needs the `revision` that was seen."""

    text: str
    role: Role = "author"


class Clear(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows now shall end; or the display that is named, whether it shows or waits for its turn."""

    role: Role = "author"
    display_id: WireDisplayId | None = None


class Expire(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This one display shall end, because its time is up. Names it, so that it never ends another."""

    display_id: WireDisplayId


class Hold(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing shall show until it is released, for this reason. For operators."""

    reason: Reason
    role: Role = "author"


class Release(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hold shall end, and the queue go on. For operators."""

    role: Role = "author"


class SetApproval(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From now on every text shall wait for an operator's yes before it shows, or none. For operators."""

    required: bool
    role: Role = "author"


class Approve(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This text may show: now if the banner is free, else in its turn. For operators."""

    display_id: WireDisplayId
    role: Role = "author"


class Reject(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This text shall not show, for this reason. For operators."""

    display_id: WireDisplayId
    reason: Reason
    role: Role = "author"


BannerCommand = Register | Show | Replace | Clear | Expire | Hold | Release | SetApproval | Approve | Reject


class Expiry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of many displays whose time is up."""

    banner: WireBannerId
    display_id: WireDisplayId


class ExpireMany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many expiries in one request; each is decided and committed on its own."""

    expiries: Annotated[tuple[Expiry, ...], msgspec.Meta(max_length=EXPIRIES_AT_MOST)]
    by: Author = NOBODY


# --- state and events -----------------------------------------------------------------------------


class Display(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message on a banner, from its Show to its deadline. Over for everybody once `until` is reached."""

    id: DisplayId
    text: str
    by: str
    shown_at: Instant
    until: Instant


class Ticket(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A text that waits for its turn; shown, it becomes the display of the same id, for `ttl_ms`."""

    id: DisplayId
    text: str
    by: str
    at: Instant
    ttl_ms: int


class OnHold(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why nothing is shown at present, by whom and since when."""

    reason: str
    by: str
    at: Instant


class Banner(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything that decides what one banner shows.

    While nothing shows and nothing is on hold, nobody waits: the commit that ends a display shows the next.
    With `approve_first` every text is `pending` first: it waits for an operator's yes, then for its turn.
    """

    id: BannerId
    name: str
    tags: tuple[str, ...] = ()
    display: Display | None = None
    queue: tuple[Ticket, ...] = ()
    hold: OnHold | None = None
    approve_first: bool = False
    pending: tuple[Ticket, ...] = ()


def lapses_at(ticket: Ticket) -> Instant:
    """When a text that waits for an operator's yes has waited too long."""
    return later(ticket.at, PENDING_MS)


def pending(banner: Banner, now: Instant) -> tuple[Ticket, ...]:
    """Which texts wait for an operator's yes at `now`: none that has lapsed, whoever has said so or not."""
    return tuple(ticket for ticket in banner.pending if now < lapses_at(ticket)) if banner.pending else ()


def showing(banner: Banner, now: Instant) -> Display | None:
    """What a banner shows at `now`: nothing once the deadline is reached, whoever has said so or not."""
    display = banner.display
    return None if display is None or now >= display.until else display


class Turn(NamedTuple):
    """One who waits: at which place, from 1, and when it will be shown; None as long as nobody can tell."""

    ticket: Ticket
    position: int
    starts_at: Instant | None


def turns(banner: Banner, now: Instant) -> Iterator[Turn]:
    """Who waits for this banner, in order, as it looks at `now`.

    Everyone before may end early, so `starts_at` is the latest; a hold is open-ended.
    """
    starts_at = None
    if banner.hold is None and banner.display is not None:
        starts_at = max(now, banner.display.until)
    for position, ticket in enumerate(banner.queue, 1):
        yield Turn(ticket, position, starts_at)
        if starts_at is not None:
            starts_at = later(starts_at, ticket.ttl_ms)


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact, true from the commit that carries it."""


class Registered(Event, frozen=True, kw_only=True, tag="registered"):
    """The banner is there."""

    id: BannerId
    name: str
    tags: tuple[str, ...] = ()


class Shown(Event, frozen=True, kw_only=True, tag="shown"):
    """A display has begun."""

    display: Display


class Cleared(Event, frozen=True, kw_only=True, tag="cleared"):
    """A display was ended before its deadline."""

    display_id: DisplayId
    by: str
    role: Role


class Replaced(Event, frozen=True, kw_only=True, tag="replaced"):
    """A display reads differently now; its deadline is what it was."""

    display_id: DisplayId
    text: str
    was: str
    by: str
    role: Role


class Expired(Event, frozen=True, kw_only=True, tag="expired"):
    """A display reached its deadline, `until`; the commit that says so may be later."""

    display_id: DisplayId
    until: Instant


class Queued(Event, frozen=True, kw_only=True, tag="queued"):
    """Somebody waits for a turn."""

    ticket: Ticket


class Left(Event, frozen=True, kw_only=True, tag="left"):
    """Somebody waits no more, for a turn or for an operator's yes: by own wish, or by an operator's."""

    display_id: DisplayId
    by: str
    role: Role


class Held(Event, frozen=True, kw_only=True, tag="held"):
    """Nothing shows until it is released; a display that was up ended with this."""

    hold: OnHold


class Released(Event, frozen=True, kw_only=True, tag="released"):
    """The hold has ended."""

    by: str


class ApprovalSet(Event, frozen=True, kw_only=True, tag="approval-set"):
    """From now on texts need an operator's yes, or do not."""

    required: bool
    by: str


class Submitted(Event, frozen=True, kw_only=True, tag="submitted"):
    """A text waits for an operator's yes."""

    ticket: Ticket


class Approved(Event, frozen=True, kw_only=True, tag="approved"):
    """An operator said yes; the text shows or waits for its turn, by the same commit."""

    display_id: DisplayId
    by: str


class Rejected(Event, frozen=True, kw_only=True, tag="rejected"):
    """An operator said no."""

    display_id: DisplayId
    by: str
    reason: str


class Lapsed(Event, frozen=True, kw_only=True, tag="lapsed"):
    """Nobody said yes or no to a text in time, which was until `at`; the commit that says so may be later."""

    display_id: DisplayId
    at: Instant


BannerEvent = (
    Registered
    | Shown
    | Replaced
    | Cleared
    | Expired
    | Queued
    | Left
    | Held
    | Released
    | ApprovalSet
    | Submitted
    | Approved
    | Rejected
    | Lapsed
)


# --- replies --------------------------------------------------------------------------------------


class ExpiryOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one of many expiries; `until` is there when it was not due yet."""

    banner: BannerId
    display_id: DisplayId
    outcome: str
    until: Instant | None = None


class ExpireManyReply(msgspec.Struct, frozen=True):
    """One outcome for each expiry, in the order of the request: `expired`, or the reason of the refusal."""

    outcomes: tuple[ExpiryOutcome, ...]


BannerRefusal = (
    refusals.Malformed
    | refusals.Overloaded
    | refusals.MeshUnavailable
    | refusals.Unknown
    | refusals.Failed
    | refusals.RecordUnreadable
    | refusals.KeyReused
    | refusals.TooLate
    | refusals.Stale
    | refusals.UnknownBanner
    | refusals.AlreadyRegistered
    | refusals.BadText
    | refusals.BlockedText
    | refusals.Busy
    | refusals.Held
    | refusals.QueueFull
    | refusals.AlreadyWaiting
    | refusals.NeedsIfMatch
    | refusals.NothingShowing
    | refusals.NotShowing
    | refusals.NotDue
    | refusals.NotHeld
    | refusals.NotYours
    | refusals.NotOperator
    | refusals.AlreadyPending
    | refusals.PendingFull
    | refusals.NotPending
    | refusals.NeedsApproval
)
