"""The past explains the present, and both stores tell the same past.

One rule machine does to a banner whatever may be done to it, through two instances at a time that do not know
of each other and may die in the middle of a commit, over the store in memory and the one on JetStream in
lockstep.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial

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

from services.banner.entity import Ask, banner_entity
from services.banner.service import banner_hosting
from shared.contracts.banner import (
    PENDING_AT_MOST,
    PENDING_MS,
    QUEUE_AT_MOST,
    ApprovalSet,
    Approve,
    Approved,
    Banner,
    BannerCommand,
    BannerEvent,
    Clear,
    Cleared,
    Display,
    Expire,
    Expired,
    Held,
    Hold,
    Lapsed,
    Left,
    Queued,
    Register,
    Registered,
    Reject,
    Rejected,
    Release,
    Released,
    Replace,
    Replaced,
    Role,
    SetApproval,
    Show,
    Shown,
    Submitted,
    Ticket,
    When,
    lapses_at,
)
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.entities.claims import Claims
from shared.entities.entity import Order, replay
from shared.entities.memory import MemoryStore
from shared.entities.records import REMEMBERED_AT_MOST, Codec, Record
from shared.entities.repository import Committed, Refused, Repository
from shared.entities.store import Store
from shared.mesh import streams
from shared.mesh.banners import VERBS
from shared.mesh.connection import Mesh
from shared.mesh.hosting import order
from shared.mesh.kv import KvStore
from shared.mesh.streams import BANNERS, COMMANDS
from tests.support.banners import new_banner_id
from tests.support.clock import HandClock
from tests.support.history import records_of
from tests.support.stores import Fault, FaultyStore
from tests.support.waiting import until

TTL = 1_000
ENTITY = banner_entity(TTL)
HOSTING = banner_hosting(TTL)
MORE_THAN_MAY_WAIT = QUEUE_AT_MOST + 2

Wish = Order[Ask]
Repo = Repository[Banner, Ask, BannerEvent]
BannerRecord = Record[Banner, BannerEvent]

_codec: Codec[Banner, BannerEvent] = Codec(ENTITY)

INSTANCES = st.integers(0, 1)
PEOPLE = st.sampled_from(["ada", "bob", "cyd", "dan"])
SOMEBODY = st.sampled_from(["its author", "its author", "bob"])
TEXTS = st.sampled_from(["Hello", "Hi", " there "])
ROLES: st.SearchStrategy[Role] = st.sampled_from(["author", "operator", "operator"])
WHEN: st.SearchStrategy[When] = st.sampled_from(["queue", "queue", "now"])
TARGETS = st.sampled_from(["any", "up", "first", "last", "over", "pending"])
FENCES = st.sampled_from(["none", "none", "newest", "newest", "older"])
"""Which revision a command names."""
COMMIT_FAULTS = st.sampled_from([Fault.LOSE_ANSWER, Fault.LOSE_REQUEST, Fault.LATE, Fault.UNREACHABLE])


class DiedError(AirDisplayError):
    """Raised when an instance is gone in the middle of a commit."""


@dataclass(frozen=True)
class Lost:
    """Whoever asked has no answer, for this reason."""

    why: str


Answer = Committed[Banner, BannerEvent] | Refused | Lost


class Lockstep:
    """Two instances of the banner service over each of the two stores; both stores are asked the same."""

    def __init__(self, mesh: Mesh, written_before: int) -> None:
        self.banner = new_banner_id()
        self.memory = MemoryStore()
        # Revisions count through the whole bucket; with as many entries before, they are the same in memory.
        self.memory.log.extend([("", b"")] * written_before)
        self.written_before = written_before
        self.clocks = (HandClock(), HandClock())
        self._mesh = mesh
        self._kv = KvStore(mesh, BANNERS)
        self._stores: dict[str, Store] = {"memory": self.memory, "kv": self._kv}
        self._claims: dict[str, Store] = {"memory": MemoryStore(), "kv": KvStore(mesh, COMMANDS)}
        self._used: list[FaultyStore] = []
        self._instances: dict[tuple[int, str], Repo] = {}
        for instance in (0, 1):
            self.start(instance)

    def start(self, instance: int, fault: Fault | None = None, *, dies: bool = False) -> None:
        """Begin an instance anew: it remembers nothing. A fault that it meets may be its end."""
        for name, store in self._stores.items():
            faulty = FaultyStore(store, [fault], meanwhile=_die if dies else None)
            self._used.append(faulty)
            claims = Claims(BANNERS.name, self._claims[name])
            self._instances[instance, name] = Repository(ENTITY, faulty, self.clocks[instance], claims=claims)

    async def endanger(self, instance: int, fault: Fault, *, dies: bool) -> None:
        """The next commit of an instance meets a fault, which may be its end: the same commit over both."""
        self.start(instance, fault, dies=dies)
        for name in self._stores:
            await self._instances[instance, name].read(self.banner)

    async def execute(self, instance: int, wish: Wish) -> Answer:
        """The answer of both."""
        expected = await self._answer(self._instances[instance, "memory"], wish)
        actual = await self._answer(self._instances[instance, "kv"], wish)
        assert expected == actual
        if actual == Lost(DiedError.__name__):
            self.start(instance)
        return actual

    async def deliver_late(self) -> None:
        """What was held up on its way arrives, even if whoever sent it is dead by now."""
        for store in self._used:
            await store.deliver_late()

    async def agree(self) -> None:
        """Both stores hold the same present."""
        assert await self.memory.load(self.banner, fresh=True) == await self._kv.load(self.banner, fresh=True)

    async def agree_about_the_past(self) -> None:
        """The history has every record that the store in memory has, under the same revision."""
        expected = [
            (revision, _codec.decode(data))
            for revision, (key, data) in enumerate(self.memory.log, 1)
            if key == self.banner
        ]

        async def has_all() -> bool:
            return expected == await records_of(self._mesh, self.banner)

        await until(has_all)

    async def _answer(self, repository: Repo, wish: Wish) -> Answer:
        try:
            return await repository.execute(self.banner, wish)
        except AirDisplayError as error:
            return Lost(type(error).__name__)


async def _die() -> None:
    raise DiedError("gone")


class Past:
    """What has happened to a banner so far; every further record must be able to follow that."""

    def __init__(self) -> None:
        self.up: Display | None = None
        self.line: list[Ticket] = []
        self.pending: list[Ticket] = []
        self.held = False
        self.approve_first = False
        self._state: Banner | None = None
        self._at = Instant("")
        self._free_from = Instant("")
        self._number = 0
        self._revision = 0
        self._shown: set[DisplayId] = set()
        self._queued: set[DisplayId] = set()
        self._submitted: set[DisplayId] = set()
        self._approved: set[DisplayId] = set()
        self._commands: set[CommandId] = set()

    def go_on(self, revision: int, record: BannerRecord) -> None:
        """Look at the next record."""
        assert (record.number, record.previous) == (self._number + 1, self._revision)
        assert self._at <= record.at
        self._number, self._revision, self._at = record.number, revision, record.at
        if record.command.id is not None:
            assert record.command.id not in self._commands, "carried out twice"
            self._commands.add(record.command.id)
        for event in record.events:
            self._follow(event)
        self._state = replay(ENTITY, record.events, self._state)
        self._look_at(record.state)

    def _look_at(self, state: Banner) -> None:
        assert self._state == state
        assert (self.up, tuple(self.line), self.held) == (state.display, state.queue, state.hold is not None)
        assert (self.approve_first, tuple(self.pending)) == (state.approve_first, state.pending)
        assert not self.line or self.up or self.held, "somebody waits for nothing"
        assert not (self.up and self.held)
        assert len(self.line) <= QUEUE_AT_MOST
        assert len(self.pending) <= PENDING_AT_MOST
        waiting = [ticket.by for ticket in (*self.line, *self.pending)]
        assert len(waiting) == len(set(waiting))

    def _follow(self, event: BannerEvent) -> None:  # noqa: C901, PLR0912 (one for each)
        match event:
            case Registered():
                assert self._number == 1
            case Shown(display=display):
                self._begin(display)
            case Replaced(display_id=replaced, text=text, was=was):
                assert self.up is not None
                assert (self.up.id, self.up.text) == (replaced, was)
                assert self._at < self.up.until
                self.up = Display(
                    id=replaced, text=text, by=self.up.by, shown_at=self.up.shown_at, until=self.up.until
                )
            case Expired(display_id=ended, until=deadline):
                assert self.up is not None
                assert (self.up.id, self.up.until) == (ended, deadline)
                assert deadline <= self._at
                self.up, self._free_from = None, deadline
            case Cleared(display_id=ended):
                assert self.up is not None
                assert self.up.id == ended
                assert self._at < self.up.until
                self.up, self._free_from = None, self._at
            case Queued(ticket=ticket):
                assert ticket.id not in self._queued | self._shown
                self._got_its_yes(ticket.id)
                self._queued.add(ticket.id)
                self.line.append(ticket)
            case Left(display_id=gone):
                assert gone in [ticket.id for ticket in (*self.line, *self.pending)]
                self.line = [ticket for ticket in self.line if ticket.id != gone]
                self.pending = [ticket for ticket in self.pending if ticket.id != gone]
            case Held():
                assert self.up is None
                self.held = True
            case Released():
                assert self.held
                self.held = False
            case ApprovalSet(required=required):
                self.approve_first = required
            case Submitted(ticket=ticket):
                assert self.approve_first
                assert ticket.id not in self._submitted | self._queued | self._shown
                self._submitted.add(ticket.id)
                self.pending.append(ticket)
            case Approved(display_id=decided):
                self._decide(decided, in_time=True)
                self._approved.add(decided)
            case Rejected(display_id=decided):
                self._decide(decided, in_time=True)
            case Lapsed(display_id=decided, at=deadline):
                assert deadline == self._decide(decided, in_time=False)

    def _decide(self, decided: DisplayId, *, in_time: bool) -> Instant:
        (ticket,) = (each for each in self.pending if each.id == decided)
        self.pending.remove(ticket)
        assert in_time == (self._at < lapses_at(ticket))
        return lapses_at(ticket)

    def _got_its_yes(self, display: DisplayId) -> None:
        """Nothing shows or stands in the line without one that needed it."""
        if display in self._submitted:
            assert display in self._approved, "shown without a yes"
        else:
            assert display in self._queued or not self.approve_first, "shown without being asked about"

    def _begin(self, display: Display) -> None:
        """No display begins while another lasts, during a hold, a second time, or past those who wait."""
        assert self.up is None
        assert not self.held
        assert display.id not in self._shown
        self._got_its_yes(display.id)
        assert self._free_from <= display.shown_at == self._at
        if self.line:
            first = self.line.pop(0)
            assert (first.id, first.text, first.by) == (display.id, display.text, display.by)
            assert later(display.shown_at, first.ttl_ms) == display.until
        self._shown.add(display.id)
        self.up = display


class AnyBanner(RuleBasedStateMachine):
    """Whatever may happen to a banner."""

    def __init__(self, begin: Callable[[], Coroutine[object, object, Lockstep]]) -> None:
        super().__init__()
        self._both: Lockstep = from_thread.run(begin)
        self._past = Past()
        self._seen = self._both.written_before
        self._count = 0
        self._crowded = False
        self._accepted: dict[CommandId, tuple[Wish, Committed[Banner, BannerEvent]]] = {}
        self._unanswered: list[Wish] = []
        self._displays: list[DisplayId] = []

    @initialize()
    def begin(self) -> None:
        """Most of what can happen needs a banner."""
        self._ask(0, Register(id=self._new_id()))

    @rule(
        instance=INSTANCES,
        by=PEOPLE,
        how=st.sampled_from(["register again", "show nothing", "come too late"]),
    )
    def ask_in_vain(self, instance: int, by: str, how: str) -> None:
        """What no banner ever does."""
        commands: dict[str, tuple[BannerCommand, str]] = {
            "register again": (Register(id=self._new_id(), name="Other"), "already-registered"),
            "show nothing": (Show(id=self._new_id(), text="", by=by), "bad-text"),
            "come too late": (
                Show(id=self._new_id(), text="Hello", by=by, not_after=self._too_late()),
                "too-late",
            ),
        }
        command, reason = commands[how]
        answer = self._ask(instance, command)
        assert isinstance(answer, Refused)
        assert reason == answer.refusal.reason

    @rule(instance=INSTANCES, text=TEXTS, by=PEOPLE, when=WHEN, fence=FENCES)
    def show(self, instance: int, text: str, by: str, when: When, fence: str) -> None:
        name, revision = self._new_id(), self._revision(fence)
        self._displays.append(DisplayId(name))
        self._ask(instance, Show(id=name, text=text, by=by, when=when, revision=revision))

    @rule(instance=INSTANCES, by=PEOPLE, when=WHEN)
    def show_without_a_key(self, instance: int, by: str, when: When) -> None:
        self._ask(instance, Show(text="Hello", by=by, when=when))

    @precondition(lambda self: not self._crowded)
    @rule(instance=INSTANCES)
    def crowd(self, instance: int) -> None:
        """More than may wait come at once."""
        self._crowded = True
        for number in range(MORE_THAN_MAY_WAIT):
            self._ask(instance, Show(id=self._new_id(), text="Me too", by=f"guest-{number}", when="queue"))

    @precondition(lambda self: self._past.up)
    @rule(instance=INSTANCES, text=TEXTS, who=SOMEBODY, role=ROLES, fence=FENCES)
    def replace(self, instance: int, text: str, who: str, role: Role, fence: str) -> None:
        by, revision = self._who(who, self._target("up")), self._revision(fence)
        answer = self._ask(
            instance, Replace(id=self._new_id(), text=text, by=by, role=role, revision=revision)
        )
        assert fence == "newest" or not isinstance(answer, Committed)

    @rule(instance=INSTANCES, who=SOMEBODY, role=ROLES, fence=FENCES)
    def clear(self, instance: int, who: str, role: Role, fence: str) -> None:
        by, revision = self._who(who, self._target("up")), self._revision(fence)
        self._ask(instance, Clear(id=self._new_id(), by=by, role=role, revision=revision))

    @precondition(lambda self: self._displays)
    @rule(instance=INSTANCES, which=TARGETS, who=SOMEBODY, role=ROLES, fence=FENCES)
    def clear_by_name(self, instance: int, which: str, who: str, role: Role, fence: str) -> None:
        display, revision = self._target(which), self._revision(fence)
        by = self._who(who, display)
        self._ask(
            instance,
            Clear(id=self._new_id(), by=by, role=role, display_id=display, revision=revision),
        )

    @precondition(lambda self: self._displays)
    @rule(instance=INSTANCES, which=TARGETS)
    def say_it_is_over(self, instance: int, which: str) -> None:
        self._expire(instance, self._target(which))

    @precondition(lambda self: self._past.up)
    @rule(instance=INSTANCES, late=st.integers(0, 2), said=st.booleans())
    def reach_the_deadline(self, instance: int, late: int, *, said: bool) -> None:
        """For one instance, which may be asked to say so."""
        up = self._past.up
        assert up is not None
        self._both.clocks[instance].at = later(up.until, late)
        if said:
            self._expire(instance, up.id)

    @rule(instance=INSTANCES, role=ROLES, fence=FENCES)
    def hold(self, instance: int, role: Role, fence: str) -> None:
        revision = self._revision(fence)
        self._ask(instance, Hold(id=self._new_id(), reason="wind", role=role, revision=revision))

    @precondition(lambda self: self._past.held)
    @rule(instance=INSTANCES, role=ROLES, fence=FENCES)
    def release(self, instance: int, role: Role, fence: str) -> None:
        self._ask(instance, Release(id=self._new_id(), role=role, revision=self._revision(fence)))

    @rule(instance=INSTANCES, required=st.sampled_from([True, True, False]), role=ROLES, fence=FENCES)
    def set_approval(self, instance: int, role: Role, fence: str, *, required: bool) -> None:
        revision = self._revision(fence)
        self._ask(
            instance,
            SetApproval(id=self._new_id(), required=required, by="olga", role=role, revision=revision),
        )

    @precondition(lambda self: self._past.pending)
    @rule(instance=INSTANCES, which=TARGETS, role=ROLES, yes=st.booleans())
    def decide(self, instance: int, which: str, role: Role, *, yes: bool) -> None:
        """An operator says yes or no; an author tries to."""
        display = self._target("pending" if which == "any" else which)
        name = self._new_id()
        command: BannerCommand = Reject(id=name, display_id=display, by="olga", role=role, reason="no")
        if yes:
            command = Approve(id=name, display_id=display, by="olga", role=role)
        answer = self._ask(instance, command)
        assert role == "operator" or not isinstance(answer, Committed)

    @precondition(lambda self: self._past.pending)
    @rule(instance=INSTANCES)
    def wait_too_long(self, instance: int) -> None:
        self._both.clocks[instance].advance(PENDING_MS)

    @precondition(lambda self: self._accepted)
    @rule(instance=INSTANCES, data=st.data())
    def repeat(self, instance: int, data: st.DataObject) -> None:
        """The same command again, after whatever came between."""
        self._repeat(instance, data.draw(st.sampled_from(list(self._accepted))))

    @precondition(lambda self: self._forgotten())
    @rule(instance=INSTANCES, data=st.data())
    def repeat_what_is_forgotten(self, instance: int, data: st.DataObject) -> None:
        """The same command again, when the newest record does not remember it any more."""
        self._repeat(instance, data.draw(st.sampled_from(self._forgotten())))

    @precondition(lambda self: self._claimed())
    @rule(instance=INSTANCES, data=st.data())
    def reuse(self, instance: int, data: st.DataObject) -> None:
        """The id of an accepted command for something else: refused."""
        wish = data.draw(st.sampled_from(self._claimed()))
        assert wish.id is not None

        answer = self._ask(instance, Show(id=wish.id, text="something else"))

        assert isinstance(answer, Refused)
        assert "key-reused" == answer.refusal.reason

    @precondition(lambda self: self._unanswered)
    @rule(instance=INSTANCES, data=st.data())
    def ask_again(self, instance: int, data: st.DataObject) -> None:
        """What had no answer is asked again, until it has one."""
        number = data.draw(st.integers(0, len(self._unanswered) - 1))
        self._send(instance, self._unanswered.pop(number))

    @rule(
        instances=st.sampled_from([(0,), (1,), (0, 1)]), milliseconds=st.sampled_from([-10, 1, TTL // 2, TTL])
    )
    def pass_time(self, instances: tuple[int, ...], milliseconds: int) -> None:
        """For one instance or both: clocks differ, and are set back now and then."""
        for instance in instances:
            self._both.clocks[instance].advance(milliseconds)

    @rule(instance=INSTANCES)
    def restart(self, instance: int) -> None:
        self._both.start(instance)

    @rule(instance=INSTANCES, fault=COMMIT_FAULTS, dies=st.booleans())
    def endanger(self, instance: int, fault: Fault, *, dies: bool) -> None:
        """The next commit of this instance meets a fault, of which it may die."""
        from_thread.run(partial(self._both.endanger, instance, fault, dies=dies))

    @rule()
    def deliver_late(self) -> None:
        from_thread.run(self._both.deliver_late)

    @invariant()
    def the_past_explains_the_present(self) -> None:
        log = self._both.memory.log
        for revision in range(self._seen + 1, len(log) + 1):
            self._past.go_on(revision, _codec.decode(log[revision - 1][1]))
        self._seen = len(log)
        from_thread.run(self._both.agree)

    def teardown(self) -> None:
        from_thread.run(self._both.agree_about_the_past)

    def _new_id(self) -> CommandId:
        self._count += 1
        return CommandId(f"{self._both.banner}-{self._count}")

    def _revision(self, fence: str) -> int | None:
        newest = len(self._both.memory.log)
        return {"none": None, "newest": newest, "older": newest - 1}[fence]

    def _too_late(self) -> Instant:
        return later(min(clock.at for clock in self._both.clocks), -1)

    def _target(self, which: str) -> DisplayId:
        """The display that is up, one of those who wait, one that is over, or any."""
        line = [ticket.id for ticket in self._past.line]
        if which == "up" and self._past.up is not None:
            return self._past.up.id
        if which in {"first", "last"} and line:
            return line[0 if which == "first" else -1]
        if which == "pending" and self._past.pending:
            return self._past.pending[0].id
        over = [name for name in self._displays if name not in line]
        return next(iter(over if which == "over" else self._displays[::-1]), DisplayId("nobody-asked"))

    def _who(self, who: str, display: DisplayId) -> str:
        known = {ticket.id: ticket.by for ticket in (*self._past.line, *self._past.pending)}
        if self._past.up is not None:
            known[self._past.up.id] = self._past.up.by
        return known.get(display, "ada") if who == "its author" else who

    def _expire(self, instance: int, display: DisplayId) -> None:
        answer = self._ask(instance, Expire(display_id=display))
        if isinstance(answer, Committed):
            assert [display] == [e.display_id for e in answer.record.events if isinstance(e, Expired)]

    def _repeat(self, instance: int, name: CommandId) -> None:
        """The same answer, and no effect."""
        wish, first = self._accepted[name]
        assert Committed(first.revision, first.record, repeated=True) == self._send(instance, wish)

    def _forgotten(self) -> list[CommandId]:
        remembered = len(self._both.memory.log) - REMEMBERED_AT_MOST
        return [name for name, (_, first) in self._accepted.items() if first.revision < remembered]

    def _claimed(self) -> list[Wish]:
        """Accepted commands with a claim; one that named a revision is recognised by that, and has none."""
        return [wish for wish, _ in self._accepted.values() if wish.keyed and wish.revision is None]

    def _ask(self, instance: int, command: BannerCommand) -> Answer:
        return self._send(instance, order(HOSTING, VERBS[type(command)], self._both.banner, command))

    def _send(self, instance: int, wish: Wish) -> Answer:
        """Send it to one instance; what it says of the commit is true."""
        before = len(self._both.memory.log)
        answer: Answer = from_thread.run(self._both.execute, instance, wish)
        written = list(range(before + 1, len(self._both.memory.log) + 1))
        if isinstance(answer, Committed):
            assert ([] if answer.repeated else [answer.revision]) == written
        elif isinstance(answer, Refused):
            assert [] == written
        if wish.keyed and wish.id is not None and isinstance(answer, Committed):
            self._accepted[wish.id] = wish, answer
        elif wish.keyed and isinstance(answer, Lost):
            self._unanswered.append(wish)
        return answer


@pytest.mark.slow
@pytest.mark.timeout(400)  # a failure takes its time, until it is as small as it can be
async def test_the_past_explains_the_present_in_both_stores_alike(mesh: Mesh) -> None:
    async def begin() -> Lockstep:
        return Lockstep(mesh, (await streams.info(mesh, BANNERS.stream)).state.last_seq)

    class Machine(AnyBanner):
        def __init__(self) -> None:
            super().__init__(begin)

    long = settings(max_examples=max(100, settings().max_examples), stateful_step_count=60)
    await to_thread.run_sync(lambda: run_state_machine_as_test(Machine, settings=long))
