"""When time is up for hardware to say that it shows something: in order, also when one comes earlier."""

import anyio

from services.gateway.overdue import Overdue
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.mesh import clock
from tests.support.clock import NOON

A, B = BannerId("a"), BannerId("b")
ONE, TWO = DisplayId("d1"), DisplayId("d2")


def test_those_are_taken_whose_time_has_come_and_each_once() -> None:
    overdue = Overdue()
    overdue.add(later(NOON, 2), B, TWO)
    overdue.add(later(NOON, 1), A, ONE)

    assert [] == list(overdue.take(NOON))
    assert [(A, ONE)] == list(overdue.take(later(NOON, 1)))
    assert [(B, TWO)] == list(overdue.take(later(NOON, 9)))
    assert 0 == len(overdue)


async def test_an_earlier_one_that_comes_while_somebody_waits_is_not_waited_past() -> None:
    overdue = Overdue()
    times: list[Instant] = []
    due = later(clock.now(), 200)

    async def wait() -> None:
        await overdue.wait(clock.now)
        times.append(clock.now())

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            overdue.add(later(clock.now(), 3_600_000), A, ONE)
            await anyio.wait_all_tasks_blocked()
            overdue.add(due, B, TWO)

    assert times[0] >= due
