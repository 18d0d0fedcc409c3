"""The store on JetStream: a bucket, one record a key, the stream sequence as revision."""

import base64
from typing import Final

import msgspec

from shared.contracts import subjects
from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.entities.store import Stored
from shared.mesh.connection import Mesh
from shared.mesh.streams import HISTORY, stream_of

_EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
_SEQUENCE: Final = "Nats-Sequence"
_SOURCE: Final = "Nats-Stream-Source"
_OPERATION: Final = "KV-Operation"
_STATUS: Final = "Status"
_NOT_FOUND: Final = "404"
_WRONG_SEQUENCE: Final = {10071, 10164}  # the second is what clusters say
_NO_MESSAGE: Final = 10037

_ANSWER_SECONDS: Final = 2.0
_HISTORY_BATCH: Final = 1_000


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
    """A `Store` over one bucket.

    A fresh load asks the stream's leader; another one may be answered by any replica, which can lag.
    """

    def __init__(self, mesh: Mesh, bucket: str) -> None:
        self._ask = mesh.requests.ask
        self._bucket = bucket
        stream = stream_of(bucket)
        self._direct_get = f"$JS.API.DIRECT.GET.{stream}"
        self._leader_get = f"$JS.API.STREAM.MSG.GET.{stream}"

    async def load(self, key: str, *, fresh: bool) -> Stored:
        """The newest value of a key."""
        subject = subjects.record(self._bucket, key)
        if fresh:
            return await self._from_leader({"last_by_subj": subject}) or Stored(0, None)
        return await self._from_any_replica(subject)

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write if the key is at the expected revision."""
        subject = subjects.record(self._bucket, key)
        answer = await self._ask(subject, data, timeout=_ANSWER_SECONDS, headers={_EXPECTED: str(expected)})
        ack = _ack_decoder.decode(answer.data)
        if ack.error is None:
            return ack.seq
        if ack.error.err_code in _WRONG_SEQUENCE:
            raise Conflict(key, expected=expected)
        # Not written now, and no reason to think that it will be: no space, no leader, too large.
        raise Unreachable(f"the bucket {self._bucket} ({ack.error.description})")

    async def load_at(self, key: str, revision: int) -> bytes | None:
        """What the commit with this revision wrote; asks HISTORY once the bucket has let go of it."""
        stored = await self._from_leader({"seq": revision}, subject=subjects.record(self._bucket, key))
        if stored is not None:
            return stored.data
        return await self._from_history(key, revision)

    async def _from_any_replica(self, subject: str) -> Stored:
        try:
            answer = await self._ask(f"{self._direct_get}.{subject}", b"", timeout=_ANSWER_SECONDS)
        except OutcomeUnknown:  # a read has no outcome
            raise Unreachable(f"the bucket {self._bucket}") from None
        headers = answer.headers or {}
        if headers.get(_STATUS) == _NOT_FOUND:
            return Stored(0, None)
        return Stored(int(headers[_SEQUENCE]), None if _OPERATION in headers else answer.data)

    async def _from_leader(self, query: dict[str, object], *, subject: str | None = None) -> Stored | None:
        try:
            answer = await self._ask(self._leader_get, msgspec.json.encode(query), timeout=_ANSWER_SECONDS)
        except OutcomeUnknown:
            raise Unreachable(f"the bucket {self._bucket}") from None
        found = _found_decoder.decode(answer.data)
        if found.message is None:
            if found.error is not None and found.error.err_code != _NO_MESSAGE:
                raise Unreachable(f"the bucket {self._bucket} ({found.error.description})")
            return None
        if subject is not None and found.message.subject != subject:
            return None
        deleted = _OPERATION.encode() in base64.b64decode(found.message.hdrs)
        return Stored(found.message.seq, None if deleted else base64.b64decode(found.message.data))

    async def _from_history(self, key: str, revision: int) -> bytes | None:
        """Walk the key's records in HISTORY; each says which revision it was sourced from."""
        subject = subjects.history(key)
        sequence = 1
        for _ in range(_HISTORY_BATCH):
            query = {"next_by_subj": subject, "seq": sequence}
            try:
                answer = await self._ask(
                    f"$JS.API.DIRECT.GET.{HISTORY}", msgspec.json.encode(query), timeout=_ANSWER_SECONDS
                )
            except OutcomeUnknown:
                raise Unreachable("the history") from None
            headers = answer.headers or {}
            if headers.get(_STATUS) == _NOT_FOUND:
                return None
            source = revision_in_source(headers.get(_SOURCE, ""))
            if source == revision:
                return answer.data
            if source > revision:
                return None
            sequence = int(headers[_SEQUENCE]) + 1
        return None


def revision_in_source(header: str) -> int:
    """The revision of a sourced record: the second word of `Nats-Stream-Source`, or 0 without one."""
    words = header.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
