"""An answer that got lost: the caller is told that nobody knows, and the same key finds out what is true.

However it got lost, whichever gateway is asked next, and whatever happened to the banner meanwhile.
"""

import functools
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import NamedTuple

import anyio
import httpx
import pytest
from anyio.abc import SocketStream
from httpx import codes

from shared.contracts.banner import Queued, Registered, Shown
from shared.contracts.errors import OutcomeUnknown
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.lobbies import Lobbies
from shared.mesh.streams import BANNERS, Kind
from tests.support.banners import new_banner_id
from tests.support.gateways import (
    HOST,
    Gateway,
    Services,
    display_in,
    history_over,
    online_over,
    problem_in,
    registered_over,
    running_gateway,
    running_services,
    show,
    show_anywhere,
    view_in,
)
from tests.support.nats_server import running_nats_server
from tests.support.relay import Relay
from tests.support.signing import AS_OPERATOR
from tests.support.waiting import until

PATIENCE_SECONDS = 0.5
"""How long a gateway waits for an answer here."""

OTHERS = 30
"""More than the commands that a record remembers."""


class LossyStore(KvStore):
    """A store whose answers to commits may get lost; what was sent is written.

    While they do, a service whose commit is not answered does not know what to do.
    """

    found_out = anyio.Event()
    loses = False

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write, and say so unless that is to get lost."""
        revision = await super().commit(key, data, expected)
        if LossyStore.loses:
            await LossyStore.found_out.wait()
            raise OutcomeUnknown(key, seconds=0)
        return revision


class LossyRelay(Relay):
    """A way to the server on which its words may get lost, until the connection is cut."""

    loses = False

    async def _pass_on(self, client: SocketStream) -> None:
        server = await anyio.connect_tcp(HOST, self._server_port)
        async with client, server, anyio.create_task_group() as tasks:
            tasks.start_soon(self._there, client, server, tasks.cancel_scope)
            tasks.start_soon(self._back, server, client, tasks.cancel_scope)

    async def _there(self, client: SocketStream, server: SocketStream, both: anyio.CancelScope) -> None:
        try:
            async for data in client:
                await server.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        both.cancel()

    async def _back(self, server: SocketStream, client: SocketStream, both: anyio.CancelScope) -> None:
        try:
            async for data in server:
                if not self.loses:
                    await client.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        both.cancel()


class Lossy(NamedTuple):
    """Services whose commits may go unanswered, and two gateways, to one of which answers may get lost."""

    services: Services
    relay: LossyRelay
    gateway: Gateway
    another: Gateway

    def begin(self, what: str) -> None:
        """From now on this gets lost."""
        if what == "the answer of the commit":
            LossyStore.found_out = anyio.Event()
            LossyStore.loses = True
        else:
            self.relay.loses = True

    async def end(self) -> None:
        """Nothing gets lost any more, once the connection that was cut is there again."""
        LossyStore.loses = False
        LossyStore.found_out.set()
        if self.relay.loses:
            self.relay.cut()
            self.relay.loses = False
            self.relay.mend()
            guest = self.gateway.guest()

            async def is_ready() -> bool:
                return (await guest.get("/readyz")).is_success

            await until(is_ready)


@pytest.fixture(scope="module")
async def lossy(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Lossy]:
    """For all tests of the module; nothing gets lost at first."""

    def store(mesh: Mesh, kind: Kind) -> KvStore:
        return LossyStore(mesh, kind) if kind is BANNERS else KvStore(mesh, kind)

    async with (
        running_nats_server(tmp_path_factory.mktemp("lossy")) as nats,
        anyio.create_task_group() as tasks,
    ):
        relay = LossyRelay(nats.port)
        await tasks.start(relay.run)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("shared.mesh.hosting.KvStore", store)
            for each in (Banners, Lobbies):
                impatient = functools.partial(each, answer_seconds=PATIENCE_SECONDS)
                patch.setattr(f"services.gateway.service.{each.__name__}", impatient)
            async with (
                running_services(nats.url) as services,
                running_gateway(relay.url, instance="cut-off") as gateway,
                running_gateway(nats.url, instance="another") as another,
            ):
                yield Lossy(services, relay, gateway, another)
        tasks.cancel_scope.cancel()


# --- what was asked for ---------------------------------------------------------------------------


class Wish(NamedTuple):
    """What is asked for under a key, again and again, and what it leads to."""

    banner: str
    press: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
    status: codes
    event: type


async def a_show(lossy: Lossy, tag: str) -> Wish:
    banner = await registered_over(lossy.another.guest("ada"))

    def press(client: httpx.AsyncClient) -> Awaitable[httpx.Response]:
        return show(client, banner, key=tag)

    return Wish(banner, press, codes.CREATED, Shown)


async def a_turn(lossy: Lossy, tag: str) -> Wish:
    banner = await registered_over(lossy.another.guest("ada"))
    await show(lossy.another.guest("bob"), banner, "First")

    def press(client: httpx.AsyncClient) -> Awaitable[httpx.Response]:
        return show(client, banner, key=tag, when="queue")

    return Wish(banner, press, codes.ACCEPTED, Queued)


async def any_banner(lossy: Lossy, tag: str) -> Wish:
    (banner,) = await online_over(lossy.another.guest("ada"), lossy.services, tag)

    def press(client: httpx.AsyncClient) -> Awaitable[httpx.Response]:
        return show_anywhere(client, tag=tag, key=tag)

    return Wish(banner, press, codes.CREATED, Shown)


async def a_banner(_lossy: Lossy, tag: str) -> Wish:
    banner = new_banner_id()

    def press(client: httpx.AsyncClient) -> Awaitable[httpx.Response]:
        headers = {**AS_OPERATOR, "Idempotency-Key": tag}
        return client.post("/v1/banners", json={"id": banner}, headers=headers)

    return Wish(banner, press, codes.CREATED, Registered)


async def happened(client: httpx.AsyncClient, wish: Wish) -> list[str]:
    """What came of a wish, each with the id of the display or banner, through all pages."""
    items = list((page := await history_over(client, wish.banner, limit=100)).items)
    assert page.next_cursor is None
    events = [event for item in items for event in item.events if isinstance(event, wish.event)]
    return [
        event.id
        if isinstance(event, Registered)
        else (event.display if isinstance(event, Shown) else event.ticket).id
        for event in events
        if isinstance(event, Registered | Shown | Queued)
    ]


async def others(lossy: Lossy, wish: Wish) -> None:
    """Many other commands are accepted on the banner."""
    olga, path = lossy.another.operator(), f"/v1/banners/{wish.banner}"
    await show(olga, wish.banner, "Something")  # where nothing shows
    for number in range(OTHERS):
        etag = (await olga.get(path)).headers["etag"]
        mended = await olga.put(
            f"{path}/display", json={"text": f"Text {number}"}, headers={"If-Match": etag}
        )
        assert mended.is_success, mended.text


WISHES = [a_show, a_turn, any_banner, a_banner]
LOSSES = ["the answer of the service", "the answer of the commit"]


@pytest.mark.parametrize("lost", LOSSES)
@pytest.mark.parametrize("make", WISHES, ids=lambda make: make.__name__)
async def test_the_same_key_finds_out_what_was_done_without_an_answer(
    lossy: Lossy,
    tag: str,
    make: Callable[[Lossy, str], Awaitable[Wish]],
    lost: str,
) -> None:
    wish = await make(lossy, tag)
    ada, elsewhere = lossy.gateway.guest("ada"), lossy.another.guest("ada")
    lossy.begin(lost)
    unknown = await wish.press(ada)
    await lossy.end()

    assert codes.GATEWAY_TIMEOUT == unknown.status_code
    assert "/problems/outcome-unknown" == problem_in(unknown)["type"]
    assert "1" == unknown.headers["retry-after"]
    answers = [await wish.press(ada)]
    await others(lossy, wish)
    answers += [await wish.press(elsewhere), await wish.press(ada)]
    assert {wish.status} == {answer.status_code for answer in answers}, answers[0].text
    assert 1 == len({answer.content for answer in answers})
    made = view_in(answers[0]).id if make is a_banner else display_in(answers[0]).id
    assert 1 == (await happened(elsewhere, wish)).count(made)


@pytest.mark.parametrize("lost", LOSSES)
async def test_who_asks_without_a_key_does_not_get_the_first_again(lossy: Lossy, lost: str) -> None:
    banner = await registered_over(lossy.another.guest("ada"))
    lossy.begin(lost)
    unknown = await show(lossy.gateway.guest("ada"), banner)
    await lossy.end()

    again = await show(lossy.another.guest("ada"), banner)

    assert codes.GATEWAY_TIMEOUT == unknown.status_code
    assert "/problems/busy" == problem_in(again)["type"]
