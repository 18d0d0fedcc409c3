"""Who is asking: an operator by a token, or a guest, told apart by a cookie, else by address.

The cookie is a secret of its browser; what others see of an author is a digest of it, so nobody can take
somebody else's name by reading it.
"""

import hashlib
import secrets
from typing import Any, Final, NamedTuple

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException

from services.gateway.problems import AnyRequest
from shared.contracts.banner import Role
from shared.contracts.live import CallerRole

COOKIE: Final = "airdisplay_guest"
OPERATOR: Final = "operator"
AUTHORITY: Final = "authority"
"""Where the application keeps its `Authority`."""

AnyConnection = ASGIConnection[Any, Any, Any, Any]

_CALLER: Final = "airdisplay_caller"
_SCHEME: Final = "bearer"
_SECRET_BYTES: Final = 16
_MONTH: Final = 30 * 24 * 60 * 60


class Caller(NamedTuple):
    """Who asks, and as what; `expires`, in seconds since 1970, when that ends by itself."""

    by: str
    role: CallerRole
    expires: float | None = None


class Authority:
    """Says who somebody is."""

    def __init__(self, operator_token: str | None) -> None:
        self._operator_token = operator_token

    def caller(self, connection: AnyConnection) -> Caller:
        """Who makes a request or opens a channel.

        Raises:
            NotAuthorizedException: it shows a token, and that is none of ours.
        """
        shown = connection.headers.get("authorization")
        if shown is None:
            return Caller(author(connection), "author")
        scheme, _, token = shown.partition(" ")
        return self.by_token(token if scheme.lower() == _SCHEME else "")

    def by_token(self, token: str) -> Caller:
        """Whose token this is.

        Raises:
            NotAuthorizedException: it is none of ours.
        """
        if token and self._operator_token and _is(token, self._operator_token):
            return Caller(OPERATOR, "operator")
        raise NotAuthorizedException(
            "Expected the operator's bearer token, found another authorization.",
            headers={"WWW-Authenticate": "Bearer"},
        )


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
    state = connection.scope["state"]
    if (known := state.get(_CALLER)) is None:
        known = state[_CALLER] = authority_of(connection).caller(connection)
    assert isinstance(known, Caller)
    return known


def caller(request: AnyRequest) -> tuple[str, Role]:
    """Who makes a request that changes something, and as what.

    Raises:
        NotAuthorizedException: it shows a token, and that is none of ours.
    """
    who = caller_of(request)
    return who.by, "operator" if who.role == "operator" else "author"


def author(connection: AnyConnection) -> str:
    """The guest that a request comes from, whatever else it shows."""
    secret = connection.cookies.get(COOKIE)
    if secret:
        return _guest("cookie", secret)
    return _guest("address", connection.client.host if connection.client else "")


def new_guest() -> Cookie:
    """The cookie that makes a browser an author of its own."""
    return Cookie(
        key=COOKIE,
        value=secrets.token_hex(_SECRET_BYTES),
        max_age=_MONTH,
        httponly=True,
        samesite="strict",
    )


def is_known(request: AnyRequest) -> bool:
    """Whether this browser has such a cookie already."""
    return COOKIE in request.cookies


def _is(shown: str, expected: str) -> bool:
    """Whether a token is the one; takes as long for a wrong one."""
    return secrets.compare_digest(shown.strip().encode(), expected.encode())


def _guest(kind: str, secret: str) -> str:
    return "guest-" + hashlib.blake2b(f"{kind} {secret}".encode(), digest_size=6).hexdigest()
