"""Tokens of our own: a key pair in the data directory, and what is signed with it.

The private key never leaves its file and is for its owner alone; the gateway gets the public one. Whoever
has an issuer of tokens already needs none of this.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NamedTuple

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from shared.contracts.errors import NotFit
from shared.contracts.live import CallerRole
from shared.mesh import clock

PRIVATE_KEY: Final = "auth-key.pem"
"""Where in the data directory the key is that signs."""
PUBLIC_KEYS: Final = "auth-keys.json"
"""Where the gateway finds what verifies."""
AUDIENCE: Final = "airdisplay"

_ALGORITHM: Final = "EdDSA"
_ID_BYTES: Final = 8
_ONLY_OURS: Final = 0o600
_FOR_ALL: Final = 0o644


class SigningKey(NamedTuple):
    """What signs, by the name under which the gateway knows its other half."""

    key_id: str
    private: Ed25519PrivateKey

    def token(self, subject: str, role: CallerRole, seconds: float) -> str:
        """A token for somebody that lasts so long from now."""
        now = int(clock.seconds())
        claims = {"sub": subject, "role": role, "aud": AUDIENCE, "iat": now, "exp": int(now + seconds)}
        return jwt.encode(claims, self.private, algorithm=_ALGORITHM, headers={"kid": self.key_id})

    def lasts(self, token: str, seconds: float) -> bool:
        """Whether a token was signed by this key and will be good for so long still."""
        wanted = clock.seconds() + seconds
        try:
            claims = jwt.decode(token, self.private.public_key(), algorithms=[_ALGORITHM], audience=AUDIENCE)
        except (jwt.PyJWTError, ValueError):
            return False
        return float(claims.get("exp", 0)) >= wanted


def signing_key(directory: Path) -> SigningKey:
    """The key of this data directory, made when it is needed first; what verifies is put beside it.

    Raises:
        NotFit: it cannot be read or written.
    """
    path = directory / PRIVATE_KEY
    try:
        directory.mkdir(0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(FileExistsError):  # another was faster, and its key is as good
                put(path, _new_key(), replace=False)
        key = _read(path)
        public = _jwks(key)
        beside = directory / PUBLIC_KEYS
        if not beside.exists() or beside.read_bytes() != public:
            put(beside, public, mode=_FOR_ALL)
    except OSError as error:
        raise NotFit(f"cannot keep the key of tokens in {path}: {error.strerror}") from error
    return key


def put(path: Path, content: bytes, *, mode: int = _ONLY_OURS, replace: bool = True) -> None:
    """Write a file that is never there without its whole content.

    Raises:
        OSError: it cannot be written, or is there already where it must not be replaced.
    """
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            if replace:
                Path(file.name).replace(path)
            else:
                os.link(file.name, path)
        finally:
            with suppress(FileNotFoundError):
                Path(file.name).unlink()


def _new_key() -> bytes:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path) -> SigningKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NotFit(f"expected a private key in {path}, found something else") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NotFit(f"expected an Ed25519 key in {path}, found another kind")
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(hashlib.blake2b(raw, digest_size=_ID_BYTES).hexdigest(), key)


def _jwks(key: SigningKey) -> bytes:
    jwk = OKPAlgorithm.to_jwk(key.private.public_key(), as_dict=True)
    about = {"kid": key.key_id, "use": "sig", "alg": _ALGORITHM}
    return msgspec.json.format(msgspec.json.encode({"keys": [{**jwk, **about}]}), indent=2) + b"\n"
