"""A hand for tests in other languages: they say what is to be done to the mesh, one line a connection."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import anyio
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

Command = Callable[[str], Awaitable[None]]

_HOST: Final = "127.0.0.1"
_LINE_BYTES: Final = 256


@asynccontextmanager
async def control(commands: Mapping[str, Command]) -> AsyncGenerator[str]:
    """Take lines such as `kill gateway-0` until the block is left; yields where to connect."""

    async def serve(stream: SocketStream) -> None:
        async with stream:
            line = await BufferedByteReceiveStream(stream).receive_until(b"\n", _LINE_BYTES)
            name, _, of_what = line.decode().partition(" ")
            await commands[name](of_what)
            await stream.send(b"done\n")

    listener = await anyio.create_tcp_listener(local_host=_HOST)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        port = listener.extra(SocketAttribute.local_port)  # noqa: S610 (no database)
        yield f"{_HOST}:{port}"
        tasks.cancel_scope.cancel()
