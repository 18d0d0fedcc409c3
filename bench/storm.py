"""A reconnect storm: the gateway dies under its viewers; until all are back and know what they missed."""

import re
import subprocess
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import Final, NamedTuple

import anyio

from bench.processes import free_port, nats, service
from bench.report import Row
from bench.scale import allow_descriptors, scaled
from bench.shows import register
from bench.sockets import Counted, connected
from shared.contracts.banner import Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import open_mesh

VIEWERS: Final = scaled(2_000)
BANNERS: Final = scaled(500, at_least=10)
MISSED: Final = 10
"""On how many banners something is shown while nobody can be told."""
AT_ONCE: Final = 100
RETRY_SECONDS: Final = 0.05
PATIENCE_SECONDS: Final = 120

_HEAD: Final = 400
_epoch = re.compile(rb'"epoch":"([^"]+)"').search
_revision = re.compile(rb'"revision":(\d+)').search
_hardware = re.compile(rb'"hardware":"([^"]*)"').search


class Wanderer:
    """One viewer through two lives of the gateway."""

    def __init__(self) -> None:
        self.revision = 0
        self.recovered = False
        self.snapshot_bytes = 0
        self._since = ""
        self._epoch = ""
        self._whole = anyio.Event()
        self._connection: Counted | None = None

    async def come(self, port: int) -> None:
        """Connect, however often that takes; watch; return once there is a snapshot."""
        while True:
            self._whole = anyio.Event()
            try:
                connection = await connected(port)
            except OSError:
                await anyio.sleep(RETRY_SECONDS)
                continue
            self._connection = connection
            connection.on_frame, connection.on_lost = self._on_frame, self._whole.set
            connection.send(f'{{"op":"watch","all":true{self._since}}}')
            await self._whole.wait()
            if connection.on_frame is None:  # a snapshot has come
                return
            await anyio.sleep(RETRY_SECONDS)

    def leave(self) -> None:
        """Go for good."""
        if self._connection is not None:
            self._connection.abort()

    def _on_frame(self, frame: bytes) -> None:
        head = frame[:_HEAD]
        if b'"op":"hello"' in head and (epoch := _epoch(head)):
            self._epoch = epoch[1].decode()
        elif b'"op":"snapshot"' in head and (revision := _revision(head)):
            self.revision, self.snapshot_bytes = int(revision[1]), len(frame)
            self.recovered = b'"recovered":true' in head
            self._since = f',"since":{{"epoch":"{self._epoch}","revision":{self.revision}'
            if hardware := _hardware(head):
                self._since += f',"hardware":"{hardware[1].decode()}"'
            self._since += "}"
            assert self._connection is not None
            self._connection.on_frame = None
            self._whole.set()


class Storm(NamedTuple):
    """Seconds from the death of the gateway until another was ready, and all were whole; what that took."""

    ready: float
    whole: float
    bytes_each: float
    recovered: int


async def storm(url: str, wanderers: list[Wanderer], gateway: "subprocess.Popen[bytes]", port: int) -> Storm:
    """Kill the gateway, change something, start another at the same place."""
    gateway.kill()
    gateway.wait()
    last = await _changed(url)
    died = time.perf_counter()
    async with _all_coming(wanderers, port) as back, AsyncExitStack() as stack:
        another = service("gateway", "--nats-url", url, "--http-port", str(port))
        await anyio.to_thread.run_sync(another.__enter__)  # it waits, and they try meanwhile
        stack.callback(another.__exit__, None, None, None)
        ready = time.perf_counter() - died
        with anyio.fail_after(PATIENCE_SECONDS):
            await back.wait()
        assert all(each.revision >= last for each in wanderers)
        size = sum(each.snapshot_bytes for each in wanderers) / len(wanderers)
        recovered = sum(each.recovered for each in wanderers)
        return Storm(ready, time.perf_counter() - died, size, recovered)


@asynccontextmanager
async def _all_coming(wanderers: list[Wanderer], port: int) -> AsyncGenerator[anyio.Event]:
    """They come while the block runs; the event says that all have."""
    back = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_all_come, wanderers, port, back)
        yield back


async def _all_come(wanderers: list[Wanderer], port: int, back: anyio.Event) -> None:
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def come(wanderer: Wanderer) -> None:
        async with limit:
            await wanderer.come(port)

    async with anyio.create_task_group() as tasks:
        for wanderer in wanderers:
            tasks.start_soon(come, wanderer)
    back.set()


async def _changed(url: str) -> int:
    """The revision of the last of some changes."""
    revision = 0
    async with open_mesh(url, name="bench") as opened:
        for number in range(MISSED):
            reply = await Banners(opened).command(BannerId(f"b{number}"), Show(text="While you were away"))
            assert isinstance(reply, Accepted), reply
            revision = reply.revision
    return revision


async def run() -> list[Row]:
    """Everybody comes, the gateway dies, everybody comes again."""
    allow_descriptors(VIEWERS)
    wanderers = [Wanderer() for _ in range(VIEWERS)]
    port = free_port()
    with ExitStack() as stack:
        url, _ = stack.enter_context(nats())
        stack.enter_context(service("banner", "--nats-url", url, "--display-ttl", "600"))
        await register(url, BANNERS)
        gateway = stack.enter_context(service("gateway", "--nats-url", url, "--http-port", str(port)))
        await _all_come(wanderers, port, anyio.Event())
        found = await storm(url, wanderers, gateway, port)
        for wanderer in wanderers:
            wanderer.leave()
    figure = (
        f"{found.whole:.1f} s after its death, {found.whole - found.ready:.1f} s after another was ready; "
        f"{found.bytes_each:,.0f} B a snapshot, {found.recovered:,} recovered"
    )
    return [Row(f"reconnect storm: {VIEWERS:,} viewers of {BANNERS} banners back and whole", figure)]
