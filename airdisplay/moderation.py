"""What operators do about texts, as sentences: say yes or no to those that wait for it, and block words."""

from airdisplay.wording import fate
from airdisplay_client import AirDisplay
from shared.contracts.views import DisplayView
from shared.mesh import clock


async def set_approval(air: AirDisplay, banner: str, *, required: bool) -> str:
    """Let every text on a banner wait for a yes, or none; tells that it is so."""
    if required:
        await air.require_approval(banner)
    else:
        await air.waive_approval(banner)
    return f"on {banner}, texts {'wait for a yes' if required else 'show at once'} from now on"


async def pending(air: AirDisplay, banner: str | None) -> list[DisplayView]:
    """What waits for a yes, on one banner or on all."""
    return [view async for view in air.pending(banner)]


async def approve(air: AirDisplay, display_id: str) -> str:
    """Say yes to a text; tells what has become of it."""
    return fate(await air.approve(display_id), "any free banner", clock.now())


async def reject(air: AirDisplay, display_id: str, reason: str) -> str:
    """Say no to a text; tells what has become of it."""
    return fate(await air.reject(display_id, reason), "any free banner", clock.now())


async def block(air: AirDisplay, word: str) -> str:
    """Block a word; tells that it is."""
    await air.block(word)
    return f"“{word}” is blocked"


async def unblock(air: AirDisplay, word: str) -> str:
    """Unblock a word; tells that it is not blocked any more."""
    await air.unblock(word)
    return f"“{word}” is not blocked any more"
