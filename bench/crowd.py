"""What a viewer weighs and receives where there are thousands: memory; bytes on arrival, and a change."""

from typing import Final

import anyio

from bench.processes import mesh
from bench.report import Row
from bench.scale import allow_descriptors, scaled, seconds
from bench.shows import register
from bench.sockets import Counted, sockets
from shared.contracts.banner import Show
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import open_mesh

VIEWERS: Final = scaled(5_000)
BANNERS: Final = 10
CHANGES: Final = 10
SETTLE_SECONDS: Final = seconds(3)
WATCH: Final = (
    f'{{"op":"watch","banners":[{",".join(f"{chr(34)}b{number}{chr(34)}" for number in range(10))}]}}'
)


async def run() -> list[Row]:
    """Viewers of ten banners each: while nothing happens, and after ten changes that concern all of them."""
    allow_descriptors(VIEWERS)
    with mesh(600, expiry=False) as place:
        await register(place.nats_url, BANNERS)
        empty = place.memory("gateway")
        async with (
            open_mesh(place.nats_url, name="bench") as opened,
            sockets(place.http_port, VIEWERS, WATCH) as connections,
        ):
            while min(each.frames for each in connections) < 2:  # hello and the snapshot
                await anyio.sleep(0.1)
            await anyio.sleep(SETTLE_SECONDS)
            idle, arrived = place.memory("gateway"), _received(connections)
            for number in range(CHANGES):
                await Banners(opened).command(BannerId(f"b{number}"), Show(text="Will you marry me, Amelia?"))
                # One by one: two changes in one frame would be one frame.
                while min(each.frames for each in connections) < 3 + number:
                    await anyio.sleep(0.01)
            busy, changed = place.memory("gateway"), _received(connections)
    told = f"{arrived / VIEWERS:,.0f} B on arrival, {(changed - arrived) / VIEWERS / CHANGES:,.0f} B a change"
    each_idle, each_busy = ((used - empty) / VIEWERS / 1024 for used in (idle, busy))
    memory = f"{each_idle:.1f} KiB idle, {each_busy:.1f} KiB after changes"
    return [
        Row(f"memory of each of {VIEWERS:,} viewers of {BANNERS} banners", memory),
        Row("bytes to each of them, frames alone", told),
    ]


def _received(connections: list[Counted]) -> int:
    return sum(each.bytes for each in connections)
