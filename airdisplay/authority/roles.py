"""The roles on NATS: what each may publish and subscribe to, and nothing else.

`{{name()}}` stands for the name in the credentials: the banner of a device, the instance of nobody else.
Who asks has an inbox under its own name, so that no role hears the answers to another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts import subjects
from shared.contracts.hardware import SAID_BYTES_AT_MOST
from shared.mesh import streams
from shared.mesh.banners import VERBS
from shared.mesh.blocklist import BLOCKLIST_VERBS

NAME: Final = "{{name()}}"

_NO_LIMIT: Final = -1
_API: Final = "$JS.API"
_ANSWER_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Role:
    """What users may do for whom its signing key vouches.

    Args:
        name: what people call it.
        publish: the subjects it may publish to.
        subscribe: the subjects it may subscribe to.
        answers: whether it may answer what it is asked, once each.
        answer_seconds: for how long it may.
        subscriptions_at_most: how many it may have; -1 for any number.
        payload_at_most: bytes of one message; who sends more is thrown out. -1 for what the server takes.
        bearer: whether the JWT alone is enough, without a signature, as MQTT has it.
        connections: by which protocols it may come; none for all.
    """

    name: str
    publish: Sequence[str] = ()
    subscribe: Sequence[str] = ()
    answers: bool = False
    answer_seconds: int = _ANSWER_SECONDS
    subscriptions_at_most: int = _NO_LIMIT
    payload_at_most: int = _NO_LIMIT
    bearer: bool = False
    connections: Sequence[str] = ()


def inbox(name: str) -> str:
    """The prefix of the inboxes of who has credentials with this name."""
    return f"_INBOX_{name}"


def _reads(*names: str) -> list[str]:
    """What it takes to read streams: entry by entry, the newest, or following them."""
    return [
        subject
        for name in names
        for subject in (
            f"{_API}.STREAM.INFO.{name}",
            f"{_API}.STREAM.MSG.GET.{name}",
            f"{_API}.DIRECT.GET.{name}",
            f"{_API}.DIRECT.GET.{name}.>",
            f"{_API}.CONSUMER.CREATE.{name}",
            f"{_API}.CONSUMER.CREATE.{name}.>",
            f"{_API}.CONSUMER.DURABLE.CREATE.{name}.>",
            f"{_API}.CONSUMER.MSG.NEXT.{name}.>",
        )
    ]


def _of_banner(banner: str, *kinds: str) -> list[str]:
    return [subjects.banner(banner, kind) for kind in kinds]


def _said(banner: str) -> list[str]:
    """All that the hardware of a banner says."""
    return [*_of_banner(banner, "hello", "reported", "presence"), subjects.telemetry(banner, "*")]


def _device(name: str, banner: str, **how: object) -> Role:
    return Role(
        name=name,
        publish=_said(banner),
        subscribe=_of_banner(banner, "state"),
        **how,  # type: ignore[arg-type]
    )


_EVERYTHING: Final = [config.name or "" for config in streams.everything(1)]


def _service(name: str, publish: Iterable[str], subscribe: Iterable[str] = ()) -> Role:
    """A service: it makes the streams, is found by its name, and hears the answers to its own questions."""
    return Role(
        name=name,
        publish=[
            *(
                f"{_API}.STREAM.{verb}.{each}"
                for each in _EVERYTHING
                for verb in ("CREATE", "UPDATE", "INFO")
            ),
            "$SRV.PING.*",
            *publish,
        ],
        subscribe=[f"{inbox(NAME)}.>", "$SRV.>", *subscribe],
        answers=True,
    )


_SUBSCRIPTIONS_OF_A_DEVICE: Final = 8
_VERBS: Final = [*VERBS.values(), "get"]

DEVICE: Final = _device(
    "device",
    NAME,
    subscriptions_at_most=_SUBSCRIPTIONS_OF_A_DEVICE,
    payload_at_most=SAID_BYTES_AT_MOST,
    connections=("STANDARD", "WEBSOCKET"),
)
"""The hardware of one banner, the one that the credentials name."""

DEVICE_MQTT: Final = _device(
    "device-mqtt",
    NAME,
    subscriptions_at_most=_SUBSCRIPTIONS_OF_A_DEVICE,
    payload_at_most=SAID_BYTES_AT_MOST,
    bearer=True,
    connections=("MQTT",),
)
"""The same over MQTT, where the JWT is the password."""

FLEET: Final = Role(
    name="fleet",
    publish=_said("*"),
    subscribe=[*_of_banner("*", "state"), f"{inbox(NAME)}.>", "$SRV.>"],
    answers=True,
)
"""Simulated hardware of many banners over one connection. Whoever has it is every banner."""

TELEMETRY: Final = Role(name="telemetry", publish=[subjects.telemetry("*", "*")])
"""Services that measure something on any banner."""

OPERATOR: Final = Role(
    name="operator",
    publish=[
        *_of_banner("*", *_VERBS),
        *(subjects.entity("blocklist", "*", verb) for verb in (*BLOCKLIST_VERBS.values(), "get")),
        *(subjects.entity("lobby", "*", verb) for verb in ("enter", "leave", "get")),
        "$SRV.>",
        f"{_API}.INFO",
        f"{_API}.STREAM.NAMES",
        f"{_API}.STREAM.LIST",
        *(f"{_API}.CONSUMER.LIST.{each}" for each in _EVERYTHING),
        *_reads(*_EVERYTHING),
    ],
    subscribe=["_INBOX.>", f"{inbox(NAME)}.>", "airdisplay.>"],
)
"""People who run the mesh: they see everything, may ask services for everything, and write no record."""

BANNER: Final = _service(
    "banner",
    [
        *(
            subjects.record(kind.bucket, ">")
            for kind in (streams.BANNERS, streams.BLOCKLISTS, streams.COMMANDS)
        ),
        *_of_banner("*", "state"),
        *_reads("KV_banners", "HISTORY", "KV_blocklists", "BLOCKLIST_HISTORY", "KV_commands"),
    ],
    [
        *_of_banner("*", *_VERBS, "hello"),
        subjects.expire_many(),
        *(subjects.entity("blocklist", "*", verb) for verb in (*BLOCKLIST_VERBS.values(), "get")),
    ],
)
EXPIRY: Final = _service(
    "expiry", [subjects.expire_many(), *_of_banner("*", "expire"), *_reads("KV_banners")]
)
LOBBY: Final = _service(
    "lobby",
    [
        *(subjects.record(kind.bucket, ">") for kind in (streams.LOBBIES, streams.COMMANDS, streams.TICKETS)),
        *_of_banner("*", "show", "get"),
        *_reads(
            "KV_banners", "KV_lobbies", "KV_blocklists", "KV_commands", "KV_tickets", "PRESENCE", "HISTORY"
        ),
    ],
    [subjects.entity("lobby", "*", verb) for verb in ("enter", "leave", "get")],
)
GATEWAY: Final = _service(
    "gateway",
    [
        *_of_banner("*", *(verb for verb in _VERBS if verb != "expire")),
        *(subjects.entity("blocklist", "*", verb) for verb in (*BLOCKLIST_VERBS.values(), "get")),
        *(subjects.entity("lobby", "*", verb) for verb in ("enter", "leave", "get")),
        subjects.record(streams.LIMITS.bucket, ">"),
        *_reads(*_EVERYTHING),
    ],
)
INTAKE: Final = _service(
    "intake",
    [
        subjects.reported("*"),
        subjects.measured("*", "*"),
        f"$JS.ACK.{streams.INTAKE}.>",
        *_reads(streams.INTAKE, streams.REPORTED, "KV_banners"),
    ],
)

ROLES: Final = (
    DEVICE,
    DEVICE_MQTT,
    FLEET,
    TELEMETRY,
    OPERATOR,
    BANNER,
    EXPIRY,
    LOBBY,
    GATEWAY,
    INTAKE,
)

SYSTEM: Final = Role(
    name="system",
    publish=["$SYS.REQ.CLAIMS.UPDATE"],
    subscribe=[f"{inbox(NAME)}.>"],
)
"""In the account of the servers: may tell them of a changed account, and nothing else."""
