"""The simulated fleet on the mesh: hardware that flies, measures, and is out of reach now and then.

Each plane is a device as anybody would build one, on a radio that can fall silent. Where the connection is
the plane's own, silence closes it; of a connection that many share, that plane alone goes deaf and mute.
"""

import asyncio
import heapq
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import anyio
import structlog

from airdisplay.lines import Lines
from airdisplay.planes.flight import Plane, plane
from airdisplay.planes.mishaps import WEATHERS, Kind, Severity, next_change, outage
from airdisplay.planes.radio import OwnRadio, Radio, SharedRadio
from airdisplay.planes.senses import KINDS, measure
from airdisplay_device import Device, Panel
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS
from shared.mesh import clock

MEASURED_A_SECOND_AT_MOST: Final = 300
"""How many measurements one process sends in a second; those of more planes come more seldom."""

_TICK_SECONDS: Final = 0.02
_OFF: Final[frozenset[Kind | None]] = frozenset({"landed", "rebooting"})

log = structlog.get_logger()


class Craft:
    """A plane with what it carries: the device and its radio."""

    def __init__(self, flown: Plane, radio: Radio, panel: Panel, tasks: asyncio.TaskGroup) -> None:
        self.plane = flown
        self.radio = radio
        self.out: Kind | None = None
        """Why nothing is heard of it, if so."""
        self._panel = panel
        self._tasks = tasks
        self._switch_on()

    def become(self, out: Kind | None) -> None:
        """Be out of reach, for this reason, or be back."""
        before, self.out = self.out, out
        if out in _OFF and before not in _OFF:
            if out == "landed":
                self.device.leave(out)
            self._running.cancel()
        if out not in _OFF and before in _OFF:
            self._switch_on()
        if out is None:
            self.radio.speak()
        else:
            self.radio.fall_silent()

    def leave(self) -> None:
        """Say goodbye for good."""
        self.device.leave("switched off")
        self._running.cancel()

    def _switch_on(self) -> None:
        """A device that remembers nothing from before."""
        self.device = Device(self.plane.banner, self.radio, self._panel)
        self._running = self._tasks.create_task(self.device.run())


class Fleet:
    """The planes of one process. `flying` makes one."""

    def __init__(self, crafts: Mapping[BannerId, Craft], severity: Severity, begins: float) -> None:
        self.crafts = crafts
        self._weather = WEATHERS[severity]
        self._began = asyncio.get_running_loop().time() - begins

    @property
    def seconds(self) -> float:
        """Since the fleet began."""
        return asyncio.get_running_loop().time() - self._began

    async def suffer(self) -> None:
        """Let go wrong what goes wrong, when it does; never returns."""
        crafts = list(self.crafts.values())
        upcoming = [(0.0, number) for number in range(len(crafts))]
        while True:
            at, number = upcoming[0]
            await asyncio.sleep(min(max(at - self.seconds, 0), MEASURED_EVERY_SECONDS))
            if (now := self.seconds) < at:
                continue
            craft = crafts[number]
            found = outage(craft.plane, self._weather, now)
            if (kind := found and found.kind) != craft.out:
                log.debug(
                    "out of reach" if kind else "back", banner=craft.plane.banner, why=kind or craft.out
                )
                craft.become(kind)
            heapq.heapreplace(upcoming, (self._next_change(craft, now), number))

    async def measure(self) -> None:
        """Send what is measured, evenly spread over the time between two of a kind; never returns."""
        crafts = list(self.crafts.values())
        turns = len(crafts) * len(KINDS)
        sent = measured(self.seconds, len(crafts))
        while True:
            await asyncio.sleep(max(MEASURED_EVERY_SECONDS / turns, _TICK_SECONDS))
            now = self.seconds
            due = measured(now, len(crafts))
            for turn in range(max(sent, due - turns), due):
                number, of_kind = divmod(turn % turns, len(KINDS))
                craft, kind = crafts[number], KINDS[of_kind]
                if craft.out is None:
                    value = measure(craft.plane, self._weather, kind, now, clock.seconds())
                    craft.device.measure(kind, value)
            sent = due

    def _next_change(self, craft: Craft, seconds: float) -> float:
        return max(next_change(craft.plane, self._weather, seconds), seconds + _TICK_SECONDS)


def measured(seconds: float, planes: int) -> int:
    """How many measurements that many planes together have sent after so long."""
    a_second = min(len(KINDS) * planes / MEASURED_EVERY_SECONDS, MEASURED_A_SECOND_AT_MOST)
    return int(seconds * a_second)


@asynccontextmanager
async def flying(
    connections: Lines,
    panel: Callable[[BannerId], Panel],
    *,
    seed: int,
    severity: Severity,
    begins: float = 0.0,
) -> AsyncGenerator[Fleet]:
    """Fly the banners of these connections until the block is left; then all of them say goodbye.

    Args:
        connections: nobody runs them yet.
        panel: where each banner shows.
        seed: what happens follows from it.
        severity: how much goes wrong.
        begins: how many seconds of the run are over before.
    """
    async with asyncio.TaskGroup() as tasks:
        carried = Counter(connections.of.values())
        shared = [line for line in connections.all if carried[line] > 1]
        kept = [tasks.create_task(line.run()) for line in shared]
        radios = {
            banner: SharedRadio(line) if line in shared else OwnRadio(line, tasks)
            for banner, line in connections.of.items()
        }
        crafts = {
            banner: Craft(plane(seed, banner), radio, panel(banner), tasks)
            for banner, radio in radios.items()
        }
        fleet = Fleet(crafts, severity, begins)
        kept += [tasks.create_task(fleet.suffer()), tasks.create_task(fleet.measure())]
        log.info("flying", planes=len(crafts), shared_lines=len(shared), seed=seed, faults=severity)
        try:
            yield fleet
        finally:
            with anyio.CancelScope(shield=True):
                for craft in crafts.values():
                    craft.leave()
                await asyncio.gather(*(line.flush() for line in connections.all))
                await asyncio.gather(*(radio.hang_up() for radio in radios.values()))
            for task in kept:
                task.cancel()
