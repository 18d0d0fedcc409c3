"""A small HTTP client that costs little: keep-alive connections, one request at a time on each."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final, cast

import httptools

CONNECTIONS: Final = 128


class Connection(asyncio.Protocol):
    """One keep-alive connection; sends the next request when an answer is complete."""

    def __init__(self, requests: Iterator[bytes], statuses: "Counter[int]", until: float) -> None:
        self._requests = requests
        self._statuses = statuses
        self._until = until
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has a class of its own
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """An answer has come."""
        self._statuses[self._parser.get_status_code()] += 1
        self._parser = httptools.HttpResponseParser(self)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        assert self._transport is not None
        if time.monotonic() >= self._until:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(next(self._requests))


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """A POST request with a JSON body; each of the headers ends its line."""
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{headers}"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def drive(
    port: int, requests: Iterator[bytes], *, seconds: float, connections: int = CONNECTIONS
) -> "Counter[int]":
    """Send requests as fast as they are answered, for that long; returns how many had which status."""
    statuses: Counter[int] = Counter()
    until = time.monotonic() + seconds
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Connection(requests, statuses, until), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    return statuses
