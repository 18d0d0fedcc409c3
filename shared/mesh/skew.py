"""How far the clock of this process is from the server's: looked at before it serves, and every minute after.

Deadlines come from the clocks of processes, so one that is too far off does not start. One that drifts away
later says so in its log and in its statistics, where `airdisplay doctor` finds it; to end all instances of a
mesh because the server's own clock jumped would be worse.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio
import structlog

from shared.contracts.errors import NotFit, Unreachable
from shared.mesh import clock, streams
from shared.mesh.clock import SKEW_AT_MOST_SECONDS
from shared.mesh.connection import Mesh
from shared.mesh.streams import BANNERS, Kind

EVERY_SECONDS: Final = 60.0
"""How long a measurement is believed."""

log = structlog.get_logger()


class Skew:
    """What was measured last."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """By which this process's clock is ahead of the server's."""

    def facts(self) -> dict[str, Any]:
        """What stands in the statistics of the service."""
        return {"skew_seconds": round(self.seconds, 6)}

    def take(self, seconds: float) -> None:
        """What was measured now; said once when it leaves the limit."""
        if abs(self.seconds) <= SKEW_AT_MOST_SECONDS < abs(seconds):
            log.error("clock too far from the server's", skew_seconds=round(seconds, 3))
        self.seconds = seconds


@asynccontextmanager
async def known_skew(mesh: Mesh, kind: Kind = BANNERS) -> AsyncGenerator[Skew]:
    """Know the skew, measured again and again until the block is left.

    Raises:
        NotFit: this process's clock will not do.
        Unreachable: the server cannot be asked.
    """
    seconds = await measure_skew(mesh, kind)
    check_skew(seconds)
    skew = Skew(seconds)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_measure, mesh, kind, skew)
        yield skew
        tasks.cancel_scope.cancel()


async def measure_skew(mesh: Mesh, kind: Kind = BANNERS) -> float:
    """Seconds by which this process's clock is ahead of the server's, give or take half a round trip."""
    before = clock.seconds()
    server = (await streams.info(mesh, kind.stream)).server_seconds
    return (before + clock.seconds()) / 2 - server


def check_skew(skew: float) -> None:
    """Refuse to go on with a clock that is too far from the server's.

    Raises:
        NotFit: it is.
    """
    if abs(skew) > SKEW_AT_MOST_SECONDS:
        message = (
            f"the clock is {off(skew)} the server's: "
            f"at most {SKEW_AT_MOST_SECONDS:g} s are tolerated, because deadlines come from it"
        )
        raise NotFit(message)


def off(skew: float) -> str:
    """By how much and to which side, as people say it."""
    return f"{abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'}"


async def _measure(mesh: Mesh, kind: Kind, skew: Skew) -> None:
    while True:
        await anyio.sleep(EVERY_SECONDS)
        try:
            skew.take(await measure_skew(mesh, kind))
        except Unreachable:  # what was measured before still stands
            continue
