"""What a connected device costs: memory in nats-server and in the process that plays it, and time to connect.

Each has credentials and a connection of its own, subscribes to its state and beats, as hardware does; beside
as many on a server that asks nobody for credentials.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import anyio
import psutil
from anyio import to_thread

from airdisplay.authority.authority import Authority
from bench.processes import mesh, process
from bench.report import Row
from bench.scale import allow_descriptors, scaled
from shared.contracts.identity import BannerId

COUNTS: Final = tuple(scaled(count, at_least=20) for count in (1_000, 2_000, 5_000))

_SETTLING_SECONDS: Final = 6.0
"""More than one heartbeat of each."""


class Cost(NamedTuple):
    """Of one device: bytes in the server and in the process that plays it; and how many connect a second."""

    server: float
    process: float
    rate: float


async def run() -> list[Row]:
    """A larger crowd each time, on a fresh mesh; all in the same run, so that the ratios speak."""
    allow_descriptors(2 * max(COUNTS))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        authority = Authority(directory)
        authority.for_all()
        authority.add_devices(BannerId(f"b{number}") for number in range(max(COUNTS)))
        bare = await measure(None, directory, COUNTS[0])
        rows = _rows(f"{COUNTS[0]:,} devices without credentials", bare, None)
        for count in dict.fromkeys(COUNTS):
            cost = await measure(authority, directory, count)
            rows.extend(_rows(f"{count:,} devices with credentials of their own", cost, bare))
    return rows


async def measure(authority: Authority | None, directory: Path, count: int) -> Cost:
    """With so many devices; without an authority the server lets in anybody."""
    with mesh(600, expiry=False, lobby=False, gateway=False, authority=authority) as place:
        before = place.memory("nats")
        of = str(directory) if authority else ""
        command = (sys.executable, "-m", "bench.device_crowd", place.nats_url, of, str(count))
        log = directory / f"crowd-{count}-{of != ''}.log"
        with process(*command, log=log) as crowd:
            seconds = await _connected(crowd, log)
            await anyio.sleep(_SETTLING_SECONDS)
            server = (place.memory("nats") - before) / count
            own = (int(psutil.Process(crowd.pid).memory_full_info().uss) - _empty(log)) / count
    return Cost(server, own, count / seconds)


def _rows(what: str, cost: Cost, bare: Cost | None) -> list[Row]:
    ratios = (None,) * 3 if bare is None else tuple(a / b for a, b in zip(cost, bare, strict=True))
    return [
        Row(f"{what}: memory of each in nats-server", f"{cost.server / 1024:.1f} KiB", ratios[0]),
        Row(f"{what}: memory of each in their process", f"{cost.process / 1024:.1f} KiB", ratios[1]),
        Row(f"{what}: connect, say hello", f"{cost.rate:,.0f}/s", ratios[2]),
    ]


async def _connected(crowd: "subprocess.Popen[bytes]", log: Path) -> float:
    """How many seconds all of them took."""
    while crowd.poll() is None:
        lines = (await to_thread.run_sync(log.read_text)).splitlines()
        if len(lines) > 1:
            return float(lines[1])
        await anyio.sleep(0.1)
    raise RuntimeError(f"the devices ended with {crowd.returncode}")


def _empty(log: Path) -> int:
    """Bytes of memory of that process before its first device."""
    return int(log.read_text().splitlines()[0])
