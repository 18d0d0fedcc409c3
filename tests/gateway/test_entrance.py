"""No more requests under way than is said; past that a quick no, so nothing piles up when the mesh stalls."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial

import anyio
import httpx
import pytest
from httpx import codes

from services.gateway.connections import Bounds
from services.gateway.fair_use import fair_use
from shared.contracts.identity import BannerId
from tests.support.gateways import (
    Gateway,
    problem_in,
    registered_over,
    running_gateway,
    running_services,
    show,
)
from tests.support.nats_server import NatsServer
from tests.support.viewers import watching
from tests.support.waiting import until

AT_MOST = 4


@pytest.fixture
async def narrow(own_nats_server: NatsServer) -> AsyncGenerator[Gateway]:
    """A gateway that has room for few requests, on a mesh that can be stopped."""
    async with (
        running_services(own_nats_server.url),
        running_gateway(
            own_nats_server.url, bounds=Bounds(requests=AT_MOST), fair_use=fair_use("calls-per-address=off")
        ) as gateway,
    ):
        yield gateway


def overloaded(response: httpx.Response) -> bool:
    """Whether it is the quick no, once it is clear that it is a whole one."""
    if "retry-after" not in response.headers:
        return False
    problem = problem_in(response)
    assert problem["status"] in {503, 504}
    return bool(problem["type"] == "/problems/overloaded")


async def test_past_the_bound_a_request_is_refused_at_once_and_all_is_well_afterwards(
    narrow: Gateway, own_nats_server: NatsServer
) -> None:
    ada = narrow.operator()
    banner = await registered_over(ada)
    answers: list[httpx.Response] = []

    async def ask() -> None:
        answers.append(await ada.get(f"/v1/banners/{BannerId(f'{banner}-x')}"))

    async def is_full() -> bool:
        return overloaded(await ada.get("/v1/banners"))

    own_nats_server.pause()
    try:
        async with anyio.create_task_group() as tasks:
            for _ in range(AT_MOST):
                tasks.start_soon(ask)
            await until(is_full)
            before = len(asyncio.all_tasks())
            for _ in range(200):
                assert overloaded(await ada.get("/v1/banners"))
            assert len(asyncio.all_tasks()) <= before
            assert not answers, "they waited all the while"
            assert codes.OK == (await ada.get("/healthz")).status_code
            assert codes.OK == (await ada.get("/metrics")).status_code
            own_nats_server.resume()
    finally:
        own_nats_server.resume()

    assert {404, 503, 504} >= {each.status_code for each in answers}
    assert not any(overloaded(each) for each in answers)

    async def shows() -> bool:
        return (await show(ada, banner)).status_code in {codes.CREATED, codes.CONFLICT}

    await until(shows)


async def test_channels_and_event_streams_do_not_take_the_room_of_requests(narrow: Gateway) -> None:
    ada = narrow.operator()
    banner = await registered_over(ada)
    async with anyio.create_task_group() as tasks:
        streaming = 0

        async def stream() -> None:
            nonlocal streaming
            async with ada.stream("GET", f"/v1/banners/{banner}/live"), watching(narrow.live_url):
                streaming += 1
                await anyio.sleep_forever()

        def open_are(wanted: int) -> bool:
            return wanted == streaming

        for number in range(2 * AT_MOST):
            tasks.start_soon(stream)
            await until(partial(open_are, number + 1))

        assert codes.OK == (await ada.get("/v1/banners")).status_code
        tasks.cancel_scope.cancel()


async def test_every_kind_of_request_gives_its_room_back(narrow: Gateway) -> None:
    ada = narrow.operator()
    banner = await registered_over(ada)
    for _ in range(3 * AT_MOST):
        await ada.get("/v1/banners/nobody/live")
        await ada.get("/nowhere")
        await ada.post("/v1/banners", content=b"no JSON", headers={"content-type": "application/json"})
        await show(ada, banner)
        async with ada.stream("GET", f"/v1/banners/{banner}/live"):
            pass

    assert codes.OK == (await ada.get("/v1/banners")).status_code
