"""Bearer tokens: JWTs that PyJWT verifies with a configured key, and what they say about somebody.

Nothing of a token is believed before its signature holds, by the algorithm of the key. What is wrong with one
is said in a sentence that never quotes the token itself.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

import jwt
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSubjectError,
    MissingRequiredClaimError,
    PyJWTError,
)

from services.gateway.keys import Key, KeyFile
from shared.contracts.errors import AirDisplayError
from shared.contracts.instants import instant
from shared.contracts.live import CallerRole
from shared.mesh import clock

TOKEN_BYTES_AT_MOST: Final = 8192
LEEWAY_SECONDS: Final = 10
"""How far the clock of whoever signs may be off."""
CACHED_AT_MOST: Final = 10_000

_ROLES: Final[dict[str, CallerRole]] = {"viewer": "viewer", "author": "author", "operator": "operator"}
_DIGEST_BYTES: Final = 10
# What was not even readable; the rest is found by its own exception.
_UNREADABLE: Final = (PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
_QUOTED_AT_MOST: Final = 60
_OTHERWISE: Final[dict[type[Exception], tuple[str, str, str]]] = {
    ImmatureSignatureError: ("not-yet-valid", "a token that is valid by now", "one that begins later"),
    InvalidSubjectError: ("no-subject", "a sub that is a text", "another kind of value"),
}
_BAD_SIGNATURE: Final = (
    "bad-signature",
    "a token signed with a key of ours",
    "a signature or claims that do not hold",
)


class TokenRefused(AirDisplayError):
    """Raised when a token proves nothing; `reason` is the word for logs, the message the sentence."""

    def __init__(self, reason: str, *, expected: str, found: str) -> None:
        super().__init__(f"Expected {expected}, found {found}.")
        self.reason = reason


class Bearer(NamedTuple):
    """Whom a token stands for, as what, and until when, in seconds since 1970."""

    by: str
    role: CallerRole
    expires: float


class Tokens:
    """Verifies tokens; one that was found good is not verified again while it and the keys last."""

    def __init__(self, file: KeyFile, *, audience: str, issuer: str | None) -> None:
        self._file = file
        self._audience = audience
        self._issuer = issuer
        self._good: dict[bytes, Bearer] = {}
        self._edition = file.edition

    @property
    def remembered(self) -> int:
        """How many tokens are known to be good."""
        return len(self._good)

    def bearer(self, token: str) -> Bearer:
        """Whom a token stands for.

        Raises:
            TokenRefused: for nobody.
        """
        if len(token) > TOKEN_BYTES_AT_MOST:
            wanted = f"a token of at most {TOKEN_BYTES_AT_MOST} bytes"
            raise TokenRefused("too-long", expected=wanted, found=f"one of {len(token)}")
        self._forget_what_other_keys_proved()
        digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=32).digest()
        known = self._good.get(digest)
        if known is None:
            known = self._verified(token)
            self._remember(digest, known)
        elif known.expires + LEEWAY_SECONDS <= clock.seconds():
            del self._good[digest]
            raise _expired(known.expires)
        return known

    def _verified(self, token: str) -> Bearer:
        key = self._key_for(token)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.verifier,
                algorithms=[key.algorithm],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "aud"]},
            )
            expires = float(claims["exp"])
        except _UNREADABLE as error:
            raise self._why_not(token, error) from error
        subject, issuer = claims["sub"], claims.get("iss")
        if not subject:
            raise TokenRefused("no-subject", expected="a token with a sub", found="an empty one")
        return Bearer(user(issuer if isinstance(issuer, str) else "", subject), _role(claims), expires)

    def _key_for(self, token: str) -> Key:
        try:
            header: dict[str, Any] = jwt.get_unverified_header(token)
        except _UNREADABLE as error:
            raise TokenRefused("not-a-token", expected="a JWT", found="something else") from error
        key = self._file.keys.get(header.get("kid"))
        if key is None:
            wanted = "a token whose kid names a key of ours"
            raise TokenRefused("unknown-key", expected=wanted, found="another kid, or none")
        if header.get("alg") != key.algorithm:
            wanted = f"a token signed with {key.algorithm}, as its key demands"
            raise TokenRefused("wrong-algorithm", expected=wanted, found="another algorithm")
        return key

    def _why_not(self, token: str, error: Exception) -> TokenRefused:
        """What is wrong with a token. Claims are only quoted once its signature is known to hold."""
        match error:
            case ExpiredSignatureError():
                return _expired(_claims(token).get("exp"))
            case InvalidAudienceError():
                wanted = f"a token for the audience {self._audience}"
                found = f"one for {_quoted(_claims(token).get('aud'))}"
                return TokenRefused("wrong-audience", expected=wanted, found=found)
            case InvalidIssuerError():
                wanted = f"a token of the issuer {self._issuer}"
                found = f"one of {_quoted(_claims(token).get('iss'))}"
                return TokenRefused("wrong-issuer", expected=wanted, found=found)
            case MissingRequiredClaimError():
                claim = error.claim
                return TokenRefused(
                    f"no-{claim}", expected=f"a token with the claim {claim}", found="one without"
                )
            case _:
                reason, expected, found = _OTHERWISE.get(type(error), _BAD_SIGNATURE)
                return TokenRefused(reason, expected=expected, found=found)

    def _remember(self, digest: bytes, bearer: Bearer) -> None:
        while len(self._good) >= CACHED_AT_MOST:
            del self._good[next(iter(self._good))]  # the oldest; whoever needs it is verified again
        self._good[digest] = bearer

    def _forget_what_other_keys_proved(self) -> None:
        self._file.look()
        if self._edition != self._file.edition:
            self._edition = self._file.edition
            self._good.clear()


def user(issuer: str, subject: str) -> str:
    """The author that a token stands for: the same subject of another issuer is somebody else.

    A digest, because everybody sees who wrote a text, and subjects may be addresses or account numbers.
    """
    whole = f"{len(issuer)} {issuer} {subject}".encode(
        "utf-8", "surrogatepass"
    )  # JSON may carry half a character
    digest = hashlib.blake2b(whole, digest_size=_DIGEST_BYTES)
    return "user-" + digest.hexdigest()


def _role(claims: Mapping[str, Any]) -> CallerRole:
    named = claims.get("role", "author")
    role = _ROLES.get(named) if isinstance(named, str) else None
    if role is None:
        wanted = "the role viewer, author or operator"
        raise TokenRefused("unknown-role", expected=wanted, found=_quoted(named))
    return role


def _expired(at: object) -> TokenRefused:
    found = "an expired one"
    if isinstance(at, int | float):
        with suppress(ValueError, OverflowError, OSError):
            found = f"one that expired at {instant(int(at * 1000))}"
    return TokenRefused("expired", expected="a token that is still valid", found=found)


def _claims(token: str) -> dict[str, Any]:
    """What a token says whose signature was found to hold just now."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _quoted(claim: object) -> str:
    text = repr(claim)
    return text if len(text) <= _QUOTED_AT_MOST else text[:_QUOTED_AT_MOST] + "..."
