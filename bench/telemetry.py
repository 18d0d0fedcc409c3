"""Telemetry of a thousand banners that somebody watches, while one device sends without end.

Looked for once a second, as it is done, beside a subscription to each banner.
"""

import time
from typing import Final

import anyio
import msgspec

from airdisplay.planes.flight import plane
from airdisplay.planes.senses import KINDS, measure
from bench.interest import row, server_alone, spent
from bench.processes import nats
from bench.report import Row
from bench.scale import scaled
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh, open_mesh

BANNERS: Final = scaled(1_000, at_least=20)
FLOOD: Final = scaled(5_000, at_least=500)
"""Readings a second of one kind on one banner."""
TICK_SECONDS: Final = 0.01

PLANES: Final = {f"b{number}": plane(1, BannerId(f"b{number}")) for number in range(BANNERS)}


async def measure_for_ever(opened: Mesh, flood: int) -> None:
    """All banners measure at their usual pace, and one floods; never returns."""
    steady, flooded, started = 0, 0, time.monotonic()
    while True:
        passed = time.monotonic() - started
        due = int(passed * BANNERS * len(KINDS) / MEASURED_EVERY_SECONDS)
        for turn in range(steady, due):
            number, kind = divmod(turn % (BANNERS * len(KINDS)), len(KINDS))
            await send(opened, f"b{number}", KINDS[kind])
        for _ in range(flooded, int(passed * flood)):
            await opened.publish(subjects.measured("b0", "wind"), b'{"knots":12.5}')
        steady, flooded = due, int(passed * flood)
        await anyio.sleep(TICK_SECONDS)


async def send(opened: Mesh, banner: str, kind: str) -> None:
    """What one banner measures."""
    value = measure(PLANES[banner], None, kind, time.monotonic(), clock.seconds())
    await opened.publish(subjects.measured(banner, kind), msgspec.json.encode(value))


async def run() -> list[Row]:
    """Both ways, without the flood and with it."""
    rows: list[Row] = []
    usual = BANNERS * len(KINDS) // MEASURED_EVERY_SECONDS
    with nats() as (url, server):
        async with open_mesh(url, name="bench") as opened:
            await streams.ensure(opened, [streams.telemetry(1)])
            for flood in (0, FLOOD):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(measure_for_ever, opened, flood)
                    alone = await server_alone(server.pid)
                    for way in ("looks", "subscriptions"):
                        found = await spent(opened, url, server.pid, way, BANNERS)
                        what = f"telemetry of {BANNERS:,} banners, {usual + flood:,} readings/s: {way}"
                        rows.append(row(what, found, alone, usual + flood))
                    tasks.cancel_scope.cancel()
    return rows
