"""Interest: what a gateway spends on following, when its viewers watch few banners, many, or all.

Three ways: the whole log (as it is done), one consumer with a filter for each watched banner, and a plain
subscription to the copy of each on `.state`. Records are written straight into the bucket, at a steady rate.
"""

import sys
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import anyio
import msgspec
import psutil

from bench.follower import SUBJECT, WAYS, Progress
from bench.processes import nats, process
from bench.report import Row
from bench.scale import scaled, seconds
from shared.contracts import subjects
from shared.contracts.banner import Banner, Display
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh, open_mesh

FEW: Final = 10
MANY: Final = scaled(100_000, at_least=200)
RATE: Final = scaled(2_000, at_least=200)
"""Changes a second, whichever banners they concern."""
FAST: Final = scaled(8_000, at_least=400)
WATCHED: Final = (10, scaled(1_000, at_least=50), 0)
"""How many of many are watched; 0 stands for all."""
WARM_SECONDS: Final = seconds(1)
SECONDS: Final = seconds(5)
TICK_SECONDS: Final = 0.01
# A prime: every banner has its turn, and neighbours, which are watched together, have it apart.
_STRIDE: Final = 7_919

_progress = msgspec.json.Decoder(Progress)


class Spent(NamedTuple):
    """What one way of following costs while so much changes."""

    taken: float
    """Records a second that were taken."""
    cores: float
    server_cores: float
    kilobytes: float
    """A second, to the follower."""
    memory: int
    start_seconds: float


def record(banner: str) -> bytes:
    """What a show leaves in the bucket."""
    now = clock.now()
    display = Display(
        id=DisplayId("1ab9fb6f41d28cd2c25a2a6c0a3e7b0f"),
        text="Will you marry me, Amelia?",
        by="guest-f799d9ae7dea",
        shown_at=now,
        until=later(now, 60_000),
    )
    state = Banner(id=BannerId(banner), name=banner.title(), display=display)
    command = {"verb": "show", "id": display.id, "digest": "9c1e0a44b2d1"}
    events = [{"type": "shown", "display": display}]
    recent = [[display.id, "9c1e0a44b2d1", 1]]
    return msgspec.json.encode(
        {
            "schema": 2,
            "at": now,
            "by": display.by,
            "command": command,
            "events": events,
            "state": state,
            "recent": recent,
        }
    )


async def fill(opened: Mesh, count: int) -> None:
    """So many banners."""
    for number in range(count):
        await opened.publish(subjects.record(streams.BANNERS.bucket, f"b{number}"), record(f"b{number}"))
        if number % 1_000 == 0:
            await opened.client.flush()
    while (await streams.info(opened, streams.BANNERS.stream)).state.last_seq < count:
        await anyio.sleep(0.05)


async def change_for_ever(opened: Mesh, count: int, rate: int) -> None:
    """Change one banner after the other, in strides: those watched have their share; never returns."""
    written, started = 0, time.monotonic()
    stride = _STRIDE if count > _STRIDE else 1
    while True:
        await anyio.sleep(TICK_SECONDS)
        due = int((time.monotonic() - started) * rate)
        for turn in range(written, due):
            banner = f"b{turn * stride % count}"
            await opened.publish(subjects.record(streams.BANNERS.bucket, banner), record(banner))
        written = due


async def spent(opened: Mesh, url: str, server: int, way: str, watched: int) -> Spent:
    """What one follower costs, once it knows all."""
    followed = 0 if way == "log" else watched
    began = time.perf_counter()
    with process(sys.executable, "-m", "bench.follower", url, way, str(followed)) as child:
        while not (await progress(opened)).ready:
            await anyio.sleep(0.02)
        started = time.perf_counter() - began
        await anyio.sleep(WARM_SECONDS)
        follower, nats_server = psutil.Process(child.pid), psutil.Process(server)
        before, cpu, server_cpu = await progress(opened), _cpu(follower), _cpu(nats_server)
        since = time.perf_counter()
        await anyio.sleep(SECONDS)
        after, passed = await progress(opened), time.perf_counter() - since
        return Spent(
            (after.taken - before.taken) / passed,
            (_cpu(follower) - cpu) / passed,
            (_cpu(nats_server) - server_cpu) / passed,
            (after.bytes - before.bytes) / passed / 1000,
            int(follower.memory_full_info().uss),
            started,
        )


async def progress(opened: Mesh) -> Progress:
    """How far the follower is; not ready while nobody answers."""
    try:
        return _progress.decode((await opened.requests.ask(SUBJECT, b"", timeout=10)).data)
    except (Unreachable, OutcomeUnknown):
        return Progress(ready=False, messages=0, bytes=0, taken=0)


def _cpu(of: psutil.Process) -> float:
    times = of.cpu_times()
    return float(times.user + times.system)


async def among(count: int, *plans: tuple[int, Sequence[tuple[str, int]]]) -> list[Row]:
    """At a server with so many banners, and so many changes a second: each way, with so many watched."""
    rows: list[Row] = []
    with nats() as (url, server):
        async with open_mesh(url, name="bench") as opened:
            await streams.ensure(opened, streams.of_entity(streams.BANNERS, 1))
            await fill(opened, count)
            for rate, ways in plans:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(change_for_ever, opened, count, rate)
                    alone = await server_alone(server.pid)
                    for way, watched in ways:
                        found = await spent(opened, url, server.pid, way, watched)
                        watch = f"{watched:,}" if watched else "all"
                        what = f"{rate:,} changes/s of {count:,} banners, {watch} watched: {way}"
                        rows.append(row(what, found, alone, rate))
                    tasks.cancel_scope.cancel()
    return rows


async def server_alone(pid: int) -> float:
    """Cores that nats-server spends while nobody follows."""
    server = psutil.Process(pid)
    before = _cpu(server)
    await anyio.sleep(SECONDS)
    return (_cpu(server) - before) / SECONDS


def row(what: str, found: Spent, server_alone: float, rate: int) -> Row:
    """What was found, for each of the changes that there were in a second."""
    a_change = found.cores / rate * 1e6
    figure = (
        f"{found.cores * 100:.1f} % of a core ({a_change:.1f} µs a change), "
        f"nats-server {(found.server_cores - server_alone) * 100:+.1f} %, {found.kilobytes:,.0f} kB/s, "
        f"{found.memory / 2**20:.0f} MiB, ready in {found.start_seconds:.1f} s, {found.taken:,.0f} taken/s"
    )
    return Row(what, figure)


async def run() -> list[Row]:
    """Few banners that change much, then many of which each changes little."""
    each = [(way, watched) for watched in WATCHED for way in WAYS]
    ways = [one for one in each if one != ("filtered", 0)]  # a filter for everything is the whole log
    return [
        *await among(FEW, (RATE, [(way, FEW) for way in WAYS])),
        *await among(MANY, (RATE, ways), (FAST, [("log", 0), ("copies", 0)])),
    ]
