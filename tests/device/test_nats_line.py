"""Devices on a real mesh: on own and shared connections, through gaps, restarts and wiped stores."""

import random
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import msgspec
import pytest

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from airdisplay_device import Device, NatsLine, nats_line
from shared.contracts import subjects
from shared.contracts.banner import Clear
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.hardware import Presence, Reported
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, Nats, open_mesh
from tests.support.banners import new_banner_id, registered, running_banner_service, shown
from tests.support.devices import NotingPanel
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.relay import running_relay
from tests.support.waiting import until

SHORT = 1_500
"""How long a display lasts where its end is waited for, in milliseconds."""


@asynccontextmanager
async def line(
    url: str, *, credentials: Path | None = None, shared: bool = False
) -> AsyncGenerator[NatsLine]:
    """A connection that is kept until the block is left."""
    kept = NatsLine(url, name="test-device", credentials=credentials, every_banner=shared)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kept.run)
        yield kept
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def flying(on: NatsLine, *banners: BannerId) -> AsyncGenerator[list[Device]]:
    """The hardware of these banners until the block is left."""
    devices = [Device(banner, on, NotingPanel()) for banner in banners]
    for device in devices:
        device.start()
    yield devices
    for device in devices:
        device.stop()


@asynccontextmanager
async def heard(mesh: Mesh, banner: BannerId, kind: str) -> AsyncGenerator[list[bytes]]:
    """What the hardware of a banner says of that kind."""
    said: list[bytes] = []

    async def note(message: "object") -> None:
        said.append(message.data)  # type: ignore[attr-defined]

    subscription = await mesh.subscribe(subjects.banner(banner, kind), note)
    await mesh.client.flush()
    yield said
    await subscription.unsubscribe()


def text_on(device: Device) -> str | None:
    """The text that it shows."""
    return None if device.shown is None else device.shown.text


async def test_what_is_committed_shows_and_is_reported_with_its_revision(
    mesh: Mesh, nats_server: NatsServer, banners: Banners
) -> None:
    banner = await registered(banners)
    async with (
        heard(mesh, banner, "reported") as said,
        line(nats_server.url) as on,
        flying(on, banner) as (device,),
    ):
        answer = await shown(banners, banner, "Hello")
        await until(lambda: text_on(device) == "Hello")

        def reported() -> bool:
            reports = [msgspec.json.decode(each, type=Reported) for each in said]
            return (answer.command, answer.revision) in [(each.display_id, each.revision) for each in reports]

        await until(reported)
        await banners.command(banner, Clear(by="ada"))
        await until(lambda: device.shown is None)


async def test_hardware_that_comes_up_learns_what_to_show(nats_server: NatsServer, banners: Banners) -> None:
    banner = await registered(banners)
    await shown(banners, banner, "Since before")
    async with line(nats_server.url) as on, flying(on, banner) as (device,):
        await until(lambda: text_on(device) == "Since before")


async def test_hardware_may_come_up_before_its_banner_is_registered(
    nats_server: NatsServer, banners: Banners
) -> None:
    banner = new_banner_id()
    async with line(nats_server.url) as on, flying(on, banner) as (device,):
        await until(lambda: on.connected)
        assert not device.knows
        await registered(banners, banner)
        await shown(banners, banner, "First")
        await until(lambda: text_on(device) == "First")


async def test_hardware_may_come_up_before_the_banner_service(
    own_mesh: Mesh, own_nats_server: NatsServer
) -> None:
    async with running_banner_service(own_mesh) as banners:
        banner = await registered(banners)
        await shown(banners, banner, "Since before")
    async with line(own_nats_server.url) as on, flying(on, banner) as (device,):
        await until(lambda: on.connected)
        async with running_banner_service(own_mesh):
            await until(lambda: text_on(device) == "Since before")


@pytest.mark.parametrize("shared", [False, True])
async def test_many_devices_on_one_connection_show_each_its_own(
    nats_server: NatsServer, banners: Banners, *, shared: bool
) -> None:
    known = [await registered(banners) for _ in range(5)]
    async with line(nats_server.url, shared=shared) as on, flying(on, *known) as devices:
        for banner in known:
            await shown(banners, banner, f"On {banner}")
        await until(lambda: all(text_on(each) == f"On {each.banner}" for each in devices))


async def test_one_that_starts_again_on_the_same_connection_asks_and_is_right(
    nats_server: NatsServer, banners: Banners
) -> None:
    banner = await registered(banners)
    async with line(nats_server.url) as on:
        async with flying(on, banner) as (device,):
            await shown(banners, banner, "Still here")
            await until(lambda: text_on(device) == "Still here")
        async with flying(on, banner) as (again,):
            assert again.shown is None
            await until(lambda: text_on(again) == "Still here")


async def test_after_a_gap_it_is_right_again(own_mesh: Mesh, own_nats_server: NatsServer) -> None:
    async with running_banner_service(own_mesh) as banners, running_relay(own_nats_server.port) as relay:
        banner = await registered(banners)
        async with line(relay.url) as on, flying(on, banner) as (device,):
            await until(lambda: device.knows)
            relay.cut()
            await until(lambda: not on.connected)
            await shown(banners, banner, "While you were away")
            relay.mend()
            await until(lambda: text_on(device) == "While you were away")


async def test_a_connection_that_is_lost_with_much_still_to_be_written_comes_back(
    own_nats_server: NatsServer,
) -> None:
    async with running_relay(own_nats_server.port) as relay, line(relay.url) as on:
        for _ in range(10):
            await until(lambda: on.connected)
            for _ in range(2_000):
                on.publish("airdisplay.banner.b1.telemetry.note", b"{}" * 500)
            await anyio.sleep(random.uniform(0, 0.01))
            relay.cut()
            await until(lambda: not on.connected)
            relay.mend()
        await until(lambda: on.connected)


async def test_a_display_ends_at_its_deadline_with_nobody_left_and_that_is_reported_later(
    own_mesh: Mesh, own_nats_server: NatsServer
) -> None:
    async with running_banner_service(own_mesh, ttl_ms=SHORT) as banners:
        banner = await registered(banners)
        async with line(own_nats_server.url) as on, flying(on, banner) as (device,):
            await until(lambda: device.knows)
            await shown(banners, banner)
            await until(lambda: device.shown is not None)
            await own_nats_server.kill()
            await until(lambda: device.shown is None)
            await own_nats_server.start()
            await until(lambda: own_mesh.connected)
            async with heard(own_mesh, banner, "reported") as said:
                await until(lambda: on.connected)
                device.stop()
                device.start()
                await until(lambda: bool(said))
            assert msgspec.json.decode(said[-1], type=Reported).display_id is None


async def test_after_the_store_was_wiped_the_next_commit_counts_and_what_was_lost_ends_by_itself(
    tmp_path: Path,
) -> None:
    banner, panel = new_banner_id(), NotingPanel()
    async with running_nats_server(tmp_path) as server, line(server.url) as on:
        device = Device(banner, on, panel)
        device.start()
        async with serving(server, ttl_ms=SHORT) as banners:
            await registered(banners, banner)
            for text in ("One", "Two"):
                await shown(banners, banner, text)
                await until(lambda wanted=text: wanted in panel.texts)  # type: ignore[misc]
                await banners.command(banner, Clear(by="ada"))
                await until(lambda: device.shown is None)
            before = await shown(banners, banner, "Lost")
            await until(lambda: text_on(device) == "Lost")
        await server.kill()
        shutil.rmtree(tmp_path / "store")
        await server.start()
        await until(lambda: device.shown is None)
        async with serving(server, ttl_ms=60_000) as banners:
            await registered(banners, banner)
            after = await shown(banners, banner, "Anew")
            await until(lambda: text_on(device) == "Anew")
        device.stop()

    assert after.revision < before.revision
    assert ["One", None, "Two", None, "Lost", None, "Anew", None] == panel.texts


async def test_credentials_of_the_device_are_enough_and_once_void_nobody_comes_in_with_them(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    authority.for_all()
    banner = new_banner_id()
    authority.add_devices([banner])
    server = running_nats_server(tmp_path, configuration=trust(authority, tmp_path / "accounts"))
    async with server as nats, line(nats.url, credentials=authority.device_file(banner)) as on:
        services = Nats(url=nats.url, credentials=authority.file_of("banner"))
        async with open_mesh(services, name="banner") as mesh, running_banner_service(mesh, ttl_ms=SHORT):
            operators = Nats(url=nats.url, credentials=authority.file_of("operator"))
            async with open_mesh(operators, name="operator") as asking, flying(on, banner) as (device,):
                await registered(Banners(asking), banner)
                await shown(Banners(asking), banner, "By right")
                await until(lambda: text_on(device) == "By right")
                await nats.stop()
                credentials = authority.device_file(banner).read_text()
                authority.revoke(banner)
                authority.device_file(banner).write_text(credentials)
                nats.configuration = trust(authority, tmp_path / "accounts")
                await nats.start()
                await until(lambda: on.refused > 1)

                assert not on.connected
                await until(lambda: device.shown is None)


async def test_who_leaves_says_so(mesh: Mesh, nats_server: NatsServer, banners: Banners) -> None:
    banner = await registered(banners)
    async with (
        heard(mesh, banner, "presence") as said,
        line(nats_server.url) as on,
        flying(on, banner) as (device,),
    ):
        await until(lambda: device.knows)
        device.leave("landed")
        await on.flush()
        await until(lambda: msgspec.json.decode(said[-1], type=Presence).leaving == "landed")


async def test_a_callback_that_fails_is_not_kept_secret(mesh: Mesh, nats_server: NatsServer) -> None:
    def fail(_data: bytes, _revision: int | None) -> None:
        raise ZeroDivisionError

    async def keep() -> None:
        async with line(nats_server.url) as on:
            on.subscribe("airdisplay.banner.b1.state", fail)
            await until(lambda: on.connected)
            await on.flush()
            await mesh.publish("airdisplay.banner.b1.state", b"")
            await anyio.sleep_forever()

    with pytest.raises(ExceptionGroup) as failed:
        await keep()
    assert isinstance(failed.value.exceptions[0], ZeroDivisionError)


@asynccontextmanager
async def serving(server: NatsServer, *, ttl_ms: int) -> AsyncGenerator[Banners]:
    """A banner service that begins with whatever the store has."""
    async with open_mesh(server.url, name="banner") as mesh:
        await streams.ensure(mesh, streams.everything(replicas=1))
        async with running_banner_service(mesh, ttl_ms=ttl_ms) as banners:
            yield banners


async def test_of_what_waits_to_be_written_there_is_an_end(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_line, "_WAITING_AT_MOST", 3)
    async with line(nats_server.url) as on:
        await until(lambda: on.connected)

        assert [True, True, True, False] == [on.publish("airdisplay.banner.b1.hello", b"") for _ in range(4)]
        assert 1 == on.dropped
        await on.flush()
        assert on.publish("airdisplay.banner.b1.hello", b"")


async def test_who_listens_no_more_is_not_subscribed_any_more(mesh: Mesh, nats_server: NatsServer) -> None:
    subject = subjects.banner(new_banner_id(), "state")
    async with line(nats_server.url) as on:
        await until(lambda: on.connected)
        undo = on.subscribe(subject, lambda _data, _revision: None)
        await on.flush()
        with pytest.raises(OutcomeUnknown):  # somebody is there, who does not answer
            await mesh.requests.ask(subject, b"", timeout=0.2)
        undo()
        await on.flush()
        with pytest.raises(Unreachable):
            await mesh.requests.ask(subject, b"", timeout=5)


async def test_who_stops_does_not_silence_who_has_come_in_its_place(
    mesh: Mesh, nats_server: NatsServer
) -> None:
    subject = subjects.banner(new_banner_id(), "state")
    heard: list[bytes] = []
    async with line(nats_server.url) as on:
        await until(lambda: on.connected)
        undo = on.subscribe(subject, lambda _data, _revision: None)
        on.subscribe(subject, lambda data, _revision: heard.append(data))
        undo()
        await on.flush()
        await mesh.publish(subject, b"here")
        await until(lambda: heard == [b"here"])
