"""Following messages over WebSocket: told at once, whenever something changes, and of the end."""

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import anyio
import httpx
import pytest
from httpx import codes

from services.gateway.batches import Batches
from services.gateway.followed import Followed
from services.gateway.viewer import Viewer
from shared.contracts.banner import Show
from shared.contracts.command import Accepted
from shared.contracts.errors import Unreachable
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.live import Displays, Problem, Unwatch, Watch
from shared.contracts.lobby import pool_of
from shared.contracts.views import DisplayView, How
from shared.mesh.banners import Banners
from tests.support.banners import MINUTE, new_command_id
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    followed_over,
    online_over,
    registered_over,
    running_gateway,
    running_services,
    show,
    show_anywhere,
)
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.taking import NOTHING, take
from tests.support.viewers import connected, following_displays
from tests.support.waiting import until

QUICK_MS = 500


class Scene(NamedTuple):
    """Everybody at one gateway, and a banner of a pool of its own that the lobby knows to be free."""

    gateway: Gateway
    services: Services
    ada: httpx.AsyncClient
    bob: httpx.AsyncClient
    olga: httpx.AsyncClient
    banner: BannerId
    tag: str

    async def end(self, display_id: str, *, client: httpx.AsyncClient | None = None) -> None:
        """End a display, or take it out of the line."""
        answer = await (client or self.ada).delete(f"/v1/displays/{display_id}")
        assert codes.NO_CONTENT == answer.status_code

    async def full(self) -> DisplayView:
        """Bob shows something, and the lobby knows."""
        up = display_in(await show(self.bob, self.banner))
        await until(lambda: not self.services.lobby.places.free(pool_of(self.tag)))
        return up


@pytest.fixture
async def scene(gateway: Gateway, services: Services, tag: str) -> Scene:
    """Where displays last long."""
    ada, bob, olga = gateway.guest("ada"), gateway.guest("bob"), gateway.operator()
    (banner,) = await online_over(ada, services, tag)
    return Scene(gateway, services, ada, bob, olga, banner, tag)


# --- from its beginning to its end ----------------------------------------------------------------


async def test_from_the_lobby_to_the_banner_to_its_end(scene: Scene) -> None:
    up = await scene.full()
    waits = display_in(await show_anywhere(scene.ada, tag=scene.tag))
    async with following_displays(scene.gateway.live_url) as viewer:
        (first,) = await viewer.follow(waits.id)
        await scene.end(up.id, client=scene.bob)
        *_, shows = await viewer.display_until("showing")
        await scene.end(waits.id)
        *_, ended = await viewer.display_until("ended")

    assert waits == first
    assert (scene.banner, "Hello", waits.by) == (shows.banner, shows.text, shows.by)
    assert (shows.shown_at, shows.until, "cleared") == (ended.shown_at, ended.until, ended.how)
    assert ended == await followed_over(scene.ada, waits.id)


async def test_from_the_queue_to_the_banner_to_its_end(scene: Scene) -> None:
    up = await scene.full()
    waits = display_in(await show(scene.ada, scene.banner, when="queue"))
    async with following_displays(scene.gateway.live_url) as viewer:
        (first,) = await viewer.follow(waits.id)
        await scene.end(up.id, client=scene.bob)
        shows = await viewer.display()
        await scene.end(waits.id)
        ended = await viewer.display()

    assert [waits, "showing", "ended"] == [first, shows.state, ended.state]
    assert ended == await followed_over(scene.ada, waits.id)


@pytest.mark.parametrize("how", ["cleared", "taken-down", "held", "left", "removed"])
@pytest.mark.parametrize("origin", ["with a key", "without a key", "over NATS", "through the lobby"])
async def test_how_it_ended_is_told(scene: Scene, origin: str, how: How) -> None:
    if how in {"left", "removed"}:
        await scene.full()
    display_id = await made(scene, origin)
    async with following_displays(scene.gateway.live_url, display_id) as viewer:
        if how == "held":
            await scene.olga.put(f"/v1/banners/{scene.banner}/hold", json={"reason": "wind"})
        else:
            await scene.end(display_id, client=scene.olga if how in {"taken-down", "removed"} else scene.ada)
        *_, ended = await viewer.display_until("ended")

    assert how == ended.how
    assert ended == await followed_over(scene.ada, display_id)


async def made(scene: Scene, origin: str) -> str:
    """A display of ada's, shown or, where the banner is taken, waiting for its turn."""
    match origin:
        case "with a key":
            return display_in(await show(scene.ada, scene.banner, when="queue", key="k")).id
        case "without a key":
            return display_in(await show(scene.ada, scene.banner, when="queue")).id
        case "through the lobby":
            return display_in(await show_anywhere(scene.ada, tag=scene.tag)).id
        case _:
            by = display_in(await show(scene.ada, await registered_over(scene.ada))).by
            command = Show(id=new_command_id(), text="Hello", by=by, when="queue")
            answer = await Banners(scene.services.mesh).command(scene.banner, command)
            assert isinstance(answer, Accepted)
            return str(command.id)


async def test_whoever_follows_a_display_that_is_over_is_told_so_at_once_and_once(
    nats_server: NatsServer, scene: Scene
) -> None:
    up = await scene.full()
    await scene.end(up.id, client=scene.bob)
    over = await followed_over(scene.ada, up.id)
    async with running_gateway(nats_server.url, instance="fresh") as fresh:
        for gateway in (scene.gateway, fresh):
            async with following_displays(gateway.live_url) as viewer:
                assert [over] == await viewer.follow(up.id)
                await show(scene.bob, scene.banner)
                other = display_in(await show(scene.ada, scene.banner, when="queue"))
                assert [other] == await viewer.follow(other.id)  # nothing came in between
                await scene.olga.delete(f"/v1/displays/{other.id}")
                await scene.olga.delete(f"/v1/banners/{scene.banner}/display")


async def test_what_happens_through_another_gateway_is_told_here(
    nats_server: NatsServer, scene: Scene
) -> None:
    async with running_gateway(nats_server.url, instance="another") as another:
        up = await scene.full()
        waits = display_in(await show_anywhere(scene.ada, tag=scene.tag, key=scene.tag))
        async with following_displays(another.live_url, waits.id, up.id) as viewer:
            await scene.end(up.id, client=scene.bob)
            seen = {view.id: view for view in [await viewer.display(), await viewer.display()]}
            while seen[waits.id].state != "showing":
                seen[waits.id] = await viewer.display()

    assert "cleared" == seen[up.id].how
    assert scene.banner == seen[waits.id].banner


# --- those who wait move up -----------------------------------------------------------------------


async def test_who_waits_is_told_its_place_and_its_time_as_those_before_come_and_go(scene: Scene) -> None:
    up = await scene.full()
    assert up.until is not None
    guests = [scene.gateway.guest(f"guest {number}") for number in range(3)]
    first, second, third = [display_in(await show(guest, scene.banner, when="queue")) for guest in guests]
    path = f"/v1/banners/{scene.banner}"
    async with following_displays(scene.gateway.live_url, third.id) as viewer:

        async def told_after(method: str, path: str, body: Any = None) -> tuple[int | None, Instant | None]:
            assert (await scene.olga.request(method, path, json=body)).is_success
            view = await viewer.display()
            seen = await followed_over(scene.ada, third.id)
            assert seen == view
            return view.position, view.starts_at

        assert (3, later(up.until, 2 * MINUTE)) == (third.position, third.starts_at)
        assert (2, later(up.until, MINUTE)) == await told_after("DELETE", f"/v1/displays/{first.id}")
        position, starts_at = await told_after("DELETE", f"{path}/display")  # the second shows
        shows = await followed_over(scene.ada, second.id)
        assert (1, shows.until) == (position, starts_at)
        assert (1, None) == await told_after("PUT", f"{path}/hold", {"reason": "wind"})
        assert (None, None) == await told_after("DELETE", f"{path}/hold")
        assert "showing" == (await followed_over(scene.ada, third.id)).state


async def test_who_waits_in_the_lobby_is_told_its_place_as_those_before_go(scene: Scene) -> None:
    up = await scene.full()
    first, second, third = [
        display_in(await show_anywhere(scene.ada, str(number), tag=scene.tag)) for number in range(3)
    ]
    async with following_displays(scene.gateway.live_url, third.id) as viewer:
        await scene.end(second.id)
        two = await viewer.display()
        await scene.end(up.id, client=scene.bob)
        one = await viewer.display()
        while one.position != 1:
            one = await viewer.display()
        await until(lambda: shows(scene.ada, first.id))
        await scene.end(first.id)
        seen = await viewer.display_until("showing")

    assert [3, 2] == [third.position, two.position]
    assert scene.banner == seen[-1].banner


async def shows(client: httpx.AsyncClient, display_id: str) -> bool:
    """Whether it shows by now."""
    return (await followed_over(client, display_id)).state == "showing"


# --- its time is up -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def quick(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Services, Gateway]]:
    """Where displays do not last long."""
    async with (
        running_nats_server(tmp_path_factory.mktemp("quick")) as nats,
        running_services(nats.url, ttl_ms=QUICK_MS) as services,
        running_gateway(nats.url) as gateway,
    ):
        yield services, gateway


@pytest.mark.parametrize("where", ["queue", "lobby"])
async def test_from_waiting_to_expired(quick: tuple[Services, Gateway], where: str) -> None:
    services, gateway = quick
    ada, bob = gateway.guest("ada"), gateway.guest("bob")
    (banner,) = await online_over(ada, services, f"quick-{where}")
    await show(bob, banner)
    if where == "queue":
        waits = display_in(await show(ada, banner, when="queue"))
    else:
        await until(lambda: not services.lobby.places.free(pool_of(f"quick-{where}")))
        waits = display_in(await show_anywhere(ada, tag=f"quick-{where}"))
    async with following_displays(gateway.live_url) as viewer:
        (first,) = await viewer.follow(waits.id)
        *_, shows = await viewer.display_until("showing")
        *_, ended = await viewer.display_until("ended")

    assert {"queue": "queued", "lobby": "waiting"}[where] == first.state
    assert (banner, shows.shown_at, shows.until) == (ended.banner, ended.shown_at, ended.until)
    assert (ended.until, "expired") == (ended.ended_at, ended.how)


# --- nothing is known of it -----------------------------------------------------------------------


@pytest.mark.parametrize("display_id", ["nobody", "a.b", "*", ">", "🎈", "", "UP", "a\n"])
async def test_what_is_unknown_is_said_to_be_so_and_the_channel_goes_on(
    scene: Scene, display_id: str
) -> None:
    up = await scene.full()
    async with following_displays(scene.gateway.live_url) as viewer:
        await viewer.send(Watch(displays=(display_id, up.id)))
        told = [await viewer.frame(), await viewer.frame()]

    (problem,) = (frame for frame in told if isinstance(frame, Problem))
    (views,) = (frame for frame in told if isinstance(frame, Displays))
    assert "unknown-display" == problem.code
    assert repr(display_id) in problem.detail
    assert [up.id] == [view.id for view in views.displays]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param({"op": "watch", "displays": []}, id="to follow an empty list"),
        pytest.param({"op": "watch", "displays": "d1"}, id="one word for displays"),
        pytest.param({"op": "watch", "displays": [7]}, id="a number for a display"),
        pytest.param({"op": "watch", "displays": ["x" * 64]}, id="an id too long"),
        pytest.param({"op": "watch", "displays": ["d"] * 10_001}, id="too many displays"),
        pytest.param({"op": "unwatch", "displays": 7}, id="to unfollow a number"),
    ],
)
async def test_what_is_not_understood_is_answered(scene: Scene, frame: Any) -> None:
    async with following_displays(scene.gateway.live_url) as viewer:
        await viewer.send_raw(json.dumps(frame))

        assert "malformed" == (await viewer.next(Problem)).code


# --- many, and those who leave --------------------------------------------------------------------


async def test_everybody_who_follows_a_display_is_told(scene: Scene) -> None:
    up = await scene.full()
    async with AsyncExitStack() as stack:
        viewers = [
            await stack.enter_async_context(following_displays(scene.gateway.live_url, up.id))
            for _ in range(20)
        ]
        gone = viewers.pop()
        gone.connection.transport.abort()
        await viewers[0].send(Unwatch(displays=(up.id,)))
        other = display_in(await show(scene.ada, scene.banner, when="queue"))
        await viewers[0].follow(other.id)  # once this is answered, the other was heard as well
        await scene.end(up.id, client=scene.bob)

        assert (other.id, "showing") == ((told := await viewers[0].display()).id, told.state)
        for viewer in viewers[1:]:
            assert "cleared" == (await viewer.display_until("ended"))[-1].how


async def test_to_unfollow_what_was_never_followed_harms_nobody(scene: Scene) -> None:
    up = await scene.full()
    async with (
        following_displays(scene.gateway.live_url, up.id) as one,
        following_displays(scene.gateway.live_url) as other,
    ):
        await other.send(Unwatch(displays=(up.id, "nobody", "*")))
        await other.watch(scene.banner)
        await scene.end(up.id, client=scene.bob)

        assert "cleared" == (await one.display()).how


async def test_displays_and_banners_may_be_watched_at_once(scene: Scene) -> None:
    up = await scene.full()
    async with connected(scene.gateway.live_url) as viewer:
        await viewer.frame()
        await viewer.send(Watch(banners=(scene.banner,), displays=(up.id,)))
        kinds = {type(await viewer.frame()).__name__, type(await viewer.frame()).__name__}

    assert {"Snapshot", "Displays"} == kinds


# --- on its own -----------------------------------------------------------------------------------

D = DisplayId("d1")
HERE = DisplayView(id=D, state="showing", text="Hello", by="ada", banner=BannerId("b1"), revision=1)
OVER = DisplayView(id=D, state="ended", text="Hello", by="ada", banner=BannerId("b1"), how="cleared")


class Somewhere:
    """Displays as a test says that they are."""

    def __init__(self) -> None:
        self.here: DisplayView | None = None
        self.found: list[DisplayView | Exception | None] = []
        self.newer = False

    def live(self, _display_id: str, _now: Instant) -> DisplayView | None:
        """What is known at once."""
        return self.here

    def pool_of(self, _display_id: str) -> None:
        """In no lobby."""

    def passed(self, view: DisplayView) -> bool:
        """Whether something newer is known."""
        return self.newer and view.state != "ended"

    async def find(self, _display_id: str, _now: Instant) -> DisplayView | None:
        """What is found, one after the other; the last again and again."""
        await anyio.lowlevel.checkpoint()
        found = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(found, Exception):
            raise found
        return found


class Alone:
    """Followed displays with nothing around them."""

    def __init__(self) -> None:
        self.somewhere = Somewhere()
        displays: Any = self.somewhere
        self.followed = Followed(displays)
        self.viewer = Viewer(Batches())

    async def told(self) -> str:
        """What the viewer is told next: the state of a display, or the code of a problem."""
        with anyio.fail_after(10):
            frame = json.loads(await self.viewer.next() or "")
        return str(frame["code"] if frame["op"] == "error" else frame["displays"][0]["state"])


@pytest.fixture
async def alone() -> AsyncGenerator[Alone]:
    """At work."""
    alone = Alone()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(alone.followed.run)
        yield alone
        tasks.cancel_scope.cancel()


async def test_nobody_is_told_twice_what_has_not_changed(alone: Alone) -> None:
    alone.somewhere.here = HERE
    alone.followed.watch(alone.viewer, [D])
    assert "showing" == await alone.told()

    alone.followed.on_change(["b1"])
    alone.followed.on_change(["b2"])

    assert NOTHING == await take(alone.viewer)


async def test_a_store_that_cannot_be_asked_is_asked_again(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.followed._LOOK_AGAIN_SECONDS", 0.01)
    alone.somewhere.found = [Unreachable("the store"), Unreachable("the store"), OVER]

    alone.followed.watch(alone.viewer, [D])

    assert "ended" == await alone.told()
    assert 0 == len(alone.followed)


async def test_one_who_left_while_a_display_was_looked_for_is_not_told(alone: Alone) -> None:
    alone.somewhere.found = [None]
    alone.followed.watch(alone.viewer, [D])
    alone.followed.unwatch(alone.viewer, None)

    assert 0 == len(alone.followed)
    assert NOTHING == await take(alone.viewer)


async def test_an_end_that_came_while_a_display_was_looked_for_is_told(alone: Alone) -> None:
    alone.somewhere.found = [HERE, OVER]
    alone.somewhere.newer = True

    alone.followed.watch(alone.viewer, [D])

    assert "showing" == await alone.told()
    assert "ended" == await alone.told()
