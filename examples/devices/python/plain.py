"""A banner with nothing but nats-py, so that the protocol can be seen: docs/hardware.md as a program.

python plain.py ID CREDENTIALS [URL] [CA]
"""

import asyncio
import json
import math
import signal
import ssl
import sys
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

HEARTBEAT_SECONDS = 5
HELLO_SECONDS = (0.25, 5)  # until the second hello, and between later ones
STILL_RIGHT_SECONDS = 600  # then hello although nothing was missed
LOOK_SECONDS = 0.02


def now() -> str:
    """The time as it stands on the wire. Its form is fixed, so that texts compare as the times do."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Device:
    """What one banner shows, the record by which it does, and what is due when."""

    def __init__(self, banner: str) -> None:
        self.banner = banner
        self.nats = Client()
        self.newest = ("", 0)
        self.display: dict[str, Any] | None = None
        self.hello_at = self.beat_at = math.inf  # until there is a connection
        self.pause = 0.0
        self.is_over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.refused: str | None = None

    async def say(self, what: str, **fields: object) -> None:
        """Publish. Without a connection nothing is kept for later: later everything is said anew."""
        if self.nats.is_connected:
            said = json.dumps(fields).encode() if fields else b""
            await self.nats.publish(f"airdisplay.banner.{self.banner}.{what}", said)

    async def on_connect(self) -> None:
        """Also after a gap: what was said meanwhile reached nobody, and what came was missed."""
        self.beat_at, self.hello_at, self.pause = 0, 0, HELLO_SECONDS[0]
        if self.newest[0]:
            await self.report()

    async def on_state(self, message: Msg) -> None:
        """A record: live, or in answer to a hello, or an old one that took a detour."""
        try:
            if message.data:
                record = json.loads(message.data)
                age, display = (record["at"], record["number"]), record["state"]["display"]
            else:
                age, display = self.newest, None  # the banner is no more, and shows nothing
            if age > self.newest or not message.data:
                self.become(display)
                self.newest = age
        except (ValueError, TypeError, KeyError):
            return  # not a record; the next one will be
        self.hello_at = monotonic() + STILL_RIGHT_SECONDS
        await self.report()  # also if nothing is new: whoever sent it may not have heard what shows

    def become(self, display: dict[str, Any] | None) -> None:
        """Show that, unless it is over."""
        display = display if display and now() < display["until"] else None
        if display != self.display:
            self.display = display
            print(self.banner, f"shows: {display['text']}" if display else "dark", flush=True)

    async def report(self) -> None:
        """Say what is really shown."""
        await self.say("reported", display_id=self.display["id"] if self.display else None, at=now())

    async def look(self) -> None:
        """Do what is due."""
        if self.display and now() >= self.display["until"]:  # whether or not anybody is there to say so
            self.become(None)
            await self.report()
        if monotonic() >= self.beat_at:
            self.beat_at = monotonic() + HEARTBEAT_SECONDS
            await self.say("presence", at=now())
        if monotonic() >= self.hello_at:
            self.hello_at = monotonic() + self.pause
            self.pause = min(2 * self.pause, HELLO_SECONDS[1])
            await self.say("hello")

    async def on_error(self, error: Exception) -> None:
        """A lost connection comes back by itself. Credentials that are refused do not."""
        if any(word in str(error).lower() for word in ("authorization", "authentication", "permissions")):
            self.refused = f"{self.banner}: refused by the server: {error}"
            self.end("refused")

    def end(self, why: str) -> None:
        """Go, and say why."""
        if not self.is_over.done():
            self.is_over.set_result(why)

    async def live(self, credentials: str, url: str, ca: str | None) -> None:
        """Connect, subscribe first and say hello then, so that nothing is missed between the two."""
        await self.nats.connect(
            url,
            user_credentials=credentials,
            tls=ssl.create_default_context(cafile=ca) if ca else None,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            ping_interval=HEARTBEAT_SECONDS,  # how a radio that went silent is noticed
            error_cb=self.on_error,
            reconnected_cb=self.on_connect,
        )
        await self.nats.subscribe(f"airdisplay.banner.{self.banner}.state", cb=self.on_state)
        await self.on_connect()
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)


async def main(
    banner: str, credentials: str, url: str = "nats://127.0.0.1:4222", ca: str | None = None
) -> str | None:
    """Be the banner until somebody ends it; why the server refused that, if it did."""
    device = Device(banner)
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, device.end, "switched off")
    async with asyncio.TaskGroup() as tasks:
        life = tasks.create_task(device.live(credentials, url, ca))
        why = await device.is_over
        life.cancel()
    await device.say("presence", at=now(), leaving=why)
    await device.nats.close()
    return device.refused


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
