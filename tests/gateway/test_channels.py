"""What really goes over NATS and the live channel is what is described, and what is described is said."""

from collections.abc import AsyncGenerator
from functools import partial

import anyio
import httpx
import msgspec
import pytest
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from services.gateway.channels import CHANNELS
from services.gateway.fair_use import ON
from shared.contracts import subjects
from shared.contracts.banner import Approve, Expire, ExpireMany, Expiry, Reject, SetApproval, Show
from shared.contracts.blocklist import Block, Unblock
from shared.contracts.command import Accepted
from shared.contracts.hardware import Presence, Reported
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.live import Authorize, Changes, Hello, Pong, Problem, Snapshot, Unwatch
from shared.contracts.lobby import pool_of
from shared.contracts.refusals import NotBlocked
from shared.contracts.telemetry import Panel, Position, Power
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.blocklist import Blocklists
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.services import discover
from tests.support.banners import new_command_id
from tests.support.described import Described, Heard, described
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
from tests.support.viewers import connected
from tests.support.waiting import PATIENCE_SECONDS, until

_encoder = msgspec.json.Encoder()
_STORED = {"banner.history", "blocklist.history"}
"""What the server puts into a stream without anybody being sent it."""


class Listener:
    """Somebody who hears everything that is said on the mesh, answers included."""

    def __init__(self) -> None:
        self.judge: Described = described()
        self.heard: list[Heard] = []
        self.channels: set[str] = set()
        self.answers: set[str] = set()
        self._asked: dict[str, str] = {}

    async def on_message(self, message: Msg) -> None:
        """Note it; what was wrong with it is said at the end. Who follows ids alone is sent no records."""
        if "Nats-Msg-Size" in (message.headers or {}):
            return
        self.heard.append(Heard(message.subject, message.data, message.headers or {}, message.reply))

    def judge_all(self) -> None:
        """Fail where anything was said that is not described."""
        for heard in self.heard:
            if heard.subject in self._asked:
                if heard.data or heard.headers.get("Status") is None:  # else: nobody was there to answer
                    self.answers.add(self.judge.check_answer(self._asked[heard.subject], heard))
            elif not heard.subject.startswith(("_INBOX", "$")) or heard.subject.startswith("$KV"):
                channel = self.judge.check_message(heard)
                self.channels.add(channel)
                if heard.reply and "reply" in self.judge.operations[channel]:
                    self._asked[heard.reply] = channel


@pytest.fixture(scope="module")
async def gateway(nats_server: NatsServer, services: Services) -> AsyncGenerator[Gateway]:  # noqa: ARG001
    """A gateway that limits what one may ask for, as it is where others can call."""
    async with running_gateway(nats_server.url, fair_use=ON) as gateway:
        yield gateway


@pytest.fixture
async def listener(mesh: Mesh) -> AsyncGenerator[Listener]:
    """Hears everything from now on."""
    listener = Listener()
    subscription = await mesh.subscribe(">", listener.on_message)
    await mesh.client.flush()
    yield listener
    await subscription.unsubscribe()


@pytest.fixture
async def hardware(nats_server: NatsServer) -> AsyncGenerator[Mesh]:
    """A piece of hardware, on a connection of its own."""
    async with open_mesh(nats_server.url, name="hardware") as mesh:
        yield mesh


async def test_what_services_answer_is_what_is_described(mesh: Mesh, services: Services) -> None:  # noqa: ARG001
    served: set[tuple[str, str]] = set()

    async def both_are_there() -> bool:
        for each in await discover(mesh, "INFO"):
            served.update((each.name, endpoint["subject"]) for endpoint in each.endpoints)
        return {"banner", "lobby"} <= {name for name, _ in served}

    while not await both_are_there():
        pass

    as_described = {
        (channel.service, subjects_of(channel.subject)) for channel in CHANNELS if channel.service
    }
    assert as_described == served


async def test_everything_that_is_said_on_the_mesh_is_as_described(  # noqa: PLR0917 (everybody is in it)
    ada: httpx.AsyncClient,
    bob: httpx.AsyncClient,
    olga: httpx.AsyncClient,
    services: Services,
    mesh: Mesh,
    hardware: Mesh,
    listener: Listener,
    tag: str,
) -> None:
    (banner,) = await online_over(ada, services, tag)
    display = await _use(banner, ada, bob, olga)
    await _expire(mesh, banner, display)
    assert (await ada.delete(f"/v1/banners/{banner}/display")).is_success
    await until(lambda: services.lobby.places.free(pool_of(tag)) == 1)
    await _wait_in_the_lobby(tag, ada, bob)
    await _tell_as_hardware(hardware, listener, banner)
    await mesh.requests.ask(subjects.entity("lobby", f"tag-{tag}", "get"), b"", timeout=5)
    await mesh.requests.ask(subjects.banner("nobody", "get"), b"", timeout=5)
    await _moderate(mesh, banner)
    await _check_stored(mesh, "HISTORY", subjects.history("banner", banner))
    await _check_stored(mesh, "BLOCKLIST_HISTORY", subjects.history("blocklist", "all"))

    listener.judge_all()
    assert {channel.name for channel in CHANNELS} - _STORED == listener.channels
    assert {"AcceptedBanner", "AcceptedLobby", "Admitted", "Gone", "BannerRefusal"} <= listener.answers
    assert "ExpireManyReply" in listener.answers


async def test_every_frame_of_a_channel_is_as_described(gateway: Gateway, ada: httpx.AsyncClient) -> None:
    """Whoever watches in tests judges every frame: here are those that are seldom said."""
    banner = await registered_over(ada)
    async with connected(gateway.live_url) as watcher:
        await watcher.next(Hello)
        await watcher.watch(banner)
        display = display_in(await show(ada, banner))
        assert display.revision is not None
        await watcher.changes_until(banner, display.revision)
        await watcher.follow(display.id)
        await watcher.send(Unwatch(banners=(banner,), displays=(display.id,)))
        await watcher.send(Pong())
        await watcher.send(Authorize(token=OPERATOR_TOKEN))
        assert "operator" == (await watcher.next(Hello)).role
        await watcher.send_raw("{}")
        await watcher.next(Problem)

        assert {Hello, Snapshot, Changes, Problem} <= watcher.seen


def subjects_of(address: str) -> str:
    """What a service listens to, so that it hears all that is of this form."""
    return ".".join("*" if each.startswith("{") else each for each in address.split("."))


async def _use(
    banner: BannerId, ada: httpx.AsyncClient, bob: httpx.AsyncClient, olga: httpx.AsyncClient
) -> DisplayId:
    """Everything that people do with a banner; the display that shows in the end."""
    first = display_in(await show(ada, banner, key=f"key-{banner}"))
    busy = await show(bob, banner)
    assert httpx.codes.CONFLICT == busy.status_code
    await ada.put(
        f"/v1/banners/{banner}/display", json={"text": "Hallo"}, headers={"If-Match": f'"{first.revision}"'}
    )
    assert httpx.codes.ACCEPTED == (await show(bob, banner, when="queue")).status_code
    assert (await ada.delete(f"/v1/banners/{banner}/display")).is_success
    assert (await olga.put(f"/v1/banners/{banner}/hold", json={"reason": "wind"})).is_success
    assert (await olga.delete(f"/v1/banners/{banner}/hold")).is_success
    return display_in(await show(ada, banner)).id


async def _expire(mesh: Mesh, banner: BannerId, display: DisplayId) -> None:
    banners = Banners(mesh)
    await banners.command(banner, Expire(display_id=display))
    await banners.expire(ExpireMany((Expiry(banner, display),)))


async def _wait_in_the_lobby(tag: str, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    placed = display_in(await show_anywhere(ada, tag=tag, key=f"key-{tag}"))
    assert "showing" == placed.state
    waits = display_in(await show_anywhere(bob, tag=tag))
    assert "waiting" == waits.state
    assert (await bob.delete(f"/v1/displays/{waits.id}")).is_success
    assert (await bob.delete(f"/v1/displays/{waits.id}")).status_code == httpx.codes.NOT_FOUND
    assert "ended" == (await followed_over(bob, waits.id)).state


async def _moderate(mesh: Mesh, banner: BannerId) -> None:
    """Everything that operators do about texts."""
    banners, blocklists = Banners(mesh), Blocklists(mesh)
    for word in (Block(word="humbug", role="operator"), Unblock(word="humbug", role="operator")):
        assert isinstance(await blocklists.command(word), Accepted)
    assert isinstance(await blocklists.command(Unblock(word="humbug", role="operator")), NotBlocked)
    assert isinstance(await blocklists.get(), Accepted)
    await banners.command(banner, SetApproval(required=True, role="operator"))
    for text, answered in (("Yes?", Approve), ("No?", partial(Reject, reason="wind"))):
        display = DisplayId(new_command_id())
        await banners.command(banner, Show(id=CommandId(display), text=text, by=text))
        outcome = await banners.command(banner, answered(display_id=display, role="operator"))
        assert isinstance(outcome, Accepted)


async def _check_stored(mesh: Mesh, stream: str, subject: str) -> None:
    """What stands in a stream without anybody being sent it; the server may take a moment to take it over."""
    with anyio.fail_after(PATIENCE_SECONDS):
        while True:
            try:
                stored = await mesh.jetstream.get_last_msg(stream, subject)
                break
            except NotFoundError:
                await anyio.sleep(0.01)
    assert stored.data is not None
    described().check_message(Heard(subject, stored.data, {}))


async def _tell_as_hardware(hardware: Mesh, listener: Listener, banner: BannerId) -> None:
    await hardware.publish(subjects.banner(banner, "hello"), b"")
    now = clock.now()
    said = {"presence": Presence(at=now), "reported": Reported(display_id=None, revision=1, at=now)}
    for kind, message in said.items():
        await hardware.publish(subjects.banner(banner, kind), _encoder.encode(message))
    position = Position(lat=54.18, lon=12.09, altitude_m=310.0, heading_deg=92.5, speed_mps=31.0)
    measured = {
        "position": position,
        "power": Power(battery_pct=81.5, watts=140.2),
        "panel": Panel(temperature_c=24.0, brightness_pct=80.0, faults=0),
        "wind": {"speed_mps": 7.5},
    }
    for kind, value in measured.items():
        await hardware.publish(subjects.telemetry(banner, kind), _encoder.encode(value))
    await hardware.client.flush()
    kept = {subjects.measured(banner, kind) for kind in measured} | {subjects.reported(banner)}
    kept.add(subjects.banner(banner, "seen"))
    await until(lambda: kept <= {each.subject for each in listener.heard})
