"""All displays of one's own over WebSocket: those that are there, and each that comes, until it ended."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from services.gateway.batches import Batches
from services.gateway.followed import Followed, Why
from services.gateway.mine import MINE_AT_MOST, Mine
from services.gateway.viewer import Viewer
from shared.contracts.banner import Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.live import Authorize, Displays, Hello, Unwatch, Watch
from shared.contracts.lobby import pool_of
from shared.contracts.views import DisplayView
from shared.mesh.banners import Banners
from tests.support.banners import new_command_id
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    followed_over,
    online_over,
    registered_over,
    running_gateway,
    show,
    show_anywhere,
)
from tests.support.nats_server import NatsServer
from tests.support.signing import OPERATOR_TOKEN
from tests.support.taking import NOTHING, take
from tests.support.viewers import Watcher
from tests.support.waiting import until


@asynccontextmanager
async def watching_own(gateway: Gateway, guest: str) -> AsyncGenerator[tuple[Watcher, list[DisplayView]]]:
    """A guest who watches what is their own, and what there is when that begins."""
    headers = {"Cookie": f"airdisplay_guest={guest}"}
    async with connect(gateway.live_url, max_size=None, additional_headers=headers) as connection:
        watcher = Watcher(connection)
        await watcher.next(Hello)
        yield watcher, await own(watcher)


async def own(watcher: Watcher) -> list[DisplayView]:
    """Begin to watch what is one's own; what there is of it."""
    await watcher.send(Watch(mine=True))
    return list((await watcher.next(Displays)).displays)


@pytest.fixture
def guest(banner: BannerId) -> str:
    """The cookie of a guest whom no other test knows."""
    return f"guest of {banner}"


@pytest.fixture
def me(gateway: Gateway, guest: str) -> httpx.AsyncClient:
    """That guest."""
    return gateway.guest(guest)


@pytest.fixture
async def full(services: Services, ada: httpx.AsyncClient, bob: httpx.AsyncClient, tag: str) -> BannerId:
    """The only banner of a pool, on which bob shows something, as the lobby knows."""
    (banner,) = await online_over(ada, services, tag)
    await show(bob, banner)
    await until(lambda: not services.lobby.places.free(pool_of(tag)))
    return banner


async def test_what_shows_and_waits_anywhere_is_told_in_one_frame(
    gateway: Gateway, me: httpx.AsyncClient, guest: str, full: BannerId, tag: str
) -> None:
    mine = [
        display_in(await show(me, await registered_over(me))),
        display_in(await show(me, full, when="queue")),
        display_in(await show_anywhere(me, tag=tag)),
    ]
    async with watching_own(gateway, guest) as (_, found):
        assert {view.id: view for view in mine} == {view.id: view for view in found}

    assert ["showing", "queued", "waiting"] == [view.state for view in mine]


async def test_whoever_has_none_is_told_so(gateway: Gateway, guest: str) -> None:
    async with watching_own(gateway, guest) as (_, found):
        assert [] == found


async def test_each_new_one_is_told_until_it_ended(
    gateway: Gateway, me: httpx.AsyncClient, guest: str, free: BannerId
) -> None:
    async with watching_own(gateway, guest) as (viewer, _):
        up = display_in(await show(me, free))
        assert up == await viewer.display()
        waits = display_in(await show(me, free, when="queue"))
        # What shows is told again as well, because it may now be mended at another revision.
        assert waits in (await viewer.display(), await viewer.display())
        await me.delete(f"/v1/displays/{up.id}")
        seen = {view.id: view.state for view in [await viewer.display(), await viewer.display()]}

    assert {up.id: "ended", waits.id: "showing"} == seen


async def test_one_that_waits_in_a_lobby_is_told_from_there_to_its_end(
    gateway: Gateway, me: httpx.AsyncClient, guest: str, full: BannerId, tag: str
) -> None:
    async with watching_own(gateway, guest) as (viewer, _):
        waits = display_in(await show_anywhere(me, tag=tag))
        assert waits == await viewer.display()
        await gateway.operator().delete(f"/v1/banners/{full}/display")
        await viewer.display_until("showing")
        await me.delete(f"/v1/displays/{waits.id}")
        *_, ended = await viewer.display_until("ended")

    assert (waits.id, full, "cleared") == (ended.id, ended.banner, ended.how)


async def test_what_came_through_another_gateway_or_straight_over_nats_is_told(
    nats_server: NatsServer, services: Services, gateway: Gateway, guest: str, free: BannerId
) -> None:
    async with (
        running_gateway(nats_server.url, instance="another") as another,
        watching_own(gateway, guest) as (viewer, _),
    ):
        up = display_in(await show(another.guest(guest), free))
        assert up == await viewer.display()
        command = Show(id=new_command_id(), text="Hello", by=up.by, when="queue")
        assert isinstance(await Banners(services.mesh).command(free, command), Accepted)

        view = await viewer.display()
        assert (str(command.id), "queued") == (str(view.id), str(view.state))


async def test_nobody_is_told_of_what_is_somebody_elses(
    gateway: Gateway, me: httpx.AsyncClient, bob: httpx.AsyncClient, guest: str, free: BannerId
) -> None:
    async with watching_own(gateway, guest) as (viewer, _):
        await show(bob, free)
        await show(bob, free, when="queue")
        mine = display_in(await show(me, await registered_over(me)))

        assert mine == await viewer.display()


async def test_after_unwatching_only_what_was_named_is_told(
    gateway: Gateway, me: httpx.AsyncClient, bob: httpx.AsyncClient, guest: str, free: BannerId
) -> None:
    somebody_elses = display_in(await show(bob, await registered_over(bob)))
    named = display_in(await show(me, free))
    other = display_in(await show(me, free, when="queue"))
    async with watching_own(gateway, guest) as (viewer, _):
        await viewer.follow(named.id)
        await viewer.send(Unwatch(mine=True))
        await viewer.follow(somebody_elses.id)  # once this is answered, the other was heard as well
        await me.delete(f"/v1/displays/{other.id}")
        await show(me, await registered_over(me))
        await me.delete(f"/v1/displays/{named.id}")

        told = [await viewer.display()]
        while told[-1].state != "ended":  # what waits behind it leaves, so its banner changes as well
            told.append(await viewer.display())

        assert {named.id} == {view.id for view in told}


async def test_what_was_named_may_be_unfollowed_and_is_told_as_ones_own(
    gateway: Gateway, me: httpx.AsyncClient, guest: str, free: BannerId
) -> None:
    named = display_in(await show(me, free))
    async with watching_own(gateway, guest) as (viewer, _):
        await viewer.follow(named.id)
        await viewer.send(Unwatch(displays=(named.id,)))
        await own(viewer)
        await me.delete(f"/v1/displays/{named.id}")

        assert await followed_over(me, named.id) == await viewer.display()


async def test_after_a_token_what_is_told_is_that_authors(
    gateway: Gateway, me: httpx.AsyncClient, guest: str, free: BannerId
) -> None:
    await show(me, free)
    async with watching_own(gateway, guest) as (viewer, found):
        assert ["showing"] == [view.state for view in found]
        await viewer.send(Authorize(token=OPERATOR_TOKEN))
        await viewer.next(Hello)
        theirs = list((await viewer.next(Displays)).displays)
        up = display_in(await show(gateway.operator(), await registered_over(me)))

        assert up in [*theirs, await viewer.display()]
        await me.delete(f"/v1/banners/{free}/display")
        await gateway.operator().delete(f"/v1/displays/{up.id}")
        assert (up.id, "ended") == ((view := await viewer.display()).id, view.state)


# --- on its own -----------------------------------------------------------------------------------


class Nowhere:
    """Displays of which only the ids are known."""

    def live(self, display_id: str, _now: str) -> DisplayView:
        """It shows."""
        return DisplayView(id=DisplayId(display_id), state="showing", text="Hello", by="ada")

    def pool_of(self, _display_id: str) -> None:
        """In no lobby."""


class Alone:
    """Own displays with nothing around them."""

    def __init__(self) -> None:
        self.displays: dict[str, set[DisplayId]] = {}
        nowhere: Any = Nowhere()
        self.followed = Followed(nowhere)
        self.mine = Mine(self.followed, lambda author: self.displays.get(author, set()))
        self.viewer = Viewer(Batches())


async def test_whoever_is_somebody_else_now_is_told_what_is_theirs_now() -> None:
    alone = Alone()
    alone.displays = {"ada": {DisplayId("a")}, "bob": {DisplayId("b")}}
    alone.mine.watch(alone.viewer, "ada")
    assert '"id":"a"' in str(await take(alone.viewer))

    alone.mine.author_changed(alone.viewer, "ada")
    assert NOTHING == await take(alone.viewer)
    alone.mine.author_changed(alone.viewer, "bob")

    assert '"id":"b"' in str(await take(alone.viewer))
    assert [False, True] == [alone.followed.follows(alone.viewer, each, Why.OWN) for each in ("a", "b")]


async def test_whoever_does_not_watch_what_is_their_own_may_become_anybody() -> None:
    alone = Alone()
    alone.mine.author_changed(alone.viewer, "bob")

    assert NOTHING == await take(alone.viewer)
    assert 0 == len(alone.mine)


async def test_past_so_many_some_are_left_out_and_that_is_said() -> None:
    alone = Alone()
    alone.displays = {"ada": {DisplayId(f"d{number}") for number in range(MINE_AT_MOST + 1)}}
    alone.mine.watch(alone.viewer, "ada")

    assert "too-many-displays" in str(await take(alone.viewer))
    assert MINE_AT_MOST == str(await take(alone.viewer)).count('"id"')
    assert MINE_AT_MOST == alone.followed.count(alone.viewer, Why.OWN)


async def test_whoever_left_is_forgotten() -> None:
    alone = Alone()
    alone.displays = {"ada": {DisplayId("a")}}
    alone.mine.watch(alone.viewer, "ada")
    alone.mine.unwatch(alone.viewer)
    alone.mine.unwatch(alone.viewer)

    assert [0, 0] == [len(alone.mine), len(alone.followed)]
