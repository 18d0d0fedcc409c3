"""The radio of one plane: a line that can fall silent for a while, as behind a mountain."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from airdisplay_device import NatsLine
from airdisplay_device.line import OnMessage, Undo

_CLOSED_SECONDS: Final = 1.5
"""A line that ends closes its connection within a second."""


class Radio(ABC):
    """A `Line` on another one. While it is silent nothing is sent and nothing is heard."""

    def __init__(self, line: NatsLine) -> None:
        self.line = line
        self.silent = False

    @property
    def connected(self) -> bool:
        """Whether it is heard at the other end right now."""
        return not self.silent and self.line.connected

    @abstractmethod
    def fall_silent(self) -> None:
        """Be out of reach from now on."""

    @abstractmethod
    def speak(self) -> None:
        """Be within reach again, unless it is."""

    async def hang_up(self) -> None:
        """Be out of reach for good."""
        self.silent = True

    def subscribe(self, subject: str, on_message: OnMessage) -> Undo:
        """Have `on_message` called for what comes there while it is within reach."""

        def hear(data: bytes, revision: int | None) -> None:
            if not self.silent:
                on_message(data, revision)

        return self.line.subscribe(subject, hear)

    def publish(self, subject: str, data: bytes) -> bool:
        """Send, unless it is out of reach."""
        return not self.silent and self.line.publish(subject, data)

    def on_connect(self, callback: Callable[[], None]) -> Undo:
        """Have `callback` called whenever it comes within reach."""
        return self.line.on_connect(callback)

    async def flush(self) -> None:
        """Wait until what was sent has left, or cannot any more."""
        await self.line.flush()


class OwnRadio(Radio):
    """With a connection of its own: silence closes it, and a new one is made when it ends."""

    def __init__(self, line: NatsLine, tasks: asyncio.TaskGroup) -> None:
        super().__init__(line)
        self._tasks = tasks
        self._running = tasks.create_task(line.run())

    def fall_silent(self) -> None:
        """Close the connection, once what was said has left."""
        if not self.silent:
            self.silent = True
            self._tasks.create_task(self._close(self._running))

    def speak(self) -> None:
        """Connect anew."""
        if self.silent:
            self.silent = False
            self._running = self._tasks.create_task(self._run_after(self._running))

    async def hang_up(self) -> None:
        """Close the connection at once."""
        await super().hang_up()
        await self._end(self._running)

    async def _close(self, running: asyncio.Task[None]) -> None:
        await self.line.flush()
        await self._end(running)

    async def _run_after(self, before: asyncio.Task[None]) -> None:
        await asyncio.wait([before])
        await self.line.run()

    async def _end(self, running: asyncio.Task[None]) -> None:
        """Asked once, nats-py may go on connecting: on Python 3.11 its `wait_for` swallows a cancellation."""
        while not running.done():
            running.cancel()
            await asyncio.wait([running], timeout=_CLOSED_SECONDS)


class SharedRadio(Radio):
    """On a connection that others have as well: it goes deaf and mute, and nobody else does."""

    def __init__(self, line: NatsLine) -> None:
        super().__init__(line)
        self._callbacks: dict[object, Callable[[], None]] = {}

    def on_connect(self, callback: Callable[[], None]) -> Undo:
        """Have `callback` called at each connection and after each silence."""
        own = object()
        self._callbacks[own] = callback

        def call() -> None:
            if not self.silent:
                callback()

        undo = self.line.on_connect(call)

        def forget() -> None:
            del self._callbacks[own]
            undo()

        return forget

    def fall_silent(self) -> None:
        """Hear and say nothing."""
        self.silent = True

    def speak(self) -> None:
        """Say anew how it is, and ask what was missed."""
        if self.silent:
            self.silent = False
            if self.line.connected:
                for callback in tuple(self._callbacks.values()):
                    callback()
