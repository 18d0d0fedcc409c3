"""A gateway inside the test's own process, and people who call it."""

import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import anyio
import httpx
import msgspec
from prometheus_client import CollectorRegistry

from services.expiry.service import expiry_service
from services.gateway.access import Access
from services.gateway.admission import Admission
from services.gateway.app import create_app
from services.gateway.authors import Authority
from services.gateway.calls import Calls
from services.gateway.connections import DEFAULT_BOUNDS, Bounds
from services.gateway.displays import Displays
from services.gateway.fair_use import OFF, FairUse
from services.gateway.hub import Hub
from services.gateway.live import PING
from services.gateway.lobbies import LobbyView
from services.gateway.origins import Door, doorway
from services.gateway.past import Archive
from services.gateway.permits import Permits
from services.gateway.problems import MEDIA_TYPE
from services.gateway.server import listen, serving
from services.gateway.service import NAME, gateway_service
from services.gateway.watches import watches
from services.intake.service import intake_service
from services.lobby.service import LobbyService
from shared.contracts.identity import BannerId
from shared.contracts.lobby import pool_of
from shared.contracts.views import BannerPage, BannerView, DisplayView, HistoryPage
from shared.entities.claims import Claims
from shared.entities.memory import MemoryStore
from shared.mesh import streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.newest import Look
from tests.support.banners import MINUTE, new_banner_id, running_banner_service
from tests.support.documented import judge
from tests.support.lobbies import beat, running_lobby_service
from tests.support.signing import AS_OPERATOR, OPERATOR_TOKEN, bearing, keys_file
from tests.support.waiting import until

HOST = "127.0.0.1"
EPOCH = "18c2f"
"""The life of the log, as a gateway without a log tells it."""

_NARROW_BYTES = 64 * 1024

_view = msgspec.json.Decoder(BannerView)
_display = msgspec.json.Decoder(DisplayView)
_page = msgspec.json.Decoder(BannerPage)
_history = msgspec.json.Decoder(HistoryPage)


class Gateway:
    """Where a gateway is, and who calls it. Every answer is judged by what the documents say."""

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
        client = httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=20, event_hooks={"response": [judge]}
        )
        self._clients.push_async_callback(client.aclose)
        return client

    def bearer(self, token: str) -> httpx.AsyncClient:
        """Somebody who calls with a token."""
        client = self.guest()
        client.headers.update(bearing(token))
        return client

    def operator(self) -> httpx.AsyncClient:
        """An operator."""
        return self.bearer(OPERATOR_TOKEN)


@asynccontextmanager
async def running_gateway(
    nats_url: str,
    *,
    instance: str = "test",
    access: Access | None = None,
    fair_use: FairUse = OFF,
    bounds: Bounds = DEFAULT_BOUNDS,
    trusted_proxies: Sequence[str] = (),
) -> AsyncGenerator[Gateway]:
    """A gateway on a free port, with a connection of its own, until the block is left.

    Nobody is limited unless it is said: tests ask more than people do. The streams are there, as if a banner
    service had been.
    """
    access = access or Access(keys=keys_file())
    async with open_mesh(nats_url, name="maker") as maker:
        await streams.ensure(maker, streams.everything(replicas=1))
    async with (
        open_mesh(nats_url, name=f"{NAME}-{instance}") as mesh,
        gateway_service(
            mesh,
            instance=instance,
            host=HOST,
            port=0,
            access=access,
            fair_use=fair_use,
            bounds=bounds,
            trusted_proxies=trusted_proxies,
        ),
        AsyncExitStack() as clients,
    ):
        yield Gateway(await _port(mesh, instance), clients)


class Services(NamedTuple):
    """What a gateway asks: the banner service's connection, and the lobby service."""

    mesh: Mesh
    lobby: LobbyService


@asynccontextmanager
async def running_services(
    nats_url: str, *, ttl_ms: int = MINUTE, expiry: bool = True
) -> AsyncGenerator[Services]:
    """All that a gateway asks, each with a connection of its own as in a process."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        mesh = await enter(open_mesh(nats_url, name="banner"))
        await enter(running_banner_service(mesh, ttl_ms=ttl_ms))
        lobby = await enter(running_lobby_service(await enter(open_mesh(nats_url, name="lobby"))))
        if expiry:
            elsewhere = await enter(open_mesh(nats_url, name="expiry"))
            await enter(expiry_service(elsewhere, instance="test"))
        at_the_door = await enter(open_mesh(nats_url, name="intake"))
        await enter(intake_service(at_the_door, instance="test"))
        yield Services(mesh, lobby)


@asynccontextmanager
async def running_hub(
    *, heartbeat_seconds: float = 600, authority: Authority | None = None, deflate: bool = False
) -> AsyncGenerator[tuple[Hub, Gateway]]:
    """The live channel of a hub that is filled by hand; there is no mesh to ask."""
    hub = Hub()
    hub.view.epoch = EPOCH
    nobody: Any = None
    archive = Archive(MemoryStore())
    lobbies = LobbyView(lambda _pool: None)
    claims = Claims("banner", MemoryStore())
    displays = Displays(hub.view, lobbies, archive, claims, MemoryStore(), catch_up=anyio.lowlevel.checkpoint)
    beside = watches(displays, hub.view, lobbies, _nothing_measured)
    hub.on_flush = beside.followed.on_change
    app = create_app(
        Calls(nobody, nobody, hub, displays, archive, blocklists=nobody, proof=nobody, series=nobody),
        hub,
        beside,
        missing=_nothing_missing,
        registry=CollectorRegistry(),
        authority=authority or Authority(None),
        admission=Admission(OFF, Permits(MemoryStore()), lambda _reason: None),
    )
    listener = listen(HOST, 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _NARROW_BYTES)  # connections inherit it
    port = listener.getsockname()[1]
    async with anyio.create_task_group() as tasks, AsyncExitStack() as clients:
        tasks.start_soon(hub.run)
        tasks.start_soon(hub.pass_time)
        for each in beside:
            tasks.start_soon(each.run)
        tasks.start_soon(hub.watch_for_stalls)
        tasks.start_soon(hub.beat, PING, heartbeat_seconds)
        async with serving(doorway(app, Door()), listener, deflate=deflate):
            yield hub, Gateway(port, clients)
        tasks.cancel_scope.cancel()


async def registered_over(client: httpx.AsyncClient, banner: BannerId | None = None, **body: Any) -> BannerId:
    """A banner that an operator registered, with nothing on it."""
    banner = banner or new_banner_id()
    answer = await client.post("/v1/banners", json={"id": banner, **body}, headers=AS_OPERATOR)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return banner


async def online_over(
    client: httpx.AsyncClient, services: Services, tag: str, *, among: int = 1
) -> list[BannerId]:
    """Banners with a tag of their own that the lobby knows to be free, in order."""
    banners = sorted([await registered_over(client, tags=[tag]) for _ in range(among)])
    for banner in banners:
        await beat(services.mesh, banner)
    await until(lambda: services.lobby.places.free(pool_of(tag)) == among)
    return banners


async def show(
    client: httpx.AsyncClient, banner: str, text: str = "Hello", *, key: str | None = None, when: str = "now"
) -> httpx.Response:
    """Press *show*."""
    body = {"text": text} if when == "now" else {"text": text, "when": when}
    return await client.post(f"/v1/banners/{banner}/display", json=body, headers=_keyed(key))


async def show_anywhere(
    client: httpx.AsyncClient, text: str = "Hello", *, tag: str | None = None, key: str | None = None
) -> httpx.Response:
    """Press *show* without a banner in mind."""
    body = {"text": text} if tag is None else {"text": text, "tag": tag}
    return await client.post("/v1/displays", json=body, headers=_keyed(key))


def display_in(response: httpx.Response) -> DisplayView:
    """The display that a response carries."""
    assert response.is_success, response.text
    return _display.decode(response.content)


async def followed_over(client: httpx.AsyncClient, display_id: str) -> DisplayView:
    """What has become of a display."""
    return display_in(await client.get(f"/v1/displays/{display_id}"))


async def history_over(client: httpx.AsyncClient, banner: str, **query: str | int) -> HistoryPage:
    """A page of what was decided about a banner."""
    response = await client.get(f"/v1/banners/{banner}/history", params=query)
    assert response.is_success, response.text
    return _history.decode(response.content)


async def listed_over(client: httpx.AsyncClient, **query: str | int) -> BannerPage:
    """One page of the list."""
    response = await client.get("/v1/banners", params=query)
    assert response.is_success, response.text
    return _page.decode(response.content)


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


def _keyed(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


async def _port(mesh: Mesh, instance: str) -> int:
    answer = await mesh.requests.ask(f"$SRV.STATS.{NAME}.{instance}", b"", timeout=5)
    facts: dict[str, str] = msgspec.json.decode(answer.data)["data"]
    return int(facts["http"].rpartition(":")[2])


async def _nothing_measured(_subjects: Sequence[str], _after: int) -> Look:
    return Look([], 0)


async def _nothing_missing() -> list[str]:
    return []
