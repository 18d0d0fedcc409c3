"""What things weigh: an idle viewer, a banner; and how long services take to start with many banners."""

import time
import tracemalloc
from typing import Final

import anyio
import psutil

from bench.processes import free_port, mesh, nats, service
from bench.report import Row
from bench.shows import register
from bench.sockets import sockets
from services.gateway.by_author import ByAuthor
from shared.contracts.identity import DisplayId

BANNERS: Final = 100_000
VIEWERS: Final = 2_000
WATCH: Final = '{"op":"watch","banners":["b1"]}'


async def measure_viewer() -> Row:
    """Private memory of the gateway for each viewer that watches one quiet banner."""
    with mesh(60, expiry=False) as place:
        await register(place.nats_url, 10)
        before = place.memory("gateway")
        async with sockets(place.http_port, VIEWERS, WATCH):
            await anyio.sleep(1)
            each = (place.memory("gateway") - before) / VIEWERS
    return Row(f"memory of an idle viewer ({VIEWERS:,} of them)", f"{each / 1024:.1f} KiB")


async def measure_banners() -> list[Row]:
    """Memory for each banner, and the time until a service is of use, with that many in the store."""
    rows: list[Row] = []
    with nats() as (url, server), service("banner", "--nats-url", url):
        empty = {name: _weigh(url, name)[0] for name in ("expiry", "gateway")}
        await register(url, BANNERS)
        for name, before in empty.items():
            weight, seconds = _weigh(url, name)
            each = (weight - before) / BANNERS
            rows.append(Row(f"{name}: memory of a banner ({BANNERS:,} of them)", f"{each:,.0f} B"))
            rows.append(Row(f"{name}: start with {BANNERS:,} banners in the store", f"{seconds:.1f} s"))
        of_server = psutil.Process(server.pid).memory_full_info().uss / BANNERS
        rows.append(Row(f"nats-server: memory of a banner ({BANNERS:,} of them)", f"{of_server:,.0f} B"))
    return rows


def _weigh(url: str, name: str) -> tuple[int, float]:
    """Private memory of a fresh instance once it is ready, and the seconds that this took."""
    extra = ("--http-port", str(free_port())) if name == "gateway" else ()
    started = time.perf_counter()
    with service(name, "--nats-url", url, *extra) as child:
        seconds = time.perf_counter() - started
        return int(psutil.Process(child.pid).memory_full_info().uss), seconds


def measure_authors() -> Row:
    """Memory of the index by author for each display that shows or waits, each of another author."""
    index = ByAuthor()
    authors = [f"guest-{number:012x}" for number in range(BANNERS)]
    displays = [DisplayId(f"{number:032x}") for number in range(BANNERS)]
    tracemalloc.start()
    for author, display in zip(authors, displays, strict=True):
        index.add(author, display)
    each = tracemalloc.get_traced_memory()[0] / BANNERS
    tracemalloc.stop()
    return Row(f"gateway: index by author, memory of a display ({BANNERS:,} of them)", f"{each:,.0f} B")


async def run() -> list[Row]:
    """All of it."""
    return [await measure_viewer(), measure_authors(), *await measure_banners()]
