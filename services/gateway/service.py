"""The gateway as a process: follow what there is to know, serve HTTP, and leave politely."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import anyio
from prometheus_client import CollectorRegistry, Gauge

from services.gateway.access import Access, authority_for, door_for
from services.gateway.admission import Admission
from services.gateway.app import create_app
from services.gateway.calls import Calls
from services.gateway.connections import DEFAULT_BOUNDS, Bounds
from services.gateway.displays import Displays
from services.gateway.entrance import Entrance
from services.gateway.fair_use import OFF, FairUse
from services.gateway.followed import home_of
from services.gateway.health import refusals_counted
from services.gateway.hub import Hub
from services.gateway.live import HEARTBEAT_MS, MESH_AWAY, PING
from services.gateway.lobbies import LobbyView
from services.gateway.origins import doorway
from services.gateway.past import Archive
from services.gateway.permits import ANSWER_SECONDS, Permits
from services.gateway.proof import Proof
from services.gateway.series import Series
from services.gateway.server import listen, serving
from services.gateway.snapshots import snapshot
from services.gateway.telemetry import Newest
from services.gateway.view import View
from services.gateway.watches import Watches, watches
from shared.contracts import subjects
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.live import CloseCode
from shared.entities.claims import Claims
from shared.mesh import streams
from shared.mesh.banners import Banners
from shared.mesh.blocklist import Blocklists
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry, Feed, follow
from shared.mesh.kv import KvStore
from shared.mesh.lobbies import Lobbies
from shared.mesh.newest import newest
from shared.mesh.services import Service, serve
from shared.mesh.skew import known_skew

NAME: Final = "gateway"

_NEEDED: Final = (
    *(kind.stream for kind in (streams.BANNERS, streams.LOBBIES, streams.COMMANDS, streams.TICKETS)),
    *(streams.LIMITS.stream, streams.REPORTED, streams.PRESENCE, streams.HEARTBEATS, streams.TELEMETRY),
)
_PING_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.1
_STALE_AFTER_SECONDS: Final = 1.0
_FAREWELL_SECONDS: Final = 1.0
_CATCH_UP_SECONDS: Final = 1.0
_CATCH_UP_LOOK_SECONDS: Final = 0.005


def _nothing() -> None:
    pass


@asynccontextmanager
async def gateway_service(
    mesh: Mesh,
    *,
    instance: str,
    host: str,
    port: int,
    access: Access,
    fair_use: FairUse = OFF,
    bounds: Bounds = DEFAULT_BOUNDS,
    trusted_proxies: Sequence[str] = (),
    deflate: bool = False,
) -> AsyncGenerator[None]:
    """Serve HTTP and WebSocket clients until the block is left.

    Raises:
        NotFit: the address is taken, the server or the clock will not do, or it must not be reached so.
    """
    authority = authority_for(access, host)
    listener = listen(host, port)
    await streams.until_there(mesh, _NEEDED)
    hub = Hub()
    view = hub.view
    banner_store = KvStore(mesh, streams.BANNERS)
    archive = Archive(banner_store)
    lobbies = LobbyView(lambda pool: beside.followed.on_change([home_of(pool)]))
    claims = Claims(streams.BANNERS.name, KvStore(mesh, streams.COMMANDS))
    tickets = KvStore(mesh, streams.TICKETS)
    displays = Displays(
        view, lobbies, archive, claims, tickets, catch_up=partial(_catch_up, mesh, view, lobbies)
    )
    beside = watches(displays, view, lobbies, _looks(mesh))
    hub.on_flush = beside.followed.on_change
    facts = {"http": f"{host}:{listener.getsockname()[1]}"}
    async with (
        known_skew(mesh) as skew,
        serve(
            mesh,
            Service(
                NAME,
                instance,
                "HTTP and WebSocket to the mesh",
                facts=lambda: {**facts, **skew.facts(), "viewers": len(hub)},
            ),
        ),
        follow(mesh, streams.BANNERS.stream, streams.BANNERS.everything) as log,
        follow(mesh, streams.LOBBIES.stream, streams.LOBBIES.everything) as lobby_log,
        follow(mesh, streams.REPORTED, subjects.reported("*")) as reported,
        follow(mesh, streams.PRESENCE, subjects.presence("*"), on_restart=view.forget_presence) as presence,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_pour, log, view.take_records, partial(_begin, hub, log))
        tasks.start_soon(_pour, lobby_log, lobbies.take_records)
        heard = view.heard
        tasks.start_soon(_pour, reported, view.take_reported, lambda: heard.begin(reported=reported.life))
        tasks.start_soon(_pour, presence, view.take_presence, lambda: heard.begin(presence=presence.life))
        tasks.start_soon(hub.run)
        tasks.start_soon(hub.pass_time)
        for each in beside:
            tasks.start_soon(each.run)
        tasks.start_soon(hub.watch_for_stalls)
        tasks.start_soon(hub.beat, PING, HEARTBEAT_MS / 1000)
        tasks.start_soon(_say_when_stale, hub, log)
        for feed in (log, lobby_log, reported, presence):
            await feed.caught_up.wait()
        resumed = presence.resumed
        await _recall(mesh, view)
        tasks.start_soon(_recall_after_gaps, mesh, view, presence, resumed)
        _begin(hub, log)
        heard.begin(presence=presence.life, reported=reported.life)
        registry = _registry(hub, beside)
        on_refused = refusals_counted(registry)
        limits = KvStore(mesh, streams.LIMITS, answer_seconds=ANSWER_SECONDS)
        admission = Admission(fair_use, Permits(limits), on_refused)
        app = create_app(
            Calls(
                Banners(mesh),
                Lobbies(mesh),
                hub,
                displays,
                archive,
                blocklists=Blocklists(mesh),
                proof=Proof(mesh),
                series=Series(mesh),
            ),
            hub,
            beside,
            missing=lambda: _missing(mesh, log),
            registry=registry,
            authority=authority,
            admission=admission,
            origins=access.origins,
        )
        # The door is outside: whatever is answered, by whichever part, carries its headers.
        entrance = doorway(Entrance(app, admission, at_most=bounds.requests), door_for(access, host))
        async with serving(
            entrance,
            listener,
            bounds=bounds,
            on_refused=on_refused,
            trusted_proxies=trusted_proxies,
            deflate=deflate,
        ):
            try:
                yield
            finally:
                await _say_farewell(hub)
        tasks.cancel_scope.cancel()


def _looks(mesh: Mesh) -> Newest:
    """Looks for telemetry on this mesh."""
    return lambda wanted, after: newest(mesh, streams.TELEMETRY, wanted, after=after)


async def _pour(
    feed: Feed, take: Callable[[list[Entry]], None], begin: Callable[[], None] = _nothing
) -> None:
    async for entries in feed:
        begin()  # perhaps another life of the stream
        take(entries)


def _begin(hub: Hub, log: Feed) -> None:
    """What is known is of this life of the log. In another one than before, viewers see everything anew."""
    before, hub.view.epoch = hub.view.epoch, log.life
    if before not in {"", log.life}:
        hub.refresh(partial(snapshot, hub.view))


async def _recall(mesh: Mesh, view: View) -> None:
    """Take the last that all hardware said of its presence, as it stands now."""
    async with (
        follow(mesh, streams.HEARTBEATS, subjects.every_banner("presence")) as words,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_pour, words, view.recall)
        await words.caught_up.wait()
        tasks.cancel_scope.cancel()


async def _recall_after_gaps(mesh: Mesh, view: View, presence: Feed, resumed: int) -> None:
    """What was said while nothing was heard may be gone from where it ages; never returns."""
    while True:
        while presence.resumed == resumed or not presence.current:
            await anyio.sleep(_LOOK_SECONDS)
        resumed = presence.resumed
        await _recall(mesh, view)


async def _catch_up(mesh: Mesh, view: View, lobbies: LobbyView) -> None:
    """Return once all that is committed by now is known here, or when that takes too long."""
    for stream, known in ((streams.BANNERS.stream, view), (streams.LOBBIES.stream, lobbies)):
        last = (await streams.info(mesh, stream)).state.last_seq
        with anyio.move_on_after(_CATCH_UP_SECONDS):
            while known.revision < last:
                await anyio.sleep(_CATCH_UP_LOOK_SECONDS)


async def _say_when_stale(hub: Hub, log: Feed) -> None:
    """Tell viewers when what they see may be old, and show them everything anew when it is not any more."""
    await _becomes(log, current=True)
    while True:
        while log.current:
            await anyio.sleep(_LOOK_SECONDS)
            _begin(hub, log)
        with anyio.move_on_after(_STALE_AFTER_SECONDS):
            await _becomes(log, current=True)
            _begin(hub, log)
            continue
        hub.away = True
        hub.announce(MESH_AWAY)
        await _becomes(log, current=True)
        hub.away = False
        hub.view.epoch = log.life
        hub.refresh(partial(snapshot, hub.view))


async def _becomes(log: Feed, *, current: bool) -> None:
    while log.current is not current:
        await anyio.sleep(_LOOK_SECONDS)


async def _say_farewell(hub: Hub) -> None:
    """Tell viewers to come back, to another instance or to the next one, and let them leave."""
    for viewer in hub.everyone():
        viewer.close(CloseCode.COME_BACK)
    with anyio.move_on_after(_FAREWELL_SECONDS, shield=True):
        while len(hub):
            await anyio.sleep(0.01)


async def _missing(mesh: Mesh, log: Feed) -> list[str]:
    if not mesh.connected:
        return ["mesh"]
    if not log.current:
        return ["log"]
    try:
        await mesh.requests.ask("$SRV.PING.banner", b"", timeout=_PING_SECONDS)
    except (Unreachable, OutcomeUnknown):
        return ["banner service"]
    return []


def _registry(hub: Hub, beside: Watches) -> CollectorRegistry:
    registry = CollectorRegistry()
    figures = {
        "airdisplay_viewers": ("Viewers of the live channel", lambda: len(hub)),
        "airdisplay_banners": ("Banners known", lambda: len(hub.view)),
        "airdisplay_log_revision": ("How far the log is known", lambda: hub.view.revision),
        "airdisplay_changes_total": ("Changes of banners seen", lambda: hub.changes),
        "airdisplay_frames_total": ("Frames with changes offered to viewers", lambda: hub.frames),
        "airdisplay_telemetry_banners": (
            "Banners whose telemetry somebody watches",
            lambda: len(beside.readings),
        ),
        "airdisplay_telemetry_malformed_total": (
            "Telemetry passed over, because it is not what was agreed",
            lambda: beside.readings.malformed,
        ),
    }
    for name, (documentation, read) in figures.items():
        Gauge(name, documentation, registry=registry).set_function(read)
    return registry
