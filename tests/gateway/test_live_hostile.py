"""Viewers that mean harm, or read next to nothing: they are answered or closed, and nobody else notices.

`AIRDISPLAY_TEST_VIEWERS=1000` puts as many good ones beside the slow one.
"""

import json
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.gateway.hub import Hub
from services.gateway.viewer import BACKLOG_BYTES, Viewer
from shared.contracts.banner import Banner
from shared.contracts.identity import BannerId
from shared.contracts.live import (
    FRAME_BYTES_AT_MOST,
    NAMED_AT_MOST,
    Changes,
    CloseCode,
    Hello,
    Snapshot,
    Watch,
)
from tests.support.gateways import Gateway, running_hub
from tests.support.viewers import Watcher, connected, watching
from tests.support.waiting import until

GOOD_ONES = int(os.environ.get("AIRDISPLAY_TEST_VIEWERS", "40"))
BANNERS = [BannerId(f"b{number}") for number in range(8)]
LARGE = 50_000
TOO_BIG, NO_TEXT = 1009, 1007
ENDS = {TOO_BIG, NO_TEXT, CloseCode.BAD_FRAMES, CloseCode.SLOW}
# A snapshot or a merged frame of all that there is.
LARGEST_FRAME = len(BANNERS) * (LARGE + 1_000)
BOUND = BACKLOG_BYTES + LARGEST_FRAME


class Air:
    """A hub with a few banners, and where its live channel is."""

    def __init__(self, hub: Hub, gateway: Gateway) -> None:
        self.hub = hub
        self.url = gateway.live_url
        self.revision = 0
        for banner in BANNERS:
            self.change(banner)

    def change(self, banner: BannerId, name: str = "") -> int:
        """A new state of a banner; its revision."""
        self.revision += 1
        self.hub.view.learn(Banner(id=banner, name=name or banner), self.revision)
        return self.revision

    def most_that_waits(self) -> int:
        """How much waits for whoever has most of it."""
        return max((viewer.backlog for viewer in self.hub.everyone()), default=0)


@asynccontextmanager
async def running_air() -> AsyncGenerator[Air]:
    """A live channel for one test."""
    async with running_hub() as (hub, gateway):
        yield Air(hub, gateway)


# --- frames that nobody should send ---------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["lightning", "b0", "b1", "", "*", "a.b", "x" * 64, "B0", "b0\n"])
MANY = st.lists(NAMES, max_size=5) | st.just(["b0"] * (NAMED_AT_MOST + 1)) | JSON
FRAMES = st.fixed_dictionaries(
    {"op": st.sampled_from(["watch", "unwatch", "authorize", "pong", "show"]) | JSON},
    optional={
        "banners": MANY,
        "all": st.booleans() | JSON,
        "displays": MANY,
        "telemetry": MANY,
        "mine": st.booleans() | JSON,
        "since": JSON
        | st.fixed_dictionaries(
            {"epoch": st.text(max_size=70), "revision": st.integers(-1, 2**70)},
            optional={"hardware": st.text(max_size=140) | JSON},
        ),
        "token": st.text(max_size=40) | JSON,
        "more": JSON,
    },
)
LETTERS = st.text(st.characters(codec="utf-8"), max_size=100)
TEXTS = (FRAMES | JSON).map(json.dumps) | LETTERS
HUGE = st.sampled_from(["x" * (FRAME_BYTES_AT_MOST + 1), "[" * FRAME_BYTES_AT_MOST, b"\xff" * 70_000])
SENT: st.SearchStrategy[Any] = st.one_of(
    TEXTS,
    TEXTS,
    st.binary(max_size=200),
    st.lists(LETTERS, min_size=1, max_size=400),  # fragments
    HUGE,
)


async def swallow(viewer: Watcher) -> int | None:
    """Read whatever comes until the channel ends; its code."""
    try:
        while True:
            await viewer.connection.recv()
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code


@given(st.lists(st.lists(SENT, min_size=1, max_size=30), min_size=1, max_size=4))
async def test_whatever_is_sent_it_is_answered_or_ended_and_nobody_else_notices(
    attacks: list[list[Any]],
) -> None:
    async with running_air() as air, watching(air.url) as good:
        for attack in attacks:
            await _attack(air, attack)
            revision = air.change(BANNERS[0])
            assert await good.changes_until(BANNERS[0], revision)
            assert air.most_that_waits() <= BOUND
        await until(lambda: len(air.hub) == 1)


async def _attack(air: Air, frames: list[Any]) -> None:
    async with connected(air.url) as viewer, anyio.create_task_group() as tasks:
        codes: list[int | None] = []

        async def read() -> None:
            codes.append(await swallow(viewer))

        tasks.start_soon(read)
        try:
            for frame in frames:
                await viewer.connection.send(frame)
            await viewer.connection.close()
        except ConnectionClosed:
            await until(lambda: bool(codes))
            assert codes[0] in {*ENDS, CloseCode.NOT_ALLOWED, None}


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([""] * 5_000, id="empty ones without end"),
        pytest.param(["x" * 1_000] * 100, id="more than a frame may have"),
    ],
)
async def test_a_frame_in_too_many_parts_ends_the_channel(parts: list[str]) -> None:
    async with running_air() as air, watching(air.url) as good, connected(air.url) as bad:
        await bad.next(Hello)
        with suppress(ConnectionClosed):  # before all of them were sent
            await bad.connection.send(parts)

        assert TOO_BIG == await bad.close_code()
        assert await good.changes_until(BANNERS[0], air.change(BANNERS[0]))


async def test_a_frame_in_parts_is_a_frame() -> None:
    async with running_air() as air, connected(air.url) as viewer:
        await viewer.next(Hello)
        await viewer.connection.send(list('{"op":"watch","all":true}'))

        assert len(BANNERS) == len((await viewer.next(Snapshot)).banners)


async def test_a_flood_of_watches_by_one_who_does_not_read_never_piles_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[int] = []
    tell = Viewer.tell

    def tell_and_look(viewer: Viewer, frame: str) -> None:
        tell(viewer, frame)
        waited.append(viewer.backlog)

    monkeypatch.setattr(Viewer, "tell", tell_and_look)
    async with running_air() as air, watching(air.url) as good:
        for banner in BANNERS:
            await good.changes_until(banner, air.change(banner, "x" * LARGE))
        async with connected(air.url, slow=True) as bad:
            await bad.next(Hello)
            try:
                for number in range(500):
                    wish = Watch(all=True) if number % 2 else Watch(banners=tuple(BANNERS))
                    with anyio.move_on_after(1):  # what is not taken any more stays in its own socket
                        await bad.send(wish)
            except ConnectionClosed:
                pass
            assert await bad.close_code() in {CloseCode.SLOW, CloseCode.BAD_FRAMES}

        assert BACKLOG_BYTES < max(waited) <= BOUND
        assert await good.changes_until(BANNERS[0], air.change(BANNERS[0]))


# --- one byte at a time ---------------------------------------------------------------------------


class Snail:
    """A connection that watches everything and reads one byte when it is told to."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect((address.hostname, address.port))
        handshake = (
            f"GET /v1/live HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        self._socket.sendall(handshake.encode())
        while not self._socket.recv(4096).endswith(b"}"):  # the answer, and hello
            pass
        wish = b'{"op":"watch","all":true}'
        self._socket.sendall(bytes([0x81, 0x80 | len(wish), 0, 0, 0, 0]) + wish)
        self._socket.setblocking(False)

    def read(self) -> None:
        """One byte, if there is one."""
        try:
            self._socket.recv(1)
        except (BlockingIOError, ConnectionError):
            return

    def close(self) -> None:
        """Leave."""
        self._socket.close()


async def test_beside_one_that_reads_a_byte_at_a_time_all_others_get_everything() -> None:
    rounds = 60
    async with running_air() as air, AsyncExitStack() as stack:
        snail = await anyio.to_thread.run_sync(Snail, air.url)
        stack.callback(snail.close)
        await until(lambda: any(viewer.all for viewer in air.hub.everyone()))
        good = [await stack.enter_async_context(watching(air.url)) for _ in range(GOOD_ONES)]
        seen: list[dict[BannerId, int]] = [{} for _ in good]
        most = 0
        for number in range(rounds):
            banner = BANNERS[number % len(BANNERS)]
            revision = air.change(banner, "x" * (LARGE if number % 8 == 0 else 100))
            snail.read()
            for viewer, known in zip(good, seen, strict=True):
                known.update(
                    {each.id: each.revision for each in await viewer.changes_until(banner, revision)}
                )
            most = max(most, air.most_that_waits())

    newest = {known.banner.id: known.revision for known in air.hub.view.all()}
    assert [newest] * GOOD_ONES == seen
    assert most <= BOUND


async def test_one_that_reads_a_byte_at_a_time_is_given_up_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.viewer.STALL_SECONDS", 0.2)
    async with running_air() as air, watching(air.url) as good:
        snail = await anyio.to_thread.run_sync(Snail, air.url)
        await until(lambda: all(viewer.all for viewer in air.hub.everyone()))
        while len(air.hub) == 2:
            snail.read()
            assert await good.changes_until(BANNERS[0], air.change(BANNERS[0], "x" * LARGE))
        snail.close()

        assert isinstance(await _one_more(air, good), Changes)


async def _one_more(air: Air, viewer: Watcher) -> Changes:
    air.change(BANNERS[1])
    return await viewer.next(Changes)


async def test_who_opens_a_channel_and_says_nothing_costs_nothing_that_grows() -> None:
    async with running_air() as air, connect(air.url), watching(air.url) as good:
        for _ in range(50):
            await good.changes_until(BANNERS[0], air.change(BANNERS[0], "x" * LARGE))

        assert 2 == len(air.hub)
        assert air.most_that_waits() < LARGE
