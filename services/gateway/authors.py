"""Who is asking: a guest, told apart by a cookie, else by address.

The cookie is a secret of its browser; what others see of an author is a digest of it, so nobody can take
somebody else's name by reading it.
"""

import hashlib
import secrets
from typing import Final

from litestar.datastructures import Cookie

from services.gateway.problems import AnyRequest

COOKIE: Final = "airdisplay_guest"

_SECRET_BYTES: Final = 16
_MONTH: Final = 30 * 24 * 60 * 60


def author(request: AnyRequest) -> str:
    """The author of a request."""
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


def _guest(kind: str, secret: str) -> str:
    return "guest-" + hashlib.blake2b(f"{kind} {secret}".encode(), digest_size=6).hexdigest()
