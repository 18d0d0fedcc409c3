"""Everything that is said on the mesh, one line a subject: on which, by whom to whom, in which words.

The document at `/docs/asyncapi.json` is made of this. A test compares it with what services answer, with what
the mesh keeps and with what really goes over NATS, so a subject that is forgotten here turns it red.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NamedTuple, NewType, get_args

from shared.contracts import subjects
from shared.contracts.banner import Banner, BannerEvent, BannerRefusal, ExpireMany, ExpireManyReply
from shared.contracts.blocklist import EVERYWHERE, Blocklist, BlocklistEvent, BlocklistRefusal
from shared.contracts.command import Accepted, Command
from shared.contracts.hardware import HEARTBEAT_SECONDS, SILENT_AFTER_SECONDS, KeptReport, Presence, Reported
from shared.contracts.lobby import (
    Admitted,
    Enter,
    Gone,
    Leave,
    Lobby,
    LobbyEvent,
    LobbyRefusal,
    Whereabouts,
)
from shared.contracts.telemetry import AT_HEADER, MEASURED_EVERY_SECONDS, VALUE_BYTES_AT_MOST, Measurement
from shared.entities.claims import Claim
from shared.entities.records import Record
from shared.mesh import streams
from shared.mesh.banners import VERBS
from shared.mesh.blocklist import BLOCKLIST_VERBS
from shared.mesh.streams import BANNERS, BLOCKLISTS, COMMANDS, LIMITS, LOBBIES, TICKETS, Kind


class Part(Enum):
    """What a subject is there for."""

    COMMANDS = "Commands"
    HARDWARE = "Hardware"
    RECORDS = "Records"
    STORES = "Stores"

    @property
    def words(self) -> str:
        """A sentence for people."""
        return _PARTS[self]


_PARTS: Final = {
    Part.COMMANDS: "Requests that a service answers: with what was asked for, or with a refusal.",
    Part.HARDWARE: "What the hardware of a banner says of itself.",
    Part.RECORDS: "What was committed: the entity as it is now, and what happened to it.",
    Part.STORES: "What services keep for themselves in JetStream. To be looked at, not to be relied on.",
}


class AcceptedBanner(Accepted[Banner], frozen=True, kw_only=True):
    """Done: the banner as that commit left it. `repeated` when the same command had been accepted before."""


class AcceptedLobby(Accepted[Lobby], frozen=True, kw_only=True):
    """The lobby as its newest commit left it."""


class BannerRecord(Record[Banner, BannerEvent], frozen=True, kw_only=True):
    """What one commit about a banner wrote: when, from whom, by which command, what happened, what is now.

    The records of a banner are numbered from 1 without a gap, and each names the revision of the `previous`
    one; 0 where that is not known. Read past members that you do not know: later versions may add some.
    """


class LobbyRecord(Record[Lobby, LobbyEvent], frozen=True, kw_only=True):
    """What one commit about a lobby wrote: when, from whom, by which command, what happened, what is now."""


class AcceptedBlocklist(Accepted[Blocklist], frozen=True, kw_only=True):
    """The blocked words as of this revision."""


class BlocklistRecord(Record[Blocklist, BlocklistEvent], frozen=True, kw_only=True):
    """What one commit about the blocked words wrote: when, from whom, what happened, what is now."""


Used = NewType("Used", int)
"""What is kept of a limit is one number."""


Measurements = NewType("Measurements", dict[str, Any])
"""Open to whoever measures something else."""


class Channel(NamedTuple):
    """One form of subject, and what goes over it. What stands in braces is one token of the subject."""

    name: str
    subject: str
    words: str
    part: Part
    said: Any = None
    """The type of the message; None where nobody looks at it."""
    ours: bool = False
    """Whether the mesh says it; otherwise whoever uses the mesh does."""
    service: str = ""
    """Who answers, if anybody."""
    answer: Any = None
    refusals: Any = None
    with_revision: bool = False
    """Whether the header `Nats-Sequence` tells the revision."""
    stream: str | None = None
    """Where JetStream keeps it."""


def _entity(
    kind: Kind,
    key: str,
    verbs: Mapping[str, type[Command]],
    *,
    record: Any,
    accepted: Any,
    refusals: Any,
    answers: Mapping[str, Any] | None = None,
    service: str = "",
) -> tuple[Channel, ...]:
    """All that is said of one kind of entity.

    `answers` where a verb is answered in words of its own, `service` where another one answers than its own.
    """
    name = kind.name
    commands: dict[str, tuple[str, Any]] = {
        **{verb: (_first_sentence(wire), wire) for verb, wire in verbs.items()},
        "get": (f"What is the {name} now? The newest state, read from the leader.", None),
    }
    return (
        *(
            Channel(
                f"{name}.{verb}",
                subjects.entity(name, key, verb),
                words,
                Part.COMMANDS,
                wire,
                service=service or name,
                answer=(answers or {}).get(verb, accepted),
                refusals=refusals,
            )
            for verb, (words, wire) in commands.items()
        ),
        Channel(
            f"{name}.state",
            subjects.entity(name, key, "state"),
            f"The {name} after every commit, copied by the server itself; `hello` asks for it again."
            if kind is BANNERS
            else f"The {name} after every commit, copied by the server itself.",
            Part.RECORDS,
            record,
            ours=True,
            with_revision=True,
        ),
        Channel(
            f"{name}.record",
            subjects.record(kind.bucket, key),
            f"The newest record of the {name}, under compare-and-set. Only the service writes here.",
            Part.RECORDS,
            record,
            ours=True,
            stream=kind.stream,
        ),
        *([_history(kind, key, record)] if kind.history else []),
    )


def _history(kind: Kind, key: str, record: Any) -> Channel:
    return Channel(
        f"{kind.name}.history",
        subjects.history(kind.name, key),
        f"Every record of the {kind.name} for thirty days, under the same sequence numbers. "
        "Nobody is sent it unasked: read the stream.",
        Part.RECORDS,
        record,
        ours=True,
        stream=kind.history,
    )


def _first_sentence(of: type) -> str:
    return (of.__doc__ or "").partition("\n")[0]


_BANNER: Final = "{banner}"

CHANNELS: Final[tuple[Channel, ...]] = (
    *_entity(
        BANNERS,
        _BANNER,
        {verb: wire for wire, verb in VERBS.items()},
        record=BannerRecord,
        accepted=AcceptedBanner,
        refusals=BannerRefusal,
    ),
    Channel(
        "banner.expire-many",
        subjects.expire_many(),
        "Many displays shall end, because their time is up; each is decided and committed on its own.",
        Part.COMMANDS,
        ExpireMany,
        service=BANNERS.name,
        answer=ExpireManyReply,
        refusals=BannerRefusal,
    ),
    Channel(
        "banner.hello",
        subjects.banner(_BANNER, "hello"),
        "I just came up: the newest record is sent on `.state` again, with what time it is in `now`. "
        "Nothing is sent to anywhere else.",
        Part.HARDWARE,
        service=BANNERS.name,
    ),
    Channel(
        "banner.reported",
        subjects.banner(_BANNER, "reported"),
        "What I really show, told whenever that changes.",
        Part.HARDWARE,
        Reported,
        stream=streams.INTAKE,
    ),
    Channel(
        "banner.reported.kept",
        subjects.reported(_BANNER),
        "A report that was looked at, and when it was heard; kept for thirty days.",
        Part.HARDWARE,
        KeptReport,
        ours=True,
        stream=streams.REPORTED,
    ),
    Channel(
        "banner.presence",
        subjects.banner(_BANNER, "presence"),
        f"I am up, every {HEARTBEAT_SECONDS} s; after {SILENT_AFTER_SECONDS} s without it I am offline.",
        Part.HARDWARE,
        Presence,
        stream=streams.HEARTBEATS,
    ),
    Channel(
        "banner.seen",
        subjects.banner(_BANNER, "seen"),
        "A heartbeat, as soon as it is heard; nothing, with the header `Nats-Marker-Reason`, when they stop. "
        "From the server itself, whatever service is down.",
        Part.HARDWARE,
        Presence,
        ours=True,
    ),
    Channel(
        "presence",
        subjects.presence(_BANNER),
        f"The last heartbeat, where it ages; after {SILENT_AFTER_SECONDS} s a marker takes its place.",
        Part.STORES,
        Presence,
        ours=True,
        stream=streams.PRESENCE,
    ),
    *(
        Channel(
            f"banner.telemetry.{kind.__name__.lower()}",
            subjects.telemetry(_BANNER, kind.__name__.lower()),
            f"{_first_sentence(kind)} Measured every {MEASURED_EVERY_SECONDS} s.",
            Part.HARDWARE,
            kind,
            stream=streams.INTAKE,
        )
        for kind in get_args(Measurement)
    ),
    Channel(
        "banner.telemetry",
        subjects.telemetry(_BANNER, "{measurement}"),
        f"Whatever else is measured: an object of at most {VALUE_BYTES_AT_MOST // 1024} KiB.",
        Part.HARDWARE,
        Measurements,
        stream=streams.INTAKE,
    ),
    Channel(
        "banner.measured",
        subjects.measured(_BANNER, "{measurement}"),
        "A measured value that was looked at, as it was sent; kept for a day. "
        f"The header `{AT_HEADER}` tells when the mesh took it.",
        Part.HARDWARE,
        Measurements,
        ours=True,
        stream=streams.TELEMETRY,
    ),
    *_entity(
        LOBBIES,
        "{pool}",
        {"enter": Enter, "leave": Leave},
        record=LobbyRecord,
        accepted=AcceptedLobby,
        refusals=LobbyRefusal,
        answers={"enter": Admitted, "leave": Gone},
    ),
    *_entity(
        BLOCKLISTS,
        EVERYWHERE,
        {verb: wire for wire, verb in BLOCKLIST_VERBS.items()},
        record=BlocklistRecord,
        accepted=AcceptedBlocklist,
        refusals=BlocklistRefusal,
        service=BANNERS.name,
    ),
    Channel(
        "claims",
        subjects.record(COMMANDS.bucket, "{kind}.{command}"),
        "Which commands were seen, and where to look for what became of them; for a day.",
        Part.STORES,
        Claim,
        ours=True,
        stream=COMMANDS.stream,
    ),
    Channel(
        "tickets",
        subjects.record(TICKETS.bucket, "{display}"),
        "On which banner those who waited in a lobby had their turn; for a day.",
        Part.STORES,
        Whereabouts,
        ours=True,
        stream=TICKETS.stream,
    ),
    Channel(
        "limits",
        subjects.record(LIMITS.bucket, "{who}"),
        "How far users and addresses have used up what is fair; for some minutes.",
        Part.STORES,
        Used,
        ours=True,
        stream=LIMITS.stream,
    ),
)

PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "banner": ("The id of a banner.", "lightning"),
    "pool": ("All banners, `all`, or those with a tag, `tag-<tag>`.", "tag-coast"),
    "kind": ("Which kind of entity.", "banner"),
    "command": ("The id of a command.", "1ab9fb6f0c5d71b0e2aa9f10"),
    "display": ("The id of a display.", "c04d9be2f61a7380915e2d44"),
    "measurement": ("What is measured.", "wind"),
    "who": ("A digest of a limit and of whom it concerns.", "5be0c1f2a94d77e013b62c58"),
}
"""What stands in braces: what it means, and an example."""
