"""Watching through whatever a gateway does: resuming, coming back as told, and leaving nothing behind."""

import asyncio
import gc
from typing import Any

import anyio
import pytest

from airdisplay_client import AirDisplay, Changed, ChannelClosed, Connection, News, Note, Vanished
from airdisplay_client.streams import Watching
from shared.contracts.identity import BannerId
from shared.contracts.instants import instant
from shared.contracts.live import ServerFrame
from tests.client.scripts import (
    HOST,
    Life,
    Talk,
    banner,
    changes,
    hello,
    lasting,
    problem,
    snapshot,
    talking,
)
from tests.support.ports import free_port
from tests.support.waiting import until

PATIENCE_SECONDS = 15


async def news_until(watching: Watching, last: News) -> list[News]:
    """All news up to that one."""
    found: list[News] = []
    with anyio.fail_after(PATIENCE_SECONDS):
        async for news in watching:
            found.append(_without_detail(news))
            if found[-1] == last:
                return found
    raise AssertionError(f"it ended without {last}: {found}")


def _without_detail(news: News) -> News:
    """Why a connection was lost is for people."""
    return Connection(news.state, recovered=news.recovered) if isinstance(news, Connection) else news


CONNECTED = Connection("connected")
RECOVERED = Connection("connected", recovered=True)
LOST = Connection("reconnecting")


def life(*frames: Any, heard: list[Any] | None = None, close: tuple[int, str] | None = None) -> Life:
    """A connection: a hello, a wish, these frames, and the end, if there is one."""

    async def live(talk: Talk) -> None:
        await talk.send(hello())
        wish = await talk.heard()
        if heard is not None:
            heard.append(wish)
        await talk.send(*frames)
        await (talk.until_closed() if close is None else talk.close(*close))

    return live


async def test_it_begins_with_all_there_is_and_goes_on_with_what_changes() -> None:
    async with (
        talking(life(snapshot(5, banner("a", 4), banner("b", 5)), changes(6, banner("a", 6)))) as (url, _),
        AirDisplay(url) as air,
    ):
        found = await news_until(air.watch(), Changed(banner("a", 6)))

    assert CONNECTED == found[0]
    assert Changed(banner("b", 5)) in found


async def test_it_goes_on_where_it_was() -> None:
    heard: list[Any] = []
    first = life(
        snapshot(5, banner("a", 4), banner("b", 5), epoch="one", hardware="h5"),
        changes(7, banner("a", 7), hardware="h7"),
        heard=heard,
        close=(4001, "come-back in 1 ms"),
    )
    second = life(snapshot(9, banner("b", 9), recovered=True, epoch="one"), heard=heard)
    async with talking(first, second) as (url, _), AirDisplay(url) as air:
        found = await news_until(air.watch("a", "b"), Changed(banner("b", 9)))

    since = {"epoch": "one", "revision": 7, "hardware": "h7"}
    assert [
        {"op": "watch", "banners": ["a", "b"]},
        {"op": "watch", "banners": ["a", "b"], "since": since},
    ] == heard
    assert [LOST, RECOVERED, Changed(banner("b", 9))] == found[-3:]


async def test_what_a_gateway_without_epochs_in_snapshots_says_in_its_hello_is_taken() -> None:
    heard: list[Any] = []
    one = life(snapshot(5, banner("a", 4)), heard=heard, close=(1012, ""))
    async with talking(one) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        await until(lambda: len(heard) == 2)
        await watching.aclose()

    assert {"op": "watch", "all": True, "since": {"epoch": "one", "revision": 5, "hardware": ""}} == heard[1]


async def test_where_not_all_was_kept_everything_is_replaced() -> None:
    first = life(snapshot(5, banner("a", 4), banner("b", 5)), close=(4008, "slow"))
    second = life(snapshot(9, banner("a", 9)))
    async with talking(first, second) as (url, _), AirDisplay(url) as air:
        found = await news_until(air.watch(), Changed(banner("a", 9)))

    assert [LOST, CONNECTED, Vanished(BannerId("b")), Changed(banner("a", 9))] == found[-4:]


async def test_a_gateway_that_is_behind_turns_nothing_back() -> None:
    first = life(snapshot(9, banner("a", 9)), close=(1012, ""))
    second = life(snapshot(5, banner("a", 4)), changes(10, banner("a", 10)))
    async with talking(first, second) as (url, _), AirDisplay(url) as air:
        found = await news_until(air.watch(), Changed(banner("a", 10)))

    assert [9, 10] == [news.banner.revision for news in found if isinstance(news, Changed)]


async def test_where_one_gateway_is_away_it_goes_on_at_the_next() -> None:
    heard: list[Any] = []
    async with talking(life(snapshot(9, banner("a", 9), recovered=True), heard=heard)) as (there, _):
        first = life(snapshot(5, banner("a", 5)), close=(1012, ""))
        async with talking(first) as (here, server), AirDisplay(f"{here},{there}") as air:
            watching = air.watch()
            await news_until(watching, Changed(banner("a", 5)))
            server.close()
            assert [LOST, RECOVERED, Changed(banner("a", 9))] == (
                await news_until(watching, Changed(banner("a", 9)))
            )

    assert 5 == heard[0]["since"]["revision"]


async def test_a_gateway_that_cannot_see_the_mesh_says_so() -> None:
    frames: list[ServerFrame] = [
        snapshot(5, banner("a", 5)),
        problem("mesh-unavailable"),
        snapshot(5, banner("a", 5)),
    ]
    states: list[News] = []

    async def stepwise(talk: Talk) -> None:
        await talk.send(hello())
        await talk.heard()
        for frame in frames:
            before = len(states)
            await talk.send(frame)
            await until(lambda seen=before: len(states) > seen)  # type: ignore[misc]
        await talk.until_closed()

    async with talking(stepwise) as (url, _), AirDisplay(url) as air:
        with anyio.fail_after(PATIENCE_SECONDS):
            async for news in air.watch():
                if isinstance(news, Connection):
                    states.append(news)
                if len(states) == 3:
                    break

    assert [CONNECTED, Connection("stale", "d"), CONNECTED] == states


async def test_what_a_gateway_remarks_is_told() -> None:
    async with (
        talking(life(snapshot(5), problem("unknown-banner", "not registered"))) as (url, _),
        AirDisplay(url) as air,
    ):
        assert [CONNECTED, Note("unknown-banner", "not registered")] == (
            await news_until(air.watch("a"), Note("unknown-banner", "not registered"))
        )


async def test_a_display_is_over_though_nobody_says_so_connected_or_not() -> None:
    seen = anyio.Event()

    async def silent(talk: Talk) -> None:
        await talk.send(
            hello(), snapshot(5, banner("a", 4, lasting(200)), banner("b", 5, lasting(1_500, "Hi")))
        )
        await seen.wait()
        await talk.close(4001, "come-back in 60000 ms")

    async with talking(silent) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        assert LOST not in await news_until(watching, Changed(banner("a", 4)))
        seen.set()

        assert [LOST, Changed(banner("b", 5))] == await news_until(watching, Changed(banner("b", 5)))


async def test_what_is_read_late_is_as_of_then() -> None:
    async with (
        talking(life(snapshot(5, banner("a", 4, lasting(200))))) as (url, _),
        AirDisplay(url) as air,
    ):
        watching = air.watch()
        await until(lambda: watching.waiting == 2)
        await anyio.sleep(0.25)

        assert [CONNECTED, Changed(banner("a", 4))] == await news_until(watching, Changed(banner("a", 4)))


async def test_the_clock_of_the_gateway_is_the_one_that_counts() -> None:
    an_hour_ago = instant(1_000_000_000_000)
    over_here = lasting(60_000, since=an_hour_ago)

    async def behind(talk: Talk) -> None:
        await talk.send(hello(now=an_hour_ago))
        await talk.heard()
        await talk.send(snapshot(5, banner("a", 4, over_here)))
        await talk.until_closed()

    async with talking(behind) as (url, _), AirDisplay(url) as air:
        await news_until(air.watch(), Changed(banner("a", 4, over_here)))


@pytest.mark.parametrize(
    "frame", ['{"op":"of a newer protocol"}', b"\xff", "[" * 10_000], ids=["newer", "no text", "nested"]
)
async def test_what_is_not_known_is_passed_over(frame: str | bytes) -> None:
    async def newer(talk: Talk) -> None:
        await talk.send(hello())
        await talk.socket.send(frame)
        await talk.send(snapshot(5, banner("a", 5)))
        await talk.until_closed()

    async with talking(newer) as (url, _), AirDisplay(url) as air:
        await news_until(air.watch(), Changed(banner("a", 5)))


async def test_pings_are_answered_also_while_nobody_reads() -> None:
    heard: list[Any] = []

    async def pinging(talk: Talk) -> None:
        await talk.send(hello())
        heard.append(await talk.heard())
        await talk.socket.send('{"op":"ping"}')
        heard.append(await talk.heard())
        await talk.until_closed()

    async with talking(pinging) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        await until(lambda: len(heard) == 2)
        await watching.aclose()

    assert [{"op": "watch", "all": True}, {"op": "pong"}] == heard


async def test_a_line_on_which_nothing_comes_any_more_is_given_up() -> None:
    came: list[Talk] = []

    async def dying(talk: Talk) -> None:
        came.append(talk)
        await talk.send(hello(heartbeat_ms=200))
        await talk.until_closed()

    async with talking(dying) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        assert [LOST] == await news_until(watching, LOST)
        await until(lambda: len(came) == 2)


async def test_a_gateway_that_says_when_to_come_back_is_obeyed() -> None:
    at: list[float] = []

    async def leaving(talk: Talk) -> None:
        at.append(anyio.current_time())
        await talk.close(4001, "come-back in 700 ms")

    async with talking(leaving) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        await until(lambda: len(at) == 2)
        await watching.aclose()

    assert at[1] - at[0] >= 0.7


@pytest.mark.parametrize("code", [4003, 4006, 4002])
async def test_where_coming_back_is_no_use_it_ends(code: int) -> None:
    came: list[int] = []

    async def refusing(talk: Talk) -> None:
        came.append(1)
        await talk.close(code, "because")

    async with talking(refusing) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        for _ in range(2):  # asked again, it says so again
            with pytest.raises(ChannelClosed, match=f"{code}: because"), anyio.fail_after(PATIENCE_SECONDS):
                await anext(watching)

    assert [1] == came


async def test_a_token_is_shown_first_and_renewed_when_it_is_over() -> None:
    tokens = iter(["old", "new"])
    heard: list[Any] = []

    async def fetch() -> str:
        return next(tokens)

    async def over(talk: Talk) -> None:
        heard.append(await talk.heard())
        await talk.close(4002, "expired")

    async def fresh(talk: Talk) -> None:
        heard.extend([await talk.heard(), await talk.heard()])
        await talk.send(hello(), snapshot(5, banner("a", 5)))
        await talk.until_closed()

    async with talking(over, fresh) as (url, _), AirDisplay(url, fetch) as air:
        await news_until(air.watch("a"), Changed(banner("a", 5)))

    assert [
        {"op": "authorize", "token": "old"},
        {"op": "authorize", "token": "new"},
        {"op": "watch", "banners": ["a"]},
    ] == heard


async def test_who_cannot_fetch_a_token_is_told() -> None:
    async def fetch() -> str:
        raise PermissionError

    async with AirDisplay(f"http://{HOST}:{free_port()}", fetch) as air:
        with pytest.raises(PermissionError):
            await anext(air.watch())


async def test_whoever_is_cancelled_while_reading_goes_on_where_it_was() -> None:
    go_on = anyio.Event()

    async def waiting(talk: Talk) -> None:
        await talk.send(hello())
        await talk.heard()
        await talk.send(snapshot(5, banner("a", 5)))
        await go_on.wait()
        await talk.send(changes(6, banner("a", 6)))
        await talk.until_closed()

    async with talking(waiting) as (url, _), AirDisplay(url) as air:
        watching = air.watch()
        await news_until(watching, Changed(banner("a", 5)))
        with anyio.move_on_after(0.05):
            await anext(watching)
        go_on.set()

        assert [Changed(banner("a", 6))] == await news_until(watching, Changed(banner("a", 6)))


async def test_a_slow_reader_gets_the_newest_of_each_and_costs_no_memory() -> None:
    many = [changes(revision, banner("a", revision)) for revision in range(6, 2_000)]
    async with (
        talking(life(snapshot(5, banner("a", 5)), *many, changes(2_000, banner("b", 2_000)))) as (url, _),
        AirDisplay(url) as air,
    ):
        watching = air.watch()
        await until(lambda: watching.waiting == 3)

        assert [CONNECTED, Changed(banner("a", 1_999)), Changed(banner("b", 2_000))] == (
            await news_until(watching, Changed(banner("b", 2_000)))
        )


async def test_nothing_is_left_behind() -> None:
    closed = anyio.Event()

    async def one(talk: Talk) -> None:
        await talk.send(hello(), snapshot(5, banner("a", 5)))
        await talk.until_closed()
        closed.set()

    async def leave(air: AirDisplay) -> None:
        async for _ in air.watch():
            break

    async with talking(one) as (url, _):
        before = len(asyncio.all_tasks())
        async with AirDisplay(url) as air:
            await leave(air)
            gc.collect()
            with anyio.fail_after(PATIENCE_SECONDS):
                await closed.wait()
            await until(lambda: len(asyncio.all_tasks()) == before)
            kept = air.watch()
            await anext(kept)
        await until(lambda: len(asyncio.all_tasks()) == before)
        assert [Changed(banner("a", 5))] == [news async for news in kept]  # what was told already


async def test_a_cancellation_leaves_nothing_behind_either() -> None:
    async def one(talk: Talk) -> None:
        await talk.send(hello(), snapshot(5, banner("a", 5)))
        await talk.until_closed()

    async with talking(one) as (url, _):
        before = len(asyncio.all_tasks())
        with anyio.move_on_after(0.3) as scope:
            async with AirDisplay(url) as air:
                async for _ in air.watch():
                    pass
        await until(lambda: len(asyncio.all_tasks()) == before)

    assert scope.cancelled_caught
