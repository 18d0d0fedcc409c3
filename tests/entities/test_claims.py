"""Claims: a command with a key of its caller's own is recognised long after its record has forgotten it."""

from dataclasses import dataclass, field

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable, Unreadable
from shared.contracts.identity import CommandId
from shared.contracts.instants import later
from shared.contracts.refusals import KeyReused, TooLate
from shared.entities.claims import Claim, Claims
from shared.entities.entity import Order
from shared.entities.memory import MemoryStore
from shared.entities.records import REMEMBERED_AT_MOST, Codec
from shared.entities.repository import Committed, Refused, Repository
from shared.entities.store import Store, Stored
from tests.support.banners import new_command_id
from tests.support.clock import NOON, HandClock
from tests.support.counter import COUNTER, LIMIT, Add, Added, Count, Full, add
from tests.support.stores import Fault, FaultyStore

LONG = 40
"""How many further commands make a record forget."""

_codec = Codec(COUNTER)


@dataclass
class Counting:
    """Counters with claims, over these two stores."""

    store: Store
    claim_store: Store
    clock: HandClock = field(default_factory=HandClock)
    seconds_to_find_out: float = 5.0

    def instance(self) -> Repository[Count, Add, Added]:
        """One more service instance."""
        return Repository(
            COUNTER,
            self.store,
            self.clock,
            claims=Claims("counter", self.claim_store),
            seconds_to_find_out=self.seconds_to_find_out,
        )

    async def value(self, key: str) -> int:
        """How far a counter is, by the store alone."""
        data = (await self.store.load(key, fresh=True)).data
        return 0 if data is None else _codec.decode(data).state.value


@pytest.fixture
def counting(store: Store, claim_store: Store) -> Counting:
    """Counters whose claims stand in a store of their own."""
    return Counting(store, claim_store)


@pytest.fixture
def command() -> CommandId:
    """A caller's own id that nobody else has."""
    return new_command_id()


def keyed(amount: int, command: CommandId) -> Order[Add]:
    """An order that its caller may send again at any time."""
    return add(amount, command, keyed=True)


async def go_on(counting: Counting, key: str, count: int = LONG) -> None:
    """Let others count, up and down."""
    other = counting.instance()
    for number in range(count):
        assert isinstance(await other.execute(key, add(-1 if number % 2 else 1, new_command_id())), Committed)


# --- the claim ------------------------------------------------------------------------------------


async def test_a_claim_is_taken_once_and_found_from_then_on(claim_store: Store, command: CommandId) -> None:
    claims = Claims("counter", claim_store)
    claim = Claim(key="k", digest="add 3", revision=7, at=NOON)
    assert await claims.find(command) is None

    assert await claims.take(command, claim) is None

    assert claim == await claims.find(command)
    other = Claim(key="other", digest="add 4", revision=9, at=NOON)
    assert claim == await claims.take(command, other)
    assert claim == await claims.find(command)


async def test_entities_of_different_kinds_claim_apart(claim_store: Store, command: CommandId) -> None:
    claim = Claim(key="k", digest="add 3", revision=7, at=NOON)
    await Claims("counter", claim_store).take(command, claim)

    assert await Claims("banner", claim_store).find(command) is None
    assert await Claims("banner", claim_store).take(command, claim) is None


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"garbage", id="no JSON"),
        pytest.param(b'{"key":"k"}', id="half a claim"),
        pytest.param(b'{"key":"\xff"}', id="no text"),
    ],
)
async def test_what_is_no_claim_is_unreadable(claim_store: Store, command: CommandId, stored: bytes) -> None:
    await claim_store.commit(f"counter.{command}", stored, 0)
    claims = Claims("counter", claim_store)

    with pytest.raises(Unreadable, match="a claim"):
        await claims.find(command)
    with pytest.raises(Unreadable, match="a claim"):
        await claims.take(command, Claim(key="k", digest="", revision=0, at=NOON))


async def test_a_keyed_command_leaves_its_claim_before_its_first_commit(
    counting: Counting, key: str, command: CommandId
) -> None:
    await counting.instance().execute(key, add(1))
    revision = (await counting.store.load(key, fresh=True)).revision
    seen: list[Claim | None] = []
    claims = Claims("counter", counting.claim_store)

    async def look() -> None:
        seen.append(await claims.find(command))

    counting.store = FaultyStore(counting.store, [Fault.LOSE_REQUEST], meanwhile=look)
    await counting.instance().execute(key, keyed(3, command))

    assert [Claim(key=key, digest="add 3", revision=revision, at=NOON)] == seen


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(add(1), id="without an id"),
        pytest.param(add(1, "made-up-here"), id="with an id that is not the caller's"),
        pytest.param(add(LIMIT + 1, "refused", keyed=True), id="that is refused"),
        pytest.param(
            add(1, "for-a-revision", revision=7, keyed=True), id="that is recognised by its revision"
        ),
    ],
)
async def test_an_order_writes_no_claim(counting: Counting, key: str, order: Order[Add]) -> None:
    counting.claim_store = claims = FaultyStore(counting.claim_store)

    await counting.instance().execute(key, order)

    assert 0 == claims.commits


# --- what comes again -----------------------------------------------------------------------------


async def test_a_keyed_command_is_recognised_after_its_record_has_forgotten_it(
    counting: Counting, key: str, command: CommandId
) -> None:
    first = await counting.instance().execute(key, keyed(3, command))
    assert isinstance(first, Committed)
    await go_on(counting, key)
    assert LONG > REMEMBERED_AT_MOST

    again = await counting.instance().execute(key, keyed(3, command))

    assert Committed(first.revision, first.record, repeated=True) == again
    assert 3 == await counting.value(key)


async def test_a_keyed_command_is_recognised_though_it_would_be_refused_by_now(
    counting: Counting, key: str, command: CommandId
) -> None:
    first = await counting.instance().execute(key, keyed(3, command))
    assert isinstance(first, Committed)
    await go_on(counting, key)
    await counting.instance().execute(key, add(LIMIT - 3))
    assert isinstance(await counting.instance().execute(key, keyed(3, new_command_id())), Refused)

    again = await counting.instance().execute(key, keyed(3, command))

    assert Committed(first.revision, first.record, repeated=True) == again
    assert LIMIT == await counting.value(key)


async def test_a_keyed_command_is_recognised_though_it_comes_too_late_by_now(
    counting: Counting, key: str, command: CommandId
) -> None:
    order = add(3, command, keyed=True, not_after=NOON)
    first = await counting.instance().execute(key, order)
    assert isinstance(first, Committed)
    await go_on(counting, key)
    counting.clock.advance(1)

    assert Committed(first.revision, first.record, repeated=True) == await counting.instance().execute(
        key, order
    )
    late = add(3, new_command_id(), keyed=True, not_after=NOON)
    refused = await counting.instance().execute(key, late)
    assert isinstance(refused, Refused)
    assert TooLate(not_after=NOON) == refused.refusal


@pytest.mark.parametrize("others", [0, 1, LONG])
@pytest.mark.parametrize("amount", [4, LIMIT + 1], ids=["acceptable", "not acceptable"])
async def test_the_same_id_with_another_content_is_refused(
    counting: Counting, key: str, command: CommandId, others: int, amount: int
) -> None:
    await counting.instance().execute(key, keyed(3, command))
    await go_on(counting, key, others)
    before = await counting.value(key)

    answer = await counting.instance().execute(key, keyed(amount, command))

    assert isinstance(answer, Refused)
    assert KeyReused() == answer.refusal
    assert before == await counting.value(key)


@pytest.mark.parametrize("amount", [3, LIMIT + 1], ids=["acceptable", "not acceptable"])
async def test_the_same_id_for_another_entity_is_refused(
    counting: Counting, key: str, command: CommandId, amount: int
) -> None:
    counters = counting.instance()
    await counters.execute(key, keyed(3, command))

    answer = await counters.execute(f"{key}-other", keyed(amount, command))

    assert isinstance(answer, Refused)
    assert KeyReused() == answer.refusal
    assert Stored(0, None) == await counting.store.load(f"{key}-other", fresh=True)


async def test_a_claim_without_a_commit_means_that_the_command_is_decided_anew(
    counting: Counting, key: str, command: CommandId
) -> None:
    """As when the instance died between the two."""
    claims = Claims("counter", counting.claim_store)
    await go_on(counting, key, 2)
    revision = (await counting.store.load(key, fresh=True)).revision
    await claims.take(command, Claim(key=key, digest="add 3", revision=revision, at=NOON))
    await go_on(counting, key)

    answer = await counting.instance().execute(key, keyed(3, command))

    assert isinstance(answer, Committed)
    assert not answer.repeated
    assert 3 == await counting.value(key)
    await go_on(counting, key)
    again = await counting.instance().execute(key, keyed(3, command))
    assert Committed(answer.revision, answer.record, repeated=True) == again


async def test_a_command_that_was_refused_may_come_again_with_its_key(
    counting: Counting, key: str, command: CommandId
) -> None:
    counters = counting.instance()
    await counters.execute(key, add(LIMIT))
    assert Full(value=LIMIT) == (await refused(counters, key, keyed(3, command))).refusal
    await counters.execute(key, add(-LIMIT))

    answer = await counters.execute(key, keyed(3, command))

    assert isinstance(answer, Committed)
    assert not answer.repeated


# --- at the same time -----------------------------------------------------------------------------


@pytest.mark.parametrize("others", [0, LONG], ids=["on nothing", "after many others"])
async def test_the_same_command_at_the_same_time_has_one_effect_and_one_answer(
    counting: Counting, key: str, command: CommandId, others: int
) -> None:
    instances = [counting.instance() for _ in range(4)]
    for each in instances:  # some know the entity of before, and some know nothing
        await each.read(key)
    await go_on(counting, key, others)
    answers: list[Committed[Count, Added]] = []

    async def ask(counters: Repository[Count, Add, Added]) -> None:
        answer = await counters.execute(key, keyed(3, command))
        assert isinstance(answer, Committed)
        answers.append(answer)

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number in range(12):
                tasks.start_soon(ask, instances[number % 4])

    assert 12 == len(answers)
    assert 1 == len({answer.revision for answer in answers})
    assert 1 == len([answer for answer in answers if not answer.repeated])
    assert 3 == await counting.value(key)


async def test_one_id_with_two_contents_at_the_same_time_is_one_command(
    counting: Counting, key: str, command: CommandId
) -> None:
    answers: list[object] = []

    async def ask(counters: Repository[Count, Add, Added], amount: int) -> None:
        answers.append(await counters.execute(key, keyed(amount, command)))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for amount in (3, 4, 3, 4):
                tasks.start_soon(ask, counting.instance(), amount)

    accepted = {answer.record.events[0].amount for answer in answers if isinstance(answer, Committed)}
    assert {await counting.value(key)} == accepted
    assert [KeyReused()] * 2 == [answer.refusal for answer in answers if isinstance(answer, Refused)]


async def test_another_instance_that_commits_between_claim_and_commit_is_found(
    counting: Counting, key: str, command: CommandId
) -> None:
    """Both have looked, neither has committed: the one that is slower finds what the other did."""
    rival = counting.instance()

    async def overtake() -> None:
        await rival.execute(key, keyed(3, command))
        await go_on(counting_soundly, key)

    counting_soundly = Counting(counting.store, counting.claim_store)
    counting.store = FaultyStore(counting.store, [Fault.LOSE_REQUEST], meanwhile=overtake)

    answer = await counting.instance().execute(key, keyed(3, command))

    assert isinstance(answer, Committed)
    assert 3 == await counting_soundly.value(key)


@pytest.mark.parametrize("others", [0, 15, 16, 17, LONG])
async def test_a_copy_that_was_first_is_found_after_any_number_of_others(
    counting: Counting, key: str, command: CommandId, others: int
) -> None:
    """Both had their claim by the time that one of them committed; the other meets a conflict."""
    rival = Counting(counting.store, counting.claim_store, HandClock(later(NOON, 1)))
    firsts: list[object] = []

    class Overtaken(FaultyStore):
        async def commit(self, key: str, data: bytes, expected: int) -> int:
            revision = await super().commit(key, data, expected)
            await overtake()
            return revision

    async def overtake() -> None:
        firsts.append(await rival.instance().execute(key, keyed(3, command)))
        await go_on(rival, key, others)

    await counting.instance().execute(key, add(1))
    counting.claim_store = Overtaken(counting.claim_store)

    answer = await counting.instance().execute(key, keyed(3, command))

    (first,) = firsts
    assert isinstance(first, Committed)
    assert Committed(first.revision, first.record, repeated=True) == answer
    assert 4 + others % 2 == await counting.value(key)


# --- a store of claims that is not there ----------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.UNREACHABLE, id="cannot be asked"),
        pytest.param(Fault.LOSE_REQUEST, id="does not answer"),
        pytest.param(Fault.LOSE_ANSWER, id="has written and does not answer"),
        pytest.param(Fault.LATE, id="will write later"),
    ],
)
async def test_without_an_answer_about_the_claim_nothing_is_committed(
    counting: Counting, key: str, command: CommandId, fault: Fault
) -> None:
    counting.claim_store = claims = FaultyStore(counting.claim_store, [fault])
    counters = counting.instance()

    with pytest.raises(Unreachable):
        await counters.execute(key, keyed(3, command))

    assert Stored(0, None) == await counting.store.load(key, fresh=True)
    await claims.deliver_late()
    answer = await counters.execute(key, keyed(3, command))
    assert isinstance(answer, Committed)
    assert not answer.repeated
    assert 3 == await counting.value(key)


async def test_a_refusal_waits_for_the_store_of_claims(
    counting: Counting, key: str, command: CommandId
) -> None:
    """It might have been accepted long ago; to say no then would be a lie."""
    counters = counting.instance()
    await counters.execute(key, keyed(3, command))
    await go_on(counting, key)
    await counters.execute(key, add(LIMIT - 3))
    counting.claim_store = claims = FaultyStore(counting.claim_store)
    claims.unreachable_loads = 1
    counters = counting.instance()

    with pytest.raises(Unreachable):
        await counters.execute(key, keyed(3, command))

    answer = await counters.execute(key, keyed(3, command))
    assert isinstance(answer, Committed)
    assert answer.repeated


async def test_a_keyed_commit_without_an_answer_is_found_out_by_asking_again_much_later(
    counting: Counting, key: str, command: CommandId
) -> None:
    sound = Counting(counting.store, counting.claim_store)
    counting.store = FaultyStore(counting.store, [Fault.LOSE_ANSWER, *[Fault.UNREACHABLE] * 1_000])
    counting.seconds_to_find_out = 0.02
    with pytest.raises(OutcomeUnknown):
        await counting.instance().execute(key, keyed(3, command))
    await go_on(sound, key)

    answer = await sound.instance().execute(key, keyed(3, command))

    assert isinstance(answer, Committed)
    assert answer.repeated
    assert (1, 3) == (answer.record.number, await sound.value(key))


async def test_a_claim_that_was_forgotten_meanwhile_is_no_claim(command: CommandId) -> None:
    class Forgetful(FaultyStore):
        async def commit(self, key: str, data: bytes, expected: int) -> int:
            del data
            raise Conflict(key, expected=expected)

    claims = Claims("counter", Forgetful(MemoryStore()))

    assert await claims.take(command, Claim(key="k", digest="", revision=0, at=NOON)) is None


FAULTS = st.lists(st.sampled_from([None, *Fault]), max_size=8)


@given(
    faults=st.tuples(FAULTS, FAULTS),
    claim_faults=st.tuples(FAULTS, FAULTS),
    amounts=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    others=st.integers(0, 40),
)
async def test_whatever_is_lost_a_key_that_comes_again_much_later_has_one_effect_and_one_answer(
    faults: tuple[list[Fault | None], list[Fault | None]],
    claim_faults: tuple[list[Fault | None], list[Fault | None]],
    amounts: list[int],
    others: int,
) -> None:
    sound = Counting(MemoryStore(), MemoryStore())
    stores = [FaultyStore(sound.store, each) for each in faults]
    claims = [FaultyStore(sound.claim_store, each) for each in claim_faults]
    instances = [
        Counting(*each, seconds_to_find_out=0.01).instance() for each in zip(stores, claims, strict=True)
    ]

    async def insist(number: int, amount: int) -> Committed[Count, Added] | Refused:
        """What a caller does: ask again with the same key, any instance, until there is an answer."""
        for turn in range(1_000):
            try:
                return await instances[(number + turn) % 2].execute(
                    "k", keyed(amount, CommandId(f"c{number}"))
                )
            except (Unreachable, OutcomeUnknown):
                await stores[turn % 2].deliver_late()
                await claims[turn % 2].deliver_late()
        pytest.fail("there was never an answer")

    async def first(number: int, amount: int) -> None:
        answers[number] = await insist(number, amount)

    answers: dict[int, Committed[Count, Added] | Refused] = {}
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number, amount in enumerate(amounts):
                tasks.start_soon(first, number, amount)
    total = await sound.value("k")
    if total < LIMIT:
        await go_on(sound, "k", 2 * (others // 2))

    for number, answer in answers.items():
        if isinstance(answer, Committed):
            again = await insist(number, amounts[number])
            assert isinstance(again, Committed)
            assert (answer.revision, answer.record) == (again.revision, again.record)
    assert total == await sound.value("k")
    assert total == sum(
        answer.record.events[0].amount for answer in answers.values() if isinstance(answer, Committed)
    )


async def refused(counters: Repository[Count, Add, Added], key: str, order: Order[Add]) -> Refused:
    """The refusal of an order."""
    answer = await counters.execute(key, order)
    assert isinstance(answer, Refused)
    return answer
