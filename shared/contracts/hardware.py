"""What hardware says on its own subjects, and the record as hardware reads it."""

import msgspec

from shared.contracts.banner import Banner
from shared.contracts.identity import WireDisplayId
from shared.contracts.instants import WireInstant

HEARTBEAT_SECONDS = 5
"""How often hardware sends its presence."""

SILENT_AFTER_SECONDS = 15
"""After this long without a heartbeat a banner counts as offline."""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What the hardware really shows: `display_id` is null when it shows nothing."""

    display_id: WireDisplayId | None
    revision: int
    at: WireInstant


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A heartbeat: the hardware is up."""

    at: WireInstant


class StateMessage(msgspec.Struct, frozen=True):
    """As much of the record on `.state` as hardware needs; the revision is in `Nats-Sequence`."""

    state: Banner
