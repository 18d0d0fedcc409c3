"""The example devices are banners: each is run against a secured mesh, and does what docs/hardware.md asks.

All run at once, each on a banner of its own and through a relay, as behind a radio that can be cut.
"""

import signal
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
import pytest

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.mesh.connection import Mesh, open_mesh
from tests.examples.devices import KINDS, Ports, flying, skip_unless_there
from tests.support.nats_server import running_nats_server, with_mqtt
from tests.support.ports import free_port
from tests.support.processes import Process
from tests.support.relay import Relay, running_relay
from tests.support.signing import AS_OPERATOR
from tests.support.system import Part, System, running_system
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

TTL = 120.0
PATIENCE_SECONDS = 30.0
"""A device may be within a pause of its own when it is waited for."""

THERE = [name for name, kind in KINDS.items() if kind.missing() is None]


def banner_of(name: str) -> BannerId:
    """The banner that this kind is the hardware of."""
    return BannerId(f"towed-by-{name}")


@dataclass
class World:
    """A mesh, the ways of the devices to it, and the devices that run."""

    system: System
    nats: Relay
    mqtt: Relay
    http: httpx.AsyncClient
    directory: Path
    devices: dict[str, Process] = field(default_factory=dict)

    async def show(self, name: str, text: str) -> str:
        """Show a text on the banner of a device; the id of the display."""
        answer = await self.http.post(f"/v1/banners/{banner_of(name)}/display", json={"text": text})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def clear(self, name: str) -> None:
        """End what shows there."""
        answer = await self.http.delete(f"/v1/banners/{banner_of(name)}/display")
        assert answer.status_code in {200, 204, 404}, answer.text

    async def clear_all(self) -> None:
        """End what shows anywhere; returns once every banner is dark."""
        for name in THERE:
            await self.clear(name)
        await self.until_last("dark", *THERE)

    async def view(self, banner: BannerId) -> dict[str, Any]:
        """How everybody sees a banner."""
        view: dict[str, Any] = (await self.http.get(f"/v1/banners/{banner}")).json()
        return view

    async def until_seen(self, banner: BannerId, **expected: object) -> None:
        """Return once everybody sees it like that."""

        async def is_so() -> bool:
            view = await self.view(banner)
            return {name: view.get(name) for name in expected} == expected

        await until(is_so, seconds=PATIENCE_SECONDS)

    async def until_reported(self, name: str, display: str | None) -> None:
        """Return once everybody sees that its hardware says so."""

        async def is_so() -> bool:
            reported = (await self.view(banner_of(name)))["reported"]
            return reported is not None and reported["display_id"] == display

        await until(is_so, seconds=PATIENCE_SECONDS)

    def lines(self, name: str) -> list[str]:
        """What a device said that it shows, and not what it logged."""
        begin = f"{banner_of(name)} "
        lines = self.devices[name].output.splitlines()
        return [line.removeprefix(begin) for line in lines if line.startswith(begin)]

    async def until_last(self, line: str, *names: str) -> None:
        """Return once that is what each shows."""
        waiting = set(names)

        def all_are() -> bool:
            # A device begins dark, without a word.
            waiting.difference_update([each for each in waiting if ["dark", *self.lines(each)][-1] == line])
            return not waiting

        try:
            await until(all_are, seconds=PATIENCE_SECONDS)
        except TimeoutError:
            pytest.fail(f"not {line!r}: { ({each: self.lines(each) for each in waiting}) }")


@asynccontextmanager
async def operators_mesh(system: System, user: str) -> AsyncGenerator[Mesh]:
    """A connection with the rights of that user."""
    async with open_mesh(system.nats_as(user), name="test") as mesh:
        yield mesh


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    """A mesh where every device comes up on a banner that shows something already."""
    directory = tmp_path_factory.mktemp("devices")
    async with (
        running_system(directory, ttl=TTL) as system,
        running_relay(system.nats.port) as nats,
        running_relay(system.mqtt_port) as mqtt,
        httpx.AsyncClient(base_url=system.urls[0], headers=AS_OPERATOR, timeout=20) as http,
    ):
        world = World(system, nats, mqtt, http, directory)
        with ExitStack() as devices:
            for name in THERE:
                banner = banner_of(name)
                await system.register(banner)
                await world.show(name, "Before")
                credentials = system.authority.add_device(banner, KINDS[name].protocol)
                log = directory / f"{banner}.log"
                world.devices[name] = devices.enter_context(
                    flying(name, banner, credentials, Ports(nats.port, mqtt.port), log=log)
                )
            yield world
            # Politely, so that those that have started something end that as well.
            for device in world.devices.values():
                device.send(signal.SIGTERM)
            for device in world.devices.values():
                await device.exit_code()


@pytest.fixture(params=KINDS)
def name(request: pytest.FixtureRequest) -> str:
    """Each kind of device in turn."""
    skip_unless_there(request.param)
    return str(request.param)


async def test_it_shows_what_was_shown_before_it_came_up(world: World, name: str) -> None:
    await world.until_last("shows: Before", name)

    assert ["shows: Before"] == world.lines(name)


async def test_it_shows_what_comes_and_nothing_once_that_is_cleared(world: World, name: str) -> None:
    await world.clear(name)
    await world.until_last("dark", name)
    await world.show(name, "Ça va “là-haut”? 100 % \\o/ 🎈")
    await world.until_last("shows: Ça va “là-haut”? 100 % \\o/ 🎈", name)
    await world.clear(name)
    await world.until_last("dark", name)


async def test_it_says_what_it_shows(world: World, name: str) -> None:
    await world.clear(name)
    display = await world.show(name, "Seen")
    await world.until_reported(name, display)
    await world.clear(name)
    await world.until_reported(name, None)


async def test_it_passes_over_what_is_older_or_came_before_or_is_no_record(world: World, name: str) -> None:
    subject = subjects.banner(banner_of(name), "state")
    records: list[bytes] = []
    await world.clear(name)
    await world.until_last("dark", name)
    said = len(world.lines(name))
    async with (
        operators_mesh(world.system, "banner") as mesh,
        operators_mesh(world.system, "operator") as ear,
    ):

        async def keep(message: Any) -> None:
            records.append(message.data)

        await ear.subscribe(subject, keep)
        await ear.client.flush()
        await world.show(name, "Old")
        await world.until_last("shows: Old", name)
        await world.clear(name)
        await world.until_last("dark", name)
        shown, cleared = records[0], records[-1]
        earlier = msgspec.json.encode(msgspec.json.decode(shown) | {"at": "2020-01-01T00:00:00.000Z"})
        nonsense = [
            b"",
            b"{",
            b"[]",
            b"null",
            b"7",
            b"\xff\xfe",
            b'"text"',
            b"{}",
            b'{"at": 7}',
            b'{"state": null}',
        ]
        for each in (shown, cleared, earlier, *nonsense, shown):
            await mesh.publish(subject, each)
        await mesh.client.flush()
        await world.show(name, "New")
        await world.until_last("shows: New", name)

    assert ["shows: Old", "dark", "shows: New"] == world.lines(name)[said:]
    await world.clear(name)


async def test_it_shows_nothing_once_the_banner_is_no_more(world: World, name: str) -> None:
    await world.clear(name)
    await world.show(name, "Still here")
    await world.until_last("shows: Still here", name)
    async with operators_mesh(world.system, "banner") as mesh:
        await mesh.publish(subjects.banner(banner_of(name), "state"), b"")
    await world.until_last("dark", name)
    await world.clear(name)


async def test_it_is_online_and_offline_as_soon_as_it_says_goodbye(world: World, name: str) -> None:
    banner = BannerId(f"leaving-{name}")
    await world.system.register(banner)
    credentials = world.system.authority.add_device(banner, KINDS[name].protocol)
    ports = Ports(world.system.nats.port, world.system.mqtt_port)
    with flying(name, banner, credentials, ports, log=world.directory / f"{banner}.log") as device:
        await world.until_seen(banner, presence="online")
        device.send(signal.SIGTERM)
        code = await device.exit_code()
        await world.until_seen(banner, presence="offline")

    assert (0, "") == (code, device.output)


@pytest.fixture(scope="module")
async def bare(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Authority, Ports]]:
    """A server with nothing behind it, to be tried with credentials of all kinds."""
    directory = tmp_path_factory.mktemp("bare")
    authority, mqtt_port = Authority(directory), free_port()
    configuration = with_mqtt(trust(authority, directory / "accounts"), mqtt_port)
    async with running_nats_server(directory, configuration=configuration) as server:
        yield authority, Ports(server.port, mqtt_port)


async def test_it_says_that_credentials_of_another_mesh_are_refused(
    bare: tuple[Authority, Ports], name: str, tmp_path: Path
) -> None:
    kind, ports = KINDS[name], bare[1]
    credentials = Authority(tmp_path).add_device(BannerId("lightning"), kind.protocol)
    with flying(name, "lightning", credentials, ports, log=tmp_path / "device.log") as device:
        await device.printed("refused")
        code = None if kind.tries_again else await device.exit_code()

    assert code in {None, 1}
    assert device.output.startswith("lightning: ")


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.tries_again])
async def test_it_says_that_credentials_of_another_banner_are_refused(
    bare: tuple[Authority, Ports], name: str, tmp_path: Path
) -> None:
    skip_unless_there(name)
    authority, ports = bare
    credentials = authority.add_device(BannerId(f"only-{name}"), KINDS[name].protocol)
    with flying(name, "lightning", credentials, ports, log=tmp_path / "device.log") as device:
        await device.printed("refused")

        assert 1 == await device.exit_code()

    assert device.output.startswith("lightning: ")


async def test_all_are_right_again_after_a_gap(world: World) -> None:
    await world.clear_all()
    for name in THERE:
        await world.show(name, "Before the gap")
    await world.until_last("shows: Before the gap", *THERE)
    for relay in (world.nats, world.mqtt):
        relay.cut()
    for name in THERE:
        await world.clear(name)
        await world.show(name, "During the gap")
    await world.until_last("shows: Before the gap", *THERE)
    for relay in (world.nats, world.mqtt):
        relay.mend()

    await world.until_last("shows: During the gap", *THERE)
    for name in THERE:
        assert "dark" != world.lines(name)[-2]


async def test_all_find_back_to_a_server_that_was_killed(world: World) -> None:
    await world.clear_all()
    for name in THERE:
        await world.show(name, "Before its end")
    await world.until_last("shows: Before its end", *THERE)
    await world.system.nats.kill()
    await world.system.nats.start()
    await world.system.ready()
    for name in THERE:
        await world.clear(name)
        display = await world.show(name, "After its end")
        await world.until_reported(name, display)

    await world.until_last("shows: After its end", *THERE)


async def test_all_go_dark_by_themselves_with_every_service_dead(world: World) -> None:
    system = world.system
    await world.clear_all()
    system.parts["banner-0"].kill()
    at = ["--nats-url", system.nats.url, "--nats-creds", str(system.authority.file_of("banner"))]
    quick = Part("banner", [*at, "--display-ttl", "4"], world.directory / "quick.log")
    quick.start()
    try:
        await system.ready()
        async with anyio.create_task_group() as tasks:
            for name in THERE:
                tasks.start_soon(world.show, name, "The last")
        await world.until_last("shows: The last", *THERE)
    finally:
        quick.kill()
        for part in system.parts.values():
            part.kill()

    await world.until_last("dark", *THERE)
    assert all(world.lines(name)[-2] == "shows: The last" for name in THERE)
