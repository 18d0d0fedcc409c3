"""Show to `.state` at a device, over NATS and over HTTP, beside a bare publish to the same device.

Everybody comes with credentials of its own; one show at a time, each way in turn, on one clock.
"""

import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import httpx
from nats.aio.client import Client
from nats.aio.msg import Msg

from airdisplay.authority.authority import Authority
from bench.processes import Place, mesh
from bench.report import Row
from bench.scale import scaled
from bench.shows import register
from shared.contracts import subjects
from shared.contracts.banner import Clear, Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import open_mesh

DEVICES: Final = 20
PROBES: Final = scaled(1_000, at_least=20)
"""Of each way."""
PAUSE_SECONDS: Final = 0.005

Say = Callable[[BannerId, str], Awaitable[None]]
"""Has a text arrive at the device of a banner, in one way or another."""


class Heard:
    """The devices of b0, b1 and so on, as far as they hear."""

    def __init__(self) -> None:
        self._awaited = b""
        self._came = anyio.Event()
        self._at = 0.0

    async def on_message(self, message: Msg) -> None:
        """Something came at one of them."""
        if self._awaited and self._awaited in message.data:
            self._at = time.perf_counter()
            self._awaited = b""
            self._came.set()

    async def measure(self, text: str, say: Awaitable[None]) -> float:
        """Milliseconds from the moment before it is said until it comes."""
        self._awaited, self._came = text.encode(), anyio.Event()
        started = time.perf_counter()
        await say
        with anyio.fail_after(5):
            await self._came.wait()
        return (self._at - started) * 1000


@asynccontextmanager
async def listening(place: Place, authority: Authority, heard: Heard) -> AsyncGenerator[None]:
    """Each device on a connection of its own, with its own credentials."""
    async with AsyncExitStack() as stack:
        for number in range(DEVICES):
            banner = BannerId(f"b{number}")
            client = Client()
            await client.connect(place.nats_url, user_credentials=str(authority.device_file(banner)))
            stack.push_async_callback(client.close)
            await client.subscribe(subjects.banner(banner, "state"), cb=heard.on_message)
            await client.flush()
        yield


async def measure(place: Place, authority: Authority) -> dict[str, list[float]]:
    """Milliseconds of each way, sorted."""
    heard = Heard()
    found: dict[str, list[float]] = {"bare": [], "command": [], "http": []}
    async with (
        listening(place, authority, heard),
        open_mesh(place.nats_as("banner"), name="bench-bare") as bare,
        open_mesh(place.nats_as("operator"), name="bench") as opened,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.http_port}", trust_env=False) as client,
    ):
        banners = Banners(opened)

        async def say_bare(banner: BannerId, text: str) -> None:
            # As long as a record that shows something.
            await bare.publish(subjects.banner(banner, "state"), text.encode().ljust(640))

        async def command(banner: BannerId, text: str) -> None:
            reply = await banners.command(banner, Show(text=text))
            assert isinstance(reply, Accepted), reply

        async def post(banner: BannerId, text: str) -> None:
            answer = await client.post(f"/v1/banners/{banner}/display", json={"text": text})
            assert answer.status_code == httpx.codes.CREATED, answer.text

        ways: dict[str, Say] = {"bare": say_bare, "command": command, "http": post}
        for number in range(PROBES):
            banner = BannerId(f"b{number % DEVICES}")
            for way, say in ways.items():
                text = f"{way} {number}."
                found[way].append(await heard.measure(text, say(banner, text)))
                if say is not say_bare:
                    reply = await banners.command(banner, Clear(role="operator"))
                    assert isinstance(reply, Accepted), reply
                await anyio.sleep(PAUSE_SECONDS)
    return {way: sorted(times) for way, times in found.items()}


def row(what: str, times: list[float], bare: list[float]) -> Row:
    """Its median and the slowest of a hundred; the ratio is that of the medians."""
    p50, p99 = (times[int(len(times) * part)] for part in (0.5, 0.99))
    ratio = None if times is bare else p50 / bare[len(bare) // 2]
    return Row(what, f"p50 {p50:.2f} ms, p99 {p99:.2f} ms", ratio)


async def run() -> list[Row]:
    """All three ways."""
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(Path(directory))
        authority.for_all()
        authority.add_devices(BannerId(f"b{number}") for number in range(DEVICES))
        with mesh(600, intake=True, authority=authority) as place:
            await register(place.nats_as("operator"), DEVICES)
            found = await measure(place, authority)
    bare = found["bare"]
    return [
        row("bare publish to a device", bare, bare),
        row("show over NATS to .state at its device", found["command"], bare),
        row("show over HTTP to .state at its device", found["http"], bare),
    ]
