"""A client rides through what happens to gateways and nats-server, and knows in the end what is stored."""

import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from airdisplay_client import AirDisplay, BannerView, Changed, Connection, News, Refused
from tests.support.system import Part, System, running_system
from tests.support.waiting import until

BANNERS = ("lightning", "sparky", "stormy")
PATIENCE_SECONDS = 40

pytestmark = [pytest.mark.faults, pytest.mark.timeout(150)]


class Viewer:
    """One who watches everything and remembers what it was told."""

    def __init__(self) -> None:
        self.banners: dict[str, BannerView] = {}
        self.states: list[str] = []
        self.recovered: list[bool] = []

    async def watch(self, air: AirDisplay) -> None:
        """Take all news, and see revisions only rise."""
        async for news in air.watch():
            self._take(news)

    def _take(self, news: News) -> None:
        match news:
            case Changed(banner):
                before = self.banners.get(banner.id)
                assert before is None or banner.revision >= before.revision
                self.banners[banner.id] = banner
            case Connection():
                self.states.append(news.state)
                self.recovered.append(news.recovered)
            case _:
                raise AssertionError(news)

    def texts(self) -> dict[str, str | None]:
        """What shows where."""
        return {
            name: None if banner.display is None else banner.display.text
            for name, banner in self.banners.items()
        }


@asynccontextmanager
async def viewing(air: AirDisplay) -> AsyncGenerator[Viewer]:
    """A viewer that has been told of all banners."""
    viewer = Viewer()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(viewer.watch, air)
        await until(lambda: set(BANNERS) <= set(viewer.banners))
        yield viewer
        tasks.cancel_scope.cancel()


async def showing(air: AirDisplay, banner: str, text: str) -> None:
    """Let it show, whatever shows now: by one's own word, which may take several attempts."""
    with anyio.fail_after(PATIENCE_SECONDS):
        while True:
            try:
                await air.show(banner, text)
            except Refused as refused:
                if refused.slug != "busy":
                    raise
                display = (await air.banner(banner)).display
                if display is not None:
                    await air.take_back(display.id)
            else:
                return


async def equal_to_the_store(viewer: Viewer, air: AirDisplay) -> bool:
    """Whether a viewer knows exactly what is stored."""
    return viewer.banners == {name: await air.banner(name) for name in BANNERS}


async def knows_everything(viewer: Viewer, air: AirDisplay) -> None:
    """Return once the viewer knows what the store knows, and is told that it does."""
    with anyio.fail_after(PATIENCE_SECONDS):
        while not (viewer.states[-1] == "connected" and await equal_to_the_store(viewer, air)):
            await anyio.sleep(0.01)


def gateway(system: System, number: int = 0) -> Part:
    """One of them."""
    return system.parts[f"gateway-{number}"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_through_the_restart_of_a_gateway(tmp_path: Path, how: signal.Signals) -> None:
    async with running_system(tmp_path, ttl=60) as system, AirDisplay(system.urls[0], attempts=8) as air:
        await system.register(*BANNERS)
        async with viewing(air) as viewer:
            await showing(air, "lightning", "before")
            await until(lambda: viewer.texts()["lightning"] == "before")

            gateway(system).end(how)
            await until(lambda: viewer.states[-1] == "reconnecting")
            gateway(system).start()
            await showing(air, "lightning", "after")  # while it starts: the call waits, and shows once
            await showing(air, "sparky", "after")
            await knows_everything(viewer, air)

    assert ["connected", "reconnecting", "connected"] == viewer.states
    assert {"lightning": "after", "sparky": "after", "stormy": None} == viewer.texts()


async def test_through_the_restart_of_nats_server(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=60) as system, AirDisplay(system.urls[0], attempts=8) as air:
        await system.register(*BANNERS)
        async with viewing(air) as viewer:
            await showing(air, "lightning", "before")
            await system.nats.kill()
            await until(lambda: viewer.states[-1] == "stale")
            await system.nats.start()
            await showing(air, "sparky", "after")
            await knows_everything(viewer, air)

    assert ["connected", "stale", "connected"] == viewer.states
    assert {"lightning": "before", "sparky": "after", "stormy": None} == viewer.texts()


async def test_to_another_gateway_and_back(tmp_path: Path) -> None:
    async with (
        running_system(tmp_path, ttl=60, gateways=2) as system,
        AirDisplay(",".join(system.urls)) as air,
        AirDisplay(system.urls[1]) as elsewhere,
    ):
        await system.register(*BANNERS)
        async with viewing(air) as viewer:
            gateway(system, 0).kill()
            await showing(elsewhere, "lightning", "on the other one")
            await showing(air, "sparky", "on whichever is there")
            await knows_everything(viewer, elsewhere)

            gateway(system, 0).start()
            await system.ready()
            gateway(system, 1).kill()
            await showing(air, "stormy", "on the first again")
            async with AirDisplay(system.urls[0]) as first:
                await knows_everything(viewer, first)

    assert {"on the other one", "on whichever is there", "on the first again"} == set(viewer.texts().values())
