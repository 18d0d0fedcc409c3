"""The record: the one value under an entity's key, state and the events that led to it in one commit.

The store's revision is not in it, because it is known only after the commit.
"""

from typing import Any, Generic, cast

import msgspec

from shared.contracts.errors import UNDECODABLE, NewerSchema, Unreadable
from shared.contracts.identity import CommandId
from shared.contracts.instants import Instant
from shared.entities.entity import CommandT, Entity, EventT, Order, StateT

REMEMBERED_AT_MOST = 16
"""How many accepted commands a record remembers to recognise when they come again."""


class Remembered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An accepted command, what it said, and the revision that its commit made."""

    id: CommandId
    digest: str
    revision: int


class Mark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The command that a record came from; without an id it is not recognised again."""

    verb: str
    id: CommandId | None = None
    digest: str = ""


class Record(msgspec.Struct, Generic[StateT, EventT], frozen=True, kw_only=True):
    """What one commit wrote: which schema, when, from whom, by which command, what happened, what is now.

    The records of an entity are numbered from 1 without a gap, and each names the revision of the `previous`
    one; 0 where that is not known.
    """

    schema: int
    at: Instant
    by: str
    command: Mark
    events: tuple[EventT, ...]
    state: StateT
    recent: tuple[Remembered, ...] = ()
    number: int = 0
    previous: int = 0


class _Versioned(msgspec.Struct):
    schema: int = 0


_any_version = msgspec.json.Decoder(_Versioned)
_encoder = msgspec.json.Encoder()


class Codec(Generic[StateT, EventT]):
    """Records of one entity to bytes and back."""

    def __init__(self, entity: Entity[StateT, CommandT, EventT]) -> None:
        self._name = entity.name
        self._schema = entity.schema
        # Types made at run time are beyond a type checker; the cast says what they are.
        self._decoder = msgspec.json.Decoder(cast("Any", Record)[entity.state, entity.event])

    def encode(self, record: Record[StateT, EventT]) -> bytes:
        """The bytes that are stored."""
        return _encoder.encode(record)

    def decode(self, data: bytes) -> Record[StateT, EventT]:
        """The record that was stored.

        Raises:
            NewerSchema: a newer version wrote it.
            Unreadable: it is no record of this entity.
        """
        try:
            record = cast("Record[StateT, EventT]", self._decoder.decode(data))
        except UNDECODABLE as error:
            self._refuse_newer(self._version(data, error))
            expected = f"a {self._name} record ({error})"
            raise Unreadable(expected, found=data) from error
        self._refuse_newer(record.schema)
        return record

    def _refuse_newer(self, schema: int) -> None:
        if schema > self._schema:
            raise NewerSchema(self._name, known=self._schema, found=schema)

    def _version(self, data: bytes, cause: Exception) -> int:
        try:
            return _any_version.decode(data).schema
        except UNDECODABLE:
            expected = f"a {self._name} record"
            raise Unreadable(expected, found=data) from cause


def remember(previous: Record[StateT, EventT] | None, revision: int) -> tuple[Remembered, ...]:
    """What the next record remembers: what the previous one did, and the previous one itself.

    The previous record could not name its own revision; its successor can.
    """
    if previous is None:
        return ()
    mark = previous.command
    if mark.id is None:
        return previous.recent
    return (*previous.recent, Remembered(mark.id, mark.digest, revision))[-REMEMBERED_AT_MOST:]


def recall(record: Record[StateT, EventT], revision: int, order: Order[CommandT]) -> Remembered | None:
    """The commit by which this command was accepted before, or None when it is new."""
    if order.id is None:
        return None
    if record.command.id == order.id:
        return Remembered(order.id, record.command.digest, revision)
    for remembered in record.recent:
        if remembered.id == order.id:
            return remembered
    return None
