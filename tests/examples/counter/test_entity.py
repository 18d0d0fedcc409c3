"""The counter decides: what an increment leads to, and that a mail is due once."""

import anyio
import pytest

from examples.counter.entity import (
    COUNTER,
    GOAL,
    Count,
    CounterEvent,
    Increment,
    Incremented,
    MailDue,
    handle,
    update,
)
from shared.contracts.errors import Unreachable
from shared.entities.entity import Order, replay
from shared.entities.memory import MemoryStore
from shared.entities.records import Codec
from shared.entities.repository import Repository
from shared.entities.store import Store
from tests.support.clock import NOON, HandClock
from tests.support.stores import Fault, FaultyStore

KEY = "visits"
ORDER = Order(verb="increment", command=Increment(), by="ada")


def counters(store: Store) -> Repository[Count, Increment, CounterEvent]:
    """One instance's counters."""
    return Repository(COUNTER, store, HandClock())


def committed(store: MemoryStore) -> list[CounterEvent]:
    """All that ever happened."""
    codec = Codec(COUNTER)
    return [event for _, data in store.log for event in codec.decode(data).events]


@pytest.mark.parametrize(
    ("state", "events"),
    [
        pytest.param(None, (Incremented(),), id="the first"),
        pytest.param(Count(GOAL - 2), (Incremented(),), id="the last but one before the goal"),
        pytest.param(Count(GOAL - 1), (Incremented(), MailDue(GOAL)), id="the one that reaches the goal"),
        pytest.param(Count(GOAL), (Incremented(),), id="one past the goal"),
        pytest.param(Count(2 * GOAL - 1), (Incremented(),), id="as many again"),
    ],
)
def test_a_mail_is_due_when_the_goal_is_reached(
    state: Count | None, events: tuple[CounterEvent, ...]
) -> None:
    assert events == handle(Increment(), state, NOON)


@pytest.mark.parametrize(
    ("event", "state", "after"),
    [
        pytest.param(Incremented(), None, Count(1), id="from nothing"),
        pytest.param(Incremented(), Count(9), Count(10), id="one more"),
        pytest.param(MailDue(GOAL), Count(10), Count(10), id="a mail that is due counts nothing"),
    ],
)
def test_what_has_happened_is_counted(event: CounterEvent, state: Count | None, after: Count) -> None:
    assert after == update(event, state)


async def test_the_state_is_what_the_events_lead_to() -> None:
    store = MemoryStore()
    repository = counters(store)
    for _ in range(12):
        await repository.execute(KEY, ORDER)

    assert Count(12) == replay(COUNTER, committed(store), None)
    assert Count(12) == (await repository.read(KEY)).state


async def test_two_who_both_decide_that_the_mail_is_due_commit_it_once() -> None:
    """Both see nine and decide for the mail. One commit is first; the other decides again, from ten."""
    store = MemoryStore()
    first, second = counters(store), counters(store)
    for _ in range(GOAL - 1):
        await first.execute(KEY, ORDER)
    await second.read(KEY)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first.execute, KEY, ORDER)
        tasks.start_soon(second.execute, KEY, ORDER)

    assert 1 == second.conflicts
    assert [MailDue(GOAL)] == [event for event in committed(store) if isinstance(event, MailDue)]
    assert Count(11) == (await first.read(KEY)).state


async def test_a_tenth_that_could_not_be_committed_makes_no_mail_due() -> None:
    store = MemoryStore()
    repository = counters(FaultyStore(store, [*[None] * (GOAL - 1), Fault.UNREACHABLE]))
    for _ in range(GOAL - 1):
        await repository.execute(KEY, ORDER)

    with pytest.raises(Unreachable):
        await repository.execute(KEY, ORDER)

    assert [Incremented()] * (GOAL - 1) == committed(store)
