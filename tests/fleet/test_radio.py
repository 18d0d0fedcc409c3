"""Radios that fall silent: with a connection of their own it closes, on a shared one nobody else notices."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import psutil
from nats.aio.msg import Msg

from airdisplay.planes.radio import OwnRadio, SharedRadio
from airdisplay_device import NatsLine
from shared.mesh.connection import Mesh
from tests.support.nats_server import NatsServer
from tests.support.waiting import until


def sockets(server: NatsServer) -> int:
    """How many connections this process has to the server."""
    return sum(
        bool(each.raddr) and each.raddr.port == server.port and each.status == psutil.CONN_ESTABLISHED
        for each in psutil.Process(os.getpid()).net_connections()
    )


@asynccontextmanager
async def tasks() -> AsyncGenerator[asyncio.TaskGroup]:
    """A group whose tasks end with the block."""
    started: set[asyncio.Task[object]] = set()
    async with asyncio.TaskGroup() as group:
        before = asyncio.all_tasks()
        yield group
        started |= asyncio.all_tasks() - before
        for task in started:
            task.cancel()


async def test_silence_closes_an_own_connection_and_its_end_opens_one(own_nats_server: NatsServer) -> None:
    async with tasks() as group:
        radio = OwnRadio(NatsLine(own_nats_server.url, name="test"), group)
        came: list[bool] = []
        radio.on_connect(lambda: came.append(True))
        await until(lambda: radio.connected)
        assert 1 == sockets(own_nats_server)

        radio.fall_silent()
        assert not radio.connected
        assert not radio.publish("airdisplay.banner.b.hello", b"")
        await until(lambda: sockets(own_nats_server) == 0)

        radio.speak()
        await until(lambda: radio.connected)
        assert [True, True] == came
        assert 1 == sockets(own_nats_server)
        await radio.hang_up()


async def test_a_silence_as_short_as_can_be_leaves_one_connection(own_nats_server: NatsServer) -> None:
    async with tasks() as group:
        radio = OwnRadio(NatsLine(own_nats_server.url, name="test"), group)
        await until(lambda: radio.connected)
        for _ in range(5):
            radio.fall_silent()
            radio.speak()
        await until(lambda: radio.connected and sockets(own_nats_server) == 1)
        await radio.hang_up()


async def test_on_a_shared_connection_one_goes_deaf_and_mute_and_the_other_does_not(
    mesh: Mesh, nats_server: NatsServer
) -> None:
    heard: dict[str, list[bytes]] = {"silent": [], "other": []}
    said: list[bytes] = []

    async def note(message: Msg) -> None:
        said.append(message.data)

    await mesh.subscribe("test.said", note)
    async with tasks() as group:
        line = NatsLine(nats_server.url, name="test")
        group.create_task(line.run())
        silent, other = SharedRadio(line), SharedRadio(line)
        silent.subscribe("test.silent", lambda data, _: heard["silent"].append(data))
        other.subscribe("test.other", lambda data, _: heard["other"].append(data))
        came: list[str] = []
        silent.on_connect(lambda: came.append("silent"))
        other.on_connect(lambda: came.append("other"))
        await until(lambda: line.connected)

        silent.fall_silent()
        assert not silent.publish("test.said", b"silent")
        assert other.publish("test.said", b"other")
        await mesh.publish("test.silent", b"in the gap")
        await mesh.publish("test.other", b"hello")
        await until(lambda: heard["other"] == [b"hello"] and said == [b"other"])
        assert [] == heard["silent"]

        silent.speak()
        assert ["silent", "other", "silent"] == came
        await mesh.publish("test.silent", b"after it")
        await until(lambda: heard["silent"] == [b"after it"])
