"""Devices in tests: a line that is played by hand, and panels that note what they showed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from airdisplay_device.line import OnMessage, Undo
from shared.contracts.banner import Display


class Said(NamedTuple):
    """What a device sent: the last part of the subject, and what it said."""

    kind: str
    told: Any


class HandLine:
    """A line whose other end is the test."""

    def __init__(self) -> None:
        self.connected = False
        self.said: list[Said] = []
        self._callbacks: dict[str, OnMessage] = {}
        self._on_connect: list[Callable[[], None]] = []

    def subscribe(self, subject: str, on_message: OnMessage) -> Undo:
        self._callbacks[subject] = on_message

        def undo() -> None:
            self._callbacks.pop(subject, None)

        return undo

    def publish(self, subject: str, data: bytes) -> bool:
        if self.connected:
            told = msgspec.json.decode(data) if data else None
            self.said.append(Said(subject.split(".", 3)[3], told))
        return self.connected

    def on_connect(self, callback: Callable[[], None]) -> Undo:
        self._on_connect.append(callback)
        return lambda: self._on_connect.remove(callback)

    async def flush(self) -> None:
        pass

    def connect(self) -> None:
        """A server is there."""
        self.connected = True
        for callback in list(self._on_connect):
            callback()

    def lose(self) -> None:
        """Nobody is there any more."""
        self.connected = False

    def bring(self, subject: str, data: bytes, revision: int | None = None) -> None:
        """Something comes; nobody hears it who did not subscribe."""
        if (on_message := self._callbacks.get(subject)) is not None:
            on_message(data, revision)

    def kinds(self) -> list[str]:
        """What was said since this was asked last."""
        said, self.said = self.said, []
        return [each.kind for each in said]


class NotingPanel:
    """Notes what it shows, one after the other."""

    def __init__(self) -> None:
        self.noted: list[Display | None] = []

    def show(self, display: Display | None) -> None:
        self.noted.append(display)

    @property
    def texts(self) -> list[str | None]:
        """The texts, None where it was dark."""
        return [None if each is None else each.text for each in self.noted]
