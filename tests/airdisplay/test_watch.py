"""Watching at a command line: a line for every change, and for a connection that is lost and found."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import anyio
import httpx
import pytest

from airdisplay.watch import Spoken, Watched, watch
from airdisplay.wording import local_time
from airdisplay_client import AirDisplay, Connection, Note
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import BannerView, Confirmation, Presence
from tests.airdisplay.running import Up
from tests.client.scripts import Talk, banner, hello, snapshot, talking
from tests.support.clock import NOON
from tests.support.ports import HOST, free_port
from tests.support.waiting import until

DISPLAY = Display(id=DisplayId("d"), text="Hello", by="ada", shown_at=NOON, until=later(NOON, 60_000))
AT = local_time(NOON)
SHOWS = f"{AT}  lightning shows “Hello” until {local_time(DISPLAY.until)}"
DARK = f"{AT}  lightning is dark"


def view(
    revision: int,
    display: Display | None = None,
    presence: Presence = "online",
    confirmation: Confirmation | None = None,
) -> BannerView:
    """The banner as it is told."""
    return BannerView(
        id=BannerId("lightning"),
        name="Lightning",
        tags=(),
        revision=revision,
        display=display,
        confirmation=confirmation,
        presence=presence,
    )


@pytest.mark.parametrize(
    ("views", "lines"),
    [
        pytest.param([view(1)], [], id="a dark banner is not news"),
        pytest.param([view(1, DISPLAY)], [SHOWS], id="what shows already is told"),
        pytest.param([view(1), view(2, DISPLAY)], [SHOWS], id="so is what begins to show"),
        pytest.param([view(2, DISPLAY), view(3)], [SHOWS, DARK], id="and what ends"),
        pytest.param([view(2, DISPLAY), view(3, DISPLAY)], [SHOWS], id="what people cannot see is not news"),
        pytest.param(
            [view(1), view(1, presence="offline")],
            [f"{AT}  lightning is offline"],
            id="hardware comes and goes",
        ),
        pytest.param(
            [
                view(1, DISPLAY, confirmation=Confirmation("showing")),
                view(1, DISPLAY, confirmation=Confirmation("confirmed", NOON, 80)),
                view(1, DISPLAY, confirmation=Confirmation("confirmed", NOON, 80)),
                view(1, DISPLAY, confirmation=Confirmation("unconfirmed")),
                view(2),
            ],
            [
                SHOWS,
                f"{AT}  lightning shows it: confirmed after 80 ms",
                f"{AT}  lightning shows it: unconfirmed",
                DARK,
            ],
            id="hardware confirms what shows, or takes that back",
        ),
    ],
)
def test_lines(views: Sequence[BannerView], lines: Sequence[str]) -> None:
    watched = Watched([])

    assert lines == [line for each in views for line in watched.take(each, NOON)]


def test_a_banner_that_was_named_is_told_even_when_it_is_dark() -> None:
    assert [DARK] == Watched(["lightning"]).take(view(1), NOON)


def test_a_banner_that_is_gone_is_told_and_may_come_again() -> None:
    watched = Watched([])
    watched.take(view(1), NOON)

    assert [f"{AT}  lightning is no more"] == watched.lose(BannerId("lightning"), NOON)
    assert [SHOWS] == watched.take(view(1, DISPLAY), NOON)


def test_a_connection_that_was_never_lost_is_worth_no_line() -> None:
    lines: list[str] = []
    spoken = Spoken("http://here", lines.append)
    for state in ("connected", "stale", "connected", "reconnecting", "connected"):
        spoken.take(Connection(state, f"{state}!"))
    spoken.take(Note("unknown-banner", "not registered"))

    assert [
        "stale!",
        "no connection to http://here, trying again until there is one",
        "connected again",
        "not registered",
    ] == lines


@asynccontextmanager
async def watching(url: str, banners: Sequence[str]) -> AsyncGenerator[list[str]]:
    """The lines of a watch that goes on until the block is left."""
    lines: list[str] = []
    async with AirDisplay(url) as air, anyio.create_task_group() as tasks:
        tasks.start_soon(watch, air, banners, lines.append)
        yield lines
        tasks.cancel_scope.cancel()


def has(lines: Sequence[str], *words: str) -> Callable[[], bool]:
    """Whether there is a line with all of these words."""
    return lambda: any(all(word in line for word in words) for line in lines)


@pytest.mark.parametrize("banners", [["drizzle"], []])
async def test_a_change_is_told(everything: Up, banners: list[str]) -> None:
    text = f"Hello to {banners or 'all'}"
    banner = "drizzle" if banners else "zephyr"
    async with watching(everything.address, banners) as lines:
        if banners:
            await until(has(lines, "drizzle"))
        async with httpx.AsyncClient(base_url=everything.address) as client:
            answer = await client.post(f"/v1/banners/{banner}/display", json={"text": text})
        assert answer.status_code == 201
        await until(has(lines, banner, text))


async def test_an_unknown_banner_is_told(everything: Up) -> None:
    async with watching(everything.address, ["nowhere"]) as lines:
        await until(has(lines, "nowhere"))


async def test_a_gateway_that_is_killed_and_comes_back_is_found_again() -> None:
    port = free_port()
    url = f"http://{HOST}:{port}"

    async def life(talk: Talk) -> None:
        await talk.send(hello(), snapshot(1, banner("lightning", 1)))
        await talk.until_closed()

    async with watching(url, []) as lines:
        await until(partial(_counts, lines, 1))
        for number in (1, 2):
            async with talking(life, port=port):
                await until(partial(_counts, lines, 2 * number))
            await until(partial(_counts, lines, 2 * number + 1))

    lost = f"no connection to {url}, trying again until there is one"
    assert [lost, "connected again", lost, "connected again", lost] == lines


def _counts(found: Sequence[object], at_least: int) -> bool:
    return len(found) >= at_least
