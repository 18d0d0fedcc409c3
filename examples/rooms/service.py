"""Rooms as a service: a host for what is said in a room, and a door in front of all of them."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import anyio

from examples.rooms.door import ENTER, NAME, TRIES, Chance, Door
from examples.rooms.entity import ROOM, Answer, HangUp, Leave, Room, RoomCommand, RoomEvent, UnknownRoom
from shared.entities.claims import Claims
from shared.mesh.connection import Mesh
from shared.mesh.follow import follow
from shared.mesh.hosting import Hosting, entity_service
from shared.mesh.kv import KvStore
from shared.mesh.services import Endpoint, Service, serve
from shared.mesh.streams import claims, own

KIND: Final = own(NAME)

HOSTING: Final[Hosting[Room, RoomCommand, RoomEvent]] = Hosting(
    kind=KIND,
    entity=ROOM,
    verbs={"leave": Leave, "answer": Answer, "hang-up": HangUp},
    unknown=lambda key: UnknownRoom(room=key),
)


@asynccontextmanager
async def rooms_service(
    mesh: Mesh, *, instance: str, replicas: int = 1, chance: Chance = secrets.choice
) -> AsyncGenerator[Door]:
    """Serve rooms until the block is left; `chance` picks one of those with somebody in it.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    async with (
        entity_service(
            mesh, HOSTING, instance=instance, description="rooms for two", replicas=replicas
        ) as host,
        follow(mesh, KIND.stream, KIND.everything) as feed,
        anyio.create_task_group() as tasks,
    ):
        door = Door(host.repository, Claims(TRIES, KvStore(mesh, claims(KIND))), chance)
        tasks.start_soon(door.follow, feed)
        await feed.caught_up.wait()
        tasks.start_soon(door.keep_together)
        service = Service(
            name=NAME,
            instance=f"{instance}-door",
            description="puts strangers into rooms",
            endpoints=[Endpoint("enter", ENTER, door.on_enter)],
        )
        async with serve(mesh, service):
            yield door
        tasks.cancel_scope.cancel()
