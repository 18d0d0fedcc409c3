"""A banner with the library of this project: docs/hardware.md is kept by `airdisplay_device`.

python with_library.py ID CREDENTIALS [URL] [CA]
"""

import asyncio
import signal
import ssl
import sys
from pathlib import Path

from airdisplay_device import Device, NatsLine
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId


class Printed:
    """A panel that is a terminal."""

    def __init__(self, banner: str) -> None:
        self._banner = banner

    def show(self, display: Display | None) -> None:
        """Show this from now on, or nothing."""
        print(self._banner, "dark" if display is None else f"shows: {display.text}", flush=True)


async def main(
    banner: str, credentials: str, url: str = "nats://127.0.0.1:4222", ca: str | None = None
) -> None:
    """Be the banner until somebody ends it. Refused credentials are tried again: they may be made good."""
    tls = ssl.create_default_context(cafile=ca) if ca else None
    line = NatsLine(url, name=banner, credentials=Path(credentials), tls=tls)
    device = Device(BannerId(banner), line, Printed(banner))
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(line.run()), tasks.create_task(device.run())]
        await ended.wait()
        device.leave("switched off")
        await line.flush()
        for task in working:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
