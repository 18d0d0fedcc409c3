"""A bare broadcast: uvicorn, a set of sockets, and a loop that sends one frame to each, as fast as it can."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bench.bare import serve

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Broadcast:
    """The application; frames of so many bytes leave once so many viewers are there."""

    def __init__(self, wanted: int, size: int) -> None:
        self._wanted = wanted
        self._message = {"type": "websocket.send", "text": "x" * size}
        self._sends: set[Send] = set()
        self._loop: asyncio.Task[None] | None = None

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send
    ) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        self._sends.add(send)
        if self._loop is None and len(self._sends) == self._wanted:
            self._loop = asyncio.ensure_future(self._broadcast())
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self._sends.discard(send)

    async def _broadcast(self) -> None:
        while self._sends:
            for send in tuple(self._sends):
                await send(self._message)
            await asyncio.sleep(0)


if __name__ == "__main__":
    serve(Broadcast(int(sys.argv[2]), int(sys.argv[3])), int(sys.argv[1]))
