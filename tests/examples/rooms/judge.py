"""What must be true of all rooms, now and at every moment of the log."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

import anyio

from examples.rooms.entity import ROOM, SEATS, Room
from examples.rooms.service import KIND
from shared.contracts import subjects
from shared.entities.records import Codec
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry, follow

_codec = Codec(ROOM)


class Judge:
    """Reads the history in the order in which it came about; objects to a third, and to one in two rooms."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.objections: list[str] = []

    def hear(self, room: str, state: Room) -> None:
        """A room became like this."""
        self.rooms[room] = state
        seats = Counter(stranger for each in self.rooms.values() for stranger in each.strangers)
        for stranger, count in seats.items():
            if count > 1:
                self.objections.append(f"{stranger} is in {count} rooms, {room} the last")
        if len(state.strangers) > SEATS:
            self.objections.append(f"{room} has {state.strangers}")

    @property
    def full(self) -> list[Room]:
        """The rooms with two in them."""
        return [room for room in self.rooms.values() if len(room.strangers) == SEATS]

    @property
    def waiting(self) -> list[Room]:
        """The rooms with one in them."""
        return [room for room in self.rooms.values() if len(room.strangers) == 1]

    @property
    def strangers(self) -> list[str]:
        """All who are in a room, in the order of their names."""
        return sorted(stranger for room in self.rooms.values() for stranger in room.strangers)

    def together(self, strangers: Iterable[str]) -> bool:
        """Whether they are all in rooms and nobody else is, nobody is on the way, and at most one waits."""
        on_the_way = any(room.on_the_way for room in self.rooms.values())
        return not on_the_way and len(self.waiting) <= 1 and sorted(strangers) == self.strangers


@asynccontextmanager
async def judging(mesh: Mesh) -> AsyncGenerator[Judge]:
    """A judge who reads along until the block is left."""
    judge = Judge()
    assert KIND.history is not None

    def hear(entry: Entry) -> None:
        judge.hear(subjects.key_of(entry.subject), _codec.decode(entry.data).state)

    async def read() -> None:
        async for entries in feed:
            for entry in entries:
                hear(entry)

    history = subjects.history(KIND.name, "*")
    async with (
        follow(mesh, KIND.history, history, everything=True) as feed,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(read)
        yield judge
        tasks.cancel_scope.cancel()
