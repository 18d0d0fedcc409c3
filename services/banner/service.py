"""The shell of the banner entity: receive, decide and commit, answer. Any instance serves any banner."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import msgspec
import structlog

from services.banner.entity import Ask, banner_entity
from shared.contracts import refusals, subjects
from shared.contracts.banner import (
    Accepted,
    Banner,
    BannerCommand,
    BannerEvent,
    Clear,
    Command,
    Expire,
    ExpireMany,
    ExpireManyReply,
    Expiry,
    ExpiryOutcome,
    Register,
    Show,
)
from shared.contracts.errors import AirDisplayError, Malformed
from shared.contracts.identity import BannerId, CommandId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Busy, NotDue, Refusal
from shared.entities.entity import Order
from shared.entities.repository import Committed, Refused, Repository
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.services import Endpoint, Service, serve

NAME: Final = "banner"

Repo = Repository[Banner, Ask, BannerEvent]
CommandT = TypeVar("CommandT", bound=BannerCommand)

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()
_many_decoder = msgspec.json.Decoder(ExpireMany)


class BannerService:
    """What the banner service does with what it receives."""

    def __init__(self, mesh: Mesh, repository: Repo) -> None:
        self._mesh = mesh
        self._repository = repository

    def endpoints(self) -> list[Endpoint]:
        """All subjects that it answers."""
        return [
            Endpoint("register", subjects.every_banner("register"), self._commands("register", Register)),
            Endpoint("show", subjects.every_banner("show"), self._commands("show", Show)),
            Endpoint("clear", subjects.every_banner("clear"), self._commands("clear", Clear)),
            Endpoint("expire", subjects.every_banner("expire"), self._commands("expire", Expire)),
            Endpoint("expire-many", subjects.expire_many(), self.on_expire_many),
            Endpoint("get", subjects.every_banner("get"), self.on_get),
            Endpoint("hello", subjects.every_banner("hello"), self.on_hello),
        ]

    def _commands(
        self, verb: str, kind: type[CommandT]
    ) -> Callable[[str, bytes], Awaitable[bytes | Refusal]]:
        decoder = msgspec.json.Decoder(kind)

        async def on_command(subject: str, data: bytes) -> bytes | Refusal:
            banner = subjects.parse_banner(subject).banner
            command = _decode(decoder, data)
            outcome = await self._repository.execute(banner, order(verb, banner, command))
            return _refusal(outcome) if isinstance(outcome, Refused) else _encoder.encode(accepted(outcome))

        return on_command

    async def on_expire_many(self, _subject: str, data: bytes) -> bytes:
        """Decide and commit each expiry on its own, side by side."""
        request = _decode(_many_decoder, data)
        outcomes: dict[int, ExpiryOutcome] = {}

        async def expire(position: int, expiry: Expiry) -> None:
            command = Expire(display_id=expiry.display_id, by=request.by)
            try:
                outcome = await self._repository.execute(
                    expiry.banner, order("expire", expiry.banner, command)
                )
            except AirDisplayError as error:  # of this one; the others go on
                log.warning("expiry failed", banner=expiry.banner, error=str(error))
                outcomes[position] = _outcome(expiry, "failed")
            else:
                outcomes[position] = _expiry_outcome(expiry, outcome)

        async with asyncio.TaskGroup() as tasks:
            for position, expiry in enumerate(request.expiries):
                tasks.create_task(expire(position, expiry))
        return _encoder.encode(ExpireManyReply(tuple(outcomes[each] for each in range(len(outcomes)))))

    async def on_get(self, subject: str, _data: bytes) -> bytes | Refusal:
        """The banner as the store has it now."""
        banner = subjects.parse_banner(subject).banner
        held = await self._repository.read(banner)
        if held.record is None:
            return refusals.UnknownBanner(banner=banner)
        record = held.record
        return _encoder.encode(
            Accepted(revision=held.revision, at=record.at, state=record.state, command=record.command.id)
        )

    async def on_hello(self, subject: str, _data: bytes) -> bytes | Refusal | None:
        """Hardware came up: send it the current record, in the form in which the server republishes it."""
        banner = subjects.parse_banner(subject).banner
        held = await self._repository.read(banner)
        if held.record is None:
            return refusals.UnknownBanner(banner=banner)
        headers = {"Nats-Sequence": str(held.revision)}
        await self._mesh.publish(subjects.banner(banner, "state"), _encoder.encode(held.record), headers)
        return b"{}"


def order(verb: str, banner: BannerId, command: BannerCommand) -> Order[Ask]:
    """A command as the kit takes it. Only an Expire is not remembered: it names what it ends."""
    if isinstance(command, Expire):
        return Order(verb=verb, command=(banner, command), by=command.by)
    identified = (
        command if command.id else msgspec.structs.replace(command, id=CommandId(secrets.token_hex(16)))
    )
    return Order(
        verb=verb,
        command=(banner, identified),
        by=command.by,
        id=identified.id,
        digest=_digest(verb, identified),
        revision=identified.revision if isinstance(identified, Clear) else None,
    )


def accepted(committed: Committed[Banner, BannerEvent]) -> Accepted:
    """The answer to an accepted command: the banner as that commit left it."""
    record = committed.record
    return Accepted(
        revision=committed.revision,
        at=record.at,
        state=record.state,
        repeated=committed.repeated,
        command=record.command.id,
    )


def _digest(verb: str, command: Command) -> str:
    return hashlib.blake2b(verb.encode() + _encoder.encode(command), digest_size=6).hexdigest()


def _refusal(refused: Refused) -> Refusal:
    """The entity does not know revisions; where a refusal tells one, the shell fills it in."""
    if isinstance(refused.refusal, Busy):
        return msgspec.structs.replace(refused.refusal, revision=refused.revision)
    return refused.refusal


def _expiry_outcome(expiry: Expiry, outcome: Committed[Banner, BannerEvent] | Refused) -> ExpiryOutcome:
    if isinstance(outcome, Committed):
        return _outcome(expiry, "expired")
    refusal = outcome.refusal
    return _outcome(expiry, refusal.reason, refusal.until if isinstance(refusal, NotDue) else None)


def _outcome(expiry: Expiry, word: str, until: Instant | None = None) -> ExpiryOutcome:
    return ExpiryOutcome(banner=expiry.banner, display_id=expiry.display_id, outcome=word, until=until)


T = TypeVar("T")


def _decode(decoder: msgspec.json.Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise Malformed(_expectation(error), found=data) from None
    except UnicodeDecodeError:
        raise Malformed("JSON in UTF-8", found=data) from None


def _expectation(error: msgspec.MsgspecError) -> str:
    return f"a command in JSON ({error})"


@asynccontextmanager
async def banner_service(
    mesh: Mesh,
    *,
    instance: str,
    ttl_ms: int,
    replicas: int,
    now: Callable[[], Instant] = clock.now,
) -> AsyncGenerator[None]:
    """Serve banners until the block is left; `now` is the clock that deadlines come from.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    await streams.ensure(mesh, streams.everything(replicas))
    skew = await streams.measure_skew(mesh)
    streams.check_skew(skew)
    repository = Repository(banner_entity(ttl_ms), KvStore(mesh, streams.BANNERS), now)
    service = Service(
        name=NAME,
        instance=instance,
        description="owns what every banner shows",
        endpoints=BannerService(mesh, repository).endpoints(),
        facts=lambda: {"conflicts": repository.conflicts, "skew_seconds": round(skew, 6)},
    )
    async with serve(mesh, service):
        yield
