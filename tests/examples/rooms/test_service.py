"""Rooms on a real nats-server, through several instances."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import pytest

from examples.rooms.client import Rooms
from examples.rooms.door import Seated
from examples.rooms.entity import NotInRoom, RoomRefusal, UnknownRoom
from examples.rooms.service import rooms_service
from shared.contracts.command import Accepted
from shared.mesh.connection import Mesh, open_mesh
from tests.examples.rooms.judge import Judge, judging
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

HUNDRED = [f"s-{number:03}" for number in range(100)]


@asynccontextmanager
async def two_instances(nats_url: str) -> AsyncGenerator[tuple[list[Rooms], Judge]]:
    """Two instances of the service, each with a connection of its own; who asks them; who watches them."""
    async with AsyncExitStack() as stack:
        clients: list[Rooms] = []
        for instance in ("one", "two"):
            mesh = await stack.enter_async_context(open_mesh(nats_url, name=instance))
            await stack.enter_async_context(rooms_service(mesh, instance=instance))
            client = await stack.enter_async_context(open_mesh(nats_url, name="client"))
            clients.append(Rooms(client))
        yield clients, await stack.enter_async_context(judging(mesh))


@pytest.mark.timeout(120)
async def test_a_hundred_strangers_at_once_are_fifty_rooms_of_two(own_nats_server: NatsServer) -> None:
    seated: list[Seated] = []

    async def enter(client: Rooms, stranger: str) -> None:
        answer = await client.enter(stranger)
        assert isinstance(answer, Seated), answer
        seated.append(answer)

    async with two_instances(own_nats_server.url) as (clients, judge):
        async with anyio.create_task_group() as tasks:
            for number, stranger in enumerate(HUNDRED):
                tasks.start_soon(enter, clients[number % 2], stranger)
        await until(lambda: judge.together(HUNDRED), seconds=30)

        assert 50 == len(judge.full)
        assert [] == judge.waiting
        assert Counter(HUNDRED) == Counter(judge.strangers)
    assert [] == judge.objections
    assert set(HUNDRED) == {each.stranger for each in seated}


@pytest.mark.timeout(120)
async def test_an_odd_one_waits_alone_until_somebody_comes(own_nats_server: NatsServer) -> None:
    async with two_instances(own_nats_server.url) as (clients, judge):
        for number, stranger in enumerate(HUNDRED[:7]):
            assert isinstance(await clients[number % 2].enter(stranger), Seated)
        await until(lambda: judge.together(HUNDRED[:7]))
        assert 1 == len(judge.waiting)

        await clients[0].enter(HUNDRED[7])
        await until(lambda: judge.together(HUNDRED[:8]))
        assert [] == judge.waiting
    assert [] == judge.objections


@pytest.mark.timeout(120)
async def test_the_same_stranger_asking_ten_times_at_once_is_in_one_room(own_nats_server: NatsServer) -> None:
    strangers = HUNDRED[:20]
    seated: dict[str, set[str]] = {stranger: set() for stranger in strangers}

    async def enter(client: Rooms, stranger: str) -> None:
        answer = await client.enter(stranger)
        assert isinstance(answer, Seated), answer
        seated[stranger].add(answer.room)

    async with two_instances(own_nats_server.url) as (clients, judge):
        async with anyio.create_task_group() as tasks:
            for stranger in strangers:
                for number in range(10):
                    tasks.start_soon(enter, clients[number % 2], stranger)
        await until(lambda: judge.together(strangers), seconds=30)

        assert 10 == len(judge.full)
    assert [] == judge.objections


async def test_two_who_were_left_by_their_partners_are_put_together(own_nats_server: NatsServer) -> None:
    async with two_instances(own_nats_server.url) as (clients, judge):
        for stranger in ("ada", "ben", "cem", "dan"):
            await clients[0].enter(stranger)
        await until(lambda: judge.together(["ada", "ben", "cem", "dan"]))
        one, two = [(name, room.strangers[0]) for name, room in judge.rooms.items() if room.strangers]

        for room, stranger in (one, two):
            assert isinstance(await clients[1].say(room, "leave", stranger), Accepted)

        left = {"ada", "ben", "cem", "dan"} - {one[1], two[1]}
        await until(lambda: judge.together(left) and len(judge.full) == 1)
    assert [] == judge.objections


@pytest.mark.parametrize(
    ("verb", "refusal"),
    [
        pytest.param("leave", NotInRoom(), id="leave"),
        pytest.param("answer", NotInRoom(), id="answer"),
        pytest.param("hang-up", NotInRoom(), id="hang up"),
    ],
)
async def test_who_is_not_in_a_room_has_no_say_there(mesh: Mesh, verb: str, refusal: RoomRefusal) -> None:
    async with rooms_service(mesh, instance="one"):
        rooms = Rooms(mesh)
        seated = await rooms.enter()
        assert isinstance(seated, Seated)

        assert refusal == await rooms.say(seated.room, verb, "nobody-known")
        assert UnknownRoom(room="r-never") == await rooms.get("r-never")
