"""Who is let in, over real sockets: shows and channels by user and by address, and how it is said."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from httpx import codes
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.gateway.admission import CHANNEL_RETRY_MS, household
from services.gateway.fair_use import fair_use
from shared.contracts.identity import BannerId
from shared.contracts.live import CloseCode
from tests.support.gateways import (
    Gateway,
    Services,
    problem_in,
    registered_over,
    running_gateway,
    show,
    show_anywhere,
)
from tests.support.nats_server import NatsServer
from tests.support.viewers import watching
from tests.support.waiting import until

NONE = (
    "shows-per-user=off,shows-per-address=off,connects-per-user=off,connects-per-address=off,"
    "calls-per-address=off,channels-per-user=off,channels-per-address=off"
)


@asynccontextmanager
async def limited(nats: NatsServer, rule: str, *, instance: str = "strict") -> AsyncGenerator[Gateway]:
    """A gateway with one rule; addresses are what its callers say they are."""
    async with running_gateway(
        nats.url, instance=instance, fair_use=fair_use(f"{NONE},{rule}"), trusted_proxies=["127.0.0.1"]
    ) as gateway:
        yield gateway


def at(client: httpx.AsyncClient, address: str) -> httpx.AsyncClient:
    """The same person, at this address."""
    client.headers["X-Forwarded-For"] = address
    return client


async def refusals(client: httpx.AsyncClient) -> dict[str, float]:
    """How many were refused, by reason."""
    text = (await client.get("/metrics")).text
    return {
        sample.labels["reason"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "airdisplay_refused_total"
    }


def limit_in(response: httpx.Response) -> str:
    """The limit that was used up, once it is clear that the answer says all of it."""
    problem = problem_in(response)
    assert codes.TOO_MANY_REQUESTS == response.status_code
    assert "/problems/too-many-requests" == problem["type"]
    assert -(-problem["retry_after_ms"] // 1000) == int(response.headers["retry-after"])
    assert f'"{problem["limit"]}";r=0;t=' in response.headers["ratelimit"]
    assert f'"{problem["limit"]}";q=' in response.headers["ratelimit-policy"]
    return str(problem["limit"])


# --- shows ----------------------------------------------------------------------------------------


async def test_a_user_is_refused_past_the_limit_and_others_are_not(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    async with limited(nats_server, "shows-per-user=1/min:2") as gateway:
        ada, bob = at(gateway.guest("1"), "192.0.2.1"), at(gateway.guest("2"), "192.0.2.1")
        assert [201, 409] == [(await show(ada, free)).status_code for _ in range(2)]

        assert "shows-per-user" == limit_in(await show(ada, free))
        assert "shows-per-user" == limit_in(await show_anywhere(ada))
        assert codes.CONFLICT == (await show(bob, free)).status_code


async def test_two_gateways_share_one_limit(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    rule = "shows-per-user=1/min:4"
    async with (
        limited(nats_server, rule, instance="one") as one,
        limited(nats_server, rule, instance="two") as two,
    ):
        ada_here, ada_there = one.guest("everywhere"), two.guest("everywhere")
        answers = [(await show(each, free)).status_code for _ in range(4) for each in (ada_here, ada_there)]

        assert 4 == answers.count(codes.TOO_MANY_REQUESTS)
        assert "shows-per-user" == limit_in(await show(ada_here, free))
        assert "shows-per-user" == limit_in(await show(ada_there, free))


async def test_an_address_is_refused_past_the_limit_however_many_users_it_claims(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    async with limited(nats_server, "shows-per-address=1/min:3") as gateway:
        answers = [
            (await show(at(gateway.guest(f"new {number}"), "192.0.2.3"), free)).status_code
            for number in range(5)
        ]

        assert [201, 409, 409, 429, 429] == answers
        elsewhere = at(gateway.guest("new 5"), "192.0.2.4")
        assert codes.CONFLICT == (await show(elsewhere, free)).status_code


async def test_who_has_nothing_left_takes_nothing_from_those_at_the_same_address(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    rule = "shows-per-user=1/min:1,shows-per-address=1/min:3"
    async with limited(nats_server, rule) as gateway:
        greedy = at(gateway.guest("greedy"), "192.0.2.5")
        for _ in range(10):
            await show(greedy, free)

        answers = [
            (await show(at(gateway.guest(f"modest {number}"), "192.0.2.5"), free)).status_code
            for number in range(3)
        ]
        assert [409, 409, 429] == answers


async def test_a_refusal_changes_nothing(
    nats_server: NatsServer, services: Services, free: BannerId, ada: httpx.AsyncClient
) -> None:
    del services
    async with limited(nats_server, "shows-per-user=1/min:1") as gateway:
        guest = gateway.guest("once")
        await show(guest, "nobody")
        assert "shows-per-user" == limit_in(await show(guest, free, key="k"))

        assert (await ada.get(f"/v1/banners/{free}")).json()["display"] is None


async def test_an_answer_says_how_its_sender_stands(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    rule = "shows-per-user=20/min:10,shows-per-address=60/min:30"
    async with limited(nats_server, rule) as gateway:
        response = await show(at(gateway.guest("standing"), "192.0.2.6"), free)

    assert '"shows-per-user";q=10;w=30, "shows-per-address";q=30;w=30' == response.headers["ratelimit-policy"]
    assert '"shows-per-user";r=9;t=3, "shows-per-address";r=29;t=1' == response.headers["ratelimit"]


async def test_operators_are_not_refused(nats_server: NatsServer, services: Services, free: BannerId) -> None:
    del services
    async with limited(nats_server, "shows-per-user=1/min:1,shows-per-address=1/min:1") as gateway:
        olga = at(gateway.operator(), "192.0.2.7")
        answers = [(await show(olga, free)).status_code for _ in range(4)]

    assert [201, 409, 409, 409] == answers


async def test_off_means_that_nobody_is_refused(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    async with running_gateway(nats_server.url, instance="off", fair_use=fair_use("off")) as gateway:
        ada = gateway.guest("eager")
        answers = {(await show(ada, free)).status_code for _ in range(100)}
        response = await show(ada, free)

    assert {201, 409} == answers
    assert "ratelimit" not in response.headers


# --- addresses ------------------------------------------------------------------------------------


async def test_what_anybody_says_of_the_address_is_not_believed(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    rule = fair_use(f"{NONE},shows-per-address=1/min:2")
    async with running_gateway(
        nats_server.url, instance="direct", fair_use=rule, trusted_proxies=["192.0.2.99"]
    ) as gateway:
        answers = [
            (await show(at(gateway.guest(), f"198.51.100.{number}"), free)).status_code for number in range(4)
        ]

    assert 2 == answers.count(codes.TOO_MANY_REQUESTS)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="one of a household"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="of the fourth version, written as the sixth"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="with a zone"),
        pytest.param("not:an:address", "not:an:address", id="none"),
    ],
)
def test_addresses_of_the_sixth_version_are_told_apart_by_household(host: str, expected: str) -> None:
    assert expected == household(host)


async def test_an_address_that_calls_too_often_is_refused_and_its_health_is_told_all_the_same(
    nats_server: NatsServer, services: Services
) -> None:
    del services
    async with limited(nats_server, "calls-per-address=1/min:3") as gateway:
        ada = at(gateway.guest("many"), "192.0.2.8")
        answers = [(await ada.get("/v1/banners")).status_code for _ in range(3)]
        assert [200, 200, 200] == answers

        assert "calls-per-address" == limit_in(await ada.get("/v1/banners"))
        assert "calls-per-address" == limit_in(await ada.get("/v1/banners/nobody/live"))
        assert codes.OK == (await ada.get("/healthz")).status_code
        assert {"calls-per-address": 2} == await refusals(ada)


# --- channels -------------------------------------------------------------------------------------


async def closed_with(gateway: Gateway, address: str, cookie: str) -> tuple[int, str]:
    """How a new channel ends."""
    headers = {"X-Forwarded-For": address, "Cookie": f"airdisplay_guest={cookie}"}
    async with connect(gateway.live_url, additional_headers=headers) as connection:
        with pytest.raises(ConnectionClosed) as caught:
            await connection.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def opened(gateway: Gateway, stack: AsyncExitStack, address: str, cookie: str) -> None:
    """A channel that is open until the stack is left."""
    headers = {"X-Forwarded-For": address, "Cookie": f"airdisplay_guest={cookie}"}
    connection = await stack.enter_async_context(connect(gateway.live_url, additional_headers=headers))
    assert '"hello"' in str(await connection.recv())


async def test_who_connects_too_often_is_told_when_to_come_back(nats_server: NatsServer) -> None:
    async with limited(nats_server, "connects-per-user=1/min:2") as gateway, AsyncExitStack() as stack:
        for _ in range(2):
            await opened(gateway, stack, "192.0.2.9", "eager")

        code, reason = await closed_with(gateway, "192.0.2.9", "eager")
        await opened(gateway, stack, "192.0.2.9", "patient")

    assert CloseCode.TOO_MANY == code
    word, _, milliseconds = reason.partition(" in ")
    assert "too-many" == word
    assert 0 < int(milliseconds.removesuffix(" ms")) <= 60_000


@pytest.mark.parametrize(
    ("rule", "cookies"),
    [
        pytest.param("channels-per-user=2", ["one", "one"], id="of a user"),
        pytest.param("channels-per-address=2", ["one", "two"], id="of an address"),
    ],
)
async def test_so_many_channels_and_no_more_until_one_of_them_ends(
    nats_server: NatsServer, rule: str, cookies: list[str]
) -> None:
    async with limited(nats_server, rule) as gateway:
        async with AsyncExitStack() as stack:
            for cookie in cookies:
                await opened(gateway, stack, "192.0.2.10", cookie)
            expected = (CloseCode.TOO_MANY, f"too-many in {CHANNEL_RETRY_MS} ms")
            assert expected == await closed_with(gateway, "192.0.2.10", "one")

        async def open_again() -> bool:
            async with AsyncExitStack() as other:
                try:
                    await opened(gateway, other, "192.0.2.10", "one")
                except ConnectionClosed:
                    return False
                return True

        await until(open_again)


async def test_event_streams_count_as_channels_do(
    nats_server: NatsServer, services: Services, free: BannerId
) -> None:
    del services
    async with limited(nats_server, "channels-per-user=1,connects-per-user=100/min") as gateway:
        ada = gateway.guest("streaming")
        async with ada.stream("GET", f"/v1/banners/{free}/live") as stream:
            assert codes.OK == stream.status_code
            problem = problem_in(refused := await ada.get(f"/v1/banners/{free}/live"))
            assert codes.TOO_MANY_REQUESTS == refused.status_code
            assert ("channels-per-user", CHANNEL_RETRY_MS) == (problem["limit"], problem["retry_after_ms"])
            assert "ratelimit" in refused.headers

        async def streams_again() -> bool:
            async with ada.stream("GET", f"/v1/banners/{free}/live") as stream:
                return stream.is_success

        await until(streams_again)


async def test_a_stream_of_a_banner_that_is_not_there_leaves_no_channel_open(
    nats_server: NatsServer, services: Services
) -> None:
    del services
    async with limited(nats_server, "channels-per-user=1") as gateway:
        ada = gateway.guest("nowhere")
        answers = [(await ada.get("/v1/banners/nobody/live")).status_code for _ in range(3)]

    assert [404, 404, 404] == answers


async def test_with_the_limits_as_they_are_a_person_meets_none(
    nats_server: NatsServer, services: Services
) -> None:
    del services
    async with running_gateway(nats_server.url, instance="usual", fair_use=fair_use("on")) as gateway:
        ada = gateway.guest("a person")
        banner = await registered_over(ada)
        async with watching(gateway.live_url) as viewer:
            await viewer.watch(banner)
            answers = {(await ada.get(path)).status_code for path in ("/", "/v1/banners", "/docs") * 20}
            assert {200} == answers
            assert codes.CREATED == (await show(ada, banner)).status_code
        assert {} == await refusals(ada)
