"""Following a message over HTTP: from waiting to its end, from its id alone, whoever made it and how."""

import functools
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NamedTuple

import anyio
import httpx
import msgspec
import pytest
from httpx import codes

from services.gateway.displays import Displays
from services.gateway.lobbies import LobbyView
from services.gateway.past import Archive
from services.gateway.view import View
from shared.contracts.banner import Banner, Display, Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId, CommandId, DisplayId, hint_at
from shared.contracts.instants import later
from shared.contracts.lobby import Assignment, Lobby, LobbyTicket, Place, Whereabouts, pool_of
from shared.contracts.views import DisplayView, How
from shared.entities.claims import Claims
from shared.entities.memory import MemoryStore
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import open_mesh
from shared.mesh.follow import Entry
from tests.support.banners import new_command_id
from tests.support.clock import NOON
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    followed_over,
    online_over,
    problem_in,
    registered_over,
    running_gateway,
    running_services,
    show,
    show_anywhere,
)
from tests.support.lobbies import beat
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.waiting import until

QUICK_MS = 400


class Scene(NamedTuple):
    """Two guests and an operator at one gateway, with a tag for banners of their own."""

    services: Services
    ada: httpx.AsyncClient
    bob: httpx.AsyncClient
    olga: httpx.AsyncClient
    tag: str

    async def free(self) -> BannerId:
        """A banner of its own pool, which the lobby knows to be free."""
        (banner,) = await online_over(self.ada, self.services, self.tag)
        return banner

    async def clear(self, banner: BannerId) -> None:
        """End what an author shows, whoever that is."""
        assert (await self.olga.delete(f"/v1/banners/{banner}/display")).is_success


@pytest.fixture
def scene(gateway: Gateway, services: Services, tag: str) -> Scene:
    """Everybody, where displays last long."""
    return Scene(services, gateway.guest("ada"), gateway.guest("bob"), gateway.operator(), tag)


Origin = Callable[[Scene, BannerId], Awaitable[str]]
"""How a display of ada's comes to show on a banner; its id."""


# --- where it comes from --------------------------------------------------------------------------


async def with_a_key(scene: Scene, banner: BannerId) -> str:
    return display_in(await show(scene.ada, banner, key="k")).id


async def without_a_key(scene: Scene, banner: BannerId) -> str:
    return display_in(await show(scene.ada, banner)).id


async def over_nats(scene: Scene, banner: BannerId) -> str:
    by = display_in(await show(scene.ada, banner)).by
    await scene.clear(banner)
    command = Show(id=new_command_id(), text="Hello", by=by)
    assert isinstance(await Banners(scene.services.mesh).command(banner, command), Accepted)
    return str(command.id)


async def from_the_queue(scene: Scene, banner: BannerId) -> str:
    await show(scene.bob, banner)
    queued = display_in(await show(scene.ada, banner, when="queue"))
    await scene.clear(banner)
    return queued.id


async def through_the_lobby(scene: Scene, _banner: BannerId, *, key: str | None = None) -> str:
    sent = display_in(await show_anywhere(scene.ada, tag=scene.tag, key=key))
    await until(lambda: is_in_state(scene.ada, sent.id, "showing"))  # at once, but for what ended just now
    return sent.id


async def through_the_lobby_with_a_key(scene: Scene, banner: BannerId) -> str:
    return await through_the_lobby(scene, banner, key=scene.tag)


async def after_a_wait_in_the_lobby(scene: Scene, banner: BannerId) -> str:
    await show_anywhere(scene.bob, tag=scene.tag)
    waiting = display_in(await show_anywhere(scene.ada, tag=scene.tag))
    await scene.clear(banner)
    await until(lambda: is_in_state(scene.ada, waiting.id, "showing"))
    return waiting.id


async def is_in_state(client: httpx.AsyncClient, display_id: str, state: str) -> bool:
    """Whether it has come to that by now."""
    return (await followed_over(client, display_id)).state == state


ORIGINS: list[Origin] = [
    with_a_key,
    without_a_key,
    over_nats,
    from_the_queue,
    through_the_lobby,
    through_the_lobby_with_a_key,
    after_a_wait_in_the_lobby,
]

ENDS: dict[How, tuple[str, str, str]] = {
    "cleared": ("ada", "DELETE", "/v1/displays/{id}"),
    "taken-down": ("olga", "DELETE", "/v1/displays/{id}"),
    "held": ("olga", "PUT", "/v1/banners/{banner}/hold"),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("origin", ORIGINS, ids=lambda origin: origin.__name__)
async def test_what_was_shown_is_told_to_its_end(scene: Scene, origin: Origin, how: How) -> None:
    banner = await scene.free()
    display_id = await origin(scene, banner)
    up = await followed_over(scene.ada, display_id)
    who, method, path = ENDS[how]
    client: httpx.AsyncClient = getattr(scene, who)
    body = {"reason": "wind"} if method == "PUT" else None

    before = clock.now()
    assert (await client.request(method, path.format(id=display_id, banner=banner), json=body)).is_success
    over = await followed_over(scene.ada, display_id)

    assert ("showing", banner, "Hello") == (up.state, up.banner, up.text)
    assert over.ended_at is not None
    assert before <= over.ended_at <= clock.now()
    expected = DisplayView(
        id=up.id,
        state="ended",
        text="Hello",
        by=up.by,
        banner=banner,
        shown_at=up.shown_at,
        until=up.until,
        ended_at=over.ended_at,
        how=how,
    )
    assert expected == over


@pytest.mark.parametrize(("who", "how"), [("ada", "left"), ("olga", "removed")])
@pytest.mark.parametrize("where", ["queue", "lobby", "lobby with a key"])
async def test_what_was_taken_out_of_the_line_was_never_shown(
    scene: Scene, where: str, who: str, how: How
) -> None:
    banner = await scene.free()
    await show(scene.bob, banner)
    if where == "queue":
        waits = display_in(await show(scene.ada, banner, when="queue"))
    else:
        await until(lambda: not scene.services.lobby.places.free(pool_of(scene.tag)))
        waits = display_in(
            await show_anywhere(scene.ada, tag=scene.tag, key=scene.tag if where.endswith("key") else None)
        )
    seen = await followed_over(scene.ada, waits.id)

    client: httpx.AsyncClient = getattr(scene, who)
    assert (await client.delete(f"/v1/displays/{waits.id}")).is_success
    over = await followed_over(scene.ada, waits.id)

    assert waits == seen
    assert over.ended_at is not None
    expected = DisplayView(
        id=waits.id,
        state="ended",
        text="Hello",
        by=waits.by,
        banner=waits.banner,
        ended_at=over.ended_at,
        how=how,
    )
    assert expected == over


async def test_a_gateway_that_never_saw_a_display_tells_its_end_all_the_same(
    nats_server: NatsServer, scene: Scene
) -> None:
    banner = await scene.free()
    ids = list[str]()
    for origin in ORIGINS:
        ids.append(await origin(scene, banner))
        await scene.clear(banner)
        await until(lambda: scene.services.lobby.places.free(pool_of(scene.tag)) == 1)
    await show(scene.bob, banner)
    queued = display_in(await show(scene.ada, banner, when="queue"))
    waiting = display_in(await show_anywhere(scene.ada, tag=scene.tag))
    for each in (queued, waiting):
        await scene.ada.delete(f"/v1/displays/{each.id}")
    ids += [queued.id, waiting.id]

    told = {each: await followed_over(scene.ada, each) for each in ids}
    async with running_gateway(nats_server.url, instance="fresh") as fresh:
        guest = fresh.guest()
        again = {each: await followed_over(guest, each) for each in ids}

    assert told == again
    assert {"ended"} == {view.state for view in told.values()}
    assert ["taken-down"] * len(ORIGINS) + ["left"] * 2 == [told[each].how for each in ids]


async def test_a_gateway_that_never_saw_a_display_knows_where_it_shows_or_waits(
    nats_server: NatsServer, scene: Scene
) -> None:
    banner = await scene.free()
    shown = display_in(await show(scene.ada, banner))
    queued = display_in(await show(scene.bob, banner, when="queue"))
    await until(lambda: not scene.services.lobby.places.free(pool_of(scene.tag)))
    waiting = display_in(await show_anywhere(scene.ada, tag=scene.tag))

    async with running_gateway(nats_server.url, instance="fresh") as fresh:
        told = [await followed_over(fresh.guest(), each.id) for each in (shown, queued, waiting)]

    assert [shown.state, queued, waiting] == [told[0].state, *told[1:]]
    assert banner == told[0].banner


async def test_an_end_is_told_long_after_others_have_come_and_gone(scene: Scene) -> None:
    banner = await scene.free()
    first = await without_a_key(scene, banner)
    await scene.clear(banner)
    for number in range(20):
        await show(scene.bob, banner, f"Text {number}")
        await scene.clear(banner)

    assert "taken-down" == (await followed_over(scene.ada, first)).how


# --- between lobby and banner ---------------------------------------------------------------------


class Between:
    """A display on its way from a lobby to a banner, as far as it has come."""

    def __init__(self, *, assigned: bool = True) -> None:
        self.view = View(lambda _banner: None)
        self.lobbies = LobbyView(lambda _pool: None)
        self.banners, self.tickets = MemoryStore(), MemoryStore()
        claims = Claims("banner", MemoryStore())
        self.displays = Displays(
            self.view,
            self.lobbies,
            Archive(self.banners),
            claims,
            self.tickets,
            catch_up=anyio.lowlevel.checkpoint,
        )
        ticket = LobbyTicket(id=DisplayId("d1"), number=1, text="Hello", by="ada", at=NOON)
        place = Place(banner=BannerId("b1"), revision=1)
        going = Lobby(assigned=(Assignment(ticket=ticket, place=place),))
        lobby = going if assigned else Lobby(waiting=(ticket,))
        data = msgspec.json.encode({"state": lobby})
        self.lobbies.take_records([Entry("$KV.lobbies.all", 1, data, None)])
        self.view.learn(Banner(id=BannerId("b1"), name="b1"), 1)


async def test_on_its_way_it_waits() -> None:
    between = Between()

    view = await between.displays.find("d1", NOON)

    assert view is not None
    assert view == between.displays.live("d1", NOON)
    assert ("waiting", 1) == (view.state, view.position)


async def test_it_never_waits_again_after_it_was_shown_though_the_lobby_has_not_taken_note() -> None:
    between = Between()
    ended = DisplayView(id=DisplayId("d1"), state="ended", text="Hello", by="ada", how="cleared")
    whereabouts = Whereabouts(pool=pool_of(None), digest="", ended=ended)
    await between.tickets.commit("d1", msgspec.json.encode(whereabouts), 0)
    between.view.learn(Banner(id=BannerId("b1"), name="b1"), 3)  # shown at 2, ended at 3

    assert between.displays.live("d1", NOON) is None
    assert ended == await between.displays.find("d1", NOON)


async def test_it_never_waits_again_after_it_was_shown_though_the_lobbys_log_is_behind() -> None:
    between = Between(assigned=False)
    up = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=NOON, until=later(NOON, 1_000))
    between.view.learn(Banner(id=BannerId("b1"), name="b1", display=up), 2)
    shows = await between.displays.find("d1", NOON)
    between.view.learn(Banner(id=BannerId("b1"), name="b1"), 3)

    assert shows is not None
    assert "showing" == shows.state
    assert between.displays.live("d1", NOON) is None


async def test_it_waits_again_where_something_else_was_shown() -> None:
    between = Between()
    between.view.learn(Banner(id=BannerId("b1"), name="b1"), 2)

    view = await between.displays.find("d1", NOON)

    assert view is not None
    assert "waiting" == view.state


# --- its time is up -------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["said by the expiry service", "said by nobody"])
async def quick(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[tuple[NatsServer, Services, Gateway]]:
    """Where displays do not last long."""
    async with (
        running_nats_server(tmp_path_factory.mktemp("quick")) as nats,
        running_services(
            nats.url, ttl_ms=QUICK_MS, expiry=request.param == "said by the expiry service"
        ) as services,
        running_gateway(nats.url) as gateway,
    ):
        yield nats, services, gateway


async def test_at_its_deadline_it_has_expired_whoever_says_so(
    quick: tuple[NatsServer, Services, Gateway],
) -> None:
    nats, services, gateway = quick
    ada = gateway.guest("ada")
    async with open_mesh(nats.url, name="test") as mesh:
        banners = [await registered_over(ada, tags=["quick"]) for _ in range(2)]
        await beat(mesh, banners[0])
        await until(lambda: services.lobby.places.free(pool_of("quick")) == 1)
        lobby = display_in(await show_anywhere(ada, tag="quick"))
    direct = display_in(await show(ada, banners[1]))

    for up in (lobby, direct):
        await until(functools.partial(is_over, up))
        over = await followed_over(ada, up.id)

        expected = DisplayView(
            id=up.id,
            state="ended",
            text="Hello",
            by=up.by,
            banner=up.banner,
            shown_at=up.shown_at,
            until=up.until,
            ended_at=up.until,
            how="expired",
        )
        assert expected == over
    async with running_gateway(nats.url, instance="fresh") as fresh:
        assert "expired" == (await followed_over(fresh.guest(), direct.id)).how
        assert "expired" == (await followed_over(fresh.guest(), lobby.id)).how


def is_over(view: DisplayView) -> bool:
    """Whether its deadline has passed."""
    return view.until is not None and clock.now() >= view.until


async def test_who_waited_is_shown_in_turn_and_expires_too(
    quick: tuple[NatsServer, Services, Gateway],
) -> None:
    _, _, gateway = quick
    ada, bob = gateway.guest("ada"), gateway.guest("bob")
    banner = await registered_over(ada)
    await show(ada, banner)
    queued = display_in(await show(ada, banner, "Next", when="queue"))
    starts_at = queued.starts_at
    assert starts_at is not None

    async def moves_on() -> bool:
        # Where nobody says that a display is over, the next who shows something does.
        view = await followed_over(ada, queued.id)
        if view.state == "queued" and clock.now() >= starts_at:
            await show(bob, banner, "After that", when="queue")
        return view.state == "showing"

    await until(moves_on)
    await until(lambda: is_in_state(ada, queued.id, "ended"))

    over = await followed_over(ada, queued.id)
    assert ("Next", "expired", over.until) == (over.text, over.how, over.ended_at)
    assert over.shown_at is not None
    assert starts_at <= over.shown_at


# --- nothing is known of it -----------------------------------------------------------------------


NO_DISPLAYS = [
    pytest.param("nobody", id="that nobody made"),
    pytest.param("x" * 63, id="as long as may be"),
]
NO_IDS = [
    pytest.param("a.b", id="with a dot"),
    pytest.param("*", id="that is a star"),
    pytest.param("%3E", id="that is a greater-than sign"),
    pytest.param("x" * 64, id="too long"),
    pytest.param("%F0%9F%8E%88", id="that is an emoji"),
    pytest.param("a%20b", id="with a space"),
    pytest.param("a%0A", id="that ends with a line break"),
    pytest.param("%FF", id="that is no text"),
    pytest.param("UP", id="in upper case"),
]


@pytest.mark.parametrize("display_id", [*NO_DISPLAYS, *NO_IDS])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_nothing_is_known_of_an_id(ada: httpx.AsyncClient, display_id: str, method: str) -> None:
    response = await ada.request(method, f"/v1/displays/{display_id}")

    problem = problem_in(response)
    assert codes.NOT_FOUND == response.status_code
    assert "/problems/unknown-display" == problem["type"]
    assert str(httpx.URL(f"http://a/{display_id}").path[1:]) == problem["display_id"]


async def test_what_is_no_id_gets_into_no_subject(services: Services, ada: httpx.AsyncClient) -> None:
    asked: list[bytes] = []

    async def listen(message: Any) -> None:
        asked.append(message.data)

    listener = await services.mesh.subscribe("$JS.API.STREAM.MSG.GET.KV_tickets", listen)
    await services.mesh.client.flush()
    for each in NO_IDS:
        await ada.get(f"/v1/displays/{each.values[0]}")
    await ada.get("/v1/displays/nobody")
    await services.mesh.client.flush()
    await until(lambda: bool(asked))
    await listener.unsubscribe()

    assert all(b"nobody" in each for each in asked), asked


async def test_an_id_that_only_hints_at_a_banner_is_unknown(scene: Scene) -> None:
    banner = await scene.free()
    await show(scene.ada, banner)
    await scene.clear(banner)
    pretender = CommandId("0" * 24 + hint_at(banner))

    response = await scene.ada.get(f"/v1/displays/{pretender}")

    assert "/problems/unknown-display" == problem_in(response)["type"]
