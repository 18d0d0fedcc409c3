"""The hardware of a banner as two decisions: what to show when a record comes, and when to go dark. Pure.

It trusts nobody but the record's revision and its own clock: what is not newer is ignored, and a display
ends at its `until`, whether or not anybody is left to say so.
"""

from dataclasses import dataclass, replace

from shared.contracts.banner import Banner, Display, showing
from shared.contracts.hardware import HEARTBEAT_SECONDS, Reported
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant


@dataclass(frozen=True, slots=True)
class Hardware:
    """What one banner shows, and the revision of the record that said so; 0 before the first."""

    banner: BannerId
    revision: int = 0
    display: Display | None = None


def receive(hardware: Hardware, revision: int, record: Banner | None, now: Instant) -> Hardware | None:
    """The hardware after a record, or None when the record is not newer than what is known.

    Without a record the banner is no more, and shows nothing.
    """
    if revision <= hardware.revision:
        return None
    display = None if record is None else showing(record, now)
    return Hardware(hardware.banner, revision, display)


def clear(hardware: Hardware, now: Instant) -> Hardware | None:
    """The hardware after its display has ended by its own clock, or None when nothing has ended."""
    if hardware.display is None or now < hardware.display.until:
        return None
    return replace(hardware, display=None)


def report(hardware: Hardware, now: Instant) -> Reported:
    """What the hardware says that it shows."""
    display = None if hardware.display is None else hardware.display.id
    return Reported(display_id=display, revision=hardware.revision, at=now)


def heartbeats_due(seconds: float, banners: int) -> int:
    """How many heartbeats that many banners together have sent after so long, evenly spread."""
    return int(seconds / HEARTBEAT_SECONDS * banners)
