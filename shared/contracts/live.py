"""The live channel, word by word: every frame in both directions, and why a channel ends.

A client holds a position: the `epoch`, `revision` and `hardware` of the newest snapshot or changes that it
took. Everything that it watches and that is not newer than its position, it has been told. With the position
as `since` it goes on where it was, on whichever gateway.
"""

from enum import Enum, IntEnum
from typing import Annotated, Literal

import msgspec

from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.views import BannerView, DisplayView

PROTOCOL = 1

FRAME_BYTES_AT_MOST = 64 * 1024
"""How long a frame of a client may be."""
NAMED_AT_MOST = 1_000
"""How many ids one frame may name; whoever wants more banners watches all, or sends several frames."""

CallerRole = Literal["viewer", "author", "operator"]
"""What somebody may do: look; show, and end or mend what is one's own; everything."""


# --- what clients send ----------------------------------------------------------------------------


class Since(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The position of a client: of which life of the log, which revision, and how far the hardware was heard.

    Without `hardware`, every banner whose hardware was ever heard counts as changed.
    """

    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    revision: Annotated[int, msgspec.Meta(ge=0)]
    hardware: Annotated[str, msgspec.Meta(max_length=128)] = ""


WatchedIds = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=63)], ...], msgspec.Meta(max_length=NAMED_AT_MOST)
]


class Watch(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="op",
    tag="watch",
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """Tell me of these banners, or of all; of these displays, or of all of mine; of what hardware measures.

    `since` concerns the banners: only those that changed after it are in the snapshot, if that can be told.
    """

    banners: WatchedIds = ()
    all: bool = False
    since: Since | None = None
    displays: WatchedIds = ()
    mine: bool = False
    telemetry: WatchedIds = ()


class Unwatch(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="op",
    tag="unwatch",
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """No more of these: `all` for every banner, however it came to be watched."""

    banners: WatchedIds = ()
    all: bool = False
    displays: WatchedIds = ()
    mine: bool = False
    telemetry: WatchedIds = ()


class Authorize(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="authorize", forbid_unknown_fields=True
):
    """This is who I am from now on: a bearer token, because browsers cannot send one as a header here.

    Answered with a new `hello`. A new one before the old one expires keeps the channel open.
    """

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=8192)]


class Pong(msgspec.Struct, frozen=True, tag_field="op", tag="pong"):
    """Still here."""


ClientFrame = Watch | Unwatch | Authorize | Pong


# --- what the gateway sends -----------------------------------------------------------------------


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="hello"):
    """The first frame, and the answer to `authorize`: what is spoken here, what time it is, who you are.

    A ping comes once in `heartbeat_ms`; whoever does not answer is taken for gone.
    """

    protocol: int = PROTOCOL
    epoch: str
    heartbeat_ms: int
    now: Instant
    by: str = ""
    role: CallerRole | None = None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="snapshot"):
    """What was asked for, as of a position: the whole of it; or, `recovered`, what is newer than `since`."""

    revision: int
    recovered: bool
    epoch: str
    hardware: str
    banners: tuple[BannerView, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="changes"):
    """Banners that changed, each in its newest state, and the position that is reached with them."""

    revision: int
    hardware: str
    banners: tuple[BannerView, ...]


class Displays(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="displays"):
    """Displays that are watched, each as it is now: when the watch begins, and whenever one changes."""

    displays: tuple[DisplayView, ...]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a banner's hardware, or another service, last said of one kind: `value` is its own JSON object."""

    banner: BannerId
    kind: str
    at: Instant
    value: msgspec.Raw


class Telemetry(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="telemetry"):
    """The newest of each kind for each banner, gathered for a while."""

    measured: tuple[Measured, ...]


class Ping(msgspec.Struct, frozen=True, tag_field="op", tag="ping"):
    """Still there?"""


class Problem(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="error"):
    """The last frame was not understood, or not granted."""

    code: str
    detail: str


ServerFrame = Hello | Snapshot | Changes | Displays | Telemetry | Ping | Problem


# --- why a channel ends ---------------------------------------------------------------------------


class Retry(Enum):
    """Whether whoever was told a close code should come back."""

    AT_ONCE = "at once, and with growing pauses when that fails"
    AFTER = "after the milliseconds that the reason names"
    WITH_TOKEN = "with a new token"  # noqa: S105 (words)
    NEVER = "not before something was changed: the same again ends the same"


class CloseCode(IntEnum):
    """Why the gateway ended a live channel."""

    COME_BACK = 4001
    TOKEN_EXPIRED = 4002
    NOT_ALLOWED = 4003
    TOO_MANY = 4004
    SILENT = 4005
    BAD_FRAMES = 4006
    SLOW = 4008

    @property
    def retry(self) -> Retry:
        """Whether to come back."""
        return _CLOSINGS[self][0]

    @property
    def meaning(self) -> str:
        """A sentence for people."""
        return _CLOSINGS[self][1]


_CLOSINGS = {
    CloseCode.COME_BACK: (Retry.AFTER, "This gateway goes away, for a deploy perhaps; another one is there."),
    CloseCode.TOKEN_EXPIRED: (Retry.WITH_TOKEN, "The token that the channel was opened with has expired."),
    CloseCode.NOT_ALLOWED: (Retry.NEVER, "The token is none of ours, or nobody may watch without one."),
    CloseCode.TOO_MANY: (
        Retry.AFTER,
        "Too many channels of this user or address, or they come too fast.",
    ),
    CloseCode.SILENT: (
        Retry.AT_ONCE,
        "No ping was answered for two heartbeats: taken for dead.",
    ),
    CloseCode.BAD_FRAMES: (
        Retry.NEVER,
        "Too many frames, or too many that were not understood.",
    ),
    CloseCode.SLOW: (Retry.AT_ONCE, "More waited for this viewer than may, even with older states left out."),
}
