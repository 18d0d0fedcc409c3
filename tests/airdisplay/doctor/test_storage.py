"""Streams that are not as they should be."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from nats.js.api import AckPolicy, ConsumerConfig

from airdisplay.doctor import storage
from airdisplay.doctor.findings import Finding, Level, worst
from airdisplay.doctor.storage import check, check_one, check_reader
from services.intake.service import intake_service
from shared.contracts import subjects
from shared.mesh import inspection, streams
from shared.mesh.connection import Mesh
from shared.mesh.inspection import Kept, Reading
from tests.support.waiting import until

LED: Mapping[str, Any] = {
    "config": {},
    "cluster": {"leader": "n1"},
    "created": "2026-05-01T12:00:00Z",
    "ts": "2026-05-04T12:00:00.123456789Z",
}


def kept(**said: Any) -> Kept:
    """A stream of which the server says that."""
    return msgspec.convert({**LED, **said}, Kept)


async def wrong(mesh: Mesh) -> list[str]:
    """What is found to be wrong or at the edge."""
    return [each.what for each in await check(mesh) if each.level != "ok"]


async def test_a_mesh_with_an_intake_is_well(own_mesh: Mesh) -> None:
    async with intake_service(own_mesh, instance="test"):

        async def well() -> bool:
            return worst(await check(own_mesh)) == "ok"

        await until(well)


async def test_a_mesh_that_no_intake_ever_read_is_not(own_mesh: Mesh) -> None:
    assert ["nobody has ever read what hardware says"] == await wrong(own_mesh)


async def test_a_stream_that_is_gone_is_told(own_mesh: Mesh) -> None:
    await own_mesh.jetstream.delete_stream("TELEMETRY")

    assert "the stream TELEMETRY is missing" in await wrong(own_mesh)


async def test_a_stream_with_other_settings_is_told_with_each_of_them(own_mesh: Mesh) -> None:
    (config,) = [each for each in streams.everything(1) if each.name == "REPORTED"]
    await own_mesh.jetstream.update_stream(
        config, max_age=60.0, max_msgs=7, subjects=["airdisplay.reported.*", "more.>"]
    )

    assert any(
        "REPORTED is not as this version wants it" in each
        and "max_age 2.592e+06 s, found 60 s" in each
        and "max_msgs -1, found 7" in each
        and 'subjects ["airdisplay.reported.*"], found ["airdisplay.reported.*", "more.>"]' in each
        for each in await wrong(own_mesh)
    )


async def test_what_nobody_reads_is_told(own_mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "UNREAD_AT_MOST", 2)
    config = ConsumerConfig(durable_name="mailer", ack_policy=AckPolicy.EXPLICIT)
    await own_mesh.jetstream.add_consumer("KV_banners", config)
    for number in range(3):
        await own_mesh.jetstream.publish(subjects.record("banners", f"b{number}"), b"{}")

    assert "nobody reads KV_banners as mailer: 3 messages wait" in await wrong(own_mesh)


async def test_readers_without_a_name_of_their_own_are_nobodys_business(own_mesh: Mesh) -> None:
    await own_mesh.jetstream.add_consumer("KV_banners", ConsumerConfig(inactive_threshold=60))

    assert [] == list(await inspection.readings(own_mesh, "KV_banners"))


async def test_all_pages_of_readers_are_read(own_mesh: Mesh) -> None:
    for number in range(300):
        await own_mesh.jetstream.add_consumer("KV_banners", ConsumerConfig(durable_name=f"d{number}"))

    assert 300 == len(await inspection.readings(own_mesh, "KV_banners"))


@pytest.mark.parametrize(
    ("name", "stream", "level", "said"),
    [
        pytest.param("S", kept(), None, "", id="nothing to say"),
        pytest.param("S", kept(cluster={}), "bad", "S has no leader", id="no leader"),
        pytest.param(
            "S",
            kept(cluster={"leader": "n1", "replicas": [{"name": "n2", "offline": True}]}),
            "warn",
            "the copy of S on n2 is away",
            id="a server is away",
        ),
        pytest.param(
            "S",
            kept(cluster={"leader": "n1", "replicas": [{"name": "n2", "current": False, "lag": 1234}]}),
            "warn",
            "n2 is 1,234 messages behind",
            id="a copy is behind",
        ),
        pytest.param(
            "S",
            kept(cluster={"leader": "n1", "replicas": [{"name": "n2", "current": True}]}),
            None,
            "",
            id="a copy is current",
        ),
        pytest.param("S", kept(mirror={"name": "B", "active": 10**9}), None, "", id="a mirror that hears"),
        pytest.param("S", kept(mirror={"name": "B", "active": -1}), "bad", "never heard of B", id="deaf"),
        pytest.param(
            "S",
            kept(mirror={"name": "B", "active": -1}, created="2026-05-04T11:59:50Z"),
            None,
            "",
            id="just made",
        ),
        pytest.param(
            "S",
            kept(sources=[{"name": "B", "active": 31 * 10**9}]),
            "bad",
            "not for 31 s heard of B",
            id="mute",
        ),
        pytest.param(
            "S",
            kept(mirror={"name": "B", "active": 0, "lag": 101}),
            "warn",
            "101 records behind B",
            id="lagging",
        ),
        pytest.param(
            "S",
            kept(config={"max_msgs": 10}, state={"messages": 8}),
            "warn",
            "S has 8 of 10 messages",
            id="nearly full",
        ),
        pytest.param("S", kept(config={"max_msgs": 10}, state={"messages": 7}), None, "", id="room left"),
        pytest.param("S", kept(config={"max_msgs": -1}, state={"messages": 9**9}), None, "", id="no limit"),
        pytest.param(
            "INTAKE",
            kept(config={"max_msgs": 10}, state={"messages": 10}),
            "warn",
            "dropped before anybody looks",
            id="the intake does not keep up",
        ),
        pytest.param(
            "TELEMETRY",
            kept(
                config={"max_bytes": 10, "max_age": 86_400 * 10**9},
                state={"bytes": 10, "messages": 1, "first_ts": "2026-05-04T06:00:00Z"},
            ),
            "warn",
            "it keeps the last 6.0 of the 24 hours",
            id="a day does not fit",
        ),
        pytest.param(
            "TELEMETRY",
            kept(
                config={"max_bytes": 10, "max_age": 86_400 * 10**9},
                state={"bytes": 10, "messages": 1, "first_ts": "2026-05-03T13:00:00Z"},
            ),
            None,
            "",
            id="a day just fits",
        ),
    ],
)
def test_one_stream(name: str, stream: Kept, level: Level | None, said: str) -> None:
    found = check_one(name, stream)

    assert ([] if level is None else [level]) == [each.level for each in found]
    assert all(said in each.what and each.do for each in found)


@pytest.mark.parametrize(
    ("reader", "level"),
    [
        pytest.param(Reading("r"), None, id="it has read everything"),
        pytest.param(Reading("r", num_pending=1_000), None, id="a little is left"),
        pytest.param(Reading("r", num_pending=1_001, num_waiting=1), "warn", id="it is behind"),
        pytest.param(Reading("r", num_pending=1_001, num_ack_pending=1), "warn", id="it works"),
        pytest.param(Reading("r", num_pending=1_001), "bad", id="nobody is there"),
    ],
)
def test_a_reader(reader: Reading, level: Level | None) -> None:
    found: Finding | None = check_reader("S", reader)

    assert level == (None if found is None else found.level)
