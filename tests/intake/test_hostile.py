"""Hostile hardware, with credentials of its own: what it sends is refused and counted, and harms nobody else.

What a device may not do at all, the table of what is denied says; here it does what it may, in bad faith.
"""

from collections.abc import AsyncGenerator
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.banner.service import banner_service
from shared.contracts import subjects
from shared.contracts.hardware import SAID_BYTES_AT_MOST
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from tests.intake.conftest import Facts, Guarded, count, guarded_mesh, kept, running_intake, until_looked_at
from tests.support.banners import registered
from tests.support.waiting import until

EVIL, VICTIM = BannerId("evil"), BannerId("victim")
WIND = b'{"knots":12.5}'
POSITION = b'{"lat":36.7,"lon":-4.42,"altitude_m":410,"heading_deg":93.5,"speed_mps":27}'


@pytest.fixture(scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Guarded]:
    """A mesh for all tests of this module: what one of them does must not harm the next."""
    directory: Path = tmp_path_factory.mktemp("guarded")
    async with (
        guarded_mesh(directory) as guarded,
        open_mesh(guarded.nats_as("banner"), name="banner") as mesh,
        banner_service(mesh, instance="test", ttl_ms=60_000, replicas=1),
    ):
        asking = Banners(await guarded.mesh_as("operator"))
        for banner in (EVIL, VICTIM):
            await registered(asking, banner)
        yield guarded


@pytest.fixture(scope="module")
async def facts(guarded: Guarded) -> AsyncGenerator[Facts]:
    """The intake, one and the same for all tests of this module."""
    async with running_intake(guarded) as facts:
        yield facts


@pytest.fixture(scope="module")
async def evil(guarded: Guarded) -> Client:
    return await guarded.device(EVIL)


@pytest.fixture(scope="module")
async def victim(guarded: Guarded) -> Client:
    return await guarded.device(VICTIM)


@pytest.fixture(scope="module")
async def watching(guarded: Guarded) -> Mesh:
    return await guarded.mesh_as("operator")


async def all_is_well(facts: Facts, victim: Client, watching: Mesh) -> None:
    """The services live, and what somebody else says is kept."""
    before = await count(watching, streams.TELEMETRY, subjects.measured(VICTIM, "wind"))
    await victim.publish(subjects.telemetry(VICTIM, "wind"), WIND)
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    subscription = await victim.subscribe(subjects.banner(VICTIM, "state"), cb=hear)
    await victim.publish(subjects.banner(VICTIM, "hello"), b"")

    async def is_kept() -> bool:
        return await count(watching, streams.TELEMETRY, subjects.measured(VICTIM, "wind")) > before

    await until(is_kept)
    await until(lambda: bool(heard))
    await subscription.unsubscribe()
    assert (await facts())["kept"]


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        pytest.param("position", b"", "malformed", id="nothing"),
        pytest.param("position", b"null", "malformed", id="null"),
        pytest.param("position", b"\x00" * 100, "malformed", id="zeros"),
        pytest.param("position", bytes(range(256)), "malformed", id="all bytes"),
        pytest.param("position", POSITION[:-1], "malformed", id="cut off"),
        pytest.param("position", POSITION.replace(b"36.7", b"NaN"), "malformed", id="no number"),
        pytest.param("position", POSITION.replace(b"36.7", b'"36.7"'), "malformed", id="a text for a number"),
        pytest.param("position", POSITION.replace(b"36.7", b"1e999"), "malformed", id="an endless number"),
        pytest.param("wind", b"[" * 4_000, "malformed", id="lists without end"),
        pytest.param("wind", b'{"a":' * 600 + b"1" + b"}" * 600, "malformed", id="deep"),
        pytest.param("wind", b'{"a":1,"a":2}', "malformed", id="a name twice"),
        pytest.param("wind", b'{"a":' + b"9" * 4_000 + b"}", "malformed", id="a number of 4,000 digits"),
        pytest.param("wind", b'{"a":"\xc3\x28"}', "malformed", id="no text"),
        pytest.param("wind", b'{"a":"' + b"x" * 4_100 + b'"}', "too-long", id="over 4 KiB"),
        pytest.param("wind", b"x" * (SAID_BYTES_AT_MOST - 200), "too-long", id="nearly 16 KiB"),
        pytest.param("Wind", WIND, "bad-subject", id="a kind that is none"),
        pytest.param("w" * 64, WIND, "bad-subject", id="a kind that is too long"),
        pytest.param("\u00e4", WIND, "bad-subject", id="a kind that is no ASCII"),
    ],
)
async def test_values_that_are_none_are_refused_counted_and_never_stored(  # noqa: PLR0917
    facts: Facts, evil: Client, victim: Client, watching: Mesh, kind: str, data: bytes, reason: str
) -> None:
    before = (await facts())["refused"][reason]

    await evil.publish(f"airdisplay.banner.{EVIL}.telemetry.{kind}", data)

    await until(lambda: _refused(facts, reason, before + 1))
    assert data not in await kept(watching, streams.TELEMETRY, f"airdisplay.measured.{EVIL}.{kind}")
    assert (await facts())["refused_most"][EVIL]
    await all_is_well(facts, victim, watching)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "malformed", id="nothing"),
        pytest.param(b'{"display_id":["d"]}', "malformed", id="a list"),
        pytest.param(b'{"display_id":null,"revision":true}', "malformed", id="true for a number"),
        pytest.param(b'{"display_id":null,"revision":1e99}', "malformed", id="a huge revision"),
        pytest.param(b'{"display_id":null,"at":9}', "malformed", id="a number for a time"),
        pytest.param(b'{"display_id":"' + b"d" * 500 + b'"}', "too-long", id="too long"),
        pytest.param(b"[" * 512, "malformed", id="lists without end"),
    ],
)
async def test_reports_that_are_none_are_refused_counted_and_never_stored(  # noqa: PLR0917
    facts: Facts, evil: Client, victim: Client, watching: Mesh, data: bytes, reason: str
) -> None:
    before = (await facts())["refused"][reason]
    stored = await count(watching, streams.REPORTED, subjects.reported(EVIL))

    await evil.publish(subjects.banner(EVIL, "reported"), data)

    await until(lambda: _refused(facts, reason, before + 1))
    assert stored == await count(watching, streams.REPORTED, subjects.reported(EVIL))
    await all_is_well(facts, victim, watching)


@settings(max_examples=20)
@given(
    said=st.lists(
        st.tuples(
            st.sampled_from(["reported", "hello", "presence", "telemetry.position", "telemetry.x"]),
            st.binary(max_size=5_000)
            | st.sampled_from([POSITION, WIND, b'{"display_id":null}', b"{}", b"[]", b"{" * 1_000]),
            st.dictionaries(
                st.sampled_from(["Nats-Msg-Id", "Nats-Rollup", "Nats-TTL", "Airdisplay-At", "Status", "X"]),
                st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
                max_size=3,
            ),
        ),
        max_size=20,
    )
)
async def test_whatever_a_device_says_the_services_live_and_others_are_heard(
    facts: Facts,
    evil: Client,
    victim: Client,
    watching: Mesh,
    said: list[tuple[str, bytes, dict[str, str]]],
) -> None:
    for what, data, headers in said:
        await evil.publish(subjects.banner(EVIL, what), data, headers=headers or None)
    await evil.flush()

    await until_looked_at(watching)
    await all_is_well(facts, victim, watching)


# --- headers that mean something to the server ----------------------------------------------------

HEADERS = [
    pytest.param({"Nats-Rollup": "all"}, id="roll up all"),
    pytest.param({"Nats-Rollup": "sub"}, id="roll up the subject"),
    pytest.param({"Nats-TTL": "1s"}, id="short life"),
    pytest.param({"Nats-TTL": "never"}, id="eternal life"),
    pytest.param({"Nats-Expected-Stream": "KV_banners"}, id="another stream"),
    pytest.param({"Nats-Expected-Last-Sequence": "0"}, id="another sequence"),
    pytest.param({"Nats-Batch-Id": "b", "Nats-Batch-Sequence": "1", "Nats-Batch-Commit": "1"}, id="batch"),
    pytest.param({"Nats-Incr": "+1"}, id="counter"),
    pytest.param(
        {"Nats-Schedule": "@at 2020-01-01T00:00:00Z", "Nats-Schedule-Target": "$KV.banners.victim"},
        id="schedule",
    ),
]


@pytest.mark.parametrize("headers", HEADERS)
async def test_a_heartbeat_with_such_headers_is_none_and_everybody_else_stays_online(
    facts: Facts, evil: Client, victim: Client, watching: Mesh, headers: dict[str, str]
) -> None:
    """With `Nats-Rollup: all` in a stream that takes it, one heartbeat would remove everybody's."""
    await victim.publish(subjects.banner(VICTIM, "presence"), b'{"of":"the victim"}')
    await until(lambda: _is_online(watching, VICTIM, b'{"of":"the victim"}'))

    await evil.publish(subjects.banner(EVIL, "presence"), b'{"of":"evil"}', headers=headers)
    await evil.publish(subjects.banner(EVIL, "presence"), b'{"of":"nobody"}')
    await until(lambda: _is_online(watching, EVIL, b'{"of":"nobody"}'))

    assert await _is_online(watching, VICTIM, b'{"of":"the victim"}')
    last = await watching.jetstream.get_last_msg(streams.PRESENCE, subjects.presence(EVIL))
    assert not set(headers) & set(last.headers or {})
    await all_is_well(facts, victim, watching)


@pytest.mark.parametrize("headers", HEADERS)
async def test_nothing_of_others_is_removed_by_a_value_with_such_headers(
    facts: Facts, evil: Client, victim: Client, watching: Mesh, headers: dict[str, str]
) -> None:
    await all_is_well(facts, victim, watching)
    before = [await _messages(watching, stream) for stream in (streams.TELEMETRY, streams.BANNERS.stream)]

    await evil.publish(subjects.telemetry(EVIL, "wind"), WIND, headers=headers)
    await evil.publish(subjects.banner(EVIL, "reported"), b'{"display_id":null}', headers=headers)
    await evil.flush()
    await until_looked_at(watching)

    after = [await _messages(watching, stream) for stream in (streams.TELEMETRY, streams.BANNERS.stream)]
    assert before[0] <= after[0]
    assert before[1] == after[1]
    await all_is_well(facts, victim, watching)


async def test_a_message_id_that_somebody_used_up_suppresses_nothing_for_long(
    facts: Facts, evil: Client, victim: Client, watching: Mesh
) -> None:
    """Ids are of a whole stream: a device may guess those of another."""
    subject = subjects.measured(VICTIM, "gusts")

    async def is_kept() -> bool:
        await evil.publish(subjects.telemetry(EVIL, "wind"), WIND, headers={"Nats-Msg-Id": "guessed"})
        await evil.flush()
        await anyio.sleep(0.2)
        await victim.publish(subjects.telemetry(VICTIM, "gusts"), WIND, headers={"Nats-Msg-Id": "guessed"})
        return await count(watching, streams.TELEMETRY, subject) > 0

    await until(is_kept)
    del facts


async def test_the_time_of_a_value_is_not_what_a_device_says_that_it_is(
    facts: Facts, evil: Client, watching: Mesh
) -> None:
    del facts
    await evil.publish(
        subjects.telemetry(EVIL, "clock"), b"{}", headers={"Airdisplay-At": "1999-01-01T00:00:00.000Z"}
    )
    subject = subjects.measured(EVIL, "clock")
    await until(lambda: _has(watching, streams.TELEMETRY, subject))

    last = await watching.jetstream.get_last_msg(streams.TELEMETRY, subject)
    assert (last.headers or {})["Airdisplay-At"] > "2020"


# --- somebody else's hand ------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["telemetry.wind", "reported", "presence", "hello"])
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("$KV.banners.victim", id="a record"),
        pytest.param("airdisplay.banner.victim.state", id="a state"),
        pytest.param("airdisplay.banner.victim.hello", id="a hello"),
        pytest.param("$JS.API.STREAM.PURGE.TELEMETRY", id="the API"),
        pytest.param("airdisplay.measured.victim.wind", id="a value that was looked at"),
    ],
)
async def test_no_answer_is_sent_where_a_device_wants_it(  # noqa: PLR0917 (everybody is in it)
    facts: Facts, evil: Client, victim: Client, watching: Mesh, what: str, reply: str
) -> None:
    """A server acknowledges to any subject, whatever the publisher may publish to: these streams do not."""
    heard: list[str] = []

    async def hear(message: Msg) -> None:
        heard.append(message.subject)

    subscription = await watching.subscribe(subjects.banner(VICTIM, "*"), hear)
    await watching.client.flush()
    before = [
        (await streams.info(watching, stream)).state.last_seq
        for stream in (streams.BANNERS.stream, streams.TELEMETRY)
    ]

    for data in (WIND, b"x" * (SAID_BYTES_AT_MOST - 200), b""):
        await evil.publish(subjects.banner(EVIL, what), data, reply=reply)
    await evil.flush()
    await until_looked_at(watching)
    await watching.client.flush()

    assert [] == heard
    assert before[0] == (await streams.info(watching, streams.BANNERS.stream)).state.last_seq
    assert before[1] <= (await streams.info(watching, streams.TELEMETRY)).state.last_seq <= before[1] + 1
    await subscription.unsubscribe()
    await all_is_well(facts, victim, watching)


async def test_who_sends_more_than_a_device_may_is_thrown_out_and_nobody_else_is(
    guarded: Guarded, facts: Facts, victim: Client, watching: Mesh
) -> None:
    device = await guarded.device(EVIL)
    await device.publish(subjects.telemetry(EVIL, "wind"), b"x" * (SAID_BYTES_AT_MOST + 1_000))

    await until(lambda: not device.is_connected)
    await all_is_well(facts, victim, watching)


async def _refused(facts: Facts, reason: str, number: int) -> bool:
    return bool((await facts())["refused"][reason] == number)


async def _is_online(mesh: Mesh, banner: BannerId, data: bytes) -> bool:
    return data in await kept(mesh, streams.PRESENCE, subjects.presence(banner))


async def _messages(mesh: Mesh, stream: str) -> int:
    return (await streams.info(mesh, stream)).state.messages


async def _has(mesh: Mesh, stream: str, subject: str) -> bool:
    return await count(mesh, stream, subject) > 0
