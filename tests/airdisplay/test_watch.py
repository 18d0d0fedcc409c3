"""Watching: a line for every change, through lost connections, with deadlines by the watcher's own clock."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import anyio
import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from airdisplay.watch import Watched, watch
from airdisplay.wording import local_time
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import BannerView, Presence
from tests.airdisplay.running import HOST, Up, free_port
from tests.support.clock import NOON
from tests.support.waiting import until

DISPLAY = Display(id=DisplayId("d"), text="Hello", by="ada", shown_at=NOON, until=later(NOON, 60_000))
AT = local_time(NOON)
SHOWS = f"{AT}  lightning shows “Hello” until {local_time(DISPLAY.until)}"
DARK = f"{AT}  lightning is dark"


def view(revision: int, display: Display | None = None, presence: Presence = "online") -> BannerView:
    """The banner as the gateway would send it."""
    return BannerView(
        id=BannerId("lightning"),
        name="Lightning",
        tags=(),
        revision=revision,
        display=display,
        presence=presence,
    )


@pytest.mark.parametrize(
    ("views", "lines"),
    [
        pytest.param([view(1)], [], id="a dark banner is not news"),
        pytest.param([view(1, DISPLAY)], [SHOWS], id="what shows already is told"),
        pytest.param([view(1), view(2, DISPLAY)], [SHOWS], id="so is what begins to show"),
        pytest.param([view(2, DISPLAY), view(3)], [SHOWS, DARK], id="and what ends"),
        pytest.param([view(2, DISPLAY), view(1)], [SHOWS], id="older states are not news"),
        pytest.param([view(2, DISPLAY), view(2, DISPLAY)], [SHOWS], id="nor is the same again"),
        pytest.param(
            [view(1), view(1, presence="offline")],
            [f"{AT}  lightning is offline"],
            id="hardware comes and goes",
        ),
    ],
)
def test_lines(views: Sequence[BannerView], lines: Sequence[str]) -> None:
    watched = Watched([])

    assert lines == [line for each in views for line in watched.take([each], NOON)]


def test_a_banner_that_was_named_is_told_even_when_it_is_dark() -> None:
    assert [DARK] == Watched(["lightning"]).take([view(1)], NOON)


def test_a_display_past_its_deadline_is_not_shown() -> None:
    assert [] == Watched([]).take([view(1, DISPLAY)], DISPLAY.until)


def test_a_display_is_over_at_its_deadline_though_nobody_says_so() -> None:
    watched = Watched([])
    watched.take([view(1, DISPLAY)], NOON)

    assert 60 == watched.seconds_to_next(NOON)
    assert [] == watched.over(later(NOON, 59_999))
    assert [f"{local_time(DISPLAY.until)}  lightning is dark"] == watched.over(DISPLAY.until)
    assert watched.seconds_to_next(DISPLAY.until) is None
    assert [] == watched.take([view(2)], DISPLAY.until)


def test_revisions_begin_anew_with_another_life_of_the_log() -> None:
    watched = Watched([])
    watched.begin("one")
    watched.take([view(100)], NOON)
    watched.begin("two")

    assert [SHOWS] == watched.take([view(3, DISPLAY)], NOON)


@asynccontextmanager
async def watching(url: str, banners: Sequence[str]) -> AsyncGenerator[list[str]]:
    """The lines of a watch that goes on until the block is left."""
    lines: list[str] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch, url, banners, lines.append)
        yield lines
        tasks.cancel_scope.cancel()


def has(lines: Sequence[str], *words: str) -> Callable[[], bool]:
    """Whether there is a line with all of these words."""
    return lambda: any(all(word in line for word in words) for line in lines)


@pytest.mark.parametrize("banners", [["drizzle"], []])
async def test_a_change_is_told(everything: Up, banners: list[str]) -> None:
    text = f"Hello to {banners or 'all'}"
    banner = "drizzle" if banners else "zephyr"
    async with watching(everything.address.replace("http", "ws") + "/v1/live", banners) as lines:
        if banners:
            await until(has(lines, "drizzle"))
        async with httpx.AsyncClient(base_url=everything.address) as client:
            answer = await client.post(f"/v1/banners/{banner}/display", json={"text": text})
        assert answer.status_code == 201
        await until(has(lines, banner, text))


async def test_an_unknown_banner_is_told(everything: Up) -> None:
    async with watching(everything.address.replace("http", "ws") + "/v1/live", ["nowhere"]) as lines:
        await until(has(lines, "nowhere"))


HELLO = '{"op":"hello","protocol":1,"epoch":"%s","heartbeat_ms":15000,"now":"2026-05-04T12:00:00.000Z"}'
SNAPSHOT = (
    '{"op":"snapshot","revision":1,"recovered":false,"banners":'
    '[{"id":"lightning","name":"Lightning","tags":[],"revision":1,"display":null,"presence":"%s"}]}'
)


async def test_a_lost_connection_is_made_again_by_itself() -> None:
    port = free_port()
    presence = iter(["offline", "online"])
    asked: list[str | bytes] = []

    async def gateway(socket: ServerConnection) -> None:
        await socket.send(HELLO % "one")
        asked.append(await socket.recv())
        await socket.send(SNAPSHOT % next(presence))
        await socket.send('{"op":"of a newer protocol"}')
        await socket.send('{"op":"ping"}')
        asked.append(await socket.recv())

    async with watching(f"ws://{HOST}:{port}", ["lightning"]) as lines:
        await until(has(lines, "no connection"))
        async with serve(gateway, HOST, port):
            await until(lambda: len(asked) == 4)
            await until(has(lines, "lightning is online"))

    wish = '{"op":"watch","banners":["lightning"]}'
    assert [wish, '{"op":"pong"}'] * 2 == asked
    assert has(lines, "connected again")()


async def test_a_watch_goes_on_after_a_deploy() -> None:
    closed: list[int] = []

    async def gateway(socket: ServerConnection) -> None:
        closed.append(1)
        await socket.close(4001, "come-back")

    async with serve(gateway, HOST, 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with watching(f"ws://{HOST}:{port}", []):
            await until(lambda: len(closed) == 3)


async def test_a_gateway_that_is_killed_and_comes_back_is_found_again() -> None:
    port = free_port()

    connected: list[ServerConnection] = []

    async def gateway(socket: ServerConnection) -> None:
        try:
            connected.append(socket)
            await socket.wait_closed()
        except ConnectionClosed:
            pass

    async with watching(f"ws://{HOST}:{port}", []) as lines:
        for life in (1, 2):
            async with serve(gateway, HOST, port):
                await until(partial(_counts, connected, life))
            await until(partial(_counts, lines, 2 * life + 1))

    lost = f"no connection to ws://{HOST}:{port}, trying again until there is one"
    assert [lost, "connected again", lost, "connected again", lost] == lines


def _counts(found: Sequence[object], at_least: int) -> bool:
    return len(found) >= at_least
