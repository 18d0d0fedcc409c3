"""Many devices in one process, each with a connection and credentials of its own; for `bench.devices`.

`python -m bench.device_crowd URL DIRECTORY COUNT`; DIRECTORY is empty where NATS asks for no credentials.
Prints its memory before the first of them, in bytes, and the seconds until the last is connected.
"""

import sys
import time
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import psutil
import uvloop

from airdisplay.authority.authority import Authority
from airdisplay_device import Device, NatsLine
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId

_AT_A_TIME: Final = 50


class Dark:
    """A panel that nobody looks at."""

    def show(self, display: Display | None) -> None:
        """Do nothing."""


async def main(url: str, directory: str, count: int) -> None:
    """Connect all of them and stay; fifty at a time, so that the server is busy and not besieged."""
    authority = Authority(Path(directory)) if directory else None
    print(psutil.Process().memory_full_info().uss, flush=True)
    started = time.perf_counter()
    allowed = anyio.Semaphore(_AT_A_TIME)
    left = count

    def connected(undo: list[object]) -> None:
        nonlocal left
        if not undo:
            undo.append(True)
            left -= 1
            allowed.release()
            if left == 0:
                print(time.perf_counter() - started, flush=True)

    async with anyio.create_task_group() as tasks:
        for number in range(count):
            await allowed.acquire()
            banner = BannerId(f"b{number}")
            credentials = authority.device_file(banner) if authority else None
            line = NatsLine(url, name=f"device-{banner}", credentials=credentials)
            line.on_connect(partial(connected, []))
            Device(banner, line, Dark()).start()
            tasks.start_soon(line.run)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
