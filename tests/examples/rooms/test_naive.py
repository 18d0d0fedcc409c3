"""Why rooms are entered at a revision: the same story with a flag that is read first and written later."""

from uuid import uuid4

from examples.rooms.door import TRIES, Door
from examples.rooms.service import HOSTING
from shared.contracts import subjects
from shared.entities.claims import Claims
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.hosting import entity_service
from shared.mesh.kv import KvStore
from shared.mesh.streams import claims
from tests.examples.rooms.judge import judging
from tests.support.waiting import until

NAIVE = streams.Kind("naive", "naive")


class NaiveRoom:
    """A room with an `occupied` flag, as it was once: whoever finds it down goes in, and puts it up then."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._key = f"r-{uuid4().hex[:12]}"
        self.inside: list[str] = []
        """Who was sent here, as their browsers know it."""

    async def occupied(self) -> bool:
        """Read the flag."""
        query = f"$JS.API.DIRECT.GET.{NAIVE.stream}.{subjects.record(NAIVE.bucket, self._key)}"
        return (await self._mesh.requests.ask(query, b"", timeout=5)).data == b"occupied"

    async def send_in(self, stranger: str) -> None:
        """Send somebody in, and put the flag up once there are two; names no revision."""
        self.inside.append(stranger)
        flag = b"occupied" if len(self.inside) >= 2 else b"free"
        await self._mesh.requests.ask(subjects.record(NAIVE.bucket, self._key), flag, timeout=5)


async def test_a_flag_that_is_written_late_puts_three_into_one_room(mesh: Mesh) -> None:
    await streams.ensure(mesh, streams.of_entity(NAIVE, replicas=1))
    room = NaiveRoom(mesh)
    assert not await room.occupied()
    await room.send_in("ada")

    ben_may, cem_may = not await room.occupied(), not await room.occupied()
    if ben_may:
        await room.send_in("ben")
    if cem_may:
        await room.send_in("cem")

    assert ["ada", "ben", "cem"] == room.inside
    assert await room.occupied()  # too late


async def test_the_same_two_looks_at_the_same_moment_let_one_of_them_in(mesh: Mesh) -> None:
    """Both doors have seen ada wait there. The revision that they saw is good for one of them."""
    async with entity_service(mesh, HOSTING, instance="one") as host, judging(mesh) as judge:
        one, two = [
            Door(host.repository, Claims(TRIES, KvStore(mesh, claims(HOSTING.kind)))) for _ in range(2)
        ]
        ada = await one.enter("ada")
        for door in (one, two):
            door.known.learn(ada.room, ada.revision, ada.state)

        ben, cem = await one.enter("ben"), await two.enter("cem")

        await until(lambda: judge.together(["ada", "ben", "cem"]))

    assert ada.room == ben.room
    assert ada.room != cem.room
    assert [] == judge.objections
