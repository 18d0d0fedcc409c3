"""As much of a gateway as follows banners or telemetry, in one of several ways.

Banners: the whole log (`log`), some of it (`filtered`), or the copies on `.state` (`copies`).
What is measured on them: by looking now and then (`looks`), or by a subscription to each (`subscriptions`).

`python -m bench.follower URL WAY WATCHED` follows until it is ended; asked on `bench.follower`, it says how
far it is. `WATCHED` counts the banners b0, b1, … that its viewers watch; 0 stands for all.
"""

import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import anyio
import msgspec
import uvloop
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from services.gateway.batches import Batches
from services.gateway.telemetry import WATCHED_AT_MOST, Readings
from services.gateway.view import View
from services.gateway.viewer import Viewer
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import checked
from shared.mesh import streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.follow import Entry, Feed, follow
from shared.mesh.newest import Look, newest

SUBJECT: Final = "bench.follower"
WAYS: Final = ("log", "filtered", "copies")


class Progress(msgspec.Struct):
    """What a follower has received."""

    ready: bool
    messages: int
    bytes: int
    taken: int


class _Filtered(Feed):
    """A follow of some banners only: one consumer with a filter for each."""

    banners: int

    def _consumer(self) -> ConsumerConfig:
        wanted = [subjects.record(streams.BANNERS.bucket, f"b{number}") for number in range(self.banners)]
        return replace(super()._consumer(), filter_subject=None, filter_subjects=wanted)


class Follower:
    """Follows, and says so."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._taken = 0
        self._ready = False
        self._view = View(lambda _banner: None)

    async def answer(self, message: Msg) -> None:
        """Say how far it is."""
        stats = self._mesh.client.stats
        progress = Progress(self._ready, stats["in_msgs"], stats["in_bytes"], self._taken)
        await self._mesh.publish(message.reply, msgspec.json.encode(progress))

    async def log(self, watched: int) -> None:
        """Follow the log, all of it or what is watched; never returns."""
        async with self._feed(watched) as feed, anyio.create_task_group() as tasks:
            tasks.start_soon(self._say_when_caught_up, feed)
            async for entries in feed:
                self._take(entries)

    async def looks(self, watched: int) -> None:
        """Look for telemetry as the gateway does, for viewers who watch all they may; never returns."""
        readings = Readings(self._newest)
        for start in range(0, watched, WATCHED_AT_MOST):
            viewer = Viewer(Batches())
            wanted = range(start, min(start + WATCHED_AT_MOST, watched))
            readings.watch(viewer, [BannerId(f"b{number}") for number in wanted])
        self._ready = True
        await readings.run()

    async def readings(self, watched: int) -> None:
        """Subscribe to the telemetry of each banner; never returns."""
        for number in range(watched):
            await self._mesh.subscribe(subjects.measured(f"b{number}", "*"), self._on_reading)
        await self._mesh.client.flush()
        self._ready = True
        await anyio.sleep_forever()

    async def copies(self, watched: int) -> None:
        """Subscribe to the copies on `.state`, of all or of what is watched; never returns."""
        if watched:
            for number in range(watched):
                await self._mesh.subscribe(subjects.banner(f"b{number}", "state"), self._on_state)
        else:
            await self._mesh.subscribe(subjects.every_banner("state"), self._on_state)
        await self._mesh.client.flush()
        self._ready = True
        await anyio.sleep_forever()

    @asynccontextmanager
    async def _feed(self, watched: int) -> AsyncGenerator[Feed]:
        kind = streams.BANNERS
        if not watched:
            async with follow(self._mesh, kind.stream, kind.everything) as feed:
                yield feed
            return
        feed = _Filtered(self._mesh, kind.stream, kind.everything, everything=False, on_restart=None)
        feed.banners = watched
        await feed.start()
        try:
            yield feed
        finally:
            await feed.stop()

    async def _say_when_caught_up(self, feed: Feed) -> None:
        await feed.caught_up.wait()
        self._ready = True

    async def _newest(self, wanted: Sequence[str], after: int) -> Look:
        look = await newest(self._mesh, streams.TELEMETRY, wanted, after=after)
        self._taken += len(look.entries)
        return look

    async def _on_reading(self, message: Msg) -> None:
        checked(subjects.parse_measured(message.subject).kind, message.data)
        self._taken += 1

    async def _on_state(self, message: Msg) -> None:
        banner = subjects.parse_banner(message.subject).banner
        revision = int((message.headers or {})["Nats-Sequence"])
        record = subjects.record(streams.BANNERS.bucket, banner)
        self._take([Entry(record, revision, message.data, None)])

    def _take(self, entries: list[Entry]) -> None:
        self._view.take_records(entries)
        self._taken += len(entries)


async def main(url: str, way: str, watched: int) -> None:
    """Follow until ended."""
    async with open_mesh(url, name="follower") as mesh:
        follower = Follower(mesh)
        await mesh.subscribe(SUBJECT, follower.answer)
        follow_it = {"copies": follower.copies, "looks": follower.looks, "subscriptions": follower.readings}
        await follow_it.get(way, follower.log)(watched)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
