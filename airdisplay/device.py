"""The shell of simulated hardware: one banner or thousands, over one connection.

It subscribes first and says hello then, so that nothing is missed between the two. After a reconnection it
reports again what it shows, because what it said meanwhile reached nobody.
"""

import heapq
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import anyio
import msgspec
import structlog

from airdisplay import instruments
from airdisplay.hardware import Hardware, clear, heartbeats_due, receive, report
from shared.contracts import subjects
from shared.contracts.banner import Display
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.hardware import HEARTBEAT_SECONDS, Presence, StateMessage
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS
from shared.mesh import clock
from shared.mesh.connection import Mesh
from shared.mesh.services import CODE_HEADER, Service, serve

NAME: Final = "hardware"

SUBSCRIPTIONS_AT_MOST: Final = 32
"""Above that many banners one subscription takes the states of all there are."""

_AT_ONCE: Final = 64
_ANSWER_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 0.25
_TICK_SECONDS: Final = 0.02
_LOOK_AT_THE_CLOCK_SECONDS: Final = 1.0
_TRY_AGAIN_CODES: Final = {"503", "504"}

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(StateMessage)

OnChange = Callable[[Hardware], None]
"""Takes the hardware of a banner that shows something else now."""


class _Message(Protocol):
    """As much of a message as is read here."""

    @property
    def subject(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def headers(self) -> dict[str, str] | None: ...


class Devices:
    """The hardware of some banners."""

    def __init__(self, mesh: Mesh, banners: Sequence[BannerId], on_change: OnChange) -> None:
        self._mesh = mesh
        self._hardware = {banner: Hardware(banner) for banner in banners}
        self._on_change = on_change
        self._deadlines: list[tuple[Instant, BannerId]] = []
        self._earlier = anyio.Event()
        self._connected = anyio.Event()
        self._connected.set()

    @property
    def connected(self) -> bool:
        """Whether the mesh is there."""
        return self._mesh.connected

    def showing(self, banner: BannerId) -> Display | None:
        """What a banner shows now."""
        return self._hardware[banner].display

    async def listen(self) -> None:
        """Subscribe to the states."""
        if len(self._hardware) > SUBSCRIPTIONS_AT_MOST:
            await self._mesh.subscribe(subjects.every_banner("state"), self._on_state)
            return
        for banner in self._hardware:
            await self._mesh.subscribe(subjects.banner(banner, "state"), self._on_state)

    def on_reconnect(self) -> None:
        """The connection is back."""
        self._connected.set()

    async def introduce(self) -> None:
        """Say who is here and what is shown, and ask for the state, after each connection; never returns."""
        while True:
            await self._connected.wait()
            self._connected = anyio.Event()
            waiting = iter(list(self._hardware))
            async with anyio.create_task_group() as tasks:
                for _ in range(min(_AT_ONCE, len(self._hardware))):
                    tasks.start_soon(self._introduce_each, waiting)

    async def beat(self) -> None:
        """Send heartbeats, those of many banners evenly spread over the time between two; never returns."""
        banners = list(self._hardware)
        started, sent = anyio.current_time(), 0
        while True:
            await anyio.sleep(max(HEARTBEAT_SECONDS / len(banners), _TICK_SECONDS))
            due = heartbeats_due(anyio.current_time() - started, len(banners))
            for turn in range(max(sent, due - len(banners)), due):
                await self._tell(banners[turn % len(banners)], "presence", Presence(at=clock.now()))
            sent = due

    async def measure(self) -> None:
        """Send what is measured, evenly spread over the time between two of a kind; never returns."""
        planes = [(banner, instruments.craft(banner)) for banner in self._hardware]
        turns = len(planes) * len(instruments.KINDS)
        started, sent = anyio.current_time(), 0
        while True:
            await anyio.sleep(max(MEASURED_EVERY_SECONDS / turns, _TICK_SECONDS))
            due = instruments.due(anyio.current_time() - started, len(planes))
            for turn in range(max(sent, due - turns), due):
                number, of_kind = divmod(turn % turns, len(instruments.KINDS))
                banner, plane = planes[number]
                kind = instruments.KINDS[of_kind]
                await self._publish(
                    subjects.telemetry(banner, kind), instruments.measure(plane, kind, clock.seconds())
                )
            sent = due

    async def clear(self) -> None:
        """Go dark at each deadline, by the clock of this process; never returns."""
        while True:
            await self._until_something_is_due()
            now = clock.now()
            while self._deadlines and self._deadlines[0][0] <= now:
                _, banner = heapq.heappop(self._deadlines)
                if (cleared := clear(self._hardware[banner], now)) is not None:
                    await self._become(cleared)

    async def _on_state(self, message: _Message) -> None:
        banner = subjects.parse_banner(message.subject).banner
        hardware = self._hardware.get(banner)
        if hardware is None:  # somebody else's
            return
        try:
            revision = int((message.headers or {})["Nats-Sequence"])
            record = _decoder.decode(message.data).state if message.data else None
        except (KeyError, ValueError, msgspec.MsgspecError) as error:
            log.warning("state not understood", banner=banner, problem=str(error))
            return
        if (received := receive(hardware, revision, record, clock.now())) is not None:
            await self._become(received)

    async def _become(self, hardware: Hardware) -> None:
        before = self._hardware[hardware.banner]
        self._hardware[hardware.banner] = hardware
        if hardware.display is not None:
            heapq.heappush(self._deadlines, (hardware.display.until, hardware.banner))
            self._earlier.set()
        if hardware.display != before.display:
            self._on_change(hardware)
        await self._report(hardware)

    async def _until_something_is_due(self) -> None:
        """Looks at the clock now and then, because clocks are set."""
        while not self._deadlines or self._deadlines[0][0] > clock.now():
            seconds = _LOOK_AT_THE_CLOCK_SECONDS
            if self._deadlines:
                left = milliseconds_between(clock.now(), self._deadlines[0][0]) / 1000
                seconds = min(max(left, 0.001), seconds)
            with anyio.move_on_after(seconds):
                await self._earlier.wait()
            self._earlier = anyio.Event()

    async def _introduce_each(self, waiting: Iterator[BannerId]) -> None:
        for banner in waiting:
            await self._tell(banner, "presence", Presence(at=clock.now()))
            if self._hardware[banner].revision:
                await self._report(self._hardware[banner])
            while not await self._heard(banner):
                await anyio.sleep(_RETRY_SECONDS)
            # Once more, now that the mesh is surely up: at a first start there was no stream for the other.
            await self._tell(banner, "presence", Presence(at=clock.now()))

    async def _heard(self, banner: BannerId) -> bool:
        """Say hello; whether the banner service took it, or has said that there is nothing to send."""
        try:
            answer = await self._mesh.requests.ask(
                subjects.banner(banner, "hello"), b"", timeout=_ANSWER_SECONDS
            )
        except (Unreachable, OutcomeUnknown):
            return False
        return (answer.headers or {}).get(CODE_HEADER) not in _TRY_AGAIN_CODES

    async def _report(self, hardware: Hardware) -> None:
        await self._tell(hardware.banner, "reported", report(hardware, clock.now()))

    async def _tell(self, banner: BannerId, kind: str, message: msgspec.Struct) -> None:
        await self._publish(subjects.banner(banner, kind), message)

    async def _publish(self, subject: str, message: msgspec.Struct) -> None:
        with suppress(Unreachable):  # it is told again once the connection is back
            await self._mesh.publish(subject, _encoder.encode(message))


@asynccontextmanager
async def simulated_hardware(
    mesh: Mesh, *, instance: str, banners: Sequence[BannerId], on_change: OnChange
) -> AsyncGenerator[Devices]:
    """Be the hardware of these banners until the block is left."""
    devices = Devices(mesh, banners, on_change)
    service = Service(NAME, instance, "shows what its banners show", facts=lambda: {"banners": len(banners)})
    await devices.listen()
    stop_listening = mesh.on_reconnect(devices.on_reconnect)
    try:
        async with serve(mesh, service), anyio.create_task_group() as tasks:
            for work in (devices.introduce, devices.beat, devices.measure, devices.clear):
                tasks.start_soon(work)
            yield devices
            tasks.cancel_scope.cancel()
    finally:
        stop_listening()
