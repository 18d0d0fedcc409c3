"""The lobby's own words: where people wait for any free banner of a pool.

Events and state are stored: a new field gets a default, no field is ever retyped or reused.
"""

from typing import Final, NewType

import msgspec

from shared.contracts import refusals
from shared.contracts.banner import Banner, Role
from shared.contracts.command import Accepted, Command
from shared.contracts.identity import BannerId, DisplayId, WireDisplayId
from shared.contracts.instants import Instant
from shared.contracts.views import DisplayView

LOBBY_AT_MOST: Final = 1_000
"""How many may wait in one lobby."""

PoolId = NewType("PoolId", str)
"""Names a pool: all banners, or those with a tag."""

ALL_BANNERS: Final = PoolId("all")
_TAGGED: Final = "tag-"


def pool_of(tag: str | None) -> PoolId:
    """The pool of the banners with this tag, or of all."""
    return ALL_BANNERS if tag is None else PoolId(_TAGGED + tag)


def pools_of(banner: Banner) -> tuple[PoolId, ...]:
    """The pools that a banner is in."""
    return (ALL_BANNERS, *map(pool_of, banner.tags))


# --- commands -------------------------------------------------------------------------------------


class Enter(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This text shall show on any banner of the pool, as soon as one is free."""

    text: str


class Leave(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This one shall wait no more; what shows already shall end."""

    display_id: WireDisplayId
    role: Role = "author"


# --- state and events -----------------------------------------------------------------------------


class LobbyTicket(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A text that waits for any banner; tickets are numbered in the order in which they came."""

    id: DisplayId
    number: int
    text: str
    by: str
    at: Instant


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A banner that was free at this revision. What is shown there is shown right after it, or never."""

    banner: BannerId
    revision: int


class Assignment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A ticket on its way to a place; it is nowhere else, and goes nowhere else before this is settled."""

    ticket: LobbyTicket
    place: Place


class Lobby(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who waits, and who is being placed; both in the order of their numbers."""

    waiting: tuple[LobbyTicket, ...] = ()
    assigned: tuple[Assignment, ...] = ()
    last_number: int = 0


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact, true from the commit that carries it."""


class Entered(Event, frozen=True, kw_only=True, tag="entered"):
    """Somebody waits."""

    ticket: LobbyTicket


class Assigned(Event, frozen=True, kw_only=True, tag="assigned"):
    """The first in line goes to this place."""

    display_id: DisplayId
    place: Place


class Placed(Event, frozen=True, kw_only=True, tag="placed"):
    """It was shown there; the lobby is done with it."""

    display_id: DisplayId
    banner: BannerId


class Returned(Event, frozen=True, kw_only=True, tag="returned"):
    """It was not shown there and never will be; it waits again, at its old place in the line."""

    display_id: DisplayId
    banner: BannerId


class Left(Event, frozen=True, kw_only=True, tag="left"):
    """Somebody waits no more."""

    display_id: DisplayId
    by: str


LobbyEvent = Entered | Assigned | Placed | Returned | Left


def in_line(lobby: Lobby) -> list[LobbyTicket]:
    """Everybody who is in the lobby, in the order in which they came."""
    everybody = [*(assignment.ticket for assignment in lobby.assigned), *lobby.waiting]
    return sorted(everybody, key=lambda ticket: ticket.number)


def position(lobby: Lobby, display_id: str) -> int | None:
    """At which place somebody is, from 1; None for one who is not in this lobby."""
    for place, ticket in enumerate(in_line(lobby), 1):
        if ticket.id == display_id:
            return place
    return None


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a ticket of a pool went: to `banner`, by the commit `revision`; or it `ended`; or neither as yet.

    Kept for a day after the lobby has forgotten the ticket.
    """

    pool: PoolId
    digest: str
    banner: BannerId | None = None
    revision: int = 0
    ended: DisplayView | None = None


# --- replies --------------------------------------------------------------------------------------


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of an Enter: it shows, with the answer of its banner, or it waits; or it is over."""

    view: DisplayView
    banner: Accepted[Banner] | None = None


class Gone(msgspec.Struct, frozen=True):
    """The answer to a Leave: it neither waits nor shows any more."""

    display_id: DisplayId


LobbyRefusal = (
    refusals.Malformed
    | refusals.Overloaded
    | refusals.MeshUnavailable
    | refusals.Unknown
    | refusals.Failed
    | refusals.RecordUnreadable
    | refusals.KeyReused
    | refusals.TooLate
    | refusals.BadText
    | refusals.BlockedText
    | refusals.NoSuchPool
    | refusals.LobbyFull
    | refusals.NotYours
    | refusals.UnknownDisplay
)
