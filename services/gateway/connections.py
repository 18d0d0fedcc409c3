"""Connections with bounds: how large the head of a request is, how long anybody may take, how many there are.

uvicorn bounds none of these. What it calls is not documented; tests hold us to it. Whoever is past a bound
gets a problem where HTTP has a word for it, and then the connection ends. What becomes of a WebSocket once it
is open is said elsewhere.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

from litestar import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from services.gateway.problems import problem_of_status, refused
from shared.contracts.refusals import Overloaded

_LINGER_SECONDS: Final = 1.0
_HEAD_STATUSES: Final = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.REQUEST_URI_TOO_LONG: "address-too-long",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "headers-too-large",
}

OnRefused = Callable[[str], None]
"""Told the reason whenever somebody is refused."""


@dataclass(frozen=True)
class Bounds:
    """How much one connection, and all together, may take up; times in seconds."""

    requests: int = 512
    """Under way at a time in this process."""
    connections: int = 10_000
    address_bytes: int = 16 * 1024
    """Of path and query."""
    head_bytes: int = 32 * 1024
    headers: int = 100
    left_over_bytes: int = 256 * 1024
    """Of a body that is still sent when its request was answered already."""
    head_seconds: float = 10
    body_seconds: float = 20
    idle_seconds: float = 30
    """Between two requests."""
    unread_seconds: float = 30
    """For which nobody takes what was sent."""


DEFAULT_BOUNDS: Final = Bounds()


def bounded(bounds: Bounds, on_refused: OnRefused) -> type[asyncio.Protocol]:
    """The protocol of connections that keep these bounds, for uvicorn."""
    return type("Bounded", (_Connection,), {"bounds": bounds, "on_refused": staticmethod(on_refused)})


class _OutOfBoundsError(Exception):
    """Raised within the parser, to end its work; what is said about it stands in the connection."""


class _Connection(HttpToolsProtocol):
    """One connection, through all of its requests."""

    bounds: Bounds
    on_refused: OnRefused

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_body = False
        self._bytes = 0  # of the head, or of what is left over of a body
        self._problem: Response[bytes] | None = None
        self._leaving = False
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    # --- what the transport says ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            self.on_refused("connections")
            transport.write(self._written(refused(Overloaded())))
            transport.close()
        else:
            self._time()

    def data_received(self, data: bytes) -> None:
        if self._leaving or self.transport.is_closing():
            return
        in_head = not self._in_body
        super().data_received(data)
        if in_head and not self._in_body and not self._at_work:
            # The parser does not tell of a header that does not end.
            self._bytes += len(data)
            if self._bytes > self.bounds.head_bytes and not self._leaving:
                self._refuse("headers-too-large", self._too_large())
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._untime()
        self._has_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(self.bounds.unread_seconds, self._on_unread)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._has_read()

    # --- what the parser says ---------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._bytes = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.bounds.address_bytes:
            detail = f"Expected at most {self.bounds.address_bytes} bytes of path and query, found more."
            self._problem = problem_of_status(HTTPStatus.REQUEST_URI_TOO_LONG, detail)
            raise _OutOfBoundsError

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._bytes += len(name) + len(value)
        if self._bytes > self.bounds.head_bytes or len(self.headers) > self.bounds.headers:
            self._problem = self._too_large()
            raise _OutOfBoundsError

    def on_headers_complete(self) -> None:
        self._in_body, self._bytes = True, 0
        self._untime()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        if not self._at_work:
            self._bytes += len(body)
            if self._bytes > self.bounds.left_over_bytes:
                self._leave()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_body, self._bytes = False, 0
        self._untime()

    def handle_websocket_upgrade(self) -> None:
        self._untime()
        self._has_read()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        problem = self._problem or problem_of_status(HTTPStatus.BAD_REQUEST, msg)
        self._refuse(_HEAD_STATUSES[HTTPStatus(problem.status_code or 0)], problem)

    # --- time -------------------------------------------------------------------------------------

    @property
    def _at_work(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # none before the first request
        return cycle is not None and not cycle.response_complete

    def _time(self) -> None:
        """Time whoever has not sent all of a request; most have, with the first piece, and are not timed."""
        if self._timer is not None or self._leaving or self.transport.is_closing():
            return
        if self._in_body:
            self._timer = self.loop.call_later(self.bounds.body_seconds, self._on_slow)
        elif not self._at_work and self.transport.get_protocol() is self:
            self._timer = self.loop.call_later(self.bounds.head_seconds, self._on_slow)

    def _untime(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_slow(self) -> None:
        self._timer = None
        part, seconds = (
            ("the body", self.bounds.body_seconds)
            if self._in_body
            else ("the head of a request", self.bounds.head_seconds)
        )
        detail = f"Expected {part} within {seconds:g} s, found a part of it."
        self._refuse("too-slow", problem_of_status(HTTPStatus.REQUEST_TIMEOUT, detail))

    def _on_unread(self) -> None:
        self.on_refused("unread")
        self.transport.abort()

    def _has_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    # --- leaving ----------------------------------------------------------------------------------

    def _refuse(self, reason: str, problem: Response[bytes]) -> None:
        """Say why, unless another answer is on its way, and leave."""
        self.on_refused(reason)
        under_way = self._at_work and (not self._in_body or self.cycle.response_started or self.pipeline)
        if not under_way and not (self._in_body and self.cycle.response_complete):
            self.transport.write(self._written(problem))
        self._leave()

    def _leave(self) -> None:
        """End the connection, but let the other side read first: what it still sends is not looked at."""
        self._leaving = True
        self._untime()
        if self._at_work:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _too_large(self) -> Response[bytes]:
        detail = (
            f"Expected at most {self.bounds.headers} headers of {self.bounds.head_bytes} bytes, found more."
        )
        return problem_of_status(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)

    def _written(self, problem: Response[bytes]) -> bytes:
        """A problem as it stands on the wire, for a connection that ends with it."""
        headers = [
            *self.server_state.default_headers,
            *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
            (b"content-type", str(problem.media_type).encode()),
            (b"content-length", b"%d" % len(problem.content)),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        return STATUS_LINE[problem.status_code or 0] + lines + b"\r\n" + problem.content
