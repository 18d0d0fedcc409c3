"""A small mesh for the ride: nats-server and one process of each service that it takes."""

import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx

from shared.contracts.banner import Register
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import open_mesh

HOST = "127.0.0.1"
STARTED_SECONDS = 30
_ROOT = Path(__file__).parents[2]


class Ride:
    """The mesh that a client rides on."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._nats_port, self._http_port = _free_port(), _free_port()
        self.nats_url = f"nats://{HOST}:{self._nats_port}"
        self.url = f"http://{HOST}:{self._http_port}"

    def start_nats(self) -> None:
        """Begin with nothing stored."""
        binary = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or "nats-server"
        at = ["--addr", HOST, "--port", str(self._nats_port)]
        self._start("nats", [binary, *at, "--jetstream", "--store_dir", str(self._directory / "store")])

    def start_service(self, name: str) -> None:
        """Begin a life of a service."""
        more = ["--http-host", HOST, "--http-port", str(self._http_port)] if name == "gateway" else []
        self._start(name, [sys.executable, "-m", f"services.{name}", "--nats-url", self.nats_url, *more])

    def kill(self, name: str) -> None:
        """End a life without a warning."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def end(self) -> None:
        """End whatever lives, NATS last."""
        for name in reversed(tuple(self._processes)):
            self.kill(name)

    async def ready(self) -> None:
        """Return once the gateway has all that it needs."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            with anyio.fail_after(STARTED_SECONDS):
                while not await _is_ready(client):
                    await anyio.sleep(0.05)

    def _start(self, name: str, command: list[str]) -> None:
        with (self._directory / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603 (ours)
                command, cwd=_ROOT, stdout=log, stderr=subprocess.STDOUT
            )


@asynccontextmanager
async def riding(directory: Path, *banners: str) -> AsyncGenerator[tuple[Ride, Banners]]:
    """A mesh with these banners, and a way to ask for something past every gateway."""
    ride = Ride(directory)
    try:
        ride.start_nats()
        for service in ("banner", "expiry", "gateway"):
            ride.start_service(service)
        await ride.ready()
        async with open_mesh(ride.nats_url, name="riding") as mesh:
            straight = Banners(mesh)
            for banner in banners:
                await straight.command(BannerId(banner), Register())
            yield ride, straight
    finally:
        ride.end()


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port
