"""The shell of the banner entity: receive, decide and commit, answer. Any instance serves any banner."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import msgspec
import structlog

from services.banner.blocklist import BLOCKLIST
from services.banner.entity import Ask, banner_entity
from services.banner.hello import Hellos
from shared.contracts import refusals, subjects
from shared.contracts.banner import (
    Banner,
    BannerEvent,
    Expire,
    ExpireMany,
    ExpireManyReply,
    Expiry,
    ExpiryOutcome,
)
from shared.contracts.blocklist import EVERYWHERE, Block, Blocklist, Unblock
from shared.contracts.command import Accepted
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Busy, NotDue, Refusal
from shared.entities.repository import Committed, Refused
from shared.mesh import clock, streams
from shared.mesh.banners import VERBS
from shared.mesh.blocklist import BLOCKLIST_VERBS, BlockedWords, blocked_words
from shared.mesh.connection import Mesh
from shared.mesh.hosting import Host, Hosting, accepted, decoded
from shared.mesh.services import Endpoint, Handler, Service, serve
from shared.mesh.skew import known_skew
from shared.moderation.words import NO_WORDS, Words

NAME: Final = "banner"

BannerHost = Host[Banner, Ask, BannerEvent]

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()
_many_decoder = msgspec.json.Decoder(ExpireMany)


class BannerService:
    """What the banner service answers beside the commands of single banners."""

    def __init__(self, mesh: Mesh, host: BannerHost) -> None:
        self._mesh = mesh
        self._host = host
        self.hellos = Hellos(self._send_newest)

    def endpoints(self) -> Sequence[Endpoint]:
        """All subjects that it answers."""
        return [
            *self._host.endpoints(),
            Endpoint("expire-many", subjects.expire_many(), self.on_expire_many),
            Endpoint("hello", subjects.every_banner("hello"), self.on_hello, answers=False),
        ]

    async def on_expire_many(self, _subject: str, data: bytes) -> bytes:
        """Decide and commit each expiry on its own, side by side."""
        request = decoded(_many_decoder, data)
        outcomes: dict[int, ExpiryOutcome] = {}

        async def expire(position: int, expiry: Expiry) -> None:
            command = Expire(display_id=expiry.display_id, by=request.by)
            try:
                outcome = await self._host.execute("expire", expiry.banner, command)
            except AirDisplayError as error:  # of this one; the others go on
                log.warning("expiry failed", banner=expiry.banner, error=str(error))
                outcomes[position] = _outcome(expiry, "failed")
            else:
                outcomes[position] = _expiry_outcome(expiry, outcome)

        async with asyncio.TaskGroup() as tasks:
            for position, expiry in enumerate(request.expiries):
                tasks.create_task(expire(position, expiry))
        return _encoder.encode(ExpireManyReply(tuple(outcomes[each] for each in range(len(outcomes)))))

    async def on_hello(self, subject: str, _data: bytes) -> None:
        """Hardware came up; what it is sent comes on `.state`, and never where it says."""
        self.hellos.heard(subjects.parse_banner(subject).banner)

    async def _send_newest(self, banner: BannerId) -> bool:
        """Send hardware the newest record as the server republishes it, and what time it is."""
        held = await self._host.repository.read(banner)
        if held.record is None:
            return False
        headers = {"Nats-Sequence": str(held.revision)}
        now = f'{{"now":"{clock.now()}",'.encode()
        await self._mesh.publish(
            subjects.banner(banner, "state"), now + _encoder.encode(held.record)[1:], headers
        )
        return True


class BlocklistService:
    """What the banner service answers about the words that no banner shows."""

    def __init__(self, mesh: Mesh, blocked: BlockedWords, now: Callable[[], Instant]) -> None:
        self._host = Host(mesh, BLOCKLIST_HOSTING, now)
        self._blocked = blocked

    def endpoints(self) -> Sequence[Endpoint]:
        """All subjects that it answers: those of the one list that there is."""
        address = partial(subjects.entity, streams.BLOCKLISTS.name, EVERYWHERE)
        return [
            *(
                Endpoint(verb, address(verb), self._changes(verb, wire))
                for wire, verb in BLOCKLIST_VERBS.items()
            ),
            Endpoint("blocklist", address("get"), self.on_get),
        ]

    async def on_get(self, subject: str, _data: bytes) -> bytes:
        """All words; before the first there are none."""
        held = await self._host.repository.read(self._host.key(subject))
        at = clock.now() if held.record is None else held.record.at
        return _encoder.encode(Accepted(revision=held.revision, at=at, state=held.state or Blocklist()))

    def _changes(self, verb: str, wire: type[Block | Unblock]) -> Handler:
        decoder = msgspec.json.Decoder(wire)

        async def on_change(subject: str, data: bytes) -> bytes | Refusal:
            outcome = await self._host.execute(verb, self._host.key(subject), decoded(decoder, data))
            if isinstance(outcome, Refused):
                return outcome.refusal
            # Whoever hears that it is done may rely on it here: what is decided next is decided by it.
            await self._blocked.until_known(outcome.revision)
            return _encoder.encode(accepted(outcome))

        return on_change


def banner_hosting(
    ttl_ms: int, words: Callable[[], Words] = lambda: NO_WORDS
) -> Hosting[Banner, Ask, BannerEvent]:
    """How banners are served on which a display lasts that many milliseconds; `words` are blocked right now.

    They come with the command, so what is decided depends on nothing else; and a command that was accepted
    before is answered as it was before anybody looks at them.
    """
    return Hosting(
        kind=streams.BANNERS,
        entity=banner_entity(ttl_ms),
        verbs={verb: wire for wire, verb in VERBS.items()},
        unknown=lambda key: refusals.UnknownBanner(banner=key),
        addressed=lambda key, command: Ask(BannerId(key), command, words()),
        unidentified=(Expire,),  # it names what it ends
        told=_told,
    )


BLOCKLIST_HOSTING: Final = Hosting(
    kind=streams.BLOCKLISTS,
    entity=BLOCKLIST,
    verbs={verb: wire for wire, verb in BLOCKLIST_VERBS.items()},
    unknown=lambda key: refusals.NotBlocked(word=key),
)


def _told(refused: Refused) -> Refusal:
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
        Unreadable: the blocklist cannot be read, so nothing may be shown.
    """
    await streams.ensure(mesh, streams.everything(replicas))
    async with known_skew(mesh) as skew, blocked_words(mesh) as blocked:
        host = Host(mesh, banner_hosting(ttl_ms, blocked.current), now)
        banners = BannerService(mesh, host)
        service = Service(
            name=NAME,
            instance=instance,
            description="owns what every banner shows",
            endpoints=[
                *banners.endpoints(),
                *BlocklistService(mesh, blocked, now).endpoints(),
            ],
            facts=lambda: {
                **host.facts(),
                **banners.hellos.facts(),
                **skew.facts(),
                "blocklist_revision": blocked.revision,
            },
        )
        # The hellos that were heard until the end are answered as well.
        async with banners.hellos.answering(), serve(mesh, service):
            yield
