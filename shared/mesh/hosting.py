"""Hosting: a kind of entity as a service. Commands come in over NATS, are decided, committed and answered.

`airdisplay.<kind>.<key>.<verb>` for every verb, and `.get`. Any instance serves any entity.
`entity_service` is all that a kind needs that answers nothing else.
"""

import hashlib
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from shared.contracts import subjects
from shared.contracts.command import Accepted, Command
from shared.contracts.errors import Malformed
from shared.contracts.identity import command_id_from
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.entities.claims import Claims
from shared.entities.entity import CommandT, Entity, EventT, Order, StateT
from shared.entities.repository import Committed, Loaded, Refused, Repository
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.services import Endpoint, Handler, Service, serve
from shared.mesh.skew import known_skew
from shared.mesh.streams import Kind

WireT = TypeVar("WireT", bound=Command)
T = TypeVar("T")

_encoder: Final = msgspec.json.Encoder()


@dataclass(frozen=True)
class Hosting(Generic[StateT, CommandT, EventT]):
    """How a kind of entity is served.

    Args:
        kind: where its records stand.
        entity: what decides.
        verbs: the wire commands by the word that stands in the subject.
        unknown: what to say when there is nothing under a key, where `get` asks for it.
        addressed: makes the entity's command of key and wire command; without it, the latter is all.
        unidentified: the wire commands that are harmless to repeat, which get no id and are not remembered.
        told: completes a refusal with the revision at which it was made.
    """

    kind: Kind
    entity: Entity[StateT, CommandT, EventT]
    verbs: Mapping[str, type[Command]]
    unknown: Callable[[str], Refusal]
    addressed: Callable[[str, Any], CommandT] = lambda _key, command: command
    unidentified: tuple[type[Command], ...] = ()
    told: Callable[[Refused], Refusal] = lambda refused: refused.refusal


class Host(Generic[StateT, CommandT, EventT]):
    """Serves all entities of one kind."""

    def __init__(
        self,
        mesh: Mesh,
        hosting: Hosting[StateT, CommandT, EventT],
        now: Callable[[], Instant] = clock.now,
    ) -> None:
        self._hosting = hosting
        kind = hosting.kind
        claims = Claims(kind.name, KvStore(mesh, streams.claims(kind)))
        self.repository = Repository(hosting.entity, KvStore(mesh, kind), now, claims=claims)

    def endpoints(self) -> Sequence[Endpoint]:
        """One for each verb, and `get`."""
        name = self._hosting.kind.name
        return [
            *(
                Endpoint(verb, subjects.entity(name, "*", verb), self._commands(verb, wire))
                for verb, wire in self._hosting.verbs.items()
            ),
            Endpoint("get", subjects.entity(name, "*", "get"), self.on_get),
        ]

    def facts(self) -> dict[str, Any]:
        """What stands in the statistics of the service."""
        return {"conflicts": self.repository.conflicts}

    async def on_get(self, subject: str, _data: bytes) -> bytes | Refusal:
        """The entity as the store has it now."""
        key = self.key(subject)
        held = await self.repository.read(key)
        return self._hosting.unknown(key) if held.record is None else _encoder.encode(_as_read(held))

    def key(self, subject: str) -> str:
        """The key that a subject names.

        Raises:
            Malformed: it names none.
        """
        return subjects.parse(self._hosting.kind.name, subject)[0]

    async def execute(self, verb: str, key: str, command: Command) -> Committed[StateT, EventT] | Refused:
        """Carry out a wire command; raises what `Repository.execute` raises."""
        return await self.repository.execute(key, order(self._hosting, verb, key, command))

    def _commands(self, verb: str, wire: type[WireT]) -> Handler:
        decoder = msgspec.json.Decoder(wire)

        async def on_command(subject: str, data: bytes) -> bytes | Refusal:
            outcome = await self.execute(verb, self.key(subject), decoded(decoder, data))
            if isinstance(outcome, Refused):
                return self._hosting.told(outcome)
            return _encoder.encode(accepted(outcome))

        return on_command


@asynccontextmanager
async def entity_service(
    mesh: Mesh,
    hosting: Hosting[StateT, CommandT, EventT],
    *,
    instance: str,
    description: str = "",
    replicas: int = 1,
    now: Callable[[], Instant] = clock.now,
) -> AsyncGenerator[Host[StateT, CommandT, EventT]]:
    """Serve one kind of entity until the block is left, under the kind's name; `now` is its clock.

    What it stores is made first, if it is not there.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    kind = hosting.kind
    await streams.ensure(mesh, streams.of_own(kind, replicas))
    host = Host(mesh, hosting, now)
    async with known_skew(mesh, kind) as skew:
        service = Service(
            name=kind.name,
            instance=instance,
            description=description,
            endpoints=host.endpoints(),
            facts=lambda: {**host.facts(), **skew.facts()},
        )
        async with serve(mesh, service):
            yield host


def order(hosting: Hosting[Any, CommandT, Any], verb: str, key: str, command: Command) -> Order[CommandT]:
    """A wire command as the kit takes it."""
    if isinstance(command, hosting.unidentified):
        return Order(
            verb=verb,
            command=hosting.addressed(key, command),
            by=command.by,
            revision=command.revision,
            not_after=command.not_after,
        )
    command_id = command.id or command_id_from(secrets.token_hex(12), home=key)
    identified = msgspec.structs.replace(command, id=command_id, not_after=None)
    return Order(
        verb=verb,
        command=hosting.addressed(key, identified),
        by=command.by,
        id=command_id,
        digest=_digest(verb, identified),
        revision=command.revision,
        keyed=command.id is not None,
        not_after=command.not_after,
    )


def accepted(committed: Committed[StateT, Any]) -> Accepted[StateT]:
    """The answer to an accepted command: the entity as that commit left it."""
    record = committed.record
    return Accepted(
        revision=committed.revision,
        at=record.at,
        state=record.state,
        repeated=committed.repeated,
        command=record.command.id,
    )


def decoded(decoder: msgspec.json.Decoder[T], data: bytes) -> T:
    """What was sent.

    Raises:
        Malformed: it is not that.
    """
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        expected = f"a command in JSON ({error})"
        raise Malformed(expected, found=data) from None
    except UnicodeDecodeError:
        raise Malformed("JSON in UTF-8", found=data) from None


def _as_read(held: Loaded[StateT, Any]) -> Accepted[StateT]:
    record = held.record
    assert record is not None
    return Accepted(revision=held.revision, at=record.at, state=record.state, command=record.command.id)


def _digest(verb: str, command: Command) -> str:
    return hashlib.blake2b(verb.encode() + _encoder.encode(command), digest_size=6).hexdigest()
