"""Banners and lobbies together: whatever happens to them, and whoever dies when, everybody is shown once.

One rule machine does to both whatever may be done, through two instances of the lobby service that do not
know of each other and die at any point, over the stores in memory and those on JetStream in lockstep.
"""

import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
import pytest
from anyio import from_thread, to_thread
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.lobby.entity import LOBBY
from services.lobby.outcomes import Outcome
from services.lobby.places import OVERDUE_MS
from shared.contracts.banner import (
    ApprovalSet,
    Approve,
    BannerCommand,
    Clear,
    Cleared,
    Expire,
    Expired,
    Held,
    Hold,
    Release,
    Replace,
    SetApproval,
    Show,
    Shown,
)
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import later
from shared.contracts.lobby import (
    Assigned,
    Entered,
    Left,
    Lobby,
    LobbyEvent,
    Placed,
    PoolId,
    Returned,
    Whereabouts,
    pool_of,
    pools_of,
)
from shared.entities.memory import MemoryStore
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import BANNERS, COMMANDS, LOBBIES, TICKETS, Kind
from tests.lobby.world import (
    TTL,
    BannerRecord,
    Danger,
    DiedError,
    Instance,
    LobbyRecord,
    ShowFault,
    Stores,
    Visit,
    World,
    banner_codec,
    come,
    leave,
    lobby_codec,
    said,
)
from tests.support.banners import new_banner_id
from tests.support.stores import Fault

INSTANCES = st.integers(0, 1)
POOLS = st.sampled_from(["red", "red", "blue"])
PLANES = st.integers(0, 2)
HOW = st.sampled_from(["once", "once", "without a key", "twice", "at both doors", "at both doors"])
COMERS = st.tuples(INSTANCES, POOLS, HOW)
PEOPLE = st.sampled_from(["ada", "bob", "cyd"])
COMMIT_FAULTS = st.sampled_from([None, *Fault])
NOTE_FAULTS = st.sampled_from([None, None, Fault.LOSE_ANSWER, Fault.LOSE_REQUEST, Fault.LATE])
SHOW_FAULTS = st.sampled_from([None, *ShowFault])

DIED: Final = "the instance died"


@dataclass(frozen=True)
class Lost:
    """Whoever asked has no answer, for this reason."""

    why: str


class Written(NamedTuple):
    """A commit: to which kind of entity, to which of them, and what."""

    kind: Kind
    key: str
    data: bytes


class Journalled(MemoryStore):
    """A store that writes a journal, together with others."""

    def __init__(self, kind: Kind, journal: list[Written], written_before: int) -> None:
        super().__init__()
        # Revisions count through a whole bucket; with as many entries before, they are the same as there.
        self.log.extend([("", b"")] * written_before)
        self._kind = kind
        self._journal = journal

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write, and write down that this was written."""
        revision = await super().commit(key, data, expected)
        self._journal.append(Written(self._kind, key, data))
        return revision


class Lockstep:
    """Two worlds that are asked the same: one over the stores in memory, one over those on JetStream."""

    def __init__(self, mesh: Mesh, banners_before: int, lobbies_before: int) -> None:
        name = new_banner_id()
        self.journal: list[Written] = []
        """All commits to banners and lobbies, in the order in which they came."""
        memory = Stores(
            banners=Journalled(BANNERS, self.journal, banners_before),
            lobbies=Journalled(LOBBIES, self.journal, lobbies_before),
        )
        kv = Stores(*(KvStore(mesh, kind) for kind in (BANNERS, COMMANDS, LOBBIES, TICKETS)))
        self.chances = (random.Random(), random.Random())
        self.worlds = [
            World(stores, choose=chance.randrange, instances=2)
            for stores, chance in zip((memory, kv), self.chances, strict=True)
        ]
        self.banners = [BannerId(f"{name}-{number}") for number in range(3)]
        self.tags = {colour: f"{colour}-{name[2:]}" for colour in ("red", "blue")}
        self.pools = {colour: pool_of(tag) for colour, tag in self.tags.items()}
        for world in self.worlds:
            world.pools = list(self.pools.values())

    async def do(self, what: Callable[[World], Awaitable[Any]]) -> Any:
        """The same in both worlds; what came of it, which is the same as well."""
        expected, actual = [await _outcome(what, world) for world in self.worlds]
        assert expected == actual
        return actual

    async def agree(self) -> None:
        """Both hold the same present."""
        memory, kv = (world.stores for world in self.worlds)
        for banner in self.banners:
            assert await memory.banners.load(banner, fresh=True) == await kv.banners.load(banner, fresh=True)
        for pool in self.pools.values():
            assert await memory.lobbies.load(pool, fresh=True) == await kv.lobbies.load(pool, fresh=True)


class Judge:
    """What has happened so far; every further record must be able to follow that."""

    def __init__(self) -> None:
        self.up: dict[str, DisplayId | None] = {}
        self.shown: dict[DisplayId, str] = {}
        self.entered: dict[DisplayId, str] = {}
        self.left: set[DisplayId] = set()
        self.placed: dict[DisplayId, str] = {}
        self.lobbies: dict[str, Lobby] = {}
        self.approve_first: set[str] = set()

    def look_at_banner(self, banner: str, record: BannerRecord) -> None:
        """The next record of a banner."""
        for event in record.events:
            match event:
                case Shown(display=display):
                    assert None is self.up.get(banner), "two displays at once"
                    assert display.id not in self.shown, "shown twice"
                    assert display.id not in self.left, "shown after it had left"
                    unread = display.id in self.entered and banner in self.approve_first
                    assert not unread, "shown from a lobby where texts need a yes"
                    self.up[banner] = self.shown_on(display.id, banner)
                case Cleared(display_id=ended) | Expired(display_id=ended):
                    assert ended == self.up[banner]
                    self.up[banner] = None
                case Held():
                    assert None is self.up.get(banner)
                case ApprovalSet(required=required):
                    (self.approve_first.add if required else self.approve_first.discard)(banner)
                case _:
                    pass

    def shown_on(self, display: DisplayId, banner: str) -> DisplayId:
        """Write down where it was shown."""
        self.shown[display] = banner
        return display

    def look_at_lobby(self, pool: str, record: LobbyRecord) -> None:
        """The next record of a lobby."""
        before = self.lobbies.get(pool)
        for event in record.events:
            self._follow(pool, event, before or Lobby())
            before = LOBBY.update(event, before)
        assert before == record.state
        assert before is not None
        self.lobbies[pool] = before
        names = [ticket.id for ticket in before.waiting] + [each.ticket.id for each in before.assigned]
        assert len(names) == len(set(names)), "in two places"
        places = [each.place.banner for each in before.assigned]
        assert len(places) == len(set(places)), "two on the way to one banner"
        assert list(before.waiting) == sorted(before.waiting, key=lambda ticket: ticket.number)

    def _follow(self, pool: str, event: LobbyEvent, lobby: Lobby) -> None:
        match event:
            case Entered(ticket=ticket):
                assert ticket.id not in self.entered, "came in twice"
                assert ticket.number == lobby.last_number + 1
                self.entered[ticket.id] = pool
            case Assigned(display_id=name):
                assert name == min(lobby.waiting, key=lambda ticket: ticket.number).id, "out of turn"
                assert name not in self.shown
            case Placed(display_id=name, banner=banner):
                assert banner == self.shown.get(name), "placed where it was not shown"
                self.placed[name] = banner
            case Returned(display_id=name):
                assert name not in self.shown, "came back though it was shown"
            case Left(display_id=name):
                assert name not in self.shown
                self.left.add(name)

    def lost(self) -> set[DisplayId]:
        """Who came in, has not left, is shown nowhere and waits nowhere."""
        waiting = {ticket.id for lobby in self.lobbies.values() for ticket in lobby.waiting}
        return self.entered.keys() - self.left - self.shown.keys() - waiting


class AnyFreeBanner(RuleBasedStateMachine):
    """Whatever may happen."""

    def __init__(self, begin: Callable[[], Coroutine[object, object, Lockstep]]) -> None:
        super().__init__()
        self._both: Lockstep = from_thread.run(begin)
        self._judge = Judge()
        self._seen = 0
        self._visits: list[list[Visit]] = []
        self._wishes: dict[str, tuple[str, str]] = {}
        self._count = 0

    @initialize(data=st.data(), seed=st.integers(0, 99))
    def begin(self, data: st.DataObject, seed: int) -> None:
        """Three banners with their hardware, one of them in both pools; and some who want to be shown."""
        for chance in self._both.chances:
            chance.seed(seed)
        for number, colours in enumerate([["red"], ["red", "blue"], ["red"]]):
            tags = [self._both.tags[colour] for colour in colours]
            name = self._both.banners[number]
            self._do(partial(_registered, banner=name, tags=tags))
        for number in (0, 1):
            self.catch_up(number)
        for instance, colour, how in data.draw(st.lists(COMERS, min_size=2, max_size=8)):
            self.enter(instance, colour, "ada", how)

    # --- people ---

    @rule(instance=INSTANCES, colour=POOLS, by=PEOPLE, how=HOW)
    def enter(self, instance: int, colour: str, by: str, how: str) -> None:
        """Somebody comes in; with a key perhaps at two doors at the same moment."""
        name = self._next_name()
        self._come(instance, name, colour, by, keyed=how != "without a key")
        if how != "without a key":
            self._wishes[name] = (colour, by)
        if how == "twice":
            self._come(instance, name, colour, by, keyed=True)
        elif how == "at both doors":
            self._come(1 - instance, name, colour, by, keyed=True)

    @precondition(lambda self: self._wishes)
    @rule(instance=INSTANCES, data=st.data(), reused=st.sampled_from([None, None, None, "pool", "author"]))
    def enter_again(self, instance: int, data: st.DataObject, reused: str | None) -> None:
        """The same one comes again, or somebody else with its key."""
        name = data.draw(st.sampled_from(sorted(self._wishes)))
        colour, by = self._wishes[name]
        if self._do(lambda world: world.whereabouts(name)) is None:
            reused = None  # a key is whose it was first
        if reused == "pool":
            colour = "blue" if colour == "red" else "red"
        elif reused == "author":
            by = "somebody else"
        self._come(instance, name, colour, by, keyed=True)

    @precondition(lambda self: self._who_may_leave())
    @rule(instance=INSTANCES, data=st.data(), by=st.sampled_from(["itself", "itself", "an operator", "eve"]))
    def leave(self, instance: int, data: st.DataObject, by: str) -> None:
        """Somebody who is not on the way wants to wait no more."""
        pool, name, author = data.draw(st.sampled_from(self._who_may_leave()))
        who = author if by == "itself" else by
        role: Any = "operator" if by == "an operator" else "author"
        answer = self._work(instance, lambda instance: leave(instance, name, by=who, role=role, pool=pool))
        assert by != "eve" or not isinstance(answer, bool) or not answer

    # --- what lobbies do ---

    @rule(instance=INSTANCES)
    def catch_up(self, instance: int) -> None:
        """An instance hears what has happened."""
        self._work(instance, _caught_up)

    @rule(instance=INSTANCES, colour=POOLS)
    def step(self, instance: int, colour: str) -> None:
        """A desk commits."""
        self._work(instance, partial(_stepped, pool=self._both.pools[colour]))

    @rule(instance=INSTANCES, colour=POOLS)
    def carry_out(self, instance: int, colour: str) -> None:
        """A desk has those shown who are on the way."""
        self._work(instance, partial(_carried_out, pool=self._both.pools[colour]))

    @rule(instance=INSTANCES, colour=POOLS)
    def take_over(self, instance: int, colour: str) -> None:
        """A desk sees to what another has left lying, or is about to do."""
        self._work(instance, partial(_taken_over, pool=self._both.pools[colour]))

    @rule(instance=INSTANCES, colour=POOLS)
    def work(self, instance: int, colour: str) -> None:
        """All of that, one after the other."""
        self.catch_up(instance)
        self.step(instance, colour)
        self.carry_out(instance, colour)
        self.step(instance, colour)

    @rule(instance=INSTANCES, commit=COMMIT_FAULTS, dies=st.booleans(), note=NOTE_FAULTS, show=SHOW_FAULTS)
    def restart(
        self, instance: int, commit: Fault | None, note: Fault | None, show: ShowFault | None, *, dies: bool
    ) -> None:
        """An instance dies; the one in its place will meet this."""
        self._restart(instance, Danger(commit, dies and commit is not None, note, show))

    @rule()
    def deliver_late(self) -> None:
        """Commits that were held up arrive."""
        self._do(lambda world: world.deliver_late())

    @precondition(lambda self: self._both.worlds[0].shows)
    @rule(data=st.data())
    def deliver_a_show(self, data: st.DataObject) -> None:
        """A Show arrives late, or once more."""
        number = data.draw(st.integers(0, len(self._both.worlds[0].shows) - 1))
        self._do(lambda world: world.deliver_again(number))

    # --- what happens to banners ---

    @rule(plane=PLANES, queue=st.booleans())
    def show_by_hand(self, plane: int, *, queue: bool) -> None:
        """Somebody wants this very banner."""
        when: Any = "queue" if queue else "now"
        self._ask(plane, Show(id=CommandId(self._next_name()), text="by hand", by="hal", when=when))

    @rule(plane=PLANES)
    def mend(self, plane: int) -> None:
        """What shows shall read differently."""
        banner = self._both.banners[plane]
        revision = from_thread.run(self._both.worlds[0].banner, banner).revision
        self._ask(plane, Replace(text="Better", by="olga", role="operator", revision=revision))

    @rule(plane=PLANES)
    def clear(self, plane: int) -> None:
        self._ask(plane, Clear(by="olga", role="operator"))

    @rule(plane=PLANES)
    def hold(self, plane: int) -> None:
        self._ask(plane, Hold(reason="wind", by="olga", role="operator"))

    @rule(plane=PLANES)
    def release(self, plane: int) -> None:
        self._ask(plane, Release(by="olga", role="operator"))

    @rule(plane=PLANES, required=st.booleans())
    def set_approval(self, plane: int, *, required: bool) -> None:
        self._ask(plane, SetApproval(required=required, by="olga", role="operator"))

    @rule(plane=PLANES)
    def approve(self, plane: int) -> None:
        """The first that waits for a yes gets it, if one does."""
        state = from_thread.run(self._both.worlds[0].banner, self._both.banners[plane]).state
        assert state is not None
        for ticket in state.pending[:1]:
            self._ask(plane, Approve(display_id=ticket.id, by="olga", role="operator"))

    @rule(plane=PLANES)
    def expire(self, plane: int) -> None:
        """It is said that what shows is over; which is refused when it is not."""
        up = self._judge.up.get(self._both.banners[plane])
        self._ask(plane, Expire(display_id=up or DisplayId("nobody")))

    @rule(milliseconds=st.sampled_from([1, TTL // 2, TTL, TTL + OVERDUE_MS]))
    def pass_time(self, milliseconds: int) -> None:
        for world in self._both.worlds:
            world.clock.advance(milliseconds)

    @rule(plane=PLANES, online=st.booleans())
    def hardware(self, plane: int, *, online: bool) -> None:
        """It comes up, or falls silent."""
        for world in self._both.worlds:
            (world.online.add if online else world.online.discard)(self._both.banners[plane])

    # --- what must be true ---

    @invariant()
    def all_is_well(self) -> None:
        news = self._both.journal[self._seen :]
        if not news:
            return
        self._seen += len(news)
        for kind, key, data in news:
            if kind is BANNERS:
                self._judge.look_at_banner(key, banner_codec.decode(data))
            else:
                self._judge.look_at_lobby(key, lobby_codec.decode(data))
        from_thread.run(self._both.agree)

    def teardown(self) -> None:
        """All is mended: then nobody is lost, nobody waits for nothing, and in the end nobody waits."""
        for instance in (0, 1):
            self._restart(instance, Danger())
        self.deliver_late()
        for number in range(len(self._both.worlds[0].shows)):
            self._do(partial(World.deliver_again, number=number))
        for name, (colour, by) in self._wishes.items():
            if name not in self._judge.left:
                self._come(0, name, colour, by, keyed=True)
        self._settle()
        self._everybody_was_told()
        assert set() == self._judge.lost()
        self._nobody_waits_for_nothing()
        self._let_everybody_be_shown()

    def _everybody_was_told(self) -> None:
        for visits in self._visits:
            outcomes = from_thread.run(_said, visits)
            assert outcomes[0] == outcomes[1]
        for name in self._wishes:
            assert name in self._judge.entered
        for name, banner in self._judge.placed.items():
            found = self._do(partial(World.whereabouts, ticket=name))
            assert isinstance(found, Whereabouts)
            assert banner == found.banner

    def _nobody_waits_for_nothing(self) -> None:
        world = self._both.worlds[0]
        for pool in self._both.pools.values():
            lobby = self._judge.lobbies.get(pool, Lobby())
            assert () == lobby.assigned
            for banner in self._both.banners:
                state = from_thread.run(world.banner, banner).state
                assert state is not None
                over = state.display is None or later(state.display.until, OVERDUE_MS) <= world.clock.at
                idle = over and state.hold is None and not state.queue and not state.approve_first
                if idle and banner in world.online and pool in pools_of(state):
                    assert () == lobby.waiting, f"{banner} is free"

    def _let_everybody_be_shown(self) -> None:
        for plane in range(3):
            self.release(plane)
            self.set_approval(plane, required=False)
            self.hardware(plane, online=True)
        while any(lobby.waiting for lobby in self._judge.lobbies.values()):
            before = len(self._judge.shown)
            self.pass_time(TTL + OVERDUE_MS)
            for plane in range(3):
                self.expire(plane)
                self.all_is_well()
            self._settle()
            assert before < len(self._judge.shown), "nobody is shown any more"
        assert self._judge.entered.keys() - self._judge.left == self._judge.placed.keys()

    def _settle(self) -> None:
        settled = -1
        while settled != (settled := len(self._both.journal)):
            for instance in (0, 1):
                for pool in self._both.pools.values():
                    self._work(instance, partial(_settled, pool=pool))
        self.all_is_well()

    # --- how it is done ---

    def _come(self, instance: int, name: str, colour: str, by: str, *, keyed: bool) -> None:
        pool = self._both.pools[colour]
        self._visits.append(
            [
                from_thread.run(partial(come, world.instances[instance], name, by=by, pool=pool, keyed=keyed))
                for world in self._both.worlds
            ]
        )

    def _work(self, instance: int, what: Callable[[Instance], Awaitable[object]]) -> Any:
        answer = self._do(lambda world: what(world.instances[instance]))
        if answer == Lost(DIED):
            self._restart(instance, Danger())
        return answer

    def _restart(self, instance: int, danger: Danger) -> None:
        """Whoever stood at its desks is never told."""
        for visits in self._visits:
            from_thread.run(_give_up_if_untold, visits, [w.instances[instance] for w in self._both.worlds])
        self._visits = [visits for visits in self._visits if not visits[0].given_up]
        for world in self._both.worlds:
            world.restart(instance, danger)
        self.catch_up(instance)

    def _ask(self, plane: int, command: BannerCommand) -> None:
        self._do(lambda world: world.ask(self._both.banners[plane], command))

    def _do(self, what: Callable[[World], Awaitable[object]]) -> Any:
        return from_thread.run(self._both.do, what)

    def _next_name(self) -> str:
        self._count += 1
        return f"{self._both.banners[0]}-t{self._count}"

    def _who_may_leave(self) -> list[tuple[PoolId, str, str]]:
        return [
            (pool, ticket.id, ticket.by)
            for pool in self._both.pools.values()
            for ticket in self._judge.lobbies.get(pool, Lobby()).waiting
        ]


async def _outcome(what: Callable[[World], Awaitable[object]], world: World) -> object:
    """What came of it."""
    try:
        return _timeless(await what(world))
    except DiedError:
        return Lost(DIED)
    except AirDisplayError as error:
        return Lost(type(error).__name__)


async def _said(visits: list[Visit]) -> list[object]:
    return [await _what_was_said(visit) for visit in visits]


async def _what_was_said(visit: Visit) -> object:
    try:
        outcome: Outcome = await said(visit)
    except AirDisplayError as error:
        return Lost(type(error).__name__)
    return _timeless(outcome)


def _timeless(outcome: object) -> object:
    """What was said, but for what a clock on the wall said."""
    if not isinstance(outcome, Whereabouts) or outcome.ended is None:
        return outcome
    ended = msgspec.structs.replace(outcome.ended, ended_at=None)
    return msgspec.structs.replace(outcome, ended=ended)


async def _give_up_if_untold(visits: list[Visit], instances: list[Instance]) -> None:
    for visit, instance in zip(visits, instances, strict=True):
        if visit.instance is instance and not visit.told:
            await visit.give_up()


async def _registered(world: World, banner: BannerId, tags: list[str]) -> None:
    await world.register(banner, *tags)


async def _caught_up(instance: Instance) -> None:
    await instance.catch_up()


async def _stepped(instance: Instance, pool: PoolId) -> object:
    return await instance.step(pool)


async def _carried_out(instance: Instance, pool: PoolId) -> None:
    await instance.carry_out(pool)


async def _taken_over(instance: Instance, pool: PoolId) -> object:
    return instance.take_over(pool)


async def _settled(instance: Instance, pool: PoolId) -> None:
    await instance.settle(pool)


@pytest.mark.slow
@pytest.mark.usefixtures("_impatient")
@pytest.mark.timeout(400)  # to find the shortest story of a failure takes long
async def test_everybody_is_shown_once_in_both_stores_alike(mesh: Mesh) -> None:
    async def begin() -> Lockstep:
        before = [(await streams.info(mesh, kind.stream)).state.last_seq for kind in (BANNERS, LOBBIES)]
        return Lockstep(mesh, *before)

    class Machine(AnyFreeBanner):
        def __init__(self) -> None:
            super().__init__(begin)

    long = settings(
        max_examples=max(120, settings().max_examples), stateful_step_count=60, report_multiple_bugs=False
    )
    await to_thread.run_sync(lambda: run_state_machine_as_test(Machine, settings=long))
