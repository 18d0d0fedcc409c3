"""At the door: by which names and from which pages this gateway is called, and what browsers are told.

A browser says with `Origin` and `Sec-Fetch-Site` which page sent it, and with `Host` whom it takes us for.
Pages of other sites are refused unless they are listed: they could otherwise use the address and the
session of whoever looks at them. Clients that are no browsers send neither, and are nobody else's tool.
"""

import ipaddress
from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from litestar.config.cors import CORSConfig
from litestar.types import ASGIApp, Receive, Scope, Send

from services.gateway.problems import MEDIA_TYPE, refused
from shared.contracts.refusals import Refusal, WrongHost, WrongOrigin

_SAFE: Final = {"GET", "HEAD", "OPTIONS"}
_FROM_ELSEWHERE: Final = {b"cross-site", b"same-site"}
_OURS: Final = {b"same-origin", b"none"}
_TELLING: Final = {b"host", b"origin", b"sec-fetch-site"}
_SHOWN_AT_MOST: Final = 100
_NOTHING: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ALWAYS: Final = [
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_POLICY: Final = b"content-security-policy"
_STARTS: Final = {"http.response.start", "websocket.http.response.start"}
_ONLY_HTTPS: Final = (b"strict-transport-security", b"max-age=31536000")

log = structlog.get_logger()


class Door:
    """Which hosts are let in, None for every host; and `origins`, the pages of other sites that may call."""

    def __init__(self, *, hosts: Collection[str] | None = None, origins: Collection[str] = ()) -> None:
        self._hosts = hosts
        self._origins = frozenset(origins)

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why a request or an upgrade is not let in; None when it is."""
        told = {name: value for name, value in scope["headers"] if name in _TELLING}
        host = told.get(b"host", b"").decode("latin-1").lower()
        if self._hosts is not None and not self._is_ours(_name_in(host)):
            return WrongHost(found=host[:_SHOWN_AT_MOST])
        origin = told.get(b"origin", b"").decode("latin-1").lower()
        site = told.get(b"sec-fetch-site")
        if site in _OURS or origin in self._origins:
            return None
        if origin:
            ours = host and host == origin.partition("://")[2]
            return None if ours else WrongOrigin(found=origin[:_SHOWN_AT_MOST])
        unsafe = scope.get("method", "GET") not in _SAFE
        return WrongOrigin(found="another site") if unsafe and site in _FROM_ELSEWHERE else None

    def _is_ours(self, name: str) -> bool:
        return is_loopback(name) or name in (self._hosts or ())


def doorway(app: Any, door: Door) -> ASGIApp:
    """An application behind a door; every answer, the door's own included, says what browsers must know."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:  # pragma: no cover (the server has no others for us)
            await app(scope, receive, send)
            return
        secured = _securing(scope, send)
        refusal = door.refusal(scope)
        if refusal is None:
            await app(scope, receive, secured)
            return
        address = scope["client"][0] if scope["client"] else ""
        log.warning("not let in", reason=refusal.reason, path=scope["path"], address=address)
        await _answer(refusal, scope, secured)

    return enter


def cross_origin(origins: Collection[str]) -> CORSConfig | None:
    """What pages of these origins may do and read; None where there are none."""
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
        ],
        expose_headers=[
            "ETag",
            "Location",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "WWW-Authenticate",
        ],
        allow_credentials=True,
    )


@lru_cache(maxsize=256)  # nearly every request says the same
def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as every machine calls itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_https(scope: Scope) -> bool:
    """Whether the browser came by https. Who says so falsely only makes its own session harder to steal."""
    return scope["scheme"] in {"https", "wss"} or (b"x-forwarded-proto", b"https") in scope["headers"]


@lru_cache(maxsize=256)
def _name_in(host: str) -> str:
    """A `Host` without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _securing(scope: Scope, send: Send) -> Send:
    more = [*_ALWAYS, _ONLY_HTTPS] if is_https(scope) else _ALWAYS

    async def secured(message: Any) -> None:
        if message["type"] in _STARTS:
            headers = [*message.get("headers", ()), *more]
            if not any(name == _POLICY for name, _ in headers):
                headers.append((_POLICY, _NOTHING))
            message["headers"] = headers
        await send(message)

    return secured


async def _answer(refusal: Refusal, scope: Any, send: Any) -> None:
    """Say no; a WebSocket is never opened."""
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.reason})
            return
        kind = "websocket.http.response"
    response = refused(refusal)
    body = response.content
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": f"{kind}.start", "status": refusal.code, "headers": headers})
    await send({"type": f"{kind}.body", "body": body, "more_body": False})
