"""The mesh as processes of its own, on free loopback ports, for as long as a measurement takes."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from shared.mesh.connection import Nats

ROOT: Final = Path(__file__).parents[1]
UNLIMITED: Final = {"AIRDISPLAY_RATE_LIMIT": "off"}
"""All load comes from one address, so fair use would stop it, unless it is what is measured."""
_STOP_SECONDS: Final = 10
_START_SECONDS: Final = 30


@dataclass(frozen=True)
class Place:
    """Where a mesh is."""

    nats_url: str
    http_port: int
    processes: dict[str, subprocess.Popen[bytes]]
    authority: Authority | None = None
    """Who vouches for those who connect; None where anybody may."""

    def nats_as(self, user: str) -> Nats:
        """Where NATS is, and as whom to go there."""
        credentials = None if self.authority is None else self.authority.file_of(user)
        return Nats(url=self.nats_url, credentials=credentials)

    def memory(self, name: str) -> int:
        """Bytes of private memory of a process."""
        return int(psutil.Process(self.processes[name].pid).memory_full_info().uss)

    def cpu_seconds(self, name: str) -> float:
        """Seconds of processor time that a process has used."""
        times = psutil.Process(self.processes[name].pid).cpu_times()
        return float(times.user + times.system)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    *arguments: str,
    port: int | None = None,
    log: Path | None = None,
    environment: Mapping[str, str] = UNLIMITED,
) -> Generator[subprocess.Popen[bytes]]:
    """A process until the block is left; waits for its port to answer."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with (log or Path(os.devnull)).open("wb") as output:
        child = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=output)  # noqa: S603
    try:
        if port is not None:
            _wait(child, lambda: _answers(port))
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def nats(authority: Authority | None = None) -> Generator[tuple[str, subprocess.Popen[bytes]]]:
    """A nats-server with JetStream on disk; with an authority it asks for credentials."""
    with tempfile.TemporaryDirectory() as store:
        port = free_port()
        config = Path(store) / "nats.conf"
        config.write_text(
            f'host: 127.0.0.1\nport: {port}\nserver_name: bench\njetstream {{ store_dir: "{store}" }}\n'
            f"{'' if authority is None else trust(authority, Path(store) / 'accounts')}"
        )
        server = str(Path(sys.executable).with_name("nats-server"))
        with process(server, "-c", str(config), "-l", str(Path(store) / "log"), port=port) as child:
            yield f"nats://127.0.0.1:{port}", child


@contextmanager
def mesh(
    ttl: float,
    *,
    banners: int = 1,
    expiry: bool = True,
    lobby: bool = True,
    gateway: bool = True,
    gateway_module: str | None = None,
    intake: bool = False,
    authority: Authority | None = None,
) -> Generator[Place]:
    """NATS and the services, on which a display lasts `ttl` seconds; with an authority, by credentials."""
    with ExitStack() as stack:
        url, server = stack.enter_context(nats(authority))
        processes = {"nats": server}
        port = free_port()

        def at(user: str) -> tuple[str, ...]:
            """Where NATS is, and as whom."""
            own = () if authority is None else ("--nats-creds", str(authority.file_of(user)))
            return ("--nats-url", url, *own)

        for number in range(banners):
            name = f"banner-{number}" if number else "banner"
            processes[name] = stack.enter_context(service("banner", *at("banner"), "--display-ttl", str(ttl)))
        if expiry:
            processes["expiry"] = stack.enter_context(service("expiry", *at("expiry")))
        if lobby:
            processes["lobby"] = stack.enter_context(service("lobby", *at("lobby")))
        if intake:
            processes["intake"] = stack.enter_context(service("intake", *at("intake")))
        if gateway:
            processes["gateway"] = stack.enter_context(
                service("gateway", *at("gateway"), "--http-port", str(port), module=gateway_module)
            )
        yield Place(url, port, processes, authority)


@contextmanager
def service(
    name: str, *arguments: str, module: str | None = None, environment: Mapping[str, str] = UNLIMITED
) -> Generator[subprocess.Popen[bytes]]:
    """One instance of a service, once it is ready; `module` runs it in another way."""
    command = (sys.executable, "-m", module or f"services.{name}", *arguments)
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "log"
        with process(*command, log=log, environment=environment) as child:
            _wait(child, lambda: b'"ready"' in log.read_bytes())
            yield child


def _wait(child: subprocess.Popen[bytes], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if child.poll() is not None or time.monotonic() > deadline:
            message = f"{child.args!r} does not get ready; exit code {child.returncode}"
            raise RuntimeError(message)
        time.sleep(0.01)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
