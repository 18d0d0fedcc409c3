"""A gateway inside the test's own process, and people who call it."""

import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import httpx
import msgspec
from prometheus_client import CollectorRegistry

from services.gateway.app import create_app
from services.gateway.hub import Hub
from services.gateway.live import PING
from services.gateway.problems import MEDIA_TYPE
from services.gateway.routes import Calls
from services.gateway.server import listen, serving
from services.gateway.service import NAME, gateway_service
from shared.contracts.identity import BannerId
from shared.contracts.views import BannerView
from shared.mesh.connection import Mesh, open_mesh
from tests.support.banners import new_banner_id

HOST = "127.0.0.1"
EPOCH = "18c2f"
"""The life of the log, as a gateway without a log tells it."""

_NARROW_BYTES = 64 * 1024

_view = msgspec.json.Decoder(BannerView)


class Gateway:
    """Where a gateway is, and who calls it."""

    def __init__(self, port: int, clients: AsyncExitStack) -> None:
        self.port = port
        self._clients = clients

    @property
    def url(self) -> str:
        """Where HTTP is."""
        return f"http://{HOST}:{self.port}"

    @property
    def live_url(self) -> str:
        """Where the live channel is."""
        return f"ws://{HOST}:{self.port}/v1/live"

    def guest(self, name: str | None = None) -> httpx.AsyncClient:
        """Somebody who calls: told apart by a cookie, without a name by the address."""
        headers = {} if name is None else {"Cookie": f"airdisplay_guest={name}"}
        client = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20)
        self._clients.push_async_callback(client.aclose)
        return client


@asynccontextmanager
async def running_gateway(nats_url: str, *, instance: str = "test") -> AsyncGenerator[Gateway]:
    """A gateway on a free port, with a connection of its own, until the block is left."""
    async with (
        open_mesh(nats_url, name=f"{NAME}-{instance}") as mesh,
        gateway_service(mesh, instance=instance, host=HOST, port=0, replicas=1),
        AsyncExitStack() as clients,
    ):
        yield Gateway(await _port(mesh, instance), clients)


@asynccontextmanager
async def running_hub(*, heartbeat_seconds: float = 600) -> AsyncGenerator[tuple[Hub, Gateway]]:
    """The live channel of a hub that is filled by hand; there is no mesh to ask."""
    hub = Hub()
    nobody: Any = None
    app = create_app(
        Calls(nobody, hub), hub, epoch=EPOCH, missing=_nothing_missing, registry=CollectorRegistry()
    )
    listener = listen(HOST, 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _NARROW_BYTES)  # connections inherit it
    port = listener.getsockname()[1]
    async with anyio.create_task_group() as tasks, AsyncExitStack() as clients:
        tasks.start_soon(hub.run)
        tasks.start_soon(hub.watch_for_stalls)
        tasks.start_soon(hub.beat, PING, heartbeat_seconds)
        async with serving(app, listener):
            yield hub, Gateway(port, clients)
        tasks.cancel_scope.cancel()


async def registered_over(client: httpx.AsyncClient, banner: BannerId | None = None, **body: Any) -> BannerId:
    """A banner that is there, with nothing on it."""
    banner = banner or new_banner_id()
    answer = await client.post("/v1/banners", json={"id": banner, **body})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return banner


def view_in(response: httpx.Response) -> BannerView:
    """The banner that a response carries."""
    assert response.is_success, response.text
    return _view.decode(response.content)


def problem_in(response: httpx.Response) -> dict[str, Any]:
    """The problem that a response carries, once it is clear that it is a whole one."""
    assert response.headers["content-type"] == MEDIA_TYPE, response.text
    problem: dict[str, Any] = response.json()
    assert response.status_code == problem["status"]
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    return problem


async def _port(mesh: Mesh, instance: str) -> int:
    answer = await mesh.requests.ask(f"$SRV.STATS.{NAME}.{instance}", b"", timeout=5)
    facts: dict[str, str] = msgspec.json.decode(answer.data)["data"]
    return int(facts["http"].rpartition(":")[2])


async def _nothing_missing() -> list[str]:
    return []
