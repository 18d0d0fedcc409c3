"""The past explains the present, and both stores tell the same past.

One rule machine does to a banner whatever may be done to it, through two instances at a time that do not know
of each other, over the store in memory and the one on JetStream in lockstep.
"""

from collections.abc import Callable, Coroutine

import anyio
from anyio import from_thread, to_thread
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.banner.entity import Ask, banner_entity
from services.banner.service import order
from shared.contracts.banner import (
    Banner,
    BannerCommand,
    BannerEvent,
    Clear,
    Cleared,
    Display,
    Expire,
    Expired,
    Register,
    Registered,
    Role,
    Show,
    Shown,
)
from shared.contracts.errors import OutcomeUnknown
from shared.contracts.identity import CommandId, DisplayId
from shared.contracts.instants import Instant
from shared.entities.entity import Order, replay
from shared.entities.memory import MemoryStore
from shared.entities.records import REMEMBERED_AT_MOST, Codec, Record
from shared.entities.repository import Committed, Refused, Repository
from shared.entities.store import Store
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import BANNERS
from tests.support.banners import new_banner_id
from tests.support.clock import HandClock

TTL = 1_000
ENTITY = banner_entity(TTL)

Answer = Committed[Banner, BannerEvent] | Refused
Repo = Repository[Banner, Ask, BannerEvent]

_codec: Codec[Banner, BannerEvent] = Codec(ENTITY)

INSTANCES = st.integers(0, 1)
PEOPLE = st.sampled_from(["ada", "bob"])
TEXTS = st.sampled_from(["Hello", " Hi ", "", "x" * 121])
ROLES: st.SearchStrategy[Role] = st.sampled_from(["author", "operator"])


class Lockstep:
    """Two instances of the banner service over each of the two stores; both stores are asked the same."""

    def __init__(self, kv: KvStore, written_before: int) -> None:
        self.banner = new_banner_id()
        self.memory = MemoryStore()
        # Revisions count through the whole bucket; with as many entries before, they are the same in memory.
        self.memory.log.extend([("", b"")] * written_before)
        self.kv = kv
        self.clocks = (HandClock(), HandClock())
        self._instances: dict[tuple[int, str], Repo] = {}
        for instance in (0, 1):
            self.start(instance)

    def start(self, instance: int) -> None:
        """Begin an instance anew: it remembers nothing."""
        stores: dict[str, Store] = {"memory": self.memory, "kv": self.kv}
        for name, store in stores.items():
            self._instances[instance, name] = Repository(ENTITY, store, self.clocks[instance])

    async def execute(self, instance: int, wish: Order[Ask]) -> Answer:
        """The answer of both."""
        expected = await self._instances[instance, "memory"].execute(self.banner, wish)
        with anyio.fail_after(10):
            actual = await self._until_known(self._instances[instance, "kv"], wish)
        assert expected == actual
        return actual

    async def records(self) -> list[Record[Banner, BannerEvent]]:
        """The past of the banner, after looking that both stores hold the same present."""
        assert await self.memory.load(self.banner, fresh=True) == await self.kv.load(self.banner, fresh=True)
        return [_codec.decode(data) for key, data in self.memory.log if key == self.banner]

    async def _until_known(self, repository: Repo, wish: Order[Ask]) -> Answer:
        """A repeated command may have to wait for its record to arrive in the history."""
        while True:
            try:
                return await repository.execute(self.banner, wish)
            except OutcomeUnknown:
                await anyio.sleep(0.005)


class AnyBanner(RuleBasedStateMachine):
    """Whatever may happen to a banner."""

    def __init__(self, begin: Callable[[], Coroutine[object, object, Lockstep]]) -> None:
        super().__init__()
        self._both: Lockstep = from_thread.run(begin)
        self._count = 0
        self._accepted: list[tuple[Order[Ask], Committed[Banner, BannerEvent]]] = []
        self._displays: list[DisplayId] = []

    @initialize()
    def begin(self) -> None:
        """Most of what can happen needs a banner."""
        self._ask(0, "register", Register(id=self._new_id()))

    @rule(instance=INSTANCES)
    def register(self, instance: int) -> None:
        self._ask(instance, "register", Register(id=self._new_id(), name="Other"))

    @rule(instance=INSTANCES, text=TEXTS, by=PEOPLE)
    def show(self, instance: int, text: str, by: str) -> None:
        answer = self._ask(instance, "show", Show(id=self._new_id(), text=text, by=by))
        if isinstance(answer, Committed):
            display = answer.record.state.display
            assert display is not None
            self._displays.append(display.id)

    @rule(instance=INSTANCES, by=PEOPLE, role=ROLES, at_newest=st.booleans(), known=st.booleans())
    def clear(self, instance: int, by: str, role: Role, *, at_newest: bool, known: bool) -> None:
        revision = (len(self._both.memory.log) if at_newest else 1) if known else None
        self._ask(instance, "clear", Clear(id=self._new_id(), by=by, role=role, revision=revision))

    @precondition(lambda self: self._displays)
    @rule(instance=INSTANCES, data=st.data())
    def expire(self, instance: int, data: st.DataObject) -> None:
        display = data.draw(st.sampled_from(self._displays[-3:]))
        answer = self._ask(instance, "expire", Expire(display_id=display))
        if isinstance(answer, Committed):
            assert [display] == [e.display_id for e in answer.record.events if isinstance(e, Expired)]

    @precondition(lambda self: self._accepted)
    @rule(instance=INSTANCES, data=st.data())
    def repeat(self, instance: int, data: st.DataObject) -> None:
        """The same command again, after whatever came between: the same answer, and no effect."""
        wish, first = data.draw(st.sampled_from(self._accepted[-REMEMBERED_AT_MOST:]))
        written = len(self._both.memory.log)

        again = from_thread.run(self._both.execute, instance, wish)

        assert Committed(first.revision, first.record, repeated=True) == again
        assert written == len(self._both.memory.log)

    @precondition(lambda self: self._accepted)
    @rule(instance=INSTANCES, data=st.data())
    def reuse(self, instance: int, data: st.DataObject) -> None:
        """The id of an accepted command for something else: refused."""
        wish, _ = data.draw(st.sampled_from(self._accepted[-REMEMBERED_AT_MOST:]))
        assert wish.id is not None

        answer = self._ask(instance, "show", Show(id=CommandId(wish.id), text="something else"))

        assert isinstance(answer, Refused)
        assert "key-reused" == answer.refusal.reason

    @rule(instance=INSTANCES, milliseconds=st.sampled_from([-10, 1, TTL // 2, TTL - 1, TTL]))
    def pass_time(self, instance: int, milliseconds: int) -> None:
        """For one instance only: clocks differ, and are set back now and then."""
        self._both.clocks[instance].advance(milliseconds)

    @rule(instance=INSTANCES)
    def restart(self, instance: int) -> None:
        self._both.start(instance)

    @invariant()
    def the_past_explains_the_present(self) -> None:
        records = from_thread.run(self._both.records)
        events = [event for record in records for event in record.events]
        assert not records or records[-1].state == replay(ENTITY, events, None)
        _check_displays(records)

    def _new_id(self) -> CommandId:
        self._count += 1
        return CommandId(f"c{self._count}")

    def _ask(self, instance: int, verb: str, command: BannerCommand) -> Answer:
        wish = order(verb, self._both.banner, command)
        answer: Answer = from_thread.run(self._both.execute, instance, wish)
        if isinstance(answer, Committed) and not answer.repeated and wish.id is not None:
            self._accepted.append((wish, answer))
        return answer


def _check_displays(records: list[Record[Banner, BannerEvent]]) -> None:
    """No display begins while another lasts, each ends at most once, and time only goes on."""
    up: Display | None = None
    free_from = Instant("")
    seen: set[DisplayId] = set()
    for record in records:
        for event in record.events:
            match event:
                case Shown(display=display):
                    assert up is None
                    assert display.id not in seen
                    assert free_from <= display.shown_at == record.at
                    up = display
                    seen.add(display.id)
                case Expired(display_id=ended, until=until):
                    assert up is not None
                    assert (up.id, up.until) == (ended, until)
                    assert until <= record.at
                    up, free_from = None, until
                case Cleared(display_id=ended):
                    assert up is not None
                    assert up.id == ended
                    assert record.at < up.until
                    up, free_from = None, record.at
                case Registered():
                    assert up is None
    times = [record.at for record in records]
    assert sorted(times) == times


async def test_the_past_explains_the_present_in_both_stores_alike(mesh: Mesh) -> None:
    async def begin() -> Lockstep:
        written = (await streams.info(mesh, streams.stream_of(BANNERS))).state.last_seq
        return Lockstep(KvStore(mesh, BANNERS), written)

    class Machine(AnyBanner):
        def __init__(self) -> None:
            super().__init__(begin)

    await to_thread.run_sync(run_state_machine_as_test, Machine)
