"""Each role on a real nats-server, against every subject, stream and API of the account; and tricks."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from airdisplay.authority import claims
from airdisplay.authority.authority import Authority
from airdisplay.authority.keys import Key
from shared.contracts import subjects
from shared.contracts.hardware import SAID_BYTES_AT_MOST
from shared.mesh import streams
from shared.mesh.newest import newest
from shared.mesh.runner import NOT_FIT
from tests.support.hardware_over_mqtt import over_mqtt
from tests.support.processes import running_module
from tests.support.waiting import until
from tests.system.rights import DEVICE_MAY, HEARS, MAY_NOT, OTHER, OWN, PATTERNS, SUBJECTS, TABLE, Try
from tests.system.secured import MARK, Secured, Somebody, running_secured


@pytest.fixture(scope="module")
async def secured(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Secured]:
    """The server, with a banner service and two banners."""
    async with running_secured(tmp_path_factory.mktemp("rights")) as secured:
        yield secured


@pytest.fixture(scope="module")
async def device(secured: Secured) -> AsyncGenerator[Somebody]:
    """The hardware of a banner."""
    async with secured.as_(secured.authority.device_file(OWN)) as somebody:
        yield somebody


# --- hardware -------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", TABLE, ids=" ".join)
async def test_hardware_may_say_and_hear_what_is_its_own_and_nothing_else(
    device: Somebody, what: Try
) -> None:
    assert (what in DEVICE_MAY) == await device.may(what)


@pytest.mark.parametrize("pattern", [*PATTERNS, subjects.banner(OTHER, "state")])
async def test_to_listen_in_a_group_needs_the_same_right(device: Somebody, pattern: str) -> None:
    assert not await device.may(Try("subscribe", pattern), queue="banner")


def test_what_hardware_may_stands_in_the_table() -> None:
    assert set(TABLE) >= DEVICE_MAY


async def test_hardware_over_mqtt_may_hear_what_is_its_own_and_nothing_else(secured: Secured) -> None:
    with over_mqtt(*secured.mqtt(OWN)) as client:
        heard = {what for what in TABLE if what.verb == "subscribe" and client.may_hear(what.subject)}

    assert {Try("subscribe", subjects.banner(OWN, "state"))} == heard


async def test_hardware_over_mqtt_may_say_what_is_its_own_and_nothing_else(secured: Secured) -> None:
    tried = {what for what in TABLE if what.verb == "publish" and not re.search(r"[*>]", what.subject)}
    async with secured.witness() as heard:
        with over_mqtt(*secured.mqtt(OWN)) as client:
            for what in tried:
                client.say(what.subject, MARK)
        await until(lambda: len(heard) >= len(DEVICE_MAY) - 1)

    assert {what for what in DEVICE_MAY if what.verb == "publish"} == heard & tried


# --- tricks ---------------------------------------------------------------------------------------

ELSEWHERE: Final = (
    *("$KV.banners.sparky", "airdisplay.banner.sparky.state", "airdisplay.banner.sparky.show"),
    *("airdisplay.banner.sparky.hello", "$JS.API.STREAM.PURGE.HISTORY", "_INBOX_gateway.x", "_INBOX.x"),
)
KINDS_SAID: Final = ("hello", "reported", "presence", "telemetry.power", "telemetry.wind")
HEADERS: Final[tuple[dict[str, str], ...]] = (
    {},
    {"Nats-Rollup": "all"},
    {"Nats-Rollup": "sub"},
    {"Nats-TTL": "never"},
    {"Nats-Expected-Last-Sequence": "1000000"},
    {"Nats-Expected-Stream": "HISTORY"},
    {"Nats-Msg-Id": "1"},
    {"Nats-Batch-Id": "x", "Nats-Batch-Sequence": "1", "Nats-Batch-Commit": "1"},
    {"Nats-Schedule": "@at 2020-01-01T00:00:00Z", "Nats-Schedule-Target": "$KV.banners.sparky"},
    {"Nats-Trace-Dest": "$KV.banners.sparky"},
    {"Nats-Trace-Dest": "airdisplay.banner.sparky.show", "Nats-Trace-Only": "true"},
)


async def test_hardware_makes_nobody_answer_where_it_may_not_speak(
    secured: Secured, device: Somebody
) -> None:
    async with secured.witness(marked=False) as heard:
        for kind in KINDS_SAID:
            for headers in HEADERS:
                for reply in ELSEWHERE:
                    subject = subjects.banner(OWN, kind)
                    await device.client.publish(subject, b"{}", reply=reply, headers=headers)
        await device.answered()
        await secured.banners.get(OTHER)  # whatever would be answered was before this

    assert set() == heard & {Try("publish", each) for each in ELSEWHERE}


async def test_hardware_removes_nobody_elses_heartbeat(secured: Secured, device: Somebody) -> None:
    async def there() -> set[str]:
        look = await newest(secured.operator, streams.PRESENCE, [subjects.presence("*")], after=0)
        return {entry.subject for entry in look.entries}

    async with secured.as_(secured.authority.device_file(OTHER)) as other:
        await other.client.publish(subjects.banner(OTHER, "presence"), b"{}")
        await until(lambda: _contains(there, subjects.presence(OTHER)))
        for headers in HEADERS:
            await device.client.publish(subjects.banner(OWN, "presence"), b"{}", headers=headers)
        await device.answered()

        await until(lambda: _contains(there, subjects.presence(OWN)))
        assert subjects.presence(OTHER) in await there()


async def _contains(there: Callable[[], Awaitable[set[str]]], subject: str) -> bool:
    return subject in await there()


@pytest.mark.parametrize("reply", [each for each in ELSEWHERE if not each.startswith("_INBOX")])
async def test_a_service_answers_into_inboxes_alone(secured: Secured, reply: str) -> None:
    async with (
        secured.as_(secured.authority.file_of("operator")) as operator,
        secured.witness(marked=False) as heard,
    ):
        for verb in ("get", "show", "expire", "clear"):
            await operator.client.publish(subjects.banner(OWN, verb), b"{}", reply=reply)
        await operator.client.publish("$SRV.PING", b"", reply=reply)
        await operator.answered()
        await secured.banners.get(OTHER)

    assert Try("publish", reply) not in heard


async def test_who_says_more_at_once_than_hardware_does_is_thrown_out(secured: Secured) -> None:
    async with secured.as_(secured.authority.device_file(OWN)) as somebody:
        await somebody.client.publish(subjects.banner(OWN, "reported"), b"x" * SAID_BYTES_AT_MOST)
        await somebody.answered()
        assert somebody.client.is_connected

        await somebody.client.publish(subjects.banner(OWN, "reported"), b"x" * (SAID_BYTES_AT_MOST + 1))
        await until(lambda: not somebody.client.is_connected)


async def test_hardware_may_subscribe_a_few_times_and_no_more(secured: Secured) -> None:
    async with secured.as_(secured.authority.device_file(OWN)) as somebody:
        for _ in range(8):
            await somebody.client.subscribe(subjects.banner(OWN, "state"))
        await somebody.answered()
        assert somebody.client.is_connected

        await somebody.client.subscribe(subjects.banner(OWN, "state"))
        await until(lambda: not somebody.client.is_connected)


async def test_credentials_for_one_protocol_are_none_for_the_other(secured: Secured, tmp_path: Path) -> None:
    nats_token = secured.authority.device_file(OWN).read_text().splitlines()[1]
    with over_mqtt(secured.mqtt_port, OWN, nats_token) as client:
        assert not client.connected
    for_nats = tmp_path / "mqtt.creds"
    for_nats.write_text(claims.credentials(secured.mqtt(OWN)[2], Key.new("user")))
    assert "refuses the credentials" in await turned_away(secured, tmp_path, "--nats-creds", str(for_nats))


async def test_nobody_comes_in_with_credentials_of_another_mesh_or_none(
    secured: Secured, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other")
    other.for_all()
    ours = secured.authority.file_of("operator").read_text()
    token = ours.splitlines()[1]
    changed = tmp_path / "changed.creds"
    changed.write_text(ours.replace(token, f"{token[:-6]}AAAAAA"))
    for credentials in (other.file_of("operator"), changed):
        said = await turned_away(secured, tmp_path, "--nats-creds", str(credentials))
        assert "refuses the credentials" in said
    assert "asks for credentials" in await turned_away(secured, tmp_path)


async def turned_away(secured: Secured, directory: Path, *how: str) -> str:
    """What a process says that is not let in, and ends."""
    at = ("--nats-url", secured.server.url)
    with running_module("services.expiry", *at, *how, log=directory / "log") as process:
        assert NOT_FIT == await process.exit_code()
        return process.output


# --- everybody else -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", MAY_NOT)
async def test_nobody_may_say_what_is_not_theirs_to_say(secured: Secured, role: str) -> None:
    if role == "counter":
        secured.authority.service("counter")
    async with secured.as_(secured.authority.file_of(role)) as somebody:
        may = [each for each in MAY_NOT[role] if await somebody.may(Try("publish", each))]

    assert [] == may


@pytest.mark.parametrize("role", HEARS)
async def test_nobody_may_hear_what_is_not_for_them(secured: Secured, role: str) -> None:
    own = {
        f"airdisplay.lobby.{pool}.{verb}" for pool in ("*", "tag-coast") for verb in ("enter", "leave", "get")
    }
    expected = {*HEARS[role], *(own if role == "lobby" else ())}
    async with secured.as_(secured.authority.file_of(role)) as somebody:
        hears = {each for each in (*SUBJECTS, *PATTERNS) if await somebody.may(Try("subscribe", each))}

    assert expected & {*SUBJECTS, *PATTERNS} == hears
