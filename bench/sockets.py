"""Many WebSocket viewers in one process at little cost: they count frames and hardly look into them."""

import asyncio
import base64
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final, cast

_SHORT: Final = 126
_LONG: Final = 127
_IN_EACH_BANNER: Final = b'"queue_length":'


class Counted(asyncio.Protocol):
    """One connection; counts the frames that it has received, and if it shall, the banners in them."""

    def __init__(self, path: str, *, counts_banners: bool = False) -> None:
        self.frames = 0
        self.bytes = 0
        self.banners = 0
        self.on_frame: Callable[[bytes], None] | None = None
        """Called with every frame, for as long as it is set."""
        self.on_lost: Callable[[], None] | None = None
        self._counts_banners = counts_banners
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._path = path
        self._buffer = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has a class of its own
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self.abort()
                return
            del self._buffer[: end + 4]
            self._upgraded = True
            self.ready.set_result(None)
        self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("refused"))
        if self.on_lost is not None:
            self.on_lost()

    def send(self, text: str) -> None:
        """Send a text frame; the mask is zero, which the protocol allows."""
        data = text.encode()
        assert self._transport is not None
        head = bytes([0x81, 0x80 | len(data)])
        if len(data) >= _SHORT:
            head = bytes([0x81, 0x80 | _SHORT]) + len(data).to_bytes(2)
        self._transport.write(head + bytes(4) + data)

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
            if self._counts_banners:
                self.banners += buffer.count(_IN_EACH_BANNER, at + head, at + head + length)
            if self.on_frame is not None:
                self.on_frame(bytes(buffer[at + head : at + head + length]))
            at += head + length
            self.frames += 1
            self.bytes += length
        del buffer[:at]


async def connected(port: int, *, counts_banners: bool = False) -> Counted:
    """One open live channel.

    Raises:
        OSError: nobody is there, or it is refused.
    """
    _, protocol = await asyncio.get_running_loop().create_connection(
        lambda: Counted("/v1/live", counts_banners=counts_banners), "127.0.0.1", port
    )
    await protocol.ready
    return protocol


@asynccontextmanager
async def sockets(
    port: int, count: int, first: str | None = None, *, counts_banners: bool = False
) -> AsyncGenerator[list[Counted]]:
    """So many open live channels; each sends `first`."""
    opened: list[Counted] = []
    for _ in range(count):
        protocol = await connected(port, counts_banners=counts_banners)
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
