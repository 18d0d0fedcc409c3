"""A way to a server that can be cut, for one of its clients only: then nobody is found at its end."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ByteStream, Listener, SocketStream, TaskStatus

from tests.support.ports import HOST, free_port


class Relay:
    """Passes connections on while it is not cut. The address stays the same."""

    def __init__(self, server_port: int) -> None:
        self.port = free_port()
        self._server_port = server_port
        self._cut = anyio.Event()
        self._mended = anyio.Event()

    @property
    def url(self) -> str:
        """Where NATS seems to be."""
        return f"nats://{HOST}:{self.port}"

    @property
    def is_cut(self) -> bool:
        """Whether nobody gets through."""
        return self._cut.is_set()

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        self._mended = anyio.Event()
        self._cut.set()

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = anyio.Event()
        self._mended.set()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Pass on, until it is cut and for as long as it is mended again; never returns."""
        while True:
            async with await self._listen() as listener, anyio.create_task_group() as tasks:
                tasks.start_soon(listener.serve, self._pass_on)
                task_status.started()
                await self._cut.wait()
                tasks.cancel_scope.cancel()
            await self._mended.wait()
            task_status = anyio.TASK_STATUS_IGNORED

    async def _listen(self) -> Listener[SocketStream]:
        while True:
            try:
                listener = await anyio.create_tcp_listener(local_host=HOST, local_port=self.port)
            except OSError:  # somebody has it; later it may not change any more
                assert not self._mended.is_set(), "the port was taken while it was cut"
                self.port = free_port()
            else:
                return listener.listeners[0]

    async def _pass_on(self, client: SocketStream) -> None:
        async with client:
            try:
                server = await anyio.connect_tcp(HOST, self._server_port)
            except OSError:  # it is down: nobody is at this end either
                return
            async with server, anyio.create_task_group() as tasks:
                tasks.start_soon(_one_way, client, server, tasks.cancel_scope)
                tasks.start_soon(_one_way, server, client, tasks.cancel_scope)


@asynccontextmanager
async def running_relay(server_port: int) -> AsyncGenerator[Relay]:
    """A way to that server, until the block is left."""
    relay = Relay(server_port)
    async with anyio.create_task_group() as tasks:
        await tasks.start(relay.run)
        yield relay
        tasks.cancel_scope.cancel()


async def _one_way(source: ByteStream, target: ByteStream, both: anyio.CancelScope) -> None:
    try:
        async for data in source:
            await target.send(data)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass
    both.cancel()
