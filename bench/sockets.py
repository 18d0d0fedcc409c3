"""Many WebSocket viewers in one process at little cost: they count frames and do not look into them."""

import asyncio
import base64
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, cast

_SHORT: Final = 126
_LONG: Final = 127


class Counted(asyncio.Protocol):
    """One connection; knows how many frames it has received, and the last one if it was asked to keep it."""

    def __init__(self, path: str) -> None:
        self.frames = 0
        self.bytes = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._path = path
        self._buffer = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has a class of its own
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._buffer[: end + 4]
            self._upgraded = True
            self.ready.set_result(None)
        self._count()

    def send(self, text: str) -> None:
        """Send a short text frame; the mask is zero, which the protocol allows."""
        data = text.encode()
        assert len(data) < _SHORT
        assert self._transport is not None
        self._transport.write(bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)

    def abort(self) -> None:
        """Leave without a word."""
        assert self._transport is not None
        self._transport.abort()

    def _count(self) -> None:
        buffer, at, available = self._buffer, 0, len(self._buffer)
        while available - at >= 2:
            length, head = buffer[at + 1], 2
            if length == _SHORT:
                length, head = int.from_bytes(buffer[at + 2 : at + 4]), 4
            elif length == _LONG:
                length, head = int.from_bytes(buffer[at + 2 : at + 10]), 10
            if available - at < head + length:
                break
            at += head + length
            self.frames += 1
            self.bytes += length
        del buffer[:at]


@asynccontextmanager
async def sockets(port: int, count: int, first: str | None = None) -> AsyncGenerator[list[Counted]]:
    """So many open live channels; each sends `first`."""
    loop = asyncio.get_running_loop()
    opened: list[Counted] = []
    for _ in range(count):
        _, protocol = await loop.create_connection(lambda: Counted("/v1/live"), "127.0.0.1", port)
        await protocol.ready
        if first:
            protocol.send(first)
        opened.append(protocol)
    try:
        yield opened
    finally:
        for protocol in opened:
            protocol.abort()


async def frames_in(opened: list[Counted], seconds: float) -> tuple[int, int]:
    """How many frames and bytes arrive at all of them in that time."""
    frames, size = sum(each.frames for each in opened), sum(each.bytes for each in opened)
    await asyncio.sleep(seconds)
    return (sum(each.frames for each in opened) - frames, sum(each.bytes for each in opened) - size)
