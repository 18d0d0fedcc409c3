"""Lanes: one at a time for a key, in the order of arrival, and nothing is left behind."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.lowlevel import checkpoint

from shared.entities.lanes import Lanes


@asynccontextmanager
async def lane(lanes: Lanes, key: str) -> AsyncGenerator[None]:
    """Take a lane, and give it back whatever happens."""
    await lanes.take(key)
    try:
        yield
    finally:
        lanes.give_back(key)


async def test_one_key_is_held_by_one_at_a_time_in_the_order_of_arrival() -> None:
    lanes = Lanes()
    holding: list[int] = []
    order: list[int] = []

    async def take(number: int) -> None:
        async with lane(lanes, "a"):
            holding.append(number)
            assert [number] == holding
            await checkpoint()
            order.append(number)
            holding.remove(number)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(take, number)

    assert list(range(20)) == order


async def test_keys_do_not_wait_for_one_another() -> None:
    lanes = Lanes()

    with anyio.fail_after(5):
        async with lane(lanes, "a"), lane(lanes, "b"):
            assert 2 == len(lanes)


async def test_nothing_is_left_after_the_last_lane() -> None:
    lanes = Lanes()

    async def take(key: str) -> None:
        async with lane(lanes, key):
            await checkpoint()

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            for number in range(30):
                tasks.start_soon(take, f"key-{number % 7}")

    assert 0 == len(lanes)


async def test_a_lane_that_fails_lets_the_next_one_in() -> None:
    lanes = Lanes()

    with pytest.raises(ValueError, match="inside"):
        async with lane(lanes, "a"):
            raise ValueError("inside")

    assert 0 == len(lanes)
    with anyio.fail_after(5):
        async with lane(lanes, "a"):
            assert 1 == len(lanes)


async def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    lanes = Lanes()
    waiting = anyio.Event()

    async def wait_in_vain(scope: anyio.CancelScope) -> None:
        with scope:
            waiting.set()
            async with lane(lanes, "a"):
                pytest.fail("it was not its lane")

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            scope = anyio.CancelScope()
            async with lane(lanes, "a"):
                tasks.start_soon(wait_in_vain, scope)
                await waiting.wait()
                await anyio.wait_all_tasks_blocked()
                scope.cancel()
                await anyio.wait_all_tasks_blocked()
                assert 1 == len(lanes)

    assert 0 == len(lanes)


async def test_who_is_cancelled_as_the_lane_comes_passes_it_on() -> None:
    lanes = Lanes()
    taken: list[str] = []

    async def take(name: str) -> None:
        async with lane(lanes, "a"):
            taken.append(name)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        async with lane(lanes, "a"):
            unlucky = tasks.create_task(take("unlucky"))
            tasks.create_task(take("next"))
            await anyio.wait_all_tasks_blocked()
        unlucky.cancel()  # the lane was just given to it, and it has not run since

    assert ["next"] == taken
    assert 0 == len(lanes)
