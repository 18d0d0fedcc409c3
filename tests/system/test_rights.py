"""Each role on a real nats-server, against every subject, stream and API of the account: what it may.

The table of subjects is made of what the mesh says, keeps and could be asked. Who may what is written here
once more, by hand, so that a right that somebody adds to a role has to be added here as well.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import anyio
import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from airdisplay.authority import claims
from airdisplay.authority.authority import Authority
from airdisplay.authority.keys import Key
from airdisplay.authority.roles import ROLES, Role
from airdisplay.nats_server import trust
from services.banner.service import banner_service
from services.gateway.channels import CHANNELS, PARAMETERS
from shared.contracts import subjects
from shared.contracts.banner import Register
from shared.contracts.hardware import SAID_BYTES_AT_MOST
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.banners import VERBS, Banners
from shared.mesh.connection import Mesh, Nats, open_mesh
from shared.mesh.newest import newest
from shared.mesh.runner import NOT_FIT
from shared.mesh.streams import BANNERS, BLOCKLISTS, COMMANDS, LIMITS, LOBBIES, TICKETS
from tests.support.hardware_over_mqtt import over_mqtt
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.ports import free_port
from tests.support.processes import running_module
from tests.support.waiting import until

OWN: Final = BannerId("lightning")
OTHER: Final = BannerId("sparky")
KINDS: Final = (BANNERS, LOBBIES, BLOCKLISTS, COMMANDS, TICKETS, LIMITS)
READS_BANNERS: Final = {
    "$JS.API.STREAM.INFO.KV_banners",
    "$JS.API.CONSUMER.CREATE.KV_banners",
    "$JS.API.CONSUMER.MSG.NEXT.KV_banners.spy",
}
STREAMS: Final = [config.name or "" for config in streams.everything(1)]

STREAM_API: Final = (
    *(
        f"STREAM.{verb}.{{0}}"
        for verb in ("CREATE", "UPDATE", "INFO", "DELETE", "PURGE", "SNAPSHOT", "RESTORE")
    ),
    *("STREAM.MSG.GET.{0}", "STREAM.MSG.DELETE.{0}", "STREAM.PEER.REMOVE.{0}", "STREAM.LEADER.STEPDOWN.{0}"),
    *("DIRECT.GET.{0}", "DIRECT.GET.{0}.$KV.banners.sparky"),
    *("CONSUMER.CREATE.{0}", "CONSUMER.CREATE.{0}.spy", "CONSUMER.CREATE.{0}.spy.airdisplay.>"),
    *("CONSUMER.DURABLE.CREATE.{0}.spy", "CONSUMER.NAMES.{0}", "CONSUMER.LIST.{0}", "CONSUMER.INFO.{0}.spy"),
    *("CONSUMER.DELETE.{0}.spy", "CONSUMER.PAUSE.{0}.spy", "CONSUMER.MSG.NEXT.{0}.spy"),
    *("CONSUMER.LEADER.STEPDOWN.{0}.spy", "CONSUMER.UNPIN.{0}.spy"),
)
ACCOUNT_API: Final = (
    "INFO",
    "STREAM.NAMES",
    "STREAM.LIST",
    "META.LEADER.STEPDOWN",
    "SERVER.REMOVE",
    "ACCOUNT.PURGE.X",
)

BESIDE: Final = (
    *("airdisplay.banners.expire", "airdisplay.banner.sparky.seen", "airdisplay.banner.lightning.seen"),
    *("airdisplay.reported.lightning", "airdisplay.reported.sparky", "airdisplay.measured.lightning.power"),
    *(
        "airdisplay.history.banner.lightning",
        "airdisplay.counter.visits.increment",
        "airdisplay",
        "elsewhere",
    ),
    *(
        "airdisplay.banner.lightning",
        "airdisplay.banner.lightning.telemetry",
        "airdisplay.banner.lightning.state.x",
    ),
    *("airdisplay.banner.lightning.telemetry.power.x", "airdisplay.banner.lightning.hello.x", "AIRDISPLAY.x"),
    *(
        "$SRV.PING",
        "$SRV.PING.banner",
        "$SRV.INFO",
        "$SRV.STATS.gateway",
        "$SYS.REQ.CLAIMS.UPDATE",
        "$SYS.REQ.SERVER.PING",
    ),
    *(
        "$SYS.REQ.USER.INFO",
        "$SYS.ACCOUNT.X.CONNECT",
        "_INBOX.x",
        "_INBOX_operator.x.1",
        "_INBOX_lightning.x",
    ),
    *("$JS.ACK.INTAKE.intake.1.2.3.4.5", "$JS.ACK.HISTORY.spy.1.2.3.4.5", "$JS.FC.INTAKE.x", "$O.x", "_R_.x"),
    *(
        "$MQTT.sub.x",
        "$MQTT.msgs.x",
        "$MQTT.rmsgs.x",
        "$MQTT.sess.x",
        "$MQTT.JSA.x",
        "$MQTT.deliver.pubrel.x",
    ),
    *("$KV.banners.lightning", "$KV.banners.a.b", "$KV.other.x", "$JS.EVENT.ADVISORY.API"),
)
PATTERNS: Final = (
    *(
        ">",
        "*",
        "*.>",
        "airdisplay.>",
        "airdisplay.*.>",
        "airdisplay.*.*.*",
        "*.*.*.state",
        "*.banner.lightning.state",
    ),
    *(
        "airdisplay.banner.*.state",
        "airdisplay.banner.*.*",
        "airdisplay.banner.>",
        "airdisplay.banner.lightning.>",
    ),
    *(
        "airdisplay.banner.lightning.*",
        "airdisplay.banner.*.telemetry.*",
        "airdisplay.banner.lightning.telemetry.*",
    ),
    *("airdisplay.lobby.*.enter", "airdisplay.history.>", "airdisplay.reported.*", "airdisplay.measured.*.*"),
    *(
        "$KV.>",
        "$KV.banners.>",
        "$KV.banners.*",
        "$JS.>",
        "$JS.API.>",
        "$SYS.>",
        "$SRV.>",
        "_INBOX.>",
        "_INBOX.*",
    ),
    *("_INBOX_lightning.>", "_INBOX_operator.>", "_INBOX_gateway.>", "_INBOX_banner.>", "$MQTT.>", "$O.>"),
)


def _of_channels() -> Iterator[str]:
    """Every subject that is described, for this banner and for another one."""
    for channel in CHANNELS:
        for banner in (OWN, OTHER):
            yield re.sub(r"{(\w+)}", lambda found, banner=banner: _token(found[1], banner), channel.subject)


def _token(parameter: str, banner: str) -> str:
    return banner if parameter == "banner" else PARAMETERS[parameter][1]


SUBJECTS: Final = tuple(
    dict.fromkeys(
        [
            *_of_channels(),
            *(f"$JS.API.{each}" for each in ACCOUNT_API),
            *(f"$JS.API.{each.format(name)}" for name in STREAMS for each in STREAM_API),
            *BESIDE,
        ]
    )
)


MARK: Final = b"from hardware"
WITNESS: Final = Role(name="witness", subscribe=[">"])
"""Hears everything. There is no such role but in this test."""


class Try(NamedTuple):
    """Something that somebody could try."""

    verb: str
    subject: str


TABLE: Final = (
    *(Try("publish", each) for each in SUBJECTS),
    *(Try("subscribe", each) for each in (*SUBJECTS, *PATTERNS)),
)


def _said(banner: str) -> list[Try]:
    kinds = (
        "hello",
        "reported",
        "presence",
        "telemetry.position",
        "telemetry.power",
        "telemetry.panel",
        "telemetry.wind",
    )
    return [Try("publish", subjects.banner(banner, kind)) for kind in kinds]


DEVICE_MAY: Final = {*_said(OWN), Try("subscribe", subjects.banner(OWN, "state"))}


class Secured(NamedTuple):
    """A server with all streams that lets in nobody without credentials."""

    server: NatsServer
    mqtt_port: int
    authority: Authority
    operator: Mesh

    @property
    def banners(self) -> Banners:
        """The banner service, as operators ask it."""
        return Banners(self.operator)

    def mqtt(self, banner: BannerId) -> tuple[int, str, str]:
        """Where MQTT is, and as whom hardware goes there."""
        return self.mqtt_port, banner, self.authority.device_file(banner, "mqtt").read_text()

    @asynccontextmanager
    async def witness(self, *, marked: bool = True) -> AsyncGenerator[set[Try]]:
        """What goes over the mesh meanwhile; of what is marked, or of all, what no stream has passed on."""
        heard: set[Try] = set()

        async def take(message: Msg) -> None:
            if (not marked or message.data == MARK) and "Nats-Stream" not in (message.headers or {}):
                heard.add(Try("publish", message.subject))

        async with self.as_(self.authority.file_of(WITNESS.name)) as somebody:
            await somebody.client.subscribe(">", cb=take)
            await somebody.answered()
            yield heard
            await somebody.answered()

    @asynccontextmanager
    async def as_(self, file: Path) -> AsyncGenerator["Somebody"]:
        """Somebody with these credentials."""
        refused: list[str] = []

        async def on_error(error: Exception) -> None:
            refused.append(str(error))

        client = await nats.connect(
            self.server.url,
            user_credentials=str(file),
            error_cb=on_error,
            allow_reconnect=False,
            connect_timeout=10,
        )
        try:
            yield Somebody(client, refused)
        finally:
            await client.close()


class Somebody:
    """A connection, and what the server has refused to it."""

    def __init__(self, client: Client, refused: list[str]) -> None:
        self.client = client
        self.refused = refused

    async def may(self, what: Try, queue: str = "") -> bool:
        """Try it; the server's no comes before its answer to the ping of a flush."""
        self.refused.clear()
        if what.verb == "publish":
            await self.client.publish(what.subject, b"")
            await self.answered()
        else:
            subscription = await self.client.subscribe(what.subject, queue=queue)
            await self.answered()
            if not self.refused:
                await subscription.unsubscribe()
        return not any("permissions violation" in each for each in self.refused)

    async def answered(self) -> None:
        """Return once the server has dealt with all that was sent."""
        await self.client.flush()
        await self.client.flush()  # nats-py sends the first ping past what it still has to send
        await anyio.lowlevel.checkpoint()  # and calls back in a task


def _vouching(directory: Path, mqtt_port: int) -> tuple[Authority, str]:
    authority = Authority(directory)
    authority.for_all()
    authority.fleet()
    authority.credentials(WITNESS.name, WITNESS)
    for banner in (OWN, OTHER):
        authority.add_device(banner)
        authority.add_device(banner, "mqtt")
    mqtt = f"mqtt {{ listen: 127.0.0.1:{mqtt_port} }}\n"
    return authority, mqtt + trust(authority, directory / "accounts")


@pytest.fixture(scope="module")
async def secured(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Secured]:
    """The server, with a banner service and two banners."""
    directory = tmp_path_factory.mktemp("rights")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("airdisplay.authority.authority.ROLES", (*ROLES, WITNESS))
        authority, configuration = _vouching(directory, mqtt_port := free_port())
    async with (
        running_nats_server(directory, configuration=configuration) as server,
        open_mesh(Nats(url=server.url, credentials=authority.file_of("banner")), name="banner") as mesh,
        banner_service(mesh, instance="test", ttl_ms=60_000, replicas=1),
        open_mesh(
            Nats(url=server.url, credentials=authority.file_of("operator")), name="operator"
        ) as operator,
    ):
        for banner in (OWN, OTHER):
            await Banners(operator).command(banner, Register(by="test"))
        yield Secured(server, mqtt_port, authority, operator)


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
        look = await newest(secured.operator, streams.PRESENCE, [subjects.every_banner("presence")], after=0)
        return {entry.subject for entry in look.entries}

    async with secured.as_(secured.authority.device_file(OTHER)) as other:
        await other.client.publish(subjects.banner(OTHER, "presence"), b"{}")
        await until(lambda: _contains(there, subjects.banner(OTHER, "presence")))
        for headers in HEADERS:
            await device.client.publish(subjects.banner(OWN, "presence"), b"{}", headers=headers)
        await device.answered()

        await until(lambda: _contains(there, subjects.banner(OWN, "presence")))
        assert subjects.banner(OTHER, "presence") in await there()


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


API_OF_ALL: Final = [f"$JS.API.{verb.format(name)}" for name in STREAMS for verb in STREAM_API]
WRITES: Final = re.compile(
    r"\$JS\.API\.STREAM\.(?!INFO|MSG\.GET|NAMES|LIST).*|\$JS\.API\.CONSUMER\.(?:DELETE|PAUSE|UNPIN).*"
)
DESTROYS: Final = re.compile(
    r"\$JS\.API\.STREAM\.(?:PURGE|SNAPSHOT|RESTORE|MSG\.DELETE|PEER|LEADER)\..*|\$JS\.API\.CONSUMER\.(?:DELETE|PAUSE|UNPIN|LEADER).*"
)
RECORDS: Final = [subjects.record(kind.bucket, "x") for kind in KINDS]

MAY_NOT: Final[dict[str, Sequence[str]]] = {
    "telemetry": [
        subject
        for subject in SUBJECTS
        if not re.fullmatch(r"airdisplay\.banner\.[^.]+\.telemetry\.[^.]+", subject)
    ],
    "operator": [
        *RECORDS,
        *(each for each in API_OF_ALL if WRITES.fullmatch(each)),
        *(each.subject for banner in (OWN, OTHER) for each in _said(banner)),
        *(subjects.banner(OTHER, kind) for kind in ("state", "seen")),
        *("airdisplay.banners.expire", "airdisplay.reported.sparky", "airdisplay.measured.sparky.power"),
        *("$SYS.REQ.CLAIMS.UPDATE", "$MQTT.msgs.x", "_INBOX.x", "_INBOX_gateway.x"),
    ],
    "expiry": [
        *RECORDS,
        *(subjects.banner(OTHER, verb) for verb in (*VERBS.values(), "get", "hello", "state", "reported")),
        *(each for each in API_OF_ALL if each not in READS_BANNERS),
        *("airdisplay.lobby.all.enter", "airdisplay.blocklist.all.block", "_INBOX.x"),
    ],
    "lobby": [
        *(each for each in RECORDS if each not in {"$KV.lobbies.x", "$KV.tickets.x"}),
        *(
            subjects.banner(OTHER, verb)
            for verb in (*VERBS.values(), "get", "state")
            if verb not in {"show", "clear"}
        ),
        *(
            "airdisplay.banners.expire",
            "airdisplay.blocklist.all.block",
            "airdisplay.lobby.all.enter",
            "_INBOX.x",
        ),
        *(each for each in API_OF_ALL if WRITES.fullmatch(each)),
        *(each for each in API_OF_ALL if ".CONSUMER.CREATE." in each and "KV_tickets" in each),
        *(each for each in API_OF_ALL if re.search("REPORTED|TELEMETRY|INTAKE|KV_limits|KV_commands", each)),
    ],
    "gateway": [
        *(each for each in RECORDS if each != "$KV.limits.x"),
        *(subjects.banner(OTHER, kind) for kind in ("expire", "state", "hello", "reported", "presence")),
        *(
            "airdisplay.banners.expire",
            "airdisplay.reported.sparky",
            "airdisplay.measured.sparky.power",
            "_INBOX.x",
        ),
        *(each for each in API_OF_ALL if WRITES.fullmatch(each)),
        *(
            each
            for each in API_OF_ALL
            if "CONSUMER" in each and re.search("KV_limits|KV_commands|KV_tickets", each)
        ),
        *(each for each in API_OF_ALL if "INTAKE" in each),
    ],
    "intake": [
        *RECORDS,
        *(
            subjects.banner(OTHER, kind)
            for kind in (*VERBS.values(), "get", "state", "hello", "reported", "presence")
        ),
        *(each for each in API_OF_ALL if WRITES.fullmatch(each)),
        *(
            each
            for each in API_OF_ALL
            if "CONSUMER" in each and re.search("REPORTED|TELEMETRY|PRESENCE", each)
        ),
        *("$JS.API.CONSUMER.DURABLE.CREATE.INTAKE.spy", "$JS.ACK.HISTORY.spy.1.2.3.4.5", "_INBOX.x"),
    ],
    "banner": [
        *(each for each in API_OF_ALL if DESTROYS.fullmatch(each)),
        *(f"$JS.API.STREAM.DELETE.{name}" for name in STREAMS if not name.endswith("HISTORY")),
        *("$KV.lobbies.x", "$KV.tickets.x", "$KV.limits.x", "airdisplay.banner.sparky.show", "_INBOX.x"),
        *("airdisplay.reported.sparky", "airdisplay.banner.sparky.reported", "airdisplay.lobby.all.enter"),
    ],
    "fleet": [*RECORDS, *API_OF_ALL, *(subjects.banner(OTHER, verb) for verb in VERBS.values()), "_INBOX.x"],
    "counter": [
        *(subject for subject in SUBJECTS if not subject.startswith("airdisplay.counter.")),
        *("airdisplay.rooms.any.enter", "$KV.counters.x", "$KV.rooms.x", "$JS.API.STREAM.DELETE.KV_counter"),
    ],
}

HEARS: Final[dict[str, Sequence[str]]] = {
    "telemetry": [],
    "operator": [
        *(each for each in (*SUBJECTS, *PATTERNS) if each.startswith(("airdisplay.", "_INBOX."))),
        "_INBOX_operator.>",
        "_INBOX_operator.x.1",
    ],
    "expiry": ["$SRV.PING", "$SRV.INFO"],
    "lobby": ["$SRV.PING", "$SRV.INFO"],
    "gateway": ["$SRV.PING", "$SRV.INFO", "$SRV.STATS.gateway", "_INBOX_gateway.>"],
    "intake": ["$SRV.PING", "$SRV.INFO"],
}


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
