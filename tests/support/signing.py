"""An issuer of tokens: its key, the file that gateways verify with, and tokens of every kind."""

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from airdisplay import signing
from services.gateway.tokens import user
from shared.mesh import clock

HOUR = 3_600


class Issuer:
    """Signs with an Ed25519 key under a name."""

    def __init__(self, key_id: str = "one") -> None:
        self.key_id = key_id
        self.private = Ed25519PrivateKey.generate()

    @property
    def jwk(self) -> dict[str, Any]:
        """What verifies."""
        jwk = OKPAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.key_id, "use": "sig", "alg": "EdDSA"}

    def sign(self, sub: str = "ada", role: str | None = None, **claims: Any) -> str:
        """A token, good for an hour unless the claims say otherwise; those that are None are left out."""
        said = {"sub": sub, "role": role, "aud": "airdisplay", "exp": int(clock.seconds()) + HOUR, **claims}
        told = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(told, self.private, algorithm="EdDSA", headers={"kid": self.key_id})


def put_keys(path: Path, *keys: dict[str, Any]) -> Path:
    """A file with these keys, all at once."""
    signing.put(path, msgspec.json.encode({"keys": keys}))
    return path


ISSUER = Issuer("of-tests")
"""Whom the gateways of most tests believe."""


@cache
def keys_file() -> Path:
    """Where the keys of that issuer are; shared by all tests of this process."""
    return put_keys(Path(tempfile.mkdtemp(prefix="airdisplay-keys-")) / f"{os.getpid()}.json", ISSUER.jwk)


def bearing(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def claims_in(token: str) -> dict[str, Any]:
    """What a token says; nothing is checked."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


OPERATOR_TOKEN = ISSUER.sign("olga", "operator")
AS_OPERATOR = bearing(OPERATOR_TOKEN)
OLGA = user("", "olga")
"""How everybody sees that operator."""
