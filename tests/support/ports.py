"""Free ports, each for one taker: no two tests, workers or runs on this machine are ever given the same.

Who is given a port has it to itself while nothing listens there, too: a server that is killed finds it free
when it comes back. Ports are below those that outgoing connections take, and each is claimed by a lock on
one byte of a file that all runs share. The locks end with the process, however it ends.
"""

import fcntl
import getpass
import secrets
import socket
import tempfile
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

HOST: Final = "127.0.0.1"
PORTS: Final = range(20_000, 32_000)

given: Final[set[int]] = set()
"""Those of this process."""


def free_port() -> int:
    """A port on loopback that nobody listens on and that nobody else is given while this process lives."""
    while len(given) < len(PORTS):
        port = secrets.choice(PORTS)
        if port not in given and _claimed(port):
            given.add(port)
            if _nobody_listens(port):
                return port
    raise RuntimeError(f"all {len(PORTS)} ports were given out in this one process")


def free_ports(count: int) -> list[int]:
    """So many of them."""
    return [free_port() for _ in range(count)]


def _claimed(port: int) -> bool:
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _claims() -> BinaryIO:
    """Opened once: to close any other handle on it would drop all locks of the process."""
    return (Path(tempfile.gettempdir()) / f"airdisplay-test-ports-{getpass.getuser()}").open("ab")


def _nobody_listens(port: int) -> bool:
    with socket.socket() as attempt:
        try:
            attempt.bind((HOST, port))
        except OSError:
            return False
    return True
