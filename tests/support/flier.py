"""`python -m tests.support.flier`: devices that fly through gaps, repetitions, delays and reboots.

Reads one JSON value a line on standard input: first its `Orders`, then `"calm"` (no more faults),
`"state"` (answered with what each panel shows) and `"notes"` (answered with all that was noted).
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import anyio
import msgspec
from anyio.abc import TaskGroup

from airdisplay_device import Device, Line, Machine, NatsLine
from airdisplay_device.clock import wall_ms
from airdisplay_device.line import OnMessage, Undo
from shared.contracts.banner import Display
from shared.contracts.hardware import StateMessage
from shared.contracts.identity import BannerId
from tests.support.panel_judge import Noted, Notes, Stall
from tests.support.relay import Relay, running_relay

_TICK_SECONDS: Final = 0.005
_STALL_MS: Final = 2
_SKEW_MS: Final = 200
_CLOCKLESS: Final = 0.1
_REPEATED: Final = 0.1
_DELAYED: Final = 0.1
_AT_MOST_LATER_SECONDS: Final = 1.0
_GAP_SECONDS: Final = (0.02, 1.5)


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of devices is to do."""

    seed: int
    port: int
    """Of NATS."""
    own: dict[BannerId, str]
    """Banners with connections of their own, and their credentials."""
    shared: list[list[BannerId]]
    """Banners that share a connection each."""
    fleet: str
    """The credentials of those."""
    faults_a_second: float
    broken: str = ""
    """All of them ignore `until`, or take what is older."""


class IgnoresUntil(Machine):
    """Broken: clears only when it is told."""

    __slots__ = ()

    def showing(self, now_ms: int) -> Display | None:  # noqa: ARG002
        return self._display


class TakesOlder(Machine):
    """Broken: takes whatever comes."""

    __slots__ = ()

    def receive(self, message: StateMessage, revision: int | None = None) -> bool:
        self.newest = Machine(self.banner).newest
        return super().receive(message, revision)


MACHINES: Final[Mapping[str, type[Machine]]] = {
    "": Machine,
    "ignores until": IgnoresUntil,
    "takes older": TakesOlder,
}


class WildLine:
    """A line that brings some things late, and some of them twice."""

    def __init__(self, line: Line, fleet: "Fleet") -> None:
        self._line = line
        self._fleet = fleet

    @property
    def connected(self) -> bool:
        return self._line.connected

    def subscribe(self, subject: str, on_message: OnMessage) -> Undo:
        listening = True
        loop = asyncio.get_running_loop()

        def bring(data: bytes, revision: int | None) -> None:
            if listening:  # whoever started again has nothing to do with what was under way to it before
                on_message(data, revision)

        def take(data: bytes, revision: int | None) -> None:
            chance, wild = self._fleet.chance, self._fleet.wild
            later = chance.uniform(0, _AT_MOST_LATER_SECONDS)
            if wild and chance.random() < _DELAYED:
                loop.call_later(later, bring, data, revision)
                return
            bring(data, revision)
            if wild and chance.random() < _REPEATED:
                self._fleet.repeated += 1
                loop.call_later(later, bring, data, revision)

        end = self._line.subscribe(subject, take)

        def undo() -> None:
            nonlocal listening
            listening = False
            end()

        return undo

    def publish(self, subject: str, data: bytes) -> bool:
        return self._line.publish(subject, data)

    def on_connect(self, callback: Callable[[], None]) -> Undo:
        return self._line.on_connect(callback)

    async def flush(self) -> None:
        await self._line.flush()


class NotingPanel:
    """Notes what it shows, and when by the clock of its device."""

    def __init__(self, fleet: "Fleet", banner: BannerId, ahead_ms: int, *, timed: bool) -> None:
        self._fleet = fleet
        self._banner = banner
        self._ahead_ms = ahead_ms
        self._timed = timed

    def show(self, display: Display | None) -> None:
        self._fleet.noted.append(
            Noted(
                banner=self._banner,
                at_ms=wall_ms() + self._ahead_ms,
                display=display,
                ahead_ms=self._ahead_ms,
                timed=self._timed,
            )
        )


class Fleet:
    """All devices of the process."""

    def __init__(self, orders: Orders) -> None:
        self.chance = random.Random(orders.seed)
        self.wild = orders.faults_a_second > 0
        self.noted: list[Noted] = []
        self.repeated = self._gaps = self._reboots = 0
        self._orders = orders
        self._stalls: list[Stall] = []
        self._devices: dict[BannerId, tuple[Device, Callable[[], Device]]] = {}
        self._relays: list[Relay] = []

    async def fly(self, tasks: TaskGroup, stack: AsyncExitStack) -> None:
        """Bring up relays, connections and devices."""
        own = [([banner], path) for banner, path in self._orders.own.items()]
        shared = [(banners, self._orders.fleet) for banners in self._orders.shared]
        for banners, path in [*own, *shared]:
            relay = await stack.enter_async_context(running_relay(self._orders.port))
            self._relays.append(relay)
            line = NatsLine(relay.url, name=banners[0], credentials=Path(path), every_banner=len(banners) > 1)
            tasks.start_soon(line.run)
            for banner in banners:
                self._start(banner, self._build(banner, WildLine(line, self)))
        tasks.start_soon(self._trouble, tasks)
        self._watch(time.monotonic(), time.thread_time())

    def calm(self) -> None:
        """No more faults."""
        self.wild = False

    def state(self) -> dict[BannerId, str | None]:
        """The display that each panel shows, by its id; those that know nothing are left out."""
        return {
            banner: None if device.shown is None else device.shown.id
            for banner, (device, _) in self._devices.items()
            if device.knows and device.line.connected
        }

    def notes(self) -> Notes:
        """All that was noted so far."""
        return Notes(
            noted=self.noted,
            stalls=self._stalls,
            ended_ms=wall_ms(),
            gaps=self._gaps,
            reboots=self._reboots,
            repeated=self.repeated,
        )

    def _build(self, banner: BannerId, line: Line) -> Callable[[], Device]:
        """How this device comes up, the same in each of its lives."""
        ahead_ms = self.chance.randint(-_SKEW_MS, _SKEW_MS)
        timed = self.chance.random() >= _CLOCKLESS
        panel = NotingPanel(self, banner, ahead_ms, timed=timed)
        machine = MACHINES[self._orders.broken]

        def build() -> Device:
            clock = (lambda: wall_ms() + ahead_ms) if timed else None
            return Device(banner, line, panel, clock=clock, machine=machine(banner))

        return build

    def _start(self, banner: BannerId, build: Callable[[], Device]) -> None:
        device = build()
        self._devices[banner] = (device, build)
        device.start()

    async def _trouble(self, tasks: TaskGroup) -> None:
        """Gaps and reboots while it is wild; never returns."""
        while True:
            await anyio.sleep(self.chance.expovariate(self._orders.faults_a_second or 1))
            if not self.wild:
                continue
            if self.chance.random() < 0.5:
                banner = self.chance.choice(list(self._devices))
                device, build = self._devices[banner]
                device.stop()
                self._reboots += 1
                self._start(banner, build)
            elif idle := [relay for relay in self._relays if not relay.is_cut]:
                tasks.start_soon(self._gap, self.chance.choice(idle))

    async def _gap(self, relay: Relay) -> None:
        self._gaps += 1
        relay.cut()
        await anyio.sleep(self.chance.uniform(*_GAP_SECONDS))
        relay.mend()

    def _watch(self, monotonic: float, worked: float) -> None:
        """Note when the machine had no time for us: time that went by while we did not work."""
        now, working = time.monotonic(), time.thread_time()
        still_ms = 1000 * ((now - monotonic) - (working - worked) - _TICK_SECONDS)
        if still_ms > _STALL_MS:
            self._stalls.append(Stall(at_ms=wall_ms(), ms=round(still_ms)))
        asyncio.get_running_loop().call_later(_TICK_SECONDS, self._watch, now, working)


async def _obey() -> None:
    async def read() -> bytes:
        return await anyio.to_thread.run_sync(sys.stdin.buffer.readline)

    orders = msgspec.json.decode(await read(), type=Orders)
    fleet = Fleet(orders)
    async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
        await fleet.fly(tasks, stack)
        while line := await read():
            match msgspec.json.decode(line):
                case "calm":
                    fleet.calm()
                case "state":
                    _say(fleet.state())
                case _:
                    _say(fleet.notes())
        tasks.cancel_scope.cancel()


def _say(what: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    anyio.run(_obey, backend_options={"use_uvloop": True})
