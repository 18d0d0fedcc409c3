"""What this machine must grant before anything is started: a data directory of our own, and free ports."""

import errno
import fcntl
import os
import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from airdisplay import signing
from shared.contracts.errors import NotFit
from shared.settings import DEFAULT_MQTT_PORT

_LOCK: Final = "up.lock"
OPERATOR_TOKEN: Final = "operator.token"  # noqa: S105 (a file)
"""Where in the data directory the token of operators is."""

_TOKEN_SECONDS: Final = 2 * 365 * 24 * 60 * 60.0
_ONLY_OURS: Final = 0o700
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (recognised, not bound)


@contextmanager
def data_directory(path: Path) -> Generator[Path]:
    """Hold the data directory, made if need be, until the block is left. The lock dies with the process.

    Raises:
        NotFit: it cannot be written, or another `airdisplay up` holds it.
    """
    directory = path.expanduser().resolve()
    try:
        directory.mkdir(_ONLY_OURS, parents=True, exist_ok=True)
        lock = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NotFit(f"cannot write to the data directory {directory}: {error.strerror}") from error
    try:
        _take(lock, directory)
        yield directory
    finally:
        os.close(lock)


def operator_token(directory: Path) -> Path:
    """The file with the token of operators, for its owner alone; made anew in time before it ends.

    Raises:
        NotFit: it cannot be written.
    """
    path = directory / OPERATOR_TOKEN
    key = signing.signing_key(directory)
    try:
        if not _lasts(path, key):
            token = key.token("operator", "operator", _TOKEN_SECONDS)
            signing.put(path, f"{token}\n".encode())
    except OSError as error:
        raise NotFit(f"cannot write {path}: {error.strerror}") from error
    return path


def read_operator_token(path: Path) -> str:
    """The token that stands in a file.

    Raises:
        NotFit: there is none, or it is none.
    """
    try:
        token = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        message = (
            f"there is no operator token at {path}: "
            "name the data directory of `airdisplay up` with --data-dir, or the file "
            "with --operator-token-file"
        )
        raise NotFit(message) from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotFit(f"cannot read the operator token in {path}: {error}") from error
    if not token or not (token.isascii() and token.isprintable()):  # it goes into a header
        raise NotFit(f"expected an operator token in {path}, found something else")
    return token


def check_ports(http: tuple[str, int], nats: tuple[str, int]) -> None:
    """Make sure that both can be served.

    Raises:
        NotFit: one cannot.
    """
    if http[1] == nats[1]:
        raise NotFit(f"HTTP and NATS cannot both have port {http[1]}: {_another('http')}")
    for what, (host, port) in (("HTTP", http), ("NATS", nats)):
        try:
            _try_to_listen(host, port)
        except OSError as error:
            raise NotFit(_why_not(what, host, port, error)) from error


def mqtt_port(host: str, named: int | None) -> int | None:
    """The port to serve MQTT on; None for none. Unless one is named it is the usual one, where that is free.

    Raises:
        NotFit: the one that is named cannot be served.
    """
    if named == 0:
        return None
    port = DEFAULT_MQTT_PORT if named is None else named
    try:
        _try_to_listen(host, port)
    except OSError as error:
        if named is None:
            return None
        raise NotFit(_why_not("MQTT", host, port, error)) from error
    return port


def reachable(host: str, port: int) -> str:
    """`host:port` as clients on this machine write it; a server on every address is also on loopback."""
    host = _EVERYWHERE.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _lasts(path: Path, key: signing.SigningKey) -> bool:
    """Whether there is a token already, signed by this key, with half of its life before it."""
    return path.exists() and key.lasts(path.read_text(errors="replace").strip(), _TOKEN_SECONDS / 2)


def _take(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 32).decode(errors="replace").strip() or "unknown"
        message = (
            f"the data directory {directory} is in use by another airdisplay up (process {holder}): "
            "stop that one, or choose another with --data-dir"
        )
        raise NotFit(message) from None
    except OSError as error:  # file systems that know no locks
        raise NotFit(f"cannot lock the data directory {directory}: {error.strerror}") from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())


def _try_to_listen(host: str, port: int) -> None:
    with ExitStack() as stack:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            listener = stack.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
            break  # the first is the one that servers take


def _why_not(what: str, host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another program: {_another(what)}"
    return f"cannot serve {what} on {host} port {port}: {error.strerror}"


def _another(what: str) -> str:
    return f"choose another with --{what.lower()}-port or AIRDISPLAY_{what.upper()}_PORT"
