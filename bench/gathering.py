"""Changes delivered to those who watch everything, for each core of the gateway: gathered, and not."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import anyio

from bench.processes import Place, mesh
from bench.report import Row
from bench.scale import allow_descriptors, scaled, seconds
from bench.shows import register
from bench.sockets import Counted, sockets
from bench.viewers import SHORT_TTL, WATCH_ALL, show_for_ever
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh

VIEWERS: Final = scaled(1_000)
BANNERS: Final = scaled(500, at_least=20)
SECONDS: Final = seconds(10)
SETTLE_SECONDS: Final = seconds(3)


class Delivered(NamedTuple):
    """What reached all viewers in a second, and what share of a core the gateway spent on it."""

    changes: float
    frames: float
    cores: float


async def delivered(module: str | None) -> Delivered:
    """Displays come and go; all viewers watch everything."""
    with mesh(SHORT_TTL, gateway_module=module) as place:
        await register(place.nats_url, BANNERS)
        async with (
            open_mesh(place.nats_url, name="bench") as opened,
            sockets(place.http_port, VIEWERS, WATCH_ALL, counts_banners=True) as connections,
        ):
            await anyio.sleep(SETTLE_SECONDS)  # the snapshots are out
            async with _shows(opened):
                await anyio.sleep(SETTLE_SECONDS)
                return await _measured(place, connections)


@asynccontextmanager
async def _shows(opened: Mesh) -> AsyncGenerator[None]:
    """Displays come and go until the block is left."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(show_for_ever, Banners(opened, answer_seconds=30), BANNERS)
        yield
        tasks.cancel_scope.cancel()


async def _measured(place: Place, connections: list[Counted]) -> Delivered:
    before, spent, began = _counts(connections), place.cpu_seconds("gateway"), anyio.current_time()
    await anyio.sleep(SECONDS)
    after, cpu = _counts(connections), place.cpu_seconds("gateway") - spent
    passed = anyio.current_time() - began
    changes, frames = (new - old for new, old in zip(after, before, strict=True))
    return Delivered(changes / passed, frames / passed, cpu / passed)


def _counts(connections: list[Counted]) -> tuple[int, int]:
    return sum(each.banners for each in connections), sum(each.frames for each in connections)


async def run() -> list[Row]:
    """Gathered as ever, then without."""
    allow_descriptors(VIEWERS)
    ungathered = await delivered("bench.ungathered")
    gathered = await delivered(None)
    rows = []
    for name, found in (("not gathered", ungathered), ("gathered", gathered)):
        per_core = found.changes / found.cores
        figure = (
            f"{per_core:,.0f} changes/s a core "
            f"({found.changes:,.0f} changes/s in {found.frames:,.0f} frames/s, {found.cores:.2f} cores)"
        )
        ratio = per_core / (ungathered.changes / ungathered.cores)
        rows.append(Row(f"delivered to {VIEWERS:,} viewers, {name}", figure, ratio))
    return rows
