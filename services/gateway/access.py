"""Who may reach this gateway and as whom, by its settings; what they leave open is decided on the safe side.

A gateway that other machines can reach must know a key: otherwise nobody could be told from anybody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.gateway.authors import Authority, Guests
from services.gateway.keys import KeyFile
from services.gateway.origins import Door, is_loopback
from services.gateway.tokens import Tokens
from shared.contracts.errors import NotFit

DEFAULT_AUDIENCE: Final = "airdisplay"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What the gateway was told. `guests` None: authors where only this machine can call, else viewers."""

    keys: Path | None = None
    audience: str = DEFAULT_AUDIENCE
    issuer: str | None = None
    guests: Guests | None = None
    origins: Collection[str] = ()
    hosts: Collection[str] = ()


def authority_for(access: Access, host: str) -> Authority:
    """Who says who somebody is, for a gateway on this address.

    Raises:
        NotFit: others can reach it, and it knows no key; or the keys cannot be read.
    """
    local = is_loopback(host) and not access.hosts
    if access.keys is None:
        if not local:
            raise NotFit(_without_keys(host))
        return Authority(None, access.guests or "author")
    tokens = Tokens(KeyFile(access.keys), audience=access.audience, issuer=access.issuer)
    return Authority(tokens, access.guests or ("author" if local else "viewer"))


def door_for(access: Access, host: str) -> Door:
    """What is let in, for a gateway on this address: on loopback only what calls it by a name of loopback.

    A name that leads to loopback may belong to anybody, and a page that was loaded by that name would be of
    the same origin as the gateway.
    """
    named = bool(access.hosts) or is_loopback(host)
    return Door(hosts=frozenset(access.hosts) if named else None, origins=access.origins)


def _without_keys(host: str) -> str:
    where = f"on {host}" if not is_loopback(host) else "under the names of --http-hosts"
    return (
        f"cannot serve HTTP {where} without keys, because nobody could be told from anybody there: "
        "name a file with a JWKS or a public key with --auth-keys or AIRDISPLAY_AUTH_KEYS, "
        "or serve on 127.0.0.1"
    )
