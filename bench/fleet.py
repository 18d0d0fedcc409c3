"""What the simulated fleet costs: its own process, and the server that it is connected to.

Each number of planes flies in a process of its own, in mild weather, with nobody else on the mesh.
"""

import subprocess
import sys
import time
from typing import Final

import anyio
import psutil

from airdisplay.fleet import fleet
from airdisplay.lines import OWN_AT_MOST, Lines
from airdisplay.planes.simulator import flying
from airdisplay_device import NatsLine
from bench.processes import nats
from bench.report import Row
from bench.scale import scaled
from shared.contracts.banner import Display

FLEETS: Final = tuple(dict.fromkeys(scaled(planes, at_least=10) for planes in (10, 1_000, 10_000)))
SETTLED_SECONDS: Final = 12.0
"""By then all are connected, and have said hello for the first few times."""
SECONDS: Final = 20.0
_MARK: Final = "measured"
"""What begins a line with figures, among those of the log."""


class Dark:
    """A panel that nobody looks at."""

    def show(self, display: Display | None) -> None:
        """Nobody sees it."""


async def run() -> list[Row]:
    """Each fleet by itself."""
    return [row for planes in FLEETS for row in await anyio.to_thread.run_sync(_apart, planes)]


def _apart(planes: int) -> list[Row]:
    command = [sys.executable, "-m", "bench.fleet", str(planes)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    lines = (line.split() for line in ended.stdout.splitlines() if line.startswith(_MARK))
    figures = [(float(megabytes), float(percent)) for _, megabytes, percent in lines]
    own = min(planes, OWN_AT_MOST)
    return [
        Row(
            f"{planes:,} planes, {own} on connections of their own: {who}",
            f"{megabytes:.0f} MB more, {1_000 * megabytes / planes:.0f} kB a plane; "
            f"{percent:.1f} % of a core",
        )
        for who, (megabytes, percent) in zip(("their process", "nats-server"), figures, strict=True)
    ]


async def _fly(planes: int) -> None:
    """Print for this process and for the server: megabytes more, and per cent of a core."""
    with nats() as (url, server):
        watched = [psutil.Process(), psutil.Process(server.pid)]
        before = [each.memory_full_info().uss for each in watched]
        async with flying(_lines(url, planes), lambda _: Dark(), seed=1, severity="mild"):
            await anyio.sleep(SETTLED_SECONDS)
            since, used = time.monotonic(), [_seconds(each) for each in watched]
            await anyio.sleep(SECONDS)
            passed = time.monotonic() - since
            for each, bytes_before, seconds in zip(watched, before, used, strict=True):
                more = each.memory_full_info().uss - bytes_before
                print(_MARK, more / 1e6, 100 * (_seconds(each) - seconds) / passed)


def _lines(url: str, planes: int) -> Lines:
    """As `airdisplay up` connects them, on a server that asks for no credentials."""
    banners = fleet(planes)
    of = {banner: NatsLine(url, name=banner) for banner in banners[:OWN_AT_MOST]}
    if planes <= OWN_AT_MOST:
        return Lines(list(of.values()), of)
    shared = NatsLine(url, name="hardware", every_banner=True)
    return Lines([*of.values(), shared], {**of, **dict.fromkeys(banners[OWN_AT_MOST:], shared)})


def _seconds(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


if __name__ == "__main__":
    anyio.run(_fly, int(sys.argv[1]), backend_options={"use_uvloop": True})
