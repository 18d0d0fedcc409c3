"""Many users, each with a signed token and an address, and a gateway that checks both."""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from services.gateway.__main__ import main
from shared.mesh import clock

GENEROUS: Final = (
    "shows-per-user=100/s:10000,shows-per-address=50000/s:1000000,calls-per-address=50000/s:1000000"
)
"""Limits that are kept, and that nobody who is measured meets."""

_HOUR: Final = 3_600
_TAKEN: Final = {parameter.name for parameter in main.params}


class Guarded(NamedTuple):
    """The flags of a gateway that checks who calls and how often, and the headers that each user sends."""

    flags: Sequence[str]
    headers: Sequence[str]


@contextmanager
def guarded(users: int) -> Generator[Guarded]:
    """A key, and a token for each user; without the flags for them, users are told apart by cookies."""
    key = Ed25519PrivateKey.generate()
    flags: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        if with_tokens := "auth_keys" in _TAKEN:
            keys = Path(directory) / "keys.json"
            keys.write_bytes(msgspec.json.encode({"keys": [_public(key)]}))
            flags += ["--auth-keys", str(keys)]
        if "rate_limit" in _TAKEN:
            # The address of each user is the one that is told, so that many may call from this machine.
            flags += ["--rate-limit", GENEROUS, "--trusted-proxies", "127.0.0.1"]
        yield Guarded(flags, [_headers(number, key if with_tokens else None) for number in range(users)])


def _headers(number: int, key: Ed25519PrivateKey | None) -> str:
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if key is None:
        who = f"cookie: airdisplay_guest=user-{number}"
    else:
        claims = {
            "sub": f"user-{number}",
            "aud": "airdisplay",
            "role": "author",
            "exp": int(clock.seconds()) + _HOUR,
        }
        who = f"authorization: Bearer {jwt.encode(claims, key, algorithm='EdDSA', headers={'kid': 'bench'})}"
    return f"{who}\r\nx-forwarded-for: {address}\r\n"


def _public(key: Ed25519PrivateKey) -> dict[str, str]:
    return {
        **OKPAlgorithm.to_jwk(key.public_key(), as_dict=True),
        "kid": "bench",
        "alg": "EdDSA",
        "use": "sig",
    }
