"""The roles on NATS: what each may publish and subscribe to, and nothing else.

`{{name()}}` stands for the name in the credentials: the banner of a device, the kind of one's own.
Who asks has an inbox under its own name, so that no role hears the answers to another.
docs/decisions/0022-least-rights.md says what these rights hold off, and what they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from airdisplay.authority.rights import (
    API,
    BANNER_VERBS,
    finds,
    follows,
    found_as,
    gets,
    gets_newest,
    inbox,
    makes,
    makes_anew,
    of_banner,
    of_blocklist,
    of_lobby,
    said_by_hardware,
    sees,
    takes,
    writes,
)
from shared.contracts import subjects
from shared.contracts.hardware import SAID_BYTES_AT_MOST
from shared.mesh import streams
from shared.mesh.streams import BANNERS, BLOCKLISTS, COMMANDS, LIMITS, LOBBIES, TICKETS

NAME: Final = "{{name()}}"

_NO_LIMIT: Final = -1
_ANSWER_SECONDS: Final = 60
_SUBSCRIPTIONS_OF_A_DEVICE: Final = 8


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


def _device(name: str, **how: object) -> Role:
    return Role(
        name=name,
        publish=said_by_hardware(NAME),
        subscribe=of_banner(NAME, ["state"]),
        subscriptions_at_most=_SUBSCRIPTIONS_OF_A_DEVICE,
        payload_at_most=SAID_BYTES_AT_MOST,
        **how,  # type: ignore[arg-type]
    )


def _service(name: str, *, publish: Sequence[str], subscribe: Sequence[str] = ()) -> Role:
    """A service: it is found by its name, answers what it is asked, and hears what it asked for."""
    return Role(
        name=name, publish=publish, subscribe=[inbox(name), *found_as(name), *subscribe], answers=True
    )


_EVERYTHING: Final = [config.name or "" for config in streams.everything(1)]
_HISTORIES: Final = [kind.history for kind in (BANNERS, BLOCKLISTS) if kind.history]

DEVICE: Final = _device("device", connections=("STANDARD", "WEBSOCKET"))
"""The hardware of one banner, the one that the credentials name."""

DEVICE_MQTT: Final = _device("device-mqtt", bearer=True, connections=("MQTT",))
"""The same over MQTT, where the JWT is the password."""

FLEET: Final = Role(
    name="fleet",
    publish=said_by_hardware("*"),
    subscribe=of_banner("*", ["state"]),
)
"""Simulated hardware of many banners over one connection. Whoever has it is every banner."""

TELEMETRY: Final = Role(name="telemetry", publish=[subjects.telemetry("*", "*")])
"""Services that measure something on any banner."""

OPERATOR: Final = Role(
    name="operator",
    publish=[
        *of_banner("*", BANNER_VERBS),
        *of_lobby("enter", "leave", "get"),
        *of_blocklist(),
        "$SRV.>",
        f"{API}.INFO",
        *(f"{API}.STREAM.{verb}" for verb in ("NAMES", "LIST", "INFO.*", "MSG.GET.*")),
        *(f"{API}.CONSUMER.{verb}" for verb in ("NAMES.*", "LIST.*", "INFO.*.*")),
        *(f"{API}.CONSUMER.{verb}" for verb in ("CREATE.*", "CREATE.*.>", "MSG.NEXT.*.*")),
        *(f"{API}.DIRECT.GET.{which}" for which in ("*", "*.>")),
    ],
    subscribe=["_INBOX.>", inbox("operator"), "airdisplay.>"],
)
"""People who run the mesh: they see everything, may ask services for everything, and write no record."""

BANNER: Final = _service(
    "banner",
    publish=[
        *makes(*_EVERYTHING),
        *makes_anew(*_HISTORIES),
        *writes(BANNERS, BLOCKLISTS, COMMANDS),
        *gets(BANNERS.stream, BLOCKLISTS.stream, COMMANDS.stream, *_HISTORIES),
        *follows(BLOCKLISTS.stream),
        *of_banner("*", ["state"]),
    ],
    subscribe=[*of_banner("*", [*BANNER_VERBS, "hello"]), subjects.expire_many(), *of_blocklist()],
)
"""The one that makes the streams, and the only one that writes what banners show."""

EXPIRY: Final = _service(
    "expiry", publish=[subjects.expire_many(), *follows(BANNERS.stream), *finds("expiry")]
)

LOBBY: Final = _service(
    "lobby",
    publish=[
        *of_banner("*", ["show", "clear"]),
        *writes(LOBBIES, TICKETS),
        *gets(LOBBIES.stream, TICKETS.stream, BANNERS.stream, *_HISTORIES[:1]),
        *follows(BANNERS.stream, LOBBIES.stream, BLOCKLISTS.stream, streams.PRESENCE),
        *finds("lobby"),
    ],
    subscribe=of_lobby("enter", "leave", "get"),
)

GATEWAY: Final = _service(
    "gateway",
    publish=[
        *of_banner("*", [verb for verb in BANNER_VERBS if verb != "expire"]),
        *of_lobby("enter", "leave", "get"),
        *of_blocklist(),
        *writes(LIMITS),
        *gets(BANNERS.stream, *_HISTORIES[:1], COMMANDS.stream, TICKETS.stream, LIMITS.stream),
        *gets(streams.REPORTED, streams.PRESENCE, streams.TELEMETRY),
        *follows(BANNERS.stream, LOBBIES.stream, streams.REPORTED, streams.PRESENCE, streams.HEARTBEATS),
        *finds("banner"),
    ],
)

INTAKE: Final = _service(
    "intake",
    publish=[
        subjects.reported("*"),
        subjects.measured("*", "*"),
        *takes(streams.INTAKE, "intake"),
        *gets_newest(streams.REPORTED),
        *sees(streams.TELEMETRY),
        *follows(BANNERS.stream),
    ],
)

_OWN: Final = streams.own(NAME)
_OWN_STREAMS: Final = [config.name or "" for config in streams.of_own(_OWN, 1)]

OWN_SERVICE: Final = Role(
    name="service",
    publish=[
        f"{subjects.ROOT}.{NAME}.>",
        *makes(*_OWN_STREAMS),
        *gets(*_OWN_STREAMS),
        *follows(*_OWN_STREAMS),
        *(takes(_OWN.history, "*") if _OWN.history else ()),
        *writes(_OWN, streams.claims(_OWN)),
        *finds(NAME),
    ],
    subscribe=[f"{subjects.ROOT}.{NAME}.>", inbox(NAME), *found_as(NAME)],
    answers=True,
)
"""A service of one's own: the kind of entity that the credentials name, and nothing of the banners."""

ROLES: Final = (
    *(DEVICE, DEVICE_MQTT, FLEET, TELEMETRY),
    OPERATOR,
    *(BANNER, EXPIRY, LOBBY, GATEWAY, INTAKE),
    OWN_SERVICE,
)

TAKEN: Final = frozenset(
    {
        *(role.name for role in ROLES),
        *(
            word
            for kind in (BANNERS, LOBBIES, BLOCKLISTS, COMMANDS, TICKETS, LIMITS)
            for word in (kind.name, kind.bucket)
        ),
        *("history", "reported", "measured", "presence", "heard", "system", "device", "hardware"),
    }
)
"""Names that stand in subjects, streams or credentials already."""

SYSTEM: Final = Role(
    name="system",
    publish=["$SYS.REQ.CLAIMS.UPDATE"],
    subscribe=[inbox(NAME)],
)
"""In the account of the servers: may tell them of a changed account, and nothing else."""
