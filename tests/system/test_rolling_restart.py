"""Every service started anew, one instance after the other, while all is in use: nobody ends wrong."""

import random
import signal
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from airdisplay.fleet import register
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from tests.support.fliers import PATIENCE_SECONDS, Flier, all_right, flying, orders, traffic_on
from tests.support.followers import Follower, broken_promises
from tests.support.history import records_of
from tests.support.panel_judge import Notes, violations
from tests.support.system import System, running_system
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

BANNERS = [BannerId(f"b{number}") for number in range(60)]
VIEWERS = 24
TTL_SECONDS = 15.0
READY = '"ready"'


def followers(system: System) -> list[Follower]:
    """Half of them watch everything, half a few by name; half begin at each gateway."""
    live = [url.replace("http", "ws", 1) + "/v1/live" for url in system.urls]
    return [
        Follower(live, *(random.sample(BANNERS, 4) if number % 2 else ()), first=number // 2)
        for number in range(VIEWERS)
    ]


async def revisions(mesh: Mesh) -> dict[BannerId, int]:
    """The revision of each banner as the store has it."""
    replies = {banner: await Banners(mesh).get(banner) for banner in BANNERS}
    return {banner: reply.revision for banner, reply in replies.items() if isinstance(reply, Accepted)}


async def start_anew(system: System, name: str) -> None:
    """End one instance politely, and let it begin another life; returns once it serves."""
    part = system.parts[name]
    lives = part.output.count(READY)
    code = await anyio.to_thread.run_sync(part.end, signal.SIGTERM)
    assert code == 0, f"{name} ended with {code}: {part.output[-2000:]}"
    part.start()
    await until(lambda: part.output.count(READY) > lives, seconds=PATIENCE_SECONDS)


async def all_seen(mesh: Mesh, viewers: Sequence[Follower]) -> bool:
    """Whether every viewer has the newest of all that it watches."""
    newest = await revisions(mesh)
    return all(
        viewer.revisions() == {banner: newest[banner] for banner in viewer.banners or BANNERS}
        for viewer in viewers
    )


async def notes_of(fliers: Sequence[Flier]) -> list[Notes]:
    """All that was noted of all devices."""
    return [await flier.ask("notes", Notes) for flier in fliers]


async def test_while_every_service_is_started_anew_no_device_and_no_viewer_ends_wrong(
    tmp_path: Path,
) -> None:
    two = {"banners": 2, "expiries": 2, "lobbies": 2, "intakes": 2, "gateways": 2}
    async with (
        running_system(tmp_path, ttl=TTL_SECONDS, **two) as system,
        open_mesh(system.nats_as("operator"), name="callers") as mesh,
    ):
        assert [] == await register(mesh, BANNERS)
        viewers = followers(system)
        failed, notes = 0, list[Notes]()
        async with flying(orders(system, BANNERS, faults=0)) as fliers, anyio.create_task_group() as tasks:
            for viewer in viewers:
                tasks.start_soon(viewer.run)
            await until(lambda: all(viewer.came for viewer in viewers), seconds=PATIENCE_SECONDS)
            async with traffic_on(mesh, BANNERS) as traffic:
                for name in list(system.parts):
                    await traffic.go_on(10)
                    await start_anew(system, name)
                await traffic.go_on(10)
                failed = traffic.failed
            await all_right(mesh, fliers, BANNERS)
            await until(lambda: all_seen(mesh, viewers), seconds=PATIENCE_SECONDS)
            notes = await notes_of(fliers)
            tasks.cancel_scope.cancel()
        history = {banner: [each.revision for each in await records_of(mesh, banner)] for banner in BANNERS}

    assert failed == 0
    assert [] == [found for each in notes for found in violations(each)]
    assert all(viewer.came > 1 for viewer in viewers)
    for viewer in viewers:
        assert [] == viewer.wrong
        assert [] == broken_promises(viewer, history)
