"""The live channel as the commands use it."""

import anyio
import pytest
from websockets.asyncio.server import ServerConnection, serve

from airdisplay.live import Channel, stay_connected
from shared.contracts.live import Problem, ServerFrame, Watch
from tests.airdisplay.running import HOST

WATCH_ALL = '{"op":"watch","all":true}'


async def conversation(
    *frames: str | bytes, count: int
) -> tuple[list[ServerFrame | None], list[str | bytes]]:
    """What the first looks at a channel find on which these frames come, and what is answered to them."""
    heard: list[str | bytes] = []
    found: list[ServerFrame | None] = []

    async def gateway(socket: ServerConnection) -> None:
        for frame in frames:
            await socket.send(frame)
        heard.extend([each async for each in socket])

    async def talk(channel: Channel) -> None:
        await channel.watch(Watch(all=True))
        found.extend([await channel.next(None) for _ in range(count)])

    async with serve(gateway, HOST, 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        await stay_connected(f"ws://{HOST}:{port}", talk, print)
    return found, heard


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param('{"op":"of a newer protocol"}', id="of a newer protocol"),
        pytest.param(b"\xff", id="no text"),
        pytest.param("[" * 10_000, id="nested without end"),
    ],
)
async def test_what_is_not_known_is_passed_over(frame: str | bytes) -> None:
    found, _ = await conversation(frame, '{"op":"error","code":"c","detail":"d"}', count=2)

    assert [None, Problem(code="c", detail="d")] == found


async def test_pings_are_answered_and_told_to_nobody() -> None:
    found, heard = await conversation('{"op":"ping"}', count=1)

    assert [None] == found
    assert [WATCH_ALL, '{"op":"pong"}'] == heard


async def test_a_look_at_a_silent_channel_ends_in_time() -> None:
    async def gateway(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def talk(channel: Channel) -> None:
        assert await channel.next(0.01) is None

    async with serve(gateway, HOST, 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with anyio.fail_after(10):
            await stay_connected(f"ws://{HOST}:{port}", talk, print)


async def test_what_goes_wrong_in_the_talk_is_not_taken_for_a_lost_connection() -> None:
    async def gateway(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def talk(_channel: Channel) -> None:
        raise ValueError

    async with serve(gateway, HOST, 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(ValueError):  # noqa: PT011 (ours)
            await stay_connected(f"ws://{HOST}:{port}", talk, print)
