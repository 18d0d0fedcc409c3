"""uvicorn inside our own task group, under our own signals.

Left alone, uvicorn takes SIGTERM for itself and raises it again at its end, so nothing after it drains,
and an application whose feed has crashed goes on answering 200. Here the runner owns the signals, and
leaving the block stops the server: no new connections, those under way are finished.
"""

import socket
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import anyio
import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from services.gateway.connections import DEFAULT_BOUNDS, Bounds, OnRefused, bounded
from shared.contracts.errors import NotFit
from shared.contracts.live import FRAME_BYTES_AT_MOST

DRAIN_SECONDS: Final = 5
_BACKLOG: Final = 2048
FRAGMENTS_AT_MOST: Final = 256


def _uncounted(_reason: str) -> None:
    """Where nobody counts who was refused."""


class _Server(uvicorn.Server):
    """A server that leaves signals alone. The method is not documented; a test holds us to it."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class _Sockets(WebSocketsSansIOProtocol):
    """WebSockets whose messages come in a bounded number of parts; empty parts do not count in the size."""

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < FRAGMENTS_AT_MOST:
            super().handle_cont(event)
        elif not self.close_sent:
            self.frames = []
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, f"more than {FRAGMENTS_AT_MOST} fragments")
            self.handle_parser_exception()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        NotFit: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise NotFit(f"cannot serve HTTP on {host} port {port}: {error.strerror}") from error
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


@asynccontextmanager
async def serving(
    app: Any,
    listener: socket.socket,
    *,
    bounds: Bounds = DEFAULT_BOUNDS,
    on_refused: OnRefused = _uncounted,
    trusted_proxies: Sequence[str] = (),
    deflate: bool = False,
) -> AsyncGenerator[None]:
    """Serve an ASGI application until the block is left, then drain for a few seconds.

    With `deflate`, WebSockets are compressed for clients that offer it.
    """
    config = uvicorn.Config(
        app,
        http=bounded(bounds, on_refused),
        ws=_Sockets,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Who is asking is told by the connection; a header that anybody can send tells nothing, unless it is
        # one of our own proxies that sends it.
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=bounds.idle_seconds,  # type: ignore[arg-type]  # seconds; fractions work
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws_max_size=FRAME_BYTES_AT_MOST,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=deflate,
    )
    server = _Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_serve, server, listener)
        try:
            while not server.started:
                await anyio.sleep(0.01)
            yield
        finally:
            server.should_exit = True


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    with anyio.CancelScope(shield=True):  # it is asked to end, never torn away from its connections
        await server.serve(sockets=[listener])
