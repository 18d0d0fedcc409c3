"""What nats-servers and services need that `airdisplay up` does not start: credentials, configuration."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from airdisplay.authority.authority import SERVICES, SYSTEM_USER, Authority
from airdisplay.authority.certificates import certificates
from airdisplay.authority.keyring import write
from airdisplay.nats_server import trust
from shared.contracts.errors import NotFit

SERVER_FILE: Final = "nats-auth.conf"
"""Where in the data directory the part of the configuration is that every nats-server includes."""

_HEAD: Final = (
    "# Written by `airdisplay credentials`: to be included by the configuration of every nats-server.\n"
)


def prepare(directory: Path, accounts: str) -> list[str]:
    """Make what is missing, write the file for the servers, and say what is where.

    `accounts` is the folder in which the servers keep accounts, on their machines.

    Raises:
        NotFit: it cannot be written.
    """
    authority = Authority(directory)
    authority.for_all()
    authority.fleet()
    path = directory / SERVER_FILE
    write(path, (_HEAD + trust(authority, accounts)).encode())
    services = ", ".join(f"{each}.creds" for each in SERVICES)
    return [
        f"nats-server   {path}",
        f"services      {authority.file_of(SERVICES[0]).parent}/: {services}",
        f"people        {authority.file_of('operator')}",
        f"measurements  {authority.file_of('telemetry')}",
        f"simulations   {authority.file_of('fleet')}",
        f"revoking      {authority.file_of(SYSTEM_USER)}",
        "hardware      one file each: airdisplay device add BANNER",
    ]


def prepare_tls(directory: Path, names: Sequence[str]) -> list[str]:
    """Make the certificates of servers that are reached by these names, and say what is where.

    Raises:
        NotFit: a name is none, or they cannot be written.
    """
    made = certificates(directory, names)
    return [
        f"TLS, servers  {made.server}, {made.server_key}",
        f"TLS, clients  {made.ca}",
    ]


def refresh(directory: Path, authority: Authority) -> None:
    """Put the accounts as they are now into the file for the servers, if there is one.

    Raises:
        NotFit: it cannot be written.
    """
    path = directory / SERVER_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except OSError as error:
        raise NotFit(f"cannot read {path}: {error.strerror}") from error
    for account, token in authority.account_jwts().items():
        text = re.sub(rf"^(\s*{account}: ).*$", rf"\g<1>{token}", text, flags=re.MULTILINE)
    write(path, text.encode())
