"""The door, step by step, over a store in memory: what one instance begins, another can end."""

import random
from collections.abc import Callable, Sequence

import anyio.lowlevel
import pytest

from examples.rooms.door import NAME, Door
from examples.rooms.entity import ROOM, Enter, Leave, Room, RoomCommand, RoomEvent, SendOn
from examples.rooms.known import Waiting
from shared.contracts.errors import OutcomeUnknown
from shared.contracts.identity import command_id_from
from shared.entities.claims import Claim, Claims
from shared.entities.entity import Order
from shared.entities.memory import MemoryStore
from shared.entities.records import Codec
from shared.entities.repository import Repository
from shared.entities.store import Store, Stored
from tests.examples.rooms.judge import Judge
from tests.support.clock import NOON, HandClock
from tests.support.stores import Fault, FaultyStore

_codec = Codec(ROOM)


class Building:
    """Rooms in memory, and the doors to them."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.claims = MemoryStore()

    def door(self, chance: Callable[[Sequence[Waiting]], Waiting] = lambda waiting: waiting[0]) -> Door:
        """Another instance, which knows what the log has; without chance it picks who waits longest."""
        door = self.door_over(self.store, chance)
        self.tell(door)
        return door

    def door_over(
        self, store: Store, chance: Callable[[Sequence[Waiting]], Waiting] = lambda waiting: waiting[0]
    ) -> Door:
        """One that knows nothing yet."""
        return Door(self.rooms(store), Claims(NAME, self.claims), chance)

    def rooms(self, store: Store | None = None) -> Repository[Room, RoomCommand, RoomEvent]:
        """An instance's rooms."""
        return Repository(ROOM, store or self.store, HandClock())

    def tell(self, door: Door) -> None:
        """Let a door know all that the log has."""
        for revision, (room, data) in enumerate(self.store.log, 1):
            door.known.learn(room, revision, _codec.decode(data).state)

    def judged(self) -> Judge:
        """The verdict on all that happened."""
        judge = Judge()
        for room, data in self.store.log:
            judge.hear(room, _codec.decode(data).state)
        assert [] == judge.objections
        return judge


@pytest.fixture
def building() -> Building:
    """Without any rooms yet."""
    return Building()


async def test_the_second_is_put_to_the_first(building: Building) -> None:
    first = await building.door().enter("ada")
    second = await building.door().enter("ben")

    assert first.room == second.room
    assert Room(strangers=("ada",), status="waiting") == first.state
    assert Room(strangers=("ada", "ben"), status="ringing") == second.state


async def test_chance_picks_among_those_who_wait(building: Building) -> None:
    blind = building.door()
    apart = [(await building.door_over(building.store).enter(each)).room for each in ("ada", "ben", "cem")]
    building.tell(blind)
    offered: list[list[str]] = []

    def last(waiting: Sequence[Waiting]) -> Waiting:
        offered.append([each.room for each in waiting])
        return waiting[-1]

    seated = await building.door(last).enter("dan")

    assert [apart] == offered
    assert apart[-1] == seated.room


async def test_of_two_who_are_sent_to_the_same_room_one_goes_elsewhere(building: Building) -> None:
    """Both doors looked when one person was waiting. The revision that they saw lets one of them in."""
    await building.door().enter("ada")
    one, two = building.door(), building.door()

    ben, cem = await one.enter("ben"), await two.enter("cem")

    assert ben.room != cem.room
    assert [("ada", "ben")] == [room.strangers for room in building.judged().full]
    assert [("cem",)] == [room.strangers for room in building.judged().waiting]


async def test_a_stranger_who_comes_again_is_told_where_they_are(building: Building) -> None:
    await building.door().enter("ada")
    ben = await building.door().enter("ben")
    await building.door_over(building.store).enter("cem")

    again = await building.door(lambda waiting: waiting[-1]).enter("ben")

    assert ben == again
    assert ["ada", "ben", "cem"] == building.judged().strangers


async def test_what_one_instance_chose_before_it_died_another_carries_out(building: Building) -> None:
    ada = await building.door().enter("ada")
    name = command_id_from("ben", "0", home=NAME)
    claim = Claim(key=ada.room, digest="", revision=ada.revision, at=NOON)
    await Claims(NAME, building.claims).take(name, claim)

    ben = await building.door_over(building.store).enter("ben")

    assert ada.room == ben.room


async def test_a_choice_that_has_become_impossible_is_followed_by_another(building: Building) -> None:
    ada = await building.door().enter("ada")
    name = command_id_from("ben", "0", home=NAME)
    claim = Claim(key=ada.room, digest="", revision=ada.revision, at=NOON)
    await Claims(NAME, building.claims).take(name, claim)
    await building.door().enter("cem")

    ben = await building.door().enter("ben")

    assert ada.room != ben.room
    assert [("ada", "cem")] == [room.strangers for room in building.judged().full]


async def test_a_try_that_failed_does_not_succeed_later(building: Building) -> None:
    """Ben was too late for ada's room. When it has a free place again, asking where he is changes nothing."""
    ada = await building.door().enter("ada")
    late = building.door()
    await building.door().enter("cem")
    ben = await late.enter("ben")
    leave: Order[RoomCommand] = Order(verb="leave", command=Leave(by="cem"), by="cem")
    await building.rooms().execute(ada.room, leave)

    again = await building.door().enter("ben")

    assert ada.room != ben.room == again.room
    assert ["ada", "ben"] == building.judged().strangers


async def test_an_entry_that_arrives_after_its_instance_was_given_up_is_the_same_entry(
    building: Building,
) -> None:
    await building.door().enter("ada")
    faulty = FaultyStore(building.store, [Fault.LATE] * 1_000)
    rooms: Repository[Room, RoomCommand, RoomEvent] = Repository(
        ROOM, faulty, HandClock(), seconds_to_find_out=0.1
    )
    dying = Door(rooms, Claims(NAME, building.claims), lambda waiting: waiting[0])
    building.tell(dying)
    with pytest.raises(OutcomeUnknown):
        await dying.enter("ben")

    ben = await building.door().enter("ben")
    await faulty.deliver_late()

    assert ("ada", "ben") == ben.state.strangers
    assert ["ada", "ben"] == building.judged().strangers


async def test_two_who_wait_alone_are_brought_together_where_one_waited_longest(building: Building) -> None:
    ada = await building.door_over(building.store).enter("ada")
    ben = await building.door_over(building.store).enter("ben")

    await building.door().bring_together()

    judge = building.judged()
    assert ("ada", "ben") == judge.rooms[ada.room].strangers
    assert Room(went_to=ada.room) == judge.rooms[ben.room]
    assert ada.room == (await building.door().enter("ben")).room


async def test_who_was_sent_on_by_an_instance_that_died_is_brought_by_another(building: Building) -> None:
    ada = await building.door_over(building.store).enter("ada")
    ben = await building.door_over(building.store).enter("ben")
    order: Order[RoomCommand] = Order(
        verb="send-on", command=SendOn("ben"), by="dying", revision=ben.revision
    )
    await building.rooms().execute(ben.room, order)

    await building.door().bring_together()

    assert ("ada", "ben") == building.judged().rooms[ada.room].strangers
    assert building.judged().together(["ada", "ben"])


async def test_who_was_sent_on_in_vain_gets_another_room_and_is_not_forgotten(building: Building) -> None:
    """While ben is on the way to ada, cem is faster."""
    await building.door_over(building.store).enter("ada")
    await building.door_over(building.store).enter("ben")
    bringing, faster = building.door(), building.door()
    await faster.enter("cem")

    await bringing.bring_together()

    judge = building.judged()
    assert judge.together(["ada", "ben", "cem"])
    assert [("ada", "cem")] == [room.strangers for room in judge.full]
    assert [("ben",)] == [room.strangers for room in judge.waiting]


async def test_two_instances_that_bring_the_same_one_agree_where_to(building: Building) -> None:
    for each in ("ada", "ben", "cem"):
        await building.door_over(building.store).enter(each)
    order: Order[RoomCommand] = Order(verb="send-on", command=SendOn("cem"), by="dying", revision=3)
    await building.rooms().execute(building.store.log[2][0], order)
    one, two = building.door(lambda waiting: waiting[0]), building.door(lambda waiting: waiting[-1])

    await one.bring_together()
    await two.bring_together()

    assert building.judged().together(["ada", "ben", "cem"])


async def test_somebody_who_has_company_is_never_sent_on(building: Building) -> None:
    await building.door_over(building.store).enter("ada")
    ben = await building.door_over(building.store).enter("ben")
    behind = building.door()
    order: Order[RoomCommand] = Order(verb="enter", command=Enter("cem"), by="cem", revision=ben.revision)
    await building.rooms().execute(ben.room, order)

    await behind.bring_together()

    assert ("ben", "cem") == building.judged().rooms[ben.room].strangers


class Restless(MemoryStore):
    """A store whose answers take their time, each another one."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._restless = chance

    async def load(self, key: str, *, fresh: bool) -> Stored:
        await self._dawdle()
        return await super().load(key, fresh=fresh)

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        await self._dawdle()
        revision = await super().commit(key, data, expected)
        await self._dawdle()
        return revision

    async def _dawdle(self) -> None:
        for _ in range(self._restless.randrange(4)):
            await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("seed", range(12))
async def test_however_the_steps_of_three_instances_mix_all_find_company_and_nobody_is_doubled(
    seed: int,
) -> None:
    """Each knows what it knew when it last looked, and some strangers ask twice, at different doors."""
    chance = random.Random(seed)
    building = Building()
    building.store, building.claims = Restless(chance), Restless(chance)
    doors = [building.door(chance.choice) for _ in range(3)]
    strangers = [f"s-{number}" for number in range(24)]

    async def live(door: Door) -> None:
        for _ in range(60):
            await anyio.lowlevel.checkpoint()
            if chance.random() < 0.3:
                building.tell(door)
            await door.bring_together()

    async with anyio.create_task_group() as tasks:
        for door in doors:
            tasks.start_soon(live, door)
        for stranger in strangers:
            for door in chance.sample(doors, chance.choice([1, 1, 2])):
                tasks.start_soon(door.enter, stranger)
    calm = building.door(chance.choice)
    while calm.known.apart:
        await calm.bring_together()
        building.tell(calm)

    judge = building.judged()
    assert judge.together(strangers)
    assert 12 == len(judge.full)
