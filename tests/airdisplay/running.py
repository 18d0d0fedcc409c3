"""`airdisplay` as people run it: commands that end, and an `up` with ports and data of its own."""

import os
import secrets
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import psutil

from airdisplay import leash
from airdisplay.authority.authority import CREDENTIALS
from shared.mesh.connection import Nats
from tests.support.ports import HOST, free_ports
from tests.support.processes import Process, running_module
from tests.support.waiting import until

STARTED_SECONDS = 45

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    said: str
    complained: str


@dataclass(frozen=True)
class Up:
    """A running `airdisplay up`."""

    process: Process
    data: Path
    http_port: int
    nats_port: int

    @property
    def address(self) -> str:
        """Where its app is."""
        return f"http://{HOST}:{self.http_port}"

    @property
    def nats_url(self) -> str:
        """Where its NATS is."""
        return f"nats://{HOST}:{self.nats_port}"

    def nats_as(self, user: str) -> Nats:
        """Its NATS, as one of those who have credentials."""
        return Nats(url=self.nats_url, credentials=self.data / CREDENTIALS / f"{user}.creds")

    @property
    def pid(self) -> int:
        """Its process."""
        return int((self.data / "up.lock").read_text())

    def children(self) -> dict[str, int]:
        """The processes that it runs, by what they run."""
        running = psutil.Process(self.pid).children()
        return {name: child.pid for child in running if (name := _name(child)) is not None}


async def airdisplay(*arguments: str, **environment: str) -> Ended:
    """Run a command to its end."""
    with anyio.fail_after(STARTED_SECONDS):
        done = await anyio.run_process(
            [sys.executable, "-m", "airdisplay", *arguments],
            stdin=subprocess.DEVNULL,
            check=False,
            env={**os.environ, **environment},
        )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@asynccontextmanager
async def running_up(
    directory: Path, *arguments: str, data: Path | None = None, greeting: str = "AirDisplay is at"
) -> AsyncGenerator[Up]:
    """`airdisplay up` until the block is left; yields once it has said that."""
    data = data or directory / "data"
    http_port, nats_port = free_ports(2)
    told = ports(http_port, nats_port, data)
    log = directory / f"up-{secrets.token_hex(4)}.log"
    quiet = ("--fleet-faults", "none")  # what hardware does here, tests do to it
    with running_module("airdisplay", "up", *told, *quiet, *arguments, log=log) as process:
        up = Up(process, data, http_port, nats_port)
        await until(lambda: greeting in process.output, seconds=STARTED_SECONDS)
        yield up


def ports(http_port: int, nats_port: int, data: Path) -> Sequence[str]:
    """The arguments that keep one `up` apart from others; none of them takes the one usual port of MQTT."""
    at = ("--http-port", str(http_port), "--nats-port", str(nats_port), "--mqtt-port", "0")
    return (*at, "--data-dir", str(data))


def gone(pid: int) -> bool:
    """Whether a process is no more, although nobody may have collected its exit code yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _name(child: psutil.Process) -> str | None:
    """What a process runs; None while it has not begun to, and when it has ended."""
    try:
        words = child.cmdline()
    except psutil.NoSuchProcess:
        return None
    if not words or leash.__file__ in words:
        return None
    if "-m" in words:
        module = words[words.index("-m") + 1]
        return "hardware" if module == "airdisplay" else module.removeprefix("services.")
    return Path(words[0]).name
