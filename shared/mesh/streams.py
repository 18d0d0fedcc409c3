"""What the mesh keeps, and the making of it: streams and buckets, with the reason for each number."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import anyio
import msgspec
import nats.errors
import structlog
from nats.js import JetStreamContext
from nats.js.api import RePublish, RetentionPolicy, StorageType, StreamConfig, StreamSource, SubjectTransform
from nats.js.errors import APIError, ServiceUnavailableError

from shared.contracts import subjects
from shared.contracts.errors import NotFit, OutcomeUnknown, Unreachable
from shared.contracts.hardware import (
    PRESENCE_BYTES_AT_MOST,
    REPORT_BYTES_AT_MOST,
    SAID_BYTES_AT_MOST,
    SILENT_AFTER_SECONDS,
)
from shared.contracts.instants import Instant, epoch_ms
from shared.contracts.telemetry import VALUE_BYTES_AT_MOST
from shared.entities.repository import ARCHIVED_EVERY
from shared.mesh.clock import SKEW_AT_MOST_SECONDS
from shared.mesh.connection import Mesh

INTAKE: Final = "INTAKE"
HEARTBEATS: Final = "HEARTBEATS"
REPORTED: Final = "REPORTED"
PRESENCE: Final = "PRESENCE"
TELEMETRY: Final = "TELEMETRY"

REVISIONS_KEPT: Final = 2 * ARCHIVED_EVERY
"""Per key in a bucket: as many as may not be in the history yet, and as many again, because a stream that
takes over the records of another must find them there."""


@dataclass(frozen=True)
class Kind:
    """Where the records of one kind of entity stand: the newest in a bucket, and all of them in a history.

    What needs no history has none. A revision is the same number in both. Claims on its commands stand in a
    bucket that several kinds may share.
    """

    name: str
    bucket: str
    history: str | None = None
    claims: str = "commands"

    @property
    def stream(self) -> str:
        """The stream behind the bucket."""
        return f"KV_{self.bucket}"

    @property
    def everything(self) -> str:
        """The subject of all records in the bucket."""
        return subjects.record(self.bucket, "*")


BANNERS: Final = Kind("banner", "banners", "HISTORY")
LOBBIES: Final = Kind("lobby", "lobbies")
BLOCKLISTS: Final = Kind("blocklist", "blocklists", "BLOCKLIST_HISTORY")
"""The words that no banner shows; who blocked which, and when, is asked of its history."""
COMMANDS: Final = Kind("command", BANNERS.claims)
"""Claims: which commands were seen, and where to look for what became of them."""
TICKETS: Final = Kind("ticket", "tickets")
"""On which banner those who waited in a lobby have had their turn."""
LIMITS: Final = Kind("limit", "limits")
"""How far each user and each address has used up what is fair."""


def own(name: str) -> Kind:
    """A kind of one's own: called by its name in all, so that credentials can be for that alone."""
    return Kind(name, name, f"HISTORY_{name}", f"{name}_commands")


def claims(kind: Kind) -> Kind:
    """Where claims on the commands of a kind stand."""
    return Kind("command", kind.claims)


LONGEST_WINDOW_SECONDS: Final = 10 * 60
"""How long a limit may take until it is whole again; what was noted longer ago says nothing any more."""

_DAY: Final = 24 * 60 * 60
_HISTORY_DAYS: Final = 30
_HISTORY_PER_KEY: Final = 10_000
_RECORD_BYTES_AT_MOST: Final = 1_000_000
# A day, and something for clocks and retries.
_CLAIM_SECONDS: Final = 25 * 60 * 60
_HARDWARE_BYTES_AT_MOST: Final = 4 * 1024
# So many users and addresses in one window; of more, those are forgotten that were seen longest ago.
_LIMITS_AT_MOST: Final = 1_000_000
# As many as may come in one breath; whoever says more than is looked at loses the oldest of its own.
_UNREAD_PER_SUBJECT: Final = 16
_UNREAD_AT_MOST: Final = 500_000
_UNREAD_SECONDS: Final = 60 * 60
# Of what hardware says nothing is left out because it was said before: message ids are remembered for as
# short a time as the server allows, or one device could fill its memory, and use up the ids of another.
_IDS_SECONDS: Final = 0.1
# What hardware measures in a day, and something for those who measure more often.
_READINGS_PER_SUBJECT: Final = 20_000
# The server sets this much aside, also on a laptop: at some 200 bytes a reading, a day of fifty banners with
# three kinds each; a larger fleet keeps less of the day.
_TELEMETRY_BYTES: Final = 512 * 1024 * 1024
# As long as a gateway may be cut off and still find, when it goes on, who fell silent meanwhile.
_MARKER_SECONDS: Final = _DAY

THERE_WITHIN_SECONDS: Final = 25.0
"""For how long a process waits for the streams: less than the time for which it may start up, so that it can
say what was missing."""

_RETRY_SECONDS: Final = 0.1
_NO_JETSTREAM: Final = "nats-server runs without JetStream: AirDisplay needs it"
_DIFFERENT_CONFIGURATION: Final = 10058
_JETSTREAM_OFF: Final = 10039
_NO_SUCH_STREAM: Final = 10059
# By somebody else, at this moment: it is gone already, or its files are going.
_BEING_MADE_ANEW: Final = {_NO_SUCH_STREAM, 10049, 10069}

log = structlog.get_logger()


def bucket(kind: Kind, replicas: int) -> StreamConfig:
    """One record a key; the commit is the publication, so the server republishes it to a plain subject."""
    return StreamConfig(
        name=kind.stream,
        subjects=[subjects.record(kind.bucket, ">")],
        max_msgs_per_subject=REVISIONS_KEPT,
        max_msg_size=_RECORD_BYTES_AT_MOST,
        discard="new",  # type: ignore[arg-type]  # as every bucket has it
        allow_rollup_hdrs=True,
        deny_delete=True,
        # A mirror answers the direct gets of its origin as well, and this one keeps the records under other
        # subjects: every second get would find nothing.
        allow_direct=kind.history is None,
        storage=StorageType.FILE,
        num_replicas=replicas,
        republish=RePublish(src=kind.everything, dest=subjects.republished(kind.name)),
    )


def history(kind: Kind, replicas: int) -> StreamConfig:
    """Every record, for thirty days; taken over by the server, so no service can forget to write it.

    A mirror, because a mirror keeps the numbers: a revision of the bucket is one of the history.
    """
    return StreamConfig(
        name=kind.history,
        mirror=StreamSource(
            name=kind.stream,
            subject_transforms=[
                SubjectTransform(src=kind.everything, dest=subjects.mirrored(kind.name)),
            ],
        ),
        max_age=_HISTORY_DAYS * _DAY,
        max_msgs_per_subject=_HISTORY_PER_KEY,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )


def of_entity(kind: Kind, replicas: int) -> Sequence[StreamConfig]:
    """All that one kind of entity needs."""
    own = bucket(kind, replicas)
    return (own,) if kind.history is None else (own, history(kind, replicas))


def of_own(kind: Kind, replicas: int) -> Sequence[StreamConfig]:
    """All that a kind needs that is served without the banner service."""
    return (*of_entity(kind, replicas), for_a_day(claims(kind), replicas))


def for_a_day(kind: Kind, replicas: int) -> StreamConfig:
    """A bucket that forgets what was written more than a day ago."""
    return StreamConfig(
        name=kind.stream,
        subjects=[subjects.record(kind.bucket, ">")],
        max_age=_CLAIM_SECONDS,
        max_msgs_per_subject=1,
        max_msg_size=_HARDWARE_BYTES_AT_MOST,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )


def limits(replicas: int) -> StreamConfig:
    """What was used up lately. To lose it costs nothing but a window in which everybody begins anew."""
    return StreamConfig(
        name=LIMITS.stream,
        subjects=[subjects.record(LIMITS.bucket, ">")],
        max_age=LONGEST_WINDOW_SECONDS + 2 * SKEW_AT_MOST_SECONDS,
        max_msgs=_LIMITS_AT_MOST,
        max_msgs_per_subject=1,
        max_msg_size=_HARDWARE_BYTES_AT_MOST,
        # As for presence: a single server would lose the stream itself with its memory.
        storage=StorageType.MEMORY if replicas > 1 else StorageType.FILE,
        num_replicas=replicas,
    )


def intake(replicas: int) -> StreamConfig:
    """What hardware says, until somebody has looked at it: of each subject only the newest few.

    So who says much takes the place of nothing but what it said before, and nobody has to read it all.
    """
    return _said_by_hardware(
        INTAKE,
        [subjects.every_banner("reported"), subjects.telemetry("*", "*")],
        replicas,
        retention=RetentionPolicy.WORK_QUEUE,
        max_msgs_per_subject=_UNREAD_PER_SUBJECT,
        max_msgs=_UNREAD_AT_MOST,
        max_msg_size=SAID_BYTES_AT_MOST,
        max_age=_UNREAD_SECONDS,
    )


def heartbeats(replicas: int) -> StreamConfig:
    """The last that each banner's hardware has said of its presence, for ever: when, and any goodbye.

    The server copies it to where heartbeats age. That stream must let the server roll up, for its markers.
    Were hardware to write into it, a heartbeat with `Nats-Rollup: all` would remove everybody's, and one with
    `Nats-TTL: never` would be alive for ever. One that is lost on the way is followed by another soon; and
    none is copied twice, as a stream that takes over the entries of another may do after a restart: it would
    make somebody look alive who is not.
    """
    return _said_by_hardware(
        HEARTBEATS,
        [subjects.every_banner("presence")],
        replicas,
        max_msgs_per_subject=1,
        max_msg_size=PRESENCE_BYTES_AT_MOST,
        allow_direct=True,
        republish=RePublish(src=subjects.every_banner("presence"), dest=subjects.aging()),
    )


def _said_by_hardware(name: str, heard: list[str], replicas: int, **bounds: Any) -> StreamConfig:
    """A stream that hardware writes to.

    It is never acknowledged: the server sends an acknowledgement to whatever subject the publisher names,
    without asking what that one may publish. With the record of another banner for an inbox, a device would
    write there.
    """
    return StreamConfig(
        name=name,
        subjects=heard,
        no_ack=True,
        duplicate_window=_IDS_SECONDS,
        # As for presence: a single server would lose the stream itself with its memory.
        storage=StorageType.MEMORY if replicas > 1 else StorageType.FILE,
        num_replicas=replicas,
        **bounds,
    )


def reported(replicas: int) -> StreamConfig:
    """What each banner's hardware showed, and when: proof of display, as long as the history has it."""
    return StreamConfig(
        name=REPORTED,
        subjects=[subjects.reported("*")],
        max_age=_HISTORY_DAYS * _DAY,
        max_msgs_per_subject=_HISTORY_PER_KEY,
        max_msg_size=REPORT_BYTES_AT_MOST,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )


def presence(replicas: int) -> StreamConfig:
    """Who is there. The last heartbeat ages out in the server, which writes a marker: silence is an event."""
    return StreamConfig(
        name=PRESENCE,
        subjects=[subjects.presence("*")],
        max_msgs_per_subject=1,
        duplicate_window=_IDS_SECONDS,
        max_age=SILENT_AFTER_SECONDS,
        subject_delete_marker_ttl=_MARKER_SECONDS,
        allow_rollup_hdrs=True,
        allow_direct=True,
        # By the server itself, markers among them: who falls silent is told of with no service running.
        republish=RePublish(src=subjects.presence("*"), dest=subjects.seen()),
        # Memory survives one server of a cluster; with a single server it would be lost with it.
        storage=StorageType.MEMORY if replicas > 1 else StorageType.FILE,
        num_replicas=replicas,
    )


def telemetry(replicas: int) -> StreamConfig:
    """What was measured during a day. The oldest goes first; no subject keeps more than its share."""
    return StreamConfig(
        name=TELEMETRY,
        subjects=[subjects.measured("*", "*")],
        max_age=_DAY,
        max_bytes=_TELEMETRY_BYTES,
        max_msgs_per_subject=_READINGS_PER_SUBJECT,
        max_msg_size=VALUE_BYTES_AT_MOST,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )


def everything(replicas: int) -> Sequence[StreamConfig]:
    """All that the mesh keeps."""
    return (
        *of_entity(BANNERS, replicas),
        *of_entity(LOBBIES, replicas),
        *of_entity(BLOCKLISTS, replicas),
        for_a_day(COMMANDS, replicas),
        for_a_day(TICKETS, replicas),
        limits(replicas),
        reported(replicas),
        presence(replicas),
        telemetry(replicas),
        # After those that once had their subjects.
        intake(replicas),
        heartbeats(replicas),
    )


async def ensure(mesh: Mesh, configs: Sequence[StreamConfig]) -> None:
    """Make these streams, or bring them to these settings. Waits for a cluster that still elects a leader.

    Raises:
        NotFit: the server has no JetStream, or cannot bring a stream to these settings.
    """
    for config in configs:
        while not await _made(mesh, config):
            await anyio.sleep(_RETRY_SECONDS)


async def until_there(mesh: Mesh, names: Sequence[str]) -> None:
    """Wait until the banner service has made these streams as they are used; sizes and ages are its own.

    Raises:
        NotFit: the server has no JetStream.
        Unreachable: they are not there after a while; it says which.
    """
    needed = [config for config in everything(replicas=1) if config.name in names]
    missing = list(names)
    with anyio.move_on_after(THERE_WITHIN_SECONDS):
        while missing := [config.name or "" for config in needed if not await _fits(mesh, config)]:
            await anyio.sleep(_RETRY_SECONDS)
    if missing:
        raise Unreachable(f"the streams {', '.join(missing)}, which the banner service makes,")


async def _fits(mesh: Mesh, config: StreamConfig) -> bool:
    """Whether a stream is there, takes what it shall, and gives it on as it shall."""
    try:
        found = (await mesh.jetstream.stream_info(config.name or "")).config
    except ServiceUnavailableError as error:
        if error.err_code == _JETSTREAM_OFF:
            raise NotFit(_NO_JETSTREAM) from error
        return False
    except (APIError, nats.errors.TimeoutError, nats.errors.NoRespondersError):
        return False
    return _use(found) == _use(config)


def _use(config: StreamConfig) -> object:
    """What matters of a stream to those who read and write it."""
    return (
        set(config.subjects or ()),
        config.mirror and config.mirror.name,
        {source.name for source in config.sources or ()},
        config.republish and config.republish.dest,
        config.retention or RetentionPolicy.LIMITS,
        bool(config.allow_direct),
    )


async def _made(mesh: Mesh, config: StreamConfig) -> bool:
    """Make it, or change it; False when nobody could tell, so it must be tried again."""
    try:
        await _make_or_change(mesh.jetstream, config)
    except ServiceUnavailableError as error:
        if error.err_code == _JETSTREAM_OFF:
            raise NotFit(_NO_JETSTREAM) from error
        return False
    except APIError as error:
        if error.err_code in _BEING_MADE_ANEW:
            return False
        message = f"nats-server refuses the stream {config.name}: {error.description}"
        raise NotFit(message) from error
    except (nats.errors.TimeoutError, nats.errors.NoRespondersError):
        return False
    return True


async def _make_or_change(manager: JetStreamContext, config: StreamConfig) -> None:
    try:
        await manager.add_stream(config)
    except APIError as error:
        if error.err_code != _DIFFERENT_CONFIGURATION:
            raise
        if config.mirror is not None and (await manager.stream_info(config.name or "")).config.sources:
            # Once the history was sourced, under numbers of its own; those cannot be brought over.
            log.warning("history made anew from what the bucket keeps", stream=config.name)
            await manager.delete_stream(config.name or "")
            await manager.add_stream(config)
        else:
            await manager.update_stream(config)


class _StreamState(msgspec.Struct):
    messages: int = 0
    last_seq: int = 0


class StreamInfo(msgspec.Struct):
    """What the server says of a stream: when it was made, how far it is, and what time it has."""

    created: str
    ts: str
    state: _StreamState

    @property
    def epoch(self) -> str:
        """Names this life of the stream; another one after it was deleted and made anew."""
        return format(_nanoseconds(self.created), "x")

    @property
    def server_seconds(self) -> float:
        """When the server said so, by its own clock, as seconds after 1970."""
        return _nanoseconds(self.ts) / 1e9


def life(info: StreamInfo, only_server: str | None) -> str:
    """Names this life of a stream, and of the server where a single one keeps it.

    A single server that dies with its machine may have lost the end of a stream, and write another one under
    the same numbers. In a cluster what a majority has acknowledged stays.
    """
    if only_server is None:
        return info.epoch
    return info.epoch + hashlib.blake2b(only_server.encode(), digest_size=4).hexdigest()


class Missing(Unreachable):
    """Raised when the server says that it has no such stream."""


class _ApiError(msgspec.Struct):
    err_code: int = 0


class _Refused(msgspec.Struct):
    error: _ApiError


_info_decoder = msgspec.json.Decoder(StreamInfo)
_refused_decoder = msgspec.json.Decoder(_Refused)


async def info(mesh: Mesh, stream: str) -> StreamInfo:
    """Ask the server about a stream.

    Raises:
        Missing: there is no such stream.
        Unreachable: it cannot be asked now.
    """
    what = f"the stream {stream}"
    try:
        answer = await mesh.requests.ask(f"$JS.API.STREAM.INFO.{stream}", b"", timeout=2)
    except OutcomeUnknown:
        raise Unreachable(what) from None
    try:
        return _info_decoder.decode(answer.data)
    except msgspec.MsgspecError:
        missing = _refused_decoder.decode(answer.data).error.err_code == _NO_SUCH_STREAM
        raise (Missing(what) if missing else Unreachable(what)) from None


def _nanoseconds(timestamp: str) -> int:
    """Of a Go timestamp, which has up to nine decimals and drops trailing zeros."""
    whole, _, fraction = timestamp.rstrip("Z").partition(".")
    return epoch_ms(Instant(whole + "Z")) * 1_000_000 + int(fraction.ljust(9, "0") or 0)
