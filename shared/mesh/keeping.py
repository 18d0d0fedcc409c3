"""Storing what was looked at, in a stream that acknowledges: many together, or one behind a known one."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
import nats.errors

from shared.contracts.errors import Unreachable
from shared.mesh.connection import Mesh

_ANSWER_SECONDS: Final = 5.0
_EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
_NOT_EXPECTED: Final = {10071, 10164}
_NOTHING: Final = "404"
_STATUS: Final = "Status"
_SEQUENCE: Final = "Nats-Sequence"


class Keep(NamedTuple):
    """What shall be stored, and under which subject."""

    subject: str
    data: bytes
    headers: Mapping[str, str] | None = None


class Kept(NamedTuple):
    """The newest that is stored under a subject; sequence 0 where there is nothing."""

    sequence: int
    data: bytes


class _Problem(msgspec.Struct):
    err_code: int = 0
    description: str = ""


class _Acknowledgement(msgspec.Struct):
    seq: int = 0
    error: _Problem | None = None


_acknowledgement = msgspec.json.Decoder(_Acknowledgement)


async def keep_together(mesh: Mesh, entries: Sequence[Keep]) -> None:
    """Store entries of one stream; returns once the last of them is stored, and so those before it.

    Where the stream gets another leader in the middle, some of those before it may be lost.

    Raises:
        Unreachable: there is no connection, or no stream that stores now.
        OutcomeUnknown: nobody said whether they are stored.
    """
    try:
        for each in entries[:-1]:
            headers = None if each.headers is None else dict(each.headers)
            await mesh.client.publish(each.subject, each.data, headers=headers)
    except (nats.errors.ConnectionClosedError, nats.errors.OutboundBufferLimitError):
        raise Unreachable("the mesh") from None
    for each in entries[-1:]:
        await _keep(mesh, each, each.headers or {})


async def keep_behind(mesh: Mesh, entry: Keep, sequence: int) -> int | None:
    """Store an entry if the newest under its subject has this sequence; its own, or None if another has.

    Raises:
        Unreachable: there is no connection, or no stream that stores now.
        OutcomeUnknown: nobody said whether it is stored.
    """
    return await _keep(mesh, entry, {**(entry.headers or {}), _EXPECTED: str(sequence)})


async def newest_kept(mesh: Mesh, stream: str, subject: str) -> Kept:
    """The newest entry under a subject, of whichever server answers first: it may not be the newest of all.

    Raises:
        Unreachable: there is no connection, or no such stream.
        OutcomeUnknown: nobody answered.
    """
    answer = await mesh.requests.ask(f"$JS.API.DIRECT.GET.{stream}.{subject}", b"", timeout=_ANSWER_SECONDS)
    headers = answer.headers or {}
    if headers.get(_STATUS) == _NOTHING:
        return Kept(0, b"")
    if _SEQUENCE not in headers:
        raise Unreachable(f"the stream {stream}")
    return Kept(int(headers[_SEQUENCE]), answer.data)


async def _keep(mesh: Mesh, entry: Keep, headers: Mapping[str, str]) -> int | None:
    """The sequence under which it was stored; None where another one had been stored meanwhile."""
    answer = await mesh.requests.ask(
        entry.subject, entry.data, timeout=_ANSWER_SECONDS, headers=dict(headers) or None
    )
    said = _acknowledgement.decode(answer.data)
    if said.error is None:
        return said.seq
    if said.error.err_code in _NOT_EXPECTED:
        return None
    raise Unreachable(f"the stream behind {entry.subject} ({said.error.description})")
