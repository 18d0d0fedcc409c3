"""Many viewers through the death of what they depend on: nobody misses anything, and nobody is told old news.

`AIRDISPLAY_TEST_VIEWERS=1000` makes it as many.
"""

import os
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import msgspec
import pytest

from airdisplay_device import NatsLine
from shared.contracts import subjects
from shared.contracts.banner import Clear, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import AirDisplayError
from shared.contracts.hardware import Presence, Reported
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.views import BannerPage, BannerView
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from tests.support.banners import new_command_id
from tests.support.followers import Follower, broken_promises
from tests.support.history import records_of
from tests.support.system import System, running_system
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

VIEWERS = int(os.environ.get("AIRDISPLAY_TEST_VIEWERS", "150"))
BANNERS = [BannerId(f"b{number}") for number in range(12)]
PACE_SECONDS = 0.05
PATIENCE_SECONDS = 60.0

Fault = Callable[[System], Awaitable[None]]


async def kill_a_gateway(system: System) -> None:
    system.parts["gateway-0"].kill()
    system.parts["gateway-0"].start()


async def kill_both_gateways(system: System) -> None:
    for name in ("gateway-0", "gateway-1"):
        system.parts[name].kill()
    for name in ("gateway-0", "gateway-1"):
        system.parts[name].start()


async def kill_nats(system: System) -> None:
    await system.nats.kill()
    await system.nats.start()


async def kill_everything(system: System) -> None:
    system.parts["gateway-0"].kill()
    await system.nats.kill()
    system.parts["gateway-1"].kill()
    await system.nats.start()
    system.parts["gateway-0"].start()
    system.parts["gateway-1"].start()


class Traffic:
    """Displays that come and go, and hardware that speaks of them, through whatever happens."""

    def __init__(self, mesh: Mesh, hardware: NatsLine) -> None:
        self.hardware = hardware
        self.banners = Banners(mesh)
        self.accepted = 0

    async def flow(self) -> None:
        """Change something again and again; never returns."""
        while True:
            banner = random.choice(BANNERS)
            command = random.choice((Show(id=new_command_id(), by="ada", text="Hello"), Clear(by="ada")))
            try:
                reply = await self.banners.command(banner, command)
                self.accepted += isinstance(reply, Accepted)
                self._speak(random.choice(BANNERS))
            except AirDisplayError:  # there is nobody to ask at present
                pass
            await anyio.sleep(PACE_SECONDS)

    async def go_on(self, changes: int) -> None:
        """Return once so many more changes have been accepted."""
        enough = self.accepted + changes
        await until(lambda: self.accepted >= enough, seconds=PATIENCE_SECONDS)

    def _speak(self, banner: BannerId) -> None:
        said = Reported(display_id=DisplayId(new_command_id()), revision=1, at=clock.now())
        self.hardware.publish(subjects.banner(banner, "reported"), msgspec.json.encode(said))
        self.hardware.publish(
            subjects.banner(banner, "presence"), msgspec.json.encode(Presence(at=clock.now()))
        )


@asynccontextmanager
async def traffic_on(system: System) -> AsyncGenerator[Traffic]:
    """Traffic until the block is left."""
    fleet = system.nats_as("fleet")
    hardware = NatsLine(fleet.url, name="hardware", credentials=fleet.credentials)
    async with (
        open_mesh(system.nats_as("operator"), name="traffic") as mesh,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(hardware.run)
        traffic = Traffic(mesh, hardware)
        tasks.start_soon(traffic.flow)
        yield traffic
        tasks.cancel_scope.cancel()


async def listed(url: str) -> dict[BannerId, BannerView]:
    """Every banner as this gateway knows it."""
    async with httpx.AsyncClient() as client:
        page = msgspec.json.decode((await client.get(f"{url}/v1/banners")).content, type=BannerPage)
    return {view.id: view for view in page.items}


async def newest(system: System) -> dict[BannerId, int]:
    """The revision of each banner as the store has it."""
    async with open_mesh(system.nats_as("operator"), name="reader") as mesh:
        replies = {banner: await Banners(mesh).get(banner) for banner in BANNERS}
    return {banner: reply.revision for banner, reply in replies.items() if isinstance(reply, Accepted)}


async def history(system: System) -> dict[BannerId, list[int]]:
    """The revisions of each banner, as HISTORY has them."""
    async with open_mesh(system.nats_as("operator"), name="reader") as mesh:
        return {banner: [each.revision for each in await records_of(mesh, banner)] for banner in BANNERS}


def seen(views: dict[BannerId, BannerView]) -> dict[BannerId, object]:
    """What a viewer sees, but for displays, which may end at any moment; the revision stands for them."""
    return {banner: (view.revision, view.presence, view.reported) for banner, view in views.items()}


def followers(urls: list[str]) -> list[Follower]:
    """Half of them watch everything, half a few by name; half begin at each gateway."""
    live = [url.replace("http", "ws", 1) + "/v1/live" for url in urls]
    return [
        Follower(live, *(random.sample(BANNERS, 4) if number % 2 else ()), first=number // 2)
        for number in range(VIEWERS)
    ]


def epochs_of(viewers: list[Follower]) -> set[str]:
    """The lives of the log that they are told of."""
    return {viewer.position.epoch for viewer in viewers if viewer.position is not None}


async def all_agree(system: System, viewers: list[Follower]) -> bool:
    """Whether every viewer sees what the gateways say, and the gateways what the store says."""
    lists = [seen(await listed(url)) for url in system.urls]
    if any(each != lists[0] for each in lists):
        return False
    if await newest(system) != {
        banner: view.revision for banner, view in (await listed(system.urls[0])).items()
    }:
        return False
    return all(
        seen(viewer.known) == {banner: lists[0][banner] for banner in viewer.banners or BANNERS}
        for viewer in viewers
    )


@pytest.mark.parametrize(
    ("fault", "recovers"),
    [
        pytest.param(kill_a_gateway, True, id="a gateway is killed"),
        pytest.param(kill_both_gateways, True, id="both gateways are killed"),
        pytest.param(kill_nats, False, id="nats-server is killed"),
        pytest.param(kill_everything, False, id="both gateways and nats-server are killed"),
    ],
)
async def test_every_viewer_ends_with_what_the_store_has_and_none_that_recovered_missed_anything(
    tmp_path: Path, fault: Fault, *, recovers: bool
) -> None:
    async with running_system(tmp_path, ttl=2, gateways=2) as system:
        await system.register(*BANNERS)
        viewers = followers(system.urls)
        epochs: set[str] = set()
        before: list[int] = []
        async with anyio.create_task_group() as tasks:
            async with traffic_on(system) as traffic:
                for viewer in viewers:
                    tasks.start_soon(viewer.run)
                await until(lambda: all(viewer.came for viewer in viewers), seconds=PATIENCE_SECONDS)
                await traffic.go_on(20)
                epochs |= epochs_of(viewers)
                before += [viewer.came for viewer in viewers]
                await fault(system)
                await traffic.go_on(20)
                await system.ready()
                await traffic.go_on(20)
            await until(lambda: all_agree(system, viewers), seconds=PATIENCE_SECONDS)
            tasks.cancel_scope.cancel()
        revisions = await history(system)

    again = [viewer for viewer, came in zip(viewers, before, strict=True) if viewer.came > came]
    after = epochs_of(viewers)
    assert 1 == len(epochs) == len(after)
    assert recovers == (epochs == after)
    assert again
    for viewer in viewers:
        assert [] == viewer.wrong
        assert [] == broken_promises(viewer, revisions)
    if recovers:
        assert {True} == {viewer.promises[-1].recovered for viewer in again}
    else:
        assert viewers == again
