"""Streams: all there, as this version wants them, led, copied, and read as fast as they are written."""

from collections.abc import Mapping, Sequence
from typing import Final

from airdisplay.doctor.findings import Finding, bad, listed, ok, warn
from shared.contracts.errors import Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.inspection import Kept, Mirrored, Reading, differences, kept, readings
from shared.mesh.streams import BANNERS, INTAKE, Missing

UNREAD_AT_MOST: Final = 1_000
"""What a reader may have before it without anybody being told."""
FULL: Final = 0.8

_LAG_AT_MOST: Final = 100
_SILENT_SECONDS: Final = 30.0
_HOUR: Final = 60 * 60
_LIMITS: Final = {"max_msgs": "messages", "max_bytes": "bytes"}
_INTAKE_READER: Final = "intake"
_RESTART: Final = "start a banner service again: it brings the streams to its own settings when it starts"
_CLUSTER: Final = "look whether all servers of the cluster run and reach one another"


async def check(mesh: Mesh) -> Sequence[Finding]:
    """Everything that the mesh keeps."""
    names = [each.name or "" for each in streams.everything(1)]
    found: dict[str, Kept] = {}
    findings: list[Finding] = []
    for name in names:
        try:
            found[name] = await kept(mesh, name)
        except Missing:
            findings.append(bad("streams", f"the stream {name} is missing", _RESTART))
        except Unreachable as error:
            findings.append(bad("streams", str(error), _CLUSTER))
    findings.extend(check_settings(found))
    for name, each in found.items():
        findings.extend(check_one(name, each))
    if not findings:
        findings.append(
            ok("streams", f"all {len(found)} streams are there, as this version wants them, with room left")
        )
    return [*findings, *await _readers(mesh, found)]


def check_settings(found: Mapping[str, Kept]) -> Sequence[Finding]:
    """Whether the streams are as this version makes them; how many copies there are, the mesh chooses."""
    if not found:
        return []
    usual = found.get(BANNERS.stream) or next(iter(found.values()))
    wanted = streams.everything(int(usual.config.get("num_replicas", 1)))
    return [
        bad(
            "streams",
            f"the stream {each.name} is not as this version wants it: {'; '.join(different)}",
            _RESTART,
        )
        for each in wanted
        if (held := found.get(each.name or "")) and (different := differences(each, held.config))
    ]


def check_one(name: str, stream: Kept) -> Sequence[Finding]:
    """How full a stream is, who keeps it, and whether it has what it takes over from another."""
    return [*_room(name, stream), *_copies(name, stream), *_origins(name, stream)]


def check_reader(stream: str, reader: Reading) -> Finding | None:
    """Whether somebody reads what a reader has before it; None where nothing is left."""
    unread = reader.num_pending
    if unread <= UNREAD_AT_MOST:
        return None
    if not reader.num_waiting and not reader.num_ack_pending:
        return bad(
            "streams",
            f"nobody reads {stream} as {reader.name}: {unread:,} messages wait",
            f"start the service that reads it; if there is none any more, delete the consumer {reader.name}",
        )
    return warn(
        "streams",
        f"{reader.name} is {unread:,} messages behind in {stream}",
        "if that does not shrink, start one more instance of that service; if it does, wait",
    )


async def _readers(mesh: Mesh, found: Mapping[str, Kept]) -> Sequence[Finding]:
    findings: list[Finding] = []
    names: list[str] = []
    for stream in found:
        try:
            readers = await readings(mesh, stream)
        except Unreachable as error:
            findings.append(
                warn("streams", str(error), "look with the credentials of operators of this version")
            )
            continue
        names.extend(f"{reader.name} of {stream}" for reader in readers)
        findings.extend(each for reader in readers if (each := check_reader(stream, reader)) is not None)
    if INTAKE in found and f"{_INTAKE_READER} of {INTAKE}" not in names:
        findings.append(
            bad(
                "streams",
                "nobody has ever read what hardware says",
                "start an intake: `python -m services.intake`",
            )
        )
    if names and not findings:
        findings.append(ok("streams", f"what is read in turn is read in time: {listed(names)}"))
    return findings


def _room(name: str, stream: Kept) -> Sequence[Finding]:
    held = {"max_msgs": stream.state.messages, "max_bytes": stream.state.bytes}
    return [
        finding
        for limit, what in _LIMITS.items()
        if (at_most := int(stream.config.get(limit, -1))) > 0
        and held[limit] >= FULL * at_most
        and (finding := _full(name, f"{name} has {held[limit]:,} of {at_most:,} {what}", stream)) is not None
    ]


def _full(name: str, full: str, stream: Kept) -> Finding | None:
    match name:
        case streams.TELEMETRY:  # it is meant to be full, if a day fits in
            kept_seconds = stream.oldest_seconds or 0.0
            if kept_seconds >= FULL * stream.longest_seconds:
                return None
            hours = f"{kept_seconds / _HOUR:.1f} of the {stream.longest_seconds / _HOUR:.0f} hours"
            return warn(
                "streams",
                f"{full}: it keeps the last {hours} that it should",
                "let hardware measure less often, or ask for a smaller `since`: what is older is gone",
            )
        case streams.INTAKE:
            return warn(
                "streams",
                f"{full}: what hardware says is dropped before anybody looks at it",
                "start one more intake: `python -m services.intake`",
            )
        case _:
            return warn(
                "streams", f"{full}: what is oldest goes first", "nothing, unless it stays so for days"
            )


def _copies(name: str, stream: Kept) -> Sequence[Finding]:
    if not stream.cluster.leader:
        return [bad("streams", f"the stream {name} has no leader: nothing can be written to it", _CLUSTER)]
    behind = [each for each in stream.cluster.replicas if each.offline or not each.current]
    return [
        warn(
            "streams",
            f"the copy of {name} on {each.name} is "
            f"{'away' if each.offline else f'{each.lag:,} messages behind'}",
            _CLUSTER,
        )
        for each in behind
    ]


def _origins(name: str, stream: Kept) -> Sequence[Finding]:
    origins = stream.sources if stream.mirror is None else (stream.mirror, *stream.sources)
    return [finding for each in origins if (finding := _origin(name, each, stream.age_seconds)) is not None]


def _origin(name: str, mirror: Mirrored, age: float) -> Finding | None:
    silent = mirror.silent_seconds
    if (age if silent is None else silent) > _SILENT_SECONDS:
        since = "never" if silent is None else f"not for {silent:.0f} s"
        what = f"{name} has {since} heard of {mirror.name}, from which it takes over"
        return bad("streams", what, f"{_CLUSTER}; on a single server, restart nats-server")
    if mirror.lag > _LAG_AT_MOST:
        what = f"{name} is {mirror.lag:,} records behind {mirror.name}, from which it takes over"
        return warn("streams", what, "wait; if it grows, the disk of nats-server is too slow for all of it")
    return None
