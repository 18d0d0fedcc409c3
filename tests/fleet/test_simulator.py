"""The fleet on a real server: planes land, reboot, fall silent and come back, and stay devices in it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec
import pytest
from nats.aio.msg import Msg

from airdisplay.lines import Lines
from airdisplay.planes.flight import landing, plane
from airdisplay.planes.mishaps import WEATHERS, Kind, next_change, outage
from airdisplay.planes.senses import KINDS
from airdisplay.planes.simulator import MEASURED_A_SECOND_AT_MOST, Fleet, flying, measured
from airdisplay_device import NatsLine
from shared.contracts import subjects
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS, checked
from shared.mesh.connection import Mesh
from tests.support.devices import NotingPanel
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

SEED = 1
Connect = Callable[[str, list[BannerId]], Lines]


class Said(NamedTuple):
    """What a plane said: its banner, the rest of the subject, and the message."""

    banner: str
    kind: str
    data: bytes


def own(url: str, banners: list[BannerId]) -> Lines:
    """Each with a connection of its own."""
    of = {banner: NatsLine(url, name=banner) for banner in banners}
    return Lines(list(of.values()), of)


def shared(url: str, banners: list[BannerId]) -> Lines:
    """All on one, and nobody on it is alone."""
    line = NatsLine(url, name="shared", every_banner=True)
    return Lines([line], dict.fromkeys([*banners, BannerId("somebody-else")], line))


either = pytest.mark.parametrize("connect", [own, shared])


@asynccontextmanager
async def listening(mesh: Mesh) -> AsyncGenerator[list[Said]]:
    """All that hardware says."""
    said: list[Said] = []

    async def note(message: Msg) -> None:
        _, _, banner, kind = message.subject.split(".", 3)
        said.append(Said(banner, kind, message.data))

    subscription = await mesh.subscribe("airdisplay.banner.*.>", note)
    await mesh.client.flush()
    yield said
    await subscription.unsubscribe()


def before(kind: Kind, *, lasts: float = 1.5) -> tuple[BannerId, float]:
    """A banner, and a moment right before an outage of that kind as short, and followed by none."""
    weather = WEATHERS["wild"]
    for number in range(500):
        banner = BannerId(f"b{number}")
        flown, seconds = plane(SEED, banner), 60.0
        while seconds < 2_000:
            found = outage(flown, weather, seconds)
            short = found and found.kind == kind and found.ends - seconds < lasts
            if found and short and outage(flown, weather, found.ends + 0.001) is None:
                return banner, seconds - 0.3
            seconds = next_change(flown, weather, seconds) + 1e-6
    raise AssertionError(f"no {kind} so short")


@asynccontextmanager
async def one_plane(
    server: NatsServer, connect: Connect, banner: BannerId, begins: float
) -> AsyncGenerator[Fleet]:
    """A fleet that is that far into its run."""
    async with flying(
        connect(server.url, [banner]), lambda _: NotingPanel(), seed=SEED, severity="wild", begins=begins
    ) as fleet:
        yield fleet


@either
async def test_after_a_gap_a_plane_is_the_same_device_and_asks_at_once(
    mesh: Mesh, nats_server: NatsServer, connect: Connect
) -> None:
    banner, begins = before("no radio")
    async with listening(mesh) as said, one_plane(nats_server, connect, banner, begins) as fleet:
        craft = fleet.crafts[banner]
        device = craft.device
        await until(lambda: craft.out == "no radio")
        assert not craft.radio.connected
        await until(lambda: craft.out is None)
        said.clear()
        await until(lambda: (banner, "hello") in {each[:2] for each in said})

        assert craft.device is device


@either
async def test_a_plane_that_reboots_comes_back_as_a_device_that_knows_nothing(
    mesh: Mesh, nats_server: NatsServer, connect: Connect
) -> None:
    banner, begins = before("rebooting")
    async with listening(mesh) as said, one_plane(nats_server, connect, banner, begins) as fleet:
        craft = fleet.crafts[banner]
        device = craft.device
        await until(lambda: craft.out == "rebooting")
        await until(lambda: craft.out is None)
        said.clear()
        await until(lambda: (banner, "hello") in {each[:2] for each in said})

        assert craft.device is not device
        assert [] == _goodbyes(said, banner)


@either
async def test_who_lands_says_so_and_is_not_heard_until_it_takes_off(
    mesh: Mesh, nats_server: NatsServer, connect: Connect
) -> None:
    banner = BannerId("sparky")
    landed, off_again = landing(plane(SEED, banner), 0)
    async with listening(mesh) as said:
        async with one_plane(nats_server, connect, banner, landed - 0.5) as fleet:
            craft = fleet.crafts[banner]
            await until(lambda: craft.out == "landed")
            await until(lambda: _goodbyes(said, banner) == ["landed"])
            assert not craft.radio.connected
        said.clear()
        async with one_plane(nats_server, connect, banner, off_again - 0.5) as fleet:
            craft = fleet.crafts[banner]
            await until(lambda: craft.out == "landed")
            await until(lambda: craft.out is None)
            await until(lambda: (banner, "hello") in {each[:2] for each in said})


@either
async def test_at_the_end_everybody_says_goodbye(
    mesh: Mesh, nats_server: NatsServer, connect: Connect
) -> None:
    banner = BannerId("sparky")
    async with listening(mesh) as said:
        async with one_plane(nats_server, connect, banner, 0):
            await until(lambda: (banner, "hello") in {each[:2] for each in said})
        await until(lambda: _goodbyes(said, banner) == ["switched off"])


async def test_planes_tell_each_kind_as_it_was_agreed(mesh: Mesh, nats_server: NatsServer) -> None:
    banners = [BannerId(f"b{number}") for number in range(30)]
    async with (
        listening(mesh) as said,
        flying(shared(nats_server.url, banners), lambda _: NotingPanel(), seed=SEED, severity="none"),
    ):
        wanted = {(banner, f"telemetry.{kind}") for banner in banners for kind in KINDS}
        await until(lambda: wanted <= {each[:2] for each in said}, seconds=20)

    for each in said:
        if each.kind.startswith("telemetry."):
            checked(each.kind.removeprefix("telemetry."), each.data)


async def test_a_thousand_planes_fly_on_one_connection(mesh: Mesh, nats_server: NatsServer) -> None:
    banners = [BannerId(f"b{number}") for number in range(1_000)]
    async with (
        listening(mesh) as said,
        flying(shared(nats_server.url, banners), lambda _: NotingPanel(), seed=SEED, severity="wild"),
    ):
        await until(
            lambda: {*banners} <= {each.banner for each in said if each.kind == "presence"}, seconds=30
        )


async def test_what_a_panel_raises_ends_the_fleet(mesh: Mesh, nats_server: NatsServer) -> None:
    class Broken(NotingPanel):
        def show(self, display: Display | None) -> None:
            raise ZeroDivisionError(display)

    async def fly() -> None:
        connections = own(nats_server.url, [BannerId("b")])
        async with flying(connections, lambda _: Broken(), seed=SEED, severity="none") as fleet:
            await until(lambda: fleet.crafts[BannerId("b")].radio.connected)
            await mesh.publish(subjects.banner(BannerId("b"), "state"), RECORD)
            await until(lambda: False)

    with pytest.raises(BaseExceptionGroup) as caught:
        await fly()
    assert caught.group_contains(ZeroDivisionError)


def test_a_few_planes_measure_each_kind_every_five_seconds() -> None:
    assert 12 * len(KINDS) == measured(MEASURED_EVERY_SECONDS, 12)


def test_the_rate_of_thousands_is_bounded() -> None:
    assert 60 * MEASURED_A_SECOND_AT_MOST == measured(60, 10_000)


def _goodbyes(said: list[Said], banner: BannerId) -> list[str]:
    told = [msgspec.json.decode(each.data) for each in said if each[:2] == (banner, "presence")]
    return [each["leaving"] for each in told if each.get("leaving")]


RECORD = msgspec.json.encode(
    {
        "at": "2026-05-04T12:00:00.250Z",
        "number": 1,
        "state": {
            "id": "b",
            "name": "B",
            "display": {
                "id": "d",
                "text": "Hello",
                "by": "me",
                "shown_at": "2026-05-04T12:00:00.250Z",
                "until": "2096-05-04T12:01:00.250Z",
            },
        },
    }
)
