"""The keys that tokens are signed with, from a file: a JWKS, or one public key as PEM.

A key brings its algorithm; what a token says about that is only compared. Only what verifies belongs on a
gateway, so a file with a private key is refused. The file is read again when it has changed.
"""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from shared.contracts.errors import UNDECODABLE, NotFit

RSA_BITS_AT_LEAST: Final = 2048
SECRET_BYTES_AT_LEAST: Final = 32

_LOOK_SECONDS: Final = 1.0
_FILE_BYTES_AT_MOST: Final = 256 * 1024
_PEM: Final = b"-----BEGIN "
_KINDS: Final = "an Ed25519, P-256 or RSA key"

log = structlog.get_logger()


class Key(NamedTuple):
    """What verifies a signature, by the one algorithm that it is for."""

    algorithm: str
    verifier: Any


class Keys:
    """All keys of one file, by their ids."""

    def __init__(self, by_id: Mapping[str | None, Key]) -> None:
        self._by_id = by_id

    def get(self, key_id: str | None) -> Key | None:
        """The key that a token names. The only key there is need not be named, nor have a name."""
        if key_id in self._by_id:
            return self._by_id[key_id]
        if len(self._by_id) != 1:
            return None
        ((only, key),) = self._by_id.items()
        return key if key_id is None or only is None else None


class KeyFile:
    """The keys as the file has them now; one that cannot be read leaves those that were there before."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            NotFit: it cannot be read, or is none.
        """
        self._path = path
        self._stamp = _stamp(path)
        self._looked = monotonic()
        self.keys = keys_in(path)
        self.edition = 0
        """Counts the changes: what was verified under another edition was verified by other keys."""

    def look(self) -> None:
        """Read the file again if it has changed; looks at most once a second."""
        if monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = monotonic()
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self.keys = keys_in(self._path)
        except NotFit as error:
            log.error("keys not read, the old ones stay", reason=str(error))
            return
        self.edition += 1
        log.info("keys read again", file=str(self._path))


def keys_in(path: Path) -> Keys:
    """The keys that stand in a file.

    Raises:
        NotFit: it cannot be read, or something else stands there.
    """
    data = _content(path)
    try:
        if data.lstrip().startswith(_PEM):
            return Keys({None: _from_pem(data)})
        return _from_jwks(data)
    except (ValueError, UnsupportedAlgorithm, *UNDECODABLE) as error:
        raise NotFit(f"cannot use the keys in {path}: {error}") from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_FILE_BYTES_AT_MOST + 1)
    except OSError as error:
        raise NotFit(f"cannot read the keys in {path}: {error.strerror}") from error
    if len(data) > _FILE_BYTES_AT_MOST:
        raise NotFit(
            f"cannot use the keys in {path}: expected at most {_FILE_BYTES_AT_MOST} bytes, found more"
        )
    return data


class _Jwk(msgspec.Struct, frozen=True, kw_only=True):
    """What we need to know of a key before the library reads it."""

    kty: str
    kid: str | None = None
    use: str = "sig"
    d: Any = None  # only private keys have it


class _Jwks(msgspec.Struct, frozen=True):
    keys: list[msgspec.Raw]


_jwks_decoder = msgspec.json.Decoder(_Jwks)
_jwk_decoder = msgspec.json.Decoder(_Jwk)


def _from_jwks(data: bytes) -> Keys:
    found: dict[str | None, Key] = {}
    for each in _jwks_decoder.decode(data).keys:
        about = _jwk_decoder.decode(each)
        if about.use != "sig":
            continue
        if about.kid in found:
            raise ValueError(f"expected a kid of its own for every key, found {about.kid!r} twice")
        if about.d is not None:
            raise ValueError("expected public keys, found a private one")
        found[about.kid] = _from_jwk(msgspec.json.decode(each))
    if not found:
        raise ValueError("expected keys for signatures, found none")
    return Keys(found)


def _from_jwk(jwk: dict[str, Any]) -> Key:
    try:
        read = PyJWK(jwk)
    except (PyJWTError, NotImplementedError) as error:  # which quotes the key, and that may be a secret
        raise ValueError(f"expected {_KINDS} or an oct key, found another kind, or half of one") from error
    if isinstance(read.key, bytes):
        if read.algorithm_name != "HS256" or len(read.key) < SECRET_BYTES_AT_LEAST:
            wanted = f"expected an oct key for HS256 of at least {SECRET_BYTES_AT_LEAST} bytes"
            raise ValueError(f"{wanted}, found {len(read.key)} bytes for {read.algorithm_name}")
        return Key("HS256", read.key)
    key = _public(read.key)
    if key.algorithm != read.algorithm_name:
        raise ValueError(f"expected a key for {key.algorithm}, found one for {read.algorithm_name}")
    return key


def _from_pem(data: bytes) -> Key:
    if b"PRIVATE" in data:
        raise ValueError("expected a public key, found a private one")
    return _public(load_pem_public_key(data))


def _public(key: object) -> Key:
    """A public key with the algorithm that it is for."""
    match key:
        case Ed25519PublicKey():
            return Key("EdDSA", key)
        case EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
            return Key("ES256", key)
        case RSAPublicKey() if key.key_size >= RSA_BITS_AT_LEAST:
            return Key("RS256", key)
        case RSAPublicKey():
            raise ValueError(f"expected at least {RSA_BITS_AT_LEAST} bits, found {key.key_size}")
        case _:
            raise ValueError(f"expected {_KINDS}, found another kind")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What is different when the file is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
