"""Who is asking: an operator by a token, or a guest, told apart by a cookie, else by address.

The cookie is a secret of its browser; what others see of an author is a digest of it, so nobody can take
somebody else's name by reading it.
"""

import hashlib
import secrets
from typing import Final, NamedTuple

from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException

from services.gateway.problems import AnyRequest
from shared.contracts.banner import Role

COOKIE: Final = "airdisplay_guest"
OPERATOR: Final = "operator"
OPERATOR_TOKEN: Final = "operator_token"  # noqa: S105 (its name)
"""Where the application keeps what operators prove themselves with."""

_SCHEME: Final = "bearer"
_SECRET_BYTES: Final = 16
_MONTH: Final = 30 * 24 * 60 * 60


class Caller(NamedTuple):
    """Who asks, and as what."""

    by: str
    role: Role


def caller(request: AnyRequest) -> Caller:
    """Who makes a request.

    Raises:
        NotAuthorizedException: it shows a token, and that is not the one.
    """
    shown = request.headers.get("authorization")
    if shown is None:
        return Caller(author(request), "author")
    scheme, _, token = shown.partition(" ")
    expected = request.app.state.get(OPERATOR_TOKEN)
    if scheme.lower() == _SCHEME and expected and _is(token, expected):
        return Caller(OPERATOR, "operator")
    raise NotAuthorizedException(
        "Expected the operator's bearer token, found another authorization.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def author(request: AnyRequest) -> str:
    """The author of a request, whatever else it shows."""
    secret = request.cookies.get(COOKIE)
    if secret:
        return _guest("cookie", secret)
    return _guest("address", request.client.host if request.client else "")


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
