"""Slow, large and silent clients, over raw sockets: told what they did where HTTP has a word, and let go."""

import json
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import anyio
import httpx
import pytest
from anyio.abc import SocketStream
from httpx import codes
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.gateway.connections import Bounds, bounded
from tests.support.banners import new_banner_id
from tests.support.gateways import HOST, Gateway, registered_over, running_gateway, running_services
from tests.support.nats_server import NatsServer
from tests.support.viewers import watching
from tests.support.waiting import PATIENCE_SECONDS, until

SMALL = Bounds(address_bytes=1_000, head_bytes=4_000, headers=20, left_over_bytes=200_000)
HURRIED = replace(SMALL, head_seconds=1, body_seconds=1, idle_seconds=1)
UNHEARD = replace(SMALL, unread_seconds=0.5)
HEAD = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@asynccontextmanager
async def gateway_within(nats: NatsServer, bounds: Bounds) -> AsyncGenerator[Gateway]:
    """A gateway with these bounds."""
    async with running_gateway(nats.url, instance=new_banner_id(), bounds=bounds) as gateway:
        yield gateway


@pytest.fixture(scope="module")
async def small(nats_server: NatsServer) -> AsyncGenerator[Gateway]:
    """A gateway that takes little at a time."""
    async with gateway_within(nats_server, SMALL) as gateway:
        yield gateway


@pytest.fixture(scope="module")
async def hurried(nats_server: NatsServer) -> AsyncGenerator[Gateway]:
    """A gateway that waits for nobody."""
    async with running_services(nats_server.url), gateway_within(nats_server, HURRIED) as gateway:
        yield gateway


@asynccontextmanager
async def raw(gateway: Gateway) -> AsyncGenerator[SocketStream]:
    """A connection on which anything can be sent."""
    async with await anyio.connect_tcp(HOST, gateway.port) as stream:
        yield stream


async def rest(stream: SocketStream) -> bytes:
    """All that comes until the other side ends it."""
    received = b""
    with anyio.fail_after(PATIENCE_SECONDS):
        try:
            while True:
                received += await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return received


def status_of(answer: bytes) -> int:
    """The status of an answer."""
    return int(answer.split(b" ", 2)[1])


def refused_with(answer: bytes, status: int, slug: str) -> bool:
    """Whether an answer is this problem and says that the connection ends."""
    head, _, body = answer.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert (status, status, f"/problems/{slug}") == (status_of(head), problem["status"], problem["type"])
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head.lower()
    assert problem["detail"]
    return True


def once(gateway: Gateway) -> httpx.AsyncClient:
    """Somebody who opens a connection for each request, where idle ones do not last."""
    client = gateway.guest("ada")
    client.headers["Connection"] = "close"
    return client


async def trickle(stream: SocketStream, data: bytes) -> None:
    """Send the same byte again and again until the other side has had enough."""
    try:
        while True:
            await stream.send(data)
            await anyio.sleep(0.02)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return


async def trickled(gateway: Gateway, begin: bytes, then: bytes) -> bytes:
    """What is answered to one who begins, and then sends a little at a time without an end."""
    answers: list[bytes] = []
    async with raw(gateway) as stream, anyio.create_task_group() as tasks:
        await stream.send(begin)
        tasks.start_soon(trickle, stream, then)
        answers.append(await rest(stream))
        tasks.cancel_scope.cancel()
    return answers[0]


def test_what_is_overridden_is_still_there() -> None:
    ours = vars(bounded(SMALL, print).__mro__[1])
    added = {"bounds", "on_refused"}
    overridden = {name for name in ours if not name.startswith("_")} - added

    assert overridden == {name for name in overridden if callable(getattr(HttpToolsProtocol, name, None))}
    assert len(overridden) > 8


# --- too large ------------------------------------------------------------------------------------


async def test_what_fits_is_answered(small: Gateway) -> None:
    async with raw(small) as stream:
        await stream.send(HEAD + b"x: " + b"y" * 3_900 + b"\r\nconnection: close\r\n\r\n")
        assert codes.OK == status_of(await rest(stream))


@pytest.mark.parametrize("path", [b"/" + b"x" * 1_000, b"/healthz?" + b"x" * 1_000], ids=["path", "query"])
async def test_an_address_that_is_too_long_is_refused(small: Gateway, path: bytes) -> None:
    async with raw(small) as stream:
        await stream.send(b"GET " + path + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert refused_with(await rest(stream), 414, "address-too-long")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(b"x: " + b"y" * 4_000 + b"\r\n\r\n", id="one that is long"),
        pytest.param(b"x: " + b"y" * 4_000, id="one that does not end"),
        pytest.param(b"y" * 4_000, id="a name that does not end"),
        pytest.param(b"".join(b"x%d: y\r\n" % each for each in range(30)) + b"\r\n", id="many"),
    ],
)
async def test_headers_that_are_too_large_are_refused(small: Gateway, headers: bytes) -> None:
    async with raw(small) as stream:
        await stream.send(HEAD + headers)
        assert refused_with(await rest(stream), 431, "headers-too-large")


async def test_a_header_that_comes_in_pieces_is_measured_as_a_whole(small: Gateway) -> None:
    assert refused_with(await trickled(small, HEAD + b"x: ", b"y" * 500), 431, "headers-too-large")


async def test_headers_of_one_request_do_not_count_for_the_next(small: Gateway) -> None:
    async with raw(small) as stream:
        for _ in range(10):
            await stream.send(HEAD + b"x: " + b"y" * 3_000 + b"\r\n\r\n")
            answer = await stream.receive()
            assert codes.OK == status_of(answer)


async def test_a_body_without_an_end_is_refused_and_not_listened_to_for_long(small: Gateway) -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    begin = b"POST /v1/displays HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    answer = await trickled(small, begin + b"transfer-encoding: chunked\r\n\r\n", chunk)

    assert codes.REQUEST_ENTITY_TOO_LARGE == status_of(answer)


async def test_what_is_no_http_gets_a_problem(small: Gateway) -> None:
    async with raw(small) as stream:
        await stream.send(b"HELO gateway\r\n\r\n")
        assert refused_with(await rest(stream), 400, "malformed-request")


# --- too slow -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "then"),
    [
        pytest.param(HEAD, b"x", id="a header that comes byte by byte"),
        pytest.param(b"", b"\r\n", id="empty lines before a request"),
        pytest.param(HEAD + b"\r\n" + HEAD, b"x", id="the head of a second request"),
    ],
)
async def test_who_takes_too_long_for_the_head_is_refused(
    hurried: Gateway, begin: bytes, then: bytes
) -> None:
    answer = await trickled(hurried, begin, then)

    assert (b"\r\n\r\n" in begin) == answer.startswith(b"HTTP/1.1 200 OK"), "the first request was whole"
    assert refused_with(answer[answer.rindex(b"HTTP/1.1 ") :], 408, "too-slow")


@pytest.mark.parametrize("kind", [b"content-length: 1000", b"transfer-encoding: chunked"])
async def test_who_takes_too_long_for_the_body_is_refused(hurried: Gateway, kind: bytes) -> None:
    begin = (
        b"POST /v1/displays HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        + kind
        + b"\r\n\r\n"
    )
    then = b"1\r\n \r\n" if b"chunked" in kind else b" "

    assert refused_with(await trickled(hurried, begin, then), 408, "too-slow")


@pytest.mark.parametrize(
    "before", [b"", HEAD + b"\r\n"], ids=["before the first request", "between requests"]
)
async def test_a_connection_that_nobody_uses_is_ended(hurried: Gateway, before: bytes) -> None:
    async with raw(hurried) as stream:
        if before:
            await stream.send(before)
        await rest(stream)


async def test_who_does_not_read_is_let_go(nats_server: NatsServer, hurried: Gateway) -> None:
    del hurried  # with it there are services
    async with gateway_within(nats_server, UNHEARD) as gateway:
        await let_go_unread(gateway)


async def let_go_unread(gateway: Gateway) -> None:
    """Ask for much, read nothing, and wait until the gateway has counted that."""
    ada = gateway.guest("ada")
    for number in range(30):
        await registered_over(ada, name=f"{number} " + "x" * 50, tags=[f"t-{each}" for each in range(16)])

    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        narrow.setblocking(True)
        await anyio.to_thread.run_sync(narrow.connect, (HOST, gateway.port))
        many = b"GET /v1/banners?limit=1000 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"

        async def let_go() -> bool:
            text = (await ada.get("/metrics")).text
            return 'airdisplay_refused_total{reason="unread"} 1.0' in text

        async with anyio.create_task_group() as tasks:

            def ask() -> None:
                try:
                    for _ in range(20_000):
                        narrow.sendall(many)
                except OSError:
                    return

            tasks.start_soon(anyio.to_thread.run_sync, ask)
            await until(let_go)


async def test_channels_outlive_the_times_of_requests(hurried: Gateway) -> None:
    ada = once(hurried)
    banner = await registered_over(ada)
    async with (
        watching(hurried.live_url) as viewer,
        ada.stream("GET", f"/v1/banners/{banner}/live") as stream,
    ):
        lines = stream.aiter_lines()
        async with raw(hurried) as idle:  # which is ended, so that time has passed
            await rest(idle)
        await viewer.watch(banner)
        assert (await anext(lines)).startswith("retry:")


async def test_all_is_well_for_others_meanwhile(small: Gateway) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(50):
            slow = await stack.enter_async_context(raw(small))
            await slow.send(HEAD)
        assert codes.OK == (await small.guest().get("/v1/banners")).status_code


# --- too many -------------------------------------------------------------------------------------


async def test_so_many_connections_and_no_more_until_one_of_them_ends(nats_server: NatsServer) -> None:
    async with gateway_within(nats_server, replace(SMALL, connections=3)) as gateway:
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(raw(gateway))
            await stack.enter_async_context(watching(gateway.live_url))  # channels count
            async with raw(gateway) as one_more:
                assert refused_with(await rest(one_more), 503, "overloaded")

        async def let_in() -> bool:
            try:
                return (await gateway.guest().get("/healthz")).is_success
            except httpx.TransportError:
                return False

        await until(let_in)
