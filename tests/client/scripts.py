"""Gateways that do what a test tells them: answers over HTTP, and conversations over WebSocket."""

import json
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar, NamedTuple

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve

from shared.contracts.banner import Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.live import Changes, Displays, Hello, Problem, ServerFrame, Snapshot
from shared.contracts.views import BannerView, Presence
from shared.mesh import clock

HOST = "127.0.0.1"

_encoder = msgspec.json.Encoder()


class Answer(NamedTuple):
    """What is answered; nothing at all, but a closed connection, when the status is 0."""

    status: int
    body: bytes = b"{}"
    headers: dict[str, str] = {}  # noqa: RUF012 (nobody writes it)


class _Script(BaseHTTPRequestHandler):
    answers: ClassVar[list[Answer]] = []
    requests: ClassVar[list[Any]] = []

    def _answer(self) -> None:
        self.requests.append(self.headers)
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        answer = self.answers.pop(0)
        if answer.status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 (their names there)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        """Keep quiet."""


@contextmanager
def answering(*answers: Answer) -> Generator[tuple[str, list[Any]]]:
    """A gateway that gives these answers, one after the other; its address, and the headers that came."""
    requests: list[Any] = []
    script = type("Script", (_Script,), {"answers": list(answers), "requests": requests})
    with HTTPServer((HOST, 0), script) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}", requests
        finally:
            server.shutdown()
            thread.join()


class Talk:
    """One connection, from the gateway's end."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket

    async def send(self, *frames: ServerFrame) -> None:
        """Tell something."""
        for frame in frames:
            await self.socket.send(_encoder.encode(frame), text=True)

    async def heard(self) -> Any:
        """What the client says next."""
        return json.loads(await self.socket.recv())

    async def close(self, code: int, reason: str = "") -> None:
        """End it."""
        await self.socket.close(code, reason)

    async def until_closed(self) -> None:
        """Do nothing more."""
        await self.socket.wait_closed()


Life = Callable[[Talk], Awaitable[None]]


@asynccontextmanager
async def talking(*lives: Life, port: int = 0) -> AsyncGenerator[tuple[str, Server]]:
    """A gateway whose connections go like that, one after the other, all further ones like the last."""
    left = list(lives)

    async def gateway(socket: ServerConnection) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(Talk(socket))

    async with serve(gateway, HOST, port) as server:
        yield f"http://{HOST}:{next(iter(server.sockets)).getsockname()[1]}", server


def hello(epoch: str = "one", *, heartbeat_ms: int = 15_000, now: Instant | None = None) -> Hello:
    """How a gateway begins."""
    return Hello(epoch=epoch, heartbeat_ms=heartbeat_ms, now=now or clock.now())


def snapshot(
    revision: int, *banners: BannerView, recovered: bool = False, epoch: str = "", hardware: str = ""
) -> Snapshot:
    """What there is."""
    return Snapshot(revision=revision, recovered=recovered, epoch=epoch, hardware=hardware, banners=banners)


def changes(revision: int, *banners: BannerView, hardware: str = "") -> Changes:
    """What has changed."""
    return Changes(revision=revision, banners=banners, hardware=hardware)


def displays(*views: Any) -> Displays:
    """What becomes of messages."""
    return Displays(displays=views)


def problem(code: str, detail: str = "d") -> Problem:
    """A remark."""
    return Problem(code=code, detail=detail)


def banner(
    name: str, revision: int, display: Display | None = None, *, presence: Presence = "online"
) -> BannerView:
    """A banner as the gateway would send it."""
    return BannerView(
        id=BannerId(name), name=name, tags=(), revision=revision, display=display, presence=presence
    )


def lasting(milliseconds: int, text: str = "Hello", *, since: Instant | None = None) -> Display:
    """What shows from now on, for so long."""
    shown_at = since or clock.now()
    return Display(
        id=DisplayId(f"d-{text.lower()}"),
        text=text,
        by="ada",
        shown_at=shown_at,
        until=later(shown_at, milliseconds),
    )


def ids(views: Sequence[BannerView]) -> list[str]:
    """Which ones."""
    return [view.id for view in views]
