"""What is measured, watched over WebSocket: the last of each kind, then what is new, at a bounded cost."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import anyio
import httpx
import msgspec
import pytest
import structlog.testing

from services.gateway.batches import Batches
from services.gateway.telemetry import KINDS_AT_MOST, WATCHED_AT_MOST, Readings
from services.gateway.viewer import Viewer
from shared.contracts import subjects
from shared.contracts.errors import Unreachable
from shared.contracts.identity import BannerId
from shared.contracts.live import Hello, Measured, Problem, Telemetry, Unwatch, Watch
from shared.mesh import streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.newest import ENTRIES_AT_MOST, Look, newest
from tests.support.banners import new_banner_id
from tests.support.gateways import Gateway, running_gateway, running_services
from tests.support.nats_server import NatsServer
from tests.support.taking import NOTHING, take
from tests.support.viewers import Watcher, connected
from tests.support.waiting import until

WIND = b'{ "knots" : 12.50 }'
_frame = msgspec.json.Decoder(Telemetry)


async def measured(mesh: Mesh, banner: BannerId, kind: str = "wind", value: bytes = WIND) -> int:
    """The sequence of what is measured."""
    return (await mesh.jetstream.publish(subjects.measured(banner, kind), value)).seq


# --- over WebSocket -------------------------------------------------------------------------------


@pytest.fixture
async def viewer(gateway: Gateway) -> AsyncGenerator[Watcher]:
    """Somebody who has opened the live channel."""
    async with connected(gateway.live_url) as viewer:
        await viewer.next(Hello)
        yield viewer


async def told(viewer: Watcher) -> dict[tuple[str, str], bytes]:
    """What is told next, by banner and kind."""
    frame = await viewer.next(Telemetry)
    return {(each.banner, each.kind): bytes(each.value) for each in frame.measured}


async def test_the_last_of_each_kind_is_told_and_then_what_is_new(viewer: Watcher, mesh: Mesh) -> None:
    banner = new_banner_id()
    for kind, value in (("wind", b'{"knots":1}'), ("wind", WIND), ("power", b'{"battery_pct":1,"watts":2}')):
        await measured(mesh, banner, kind, value)

    await viewer.send(Watch(telemetry=(banner,)))

    assert {
        (banner, "wind"): WIND,
        (banner, "power"): b'{"battery_pct":1,"watts":2}',
    } == await told(viewer)
    await measured(mesh, banner, "wind", b'{"knots":3}')
    assert {(banner, "wind"): b'{"knots":3}'} == await told(viewer)


async def test_who_comes_second_is_told_at_once_what_is_known(
    viewer: Watcher, gateway: Gateway, mesh: Mesh
) -> None:
    banner = new_banner_id()
    await measured(mesh, banner)
    await viewer.send(Watch(telemetry=(banner,)))
    await told(viewer)
    async with connected(gateway.live_url) as second:
        await second.next(Hello)
        await second.send(Watch(telemetry=(banner,)))

        assert {(banner, "wind"): WIND} == await told(second)


async def test_only_what_is_watched_is_told(viewer: Watcher, mesh: Mesh, free: BannerId) -> None:
    watched, left, other = free, new_banner_id(), new_banner_id()
    await viewer.send(Watch(telemetry=(watched, left)))
    await measured(mesh, left)
    await told(viewer)
    await viewer.send(Unwatch(telemetry=(left,)))
    await viewer.watch(watched)  # once this is answered, the other was heard as well
    await measured(mesh, left)
    await measured(mesh, other)
    await measured(mesh, watched)

    assert {(watched, "wind"): WIND} == await told(viewer)


@pytest.mark.parametrize("value", [b"12", b"[1]", b"{", b'{"a":"\xff"}'])
async def test_what_is_not_understood_is_passed_over_and_counted(
    viewer: Watcher, mesh: Mesh, ada: httpx.AsyncClient, value: bytes
) -> None:
    banner = new_banner_id()
    before = await figure(ada, "airdisplay_telemetry_malformed_total")
    await measured(mesh, banner, "wind", value)
    await measured(mesh, banner, "power", b'{"battery_pct":"full"}')
    await measured(mesh, banner, "rain", b"{}")
    await viewer.send(Watch(telemetry=(banner,)))

    assert {(banner, "rain"): b"{}"} == await told(viewer)
    assert before + 2 == await figure(ada, "airdisplay_telemetry_malformed_total")


async def figure(client: httpx.AsyncClient, name: str) -> float:
    """One of the gateway's own figures."""
    lines = (await client.get("/metrics")).text.splitlines()
    (value,) = (line.split()[1] for line in lines if line.startswith(f"{name} "))
    return float(value)


async def test_so_many_banners_may_be_watched_and_not_one_more(viewer: Watcher, mesh: Mesh) -> None:
    many = tuple(new_banner_id() for _ in range(WATCHED_AT_MOST))
    await viewer.send(Watch(telemetry=(*many, many[0])))
    await measured(mesh, many[-1])
    assert {(many[-1], "wind"): WIND} == await told(viewer)

    await viewer.send(Watch(telemetry=(new_banner_id(),)))

    problem = await viewer.next(Problem)
    assert "too-many-watches" == problem.code
    assert "at most 100 banners" in problem.detail


async def test_a_banner_is_named_as_one(viewer: Watcher) -> None:
    await viewer.send(Watch(telemetry=("*",)))

    assert "malformed" == (await viewer.next(Problem)).code


async def test_when_the_last_who_watches_has_left_nothing_is_asked_any_more(
    gateway: Gateway, mesh: Mesh, ada: httpx.AsyncClient
) -> None:
    banner = new_banner_id()
    await measured(mesh, banner)
    async with connected(gateway.live_url) as viewer:
        await viewer.next(Hello)
        await viewer.send(Watch(telemetry=(banner,)))
        await told(viewer)
        assert 1 <= await figure(ada, "airdisplay_telemetry_banners")

    async def nobody() -> bool:
        return not await figure(ada, "airdisplay_telemetry_banners")

    await until(nobody)


async def test_telemetry_goes_on_after_nats_server_was_away(own_nats_server: NatsServer) -> None:
    banner = new_banner_id()
    async with (
        running_services(own_nats_server.url),
        running_gateway(own_nats_server.url) as gateway,
        open_mesh(own_nats_server.url, name="test") as mesh,
        connected(gateway.live_url) as viewer,
    ):
        await viewer.next(Hello)
        await measured(mesh, banner, "wind", b'{"knots":1}')
        await viewer.send(Watch(telemetry=(banner,)))
        await told(viewer)
        await own_nats_server.kill()
        await until(lambda: not mesh.connected)
        await own_nats_server.start()
        await until(lambda: mesh.connected)
        await measured(mesh, banner)
        while not isinstance(frame := await viewer.frame(), Telemetry):
            pass  # viewers of banners are told that the mesh was away

    assert [WIND] == [bytes(each.value) for each in frame.measured]


# --- on its own -----------------------------------------------------------------------------------

B = BannerId("b1")


class Alone:
    """Readings whose looks are taken by hand, at a stream of this test's own."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.asked: list[tuple[Sequence[str], int]] = []
        self.away = False
        self.readings = Readings(self.newest)
        self.viewer = Viewer(Batches())

    async def newest(self, wanted: Sequence[str], after: int) -> Look:
        """One look, noted."""
        self.asked.append((wanted, after))
        if self.away:
            raise Unreachable("the mesh")
        return await newest(self.mesh, streams.TELEMETRY, wanted, after=after)

    async def look(self, *banners: BannerId) -> None:
        """Look once."""
        await self.readings.look(banners or (B,))

    async def told(self) -> list[Measured]:
        """What the viewer is told next."""
        with anyio.fail_after(10):
            return list(_frame.decode(await self.viewer.next() or "").measured)


@pytest.fixture
async def alone(own_mesh: Mesh) -> Alone:
    """With a stream, and nothing in it."""
    await streams.ensure(own_mesh, [streams.telemetry(replicas=1)])
    return Alone(own_mesh)


async def test_a_flood_from_one_device_is_one_message_and_one_reading(alone: Alone) -> None:
    alone.readings.watch(alone.viewer, [B])
    for number in range(5_000):
        await alone.mesh.publish(subjects.measured(B, "wind"), b'{"knots":%d}' % number)
    await measured(alone.mesh, B, "wind", b'{"knots":5000}')
    before = alone.mesh.client.stats["in_msgs"]
    await alone.look()

    assert [b'{"knots":5000}'] == [bytes(each.value) for each in await alone.told()]
    assert 2 == alone.mesh.client.stats["in_msgs"] - before  # the newest, and the end of the answer


async def test_what_was_told_is_not_asked_for_again(alone: Alone) -> None:
    alone.readings.watch(alone.viewer, [B])
    last = await measured(alone.mesh, B)
    await alone.look()
    await alone.told()
    await alone.look()

    assert [0, last] == [after for _, after in alone.asked]
    assert NOTHING == await take(alone.viewer)


async def test_a_viewer_that_does_not_read_gets_the_newest_of_each_kind_next(alone: Alone) -> None:
    alone.readings.watch(alone.viewer, [B])
    for number in range(50):
        await measured(alone.mesh, B, "wind", b'{"knots":%d}' % number)
        await alone.look()

    assert [b'{"knots":0}'] == [bytes(each.value) for each in await alone.told()]
    await alone.look()
    assert [b'{"knots":49}'] == [bytes(each.value) for each in await alone.told()]
    assert NOTHING == await take(alone.viewer)


async def test_one_kind_too_many_is_not_told(alone: Alone) -> None:
    alone.readings.watch(alone.viewer, [B])
    for number in range(KINDS_AT_MOST + 5):
        await measured(alone.mesh, B, f"kind-{number}")
    await alone.look()

    assert [f"kind-{number}" for number in range(KINDS_AT_MOST)] == [each.kind for each in await alone.told()]


async def test_a_banner_with_too_much_to_say_takes_nothing_from_the_others(alone: Alone) -> None:
    others = [BannerId(f"o{number}") for number in range(9)]
    alone.readings.watch(alone.viewer, [*others, B])
    for number in range(ENTRIES_AT_MOST + 1):
        await alone.mesh.publish(subjects.measured(B, f"kind-{number}"), b"{}")
    for other in others:
        await measured(alone.mesh, other)
    await alone.look(*others, B)

    assert set(others) == {each.banner for each in await alone.told()}


async def test_a_stream_that_was_made_anew_is_followed_from_its_beginning(alone: Alone) -> None:
    alone.readings.watch(alone.viewer, [B])
    for _ in range(3):
        await measured(alone.mesh, B)
    await alone.look()
    await alone.told()
    await alone.mesh.jetstream.delete_stream(streams.TELEMETRY)
    await streams.ensure(alone.mesh, [streams.telemetry(replicas=1)])
    await measured(alone.mesh, B, "wind", b'{"knots":1}')
    await alone.look()  # sees that the numbers are lower
    await alone.look()

    assert [b'{"knots":1}'] == [bytes(each.value) for each in await alone.told()]


async def test_what_is_wrong_is_said_once_and_not_for_every_look(alone: Alone) -> None:
    alone.readings.watch(alone.viewer, [B])
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            await measured(alone.mesh, B, "wind", b"nonsense")
            await alone.look()
        alone.away = True
        for _ in range(3):
            await alone.look()

    assert ["telemetry passed over", "telemetry cannot be looked for"] == [each["event"] for each in logs]
    assert 3 == alone.readings.malformed


async def test_one_who_leaves_while_a_look_is_on_its_way_is_not_told(alone: Alone) -> None:
    await measured(alone.mesh, B)
    alone.readings.watch(alone.viewer, [B])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(alone.look)
        while not alone.asked:
            await anyio.lowlevel.checkpoint()
        alone.readings.unwatch(alone.viewer, None)

    assert 0 == len(alone.readings)
    assert NOTHING == await take(alone.viewer)


async def test_nobody_asks_while_nobody_watches(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.telemetry.LOOK_SECONDS", 0.01)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(alone.readings.run)
        alone.readings.watch(alone.viewer, [B])
        await until(lambda: len(alone.asked) > 3)
        alone.readings.unwatch(alone.viewer, [B])
        before = await quiet(alone)
        await anyio.sleep(0.2)  # twenty looks long
        assert before == len(alone.asked)
        tasks.cancel_scope.cancel()


async def quiet(alone: Alone) -> int:
    """How often was asked by now, once what was on its way has come back."""
    await alone.mesh.client.flush()
    await anyio.sleep(0.05)
    return len(alone.asked)


async def test_unwatching_what_was_never_watched_harms_nobody(alone: Alone) -> None:
    other: Any = Viewer(Batches())
    alone.readings.watch(alone.viewer, [B])
    alone.readings.unwatch(other, [B, BannerId("nobody")])
    alone.readings.unwatch(other, None)
    await measured(alone.mesh, B)
    await alone.look()

    assert 1 == len(await alone.told())
