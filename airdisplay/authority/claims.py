"""NATS JWTs and credentials files, as nats-server reads them: who is meant, signed by who vouches.

An operator vouches for accounts, an account's signing key for users. A signing key with a role gives every
user that it signs the rights of that role and no others, with the user's name put in where the role says so.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from airdisplay.authority.keys import Key
from airdisplay.authority.roles import Role

_VERSION: Final = 2
_NO_LIMIT: Final = -1
_HEADER: Final = {"typ": "JWT", "alg": "ed25519-nkey"}


def operator(system_account: str) -> dict[str, Any]:
    """What an operator says of itself; `system_account` is where the servers talk."""
    return {"type": "operator", "system_account": system_account}


def account(roles: Mapping[str, Role], revoked: Mapping[str, int], *, storage: bool) -> dict[str, Any]:
    """What is said of an account: which signing keys give which role, and whose credentials are void.

    Args:
        roles: the role that each signing key gives, by the public key.
        revoked: users by their public keys; what was issued until that second is void.
        storage: whether it may keep streams.
    """
    stored = _NO_LIMIT if storage else 0
    return {
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


def user(account: str) -> dict[str, Any]:
    """What is said of a user of an account: all else is in the role that its signer gives."""
    return {"type": "user", "issuer_account": account}


def signed(name: str, subject: str, about: Mapping[str, Any], signer: Key, *, issued: int) -> str:
    """A JWT.

    Args:
        name: what people call who it is about.
        subject: the public key of that one.
        about: what is said, as `operator`, `account` and `user` make it.
        signer: who says it.
        issued: the second that it carries; of two accounts, servers keep the one with the later.
    """
    claims: dict[str, Any] = {"iat": issued, **_said(name, subject, about, signer.public)}
    digest = hashlib.sha256(msgspec.json.encode(claims)).digest()
    claims["jti"] = base64.b32encode(digest).decode().rstrip("=")
    body = f"{packed(msgspec.json.encode(_HEADER))}.{packed(msgspec.json.encode(claims))}"
    return f"{body}.{packed(signer.sign(body.encode()))}"


def says(token: str, name: str, subject: str, about: Mapping[str, Any], signer: str) -> bool:
    """Whether a JWT says just that, whenever it was issued; the signature is not looked at.

    Raises:
        ValueError: it is none.
    """
    found = read(token)
    expected = msgspec.json.decode(msgspec.json.encode(_said(name, subject, about, signer)))
    return bool(expected == {key: value for key, value in found.items() if key not in {"iat", "jti"}})


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
        _, body, _ = token.strip().split(".")
        return msgspec.json.decode(unpacked(body), type=dict[str, Any])
    except (ValueError, msgspec.DecodeError) as error:
        raise ValueError("expected a JWT") from error


def vouched(token: str, signer: Key) -> bool:
    """Whether a JWT carries the signature of that key."""
    body, _, signature = token.strip().rpartition(".")
    try:
        return signer.signed(body.encode(), unpacked(signature))
    except ValueError:
        return False


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


def _said(name: str, subject: str, about: Mapping[str, Any], signer: str) -> dict[str, Any]:
    return {"iss": signer, "name": name, "sub": subject, "nats": {**about, "version": _VERSION}}


def packed(data: bytes) -> str:
    """Bytes as a part of a JWT."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """The bytes in a part of a JWT."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
