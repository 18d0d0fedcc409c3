"""The gateway as a service: it knows all that there is to know, and knows it again when NATS comes back."""

from contextlib import AsyncExitStack
from dataclasses import replace

import anyio
import anyio.lowlevel
import httpx
import msgspec
import nats
import pytest
from nats.aio.msg import Msg

from services.gateway.service import NAME
from shared.contracts import subjects
from shared.contracts.banner import Clear
from shared.contracts.command import Accepted
from shared.contracts.hardware import KeptReport, Presence
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.live import Changes, CloseCode, Problem, Snapshot
from shared.contracts.lobby import pool_of
from shared.contracts.views import BannerPage, BannerView, Confirmation, ReportedView
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh
from shared.mesh.services import Found
from tests.support.banners import registered, running_banner_service, shown
from tests.support.clock import NOON
from tests.support.gateways import (
    Gateway,
    online_over,
    registered_over,
    running_gateway,
    running_services,
    view_in,
)
from tests.support.nats_server import NatsServer
from tests.support.relay import running_relay
from tests.support.viewers import Watcher, following_displays, position_of, watching
from tests.support.waiting import until


async def beat(mesh: Mesh, banner: BannerId) -> None:
    """The hardware of a banner is alive."""
    await mesh.publish(subjects.banner(banner, "presence"), msgspec.json.encode(Presence(at=clock.now())))


async def report(mesh: Mesh, banner: BannerId, display_id: str | None) -> None:
    """The hardware of a banner says what it shows."""
    shows = None if display_id is None else DisplayId(display_id)
    said = KeptReport(display_id=shows, revision=1, at=None, heard_at=NOON)
    await mesh.publish(subjects.reported(banner), msgspec.json.encode(said))


async def is_in(mesh: Mesh, stream: str, subject: str) -> bool:
    """Whether a stream has anything on a subject."""
    found = (await mesh.jetstream.stream_info(stream, subjects_filter=subject)).state.subjects
    return bool(found)


async def listed(client: httpx.AsyncClient) -> dict[BannerId, BannerView]:
    """Every banner as this gateway knows it."""
    page = msgspec.json.decode((await client.get("/v1/banners")).content, type=BannerPage)
    return {item.id: item for item in page.items}


async def changed(viewer: Watcher, banner: BannerId) -> BannerView:
    """The next change of a banner."""
    (view,) = await viewer.changes_until(banner, 0)
    return view


# --- what it knows --------------------------------------------------------------------------------


async def test_it_knows_all_that_was_there_before_it_came(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with running_banner_service(own_mesh) as banners:
        known = [await registered(banners) for _ in range(20)]
        display = (await shown(banners, known[0])).state.display
        await beat(own_mesh, known[1])
        await report(own_mesh, known[2], None)
        await until(lambda: is_in(own_mesh, streams.PRESENCE, subjects.presence(known[1])))
        async with running_gateway(own_nats_server.url) as gateway:
            views = await listed(gateway.guest())

    assert set(known) == views.keys()
    assert display == views[known[0]].display
    assert "online" == views[known[1]].presence
    assert ReportedView(None, NOON) == views[known[2]].reported


async def test_it_hears_of_what_others_do(mesh: Mesh, gateway: Gateway, free: BannerId) -> None:
    async with (
        watching(gateway.live_url, free) as viewer,
        running_banner_service(mesh, instance="b") as banners,
    ):
        up = await shown(banners, free, "From elsewhere", by="operator-7")
        view = await changed(viewer, free)
        ended = await banners.command(free, Clear(by="operator-7"))
        after = await changed(viewer, free)

    assert isinstance(ended, Accepted)
    assert (up.state.display, up.revision) == (view.display, view.revision)
    assert (None, ended.revision) == (after.display, after.revision)


async def test_what_was_answered_here_is_told_to_viewers_once(
    gateway: Gateway, ada: httpx.AsyncClient, free: BannerId
) -> None:
    async with watching(gateway.live_url, free) as viewer:
        for _ in range(5):
            shown_at = (await ada.post(f"/v1/banners/{free}/display", json={"text": "Hello"})).json()[
                "revision"
            ]
            view = await changed(viewer, free)
            assert shown_at == view.revision
            ended = await ada.delete(f"/v1/banners/{free}/display")
            view = await changed(viewer, free)
            assert ended.headers["etag"] == f'"{view.revision}"'


async def test_the_hardware_is_seen_to_be_there_and_what_it_shows(
    mesh: Mesh, gateway: Gateway, ada: httpx.AsyncClient, free: BannerId
) -> None:
    async with watching(gateway.live_url, free) as viewer:
        await beat(mesh, free)
        there = await changed(viewer, free)
        await report(mesh, free, "d1")
        shows = await changed(viewer, free)

    assert ("online", None) == (there.presence, there.reported)
    assert shows.reported is not None
    assert ("online", "d1") == (shows.presence, shows.reported.display_id)
    assert shows == view_in(await ada.get(f"/v1/banners/{free}")) == (await listed(ada))[free]


async def test_hardware_that_talks_nonsense_is_passed_over(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    for nonsense in (
        b"",
        b"{",
        b'"\xff"',
        b"[" * 400,
        b"null",
        b'{"display_id":"UP","revision":1,"at":"now"}',
    ):
        await mesh.publish(subjects.reported(free), nonsense)
    await report(mesh, free, "d1")

    async def is_known() -> bool:
        reported = view_in(await ada.get(f"/v1/banners/{free}")).reported
        return reported is not None and reported.display_id == "d1"

    await until(is_known)


async def test_hardware_that_falls_silent_is_offline(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    impatient = replace(streams.presence(1), max_age=0.3)
    await own_mesh.jetstream.update_stream(impatient)
    async with running_banner_service(own_mesh) as banners, running_gateway(own_nats_server.url) as gateway:
        await own_mesh.jetstream.update_stream(impatient)  # the services have set it right meanwhile
        banner = await registered(banners)
        async with watching(gateway.live_url, banner) as viewer:
            await beat(own_mesh, banner)
            assert "online" == (await changed(viewer, banner)).presence
            assert "offline" == (await changed(viewer, banner)).presence


# --- when NATS comes back -------------------------------------------------------------------------


async def sees(viewer: Watcher, banner: BannerId, text: str) -> None:
    """Return once a viewer is shown this text, among the changes or, after a while without the mesh, anew."""
    while True:
        frame = await viewer.frame()
        views = frame.banners if isinstance(frame, Snapshot | Changes) else ()
        if any(view.id == banner and view.display and view.display.text == text for view in views):
            return


async def is_shown(client: httpx.AsyncClient, banner: BannerId, text: str) -> bool:
    """Whether this text shows by now; asks for that again and again under one key."""
    response = await client.post(
        f"/v1/banners/{banner}/display", json={"text": text}, headers={"Idempotency-Key": text}
    )
    return response.is_success


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_viewers_stay_and_are_told_what_happens_after_nats_came_back(
    own_nats_server: NatsServer, own_mesh: Mesh, how: str
) -> None:
    async with running_banner_service(own_mesh), running_gateway(own_nats_server.url) as gateway:
        ada = gateway.guest("ada")
        banner = await registered_over(ada)
        async with watching(gateway.live_url) as viewer:
            await (own_nats_server.stop() if how == "stopped" else own_nats_server.kill())
            await own_nats_server.start()
            await until(lambda: is_shown(ada, banner, "After all"))
            await sees(viewer, banner, "After all")


async def test_viewers_are_told_when_the_mesh_is_away_and_shown_everything_anew_when_it_is_back(
    own_nats_server: NatsServer, own_mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.pull._SILENCE_SECONDS", 1.0)
    monkeypatch.setattr("shared.mesh.pull._HEARTBEAT_SECONDS", 0.25)
    monkeypatch.setattr("services.gateway.service._STALE_AFTER_SECONDS", 0.1)
    async with running_banner_service(own_mesh) as banners, running_gateway(own_nats_server.url) as gateway:
        guest = gateway.guest()
        banner = await registered(banners)
        await until(lambda: is_listed(guest, banner))
        async with watching(gateway.live_url) as everything, watching(gateway.live_url, banner) as one:
            before = (await one.watch(banner)).epoch
            await own_nats_server.kill()
            for viewer in (everything, one):
                assert "mesh-unavailable" == (await viewer.next(Problem)).code
            await own_nats_server.start()
            for viewer in (everything, one):
                snapshot = await viewer.next(Snapshot)
                assert [banner] == [each.id for each in snapshot.banners]
                assert not snapshot.recovered
                assert snapshot.epoch != before  # a single server may have lost the end of the log
            await until(lambda: is_shown(guest, banner, "After all"))
            for viewer in (everything, one):
                await sees(viewer, banner, "After all")


async def test_what_happened_while_it_was_cut_off_is_known_once_it_is_back(
    nats_server: NatsServer, mesh: Mesh
) -> None:
    async with (
        running_banner_service(mesh) as banners,
        running_relay(nats_server.port) as relay,
        running_gateway(relay.url, instance="cut-off") as gateway,
    ):
        guest = gateway.guest()
        known = [await registered(banners) for _ in range(3)]
        await until(lambda: is_listed(guest, known[-1]))
        async with watching(gateway.live_url, *known) as viewer:
            relay.cut()
            await until(lambda: misses(guest, "mesh"))
            for banner in known:
                await shown(banners, banner, f"To {banner}")
            newcomer = await registered(banners)
            relay.mend()
            await until(lambda: is_listed(guest, newcomer))
            async with watching(gateway.live_url, *known) as late:
                snapshot = await late.watch(*known)
            await sees(viewer, known[-1], f"To {known[-1]}")

        assert [f"To {banner}" for banner in known] == [
            view.display and view.display.text for view in snapshot.banners
        ]


async def test_hardware_that_fell_silent_while_it_was_cut_off_is_offline_once_it_is_back(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with (
        running_banner_service(own_mesh) as banners,
        running_relay(own_nats_server.port) as relay,
        running_gateway(relay.url, instance="cut-off") as gateway,
    ):
        await own_mesh.jetstream.update_stream(replace(streams.presence(1), max_age=1.0))
        guest = gateway.guest()
        banner = await registered(banners)
        await beat(own_mesh, banner)
        await until(lambda: has_presence(guest, banner, "online"))
        relay.cut()
        await until(lambda: misses(guest, "mesh"))
        markers = (await streams.info(own_mesh, streams.PRESENCE)).state.last_seq + 1
        await until(lambda: has_come_to(own_mesh, markers))
        relay.mend()

        await until(lambda: has_presence(guest, banner, "offline"))


async def has_presence(client: httpx.AsyncClient, banner: BannerId, expected: str) -> bool:
    """Whether the gateway knows by now that the hardware of a banner is there, or is not."""
    view = (await listed(client)).get(banner)
    return view is not None and view.presence == expected


async def has_come_to(mesh: Mesh, sequence: int) -> bool:
    """Whether the server has written the markers of those who fell silent."""
    return (await streams.info(mesh, streams.PRESENCE)).state.last_seq >= sequence


async def misses(client: httpx.AsyncClient, what: str) -> bool:
    """Whether the gateway knows by now that this is not there."""
    response = await client.get("/readyz")
    return not response.is_success and response.json()["missing"] == [what]


async def is_listed(client: httpx.AsyncClient, banner: BannerId) -> bool:
    """Whether the gateway knows of a banner by now."""
    return banner in await listed(client)


async def test_hardware_is_seen_to_come_and_to_go_after_nats_came_back(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with running_banner_service(own_mesh) as banners, running_gateway(own_nats_server.url) as gateway:
        await own_mesh.jetstream.update_stream(replace(streams.presence(1), max_age=1.0))
        ada = gateway.guest("ada")
        before, after = await registered(banners), await registered(banners)

        async def is_online_at_last(banner: BannerId) -> bool:
            if own_mesh.connected:
                await beat(own_mesh, banner)
            return await has_presence(ada, banner, "online")

        await until(lambda: is_online_at_last(before))
        await own_nats_server.kill()
        await own_nats_server.start()

        await until(lambda: is_online_at_last(after))
        await until(lambda: has_presence(ada, before, "offline"))
        await until(lambda: has_presence(ada, after, "offline"))


async def test_hardware_that_fell_silent_while_nats_was_away_is_offline(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with running_banner_service(own_mesh) as banners, running_gateway(own_nats_server.url) as gateway:
        await own_mesh.jetstream.update_stream(replace(streams.presence(1), max_age=1.0))
        ada = gateway.guest("ada")
        banner = await registered(banners)

        await beat(own_mesh, banner)
        last = clock.now()
        await until(lambda: has_presence(ada, banner, "online"))
        await own_nats_server.kill()
        await until(lambda: clock.now() > later(last, 1_000))
        await own_nats_server.start()

        await until(lambda: has_presence(ada, banner, "offline"))


# --- how it is found, and how it ends -------------------------------------------------------------


async def test_it_is_found_with_its_address_and_its_viewers(mesh: Mesh, gateway: Gateway) -> None:
    async with watching(gateway.live_url), watching(gateway.live_url):
        answer = await mesh.requests.ask(f"$SRV.STATS.{NAME}", b"", timeout=10)

    found = msgspec.json.decode(answer.data, type=Found)
    assert NAME == found.name
    assert (gateway.url.removeprefix("http://"), 2) == (found.data["http"], found.data["viewers"])
    assert abs(found.data["skew_seconds"]) < 1


async def test_viewers_are_told_to_come_back_when_it_leaves(nats_server: NatsServer) -> None:
    async with AsyncExitStack() as stack:
        async with running_gateway(nats_server.url, instance="leaving") as leaving:
            viewers = [await stack.enter_async_context(watching(leaving.live_url)) for _ in range(3)]

        assert [CloseCode.COME_BACK] * 3 == [await viewer.close_code() for viewer in viewers]


# --- what hardware says of itself -----------------------------------------------------------------


def hardware_of(view: BannerView) -> tuple[object, ...]:
    """What is said of whether its hardware is there."""
    return view.presence, view.last_seen, view.offline_because, view.offline_note


async def test_two_gateways_agree_on_who_left_and_who_fell_silent_whenever_they_came(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    """One hears it all; one comes when only the markers are left; one when even these are gone."""
    impatient = replace(streams.presence(1), max_age=0.5)
    url = own_nats_server.url
    async with running_banner_service(own_mesh) as banners, running_gateway(url, instance="first") as first:
        await own_mesh.jetstream.update_stream(impatient)
        left, silent, never = [await registered(banners) for _ in range(3)]
        for banner in (left, silent):
            await beat(own_mesh, banner)
        await until(lambda: has_presence(first.guest(), left, "online"))
        goodbye = msgspec.json.encode(Presence(leaving="landed"))
        await own_mesh.publish(subjects.banner(left, "presence"), goodbye)
        await until(lambda: has_presence(first.guest(), left, "offline"))
        await until(lambda: has_presence(first.guest(), silent, "offline"))
        known = await listed(first.guest())
        async with running_gateway(url, instance="second") as second:
            by_markers = await listed(second.guest())
        await own_mesh.jetstream.purge_stream("PRESENCE")
        async with running_gateway(url, instance="third") as third:
            by_last_words = await listed(third.guest())

    assert ("offline", "left", "landed") == (*hardware_of(known[left])[::2], known[left].offline_note)
    assert ("offline", "silent") == hardware_of(known[silent])[::2]
    assert known[left].last_seen is not None
    assert known[silent].last_seen is not None
    assert ("offline", None, "never-seen", None) == hardware_of(known[never])
    for other in (by_markers, by_last_words):
        for banner in (left, silent, never):
            assert hardware_of(known[banner]) == hardware_of(other[banner])


async def test_a_goodbye_that_was_missed_is_known_after_the_gap(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    """The marker alone is found in the stream; what was said before it stands elsewhere."""
    async with (
        running_relay(own_nats_server.port) as relay,
        running_banner_service(own_mesh) as banners,
        running_gateway(relay.url) as gateway,
    ):
        await own_mesh.jetstream.update_stream(replace(streams.presence(1), max_age=0.5))
        banner = await registered(banners)
        guest = gateway.guest()
        await until(lambda: has_presence(guest, banner, "offline"))
        await beat(own_mesh, banner)
        await until(lambda: has_presence(guest, banner, "online"))
        relay.cut()
        marked = (await streams.info(own_mesh, streams.PRESENCE)).state.last_seq + 2
        goodbye = msgspec.json.encode(Presence(leaving="landed"))
        await own_mesh.publish(subjects.banner(banner, "presence"), goodbye)
        await until(lambda: has_come_to(own_mesh, marked))
        relay.mend()

        async def is_told() -> bool:
            view = (await listed(guest)).get(banner)
            return view is not None and (view.offline_because, view.offline_note) == ("left", "landed")

        await until(is_told)


async def test_what_nobody_reports_is_told_as_unconfirmed_when_its_time_is_up(
    gateway: Gateway, ada: httpx.AsyncClient, free: BannerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here after a quarter of a second. Viewers are told at once, and so is who comes back later."""
    monkeypatch.setattr("shared.contracts.views.UNCONFIRMED_AFTER_MS", 250)
    async with following_displays(gateway.live_url) as viewer:
        before = await viewer.watch(free)
        await ada.post(f"/v1/banners/{free}/display", json={"text": "Hello"})
        shows, late = await viewer.next(Changes), await viewer.next(Changes)

    (first,), (then,) = shows.banners, late.banners
    assert (Confirmation("showing"), Confirmation("unconfirmed")) == (first.confirmation, then.confirmation)
    assert first.revision == then.revision
    assert then == view_in(await ada.get(f"/v1/banners/{free}"))
    for frame in (before, shows):
        async with following_displays(gateway.live_url) as viewer:
            again = await viewer.watch(free, since=position_of(frame, epoch=before.epoch))
            assert (True, [then]) == (again.recovered, list(again.banners))


async def test_a_storm_of_reports_makes_no_ones_compare_and_set_fail(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    await ada.post(f"/v1/banners/{free}/display", json={"text": "Hello"})
    tag = view_in(await ada.get(f"/v1/banners/{free}")).revision

    async def storm() -> None:
        while True:
            await report(mesh, free, f"d{clock.microseconds()}")
            await beat(mesh, free)
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(storm)
        for number in range(30):
            mended = await ada.put(
                f"/v1/banners/{free}/display",
                json={"text": f"Hello {number}"},
                headers={"If-Match": f'"{tag}"'},
            )
            assert httpx.codes.OK == mended.status_code, mended.text
            tag = view_in(await ada.get(f"/v1/banners/{free}")).revision
        tasks.cancel_scope.cancel()


async def test_anybody_with_a_plain_subscription_is_told_who_is_seen_and_who_fell_silent(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    """By the server itself: no service of ours runs."""
    await own_mesh.jetstream.update_stream(replace(streams.presence(1), max_age=0.5))
    told: list[tuple[bytes, str | None]] = []

    async def take(message: Msg) -> None:
        told.append((message.data, (message.headers or {}).get("Nats-Marker-Reason")))

    client = await nats.connect(own_nats_server.url)
    try:
        await client.subscribe(subjects.every_banner("seen"), cb=take)
        await client.flush()
        await own_mesh.publish(subjects.banner("b1", "presence"), b"{}")
        await until(lambda: len(told) == 2)
    finally:
        await client.close()

    assert [(b"{}", None), (b"", "MaxAge")] == told


async def test_hardware_that_falls_silent_while_no_service_runs_is_offline_for_those_that_come(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    """Nobody but the server hears that the heartbeats stop, and nobody else is needed for that."""
    url, tag = own_nats_server.url, "alone"
    async with running_services(url) as services, running_gateway(url) as gateway:
        # The services have set it right meanwhile.
        await own_mesh.jetstream.update_stream(replace(streams.presence(1), max_age=0.5))
        (banner,) = await online_over(gateway.guest(), services, tag)
    await until(lambda: has_come_to(own_mesh, 2))

    async with running_services(url) as services, running_gateway(url, instance="later") as gateway:
        view = (await listed(gateway.guest()))[banner]

        places = services.lobby.places
        assert (0, True) == (places.free(pool_of(tag)), places.exists(pool_of(tag)))
        assert ("offline", "silent") == (view.presence, view.offline_because)
