"""The way in: no more requests under way than are served well, and none of an address that calls too often.

Past the bound a request is refused at once instead of waiting in a growing line. Plain ASGI around the
application, because it is for the moment when there is too much to do. Whoever asks for the health of this
gateway always gets in.
"""

from typing import Any, Final

from litestar import Response

from services.gateway.admission import STANDING, Admission, address_in
from services.gateway.problems import refused
from shared.contracts.refusals import Overloaded

ALWAYS: Final = {"/healthz", "/readyz", "/metrics"}
_EVENTS: Final = "/live"
"""The end of the path of what stays open: it is counted until it begins to answer."""

Receive = Any
Send = Any
Scope = dict[str, Any]


class Entrance:
    """An ASGI application around another."""

    def __init__(self, app: Any, admission: Admission, *, at_most: int) -> None:
        self._app = app
        self._admission = admission
        self._at_most = at_most
        self.under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let somebody in, or say why not."""
        if scope["type"] != "http":
            await self._channel(scope, receive, send)
        elif scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
        elif self.under_way >= self._at_most:
            self._admission.on_refused("overloaded")
            await _answer(send, refused(Overloaded()))
        elif scope["path"].endswith(_EVENTS):
            await self._events(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _channel(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            self._admission.left(scope)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.under_way += 1
        try:
            if (problem := await self._admission.call(address_in(scope))) is not None:
                await _answer(send, problem)
            elif scope["method"] == "POST":
                await self._app(scope, receive, _with_standing(scope, send))
            else:
                await self._app(scope, receive, send)
        finally:
            self.under_way -= 1

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        counted = True
        self.under_way += 1

        async def begun(message: dict[str, Any]) -> None:
            nonlocal counted
            if counted and message["type"] == "http.response.start":
                counted = False
                self.under_way -= 1
            await send(message)

        try:
            if (problem := await self._admission.call(address_in(scope))) is None:
                await self._app(scope, receive, begun)
            else:
                await _answer(begun, problem)
        finally:
            self.under_way -= counted
            self._admission.left(scope)


def _with_standing(scope: Scope, send: Send) -> Send:
    """Have the answer say how its sender stands with the limits that were asked about on the way."""

    async def with_standing(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and (standing := scope["state"].get(STANDING)):
            encoded = [(name.lower().encode(), value.encode()) for name, value in standing.items()]
            message = {**message, "headers": [*message["headers"], *encoded]}
        await send(message)

    return with_standing


async def _answer(send: Send, response: Response[bytes]) -> None:
    """Send a response without the framework."""
    headers = [
        *((name.lower().encode(), value.encode()) for name, value in response.headers.items()),
        (b"content-type", str(response.media_type).encode()),
        (b"content-length", b"%d" % len(response.content)),
    ]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
