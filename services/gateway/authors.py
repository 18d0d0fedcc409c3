"""Who is asking, and what that one may do: the bearer of a token, or a guest, by cookie, else by address.

Every route says with `needs` which role it takes; who has a lesser one is refused before anything is read.
The cookie is a secret of its browser; what others see of an author is a digest of it, so nobody can take
somebody else's name by reading it. The names of guests and of bearers begin differently and never meet.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

import structlog
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException

from services.gateway.origins import is_https
from services.gateway.problems import AnyRequest, Forbidden, json_only
from services.gateway.tokens import TokenRefused, Tokens
from shared.contracts.banner import Role
from shared.contracts.live import CallerRole
from shared.contracts.refusals import NotAuthor, NotOperator

COOKIE: Final = "airdisplay_guest"
AUTHORITY: Final = "authority"
"""Where the application keeps its `Authority`."""

AnyConnection = ASGIConnection[Any, Any, Any, Any]
Guests = Literal["author", "viewer", "off"]
"""What somebody without a token may do: show, look, or nothing."""

_CALLER: Final = "auth"
_NEEDS: Final = "needs"
_SCHEME: Final = "bearer"
_SECRET_BYTES: Final = 16
_DIGEST_BYTES: Final = 10
_MONTH: Final = 30 * 24 * 60 * 60
_RANK: Final[dict[CallerRole, int]] = {"viewer": 0, "author": 1, "operator": 2}

log = structlog.get_logger()


class Caller(NamedTuple):
    """Who asks, and as what; `expires`, in seconds since 1970, when that ends by itself."""

    by: str
    role: CallerRole
    expires: float | None = None


class Authority:
    """Says who somebody is. Without `tokens` there are only guests."""

    def __init__(self, tokens: Tokens | None, guests: Guests = "author") -> None:
        self._tokens = tokens
        self.guests: Guests = guests

    def caller(self, connection: AnyConnection) -> Caller:
        """Who makes a request or opens a channel.

        Raises:
            NotAuthorizedException: it shows a token that proves nothing, or none where guests are not let in.
        """
        shown = connection.headers.get("authorization")
        if shown is not None:
            scheme, _, token = shown.partition(" ")
            return self.by_token(token.strip() if scheme.lower() == _SCHEME else "", address_of(connection))
        if self.guests == "off":
            sentence = "Expected a bearer token, found none; guests are not let in here."
            raise NotAuthorizedException(sentence, headers={"WWW-Authenticate": "Bearer"})
        return Caller(author(connection), self.guests)

    def by_token(self, token: str, address: str = "") -> Caller:
        """Whose token this is. One that is refused is logged, without itself.

        Raises:
            NotAuthorizedException: it proves nothing.
        """
        try:
            return self._bearer(token)
        except TokenRefused as error:
            log.warning("token refused", reason=error.reason, address=address)
            told = f'Bearer error="invalid_token", error_description="{_in_a_header(str(error))}"'
            raise NotAuthorizedException(str(error), headers={"WWW-Authenticate": told}) from error

    def _bearer(self, token: str) -> Caller:
        if not token:
            raise TokenRefused("no-token", expected="a bearer token", found="another authorization")
        if self._tokens is None:
            raise TokenRefused(
                "no-keys", expected="a call without a token", found="one; no key is known here"
            )
        return Caller(*self._tokens.bearer(token))


def needs(role: CallerRole) -> dict[str, Any]:
    """For the `opt` of a route: the role that it takes. `may_call` sees to it."""
    return {_NEEDS: role}


def role_needed(opt: Mapping[str, Any]) -> CallerRole | None:
    """The role that a route takes; None where anybody may call."""
    return opt.get(_NEEDS)


async def may_call(request: AnyRequest) -> Response[bytes] | None:
    """Before a call is looked at: whether its sender may make it, and whether it is JSON.

    Not a guard: for each of those the framework copies the route, at every call.

    Raises:
        Forbidden: for a lesser role than the route takes.
        NotAuthorizedException: for a token that proves nothing.
    """
    role = role_needed(request.route_handler.opt)
    if role is not None:
        _check_role(request, role)
    return await json_only(request)


def _check_role(request: AnyRequest, role: CallerRole) -> None:
    who = caller_of(request)
    if _RANK[who.role] >= _RANK[role]:
        return
    log.warning("role refused", needs=role, role=who.role, by=who.by, path=request.url.path)
    raise Forbidden(NotOperator() if role == "operator" else NotAuthor())


def authority_of(connection: AnyConnection) -> Authority:
    """Who says here who somebody is."""
    authority = connection.app.state[AUTHORITY]
    assert isinstance(authority, Authority)
    return authority


def caller_of(connection: AnyConnection) -> Caller:
    """Who makes a request or opens a channel; looked at once, however many ask.

    Raises:
        NotAuthorizedException: it shows a token, and that is none of ours.
    """
    known = connection.scope.get(_CALLER)
    if known is None:
        known = connection.scope[_CALLER] = authority_of(connection).caller(connection)
    assert isinstance(known, Caller)
    return known


def caller(request: AnyRequest) -> tuple[str, Role]:
    """Who makes a request that changes something, and as what; its route says what it `needs`."""
    who = request.scope[_CALLER]
    assert isinstance(who, Caller)
    return who.by, "operator" if who.role == "operator" else "author"


def author(connection: AnyConnection) -> str:
    """The guest that a request comes from, whatever else it shows."""
    secret = connection.cookies.get(COOKIE)
    return _guest("cookie", secret) if secret else _guest("address", address_of(connection))


def address_of(connection: AnyConnection) -> str:
    """Where a connection comes from; empty where that cannot be told."""
    return connection.client.host if connection.client else ""


def new_guest(request: AnyRequest) -> Cookie:
    """The cookie that makes a browser an author of its own."""
    return Cookie(
        key=COOKIE,
        value=secrets.token_hex(_SECRET_BYTES),
        max_age=_MONTH,
        httponly=True,
        samesite="strict",
        secure=is_https(request.scope),
    )


def is_known(request: AnyRequest) -> bool:
    """Whether this browser has such a cookie already."""
    return COOKIE in request.cookies


def _guest(kind: str, secret: str) -> str:
    return "guest-" + hashlib.blake2b(f"{kind} {secret}".encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _in_a_header(sentence: str) -> str:
    """As RFC 6750 lets it stand between quotes: printable ASCII without quotes and backslashes."""
    return "".join(each if " " <= each <= "~" and each not in '"\\' else "'" for each in sentence)
