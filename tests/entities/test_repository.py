"""The repository: one effect for one command, through races, repetitions and lost answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.banner.entity import banner_entity
from services.banner.service import banner_hosting
from shared.contracts.banner import Clear, Expire, Register, Show
from shared.contracts.errors import (
    AirDisplayError,
    NewerSchema,
    OutcomeUnknown,
    Unreachable,
    Unreadable,
)
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.refusals import Busy, KeyReused, NothingShowing, Stale, TooLate
from shared.entities.entity import Order
from shared.entities.memory import MemoryStore
from shared.entities.records import Codec
from shared.entities.repository import ARCHIVED_EVERY, Committed, Refused, Repository
from shared.entities.store import Store, Stored
from shared.mesh.hosting import order as order_of
from tests.support.banners import MINUTE
from tests.support.clock import NOON, HandClock
from tests.support.counter import COUNTER, LIMIT, Add, Added, Count, Full, add
from tests.support.stores import Fault, FaultyStore

Counters = Repository[Count, Add, Added]

_codec = Codec(COUNTER)

order = partial(order_of, banner_hosting(MINUTE))
"""A banner's command as the kit takes it."""


def counters(store: Store, clock: HandClock | None = None, *, seconds_to_find_out: float = 5.0) -> Counters:
    """Counters over this store."""
    return Repository(COUNTER, store, clock or HandClock(), seconds_to_find_out=seconds_to_find_out)


async def value(store: Store, key: str) -> int:
    """How far a counter is, by the store alone."""
    data = (await store.load(key, fresh=True)).data
    return 0 if data is None else _codec.decode(data).state.value


@dataclass
class Instances:
    """Two service instances over one store."""

    one: Counters
    other: Counters


@pytest.fixture
def instances(store: Store) -> Instances:
    """Two repositories over the same store."""
    return Instances(counters(store), counters(store))


# --- deciding and committing ----------------------------------------------------------------------


async def test_an_accepted_command_is_written_with_all_that_led_to_it(store: Store, key: str) -> None:
    answer = await counters(store).execute(key, add(3, "c1"))

    assert isinstance(answer, Committed)
    stored = await store.load(key, fresh=True)
    assert Stored(answer.revision, _codec.encode(answer.record)) == stored
    assert (NOON, "ada", "add", "c1") == (
        answer.record.at,
        answer.record.by,
        answer.record.command.verb,
        answer.record.command.id,
    )
    assert ((Added(3, NOON),), Count(3)) == (answer.record.events, answer.record.state)
    assert not answer.repeated


async def test_a_refused_command_writes_nothing(store: Store, key: str) -> None:
    repository = counters(store)
    accepted = await repository.execute(key, add(LIMIT))
    before = await store.load(key, fresh=True)

    assert Refused(accepted.revision, Full(value=LIMIT)) == await repository.execute(key, add(1))
    assert before == await store.load(key, fresh=True)


async def test_a_refusal_of_what_is_not_there_is_at_revision_nought(store: Store, key: str) -> None:
    assert Refused(0, Full(value=0)) == await counters(store).execute(key, add(LIMIT + 1))


async def test_reading_gives_the_newest_record_whoever_wrote_it(instances: Instances, key: str) -> None:
    assert (await instances.one.read(key)).state is None

    await instances.other.execute(key, add(1))
    await instances.other.execute(key, add(1))

    assert Count(2) == (await instances.one.read(key)).state


async def test_an_order_for_a_revision_passes_at_that_one_only(instances: Instances, key: str) -> None:
    first = await instances.one.execute(key, add(1))

    second = await instances.one.execute(key, add(1, revision=first.revision))

    assert isinstance(second, Committed)
    stale = Stale(expected=first.revision, revision=second.revision)
    assert Refused(second.revision, stale) == await instances.other.execute(
        key, add(1, revision=first.revision)
    )


async def test_accepting_without_an_event_on_nothing_is_a_bug_that_shows(store: Store, key: str) -> None:
    with pytest.raises(TypeError, match="without an event"):
        await counters(store).execute(key, add(0))


# --- numbers --------------------------------------------------------------------------------------


async def test_records_are_numbered_without_a_gap_and_name_the_one_before(
    instances: Instances, store: Store, key: str
) -> None:
    revisions = [0]
    for number in range(1, 25):
        repository = instances.one if number % 3 else instances.other
        await store.commit(f"{key}-other-{number}", b"", 0)  # revisions have gaps, numbers have none
        answer = await repository.execute(key, add(1))
        assert isinstance(answer, Committed)
        assert (number, revisions[-1]) == (answer.record.number, answer.record.previous)
        revisions.append(answer.revision)

    for before, after in pairwise(revisions):
        data = await store.load_at(key, after)
        assert data is not None
        assert before == _codec.decode(data).previous


async def test_what_comes_again_takes_no_number(store: Store, key: str) -> None:
    repository = counters(store)
    for order_again in (add(1, "c1"), add(1, "c1"), add(LIMIT), add(1, "c1")):
        await repository.execute(key, order_again)

    answer = await repository.execute(key, add(1, "c2"))

    assert isinstance(answer, Committed)
    assert 2 == answer.record.number


async def test_a_record_of_before_there_were_numbers_is_continued(store: Store, key: str) -> None:
    stored = (
        b'{"schema":1,"at":"2026-05-04T12:00:00.000Z","by":"ada",'
        b'"command":{"verb":"add","id":"c1","digest":"add 3"},'
        b'"events":[{"type":"added","amount":3,"at":"2026-05-04T12:00:00.000Z"}],'
        b'"state":{"value":7},"recent":[["c0","add 4",1]]}'
    )
    revision = await store.commit(key, stored, 0)

    first = await counters(store).execute(key, add(1, "c2"))
    second = await counters(store).execute(key, add(1, "c3"))

    assert isinstance(first, Committed)
    assert isinstance(second, Committed)
    assert (1, revision) == (first.record.number, first.record.previous)
    assert (2, first.revision) == (second.record.number, second.record.previous)
    assert Count(9) == second.record.state
    assert ["c0", "c1", "c2"] == [each.id for each in second.record.recent]
    again = await counters(store).execute(key, add(3, "c1"))
    assert isinstance(again, Committed)
    assert (revision, True) == (again.revision, again.repeated)


# --- races ----------------------------------------------------------------------------------------


async def test_a_conflict_means_load_and_decide_again(instances: Instances, key: str) -> None:
    await instances.one.execute(key, add(1))
    await instances.other.execute(key, add(10))  # now the one decides from an old state

    answer = await instances.one.execute(key, add(100 - 11))

    assert isinstance(answer, Committed)
    assert Count(100) == answer.record.state
    assert 1 == instances.one.conflicts


async def test_a_conflict_may_end_in_a_refusal(instances: Instances, key: str) -> None:
    await instances.one.execute(key, add(1))
    full = await instances.other.execute(key, add(LIMIT - 1))

    assert Refused(full.revision, Full(value=LIMIT)) == await instances.one.execute(key, add(1))


async def test_a_refusal_is_never_said_from_what_was_known_before(store: Store, key: str) -> None:
    clock = HandClock()
    banner = BannerId(key)
    one = Repository(banner_entity(MINUTE), store, clock)
    other = Repository(banner_entity(MINUTE), store, clock)
    await one.execute(key, order("register", banner, Register()))
    await one.execute(key, order("show", banner, Show(id=CommandId("d1"), text="first", by="ada")))
    await other.execute(key, order("clear", banner, Clear(by="ada")))

    answer = await one.execute(key, order("show", banner, Show(id=CommandId("d2"), text="second")))

    assert isinstance(answer, Committed)  # though by what the one last knew, the banner was busy


async def test_a_read_that_lags_is_good_enough_to_commit_from_and_not_to_refuse_from(key: str) -> None:
    """As a replica may: it answers with what it has heard of, and proves nothing about any moment."""
    store = MemoryStore()

    class Replica(FaultyStore):
        async def load(self, key: str, *, fresh: bool) -> Stored:
            return await super().load(key, fresh=True) if fresh else lagging

    full = await counters(store).execute(key, add(LIMIT))
    lagging = await store.load(key, fresh=True)
    await counters(store).execute(key, add(-10))

    answer = await counters(Replica(store)).execute(key, add(10))

    assert full.revision + 2 == answer.revision
    assert isinstance(answer, Committed)
    assert Count(LIMIT) == answer.record.state


async def test_adding_side_by_side_through_two_instances_counts_everything(
    instances: Instances, store: Store, key: str
) -> None:
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number in range(40):
                repository = instances.one if number % 2 else instances.other
                tasks.start_soon(repository.execute, key, add(1, f"c{number}"))

    assert 40 == await value(store, key)


async def test_of_many_who_show_at_once_exactly_one_is_accepted(store: Store, key: str) -> None:
    banner = BannerId(key)
    clock = HandClock()
    repositories = [Repository(banner_entity(MINUTE), store, clock) for _ in range(2)]
    await repositories[0].execute(key, order("register", banner, Register()))
    answers: dict[str, object] = {}

    async def show(number: int) -> None:
        wish = Show(id=CommandId(f"c{number}"), text=f"Hello {number}")
        repository = repositories[number % 2]
        answers[f"c{number}"] = await repository.execute(key, order("show", banner, wish))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(show, number)

    accepted = [name for name, answer in answers.items() if isinstance(answer, Committed)]
    refused = [answer.refusal for answer in answers.values() if isinstance(answer, Refused)]
    assert 1 == len(accepted)
    assert 49 == len(refused)
    assert all(isinstance(each, Busy) and each.display_id == accepted[0] for each in refused)
    state = (await repositories[0].read(key)).state
    assert state is not None
    assert state.display is not None
    assert accepted[0] == state.display.id


# --- repetitions ----------------------------------------------------------------------------------


async def test_a_command_that_comes_again_is_answered_as_the_first_time(
    instances: Instances, store: Store, key: str
) -> None:
    first = await instances.one.execute(key, add(3, "c1"))
    assert isinstance(first, Committed)

    expected = Committed(first.revision, first.record, repeated=True)
    assert expected == await instances.one.execute(key, add(3, "c1"))
    assert expected == await instances.other.execute(key, add(3, "c1"))
    assert 3 == await value(store, key)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([add(1, "c2")], id="another command"),
        pytest.param([add(1)], id="one without an id"),
        pytest.param([add(1, f"b{number}") for number in range(15)], id="fifteen others"),
        pytest.param([add(1, "b1"), *[add(1)] * 15], id="many without an id"),
    ],
)
async def test_a_command_is_recognised_after_others_came_between(
    store: Store, key: str, between: Sequence[Order[Add]]
) -> None:
    repository = counters(store)
    first = await repository.execute(key, add(3, "c1"))
    assert isinstance(first, Committed)
    for each in between:
        assert isinstance(await repository.execute(key, each), Committed)

    again = await repository.execute(key, add(3, "c1"))

    assert Committed(first.revision, first.record, repeated=True) == again
    assert 3 + len(between) == await value(store, key)


async def test_a_command_is_recognised_by_an_instance_that_started_later(store: Store, key: str) -> None:
    earlier = counters(store)
    first = await earlier.execute(key, add(3, "c1"))
    assert isinstance(first, Committed)
    await earlier.execute(key, add(1, "c2"))

    again = await counters(store).execute(key, add(3, "c1"))

    assert Committed(first.revision, first.record, repeated=True) == again


async def test_a_show_that_comes_again_after_its_display_ended_shows_nothing_new(
    store: Store, key: str
) -> None:
    banner = BannerId(key)
    clock = HandClock()
    repository = Repository(banner_entity(MINUTE), store, clock)
    await repository.execute(key, order("register", banner, Register()))
    wish = Show(id=CommandId("d1"), text="Hello")
    first = await repository.execute(key, order("show", banner, wish))
    assert isinstance(first, Committed)
    clock.advance(MINUTE)
    await repository.execute(key, order("expire", banner, Expire(display_id=DisplayId("d1"))))

    again = await repository.execute(key, order("show", banner, wish))

    assert Committed(first.revision, first.record, repeated=True) == again
    state = (await repository.read(key)).state
    assert state is not None
    assert state.display is None


@pytest.mark.parametrize("others", [0, 1, 10])
async def test_the_same_id_with_another_content_is_refused(store: Store, key: str, others: int) -> None:
    repository = counters(store)
    await repository.execute(key, add(3, "c1"))
    for number in range(others):
        await repository.execute(key, add(1, f"b{number}"))
    newest = (await store.load(key, fresh=True)).revision

    assert Refused(newest, KeyReused()) == await repository.execute(key, add(4, "c1"))
    assert 3 + others == await value(store, key)


async def test_a_command_that_was_refused_may_come_again_with_its_id(store: Store, key: str) -> None:
    repository = counters(store)
    await repository.execute(key, add(1))
    assert isinstance(await repository.execute(key, add(LIMIT, "c1")), Refused)
    assert isinstance(await repository.execute(key, add(-1)), Committed)

    answer = await repository.execute(key, add(LIMIT, "c1"))

    assert isinstance(answer, Committed)
    assert not answer.repeated


async def test_a_command_whose_answer_is_no_longer_kept_is_not_carried_out_again() -> None:
    class Forgetful(MemoryStore):
        async def load_at(self, key: str, revision: int) -> bytes | None:
            del key, revision
            return None

    store = Forgetful()
    repository = counters(store)
    await repository.execute("k", add(3, "c1"))
    await repository.execute("k", add(1))

    with pytest.raises(OutcomeUnknown):
        await repository.execute("k", add(3, "c1"))

    assert 4 == await value(store, "k")


# --- a revision that was named --------------------------------------------------------------------


@pytest.mark.parametrize("others", [0, 1, 15, 16, 40])
async def test_a_command_for_a_revision_is_recognised_after_any_number_of_others(
    instances: Instances, store: Store, key: str, others: int
) -> None:
    seen = await instances.one.execute(key, add(1))
    wish = add(3, "c1", revision=seen.revision)
    first = await instances.one.execute(key, wish)
    assert isinstance(first, Committed)
    await _count_on(instances.other, key, others)

    for repository in (instances.one, instances.other, counters(store)):
        assert Committed(first.revision, first.record, repeated=True) == await repository.execute(key, wish)
    assert 4 + others % 2 == await value(store, key)


@pytest.mark.parametrize("others", [1, 16, 40])
async def test_a_command_for_a_revision_that_somebody_else_followed_is_stale_for_ever(
    instances: Instances, store: Store, key: str, others: int
) -> None:
    seen = await instances.one.execute(key, add(1))
    await _count_on(instances.other, key, others)
    newest = (await store.load(key, fresh=True)).revision
    before = await value(store, key)

    for repository in (instances.one, instances.other, counters(store)):
        answer = await repository.execute(key, add(3, "c1", revision=seen.revision))
        assert Refused(newest, Stale(expected=seen.revision, revision=newest)) == answer
    assert before == await value(store, key)


async def test_another_content_for_the_same_revision_under_the_same_id_is_refused(
    store: Store, key: str
) -> None:
    repository = counters(store)
    seen = await repository.execute(key, add(1))
    done = await repository.execute(key, add(3, "c1", revision=seen.revision))
    assert isinstance(done, Committed)
    await _count_on(counters(store), key, 20)

    answer = await repository.execute(key, add(4, "c1", revision=seen.revision))

    assert Refused(done.revision, KeyReused()) == answer
    assert 4 == await value(store, key)


async def test_the_same_command_for_a_revision_at_the_same_time_has_one_effect(
    instances: Instances, store: Store, key: str
) -> None:
    seen = await instances.one.execute(key, add(1))
    await instances.other.read(key)
    answers: list[Committed[Count, Added] | Refused] = []

    async def ask(repository: Counters) -> None:
        answers.append(await repository.execute(key, add(3, "c1", revision=seen.revision)))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number in range(10):
                tasks.start_soon(ask, instances.one if number % 2 else instances.other)

    assert all(isinstance(answer, Committed) for answer in answers)
    assert 1 == len({answer.revision for answer in answers})
    assert 4 == await value(store, key)


async def test_what_followed_a_revision_too_long_ago_is_not_guessed_at(key: str) -> None:
    """It might have been this command; who is told `stale` decides anew."""
    store = MemoryStore()
    repository = counters(store)
    seen = await repository.execute(key, add(1))
    done = await repository.execute(key, add(3, "c1", revision=seen.revision))
    await _count_on(repository, key, 20)

    class Forgetful(FaultyStore):
        async def load_after(self, key: str, revision: int) -> Stored | None:
            return await super().load_after(key, max(revision, done.revision))

    with pytest.raises(OutcomeUnknown, match=f"what followed revision {seen.revision} of {key}"):
        await counters(Forgetful(store)).execute(key, add(3, "c1", revision=seen.revision))

    assert 4 == await value(store, key)


async def test_what_is_not_there_is_not_stale(store: Store, key: str) -> None:
    assert isinstance(await counters(store).execute(key, add(3, "c1", revision=7)), Committed)


# --- in time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late_by", "accepted"),
    [
        pytest.param(-1, True, id="a millisecond before"),
        pytest.param(0, True, id="exactly at the instant"),
        pytest.param(1, False, id="a millisecond after"),
        pytest.param(86_400_000, False, id="a day after"),
    ],
)
async def test_a_command_is_carried_out_in_time_or_not_at_all(
    store: Store, key: str, *, late_by: int, accepted: bool
) -> None:
    await counters(store).execute(key, add(1))
    before = await store.load(key, fresh=True)

    answer = await counters(store, HandClock(later(NOON, late_by))).execute(key, add(3, not_after=NOON))

    if accepted:
        assert isinstance(answer, Committed)
    else:
        assert Refused(before.revision, TooLate(not_after=NOON)) == answer
        assert before == await store.load(key, fresh=True)


async def test_too_late_is_said_of_what_is_not_there_yet(store: Store, key: str) -> None:
    answer = await counters(store, HandClock(later(NOON, 1))).execute(key, add(3, not_after=NOON))

    assert Refused(0, TooLate(not_after=NOON)) == answer
    assert Stored(0, None) == await store.load(key, fresh=True)


async def test_in_time_is_meant_by_the_time_of_the_entity(store: Store, key: str) -> None:
    """Another instance's clock may be ahead; what it decided is not undone by ours."""
    await counters(store, HandClock(later(NOON, 5_000))).execute(key, add(1))

    answer = await counters(store).execute(key, add(3, not_after=later(NOON, 4_999)))

    assert isinstance(answer, Refused)
    assert TooLate(not_after=later(NOON, 4_999)) == answer.refusal


async def test_what_becomes_too_late_by_a_conflict_is_not_carried_out(store: Store, key: str) -> None:
    clock = HandClock()
    competitor = counters(store, clock)

    async def time_passes() -> None:
        await competitor.execute(key, add(10))
        clock.advance(1)

    faulty = FaultyStore(store, [Fault.LOSE_REQUEST], meanwhile=time_passes)

    with anyio.fail_after(10):
        answer = await counters(faulty, clock).execute(key, add(3, "c1", not_after=NOON))

    assert isinstance(answer, Refused)
    assert TooLate(not_after=NOON) == answer.refusal
    assert 10 == await value(store, key)


async def test_a_command_that_was_in_time_is_recognised_when_it_comes_again_too_late(
    store: Store, key: str
) -> None:
    clock = HandClock()
    repository = counters(store, clock)
    first = await repository.execute(key, add(3, "c1", not_after=NOON))
    assert isinstance(first, Committed)
    clock.advance(1)

    again = await repository.execute(key, add(3, "c1", not_after=NOON))

    assert Committed(first.revision, first.record, repeated=True) == again


# --- the pace of the archive ----------------------------------------------------------------------


async def test_every_eighth_record_waits_until_the_one_before_is_archived(store: Store, key: str) -> None:
    slow = FaultyStore(store)
    repository = counters(slow)
    revisions = [(await repository.execute(key, add(1))).revision for _ in range(3 * ARCHIVED_EVERY)]

    waited_for = [(key, revisions[nth * ARCHIVED_EVERY - 2]) for nth in (1, 2, 3)]
    assert waited_for == slow.archived


async def test_nothing_is_committed_before_the_archive_has_caught_up_and_other_keys_go_on(
    store: Store, key: str
) -> None:
    waiting, caught_up = anyio.Event(), anyio.Event()

    async def catch_up() -> None:
        waiting.set()
        await caught_up.wait()

    slow = FaultyStore(store)
    slow.catching_up = catch_up
    repository = counters(slow)
    for _ in range(ARCHIVED_EVERY - 1):
        await repository.execute(key, add(1))
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(repository.execute, key, add(1))
            await waiting.wait()
            commits = slow.commits
            assert isinstance(await repository.execute(f"{key}-other", add(1)), Committed)
            assert commits + 1 == slow.commits
            assert ARCHIVED_EVERY - 1 == await value(store, key)
            caught_up.set()

    assert ARCHIVED_EVERY == await value(store, key)


async def test_while_the_archive_does_not_catch_up_nothing_is_committed(store: Store, key: str) -> None:
    async def never() -> None:
        raise Unreachable("the archive")

    slow = FaultyStore(store)
    slow.catching_up = never
    repository = counters(slow)
    for _ in range(ARCHIVED_EVERY - 1):
        await repository.execute(key, add(1))
    before = await store.load(key, fresh=True)

    for _ in range(2):
        with pytest.raises(Unreachable, match="the archive"):
            await repository.execute(key, add(1, "c1"))

    assert before == await store.load(key, fresh=True)
    assert isinstance(await repository.execute(f"{key}-other", add(1)), Committed)
    slow.catching_up = None
    answer = await repository.execute(key, add(1, "c1"))
    assert isinstance(answer, Committed)
    assert (ARCHIVED_EVERY, False) == (answer.record.number, answer.repeated)


# --- unanswered commits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([Fault.LOSE_ANSWER], id="when only the answer was lost"),
        pytest.param([Fault.LOSE_REQUEST], id="when the request was lost"),
        pytest.param([Fault.LOSE_REQUEST] * 3, id="when it was lost three times"),
        pytest.param([Fault.LOSE_ANSWER] * 3, id="when no answer comes three times"),
        pytest.param([Fault.LOSE_REQUEST, Fault.LOSE_ANSWER], id="when first one and then the other is lost"),
        pytest.param(
            [Fault.LOSE_REQUEST, Fault.UNREACHABLE, Fault.UNREACHABLE],
            id="when the store is away for a while",
        ),
        pytest.param(
            [Fault.LOSE_ANSWER, Fault.UNREACHABLE], id="when the store goes away after it has written"
        ),
        pytest.param([Fault.LATE], id="when it is held up"),
        pytest.param([Fault.LATE, Fault.LATE], id="when it is held up twice"),
    ],
)
async def test_an_unanswered_commit_is_found_out_and_has_one_effect(
    store: Store, key: str, faults: Sequence[Fault]
) -> None:
    faulty = FaultyStore(store, faults)
    repository = counters(faulty)

    with anyio.fail_after(10):
        answer = await repository.execute(key, add(3, "c1"))
    await faulty.deliver_late()

    assert isinstance(answer, Committed)
    assert Stored(answer.revision, _codec.encode(answer.record)) == await store.load(key, fresh=True)
    assert 3 == await value(store, key)


@pytest.mark.parametrize(
    ("fault", "first_value"),
    [
        pytest.param(Fault.LOSE_ANSWER, 3, id="it was written before the other"),
        pytest.param(Fault.LOSE_REQUEST, 13, id="it was never written"),
        pytest.param(Fault.LATE, 13, id="it is still on its way"),
    ],
)
async def test_an_unanswered_commit_is_told_from_that_of_another(
    store: Store, key: str, fault: Fault, first_value: int
) -> None:
    competitor = counters(store)
    faulty = FaultyStore(store, [fault], meanwhile=lambda: competitor.execute(key, add(10, "other")))
    repository = counters(faulty)

    with anyio.fail_after(10):
        answer = await repository.execute(key, add(3, "c1"))
    await faulty.deliver_late()

    assert isinstance(answer, Committed)
    assert Count(first_value) == answer.record.state
    assert 13 == await value(store, key)


@pytest.mark.parametrize("command_id", ["c1", None], ids=["with an id", "without an id"])
@pytest.mark.parametrize("others", [1, 16, 17, 40])
async def test_an_unanswered_commit_is_found_however_many_others_came_after_it(
    store: Store, key: str, command_id: str | None, others: int
) -> None:
    competitor = counters(store)
    faulty = FaultyStore(store, [Fault.LOSE_ANSWER], meanwhile=lambda: _count_on(competitor, key, others))

    with anyio.fail_after(10):
        answer = await counters(faulty).execute(key, add(3, command_id))

    assert isinstance(answer, Committed)
    assert (1, Count(3), False) == (answer.record.number, answer.record.state, answer.repeated)
    data = await store.load_at(key, answer.revision)
    assert _codec.encode(answer.record) == data
    assert 3 + others % 2 == await value(store, key)


@pytest.mark.parametrize("fault", [Fault.LOSE_REQUEST, Fault.LATE])
async def test_an_unanswered_commit_may_turn_out_to_be_a_refusal(
    store: Store, key: str, fault: Fault
) -> None:
    competitor = counters(store)
    faulty = FaultyStore(store, [fault], meanwhile=lambda: competitor.execute(key, add(LIMIT, "other")))

    with anyio.fail_after(10):
        answer = await counters(faulty).execute(key, add(3, "c1"))
    await faulty.deliver_late()

    assert isinstance(answer, Refused)
    assert Full(value=LIMIT) == answer.refusal
    assert LIMIT == await value(store, key)


async def test_a_decision_that_was_sent_is_not_taken_back_while_it_may_still_arrive(
    store: Store, key: str
) -> None:
    """When no answer has come, another decision would be right by then; and the first is on its way."""
    banner = BannerId(key)
    clock = HandClock()

    async def time_passes() -> None:
        clock.advance(MINUTE)

    faulty = FaultyStore(store, [None, None, Fault.LATE], meanwhile=time_passes)
    repository = Repository(banner_entity(MINUTE), faulty, clock)
    await repository.execute(key, order("register", banner, Register()))
    await repository.execute(key, order("show", banner, Show(id=CommandId("d1"), text="Hello", by="ada")))

    with anyio.fail_after(10):
        answer = await repository.execute(key, order("clear", banner, Clear(by="ada")))
    await faulty.deliver_late()

    assert isinstance(answer, Committed)
    assert answer.revision == (await store.load(key, fresh=True)).revision


async def test_an_unanswered_commit_without_an_id_is_found_out_like_any_other(store: Store, key: str) -> None:
    banner = BannerId(key)
    clock = HandClock()
    sound = Repository(banner_entity(MINUTE), store, clock)
    await sound.execute(key, order("register", banner, Register()))
    up = await sound.execute(key, order("show", banner, Show(id=CommandId("d1"), text="Hello")))
    assert isinstance(up, Committed)
    clock.advance(MINUTE)
    repository = Repository(banner_entity(MINUTE), FaultyStore(store, [Fault.LOSE_ANSWER]), clock)
    expire = order("expire", banner, Expire(display_id=DisplayId("d1")))

    with anyio.fail_after(10):
        answer = await repository.execute(key, expire)

    assert isinstance(answer, Committed)
    assert up.revision == answer.record.previous
    state = (await sound.read(key)).state
    assert state is not None
    assert state.display is None


async def test_what_cannot_be_found_out_is_called_unknown_and_found_out_by_asking_again(
    store: Store, key: str
) -> None:
    faulty = FaultyStore(store, [Fault.LOSE_ANSWER, *[Fault.UNREACHABLE] * 1_000])
    with pytest.raises(OutcomeUnknown):
        await counters(faulty, seconds_to_find_out=0.02).execute(key, add(3, "c1"))

    answer = await counters(store).execute(key, add(3, "c1"))

    assert isinstance(answer, Committed)
    assert answer.repeated
    assert 3 == await value(store, key)


async def test_what_arrives_after_it_was_given_up_has_still_one_effect(store: Store, key: str) -> None:
    faulty = FaultyStore(store, [Fault.LATE, Fault.LOSE_REQUEST])
    repository = counters(faulty, seconds_to_find_out=0.02)
    with pytest.raises(OutcomeUnknown):
        await repository.execute(key, add(3, "c1"))
    assert 0 == await value(store, key)
    await faulty.deliver_late()

    answer = await repository.execute(key, add(3, "c1"))

    assert isinstance(answer, Committed)
    assert answer.repeated
    assert 3 == await value(store, key)


async def test_a_late_commit_never_overtakes_what_was_decided_after_it(store: Store, key: str) -> None:
    faulty = FaultyStore(store, [Fault.LATE, Fault.LOSE_REQUEST])
    repository = counters(faulty, seconds_to_find_out=0.02)
    with pytest.raises(OutcomeUnknown):
        await repository.execute(key, add(3, "c1"))
    await repository.execute(key, add(10, "c2"))

    await faulty.deliver_late()

    assert 10 == await value(store, key)
    again = await repository.execute(key, add(3, "c1"))
    assert isinstance(again, Committed)
    assert not again.repeated
    assert 13 == await value(store, key)


async def test_a_store_that_cannot_be_asked_is_told_apart_from_an_unknown_outcome(
    store: Store, key: str
) -> None:
    faulty = FaultyStore(store, [Fault.UNREACHABLE])
    repository = counters(faulty)

    with pytest.raises(Unreachable):
        await repository.execute(key, add(3, "c1"))

    assert 0 == await value(store, key)
    assert isinstance(await repository.execute(key, add(3, "c1")), Committed)


async def test_a_store_that_cannot_be_read_leaves_nothing_done(store: Store, key: str) -> None:
    faulty = FaultyStore(store)
    faulty.unreachable_loads = 1
    repository = counters(faulty)

    with pytest.raises(Unreachable):
        await repository.execute(key, add(3, "c1"))

    assert 0 == faulty.commits
    assert isinstance(await repository.execute(key, add(3, "c1")), Committed)


async def test_a_caller_who_leaves_while_the_outcome_is_unknown_blocks_nobody(store: Store, key: str) -> None:
    async def leave() -> None:
        left.cancel()

    faulty = FaultyStore(store, [Fault.LATE, Fault.LOSE_REQUEST], meanwhile=leave)
    repository = counters(faulty)
    with anyio.CancelScope() as left:
        await repository.execute(key, add(3, "c1"))
    assert left.cancelled_caught

    with anyio.fail_after(10):
        await faulty.deliver_late()
        answer = await repository.execute(key, add(3, "c1"))

    assert isinstance(answer, Committed)
    assert answer.repeated
    assert 3 == await value(store, key)


FAULTS = st.lists(st.sampled_from([None, *Fault]), max_size=12)


@given(faults=st.tuples(FAULTS, FAULTS), amounts=st.lists(st.integers(1, 30), min_size=1, max_size=8))
async def test_whatever_is_lost_every_command_has_the_effect_that_its_answer_says(
    faults: tuple[list[Fault | None], list[Fault | None]], amounts: list[int]
) -> None:
    store = MemoryStore()
    stores = [FaultyStore(store, each) for each in faults]
    instances = [counters(each, seconds_to_find_out=0.01) for each in stores]
    answers: dict[str, Committed[Count, Added] | Refused] = {}

    async def insist(number: int, amount: int) -> None:
        """What a caller does: ask again with the same id, any instance, until there is an answer."""
        wish = add(amount, f"c{number}")
        for turn in range(1_000):
            try:
                answers[f"c{number}"] = await instances[(number + turn) % 2].execute("k", wish)
            except (Unreachable, OutcomeUnknown):
                await stores[turn % 2].deliver_late()
            else:
                return

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number, amount in enumerate(amounts):
                tasks.start_soon(insist, number, amount)
    for each in stores:
        await each.deliver_late()

    records = [_codec.decode(data) for _, data in store.log]
    accepted = {name: each for name, each in answers.items() if isinstance(each, Committed)}
    assert len(amounts) == len(answers)
    assert sorted(accepted) == sorted(str(record.command.id) for record in records)
    assert all(_codec.decode(store.log[each.revision - 1][1]) == each.record for each in accepted.values())
    assert sum(each.record.events[0].amount for each in accepted.values()) == await value(store, "k")


# --- records that cannot be read ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "failure"),
    [
        pytest.param(b'{"schema":2,"state":{"value":1}}', NewerSchema, id="newer than this version"),
        pytest.param(b"garbage", Unreadable, id="garbage"),
        pytest.param(b'{"schema":1,"at":"\xff"}', Unreadable, id="no text"),
        pytest.param(b"", Unreadable, id="empty"),
    ],
)
async def test_a_record_that_cannot_be_read_is_refused_and_left_as_it_is(
    store: Store, key: str, stored: bytes, failure: type[AirDisplayError]
) -> None:
    revision = await store.commit(key, stored, 0)
    repository = counters(store)

    with pytest.raises(failure):
        await repository.execute(key, add(1, "c1"))
    with pytest.raises(failure):
        await repository.read(key)

    assert Stored(revision, stored) == await store.load(key, fresh=True)


async def test_a_newer_record_over_a_known_one_is_not_written_over(store: Store, key: str) -> None:
    repository = counters(store)
    first = await repository.execute(key, add(1))
    newer = b'{"schema":2}'
    revision = await store.commit(key, newer, first.revision)

    with pytest.raises(NewerSchema):
        await repository.execute(key, add(1))

    assert Stored(revision, newer) == await store.load(key, fresh=True)


# --- time -----------------------------------------------------------------------------------------


async def test_time_never_runs_backwards_for_one_entity(store: Store, key: str) -> None:
    ahead = HandClock(later(NOON, 5_000))
    behind = HandClock(NOON)
    await counters(store, ahead).execute(key, add(1))

    answer = await counters(store, behind).execute(key, add(1))

    assert isinstance(answer, Committed)
    assert (ahead.at, (Added(1, ahead.at),)) == (answer.record.at, answer.record.events)


async def test_a_clock_that_goes_back_does_not_take_the_entity_with_it(store: Store, key: str) -> None:
    clock = HandClock()
    repository = counters(store, clock)
    await repository.execute(key, add(1))
    clock.advance(-60_000)

    back = await repository.execute(key, add(1))
    clock.advance(60_001)
    forth = await repository.execute(key, add(1))

    assert isinstance(back, Committed)
    assert isinstance(forth, Committed)
    assert (NOON, Instant("2026-05-04T12:00:00.001Z")) == (back.record.at, forth.record.at)


# --- the cache ------------------------------------------------------------------------------------


async def test_what_was_decided_here_is_decided_on_without_loading_again() -> None:
    store = FaultyStore(MemoryStore())
    repository = counters(store)
    for _ in range(5):
        await repository.execute("k", add(1))

    assert (1, 5) == (store.loads, store.commits)


async def test_a_refusal_right_after_ones_own_commit_is_still_loaded_fresh() -> None:
    store = FaultyStore(MemoryStore())
    repository = counters(store)
    await repository.execute("k", add(LIMIT))
    loads = store.loads

    assert isinstance(await repository.execute("k", add(1)), Refused)
    assert loads + 1 == store.loads


async def test_the_cache_holds_no_more_than_it_may() -> None:
    store = FaultyStore(MemoryStore())
    repository = Repository(COUNTER, store, HandClock(), cached_at_most=2)
    for key in ("a", "b", "a", "c"):  # b was not used for the longest time
        await repository.execute(key, add(1))
    loads = store.loads

    await repository.execute("a", add(1))
    await repository.execute("c", add(1))
    assert loads == store.loads

    await repository.execute("b", add(1))
    assert loads + 1 == store.loads


async def test_an_old_state_that_was_read_late_spoils_no_decision(key: str) -> None:
    """A read that began before a commit may end after it, and must not bring back what was before."""
    store = MemoryStore()
    reading, go_on = anyio.Event(), anyio.Event()

    class SlowReads(FaultyStore):
        async def load(self, key: str, *, fresh: bool) -> Stored:
            stored = await super().load(key, fresh=fresh)
            if fresh:
                reading.set()
                await go_on.wait()
            return stored

    repository = counters(SlowReads(store))
    await repository.execute(key, add(LIMIT))
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(repository.read, key)
            await reading.wait()
            await repository.execute(key, add(-LIMIT))
            go_on.set()

    answer = await repository.execute(key, add(LIMIT))

    assert isinstance(answer, Committed)
    assert LIMIT == await value(store, key)


async def test_a_nothing_that_is_known_is_still_a_nothing(store: Store, key: str) -> None:
    banner = BannerId(key)
    repository = Repository(banner_entity(MINUTE), store, HandClock())
    await repository.execute(key, order("register", banner, Register()))

    for _ in range(2):
        answer = await repository.execute(key, order("clear", banner, Clear()))
        assert isinstance(answer, Refused)
        assert NothingShowing() == answer.refusal


async def _count_on(repository: Counters, key: str, count: int) -> None:
    """Others count up and down, so that nobody's limit is near."""
    for number in range(count):
        answer = await repository.execute(key, add(-1 if number % 2 else 1, f"{key}-{number}"))
        assert isinstance(answer, Committed)
