"""The shell of a device: one banner on a line, with its panel and its timers.

It subscribes, says hello until a record comes, shows what the machine says, reports, and sends heartbeats.
It has no task and no queue of its own, so that thousands fit into one process: all that happens is a message,
a connection, or one of three timers of the loop.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from airdisplay_device.clock import running_ms, wall_ms
from airdisplay_device.line import Line, Undo
from airdisplay_device.machine import LearnedTime, Machine
from shared.contracts import subjects
from shared.contracts.banner import Display
from shared.contracts.errors import UNDECODABLE
from shared.contracts.hardware import HEARTBEAT_SECONDS, Presence, StateMessage
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, instant

HELLO_AGAIN_SECONDS: Final = (0.25, 5.0)
"""How long to wait for a record after the first hello, and after many."""

STILL_RIGHT_SECONDS: Final = 600.0
"""After this long a device says hello although it misses nothing; clocks that are learned need that."""

_LOOK_AT_THE_CLOCK_SECONDS: Final = 1.0

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(StateMessage)


class Panel(Protocol):
    """What people see from the ground."""

    def show(self, display: Display | None, /) -> None:
        """Show this from now on, or nothing. Must be quick."""
        ...


class Device:
    """The hardware of one banner.

    Args:
        banner: which one.
        line: how it is connected; may carry other devices as well.
        panel: where it shows.
        clock: the time of day in milliseconds after 1970; None for hardware that has none.
        heartbeat_seconds: between two heartbeats.
        machine: what it goes by; a new one unless given.
    """

    __slots__ = (
        "_asked_ms",
        "_beat",
        "_clock",
        "_due",
        "_ended",
        "_heartbeat_seconds",
        "_hello",
        "_learned",
        "_loop",
        "_machine",
        "_panel",
        "_pause",
        "_undo",
        "banner",
        "line",
        "passed_over",
        "shown",
    )

    def __init__(
        self,
        banner: BannerId,
        line: Line,
        panel: Panel,
        *,
        clock: Callable[[], int] | None = wall_ms,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        machine: Machine | None = None,
    ) -> None:
        self.banner = banner
        self.shown: Display | None = None
        """What the panel shows."""
        self.passed_over = 0
        """How many messages came that are no record of this banner."""
        self.line = line
        self._panel = panel
        self._clock = clock
        self._learned = LearnedTime()
        self._heartbeat_seconds = heartbeat_seconds
        self._machine = machine or Machine(banner)
        self._asked_ms: int | None = None
        self._pause = HELLO_AGAIN_SECONDS[0]
        self._undo: tuple[Undo, ...] = ()
        self._beat: asyncio.TimerHandle | None = None
        self._hello: asyncio.TimerHandle | None = None
        self._due: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Future[None] | None = None

    @property
    def now_ms(self) -> int:
        """Milliseconds after 1970 by the clock that this device goes by; 0 while it has learned none."""
        return self._learned.at(running_ms()) if self._clock is None else self._clock()

    @property
    def knows(self) -> bool:
        """Whether any record has come since it started."""
        return self._machine.knows

    async def run(self) -> None:
        """Be the hardware until cancelled; the panel is dark after that.

        Raises:
            Exception: what the panel raised.
        """
        self._ended = asyncio.get_running_loop().create_future()
        self.start()
        try:
            await self._ended
        finally:
            self.stop()

    def start(self) -> None:
        """Be the hardware from now on; within a running loop."""
        self._loop = asyncio.get_running_loop()
        subject = subjects.banner(self.banner, "state")
        self._undo = (
            self.line.subscribe(subject, self._on_state),
            self.line.on_connect(self._on_connect),
        )
        if self.line.connected:
            self._on_connect()

    def stop(self) -> None:
        """Be it no more, without a word, as when the power goes."""
        for undo in self._undo:
            undo()
        self._undo = ()
        for timer in (self._beat, self._hello, self._due):
            if timer is not None:
                timer.cancel()
        self._beat = self._hello = self._due = None
        self._put(None)

    def leave(self, why: str) -> None:
        """Say goodbye, so that the banner is offline at once, and be the hardware no more.

        It has left once the line is flushed.
        """
        self._tell("presence", Presence(at=self._at(), leaving=why))
        self.stop()

    def measure(self, kind: str, value: msgspec.Struct | dict[str, object]) -> bool:
        """Tell a measurement; False where it went nowhere, because there is no connection."""
        return self.line.publish(subjects.telemetry(self.banner, kind), _encoder.encode(value))

    def _on_connect(self) -> None:
        """Also after each gap: what was said meanwhile reached nobody, and what came was missed."""
        self._pause = HELLO_AGAIN_SECONDS[0]
        self._asked_ms = None
        self._say_hello()
        self._heartbeat()
        if self.knows:
            self._report()

    def _on_state(self, data: bytes, revision: int | None) -> None:
        if not data:
            self._machine.gone()
            self._look_again()
            return
        try:
            message = _decoder.decode(data)
        except UNDECODABLE as error:
            self._pass_over(str(error))
            return
        if message.state.id != self.banner:
            self._pass_over(f"it is of {message.state.id}")
            return
        self._learned.hear(message, running_ms(), self._asked_ms)
        self._asked_ms = None
        self._machine.receive(message, revision)
        self._hello = self._after(self._hello, STILL_RIGHT_SECONDS, self._say_hello)
        self._look()
        # Taken or not: whoever sent it may not have heard what shows.
        self._report()

    def _pass_over(self, why: str) -> None:
        """The first is told loudly; whoever sends one sends many."""
        self.passed_over += 1
        level = logging.WARNING if self.passed_over == 1 else logging.DEBUG
        log.log(level, "passed over what is no record of %s: %s", self.banner, why)

    def _look(self) -> bool:
        """Show what is to be shown now, and see to it that it ends; whether that is something else."""
        now_ms = self.now_ms
        changed = self._put(self._machine.showing(now_ms))
        left_ms = self._machine.left_ms(now_ms)
        if left_ms is not None:
            # Now and then it looks before that, because clocks are set.
            seconds = min(left_ms / 1000, _LOOK_AT_THE_CLOCK_SECONDS)
            self._due = self._after(self._due, seconds, self._look_again)
        return changed

    def _look_again(self) -> None:
        if self._look():
            self._report()

    def _put(self, display: Display | None) -> bool:
        if display == self.shown:
            return False
        self.shown = display
        self._panel.show(display)
        return True

    def _say_hello(self) -> None:
        """And again until a record comes: nobody answers for a banner that is not registered yet."""
        if self._asked_ms is None:
            self._asked_ms = running_ms()
        self.line.publish(subjects.banner(self.banner, "hello"), b"")
        self._hello = self._after(self._hello, self._pause * random.uniform(0.8, 1.2), self._say_hello)  # noqa: S311
        self._pause = min(2 * self._pause, HELLO_AGAIN_SECONDS[1])

    def _heartbeat(self) -> None:
        self._tell("presence", Presence(at=self._at()))
        self._beat = self._after(self._beat, self._heartbeat_seconds, self._heartbeat)

    def _report(self) -> None:
        self._tell("reported", self._machine.report(self.now_ms, self._at()))

    def _tell(self, kind: str, message: msgspec.Struct) -> None:
        self.line.publish(subjects.banner(self.banner, kind), _encoder.encode(message))

    def _at(self) -> Instant | None:
        """The time of day; a clock that was learned is not told to those who it was learned from."""
        return None if self._clock is None else instant(self._clock())

    def _after(
        self, before: asyncio.TimerHandle | None, seconds: float, work: Callable[[], None]
    ) -> asyncio.TimerHandle:
        """Do it then, instead of what was to be done before."""
        if before is not None:
            before.cancel()
        assert self._loop is not None, "not started"
        return self._loop.call_later(seconds, self._carefully, work)

    def _carefully(self, work: Callable[[], None]) -> None:
        """In a timer nobody would hear of what goes wrong; `run` does."""
        try:
            work()
        except Exception as error:
            if self._ended is None or self._ended.done():
                raise
            self._ended.set_exception(error)
