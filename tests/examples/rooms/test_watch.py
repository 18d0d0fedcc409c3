"""Who watches a room sees each status of it, once and in order, whatever happens to the connection."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from examples.rooms.client import Rooms
from examples.rooms.door import Seated
from examples.rooms.entity import Enter, RoomCommand
from examples.rooms.service import HOSTING, rooms_service
from examples.rooms.watch import RoomRecord, watch
from shared.contracts.command import Accepted
from shared.entities.entity import Order
from shared.mesh.connection import Mesh, OnMessage, open_mesh
from shared.mesh.hosting import entity_service
from tests.support.nats_server import NatsServer
from tests.support.relay import running_relay
from tests.support.waiting import until

CALL = [("answer", "ada"), ("hang-up", "ben"), ("leave", "ben"), ("leave", "ada")]


@asynccontextmanager
async def noting(mesh: Mesh, room: str) -> AsyncGenerator[list[str]]:
    """Somebody who watches a room and writes down what the status is."""
    noted: list[str] = []

    async def note(records: AsyncIterator[RoomRecord]) -> None:
        async for record in records:
            noted.append(record.state.status)  # noqa: PERF401 (as they come)

    async with watch(mesh, room) as records, anyio.create_task_group() as tasks:
        tasks.start_soon(note, records)
        yield noted
        tasks.cancel_scope.cancel()


async def entered(rooms: Rooms, stranger: str) -> str:
    """Let a stranger in; the room."""
    seated = await rooms.enter(stranger)
    assert isinstance(seated, Seated), seated
    return seated.room


async def said(rooms: Rooms, room: str, verb: str, stranger: str) -> None:
    """Say something in a room that is accepted."""
    answer = await rooms.say(room, verb, stranger)
    assert isinstance(answer, Accepted), answer


async def test_all_who_watch_see_each_status_once_and_in_order(own_mesh: Mesh) -> None:
    whole = ["waiting", "ringing", "talking", "ended", "waiting", "empty"]
    rooms = Rooms(own_mesh)
    async with rooms_service(own_mesh, instance="one"):
        room = await entered(rooms, "ada")
        async with noting(own_mesh, room) as first, noting(own_mesh, room) as second:
            await until(lambda: first == second == ["waiting"])
            assert room == await entered(rooms, "ben")
            for verb, stranger in CALL[:2]:
                await said(rooms, room, verb, stranger)
            async with noting(own_mesh, room) as late:
                await until(lambda: late == ["ended"])
                for verb, stranger in CALL[2:]:
                    await said(rooms, room, verb, stranger)
                await until(lambda: len(first) == len(second) == len(whole))
                await until(lambda: len(late) == 3)

    assert whole == first
    assert whole == second
    assert whole[3:] == late


async def test_a_room_can_be_watched_before_anybody_is_in_it(own_mesh: Mesh) -> None:
    order: Order[RoomCommand] = Order(verb="enter", command=Enter("ada"), by="ada")
    async with (
        entity_service(own_mesh, HOSTING, instance="one") as host,
        noting(own_mesh, "r-new") as noted,
    ):
        await host.repository.execute("r-new", order)
        await host.repository.execute("r-other", order)
        await said(Rooms(own_mesh), "r-new", "leave", "ada")
        await until(lambda: len(noted) == 2)

    assert ["waiting", "empty"] == noted


async def test_a_push_that_was_lost_is_made_up_for_at_the_next_one(
    own_mesh: Mesh, own_nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = Rooms(own_mesh)
    async with (
        rooms_service(own_mesh, instance="one"),
        open_mesh(own_nats_server.url, name="watcher") as lossy,
    ):
        subscribe = lossy.subscribe
        pushes: list[Msg] = []

        async def subscribe_to_every_other(subject: str, on_message: OnMessage) -> Subscription:
            async def on_push(message: Msg) -> None:
                pushes.append(message)
                if len(pushes) % 2:
                    await on_message(message)

            return await subscribe(subject, on_push)

        monkeypatch.setattr(lossy, "subscribe", subscribe_to_every_other)
        room = await entered(rooms, "ada")
        async with noting(lossy, room) as noted:
            await until(lambda: noted == ["waiting"])
            await entered(rooms, "ben")
            for verb, stranger in CALL:
                await said(rooms, room, verb, stranger)
            await until(lambda: len(pushes) == 5)
            await until(lambda: len(noted) == 6)

    assert ["waiting", "ringing", "talking", "ended", "waiting", "empty"] == noted


@pytest.mark.timeout(120)
async def test_what_happened_while_a_watcher_was_cut_off_is_made_up_for(
    own_mesh: Mesh, own_nats_server: NatsServer
) -> None:
    rooms = Rooms(own_mesh)
    async with (
        rooms_service(own_mesh, instance="one"),
        running_relay(own_nats_server.port) as relay,
        open_mesh(relay.url, name="watcher") as far,
    ):
        room = await entered(rooms, "ada")
        async with noting(far, room) as noted:
            await until(lambda: noted == ["waiting"])
            relay.cut()
            await until(lambda: not far.connected)
            await entered(rooms, "ben")
            for verb, stranger in CALL[:3]:
                await said(rooms, room, verb, stranger)
            relay.mend()
            await until(lambda: len(noted) == 5, seconds=30)
            await said(rooms, room, *CALL[3])
            await until(lambda: len(noted) == 6)

    assert ["waiting", "ringing", "talking", "ended", "waiting", "empty"] == noted
