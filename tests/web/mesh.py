"""A whole mesh behind the page, as its people know it: banners with names, and others who send texts."""

import signal
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from httpx import codes

from shared.contracts.banner import Banner, BannerCommand
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from tests.support.banners import new_banner_id
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.signing import AS_OPERATOR
from tests.support.system import System, running_system

_GATEWAY = "gateway-0"
_EXPIRY = "expiry-0"


class WholeMesh:
    """One instance of each service, on one nats-server, as real processes."""

    def __init__(self, system: System, mesh: Mesh, fleet: Mesh, client: httpx.AsyncClient) -> None:
        self.url = system.urls[0]
        """Where the page is, the same in every life of the gateway."""
        self.nats: NatsServer = system.nats
        self.mesh = mesh
        """An operator's connection, which needs no gateway."""
        self.fleet = fleet
        """A connection that is the hardware of every banner."""
        self._system = system
        self._client = client

    async def ready(self) -> None:
        """Return once the gateway says that everything is there."""
        await self._system.ready()

    async def start_gateway(self) -> None:
        """Begin a new life of the gateway; returns once it is of use."""
        self._system.parts[_GATEWAY].start()
        await self.ready()

    def stop_gateway(self) -> None:
        """End the gateway politely."""
        self._system.parts[_GATEWAY].end(signal.SIGTERM)

    def kill_gateway(self) -> None:
        """End the gateway without a warning."""
        self._system.parts[_GATEWAY].kill()

    def start_expiry(self) -> None:
        """Begin a new life of the expiry service."""
        self._system.parts[_EXPIRY].start()

    def kill_expiry(self) -> None:
        """End the only expiry process without a warning."""
        self._system.parts[_EXPIRY].kill()

    async def register(self, name: str, tags: Sequence[str] = (), *, banner: str | None = None) -> str:
        """A banner of this name, free; its id."""
        banner = banner or new_banner_id()
        body = {"id": banner, "name": name, "tags": list(tags)}
        response = await self._client.post("/v1/banners", json=body, headers=AS_OPERATOR)
        assert response.status_code == codes.CREATED, response.text
        return banner

    async def show(self, banner: str, text: str) -> Mapping[str, Any]:
        """Somebody who is not at any page puts a text on a banner; the answer."""
        response = await self._client.post(f"/v1/banners/{banner}/display", json={"text": text})
        assert response.status_code == codes.CREATED, response.text
        answer: Mapping[str, Any] = response.json()
        return answer

    async def command(self, banner: str, command: BannerCommand) -> Accepted[Banner]:
        """Somebody does that to a banner, straight on the mesh, and it is done."""
        reply = await Banners(self.mesh).command(BannerId(banner), command)
        assert isinstance(reply, Accepted), reply
        return reply

    @contextmanager
    def hardware(self, banner: str, directory: Path) -> Generator[None]:
        """What tows a banner, so that it counts as free when nothing shows on it."""
        whom = self._system.nats_as("fleet")
        at = ("--nats-url", whom.url, "--nats-creds", str(whom.credentials))
        with running_module("airdisplay", "device", banner, *at, log=directory / f"{banner}.log"):
            yield

    async def texts(self, banner: str) -> list[str]:
        """What the store says that a banner shows."""
        response = await self._client.get(f"/v1/banners/{banner}")
        display = response.raise_for_status().json()["display"]
        return [] if display is None else [display["text"]]


@asynccontextmanager
async def running_whole_mesh(directory: Path, *, ttl: float) -> AsyncGenerator[WholeMesh]:
    """A mesh on which a display lasts `ttl` seconds, ended with the block."""
    async with (
        running_system(directory, ttl=ttl) as system,
        open_mesh(system.nats_as("operator"), name="test") as mesh,
        open_mesh(system.nats_as("fleet"), name="hardware") as fleet,
        httpx.AsyncClient(
            base_url=system.urls[0], headers={"Cookie": "airdisplay_guest=somebody"}, timeout=20
        ) as client,
    ):
        yield WholeMesh(system, mesh, fleet, client)
