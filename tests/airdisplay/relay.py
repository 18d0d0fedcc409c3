"""A relay in front of a server: what goes through it can be cut off while the server lives on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream

from tests.support.ports import HOST


class Relay:
    """Passes connections on while it is open."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self._server_port = port
        self._open = True
        self._connections: set[anyio.CancelScope] = set()

    @property
    def url(self) -> str:
        """Where NATS seems to be."""
        return f"nats://{HOST}:{self.port}"

    def cut(self) -> None:
        """End all connections, and let no new ones through."""
        self._open = False
        for scope in self._connections:
            scope.cancel()

    def mend(self) -> None:
        """Let connections through again."""
        self._open = True

    async def serve(self, client: SocketStream) -> None:
        """Pass one connection on until either end is done."""
        async with client:
            if not self._open:
                return
            with anyio.CancelScope() as scope:
                self._connections.add(scope)
                async with await anyio.connect_tcp(HOST, self._server_port) as server:
                    await self._both_ways(client, server, scope)
            self._connections.discard(scope)

    async def _both_ways(self, client: ByteStream, server: ByteStream, scope: anyio.CancelScope) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_pass_on, client, server, scope)
            tasks.start_soon(_pass_on, server, client, scope)


@asynccontextmanager
async def running_relay(port: int) -> AsyncGenerator[Relay]:
    """A relay to that port, until the block is left."""
    relay = Relay(port)
    async with (
        await anyio.create_tcp_listener(local_host=HOST) as listener,
        anyio.create_task_group() as tasks,
    ):
        relay.port = int(listener.extra(SocketAttribute.local_port))  # noqa: S610 (not of Django)
        tasks.start_soon(listener.serve, relay.serve)
        yield relay
        tasks.cancel_scope.cancel()


async def _pass_on(source: ByteStream, target: ByteStream, scope: anyio.CancelScope) -> None:
    try:
        async for data in source:
            await target.send(data)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass
    scope.cancel()
