"""What clients of the gateway see: a banner, a display, and the frames of the live channel."""

from enum import IntEnum
from typing import Annotated, Literal

import msgspec

from shared.contracts.banner import Banner, Display, showing
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant

PROTOCOL = 1

Presence = Literal["online", "offline"]


class ReportedView(msgspec.Struct, frozen=True):
    """What the hardware last said that it shows."""

    display_id: DisplayId | None
    at: Instant


class HoldView(msgspec.Struct, frozen=True):
    """Why nothing is shown at present."""

    reason: str
    by: str
    at: Instant


class BannerView(msgspec.Struct, frozen=True, kw_only=True):
    """A banner as everybody may see it. A display past its `until` is never in it."""

    id: BannerId
    name: str
    tags: tuple[str, ...]
    revision: int
    display: Display | None
    queue_length: int = 0
    hold: HoldView | None = None
    presence: Presence = "offline"
    reported: ReportedView | None = None


class BannerPage(msgspec.Struct, frozen=True):
    """Some banners, in the order of their ids; `next_cursor` asks for those after them."""

    items: tuple[BannerView, ...]
    next_cursor: str | None


class DisplayView(msgspec.Struct, frozen=True, kw_only=True):
    """A message and what has become of it."""

    id: DisplayId
    state: Literal["showing"]
    banner: BannerId
    text: str
    by: str
    shown_at: Instant
    until: Instant
    revision: int


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
        presence="online" if online else "offline",
        reported=reported,
    )


# --- the live channel: what clients send ----------------------------------------------------------


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last that a client has seen: of which life of the log, and which revision."""

    epoch: str
    revision: int


WatchedIds = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=63)], ...], msgspec.Meta(max_length=10_000)
]


class Watch(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="watch", forbid_unknown_fields=True
):
    """Tell me of these banners, or of all."""

    banners: WatchedIds = ()
    all: bool = False
    since: Since | None = None


class Unwatch(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="unwatch", forbid_unknown_fields=True
):
    """No more of these banners, or of any."""

    banners: WatchedIds = ()
    all: bool = False


class Pong(msgspec.Struct, frozen=True, tag_field="op", tag="pong"):
    """Still here."""


ClientFrame = Watch | Unwatch | Pong


# --- the live channel: what the gateway sends -----------------------------------------------------


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="hello"):
    """The first frame: which protocol, which life of the log, how often to expect a ping, what time it is."""

    protocol: int = PROTOCOL
    epoch: str
    heartbeat_ms: int
    now: Instant


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="snapshot"):
    """What was asked for, as of a revision of the log."""

    revision: int
    recovered: bool
    banners: tuple[BannerView, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="changes"):
    """Banners that changed, each in its newest state."""

    banners: tuple[BannerView, ...]


class Ping(msgspec.Struct, frozen=True, tag_field="op", tag="ping"):
    """Still there?"""


class Problem(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="error"):
    """The last frame was not understood, or not granted."""

    code: str
    detail: str


ServerFrame = Hello | Snapshot | Changes | Ping | Problem


class CloseCode(IntEnum):
    """Why the gateway ended a live channel. Coming back is welcome after each of these."""

    COME_BACK = 4001
    SLOW = 4008
