"""Waiting: lobby placements and queue operations beside plain shows, and a banner that everybody wants."""

import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio
import msgspec

from bench.commands import IN_FLIGHT, TEXT, rate
from bench.processes import mesh
from bench.report import Row
from bench.shows import register
from shared.contracts import subjects
from shared.contracts.banner import Banner, BannerRefusal, Clear, Register, Show
from shared.contracts.command import Accepted
from shared.contracts.hardware import HEARTBEAT_SECONDS, Presence
from shared.contracts.identity import BannerId
from shared.contracts.lobby import ALL_BANNERS, Admitted, Enter
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.lobbies import Lobbies
from shared.mesh.services import discover

PLACES: Final = 8_000
QUEUES: Final = 400
EACH: Final = 10
PEOPLE: Final = 1_000


@asynccontextmanager
async def online(opened: Mesh, banners: list[BannerId]) -> AsyncGenerator[None]:
    """The hardware of these banners is there, as far as the lobby can tell, until the block is left."""

    async def beat() -> None:
        while True:
            heartbeat = msgspec.json.encode(Presence(at=clock.now()))
            for banner in banners:
                await opened.publish(subjects.banner(banner, "presence"), heartbeat)
            await anyio.sleep(HEARTBEAT_SECONDS)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(beat)
        while await _free(opened) < len(banners):
            await anyio.sleep(0.05)
        yield
        tasks.cancel_scope.cancel()


async def placements(opened: Mesh) -> tuple[float, float]:
    """Plain shows a second on banners that are named, then placements a second on as many that are not."""
    banners, lobbies = Banners(opened, answer_seconds=30), Lobbies(opened, answer_seconds=30)

    async def show(number: int) -> None:
        reply = await banners.command(BannerId(f"b{number}"), Show(text=TEXT))
        assert isinstance(reply, Accepted), reply

    async def enter(_number: int) -> None:
        reply = await lobbies.enter(ALL_BANNERS, Enter(text=TEXT))
        assert isinstance(reply, Admitted), reply
        assert reply.banner is not None, reply.view

    plain = await rate(show, PLACES)
    async with online(opened, [BannerId(f"b{number}") for number in range(PLACES, 2 * PLACES)]):
        return plain, await rate(enter, PLACES)


async def queue(opened: Mesh) -> tuple[float, float]:
    """Joining queues a second, ten on each of many banners; then ends of displays that show the next."""
    banners = Banners(opened, answer_seconds=30)

    async def join(number: int) -> None:
        banner = BannerId(f"b{number % QUEUES}")
        reply = await banners.command(banner, Show(text=TEXT, when="queue", by=f"guest-{number // QUEUES}"))
        assert isinstance(reply, Accepted), reply

    async def end(number: int) -> None:
        reply = await banners.command(BannerId(f"b{number % QUEUES}"), Clear(role="operator"))
        assert isinstance(reply, Accepted), reply

    joined = await rate(join, QUEUES * EACH)
    return joined, await rate(end, QUEUES * EACH)


async def hot(
    opened: Mesh, wish: Callable[[int], Awaitable[Accepted[Banner] | BannerRefusal]]
) -> tuple[float, float, Counter[str], int]:
    """Everybody wants the same at once.

    Answers a second, the slowest of a hundred in ms, how many were told what, how many commits conflicted.
    """
    told: Counter[str] = Counter()
    waited: list[float] = []
    before = await _conflicts(opened)

    async def want(number: int) -> None:
        started = time.perf_counter()
        reply = await wish(number)
        waited.append(time.perf_counter() - started)
        told["accepted" if isinstance(reply, Accepted) else reply.reason] += 1

    started = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number in range(PEOPLE):
            tasks.start_soon(want, number)
    seconds = time.perf_counter() - started
    p99 = sorted(waited)[len(waited) * 99 // 100] * 1000
    return PEOPLE / seconds, p99, told, await _conflicts(opened) - before


async def run() -> list[Row]:
    """All of it, on one server with two banner services."""
    with mesh(600, banners=2, gateway=False) as place:
        await register(place.nats_url, 2 * PLACES)
        async with open_mesh(place.nats_url, name="bench") as opened:
            plain, placed = await placements(opened)
            joined, ended = await queue(opened)
            banners = Banners(opened, answer_seconds=30)
            await _register(opened, "hot-now")
            await _register(opened, "hot-queue")
            now = await hot(
                opened, lambda number: banners.command(BannerId("hot-now"), Show(text=TEXT, by=f"g{number}"))
            )
            line = await hot(
                opened,
                lambda number: banners.command(
                    BannerId("hot-queue"), Show(text=TEXT, by=f"g{number}", when="queue")
                ),
            )
    return [
        Row("plain shows over NATS, two banner services", f"{plain:,.0f}/s"),
        Row(f"lobby placements, {IN_FLIGHT} people at a time", f"{placed:,.0f}/s", placed / plain),
        Row("joining a queue", f"{joined:,.0f}/s", joined / plain),
        Row("ending a display that shows the next", f"{ended:,.0f}/s", ended / plain),
        Row(f"hot banner, {PEOPLE:,} want it now", _hot(*now)),
        Row(f"hot banner, {PEOPLE:,} want to queue", _hot(*line)),
    ]


async def _register(opened: Mesh, banner: str) -> None:
    """One more banner."""
    reply = await Banners(opened).command(BannerId(banner), Register())
    assert isinstance(reply, Accepted), reply


def _hot(answers: float, p99: float, told: "Counter[str]", conflicts: int) -> str:
    who = ", ".join(f"{count} {what}" for what, count in told.most_common())
    return f"{answers:,.0f} answers/s, p99 {p99:.0f} ms, {conflicts} conflicts ({who})"


async def _free(opened: Mesh) -> int:
    found = await discover(opened, "STATS", "lobby", seconds=0.1)
    return sum(each.data["free"] for each in found)


async def _conflicts(opened: Mesh) -> int:
    found = await discover(opened, "STATS", "banner", seconds=0.3)
    return sum(each.data["conflicts"] for each in found)
