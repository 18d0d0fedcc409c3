"""The banner's own words: what may be asked of it, what happens to it, what it answers.

Commands carry no tag, because the verb stands in the subject; unknown fields are refused.
Events and state are stored: a new field gets a default, no field is ever retyped or reused.
"""

from typing import Annotated, Literal

import msgspec

from shared.contracts import refusals
from shared.contracts.identity import (
    BannerId,
    CommandId,
    DisplayId,
    WireBannerId,
    WireCommandId,
    WireDisplayId,
)
from shared.contracts.instants import Instant

NOBODY = "nobody"
"""Who a command is from when it does not say."""

EXPIRIES_AT_MOST = 1_000
"""How many expiries one request may carry."""

Author = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Role = Literal["author", "operator"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}(?!\n)$")]


# --- commands -------------------------------------------------------------------------------------


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish. The same `id` sent twice has one effect and the same answer."""

    id: WireCommandId | None = None
    by: Author = NOBODY


class Register(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There shall be a banner of this name; without one it is called by its id."""

    name: Name | None = None
    tags: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=16)] = ()


class Show(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This text shall show now."""

    text: str


class Clear(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows now shall end; if `revision` is given, only if that is still the newest."""

    role: Role = "author"
    revision: int | None = None


class Expire(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This one display shall end, because its time is up. Names it, so that it never ends another."""

    display_id: WireDisplayId


BannerCommand = Register | Show | Clear | Expire


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


class Banner(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything that decides what one banner shows."""

    id: BannerId
    name: str
    tags: tuple[str, ...] = ()
    display: Display | None = None


def showing(banner: Banner, now: Instant) -> Display | None:
    """What a banner shows at `now`: nothing once the deadline is reached, whoever has said so or not."""
    display = banner.display
    return None if display is None or now >= display.until else display


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


class Expired(Event, frozen=True, kw_only=True, tag="expired"):
    """A display reached its deadline, `until`; the commit that says so may be later."""

    display_id: DisplayId
    until: Instant


BannerEvent = Registered | Shown | Cleared | Expired


# --- replies --------------------------------------------------------------------------------------


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """Done: the banner as that commit left it. `repeated` when the same command had been accepted before."""

    revision: int
    at: Instant
    state: Banner
    repeated: bool = False
    command: CommandId | None = None


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
    | refusals.Stale
    | refusals.UnknownBanner
    | refusals.AlreadyRegistered
    | refusals.BadText
    | refusals.Busy
    | refusals.NothingShowing
    | refusals.NotShowing
    | refusals.NotDue
    | refusals.NotYours
)
