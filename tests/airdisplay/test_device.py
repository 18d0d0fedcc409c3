"""Simulated hardware on a real mesh: shows what is committed, and ends it alone when nobody is left."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest
from nats.js.errors import NotFoundError

from airdisplay.device import SUBSCRIPTIONS_AT_MOST, Devices, simulated_hardware
from airdisplay.hardware import Hardware
from airdisplay.instruments import KINDS
from shared.contracts import subjects
from shared.contracts.banner import Banner, Clear, Display
from shared.contracts.hardware import Reported, StateMessage
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.telemetry import checked
from shared.mesh import clock, streams
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.newest import newest
from shared.mesh.services import discover
from tests.airdisplay.relay import running_relay
from tests.support.banners import new_banner_id, registered, running_banner_service, shown
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

SHORT = 1_500
"""How long a display lasts where its end is waited for, in milliseconds."""

Changes = list[Hardware]


@pytest.fixture
def changes() -> Changes:
    """What the hardware showed, one after the other."""
    return []


@asynccontextmanager
async def hardware(url: str, banners: Sequence[BannerId], changes: Changes) -> AsyncGenerator[Devices]:
    """The hardware of these banners, over a connection of its own."""
    async with (
        open_mesh(url, name="test-hardware") as mesh,
        simulated_hardware(mesh, instance="test", banners=banners, on_change=changes.append) as devices,
    ):
        yield devices


async def last(mesh: Mesh, stream: str, banner: BannerId, kind: str) -> bytes | None:
    """The last that the hardware of a banner said of that kind."""
    try:
        found = await mesh.jetstream.get_last_msg(stream, subjects.banner(banner, kind))
    except NotFoundError:
        return None
    return found.data


async def reported(mesh: Mesh, banner: BannerId) -> Reported | None:
    """The last report of a banner."""
    data = await last(mesh, streams.REPORTED, banner, "reported")
    return None if data is None else msgspec.json.decode(data, type=Reported)


async def until_reported(mesh: Mesh, banner: BannerId, display: str | None, *, revision: int = 0) -> Reported:
    """The report that this display is what shows, once there is one of that revision or a later one."""

    async def is_so() -> bool:
        report = await reported(mesh, banner)
        return report is not None and report.display_id == display and report.revision >= revision

    await until(is_so)
    report = await reported(mesh, banner)
    assert report is not None
    return report


def text_on(devices: Devices, banner: BannerId) -> str | None:
    """The text that a banner shows."""
    display = devices.showing(banner)
    return None if display is None else display.text


async def test_what_is_committed_shows_and_is_reported(
    mesh: Mesh, nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    banner = await registered(banners)
    async with hardware(nats_server.url, [banner], changes) as devices:
        answer = await shown(banners, banner, "Hello")
        await until(lambda: text_on(devices, banner) == "Hello")

        assert answer.command is not None
        report = await until_reported(mesh, banner, answer.command)
        assert answer.revision == report.revision


async def test_what_is_cleared_ends_and_is_reported(
    mesh: Mesh, nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    banner = await registered(banners)
    async with hardware(nats_server.url, [banner], changes) as devices:
        await shown(banners, banner)
        await until(lambda: devices.showing(banner) is not None)
        await banners.command(banner, Clear(by="ada"))
        await until(lambda: devices.showing(banner) is None)

        await until_reported(mesh, banner, None)


async def test_hardware_that_comes_up_says_hello_and_learns_what_to_show(
    nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    banner = await registered(banners)
    await shown(banners, banner, "Since before")
    async with hardware(nats_server.url, [banner], changes) as devices:
        await until(lambda: text_on(devices, banner) == "Since before")


async def test_hardware_may_come_up_before_the_banner_service(
    own_mesh: Mesh, own_nats_server: NatsServer, changes: Changes
) -> None:
    async with running_banner_service(own_mesh) as banners:
        banner = await registered(banners)
        await shown(banners, banner, "Since before")
    async with (
        hardware(own_nats_server.url, [banner], changes) as devices,
        running_banner_service(own_mesh),
    ):
        await until(lambda: text_on(devices, banner) == "Since before")


async def test_hardware_may_come_up_before_its_banner_is_registered(
    nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    banner = new_banner_id()
    async with hardware(nats_server.url, [banner], changes) as devices:
        await registered(banners, banner)
        await shown(banners, banner, "First")
        await until(lambda: text_on(devices, banner) == "First")


async def test_presence_is_there_at_once(
    mesh: Mesh, nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    banner = await registered(banners)
    async with hardware(nats_server.url, [banner], changes):

        async def present() -> bool:
            return await last(mesh, streams.PRESENCE, banner, "presence") is not None

        await until(present)


async def test_it_measures_each_kind_of_each_banner(
    mesh: Mesh, nats_server: NatsServer, changes: Changes
) -> None:
    known = [new_banner_id(), new_banner_id()]
    wanted = {subjects.telemetry(banner, kind) for banner in known for kind in KINDS}
    async with hardware(nats_server.url, known, changes):

        async def measured() -> bool:
            look = await newest(mesh, streams.TELEMETRY, sorted(wanted), after=0)
            for entry in look.entries:
                checked(subjects.parse_telemetry(entry.subject).kind, entry.data)
            return wanted == {entry.subject for entry in look.entries}

        await until(measured)


async def test_what_is_older_is_ignored(mesh: Mesh, nats_server: NatsServer, changes: Changes) -> None:
    banner = new_banner_id()
    async with hardware(nats_server.url, [banner], changes) as devices:
        await until_listening(mesh, devices, banner, 20)
        for revision, text in ((19, "older"), (20, "again"), (21, "newer")):
            await mesh.publish(
                subjects.banner(banner, "state"), record(banner, text), {"Nats-Sequence": str(revision)}
            )
        await until(lambda: text_on(devices, banner) == "newer")

    assert ["first", "newer"] == [change.display.text for change in changes if change.display]


@pytest.mark.parametrize("data", [b"not a record", b"{}", b'{"state": 1}'])
async def test_what_is_not_understood_is_ignored(
    mesh: Mesh, nats_server: NatsServer, changes: Changes, data: bytes
) -> None:
    banner = new_banner_id()
    subject = subjects.banner(banner, "state")
    async with hardware(nats_server.url, [banner], changes) as devices:
        await until_listening(mesh, devices, banner, 1)
        await mesh.publish(subject, data, {"Nats-Sequence": "2"})
        await mesh.publish(subject, record(banner, "without a revision"))
        await mesh.publish(subject, record(banner, "sound"), {"Nats-Sequence": "3"})
        await until(lambda: text_on(devices, banner) == "sound")


async def test_a_display_ends_at_its_deadline_with_nobody_left_and_that_is_reported_later(
    own_mesh: Mesh, own_nats_server: NatsServer, changes: Changes
) -> None:
    async with running_banner_service(own_mesh, ttl_ms=SHORT) as banners:
        banner = await registered(banners)
        async with hardware(own_nats_server.url, [banner], changes) as devices:
            answer = await shown(banners, banner)
            await until(lambda: devices.showing(banner) is not None)
            await own_nats_server.kill()
            await until(lambda: devices.showing(banner) is None)

            assert answer.state.display is not None
            assert clock.now() >= answer.state.display.until

            await own_nats_server.start()
            # What was reported before the display may be the last that the server has, until this one comes.
            report = await until_reported(own_mesh, banner, None, revision=answer.revision)
            assert answer.revision == report.revision


async def test_after_a_reconnection_hardware_says_hello_again(
    own_mesh: Mesh, own_nats_server: NatsServer, changes: Changes
) -> None:
    async with (
        running_banner_service(own_mesh) as banners,
        running_relay(own_nats_server.port) as relay,
    ):
        banner = await registered(banners)
        async with hardware(relay.url, [banner], changes) as devices:
            await until(lambda: devices.connected)
            relay.cut()
            await until(lambda: not devices.connected)
            await shown(banners, banner, "While you were away")
            relay.mend()
            await until(lambda: text_on(devices, banner) == "While you were away")


async def test_the_hardware_of_many_banners_shows_each_its_own(
    nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    known = [await registered(banners) for _ in range(SUBSCRIPTIONS_AT_MOST + 1)]
    other = await registered(banners)
    async with hardware(nats_server.url, known, changes) as devices:
        await shown(banners, other, "Not ours")
        for banner in known:
            await shown(banners, banner, f"On {banner}")
        await until(lambda: all(text_on(devices, banner) == f"On {banner}" for banner in known))

    assert other not in {change.banner for change in changes}


async def test_hardware_is_found_on_the_mesh(
    mesh: Mesh, nats_server: NatsServer, banners: Banners, changes: Changes
) -> None:
    banner = await registered(banners)
    async with hardware(nats_server.url, [banner], changes):

        async def found() -> bool:
            return [{"banners": 1}] == [each.data for each in await discover(mesh, "STATS", "hardware")]

        await until(found)


async def until_listening(mesh: Mesh, devices: Devices, banner: BannerId, revision: int) -> None:
    """Return once the hardware shows the text "first", which it is sent until it listens."""

    async def listens() -> bool:
        headers = {"Nats-Sequence": str(revision)}
        await mesh.publish(subjects.banner(banner, "state"), record(banner, "first"), headers)
        return text_on(devices, banner) == "first"

    await until(listens)


def record(banner: BannerId, text: str) -> bytes:
    """A record that shows this text for a while."""
    now = clock.now()
    display = Display(id=DisplayId(text), text=text, by="ada", shown_at=now, until=later(now, 60_000))
    return msgspec.json.encode(StateMessage(Banner(id=banner, name=banner, display=display)))
