"""One device that sends as fast as it can harms nobody: others are kept whole, and of it a bounded number."""

import secrets

import anyio
import pytest

from services.intake.service import REPORTS, VALUES
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import KINDS_AT_MOST, SPELLED_OUT
from shared.mesh import streams
from shared.mesh.follow import follow
from tests.intake.conftest import Guarded, count, kept, running_intake, until_looked_at
from tests.support.waiting import until

FLOODER = BannerId("flooder")
OTHERS = [BannerId(f"b{number}") for number in range(50)]
SECONDS = 4
VALUES_OF_EACH = 8
POSITION = b'{"lat":36.7,"lon":-4.42,"altitude_m":410,"heading_deg":93.5,"speed_mps":27}'


@pytest.mark.timeout(120)
async def test_a_flood_of_one_takes_nothing_from_fifty_others(guarded: Guarded) -> None:
    await guarded.registered(FLOODER, *OTHERS)
    flooder = await guarded.device(FLOODER)
    devices = [await guarded.device(banner) for banner in OTHERS]
    watching = await guarded.mesh_as("operator")
    sent = 0

    async def flood() -> None:
        nonlocal sent
        while True:
            for _ in range(200):
                kind = secrets.choice(["wind", "position", f"k-{secrets.token_hex(4)}"])
                await flooder.publish(subjects.telemetry(FLOODER, kind), POSITION)
                await flooder.publish(subjects.banner(FLOODER, "reported"), b'{"display_id":"d1"}')
                await flooder.publish(subjects.banner(FLOODER, "presence"), b"{}")
                sent += 2
            await flooder.flush()

    began = anyio.current_time()
    async with running_intake(guarded), anyio.create_task_group() as tasks:
        tasks.start_soon(flood)
        for turn in range(VALUES_OF_EACH):
            for banner, device in zip(OTHERS, devices, strict=True):
                await device.publish(subjects.telemetry(banner, "wind"), b'{"turn":%d}' % turn)
            await anyio.sleep(SECONDS / VALUES_OF_EACH)
        for banner, device in zip(OTHERS, devices, strict=True):
            await device.publish(subjects.banner(banner, "reported"), b'{"display_id":"d1"}')
            await device.flush()

        async def all_reported() -> bool:
            return await count(watching, streams.REPORTED, subjects.reported("*")) >= len(OTHERS)

        await until(all_reported, seconds=30)
        tasks.cancel_scope.cancel()
    async with running_intake(guarded, "after"):
        await until_looked_at(watching)
    seconds = anyio.current_time() - began

    wanted = [b'{"turn":%d}' % turn for turn in range(VALUES_OF_EACH)]
    for banner in OTHERS:
        assert wanted == await kept(watching, streams.TELEMETRY, subjects.measured(banner, "wind"))
        assert 1 == await count(watching, streams.REPORTED, subjects.reported(banner))
    of_flooder = await watching.jetstream.stream_info(
        streams.TELEMETRY, subjects_filter=subjects.measured(FLOODER, "*")
    )
    found = of_flooder.state.subjects or {}
    # Two instances, one after the other.
    assert len(found) <= 2 * (KINDS_AT_MOST - len(SPELLED_OUT)) + len(SPELLED_OUT)
    assert sum(found.values()) <= 2 * (VALUES.at_once + KINDS_AT_MOST) + VALUES.a_second * seconds
    reports = await count(watching, streams.REPORTED, subjects.reported(FLOODER))
    assert 1 <= reports <= 2 * REPORTS.at_once + REPORTS.a_second * seconds + 2
    assert sent > 10 * (sum(found.values()) + reports)


async def test_a_flood_of_heartbeats_leaves_one_and_is_followed(guarded: Guarded) -> None:
    """Who follows is told of the newest; what was overwritten before it was read costs nobody anything."""
    flooder, other = await guarded.device(FLOODER), await guarded.device(OTHERS[0])
    watching = await guarded.mesh_as("gateway")
    seen: set[str] = set()

    async with (
        follow(watching, streams.PRESENCE, subjects.presence("*")) as feed,
        anyio.create_task_group() as tasks,
    ):

        async def take() -> None:
            async for entries in feed:
                seen.update(subjects.of_whom(entry.subject) for entry in entries)

        tasks.start_soon(take)
        for _ in range(100):
            for _ in range(100):
                await flooder.publish(subjects.banner(FLOODER, "presence"), b"{}")
            await flooder.flush()
        await other.publish(subjects.banner(OTHERS[0], "presence"), b"{}")
        await until(lambda: seen == {FLOODER, OTHERS[0]})
        tasks.cancel_scope.cancel()

    assert 2 == (await streams.info(watching, streams.PRESENCE)).state.messages
