"""Viewers: how soon a commit is seen, and how many frames leave beside a bare broadcast."""

import itertools
import statistics
import sys
import time
from typing import Final

import anyio
import httpx
from websockets.asyncio.client import connect

from bench.processes import Place, free_port, mesh, process
from bench.report import Row
from bench.shows import register
from bench.sockets import frames_in, sockets
from shared.contracts.banner import Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import open_mesh

VIEWERS: Final = 2_000
BANNERS: Final = 500
SHORT_TTL: Final = 0.5
PROBES: Final = 300
SECONDS: Final = 8.0
SHOWS_A_SECOND: Final = 150
WATCH_ALL: Final = '{"op":"watch","all":true}'


async def measure_latency(place: Place) -> list[float]:
    """Milliseconds from sending a command to the frame that shows what it did, one at a time."""
    found: list[float] = []
    url = f"ws://127.0.0.1:{place.http_port}/v1/live"
    async with (
        open_mesh(place.nats_url, name="bench") as opened,
        connect(url, compression=None, max_size=None) as viewer,
    ):
        await viewer.send(WATCH_ALL)
        banners = Banners(opened)
        for number in range(PROBES):
            started = time.perf_counter()
            reply = await banners.command(BannerId(f"b{number}"), Show(text="now"))
            assert isinstance(reply, Accepted)
            with anyio.fail_after(5):
                while f'"revision":{reply.revision},' not in str(await viewer.recv()):
                    pass
            found.append((time.perf_counter() - started) * 1000)
            await anyio.sleep(0.03)
    return sorted(found)


async def measure_fanout() -> tuple[float, float, int]:
    """Frames a second to all viewers while displays come and go, changes a second, and bytes a frame."""
    frames = changes = size = 0.0
    with mesh(SHORT_TTL) as place:
        await register(place.nats_url, BANNERS)
        async with (
            open_mesh(place.nats_url, name="bench") as opened,
            sockets(place.http_port, VIEWERS, WATCH_ALL) as connections,
            anyio.create_task_group() as tasks,
        ):
            await anyio.sleep(3)  # the snapshots are out
            tasks.start_soon(show_for_ever, Banners(opened, answer_seconds=30), BANNERS)
            await anyio.sleep(2)
            before = await _changes(place)
            frames, size = await frames_in(connections, SECONDS)
            changes = await _changes(place) - before
            tasks.cancel_scope.cancel()
    return frames / SECONDS, changes / SECONDS, int(size / max(frames, 1))


async def show_for_ever(banners: Banners, count: int) -> None:
    """Shows on one banner after the other, at a steady rate; never returns."""
    async with anyio.create_task_group() as tasks:
        for number in itertools.cycle(range(count)):
            tasks.start_soon(banners.command, BannerId(f"b{number}"), Show(text="hello there"))
            await anyio.sleep(1 / SHOWS_A_SECOND)


async def _changes(place: Place) -> float:
    async with httpx.AsyncClient(timeout=30) as client:
        figures = (await client.get(f"http://127.0.0.1:{place.http_port}/metrics")).text
    (line,) = (line for line in figures.splitlines() if line.startswith("airdisplay_changes_total "))
    return float(line.split()[1])


async def measure_bare(size: int) -> float:
    """Frames a second of a loop that does nothing but send frames of that size to as many sockets."""
    port = free_port()
    with process(sys.executable, "-m", "bench.broadcast", str(port), str(VIEWERS), str(size), port=port):
        async with sockets(port, VIEWERS) as connections:
            await anyio.sleep(1)
            frames, _ = await frames_in(connections, SECONDS)
    return frames / SECONDS


async def run() -> list[Row]:
    """Latency on a quiet mesh, then fan-out on a busy one."""
    with mesh(600, expiry=False) as place:
        await register(place.nats_url, PROBES)
        latency = await measure_latency(place)
    frames, changes, size = await measure_fanout()
    bare = await measure_bare(size)
    p50, p99 = statistics.median(latency), latency[int(len(latency) * 0.99)]
    sent = changes * VIEWERS
    return [
        Row("command to viewer, quiet mesh", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", wanted="p50 ≤ 5 ms"),
        Row(f"bare broadcast, {VIEWERS} viewers, {size} B", f"{bare:,.0f} frames/s"),
        Row(f"fan-out, {VIEWERS} viewers", f"{frames:,.0f} frames/s", frames / bare, "≥ 0.7"),
        Row(
            "changes delivered in those frames",
            f"{sent:,.0f} changes/s",
            sent / max(frames, 1),
            "many a frame",
        ),
    ]
