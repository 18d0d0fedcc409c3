"""The intake: keeps what is as agreed, with the time at which it was said, through all that may end it."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import msgspec
import pytest

from services.intake.service import intake_service
from shared.contracts import subjects
from shared.contracts.errors import NotFit
from shared.contracts.hardware import KeptReport
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import AT_HEADER
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.newest import newest, taken_at
from tests.intake.conftest import Facts, Guarded, count, kept, running_intake, until_looked_at
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

A, B = BannerId("a"), BannerId("b")
WIND = b'{"knots":12.5}'

_kept_report = msgspec.json.Decoder(KeptReport)


@pytest.fixture
async def facts(guarded: Guarded) -> AsyncGenerator[Facts]:
    """An intake that runs, and two banners that are registered."""
    await guarded.registered(A, B)
    async with running_intake(guarded) as facts:
        yield facts


def report(display: str | None, **more: Any) -> bytes:
    return msgspec.json.encode({"display_id": display, **more})


async def reports(mesh: Mesh, banner: BannerId) -> list[KeptReport]:
    return [
        _kept_report.decode(data) for data in await kept(mesh, streams.REPORTED, subjects.reported(banner))
    ]


async def test_a_value_is_kept_as_it_was_sent(guarded: Guarded, facts: Facts, watching: Mesh) -> None:
    device = await guarded.device(A)
    await device.publish(subjects.telemetry(A, "wind"), b'{ "knots" : 12.50 }')
    subject = subjects.measured(A, "wind")

    await until(lambda: _are_kept(watching, streams.TELEMETRY, subject, 1))

    assert [b'{ "knots" : 12.50 }'] == await kept(watching, streams.TELEMETRY, subject)
    assert 1 == (await facts())["kept"]


async def test_a_value_keeps_the_time_at_which_the_mesh_took_it(guarded: Guarded, watching: Mesh) -> None:
    """Also where it had to wait: here there is no intake at first."""
    await guarded.registered(A)
    device = await guarded.device(A)
    before = clock.now()
    await device.publish(subjects.telemetry(A, "wind"), WIND)
    await device.flush()
    await until(lambda: _are_kept(watching, streams.INTAKE, subjects.telemetry(A, "wind"), 1))
    then = clock.now()
    await until(lambda: clock.now() > then)

    async with running_intake(guarded):
        await until(lambda: _are_kept(watching, streams.TELEMETRY, subjects.measured(A, "wind"), 1))

    look = await newest(watching, streams.TELEMETRY, [subjects.measured(A, "*")], after=0)
    assert before <= taken_at(look.entries[0]) <= then
    assert taken_at(look.entries[0]) == (look.entries[0].headers or {})[AT_HEADER]


async def test_a_report_is_kept_with_the_time_at_which_it_was_heard(
    guarded: Guarded, facts: Facts, watching: Mesh
) -> None:
    del facts
    device = await guarded.device(A)
    before = clock.now()
    await device.publish(
        subjects.banner(A, "reported"), report("d1", revision=7, at="1970-01-01T00:00:00.000Z")
    )
    await until(lambda: _are_kept(watching, streams.REPORTED, subjects.reported(A), 1))

    [kept_report] = await reports(watching, A)
    assert ("d1", 7, "1970-01-01T00:00:00.000Z") == (
        kept_report.display_id,
        kept_report.revision,
        kept_report.at,
    )
    assert before <= kept_report.heard_at <= clock.now()


async def test_a_banner_that_was_registered_just_now_is_known(
    guarded: Guarded, facts: Facts, watching: Mesh
) -> None:
    """Again and again, because what is not known yet would be refused in a race."""
    mesh = await guarded.mesh_as("banner")
    telemetry = await guarded.mesh_as("telemetry")
    for number in range(50):
        banner = BannerId(f"new-{number}")
        record = subjects.record(streams.BANNERS.bucket, banner)
        await mesh.requests.ask(record, b"{}", timeout=5)
        await telemetry.publish(subjects.telemetry(banner, "wind"), WIND)

    await until(lambda: _are_kept(watching, streams.TELEMETRY, subjects.measured("*", "wind"), 50))
    assert 0 == (await facts())["refused"]["unknown-banner"]


async def test_what_is_said_of_a_banner_that_nobody_registered_is_refused(
    guarded: Guarded, facts: Facts, watching: Mesh
) -> None:
    telemetry = await guarded.mesh_as("telemetry")
    await telemetry.publish(subjects.telemetry("nobody", "wind"), WIND)
    await telemetry.publish(subjects.telemetry(A, "wind"), WIND)

    await until(lambda: _are_kept(watching, streams.TELEMETRY, subjects.measured(A, "wind"), 1))
    assert 0 == await count(watching, streams.TELEMETRY, subjects.measured("nobody", "*"))
    assert 1 == (await facts())["refused"]["unknown-banner"]
    assert {"nobody": 1} == (await facts())["refused_most"]


async def test_a_banner_that_was_removed_is_unknown(guarded: Guarded, facts: Facts) -> None:
    mesh = await guarded.mesh_as("banner")
    await mesh.jetstream.publish(
        subjects.record(streams.BANNERS.bucket, B), b"", headers={"KV-Operation": "DEL"}
    )
    telemetry = await guarded.mesh_as("telemetry")

    async def is_refused() -> bool:
        await telemetry.publish(subjects.telemetry(B, "wind"), WIND)
        return bool((await facts())["refused"]["unknown-banner"])

    await until(is_refused)


async def test_instances_share_what_there_is_and_keep_everything_once(
    guarded: Guarded, watching: Mesh
) -> None:
    await guarded.registered(A, B, *(BannerId(f"b{number}") for number in range(50)))
    telemetry = await guarded.mesh_as("telemetry")
    async with running_intake(guarded, "one") as one, running_intake(guarded, "two") as two:
        for _ in range(20):
            for number in range(50):
                await telemetry.publish(subjects.telemetry(f"b{number}", "wind"), WIND)
            await telemetry.client.flush()
            await anyio.sleep(0.02)
        await until_looked_at(watching)
        each = [(await facts())["kept"] for facts in (one, two)]

    assert 1_000 == await count(watching, streams.TELEMETRY, subjects.measured("*", "*")) == sum(each)
    assert all(each)


async def test_an_instance_that_ends_leaves_nothing_undone(guarded: Guarded, watching: Mesh) -> None:
    """One after the other, as in a rolling restart, while something is said all the time."""
    banners = [BannerId(f"b{number}") for number in range(20)]
    await guarded.registered(*banners)
    fleet = await guarded.mesh_as("telemetry")
    device = await guarded.device(banners[0])
    said = 0
    for _ in range(4):
        async with running_intake(guarded):
            for _ in range(5):
                said += 1
                for banner in banners:
                    await fleet.publish(subjects.telemetry(banner, "wind"), b'{"knots":%d}' % said)
                await device.publish(subjects.banner(banners[0], "reported"), report(f"d{said}"))
                await device.flush()
                await fleet.client.flush()
    async with running_intake(guarded):
        await until_looked_at(watching)

    for banner in banners:
        values = await kept(watching, streams.TELEMETRY, subjects.measured(banner, "wind"))
        assert [b'{"knots":%d}' % number for number in range(1, said + 1)] == values
    assert [f"d{number}" for number in range(1, said + 1)] == [
        each.display_id for each in await reports(watching, banners[0])
    ]


@pytest.mark.parametrize("how", ["kill", "restart"])
async def test_it_goes_on_after_the_server_was_away_and_loses_no_report(
    guarded: Guarded, facts: Facts, watching: Mesh, how: str
) -> None:
    """What it has taken, and what was still waiting for it: no more than may wait of one subject."""
    device = await guarded.device(A)

    async def taken() -> bool:
        return (await streams.info(watching, streams.INTAKE)).state.last_seq >= 8

    for number in range(15):
        await device.publish(subjects.banner(A, "reported"), report(f"d{number}"))
        await device.flush()
        if number == 7:
            await until(taken)
            await (guarded.server.kill() if how == "kill" else guarded.server.stop())
            await until(lambda: not watching.connected and not device.is_connected)
            await guarded.server.start()
            await until(lambda: watching.connected and device.is_connected)

    async def all_of_them() -> bool:
        return {each.display_id for each in await reports(watching, A)} == {f"d{n}" for n in range(15)}

    await until(all_of_them, seconds=30)
    assert "d14" == (await reports(watching, A))[-1].display_id
    assert (await facts())["resumed"] >= 1


async def test_streams_made_anew_are_filled_again(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    """Here without credentials, because nobody who has some may do that."""
    record = subjects.record(streams.BANNERS.bucket, A)
    await own_mesh.requests.ask(record, b"{}", timeout=5)
    async with (
        open_mesh(own_nats_server.url, name="intake") as mesh,
        intake_service(mesh, instance="test"),
    ):
        await own_mesh.publish(subjects.banner(A, "reported"), report("d1"))
        await until(lambda: _are_kept(own_mesh, streams.REPORTED, subjects.reported(A), 1))
        for stream in ("HISTORY", streams.INTAKE, streams.REPORTED, streams.TELEMETRY):
            await own_mesh.jetstream.delete_stream(stream)
        await own_mesh.jetstream.delete_stream(streams.BANNERS.stream)
        await streams.ensure(own_mesh, streams.everything(1))
        await own_mesh.requests.ask(record, b"{}", timeout=5)

        async def is_kept() -> bool:
            await own_mesh.publish(subjects.banner(A, "reported"), report("d2"))
            await own_mesh.publish(subjects.telemetry(A, "wind"), WIND)
            values = await count(own_mesh, streams.TELEMETRY, subjects.measured(A, "wind"))
            return bool(values and await count(own_mesh, streams.REPORTED, subjects.reported(A)))

        await until(is_kept, seconds=20)


async def test_what_nobody_has_thought_of_is_refused_and_the_next_one_is_kept(
    guarded: Guarded, facts: Facts, watching: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_kind: str, data: bytes) -> None:
        if b"poison" in data:
            raise ZeroDivisionError

    monkeypatch.setattr("services.intake.looking.value", fail)
    device = await guarded.device(A)
    await device.publish(subjects.telemetry(A, "wind"), b'{"poison":1}')
    await device.publish(subjects.telemetry(A, "wind"), WIND)

    await until(lambda: _are_kept(watching, streams.TELEMETRY, subjects.measured(A, "wind"), 1))
    assert 1 == (await facts())["refused"]["unforeseen"]


async def test_the_last_of_many_reports_is_kept_however_many_came_before(
    guarded: Guarded, facts: Facts, watching: Mesh
) -> None:
    device = await guarded.device(A)
    for number in range(2_000):
        await device.publish(subjects.banner(A, "reported"), report(f"d{number}"))
        if number % 20 == 0:
            await device.flush()
            await anyio.sleep(0.005)
    await device.flush()

    async def last_is_kept() -> bool:
        found = await reports(watching, A)
        return bool(found) and found[-1].display_id == "d1999"

    await until(last_is_kept)
    await until_looked_at(watching)
    found = await reports(watching, A)
    assert len(found) < 200
    assert sorted(each.heard_at for each in found) == [each.heard_at for each in found]
    assert (await facts())["over_budget"] > 0


async def test_the_newest_value_is_kept_after_a_flood_of_its_kind(
    guarded: Guarded, facts: Facts, watching: Mesh
) -> None:
    del facts
    device = await guarded.device(A)
    for number in range(3_000):
        await device.publish(subjects.telemetry(A, "wind"), b'{"knots":%d}' % number)
        if number % 20 == 0:
            await device.flush()
            await anyio.sleep(0.002)
    await device.flush()

    async def newest_is_kept() -> bool:
        values = await kept(watching, streams.TELEMETRY, subjects.measured(A, "wind"))
        return bool(values) and json.loads(values[-1]) == {"knots": 2_999}

    await until(newest_is_kept)
    assert await count(watching, streams.TELEMETRY, subjects.measured(A, "*")) < 400


async def test_what_waits_for_its_budget_is_kept_when_the_instance_ends(
    guarded: Guarded, watching: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.service._LATER_SECONDS", 600)
    await guarded.registered(A)
    device = await guarded.device(A)
    async with running_intake(guarded) as facts:
        for number in range(100):
            await device.publish(subjects.banner(A, "reported"), report(f"d{number}"))
            await device.flush()
            await anyio.sleep(0.002)

        async def waits() -> bool:
            now = await facts()
            return bool(now["waiting"] == 1 and now["kept"] + now["over_budget"] == 99)

        await until(waits)

    assert "d99" == (await reports(watching, A))[-1].display_id
    await until_looked_at(watching)


async def test_a_clock_that_is_off_keeps_it_from_serving(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    right = clock.seconds
    monkeypatch.setattr(clock, "seconds", lambda: right() + 60)

    with pytest.raises(NotFit, match="ahead of the server's"):
        async with intake_service(mesh, instance="test"):
            pytest.fail("it serves")


async def _are_kept(mesh: Mesh, stream: str, subject: str, number: int) -> bool:
    return await count(mesh, stream, subject) == number
