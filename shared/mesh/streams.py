"""What the mesh keeps, and the making of it: the streams and the bucket, with the reason for each number."""

from collections.abc import Sequence
from typing import Final

import anyio
import msgspec
import nats.errors
from nats.js import JetStreamContext
from nats.js.api import RePublish, StorageType, StreamConfig, StreamSource, SubjectTransform
from nats.js.errors import APIError, ServiceUnavailableError

from shared.contracts import subjects
from shared.contracts.errors import NotFit, OutcomeUnknown, Unreachable
from shared.contracts.hardware import SILENT_AFTER_SECONDS
from shared.contracts.instants import Instant, epoch_ms
from shared.mesh import clock
from shared.mesh.connection import Mesh

BANNERS: Final = "banners"
"""The bucket that holds one record a banner."""

HISTORY: Final = "HISTORY"
REPORTED: Final = "REPORTED"
PRESENCE: Final = "PRESENCE"

REVISIONS_KEPT: Final = 8
"""Per banner in the bucket. With 1, a stream that sources the bucket loses records written in a burst."""

_DAY: Final = 24 * 60 * 60
_HISTORY_DAYS: Final = 30
_HISTORY_PER_BANNER: Final = 1_000
_RECORD_BYTES_AT_MOST: Final = 64 * 1024
_HARDWARE_BYTES_AT_MOST: Final = 4 * 1024
# As long as a gateway may be cut off and still find, when it goes on, who fell silent meanwhile.
_MARKER_SECONDS: Final = _DAY

_RETRY_SECONDS: Final = 0.1
_FIRST_CONTACT_SECONDS: Final = 5.0
_DIFFERENT_CONFIGURATION: Final = 10058
_JETSTREAM_OFF: Final = 10039
_NO_SUCH_STREAM: Final = 10059

SKEW_AT_MOST_SECONDS: Final = 2.0
"""A process whose clock is further from the server's than this refuses to start."""


def stream_of(bucket: str) -> str:
    """The stream behind a bucket."""
    return f"KV_{bucket}"


def banners(replicas: int) -> StreamConfig:
    """One record a banner; the commit is the publication, so the server republishes it for hardware."""
    return StreamConfig(
        name=stream_of(BANNERS),
        subjects=[subjects.record(BANNERS, ">")],
        max_msgs_per_subject=REVISIONS_KEPT,
        max_msg_size=_RECORD_BYTES_AT_MOST,
        discard="new",  # type: ignore[arg-type]  # as every bucket has it
        allow_rollup_hdrs=True,
        deny_delete=True,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
        republish=RePublish(src=subjects.record(BANNERS, "*"), dest=subjects.republished("state")),
    )


def history(replicas: int) -> StreamConfig:
    """Every record, for thirty days; sourced by the server, so no service can forget to write it."""
    return StreamConfig(
        name=HISTORY,
        sources=[
            StreamSource(
                name=stream_of(BANNERS),
                subject_transforms=[
                    SubjectTransform(src=subjects.record(BANNERS, "*"), dest=subjects.sourced_history())
                ],
            )
        ],
        max_age=_HISTORY_DAYS * _DAY,
        max_msgs_per_subject=_HISTORY_PER_BANNER,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )


def reported(replicas: int) -> StreamConfig:
    """The last thing that each banner's hardware said it shows."""
    return StreamConfig(
        name=REPORTED,
        subjects=[subjects.every_banner("reported")],
        max_msgs_per_subject=1,
        max_msg_size=_HARDWARE_BYTES_AT_MOST,
        allow_direct=True,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )


def presence(replicas: int) -> StreamConfig:
    """Heartbeats. The last one ages out in the server, which then writes a marker: silence is an event."""
    return StreamConfig(
        name=PRESENCE,
        subjects=[subjects.every_banner("presence")],
        max_msgs_per_subject=1,
        max_msg_size=_HARDWARE_BYTES_AT_MOST,
        max_age=SILENT_AFTER_SECONDS,
        subject_delete_marker_ttl=_MARKER_SECONDS,
        allow_rollup_hdrs=True,
        allow_direct=True,
        # Memory survives one server of a cluster; with a single server it would be lost with it.
        storage=StorageType.MEMORY if replicas > 1 else StorageType.FILE,
        num_replicas=replicas,
    )


def everything(replicas: int) -> Sequence[StreamConfig]:
    """All that the mesh keeps."""
    return banners(replicas), history(replicas), reported(replicas), presence(replicas)


async def ensure(mesh: Mesh, configs: Sequence[StreamConfig]) -> None:
    """Make these streams, or bring them to these settings. Waits for a cluster that still elects a leader.

    Raises:
        NotFit: the server has no JetStream, or cannot bring a stream to these settings.
    """
    for config in configs:
        while (made := await _made(mesh, config)) is None:
            await anyio.sleep(_RETRY_SECONDS)
        if made and config.sources:
            await _until_it_takes_from_its_sources(mesh, config.name or "")


async def _made(mesh: Mesh, config: StreamConfig) -> bool | None:
    """Whether the stream was made just now; None when nobody could tell, so it must be tried again."""
    try:
        return await _made_or_changed(mesh.jetstream, config)
    except ServiceUnavailableError as error:
        if error.err_code == _JETSTREAM_OFF:
            raise NotFit("nats-server runs without JetStream: AirDisplay needs it") from error
        return None
    except APIError as error:
        message = f"nats-server refuses the stream {config.name}: {error.description}"
        raise NotFit(message) from error
    except (nats.errors.TimeoutError, nats.errors.NoRespondersError):
        return None


async def _made_or_changed(manager: JetStreamContext, config: StreamConfig) -> bool:
    """True when it was made, False when it was there."""
    try:
        return bool((await manager.add_stream(config)).did_create)
    except APIError as error:
        if error.err_code != _DIFFERENT_CONFIGURATION:
            raise
        await manager.update_stream(config)
        return False


async def _until_it_takes_from_its_sources(mesh: Mesh, stream: str) -> None:
    """Wait, within bounds, for a new stream's first contact with its sources.

    What a bucket lets go of before that is lost to the stream. Only for a new one: a server that was started
    again takes up an old one by itself, and tells so only with the next record, which may be ours to write.
    """
    with anyio.move_on_after(_FIRST_CONTACT_SECONDS):
        while not await _takes_from_its_sources(mesh, stream):
            await anyio.sleep(_RETRY_SECONDS)


async def _takes_from_its_sources(mesh: Mesh, stream: str) -> bool:
    try:
        sources = (await info(mesh, stream)).sources
    except Unreachable:
        return False
    return all(source.active >= 0 for source in sources)


class _StreamState(msgspec.Struct):
    messages: int = 0
    last_seq: int = 0


class _Source(msgspec.Struct):
    active: int = -1  # nanoseconds since it was last heard; -1 as long as it never was


class StreamInfo(msgspec.Struct):
    """What the server says of a stream: when it was made, how far it is, and what time it has."""

    created: str
    ts: str
    state: _StreamState
    sources: tuple[_Source, ...] = ()

    @property
    def epoch(self) -> str:
        """Names this life of the stream; another one after it was deleted and made anew."""
        return format(_nanoseconds(self.created), "x")


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


async def measure_skew(mesh: Mesh) -> float:
    """Seconds by which this process's clock is ahead of the server's, give or take half a round trip."""
    before = clock.seconds()
    server = _nanoseconds((await info(mesh, stream_of(BANNERS))).ts) / 1e9
    return (before + clock.seconds()) / 2 - server


def check_skew(skew: float) -> None:
    """Refuse to go on with a clock that is too far from the server's.

    Raises:
        NotFit: it is.
    """
    if abs(skew) > SKEW_AT_MOST_SECONDS:
        side = "ahead of" if skew > 0 else "behind"
        message = (
            f"the clock is {abs(skew):.1f} s {side} the server's: "
            f"at most {SKEW_AT_MOST_SECONDS:g} s are tolerated, because deadlines come from it"
        )
        raise NotFit(message)


def _nanoseconds(timestamp: str) -> int:
    """Of a Go timestamp, which has up to nine decimals and drops trailing zeros."""
    whole, _, fraction = timestamp.rstrip("Z").partition(".")
    return epoch_ms(Instant(whole + "Z")) * 1_000_000 + int(fraction.ljust(9, "0") or 0)
