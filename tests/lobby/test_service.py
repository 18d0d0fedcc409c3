"""The lobby service over real NATS: people come in, banners fall free, and they find each other."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest
from structlog.testing import capture_logs

from services.expiry.service import expiry_service
from services.lobby.entity import LOBBY, Advance, Newcomer
from services.lobby.service import NAME, LobbyService, lobby_service
from shared.contracts import subjects
from shared.contracts.banner import (
    Banner,
    Clear,
    Release,
)
from shared.contracts.blocklist import Block
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import later
from shared.contracts.lobby import (
    ALL_BANNERS,
    Admitted,
    Enter,
    Gone,
    Leave,
    Lobby,
    LobbyEvent,
    LobbyRefusal,
    Place,
    PoolId,
    Whereabouts,
    in_line,
    pool_of,
)
from shared.contracts.refusals import (
    BadText,
    BlockedText,
    KeyReused,
    LobbyFull,
    MeshUnavailable,
    NoSuchPool,
    NotYours,
    RecordUnreadable,
    Refusal,
    TooLate,
    UnknownDisplay,
)
from shared.contracts.views import DisplayView
from shared.entities.entity import Order
from shared.entities.repository import Repository
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.blocklist import Blocklists
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.follow import Feed
from shared.mesh.kv import KvStore
from shared.mesh.lobbies import Lobbies
from shared.mesh.services import CODE_HEADER, TEXT_HEADER
from shared.mesh.streams import BANNERS, LOBBIES, TICKETS
from tests.support.banners import (
    MINUTE,
    held,
    new_banner_id,
    queued,
    registered,
    running_banner_service,
    shown,
)
from tests.support.lobbies import (
    beat,
    fall_silent,
    member_of,
    new_key,
    new_tag,
    pool_with,
    running_lobby_service,
    say_goodbye,
)
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.waiting import until

SHORT = 300
"""How long a display lasts where a test waits for its end, in milliseconds."""

_lobby = msgspec.json.Decoder(Accepted[Lobby])


@pytest.fixture
async def lobby(mesh: Mesh, banners: Banners) -> AsyncGenerator[LobbyService]:
    """A lobby service in this process, with banners to place people on."""
    del banners  # there to be asked
    async with running_lobby_service(mesh) as lobby:
        yield lobby


@pytest.fixture
def lobbies(mesh: Mesh, lobby: LobbyService) -> Lobbies:
    """Asks it."""
    del lobby
    return Lobbies(mesh)


async def enter(
    lobbies: Lobbies, pool: PoolId, text: str = "Hello", *, by: str = "ada", key: CommandId | None = None
) -> Admitted:
    """Somebody who comes in, and is not refused."""
    reply = await lobbies.enter(pool, Enter(id=key, text=text, by=by))
    assert isinstance(reply, Admitted), reply
    return reply


async def refused(
    lobbies: Lobbies, pool: PoolId, text: str = "Hello", *, key: CommandId | None = None
) -> LobbyRefusal:
    """Somebody who is."""
    reply = await lobbies.enter(pool, Enter(id=key, text=text, by="ada"))
    assert isinstance(reply, Refusal), reply
    return reply


async def state_of(mesh: Mesh, pool: PoolId) -> Lobby:
    """A lobby as the service tells it."""
    answer = await mesh.requests.ask(subjects.entity(LOBBIES.name, pool, "get"), b"", timeout=5)
    return _lobby.decode(answer.data).state


async def banner_of(banners: Banners, banner: BannerId) -> Banner:
    """A banner as it is."""
    reply = await banners.get(banner)
    assert isinstance(reply, Accepted)
    return reply.state


def shows(banners: Banners, banner: BannerId, text: str) -> Callable[[], Awaitable[bool]]:
    """Whether a banner shows this by now."""

    async def does() -> bool:
        display = (await banner_of(banners, banner)).display
        return display is not None and display.text == text

    return does


def is_empty(mesh: Mesh, pool: PoolId) -> Callable[[], Awaitable[bool]]:
    """Whether a lobby has nobody in it any more."""

    async def has() -> bool:
        state = await state_of(mesh, pool)
        return not state.waiting and not state.assigned

    return has


async def full_pool(mesh: Mesh, banners: Banners, count: int = 1) -> tuple[PoolId, list[BannerId]]:
    """A pool all of whose banners show something."""
    pool, members = await pool_with(mesh, banners, count)
    for banner in members:
        await shown(banners, banner, "Before", by="bob")
    return pool, members


# --- what those who come in are told --------------------------------------------------------------


async def test_where_a_banner_is_free_the_text_shows(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, (banner,) = await pool_with(mesh, banners, 1, known_to=lobby)

    reply = await enter(lobbies, pool, "  Happy birthday ", by="ada")

    state = await banners.get(banner)
    assert isinstance(state, Accepted)
    display = state.state.display
    assert display is not None
    assert ("Happy birthday", "ada") == (display.text, display.by)
    assert (
        DisplayView(
            id=display.id,
            state="showing",
            text="Happy birthday",
            by="ada",
            banner=banner,
            shown_at=display.shown_at,
            until=display.until,
            revision=state.revision,
        )
        == reply.view
    )
    assert reply.banner is not None
    assert (state.revision, state.state) == (reply.banner.revision, reply.banner.state)
    assert later(display.shown_at, MINUTE) == display.until


async def test_where_none_is_free_one_waits_and_is_told_at_which_place(
    mesh: Mesh, banners: Banners, lobbies: Lobbies
) -> None:
    pool, _ = await full_pool(mesh, banners)

    replies = [await enter(lobbies, pool, f"number {number}") for number in (1, 2)]

    assert [("waiting", 1), ("waiting", 2)] == [(each.view.state, each.view.position) for each in replies]
    assert [None, None] == [each.banner for each in replies]
    assert ["number 1", "number 2"] == [each.text for each in (await state_of(mesh, pool)).waiting]


async def test_only_banners_of_the_pool_are_taken(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    red, (red_banner,) = await pool_with(mesh, banners, 1, known_to=lobby)
    blue, (blue_banner,) = await pool_with(mesh, banners, 1, known_to=lobby)

    replies = [await enter(lobbies, pool) for pool in (blue, red, blue)]

    assert [blue_banner, red_banner, None] == [each.view.banner for each in replies]


async def test_without_a_tag_any_banner_will_do(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    del own_nats_server
    async with running_banner_service(own_mesh) as banners, running_lobby_service(own_mesh) as lobby:
        _, (tagged,) = await pool_with(own_mesh, banners, 1, known_to=lobby)
        plain = await registered(banners)
        await beat(own_mesh, plain)
        await until(lambda: lobby.places.free(ALL_BANNERS) == 2)

        replies = [await enter(Lobbies(own_mesh), ALL_BANNERS) for _ in range(3)]

        assert {tagged, plain} == {each.view.banner for each in replies[:2]}
        assert "waiting" == replies[2].view.state


@pytest.mark.parametrize("how", ["never heard of", "silent", "held", "showing", "queued for"])
async def test_a_banner_is_never_chosen_that_is(
    how: str, mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    tag = new_tag()
    pool, other = pool_of(tag), await member_of(banners, tag)
    if how != "never heard of":
        await beat(mesh, other)
        await until(lambda: lobby.places.free(pool) == 1)
    match how:
        case "silent":
            await fall_silent(mesh, other)
        case "held":
            await held(banners, other)
        case "showing":
            await shown(banners, other)
        case "queued for":
            await shown(banners, other)
            await queued(banners, other)
        case _:
            pass
    await until(lambda: lobby.places.free(pool) == 0)

    reply = await enter(lobbies, pool)

    assert "waiting" == reply.view.state


async def test_whose_hardware_says_goodbye_is_not_chosen_from_then_on(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, (leaving, _) = await pool_with(mesh, banners, 2, known_to=lobby)
    await say_goodbye(mesh, leaving)
    await pool_with(mesh, banners, 1, known_to=lobby)  # what is known of these was said after it

    replies = [await enter(lobbies, pool) for _ in range(2)]

    assert leaving not in {each.view.banner for each in replies}
    assert ["showing", "waiting"] == [each.view.state for each in replies]


async def test_over_time_every_free_banner_is_chosen(mesh: Mesh, banners: Banners) -> None:
    async with lobby_service(mesh, instance="random") as lobby:
        pool, members = await pool_with(mesh, banners, 5, known_to=lobby)
        lobbies = Lobbies(mesh)
        chosen: set[BannerId | None] = set()
        for _ in range(300):
            reply = await enter(lobbies, pool)
            banner = reply.view.banner
            chosen.add(banner)
            if chosen == set(members):
                break
            if banner is not None:
                await banners.command(banner, Clear(by="ada"))

    assert set(members) == chosen - {None}


async def test_all_who_come_at_once_show_on_banners_of_their_own_and_the_rest_wait_in_order(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, members = await pool_with(mesh, banners, 10, known_to=lobby)
    replies: list[Admitted] = []

    async def come(number: int) -> None:
        replies.append(await enter(lobbies, pool, f"number {number}"))

    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(come, number)

    showing = [each.view.banner for each in replies if each.view.state == "showing"]
    assert sorted(members) == sorted(filter(None, showing))
    await until(lambda: _nobody_on_the_way(mesh, pool))
    positions = [each.view.position for each in replies if each.view.state == "waiting"]
    assert 40 == len(positions) == len((await state_of(mesh, pool)).waiting)


async def _nobody_on_the_way(mesh: Mesh, pool: PoolId) -> bool:
    return not (await state_of(mesh, pool)).assigned


async def test_a_thousand_of_the_longest_texts_at_once_fit_into_one_lobby(
    mesh: Mesh, banners: Banners, lobbies: Lobbies
) -> None:
    pool, _ = await full_pool(mesh, banners)
    replies: list[Admitted] = []

    async def come() -> None:
        replies.append(await enter(lobbies, pool, "🎈" * 120, by="guest-0123456789ab"))

    async with anyio.create_task_group() as tasks:
        for _ in range(1_000):
            tasks.start_soon(come)

    assert set(range(1, 1_001)) == {each.view.position for each in replies}


# --- placed as soon as a banner falls free --------------------------------------------------------


async def showing(mesh: Mesh, banners: Banners, tag: str) -> BannerId:
    banner = await member_of(banners, tag)
    await beat(mesh, banner)
    await shown(banners, banner, by="bob")
    return banner


async def clear(_mesh: Mesh, banners: Banners, banner: BannerId) -> None:
    await banners.command(banner, Clear(by="bob"))


async def on_hold(mesh: Mesh, banners: Banners, tag: str) -> BannerId:
    banner = await member_of(banners, tag)
    await beat(mesh, banner)
    await held(banners, banner)
    return banner


async def release(_mesh: Mesh, banners: Banners, banner: BannerId) -> None:
    await banners.command(banner, Release(by="olga", role="operator"))


async def offline(_mesh: Mesh, banners: Banners, tag: str) -> BannerId:
    return await member_of(banners, tag)


async def come_online(mesh: Mesh, _banners: Banners, banner: BannerId) -> None:
    await beat(mesh, banner)


Before = Callable[[Mesh, Banners, str], Awaitable[BannerId]]
Then = Callable[[Mesh, Banners, BannerId], Awaitable[None]]


@pytest.mark.parametrize(
    ("before", "then"),
    [
        pytest.param(showing, clear, id="its display is ended"),
        pytest.param(on_hold, release, id="it is released"),
        pytest.param(offline, come_online, id="its hardware comes up"),
    ],
)
async def test_who_waits_is_placed_when(
    before: Before, then: Then, mesh: Mesh, banners: Banners, lobbies: Lobbies
) -> None:
    tag = new_tag()
    banner = await before(mesh, banners, tag)
    assert "waiting" == (await enter(lobbies, pool_of(tag), "Me")).view.state

    await then(mesh, banners, banner)

    await until(shows(banners, banner, "Me"))
    await until(is_empty(mesh, pool_of(tag)))


async def test_who_waits_is_placed_when_another_banner_comes_to_the_pool(
    mesh: Mesh, banners: Banners, lobbies: Lobbies
) -> None:
    tag = new_tag()
    await member_of(banners, tag)  # its hardware never comes up
    assert "waiting" == (await enter(lobbies, pool_of(tag), "Me")).view.state

    banner = await member_of(banners, tag)
    await beat(mesh, banner)

    await until(shows(banners, banner, "Me"))


@pytest.mark.parametrize("expiry", [True, False], ids=["said by the expiry service", "said by nobody"])
async def test_who_waits_is_placed_when_a_display_reaches_its_deadline(
    nats_server: NatsServer, mesh: Mesh, *, expiry: bool
) -> None:
    async with AsyncExitStack() as stack:
        banners = await stack.enter_async_context(running_banner_service(mesh, ttl_ms=SHORT))
        await stack.enter_async_context(running_lobby_service(mesh))
        if expiry:
            elsewhere = await stack.enter_async_context(open_mesh(nats_server.url, name="expiry"))
            await stack.enter_async_context(expiry_service(elsewhere, instance="test"))
        pool, (banner,) = await full_pool(mesh, banners)
        for number in (1, 2):
            await enter(Lobbies(mesh), pool, f"number {number}")

        await until(shows(banners, banner, "number 1"))
        await until(shows(banners, banner, "number 2"))


# --- pools that are not there ---------------------------------------------------------------------


async def test_where_there_is_no_banner_with_a_tag_nobody_waits(lobbies: Lobbies) -> None:
    assert NoSuchPool(pool="tag-nowhere") == await refused(lobbies, pool_of("nowhere"))


async def test_a_tag_that_has_just_come_is_known_at_once(banners: Banners, lobbies: Lobbies) -> None:
    for _ in range(30):
        tag = new_tag()
        await member_of(banners, tag)

        assert "waiting" == (await enter(lobbies, pool_of(tag))).view.state


async def asleep(_lobby: LobbyService, feed: Feed) -> None:
    """Nothing is learnt of any banner."""
    feed.caught_up.set()


async def test_who_does_not_know_all_banners_does_not_say_that_there_is_none(
    mesh: Mesh, banners: Banners, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registered(banners)
    monkeypatch.setattr("services.lobby.service._CATCH_UP_SECONDS", 0.05)
    monkeypatch.setattr(LobbyService, "follow_banners", asleep)
    async with running_lobby_service(mesh):
        assert MeshUnavailable() == await refused(Lobbies(mesh), pool_of("nowhere"))


# --- the same one again ---------------------------------------------------------------------------


async def test_the_same_key_has_the_same_answer_and_one_effect(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, _ = await pool_with(mesh, banners, 2, known_to=lobby)
    key = new_key()

    first, again = [await enter(lobbies, pool, key=key) for _ in range(2)]

    assert first.view == again.view
    assert first.banner is not None
    assert again.banner is not None
    assert (first.banner.revision, first.banner.state) == (again.banner.revision, again.banner.state)
    assert (False, True) == (first.banner.repeated, again.banner.repeated)


async def test_the_same_key_at_the_same_instant_has_one_effect(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, members = await pool_with(mesh, banners, 8, known_to=lobby)
    key = new_key()
    replies: list[Admitted] = []

    async def come() -> None:
        replies.append(await enter(lobbies, pool, key=key))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(come)

    assert 1 == len({each.view.banner for each in replies})
    assert 1 == sum([(await banner_of(banners, each)).display is not None for each in members])


async def test_a_key_is_recognised_while_its_text_waits_after_it_left_and_by_another_instance(
    mesh: Mesh, banners: Banners
) -> None:
    pool, _ = await full_pool(mesh, banners)
    key, other = new_key(), new_key()
    lobbies = Lobbies(mesh)
    async with running_lobby_service(mesh, instance="one"):
        waits = await enter(lobbies, pool, key=key)
        await enter(lobbies, pool, "Me too", key=other)
        await lobbies.leave(pool, Leave(display_id=DisplayId(other), by="ada"))
    async with running_lobby_service(mesh, instance="two"):
        assert waits.view == (await enter(lobbies, pool, key=key)).view
        gone = await enter(lobbies, pool, "Me too", key=other)

    assert ("ended", "left", None) == (gone.view.state, gone.view.how, gone.banner)


async def test_without_a_key_the_same_text_twice_is_two(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, members = await pool_with(mesh, banners, 2, known_to=lobby)

    replies = [await enter(lobbies, pool) for _ in range(2)]

    assert set(members) == {each.view.banner for each in replies}
    assert 2 == len({each.view.id for each in replies})


# --- leaving --------------------------------------------------------------------------------------


async def test_who_waits_may_leave(mesh: Mesh, banners: Banners, lobbies: Lobbies) -> None:
    pool, _ = await full_pool(mesh, banners)
    one, two = [(await enter(lobbies, pool, by="ada")).view.id for _ in range(2)]

    assert Gone(one) == await lobbies.leave(pool, Leave(display_id=one, by="ada"))

    assert [two] == [ticket.id for ticket in (await state_of(mesh, pool)).waiting]
    assert UnknownDisplay(display_id=one) == await lobbies.leave(pool, Leave(display_id=one, by="ada"))


async def test_what_shows_by_now_is_ended(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, (banner,) = await pool_with(mesh, banners, 1, known_to=lobby)
    display = (await enter(lobbies, pool, by="ada")).view.id

    assert Gone(display) == await lobbies.leave(pool, Leave(display_id=display, by="ada"))

    assert None is (await banner_of(banners, banner)).display


@pytest.mark.parametrize("shows", [False, True], ids=["while it waits", "while it shows"])
async def test_somebody_else_may_not_have_it_leave(
    mesh: Mesh, banners: Banners, lobbies: Lobbies, *, shows: bool
) -> None:
    pool, _ = await (pool_with if shows else full_pool)(mesh, banners, 1)
    display = (await enter(lobbies, pool, by="ada")).view.id
    if shows:
        await until(is_empty(mesh, pool))

    assert NotYours() == await lobbies.leave(pool, Leave(display_id=display, by="eve"))
    assert Gone(display) == await lobbies.leave(pool, Leave(display_id=display, by="olga", role="operator"))


async def test_nobody_leaves_who_never_came_or_whose_display_is_over(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, (banner,) = await pool_with(mesh, banners, 1, known_to=lobby)
    over = (await enter(lobbies, pool, by="ada")).view.id
    await banners.command(banner, Clear(by="ada"))

    for display in (over, DisplayId("nobody")):
        assert UnknownDisplay(display_id=display) == await lobbies.leave(
            pool, Leave(display_id=display, by="ada")
        )


# --- instances ------------------------------------------------------------------------------------


async def test_two_instances_share_the_work(nats_server: NatsServer, mesh: Mesh, banners: Banners) -> None:
    async with (
        open_mesh(nats_server.url, name="one") as one,
        open_mesh(nats_server.url, name="two") as two,
        running_lobby_service(one, instance="one"),
        running_lobby_service(two, instance="two"),
    ):
        pool, members = await pool_with(mesh, banners, 10)
        lobbies = Lobbies(mesh)
        replies: list[Admitted] = []

        async def come(number: int) -> None:
            replies.append(await enter(lobbies, pool, f"number {number}"))

        async with anyio.create_task_group() as tasks:
            for number in range(40):
                tasks.start_soon(come, number)
        await until(lambda: _nobody_on_the_way(mesh, pool))

        texts = [display.text for each in members if (display := (await banner_of(banners, each)).display)]
        waiting = [ticket.text for ticket in (await state_of(mesh, pool)).waiting]
        assert (10, 30) == (len(texts), len(waiting))
        assert {f"number {number}" for number in range(40)} == {*texts, *waiting}
        for banner in members:
            await banners.command(banner, Clear(by="ada"))
        await until(lambda: _so_many_wait(mesh, pool, 20))


async def _so_many_wait(mesh: Mesh, pool: PoolId, count: int) -> bool:
    return len((await state_of(mesh, pool)).waiting) == count and await _nobody_on_the_way(mesh, pool)


async def test_when_one_is_killed_the_other_goes_on_with_what_it_had(
    nats_server: NatsServer, mesh: Mesh, banners: Banners, tmp_path: Path
) -> None:
    pool, (banner,) = await full_pool(mesh, banners)
    with running_module("services.lobby", "--nats-url", nats_server.url, log=tmp_path / "one.log") as one:
        await one.printed("ready")
        await enter(Lobbies(mesh), pool, "Me")
    async with running_lobby_service(mesh):
        await banners.command(banner, Clear(by="bob"))

        await until(shows(banners, banner, "Me"))


async def test_what_a_dead_instance_has_assigned_is_carried_out(mesh: Mesh, banners: Banners) -> None:
    pool, (banner,) = await pool_with(mesh, banners, 1)
    free_at = await banners.get(banner)
    assert isinstance(free_at, Accepted)
    dead: Repository[Lobby, Advance, LobbyEvent] = Repository(LOBBY, KvStore(mesh, LOBBIES), clock.now)
    command = Advance(
        newcomers=(Newcomer(id=DisplayId(new_key()), text="Me", by="ada"),),
        places=(Place(banner=banner, revision=free_at.revision),),
    )
    await dead.execute(pool, Order(verb="advance", command=command, by="lobby-dead"))

    async with running_lobby_service(mesh):
        await until(shows(banners, banner, "Me"))
        await until(is_empty(mesh, pool))


async def test_after_a_restart_of_the_server_those_who_wait_are_placed(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with running_banner_service(own_mesh) as banners, running_lobby_service(own_mesh):
        pool, (banner,) = await full_pool(own_mesh, banners)
        assert "waiting" == (await enter(Lobbies(own_mesh), pool, "Me")).view.state
        await own_nats_server.kill()
        await own_nats_server.start()

        await until(lambda: _cleared(banners, banner))

        await until(shows(banners, banner, "Me"))


async def _cleared(banners: Banners, banner: BannerId) -> bool:
    try:
        await banners.command(banner, Clear(by="bob"))
    except Exception:  # noqa: BLE001 (the server is on its way)
        return False
    return True


# --- refusals, as they stand on the wire ----------------------------------------------------------


@pytest.fixture
async def closed(mesh: Mesh, banners: Banners, lobby: LobbyService) -> tuple[Mesh, PoolId]:
    """A pool that is served, with no free banner."""
    del lobby
    pool, _ = await full_pool(mesh, banners)
    return mesh, pool


async def ask(mesh: Mesh, pool: str, verb: str, body: object) -> tuple[str, str, dict[str, Any]]:
    """Ask by hand: code and text of the headers, and the body."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    answer = await mesh.requests.ask(subjects.entity(LOBBIES.name, pool, verb), data, timeout=10)
    headers = answer.headers or {}
    return headers[CODE_HEADER], headers[TEXT_HEADER], msgspec.json.decode(answer.data)


PAST = "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("verb", "body", "code", "expected"),
    [
        pytest.param("enter", {"text": ""}, "422", {"reason": "bad-text"}, id="bad text"),
        pytest.param("enter", {"text": "a\nb"}, "422", {"reason": "bad-text"}, id="a line break"),
        pytest.param(
            "enter",
            {"text": "x", "not_after": PAST},
            "408",
            {"reason": "too-late", "not_after": PAST},
            id="too late",
        ),
        pytest.param(
            "leave",
            {"display_id": "x", "not_after": PAST},
            "408",
            {"reason": "too-late", "not_after": PAST},
            id="too late to leave",
        ),
        pytest.param("enter", b"{", "400", {"reason": "malformed"}, id="no JSON"),
        pytest.param("enter", b'{"text": "\xff"}', "400", {"reason": "malformed"}, id="no text"),
        pytest.param("enter", {}, "400", {"reason": "malformed"}, id="nothing to show"),
        pytest.param("enter", {"text": "x", "colour": 1}, "400", {"reason": "malformed"}, id="too much"),
        pytest.param("enter", {"text": "x", "id": "A B"}, "400", {"reason": "malformed"}, id="no id"),
        pytest.param("enter", {"text": "x", "by": ""}, "400", {"reason": "malformed"}, id="nobody"),
        pytest.param("leave", {}, "400", {"reason": "malformed"}, id="nobody to leave"),
        pytest.param(
            "leave",
            {"display_id": "x"},
            "404",
            {"reason": "unknown-display", "display_id": "x"},
            id="unknown display",
        ),
    ],
)
async def test_over_nats_this_is_refused(
    verb: str, body: object, code: str, expected: dict[str, Any], closed: tuple[Mesh, PoolId]
) -> None:
    mesh, pool = closed

    found_code, text, found = await ask(mesh, pool, verb, body)

    assert (code, text) == (found_code, found["detail"])
    assert expected == {name: found[name] for name in expected}
    assert Lobby() == await state_of(mesh, pool)


@pytest.mark.parametrize("pool", ["tag-nowhere", "anything"])
async def test_over_nats_a_pool_that_is_not_there_is_refused(
    pool: str, mesh: Mesh, lobby: LobbyService
) -> None:
    del lobby
    code, text, body = await ask(mesh, pool, "enter", {"text": "x"})

    assert ("404", "no-such-pool", pool) == (code, body["reason"], body["pool"])
    assert text == body["detail"]


async def test_over_nats_what_is_no_pool_is_refused(mesh: Mesh, lobby: LobbyService) -> None:
    del lobby
    code, _, body = await ask(mesh, "Not_One", "enter", {"text": "x"})

    assert ("400", "malformed") == (code, body["reason"])


async def test_over_nats_a_key_that_is_used_for_something_else_is_refused(
    mesh: Mesh, banners: Banners, lobbies: Lobbies
) -> None:
    pool, _ = await full_pool(mesh, banners)
    other, _ = await full_pool(mesh, banners)
    key = new_key()
    await enter(lobbies, pool, key=key)

    for place, text, by in ((pool, "Something else", "ada"), (pool, "Hello", "eve"), (other, "Hello", "ada")):
        code, _, body = await ask(mesh, place, "enter", {"id": key, "text": text, "by": by})
        assert ("422", "key-reused") == (code, body["reason"])
    assert KeyReused() == await refused(lobbies, other, key=key)


async def test_over_nats_a_full_lobby_takes_nobody_in(
    mesh: Mesh, banners: Banners, lobbies: Lobbies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.lobby.entity.LOBBY_AT_MOST", 2)
    monkeypatch.setattr("services.lobby.desk.LOBBY_AT_MOST", 2)
    pool, _ = await full_pool(mesh, banners)
    for _ in range(2):
        await enter(lobbies, pool)

    code, _, body = await ask(mesh, pool, "enter", {"text": "x"})

    assert ("429", "lobby-full", 2) == (code, body["reason"], body["at_most"])
    assert LobbyFull(at_most=2) == await refused(lobbies, pool)


async def test_over_nats_somebody_elses_is_not_let_go(mesh: Mesh, banners: Banners, lobbies: Lobbies) -> None:
    pool, _ = await full_pool(mesh, banners)
    display = (await enter(lobbies, pool, by="ada")).view.id

    code, _, body = await ask(mesh, pool, "leave", {"display_id": display, "by": "eve"})

    assert ("403", "not-yours") == (code, body["reason"])


async def test_refusals_are_read_as_what_they_are(mesh: Mesh, banners: Banners, lobbies: Lobbies) -> None:
    pool, _ = await full_pool(mesh, banners)

    assert isinstance(await refused(lobbies, pool, ""), BadText)


async def test_who_asks_too_late_is_told_until_when_it_was_worth_it(
    mesh: Mesh, banners: Banners, lobby: LobbyService
) -> None:
    del lobby
    pool, _ = await full_pool(mesh, banners)
    before = clock.now()

    reply = await Lobbies(mesh, answer_seconds=-60).enter(pool, Enter(text="x"))

    assert isinstance(reply, TooLate)
    assert reply.not_after < before
    assert Lobby() == await state_of(mesh, pool)


# --- what it says of itself, and what it cannot read ----------------------------------------------


async def test_an_empty_lobby_is_told_as_one(mesh: Mesh, lobby: LobbyService) -> None:
    del lobby
    answer = await mesh.requests.ask(subjects.entity(LOBBIES.name, "tag-nowhere", "get"), b"", timeout=5)

    told = _lobby.decode(answer.data)
    assert (0, Lobby()) == (told.revision, told.state)


async def test_it_says_how_many_wait_and_how_many_banners_are_free(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    del own_nats_server
    async with running_banner_service(own_mesh) as banners, running_lobby_service(own_mesh) as lobby:
        pool, _ = await full_pool(own_mesh, banners)
        await pool_with(own_mesh, banners, 2, known_to=lobby)
        await enter(Lobbies(own_mesh), pool)
        await until(lambda: lobby.facts()["free"] == 2)

        answer = await own_mesh.requests.ask(f"$SRV.STATS.{NAME}.test", b"", timeout=5)

        facts = msgspec.json.decode(answer.data)["data"]
        assert {"waiting": 1, "free": 2, "peers": 1} == {
            name: facts[name] for name in ("waiting", "free", "peers")
        }
        assert 0 <= facts["conflicts"]


async def test_a_banner_that_is_deleted_is_not_free_any_more(
    mesh: Mesh, banners: Banners, lobby: LobbyService
) -> None:
    pool, (banner,) = await pool_with(mesh, banners, 1, known_to=lobby)
    await until(lambda: lobby.places.free(pool) == 1)

    await mesh.publish(subjects.record(BANNERS.bucket, banner), b"", {"KV-Operation": "DEL"})

    await until(lambda: not lobby.places.exists(pool))


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(subjects.record(BANNERS.bucket, "broken"), id="a banner"),
        pytest.param(subjects.record(LOBBIES.bucket, "broken"), id="a lobby"),
    ],
)
async def test_a_record_that_cannot_be_read_is_passed_over(
    subject: str, mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    with capture_logs() as logs:
        await mesh.publish(subject, b'{"state": "\xff"}', {})
        await until(lambda: any(entry["event"] == "entry unreadable" for entry in logs))
        pool, (banner,) = await pool_with(mesh, banners, 1, known_to=lobby)

        reply = await enter(lobbies, pool)

    assert banner == reply.view.banner
    assert subject in [entry["subject"] for entry in logs if entry["event"] == "entry unreadable"]


async def test_an_answer_that_is_no_longer_kept_is_not_made_up(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, _ = await pool_with(mesh, banners, 1, known_to=lobby)
    key = new_key()
    await enter(lobbies, pool, key=key)
    await until(is_empty(mesh, pool))
    store = KvStore(mesh, TICKETS)
    revision, data = await store.load(key, fresh=True)
    assert data is not None
    gone = msgspec.structs.replace(
        msgspec.json.decode(data, type=Whereabouts), banner=new_banner_id(), revision=1
    )
    await store.commit(key, msgspec.json.encode(gone), revision)

    assert isinstance(await refused(lobbies, pool, key=key), RecordUnreadable)


async def test_heartbeats_of_another_life_of_the_server_are_void(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    del own_nats_server
    async with running_banner_service(own_mesh) as banners, running_lobby_service(own_mesh) as lobby:
        pool, _ = await pool_with(own_mesh, banners, 1, known_to=lobby)
        await until(lambda: lobby.places.free(pool) == 1)

        await own_mesh.jetstream.delete_stream("PRESENCE")

        await until(lambda: lobby.places.free(pool) == 0)


# --- words that are blocked -----------------------------------------------------------------------


async def block(mesh: Mesh, lobby: LobbyService, word: str) -> None:
    """An operator blocks a word, and the lobby knows it."""
    done = await Blocklists(mesh).command(Block(word=word, by="olga", role="operator"))
    assert isinstance(done, Accepted)
    await until(lambda: lobby.blocked_revision >= done.revision)


async def test_a_text_with_a_blocked_word_does_not_come_in(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, _ = await pool_with(mesh, banners, 1, known_to=lobby)
    await block(mesh, lobby, "frog")

    assert BlockedText(found="FR0G") == await refused(lobbies, pool, "A FR0G", key=new_key())
    assert BlockedText(found="FR0G") == await refused(lobbies, pool, "A FR0G")
    assert Lobby() == await state_of(mesh, pool)


async def test_who_was_let_in_before_its_word_was_blocked_is_answered_as_then(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, _ = await pool_with(mesh, banners, 1, known_to=lobby)
    key = new_key()
    first = await enter(lobbies, pool, "A newt", key=key)
    await block(mesh, lobby, "newt")

    again = await enter(lobbies, pool, "A newt", key=key)

    assert first.view == again.view


async def test_who_waits_with_a_word_that_is_blocked_since_is_sent_away_when_its_turn_comes(
    mesh: Mesh, banners: Banners, lobby: LobbyService, lobbies: Lobbies
) -> None:
    pool, (banner,) = await pool_with(mesh, banners, 1, known_to=lobby)
    await enter(lobbies, pool, "First", by="bob")
    waiting = (await enter(lobbies, pool, "A toad", by="cyd")).view
    assert "waiting" == waiting.state
    await block(mesh, lobby, "toad")

    await banners.command(banner, Clear(by="bob"))

    async def is_gone() -> bool:
        return not in_line(await state_of(mesh, pool))

    await until(is_gone)
    assert None is (await banner_of(banners, banner)).display
