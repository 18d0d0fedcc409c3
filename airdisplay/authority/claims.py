"""NATS JWTs and credentials files, as nats-server reads them: who is meant, signed by who vouches.

An operator vouches for accounts, an account's signing key for users. A signing key with a role gives every
user that it signs the rights of that role and no others, with the user's name put in where the role says so.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
import nkeys

from airdisplay.authority.roles import Role
from shared.mesh import clock

Entity = Literal["operator", "account", "user"]

_PREFIXES: Final[Mapping[Entity, int]] = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}
_VERSION: Final = 2
_SEED_BYTES: Final = 32
_NO_LIMIT: Final = -1
_HEADER: Final = {"typ": "JWT", "alg": "ed25519-nkey"}


class Key:
    """A key pair of NATS; whoever has its seed is who it names."""

    def __init__(self, seed: str) -> None:
        """Raises nkeys' errors, all of them `nkeys.NkeysError`, where that is no seed."""
        self.seed = seed
        self._pair = nkeys.from_seed(seed.encode())

    @classmethod
    def new(cls, entity: Entity) -> "Key":
        """One that nobody else has."""
        return cls(nkeys.encode_seed(secrets.token_bytes(_SEED_BYTES), _PREFIXES[entity]).decode())

    @property
    def public(self) -> str:
        """What everybody may know, and by which others name it."""
        return str(self._pair.public_key.decode())

    def sign(self, data: bytes) -> bytes:
        """The signature under some bytes."""
        return bytes(self._pair.sign(data))


def operator(name: str, key: Key, system_account: str) -> str:
    """The operator, which vouches for itself; `system_account` is where the servers talk."""
    return _token(name, key, key.public, {"type": "operator", "system_account": system_account})


def account(
    name: str,
    subject: str,
    roles: Mapping[str, Role],
    revoked: Mapping[str, int],
    signer: Key,
    *,
    storage: bool,
) -> str:
    """An account: which signing keys give which role, and whose credentials are void if issued until when.

    Args:
        name: what people call it.
        subject: its public key.
        roles: the role that each signing key gives, by the public key.
        revoked: users by their public keys; what was issued until that second is void.
        signer: the operator.
        storage: whether it may keep streams.
    """
    stored = _NO_LIMIT if storage else 0
    claims = {
        "type": "account",
        "limits": {
            **dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), _NO_LIMIT),
            **dict.fromkeys(("mem_storage", "disk_storage", "streams", "consumer"), stored),
            "wildcards": True,
        },
        "signing_keys": [
            {"kind": "user_scope", "key": key, "role": role.name, "template": _template(role)}
            for key, role in roles.items()
        ],
        "revocations": dict(revoked),
        # For whom no role vouches, nothing is allowed.
        "default_permissions": {"pub": {"deny": [">"]}, "sub": {"deny": [">"]}},
    }
    return _token(name, signer, subject, claims)


def user(name: str, subject: str, account: str, signer: Key) -> str:
    """A user of an account, with the rights of the role that `signer` gives."""
    return _token(name, signer, subject, {"type": "user", "issuer_account": account})


def credentials(token: str, key: Key) -> str:
    """A credentials file: what NATS clients take to connect."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        "Keep this file to yourself: whoever has it is who it names.\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{key.seed}\n------END USER NKEY SEED------\n"
    )


def read(token: str) -> dict[str, Any]:
    """What a JWT of ours says; the signature is not looked at.

    Raises:
        ValueError: it is none.
    """
    try:
        _, body, _ = token.split(".")
        return msgspec.json.decode(_unpacked(body), type=dict[str, Any])
    except (ValueError, msgspec.DecodeError) as error:
        raise ValueError("expected a JWT") from error


def _template(role: Role) -> dict[str, Any]:
    permissions: dict[str, Any] = {
        "pub": _allowed(role.publish),
        "sub": _allowed(role.subscribe),
        "subs": role.subscriptions_at_most,
        "data": _NO_LIMIT,
        "payload": role.payload_at_most,
    }
    if role.answers:
        permissions["resp"] = {"max": 1, "ttl": role.answer_seconds * 1_000_000_000}
    if role.bearer:
        permissions["bearer_token"] = True
    if role.connections:
        permissions["allowed_connection_types"] = list(role.connections)
    return permissions


def _allowed(subjects: Sequence[str]) -> dict[str, Any]:
    return {"allow": list(subjects)} if subjects else {"deny": [">"]}


def _token(name: str, signer: Key, subject: str, about: Mapping[str, Any]) -> str:
    claims: dict[str, Any] = {
        "iat": int(clock.seconds()),
        "iss": signer.public,
        "name": name,
        "sub": subject,
        "nats": {**about, "version": _VERSION},
    }
    digest = hashlib.sha256(msgspec.json.encode(claims)).digest()
    claims["jti"] = base64.b32encode(digest).decode().rstrip("=")
    signed = f"{_packed(msgspec.json.encode(_HEADER))}.{_packed(msgspec.json.encode(claims))}"
    return f"{signed}.{_packed(signer.sign(signed.encode()))}"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
