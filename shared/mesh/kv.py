"""The store on JetStream: a bucket, one record a key, the stream sequence as revision.

What the bucket has let go of is read from the history, where it has the same number.
"""

import base64
from collections.abc import Mapping
from typing import Final

import anyio
import msgspec

from shared.contracts import subjects
from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.entities.store import Stored
from shared.mesh.connection import Mesh
from shared.mesh.streams import Kind, info

_EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
_SEQUENCE: Final = "Nats-Sequence"
_OPERATION: Final = "KV-Operation"
_STATUS: Final = "Status"
_NOT_FOUND: Final = "404"
_WRONG_SEQUENCE: Final = {10071, 10164}  # the second is what clusters say
_NO_MESSAGE: Final = 10037

_ANSWER_SECONDS: Final = 2.0
_ARCHIVED_WITHIN_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.01


class _ApiError(msgspec.Struct):
    err_code: int = 0
    description: str = ""


class _Ack(msgspec.Struct):
    seq: int = 0
    error: _ApiError | None = None


class _Message(msgspec.Struct):
    subject: str
    seq: int
    data: str = ""
    hdrs: str = ""


class _Found(msgspec.Struct):
    message: _Message | None = None
    error: _ApiError | None = None


_ack_decoder = msgspec.json.Decoder(_Ack)
_found_decoder = msgspec.json.Decoder(_Found)


class KvStore:
    """A `Store` of one kind of entity.

    A fresh load asks the stream's leader; another one may be answered by any replica, which can lag, unless
    there is a history, which would answer too.
    """

    def __init__(self, mesh: Mesh, kind: Kind, *, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._mesh = mesh
        self._ask = mesh.requests.ask
        self._kind = kind
        self._bucket = kind.bucket
        self._answer_seconds = answer_seconds
        self._direct_get = f"$JS.API.DIRECT.GET.{kind.stream}"
        self._archived = 0

    async def load(self, key: str, *, fresh: bool) -> Stored:
        """The newest value of a key."""
        subject = subjects.record(self._bucket, key)
        if fresh or self._kind.history is not None:
            return await self._from_leader(self._kind.stream, {"last_by_subj": subject}) or Stored(0, None)
        return await self._from_any_replica(subject)

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write if the key is at the expected revision."""
        subject = subjects.record(self._bucket, key)
        answer = await self._ask(
            subject, data, timeout=self._answer_seconds, headers={_EXPECTED: str(expected)}
        )
        ack = _ack_decoder.decode(answer.data)
        if ack.error is None:
            return ack.seq
        if ack.error.err_code in _WRONG_SEQUENCE:
            raise Conflict(key, expected=expected)
        # Not written now, and no reason to think that it will be: no space, no leader, too large.
        raise Unreachable(f"the bucket {self._bucket} ({ack.error.description})")

    async def load_at(self, key: str, revision: int) -> bytes | None:
        """What the commit with this revision wrote; asks the history once the bucket has let go of it."""
        query = {"seq": revision}
        stored = await self._from_leader(self._kind.stream, query, subject=subjects.record(self._bucket, key))
        if stored is None and self._kind.history is not None:
            subject = subjects.history(self._kind.name, key)
            stored = await self._from_leader(self._kind.history, query, subject=subject)
        return None if stored is None else stored.data

    async def load_after(self, key: str, revision: int) -> Stored | None:
        """The first value of the key that was committed after this revision.

        The bucket first: what it has let go of by then is in the history already. The other way round, one
        could leave the bucket between the two questions.
        """
        kept = await self._next(self._kind.stream, subjects.record(self._bucket, key), revision)
        if kept is None or self._kind.history is None:
            return kept
        subject = subjects.history(self._kind.name, key)
        archived = await self._next(self._kind.history, subject, revision)
        return kept if archived is None else min(kept, archived, key=lambda stored: stored.revision)

    async def until_archived(self, key: str, revision: int) -> None:  # noqa: ARG002 (all keys go the same way)
        """Wait until the history has this revision, before the bucket can let go of it."""
        if self._kind.history is None:
            return
        with anyio.move_on_after(_ARCHIVED_WITHIN_SECONDS):
            while self._archived < revision:
                self._archived = (await info(self._mesh, self._kind.history)).state.last_seq
                if self._archived < revision:
                    await anyio.sleep(_LOOK_SECONDS)
            return
        raise Unreachable(f"the history {self._kind.history}, which is behind,")

    async def _from_any_replica(self, subject: str) -> Stored:
        try:
            answer = await self._ask(f"{self._direct_get}.{subject}", b"", timeout=self._answer_seconds)
        except OutcomeUnknown:  # a read has no outcome
            raise Unreachable(f"the bucket {self._bucket}") from None
        headers = answer.headers or {}
        if headers.get(_STATUS) == _NOT_FOUND:
            return Stored(0, None)
        return Stored(int(headers[_SEQUENCE]), None if _OPERATION in headers else answer.data)

    async def _next(self, stream: str, subject: str, revision: int) -> Stored | None:
        return await self._from_leader(stream, {"seq": revision + 1, "next_by_subj": subject})

    async def _from_leader(
        self, stream: str, query: Mapping[str, object], *, subject: str | None = None
    ) -> Stored | None:
        get = f"$JS.API.STREAM.MSG.GET.{stream}"
        try:
            answer = await self._ask(get, msgspec.json.encode(query), timeout=self._answer_seconds)
        except OutcomeUnknown:
            raise Unreachable(f"the stream {stream}") from None
        found = _found_decoder.decode(answer.data)
        if found.message is None:
            if found.error is not None and found.error.err_code != _NO_MESSAGE:
                raise Unreachable(f"the stream {stream} ({found.error.description})")
            return None
        if subject is not None and found.message.subject != subject:
            return None
        deleted = _OPERATION.encode() in base64.b64decode(found.message.hdrs)
        return Stored(found.message.seq, None if deleted else base64.b64decode(found.message.data))
