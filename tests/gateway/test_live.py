"""The live channel over WebSocket: hello, what is watched, and an end that says whether to come back."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from http import HTTPStatus

import anyio
import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.gateway import live as live_module
from services.gateway import viewer as viewer_module
from services.gateway.access import Access, authority_for
from services.gateway.hub import Hub
from services.gateway.live import HEARTBEAT_MS
from services.gateway.viewer import BACKLOG_BYTES
from shared.contracts import subjects
from shared.contracts.banner import Banner, Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.live import (
    Authorize,
    Changes,
    CloseCode,
    Hello,
    Ping,
    Pong,
    Problem,
    Since,
    Snapshot,
    Unwatch,
    Watch,
)
from shared.mesh import clock
from shared.mesh.follow import Entry
from shared.mesh.streams import BANNERS as KIND
from tests.support.gateways import EPOCH, HOST, Gateway, problem_in, running_hub
from tests.support.signing import ISSUER, OLGA, OPERATOR_TOKEN, keys_file
from tests.support.viewers import Watcher, connected, position_of, watching
from tests.support.waiting import until

LIGHTNING, SPARKY, STORMY = BANNERS = [BannerId(each) for each in ("lightning", "sparky", "stormy")]
TOO_BIG = 1009
NO_TEXT = 1007


class Air:
    """A hub with three banners, and where its live channel is."""

    def __init__(self, hub: Hub, gateway: Gateway) -> None:
        self.hub = hub
        self.url = gateway.live_url
        self.revision = 0
        for banner in BANNERS:
            self.change(banner)

    def change(self, banner: BannerId, name: str = "", *, until: Instant | None = None) -> int:
        """A new state of a banner; its revision."""
        self.revision += 1
        display = None
        if until is not None:
            display = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=clock.now(), until=until)
        self.hub.view.learn(Banner(id=banner, name=name or banner, display=display), self.revision)
        return self.revision


@pytest.fixture(scope="module")
async def air() -> AsyncGenerator[Air]:
    """A live channel for all tests of a module."""
    async with running_hub() as (hub, gateway):
        yield Air(hub, gateway)


@pytest.fixture
async def own_air() -> AsyncGenerator[Air]:
    """A live channel for this test alone, to count its viewers and to close them."""
    async with running_hub() as (hub, gateway):
        yield Air(hub, gateway)


# --- hello ----------------------------------------------------------------------------------------


async def test_the_first_frame_is_hello(air: Air) -> None:
    before = clock.now()
    async with connected(air.url) as viewer:
        hello = await viewer.next(Hello)

    assert (1, EPOCH, HEARTBEAT_MS) == (hello.protocol, hello.epoch, hello.heartbeat_ms)
    assert before <= hello.now <= clock.now()


async def test_who_watches_nothing_is_told_nothing(air: Air) -> None:
    async with connected(air.url) as silent, watching(air.url) as viewer:
        await silent.next(Hello)
        await viewer.changes_until(STORMY, air.change(STORMY))

        await silent.watch(LIGHTNING)  # its answer is the next frame: no changes came before it


# --- watching -------------------------------------------------------------------------------------


async def test_who_watches_all_gets_a_snapshot_of_all(air: Air) -> None:
    async with connected(air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch()

    known = {each.banner.id: each.revision for each in air.hub.view.all()}
    assert known == {each.id: each.revision for each in snapshot.banners}
    assert set(BANNERS) <= known.keys()
    assert not snapshot.recovered


async def test_who_watches_some_gets_a_snapshot_of_those(air: Air) -> None:
    async with connected(air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch(STORMY, LIGHTNING)

    assert [STORMY, LIGHTNING] == [each.id for each in snapshot.banners]


async def test_then_come_the_changes_of_what_is_watched_and_of_nothing_else(air: Air) -> None:
    async with watching(air.url, LIGHTNING, SPARKY) as viewer:
        air.change(STORMY)
        revision = air.change(LIGHTNING, "Lightning ⚡")
        (changed,) = (await viewer.next(Changes)).banners

    assert (LIGHTNING, revision, "Lightning ⚡") == (changed.id, changed.revision, changed.name)


async def test_more_may_be_watched_later(air: Air) -> None:
    async with watching(air.url, LIGHTNING) as viewer:
        more = await viewer.watch(SPARKY)
        air.change(LIGHTNING)
        seen = await viewer.changes_until(SPARKY, air.change(SPARKY))

    assert [SPARKY] == [each.id for each in more.banners]
    assert {LIGHTNING, SPARKY} == {each.id for each in seen}


async def test_what_is_unwatched_is_told_no_more(air: Air) -> None:
    async with watching(air.url, LIGHTNING, SPARKY) as viewer:
        await viewer.send(Unwatch(banners=(LIGHTNING,)))
        await viewer.watch(STORMY)  # once this is answered, the other was heard as well
        air.change(LIGHTNING)
        seen = await viewer.changes_until(SPARKY, air.change(SPARKY))

    assert [SPARKY] == [each.id for each in seen]


async def test_who_unwatches_all_is_told_nothing_more(air: Air) -> None:
    async with watching(air.url) as viewer:
        await viewer.send(Unwatch(all=True))
        await viewer.watch(STORMY)
        air.change(LIGHTNING)
        seen = await viewer.changes_until(STORMY, air.change(STORMY))

    assert [STORMY] == [each.id for each in seen]


async def test_to_unwatch_what_was_never_watched_harms_nobody(air: Air) -> None:
    async with watching(air.url, LIGHTNING) as viewer:
        await viewer.send(Unwatch(banners=(BannerId("nobody"), SPARKY)))

        assert await viewer.changes_until(LIGHTNING, air.change(LIGHTNING))


async def test_a_banner_that_nobody_registered_is_named_and_watched_all_the_same(air: Air) -> None:
    newcomer = BannerId("newcomer")
    async with connected(air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch(newcomer, LIGHTNING)
        problem = await viewer.next(Problem)
        (changed,) = await viewer.changes_until(newcomer, air.change(newcomer))

    assert [LIGHTNING] == [each.id for each in snapshot.banners]
    assert "unknown-banner" == problem.code
    assert "newcomer" in problem.detail
    assert "lightning" not in problem.detail
    assert newcomer == changed.id


# --- going on where one was -----------------------------------------------------------------------


def log(air: Air, *banners: BannerId) -> None:
    """The log tells of a new state of each of these."""
    for banner in banners:
        air.revision += 1
        data = msgspec.json.encode({"state": Banner(id=banner, name=banner)})
        air.hub.view.take_records([Entry(subjects.record(KIND.bucket, banner), air.revision, data, None)])


def remove(air: Air, banner: BannerId) -> None:
    """The log tells that a banner is removed."""
    air.revision += 1
    air.hub.view.take_records([Entry(subjects.record(KIND.bucket, banner), air.revision, b"", None)])


async def test_who_names_its_position_is_told_what_is_newer(own_air: Air) -> None:
    log(own_air, *BANNERS)
    async with watching(own_air.url) as viewer:
        log(own_air, SPARKY)
        position = position_of(await viewer.next(Changes), epoch=EPOCH)
    log(own_air, LIGHTNING)

    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch(since=position)
        again = await viewer.watch(since=position_of(snapshot))

    assert (EPOCH, 7) == (position.epoch, position.revision)
    assert (True, 8, [LIGHTNING]) == (
        snapshot.recovered,
        snapshot.revision,
        [each.id for each in snapshot.banners],
    )
    assert (True, ()) == (again.recovered, again.banners)


async def test_who_watches_some_is_told_what_is_newer_of_those(own_air: Air) -> None:
    log(own_air, *BANNERS)
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        before = position_of(await viewer.watch(LIGHTNING, SPARKY))
        log(own_air, SPARKY, STORMY)
        snapshot = await viewer.watch(LIGHTNING, SPARKY, since=before)

    assert snapshot.recovered
    assert [SPARKY] == [each.id for each in snapshot.banners]


async def test_a_position_of_another_life_of_the_log_brings_everything(own_air: Air) -> None:
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch(since=Since(epoch="another", revision=2))

    assert (False, EPOCH) == (snapshot.recovered, snapshot.epoch)
    assert set(BANNERS) <= {each.id for each in snapshot.banners}


async def test_a_gateway_that_is_behind_waits_until_it_can_tell_what_is_newer(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "_CATCH_UP_SECONDS", 30)
    log(own_air, *BANNERS)
    ahead = Since(epoch=EPOCH, revision=own_air.revision + 2, hardware=own_air.hub.view.heard.position())
    async with (
        connected(own_air.url) as viewer,
        watching(own_air.url, STORMY) as other,
        anyio.create_task_group() as tasks,
    ):
        await viewer.next(Hello)
        await viewer.send(Watch(all=True, since=ahead))
        tasks.start_soon(viewer.next, Snapshot)
        log(own_air, STORMY)
        assert await other.changes_until(STORMY, own_air.revision)  # nobody else waits
        log(own_air, SPARKY, LIGHTNING)

    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch(since=ahead)
    assert (True, [LIGHTNING]) == (snapshot.recovered, [each.id for each in snapshot.banners])


async def test_a_gateway_that_stays_behind_says_so_in_the_end(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "_CATCH_UP_SECONDS", 0.05)
    log(own_air, *BANNERS)
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        snapshot = await viewer.watch(since=Since(epoch=EPOCH, revision=own_air.revision + 1))

    assert (False, own_air.revision) == (snapshot.recovered, snapshot.revision)


async def test_nothing_older_than_a_position_is_still_to_come_when_it_is_told(own_air: Air) -> None:
    log(own_air, *BANNERS)
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        await viewer.watch(LIGHTNING)
        log(own_air, LIGHTNING)
        await viewer.send(Watch(banners=(STORMY,)))
        changes = await viewer.next(Changes)
        snapshot = await viewer.next(Snapshot)

    assert [LIGHTNING] == [each.id for each in changes.banners]
    assert changes.revision <= snapshot.revision


async def test_a_removal_is_told_to_who_watches_everything_by_showing_it_anew(own_air: Air) -> None:
    log(own_air, *BANNERS)
    async with watching(own_air.url) as viewer:
        remove(own_air, SPARKY)
        snapshot = await viewer.next(Snapshot)

    assert (False, own_air.revision) == (snapshot.recovered, snapshot.revision)
    assert {LIGHTNING, STORMY} == {each.id for each in snapshot.banners}


async def test_a_removal_is_told_by_name_to_who_watches_by_name(own_air: Air) -> None:
    log(own_air, *BANNERS)
    async with watching(own_air.url, SPARKY) as viewer, watching(own_air.url, STORMY) as other:
        remove(own_air, SPARKY)
        problem = await viewer.next(Problem)
        log(own_air, STORMY)
        assert await other.changes_until(STORMY, own_air.revision)
        log(own_air, SPARKY)
        assert await viewer.changes_until(SPARKY, own_air.revision)

    assert "unknown-banner" == problem.code
    assert "sparky" in problem.detail


async def test_who_comes_while_the_mesh_is_away_is_told_so(own_air: Air) -> None:
    own_air.hub.away = True
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)

        assert "mesh-unavailable" == (await viewer.next(Problem)).code


# --- who it is ------------------------------------------------------------------------------------

OPEN = authority_for(Access(keys=keys_file()), HOST)
CLOSED = authority_for(Access(keys=keys_file(), guests="off"), HOST)


async def test_who_needs_no_token_is_a_guest(air: Air) -> None:
    async with connected(air.url) as viewer:
        hello = await viewer.next(Hello)

    assert "author" == hello.role
    assert hello.by.startswith("guest-")


async def test_a_channel_belongs_from_then_on_to_whose_token_it_was_sent() -> None:
    async with running_hub(authority=OPEN) as (_, gateway), connected(gateway.live_url) as viewer:
        before = await viewer.next(Hello)
        await viewer.send(Authorize(token=OPERATOR_TOKEN))
        after = await viewer.next(Hello)

    assert ("author", "operator") == (before.role, after.role)
    assert OLGA == after.by


async def test_where_a_token_is_needed_nothing_is_watched_without_one() -> None:
    async with running_hub(authority=CLOSED) as (hub, gateway), connected(gateway.live_url) as viewer:
        air = Air(hub, gateway)
        hello = await viewer.next(Hello)
        for watch in (Watch(all=True), Watch(banners=(STORMY,)), Watch(displays=("d1",)), Watch(mine=True)):
            await viewer.send(watch)
            assert "not-authorized" == (await viewer.next(Problem)).code
        air.change(STORMY)
        await viewer.send(Authorize(token=OPERATOR_TOKEN))
        await viewer.next(Hello)
        snapshot = await viewer.watch()

    assert (hello.by, hello.role) == ("", None)
    assert set(BANNERS) == {each.id for each in snapshot.banners}


async def test_a_wrong_token_ends_a_channel() -> None:
    async with running_hub(authority=OPEN) as (_, gateway), connected(gateway.live_url) as viewer:
        await viewer.next(Hello)
        await viewer.send(Authorize(token="another"))  # noqa: S106 (of tests)
        problem = await viewer.next(Problem)

        assert CloseCode.NOT_ALLOWED == await viewer.close_code()
        assert ("not-authorized", "not-allowed") == (problem.code, viewer.connection.close_reason)


async def test_a_wrong_token_in_the_header_ends_it_at_once() -> None:
    async with running_hub(authority=OPEN) as (_, gateway):
        headers = {"Authorization": "Bearer another"}
        async with connect(gateway.live_url, additional_headers=headers) as connection:
            viewer = Watcher(connection)

            assert "not-authorized" == (await viewer.next(Problem)).code
            assert CloseCode.NOT_ALLOWED == await viewer.close_code()


async def test_who_does_not_say_who_it_is_has_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "AUTHORIZE_WITHIN_SECONDS", 0.0)
    async with running_hub(authority=CLOSED) as (_, gateway), connected(gateway.live_url) as viewer:
        assert CloseCode.NOT_ALLOWED == await viewer.close_code()


async def test_with_its_token_a_channel_ends_unless_a_new_one_came() -> None:
    async with (
        running_hub(authority=CLOSED) as (_, gateway),
        connected(gateway.live_url) as expiring,
        connected(gateway.live_url) as renewed,
    ):
        short = ISSUER.sign("ada", "viewer", exp=int(clock.seconds()) + 3)
        for viewer in (expiring, renewed):
            await viewer.next(Hello)
            await viewer.send(Authorize(token=short))
            assert "viewer" == (await viewer.next(Hello)).role
        await renewed.send(Authorize(token=OPERATOR_TOKEN))
        await renewed.next(Hello)

        assert CloseCode.TOKEN_EXPIRED == await expiring.close_code()
        assert not (await renewed.watch()).recovered


# --- how much may be asked for --------------------------------------------------------------------


async def test_more_banners_by_name_than_may_be_watched_are_refused_and_none_of_them_is_watched(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "BANNERS_AT_MOST", 2)
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        await viewer.watch(LIGHTNING)
        await viewer.send(Watch(banners=(SPARKY, STORMY)))
        problem = await viewer.next(Problem)
        await viewer.watch(LIGHTNING, SPARKY)  # not more than before, and one
        await viewer.send(Unwatch(banners=(LIGHTNING,)))
        await viewer.watch(STORMY)

    assert "too-many-watches" == problem.code


async def test_more_displays_than_may_be_followed_are_refused(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "DISPLAYS_AT_MOST", 1)
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        await viewer.send(Watch(displays=("d1", "d2")))

        assert "too-many-watches" == (await viewer.next(Problem)).code


async def test_who_asks_too_often_is_refused_and_in_the_end_closed(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "PER_SECOND", 0.001)
    monkeypatch.setattr(live_module, "PATIENCE_PER_SECOND", 0.001)
    allowed, patience = int(live_module.BURST), int(live_module.PATIENCE)
    async with watching(own_air.url, STORMY) as other, connected(own_air.url) as viewer:
        await viewer.next(Hello)
        for _ in range(allowed + patience + 1):
            await viewer.send(Pong())
        code = (await viewer.next(Problem)).code

        assert "too-many-frames" == code
        assert CloseCode.BAD_FRAMES == await viewer.close_code()
        assert "bad-frames" == viewer.connection.close_reason
        assert await other.changes_until(STORMY, own_air.change(STORMY))


async def test_who_is_not_understood_again_and_again_is_closed(own_air: Air) -> None:
    patience = int(live_module.PATIENCE)
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        for _ in range(patience + 1):
            await viewer.send_raw("?")
            assert "malformed" == (await viewer.next(Problem)).code

        assert CloseCode.BAD_FRAMES == await viewer.close_code()


async def test_everything_costs_the_more_the_more_there_is(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "BURST", 20.0)
    monkeypatch.setattr(live_module, "PER_SECOND", 0.001)
    for number in range(1_000):
        own_air.change(BannerId(f"b{number}"))
    async with connected(own_air.url) as viewer:
        await viewer.next(Hello)
        await viewer.watch()
        await viewer.send(Watch(all=True))

        assert "too-many-frames" == (await viewer.next(Problem)).code


async def test_a_display_past_its_deadline_is_in_no_frame(air: Air) -> None:
    now = clock.now()
    air.change(LIGHTNING, until=later(now, -1))
    air.change(SPARKY, until=later(now, 60_000))
    async with connected(air.url) as viewer:
        await viewer.next(Hello)
        snapshot = {each.id: each for each in (await viewer.watch()).banners}
        (changed,) = await viewer.changes_until(STORMY, air.change(STORMY, until=later(now, -1)))

    assert snapshot[LIGHTNING].display is None
    assert snapshot[SPARKY].display is not None
    assert changed.display is None


# --- order ----------------------------------------------------------------------------------------


async def test_revisions_only_rise_and_nothing_is_in_both_snapshot_and_changes(air: Air) -> None:
    async with connected(air.url) as viewer:
        await viewer.next(Hello)
        seen: dict[BannerId, int] = {}
        last = 0
        async with anyio.create_task_group() as tasks:

            async def keep_changing() -> None:
                nonlocal last
                for number in range(300):
                    last = air.change(BANNERS[number % 3])
                    await anyio.lowlevel.checkpoint()

            tasks.start_soon(keep_changing)
            for number in range(20):  # snapshots in the midst of changes
                await viewer.send(Watch(banners=(BANNERS[number % 3],)) if number % 2 else Watch(all=True))
            snapshots = 0
            while snapshots < 20 or seen[BANNERS[299 % 3]] < last:
                frame = await viewer.frame()
                assert isinstance(frame, Snapshot | Changes)
                snapshots += isinstance(frame, Snapshot)
                for each in frame.banners:
                    before = seen.get(each.id, 0)
                    assert before <= each.revision if isinstance(frame, Snapshot) else before < each.revision
                    seen[each.id] = each.revision


async def test_under_load_many_changes_come_in_few_frames(air: Air) -> None:
    async with watching(air.url) as viewer:
        changes = 300
        for number in range(changes):
            air.change(BANNERS[number % 3])
            await anyio.lowlevel.checkpoint()
        frames = 0
        seen = 0
        while seen < air.revision:
            seen = max(each.revision for each in (await viewer.next(Changes)).banners)
            frames += 1

    assert frames < changes / 3


# --- what is not understood -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("", id="nothing"),
        pytest.param("hello", id="no JSON"),
        pytest.param("{", id="half an object"),
        pytest.param("[]", id="a list"),
        pytest.param("7", id="a number"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="no op"),
        pytest.param('{"op":"show","banner":"lightning"}', id="an op that there is not"),
        pytest.param('{"op":7}', id="a number for an op"),
        pytest.param('{"op":"watch"}', id="to watch nothing"),
        pytest.param('{"op":"watch","banners":[]}', id="to watch an empty list"),
        pytest.param('{"op":"watch","banners":"lightning"}', id="one word for banners"),
        pytest.param('{"op":"watch","banners":[7]}', id="a number for a banner"),
        pytest.param('{"op":"watch","banners":["lightning","a.b"]}', id="an id with a dot"),
        pytest.param('{"op":"watch","banners":["*"]}', id="a star for a banner"),
        pytest.param('{"op":"watch","banners":["sparky\\n"]}', id="an id that ends with a line break"),
        pytest.param('{"op":"watch","banners":["' + "x" * 64 + '"]}', id="an id too long"),
        pytest.param('{"op":"watch","banners":[' + '"b",' * 10_000 + '"b"]}', id="too many banners"),
        pytest.param('{"op":"watch","all":1}', id="a number for all"),
        pytest.param('{"op":"watch","all":true,"speed":9}', id="a field that there is not"),
        pytest.param('{"op":"watch","all":true,"since":41}', id="a number for since"),
        pytest.param(
            '{"op":"watch","all":true,"since":{"epoch":"x","revision":"y"}}', id="a word for a revision"
        ),
        pytest.param('{"op":"unwatch","banners":7}', id="to unwatch a number"),
        pytest.param('{"op":"watch","banners":["\\ud800"]}', id="half a character"),
        pytest.param("[" * 60_000, id="lists in lists without end"),
        pytest.param('{"x":' + "[" * 60_000, id="lists without end in a field"),
        pytest.param(b'{"op":"watch","all":true}', id="a binary frame"),
        pytest.param(b"\xff\x00", id="a binary frame of garbage"),
    ],
)
async def test_what_is_not_understood_is_answered_and_the_channel_goes_on(
    air: Air, frame: str | bytes
) -> None:
    async with watching(air.url, STORMY) as other, connected(air.url) as viewer:
        await viewer.next(Hello)
        await viewer.send_raw(frame)
        problem = await viewer.next(Problem)

        assert "malformed" == problem.code
        assert problem.detail
        assert 3 == len((await viewer.watch(*BANNERS)).banners)
        assert await other.changes_until(STORMY, air.change(STORMY))


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        pytest.param("x" * 300_000, TOO_BIG, id="a frame too large"),
        pytest.param(b"x" * 300_000, TOO_BIG, id="a binary frame too large"),
    ],
)
async def test_who_sends_this_is_disconnected_and_nobody_else(
    air: Air, frame: str | bytes, code: int
) -> None:
    async with watching(air.url, STORMY) as other, connected(air.url) as viewer:
        await viewer.next(Hello)
        await viewer.send_raw(frame)

        assert code == await viewer.close_code()
        assert await other.changes_until(STORMY, air.change(STORMY))


async def test_who_sends_text_that_is_none_is_disconnected_and_nobody_else(air: Air) -> None:
    async with watching(air.url, STORMY) as other, connected(air.url) as viewer:
        await viewer.next(Hello)
        await viewer.connection.send(b"\xff\xfe", text=True)

        assert NO_TEXT == await viewer.close_code()
        assert await other.changes_until(STORMY, air.change(STORMY))


# --- heartbeat ------------------------------------------------------------------------------------


async def test_viewers_are_pinged_and_may_answer() -> None:
    async with running_hub(heartbeat_seconds=0.05) as (hub, gateway):
        air = Air(hub, gateway)
        async with connected(gateway.live_url) as viewer:
            await viewer.next(Hello)
            await viewer.next(Ping)
            await viewer.send(Pong())
            await viewer.next(Ping)
            await viewer.send(Watch(banners=(STORMY,)))
            while not isinstance(frame := await viewer.frame(), Snapshot):
                assert isinstance(frame, Ping)

    assert [STORMY] == [each.id for each in frame.banners]
    assert 3 == air.revision


async def test_who_answers_no_ping_is_taken_for_dead_and_who_says_anything_is_not() -> None:
    async with (
        running_hub(heartbeat_seconds=0.2) as (hub, gateway),
        connected(gateway.live_url) as silent,
        connected(gateway.live_url) as talking,
    ):
        Air(hub, gateway)
        async with anyio.create_task_group() as tasks:

            async def talk() -> None:
                while isinstance(await talking.frame(), Hello | Ping | Snapshot):
                    await talking.send(Watch(banners=(STORMY,)))

            tasks.start_soon(talk)
            assert CloseCode.SILENT == await silent.close_code()
            assert "silent" == silent.connection.close_reason
            assert 1 == len(hub)
            tasks.cancel_scope.cancel()


# --- coming and going -----------------------------------------------------------------------------


async def test_who_leaves_is_forgotten(own_air: Air) -> None:
    async with watching(own_air.url), watching(own_air.url, STORMY):
        assert 2 == len(own_air.hub)

    await until(lambda: len(own_air.hub) == 0)


async def test_who_vanishes_amid_changes_is_forgotten_without_a_word_and_nobody_else_is_harmed(
    own_air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(own_air.url) as other, AsyncExitStack() as stack:
        vanishing = [await stack.enter_async_context(watching(own_air.url)) for _ in range(20)]
        for viewer in vanishing:
            own_air.change(LIGHTNING)
            viewer.connection.transport.abort()
            await anyio.lowlevel.checkpoint()
        last = own_air.change(STORMY)

        assert await other.changes_until(STORMY, last)
        await until(lambda: len(own_air.hub) == 1)

    assert [] == [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name.lower())
async def test_a_viewer_that_is_closed_is_told_why(own_air: Air, code: CloseCode) -> None:
    async with watching(own_air.url) as viewer:
        for each in own_air.hub.everyone():
            each.close(code)

        assert code == await viewer.close_code()
        assert viewer.connection.close_reason


async def test_those_who_shall_come_back_do_not_all_do_so_at_once(own_air: Air) -> None:
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(watching(own_air.url)) for _ in range(10)]
        for each in own_air.hub.everyone():
            each.close(CloseCode.COME_BACK)
        for viewer in viewers:
            await viewer.close_code()

        assert 1 < len({viewer.connection.close_reason for viewer in viewers})


# --- slow viewers ---------------------------------------------------------------------------------

LARGE = 100_000


async def test_a_slow_viewer_gets_the_newest_state_of_each_banner_instead_of_every_one(own_air: Air) -> None:
    rounds = 40
    async with watching(own_air.url, slow=True) as slow, watching(own_air.url) as fast:
        for _ in range(rounds):
            for banner in BANNERS:
                own_air.change(banner, "x" * LARGE)
            await fast.changes_until(STORMY, own_air.revision)
        newest = {banner: own_air.revision - 2 + number for number, banner in enumerate(BANNERS)}
        seen: dict[BannerId, int] = {}
        states = 0
        while seen != newest:
            for each in (await slow.next(Changes)).banners:
                assert seen.get(each.id, 0) < each.revision
                seen[each.id] = each.revision
                states += 1

    assert states < rounds * len(BANNERS)


async def test_a_viewer_that_is_too_slow_is_closed_while_others_get_everything(own_air: Air) -> None:
    many = [BannerId(f"b{number}") for number in range(2 * BACKLOG_BYTES // LARGE)]
    async with watching(own_air.url, slow=True) as slow, watching(own_air.url) as fast:
        seen: set[tuple[BannerId, int]] = set()
        changed: set[tuple[BannerId, int]] = set()
        for banner in many * 2:
            changed.add((banner, own_air.change(banner, "x" * LARGE)))
            seen |= {(each.id, each.revision) for each in await fast.changes_until(banner, own_air.revision)}

        assert CloseCode.SLOW == await slow.close_code()
        assert "slow" == slow.connection.close_reason
        assert changed == seen
        assert await fast.changes_until(STORMY, own_air.change(STORMY))


async def test_a_viewer_of_single_banners_that_is_too_slow_is_closed_as_well(own_air: Air) -> None:
    many = [BannerId(f"b{number}") for number in range(2 * BACKLOG_BYTES // LARGE)]
    async with connected(own_air.url, slow=True) as slow, watching(own_air.url) as fast:
        await slow.next(Hello)
        await slow.watch(*many)
        for banner in many * 2:
            own_air.change(banner, "x" * LARGE)
            await fast.changes_until(banner, own_air.revision)

        assert CloseCode.SLOW == await slow.close_code()


async def test_who_asks_for_more_than_it_reads_is_closed(own_air: Air) -> None:
    for banner in BANNERS:
        own_air.change(banner, "x" * LARGE)
    async with connected(own_air.url, slow=True) as slow:
        await slow.next(Hello)
        with anyio.fail_after(10):
            for _ in range(40):
                await slow.send(Watch(all=True))
                await anyio.lowlevel.checkpoint()

        assert CloseCode.SLOW == await slow.close_code()


async def test_a_viewer_that_takes_nothing_at_all_is_given_up(
    own_air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewer_module, "STALL_SECONDS", 0.1)
    async with watching(own_air.url, slow=True), watching(own_air.url) as fast:
        for _ in range(20):
            await fast.changes_until(STORMY, own_air.change(STORMY, "x" * LARGE))

        await until(lambda: len(own_air.hub) == 1)


# --- the handshake --------------------------------------------------------------------------------


async def test_there_is_no_live_channel_anywhere_else(air: Air) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"{air.url}/elsewhere"):
            pytest.fail("it was let in")

    assert refused.value.response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


async def test_who_only_asks_for_the_live_channel_is_told_that_this_is_not_how(air: Air) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.get(air.url.replace("ws", "http", 1))

    assert HTTPStatus.METHOD_NOT_ALLOWED == response.status_code
    assert "/problems/method-not-allowed" == problem_in(response)["type"]


async def test_compression_is_not_agreed_on_unless_it_is_switched_on(air: Air) -> None:
    async with connect(air.url, compression="deflate") as connection:
        await Watcher(connection).next(Hello)

        assert [] == list(connection.protocol.extensions)


async def test_compression_is_agreed_on_where_it_is_switched_on_and_bounds_stay() -> None:
    async with running_hub(deflate=True) as (hub, gateway):
        air = Air(hub, gateway)
        async with connect(gateway.live_url, compression="deflate") as connection:
            viewer = Watcher(connection)
            await viewer.next(Hello)
            await viewer.watch(STORMY)

            assert await viewer.changes_until(STORMY, air.change(STORMY))
            assert ["permessage-deflate"] == [each.name for each in connection.protocol.extensions]
            await viewer.send_raw("x" * 10_000_000)  # next to nothing, compressed
            assert TOO_BIG == await viewer.close_code()
