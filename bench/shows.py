"""Shows over HTTP in a steady state, while as many displays expire; beside a bare handler."""

import itertools
import sys
from collections.abc import Iterator
from typing import Any, Final

import anyio

from bench.load import drive, post
from bench.processes import Place, free_port, mesh, process
from bench.report import Row
from shared.contracts.banner import Register
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.contracts.refusals import AlreadyRegistered
from shared.mesh.banners import Banners
from shared.mesh.connection import Nats, open_mesh
from shared.mesh.services import discover

BANNERS: Final = 40_000
TTL: Final = 3.0
SECONDS: Final = 12.0
BODY: Final = b'{"text":"Will you marry me, Amelia?"}'


def requests(count: int) -> Iterator[bytes]:
    """Shows on one banner after the other, round and round."""
    made = [post(f"/v1/banners/b{number}/display", BODY) for number in range(count)]
    return itertools.cycle(made)


async def register(where: Nats | str, count: int) -> None:
    """Register b0, b1 and so on."""
    async with open_mesh(where, name="bench") as opened:
        banners = Banners(opened, answer_seconds=30)
        numbers = iter(range(count))

        async def some() -> None:
            for number in numbers:
                reply = await banners.command(BannerId(f"b{number}"), Register())
                assert isinstance(reply, Accepted | AlreadyRegistered), reply

        async with anyio.create_task_group() as tasks:
            for _ in range(128):
                tasks.start_soon(some)


async def measure_bare() -> float:
    """Answers a second of a bare handler."""
    port = free_port()
    with process(sys.executable, "-m", "bench.bare", str(port), port=port):
        await drive(port, requests(100), seconds=1)
        statuses = await drive(port, requests(1000), seconds=SECONDS / 2)
    return statuses[201] / (SECONDS / 2)


async def measure_mesh() -> tuple[float, dict[str, Any], dict[str, float]]:
    """Shows a second once as many displays expire, the lateness of those, and processor seconds a show."""
    with mesh(TTL) as place:
        await register(place.nats_url, BANNERS)
        source = requests(BANNERS)
        await drive(place.http_port, source, seconds=TTL + 1)
        before = _cpu(place)
        statuses = await drive(place.http_port, source, seconds=SECONDS)
        cost = {name: (after - before[name]) / statuses[201] for name, after in _cpu(place).items()}
        assert set(statuses) == {201}, statuses
        async with open_mesh(place.nats_url, name="bench") as opened:
            (expiry,) = await discover(opened, "STATS", "expiry")
        return statuses[201] / SECONDS, expiry.data["lateness"], cost


def _cpu(place: Place) -> dict[str, float]:
    return {name: place.cpu_seconds(name) for name in place.processes}


async def run() -> list[Row]:
    """Measure both in turn."""
    bare = await measure_bare()
    shows, lateness, cost = await measure_mesh()
    spent = ", ".join(f"{name} {seconds * 1e6:.0f}" for name, seconds in cost.items())
    return [
        Row("bare Litestar handler", f"{bare:,.0f}/s"),
        Row("HTTP shows, as many expiring", f"{shows:,.0f}/s", ratio=shows / bare, wanted="≥ 0.45"),
        Row("processor time a show and its expiry, µs", spent),
        Row(
            "expiry lateness at that load",
            f"p50 ≤ {lateness['p50_ms']} ms, p99 ≤ {lateness['p99_ms']} ms, max {lateness['max_ms']} ms",
            wanted="p99 ≤ 50 ms",
        ),
    ]
