"""What hardware says on its own subjects, and the record as hardware reads it."""

from typing import Annotated, Final

import msgspec

from shared.contracts.banner import Banner
from shared.contracts.errors import UNDECODABLE
from shared.contracts.identity import DisplayId, WireDisplayId
from shared.contracts.instants import Instant, WireInstant

HEARTBEAT_SECONDS = 5
"""How often hardware sends its presence."""

SILENT_AFTER_SECONDS = 15
"""After this long without a heartbeat a banner counts as offline."""

SAID_BYTES_AT_MOST = 16 * 1024
"""What hardware may say in one message; the server throws out who says more."""

PRESENCE_BYTES_AT_MOST = 1024
"""A heartbeat, with room for words of farewell."""

REPORT_BYTES_AT_MOST = 512
"""A report is longer than that only if somebody plays with it."""

REVISION_AT_MOST = 2**53 - 1
"""Beyond that a browser reads another number than was said."""

UNCONFIRMED_AFTER_MS = 5_000
"""After this long without a report that a display is up, it counts as unconfirmed."""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What the hardware really shows: `display_id` is null when it shows nothing.

    `at` is by the hardware's own clock, if it has one. `revision` is that of the record that it goes by, as
    the header `Nats-Sequence` told it; MQTT has no headers, so there it is absent.
    """

    display_id: WireDisplayId | None
    revision: Annotated[int, msgspec.Meta(ge=0, le=REVISION_AT_MOST)] | None = None
    at: WireInstant | None = None


class KeptReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as the mesh keeps it, once it was looked at: `heard_at` is by the server's clock."""

    display_id: DisplayId | None
    revision: int | None
    at: Instant | None
    heard_at: Instant


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A heartbeat: the hardware is up. With `leaving`, a goodbye and why; it is offline at once.

    Over MQTT a goodbye may be left with the server as a will.
    """

    at: WireInstant | None = None
    leaving: Annotated[str, msgspec.Meta(max_length=100)] | None = None


_presence: Final = msgspec.json.Decoder(Presence)


def goodbye(data: bytes) -> str | None:
    """The words with which hardware leaves, perhaps none; None where it says that it is there.

    Whatever else it says, it is there: only what is clearly a goodbye is one. Of the words, those characters
    are left out that cannot be seen.
    """
    try:
        leaving = _presence.decode(data).leaving
    except UNDECODABLE:
        return None
    return None if leaving is None else "".join(filter(str.isprintable, leaving))


class StateMessage(msgspec.Struct, frozen=True, kw_only=True):
    """As much of the record on `.state` as hardware needs.

    Of two records of a banner the newer one has the later `at`, or the same and the higher `number`: no
    record is committed with an earlier `at` than the one before it. The header `Nats-Sequence` tells the
    revision. `now` is there in the answer to a hello alone: what time it is, for hardware without a clock.
    """

    at: WireInstant
    number: int
    state: Banner
    now: WireInstant | None = None
