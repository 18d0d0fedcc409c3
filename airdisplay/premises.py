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


def check_ports(http: tuple[str, int], nats: tuple[str, int], mqtt: int | None = None) -> int | None:
    """Make sure that all of them can be served.

    Args:
        http: address and port of HTTP.
        nats: address and port of NATS, whose address is that of MQTT too.
        mqtt: a port, 0 for none; None for the usual one where that is free.

    Returns the port for MQTT, or None for none.

    Raises:
        NotFit: one cannot be served.
    """
    named = {"HTTP": http[1], "NATS": nats[1], **({"MQTT": mqtt} if mqtt else {})}
    for what, port in named.items():
        other = next(each for each, taken in named.items() if taken == port)
        if other != what:
            raise NotFit(f"{other} and {what} cannot both have port {port}: {_another(other)}")
    for what, (host, port) in (("HTTP", http), ("NATS", nats)):
        _check_port(what, host, port)
    if mqtt is None:
        return _usual_mqtt_port(nats[0], {http[1], nats[1]})
    if mqtt:
        _check_port("MQTT", nats[0], mqtt)
    return mqtt or None


def _usual_mqtt_port(host: str, taken: set[int]) -> int | None:
    if DEFAULT_MQTT_PORT in taken:
        return None
    try:
        _try_to_listen(host, DEFAULT_MQTT_PORT)
    except OSError:
        return None
    return DEFAULT_MQTT_PORT


def _check_port(what: str, host: str, port: int) -> None:
    try:
        _try_to_listen(host, port)
    except OSError as error:
        raise NotFit(_why_not(what, host, port, error)) from error


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
