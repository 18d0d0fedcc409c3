"""Everything that somebody could try on NATS, and what each role may of it.

The table of subjects is made of what the mesh says, keeps and could be asked. Who may what is written here
once more, by hand, so that a right that somebody adds to a role has to be added here as well.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.gateway.channels import CHANNELS, PARAMETERS
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.banners import VERBS
from shared.mesh.streams import BANNERS, BLOCKLISTS, COMMANDS, LIMITS, LOBBIES, TICKETS

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
    *("airdisplay.presence.lightning", "airdisplay.presence.sparky"),
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
            names = {name: example for name, (_, example) in PARAMETERS.items()} | {"banner": banner}
            yield channel.subject.format_map(names)


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


class Try(NamedTuple):
    """Something that somebody could try."""

    verb: str
    subject: str


TABLE: Final = (
    *(Try("publish", each) for each in SUBJECTS),
    *(Try("subscribe", each) for each in (*SUBJECTS, *PATTERNS)),
)


def said(banner: str) -> list[Try]:
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


DEVICE_MAY: Final = {*said(OWN), Try("subscribe", subjects.banner(OWN, "state"))}


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
        *(each.subject for banner in (OWN, OTHER) for each in said(banner)),
        *(subjects.banner(OTHER, kind) for kind in ("state", "seen")),
        *("airdisplay.banners.expire", "airdisplay.reported.sparky", "airdisplay.measured.sparky.power"),
        "airdisplay.presence.sparky",
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
