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

from services.gateway.connections import DEFAULT_BOUNDS, Bounds, OnRefused, bounded
from shared.contracts.errors import NotFit

DRAIN_SECONDS: Final = 5
_BACKLOG: Final = 2048
_WEBSOCKET_FRAME_BYTES: Final = 256 * 1024


def _uncounted(_reason: str) -> None:
    """Where nobody counts who was refused."""


class _Server(uvicorn.Server):
    """A server that leaves signals alone. The method is not documented; a test holds us to it."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


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
) -> AsyncGenerator[None]:
    """Serve an ASGI application until the block is left, then drain for a few seconds."""
    config = uvicorn.Config(
        app,
        http=bounded(bounds, on_refused),
        ws="websockets-sansio",
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
        ws_max_size=_WEBSOCKET_FRAME_BYTES,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        # Offered once its cost is measured; it takes about 100 kB for every viewer.
        ws_per_message_deflate=False,
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
