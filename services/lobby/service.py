"""The shell of the lobby: receive, keep track of what is free, and let the desks do the rest.

Any instance serves any lobby. What is free is known from the log and from the hardware's heartbeats; it is
only ever tried, because the banner decides, so nothing breaks when it is a little old.
"""

import random
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import anyio
import msgspec
import structlog
from anyio.abc import TaskGroup

from services.lobby.desk import Desk
from services.lobby.entity import LOBBY, Newcomer
from services.lobby.outcomes import Waits
from services.lobby.places import Choose, Places
from services.lobby.whereabouts import WhereaboutsBook
from shared.contracts import refusals, subjects
from shared.contracts.banner import Banner, Clear
from shared.contracts.command import Accepted
from shared.contracts.errors import UNDECODABLE, Malformed, Unreachable, Unreadable
from shared.contracts.hardware import goodbye
from shared.contracts.identity import BannerId, DisplayId, command_id_from
from shared.contracts.instants import Instant
from shared.contracts.lobby import ALL_BANNERS, Admitted, Enter, Gone, Leave, Lobby, PoolId, Whereabouts
from shared.contracts.refusals import Refusal
from shared.contracts.text import BadTextError, clean
from shared.contracts.views import DisplayView, showing_view
from shared.entities.repository import Repository
from shared.mesh import clock, streams
from shared.mesh.banners import Banners
from shared.mesh.blocklist import BlockedWords, blocked_words
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry, Feed, follow
from shared.mesh.hosting import decoded
from shared.mesh.kv import KvStore
from shared.mesh.peers import Peers
from shared.mesh.services import Endpoint, Service, serve
from shared.mesh.skew import known_skew

NAME: Final = "lobby"

_NEEDED: Final = (
    *(kind.stream for kind in (streams.BANNERS, streams.LOBBIES, streams.BLOCKLISTS, streams.TICKETS)),
    streams.PRESENCE,
)
_TICK_SECONDS: Final = 0.1
_CATCH_UP_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.005
_AT_RANDOM: Final = random.SystemRandom().randrange
_MARKER: Final = "Nats-Marker-Reason"

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()
_enter_decoder = msgspec.json.Decoder(Enter)
_leave_decoder = msgspec.json.Decoder(Leave)


class _BannerRecord(msgspec.Struct):
    """As much of a banner's record as is needed here."""

    at: Instant
    state: Banner


class _LobbyRecord(msgspec.Struct):
    state: Lobby


_banner_decoder = msgspec.json.Decoder(_BannerRecord)
_lobby_decoder = msgspec.json.Decoder(_LobbyRecord)


class LobbyService:
    """One instance: what it knows to be free, and a desk for each pool that somebody asked for."""

    def __init__(
        self, mesh: Mesh, instance: str, tasks: TaskGroup, choose: Choose, blocked: BlockedWords
    ) -> None:
        self._mesh = mesh
        self._banners = Banners(mesh)
        self._banner_store = KvStore(mesh, streams.BANNERS)
        self._lobbies = Repository(LOBBY, KvStore(mesh, streams.LOBBIES), clock.now)
        self._book = WhereaboutsBook(KvStore(mesh, streams.TICKETS))
        self._instance = instance
        self._blocked = blocked
        self._tasks = tasks
        self._desks: dict[PoolId, Desk] = {}
        self._heard_of = 0
        self.peers = Peers(mesh, NAME, instance)
        self.places = Places(choose)

    def endpoints(self) -> Sequence[Endpoint]:
        """All subjects that it answers."""
        every = partial(subjects.entity, streams.LOBBIES.name, "*")
        return [
            Endpoint("enter", every("enter"), self.on_enter),
            Endpoint("leave", every("leave"), self.on_leave),
            Endpoint("get", every("get"), self.on_get),
        ]

    def facts(self) -> dict[str, Any]:
        """What stands in the statistics of the service."""
        return {
            "waiting": sum(desk.waiting for desk in self._desks.values()),
            "free": self.places.free(ALL_BANNERS),
            "peers": len(self.peers),
            "conflicts": self._lobbies.conflicts,
            "blocklist_revision": self.blocked_revision,
        }

    @property
    def blocked_revision(self) -> int:
        """How far the blocklist is known here."""
        return self._blocked.revision

    async def on_enter(self, subject: str, data: bytes) -> bytes | Refusal:
        """Take somebody in; answers once the text shows, or is clear that it has to wait."""
        pool, command = _pool(subject), decoded(_enter_decoder, data)
        try:
            text = clean(command.text)
        except BadTextError as error:
            return refusals.BadText(problem=str(error))
        found = self._blocked.words.find(text)
        if found is not None and not await self._was_here(command):
            return refusals.BlockedText(found=found)
        if command.not_after is not None and clock.now() > command.not_after:
            return refusals.TooLate(not_after=command.not_after)
        if not await self._exists(pool):
            return refusals.NoSuchPool(pool=pool)
        command_id = command.id or command_id_from(secrets.token_hex(12), home=pool)
        newcomer = Newcomer(id=DisplayId(command_id), text=text, by=command.by)
        outcome = await self._desk(pool).enter(newcomer, keyed=command.id is not None)
        if isinstance(outcome, Refusal):
            return outcome
        return _encoder.encode(await self._admitted(newcomer, outcome))

    async def on_leave(self, subject: str, data: bytes) -> bytes | Refusal:
        """Let somebody wait no more; what shows by now is ended."""
        pool, command = _pool(subject), decoded(_leave_decoder, data)
        if command.not_after is not None and clock.now() > command.not_after:
            return refusals.TooLate(not_after=command.not_after)
        if pool not in self._desks and (await self._lobbies.read(pool)).record is None:
            return refusals.UnknownDisplay(display_id=command.display_id)  # nobody ever came there
        desk = self._desk(pool)
        left = await desk.leave(command.display_id, command.by, command.role, not_after=command.not_after)
        if isinstance(left, Refusal):
            return left
        if not left and (refusal := await self._end(command)) is not None:
            return refusal
        return _encoder.encode(Gone(command.display_id))

    async def on_get(self, subject: str, _data: bytes) -> bytes | Refusal:
        """The lobby as the store has it now; one that nobody has come to yet is empty."""
        loaded = await self._lobbies.read(_pool(subject))
        record = loaded.record
        at = clock.now() if record is None else record.at
        return _encoder.encode(Accepted(revision=loaded.revision, at=at, state=loaded.state or Lobby()))

    # --- what it learns ---------------------------------------------------------------------------

    async def follow_banners(self, feed: Feed) -> None:
        """Know which banners are free; never returns."""
        await self._pour(feed, self._learn_banner)

    async def follow_presence(self, feed: Feed) -> None:
        """Know whose hardware is there; never returns."""
        await self._pour(feed, self._learn_presence)

    async def follow_lobbies(self, feed: Feed) -> None:
        """Know who waits, also with other instances; never returns."""
        await self._pour(feed, self._learn_lobby)

    async def pass_time(self) -> None:
        """See to it that nobody waits for a display to end that has ended; never returns."""
        while True:
            await anyio.sleep(_TICK_SECONDS)
            self._wake(self.places.pass_time(clock.now()))

    async def _pour(self, feed: Feed, learn: Callable[[Entry], None]) -> None:
        async for entries in feed:
            for entry in entries:
                try:
                    learn(entry)
                except (Malformed, *UNDECODABLE) as error:
                    log.error("entry unreadable", subject=entry.subject, problem=str(error))

    def _learn_banner(self, entry: Entry) -> None:
        self._heard_of = entry.sequence
        banner = BannerId(subjects.key_of(entry.subject))
        if not entry.data:
            self.places.forget(banner)
        else:
            self._wake(self.places.learn(_banner_decoder.decode(entry.data).state, entry.sequence))

    def _learn_presence(self, entry: Entry) -> None:
        banner = BannerId(subjects.key_of(entry.subject))
        silent = _MARKER in (entry.headers or {})
        self._wake(self.places.hear(banner, online=not silent and goodbye(entry.data) is None))

    def _learn_lobby(self, entry: Entry) -> None:
        if entry.data:
            lobby = _lobby_decoder.decode(entry.data).state
            self._desk(PoolId(subjects.key_of(entry.subject))).learn(lobby, entry.sequence)

    def _wake(self, pools: Sequence[PoolId] | set[PoolId]) -> None:
        for pool in pools:
            desk = self._desks.get(pool)
            if desk is not None and desk.waiting:
                desk.wake()

    def _desk(self, pool: PoolId) -> Desk:
        desk = self._desks.get(pool)
        if desk is None:
            desk = self._desks[pool] = Desk(
                pool,
                self._lobbies,
                self.places,
                self._book,
                self._banners.command,
                by=f"{NAME}-{self._instance}",
                rank=partial(self.peers.rank, pool),
            )
            self._tasks.start_soon(desk.run)
        return desk

    # --- one who comes in -------------------------------------------------------------------------

    async def _admitted(
        self, newcomer: Newcomer, outcome: Accepted[Banner] | Waits | Whereabouts
    ) -> Admitted:
        if isinstance(outcome, Waits):
            view = DisplayView(
                id=newcomer.id,
                state="waiting",
                text=newcomer.text,
                by=newcomer.by,
                position=outcome.position,
            )
            return Admitted(view=view)
        if isinstance(outcome, Whereabouts):
            if outcome.ended is not None:
                return Admitted(view=outcome.ended)
            outcome = await self._as_answered(outcome)
        display = outcome.state.display
        assert display is not None, "what was accepted shows"
        return Admitted(view=showing_view(outcome.state.id, display, outcome.revision), banner=outcome)

    async def _was_here(self, command: Enter) -> bool:
        """Whether somebody came with this key before, who is answered as then, whatever is blocked since."""
        return command.id is not None and await self._book.find(DisplayId(command.id)) is not None

    async def _as_answered(self, whereabouts: Whereabouts) -> Accepted[Banner]:
        """The answer of the banner on which a ticket had its turn, read back from its record."""
        assert whereabouts.banner is not None
        data = await self._banner_store.load_at(whereabouts.banner, whereabouts.revision)
        if data is None:
            raise Unreadable(f"the record {whereabouts.revision} of {whereabouts.banner}", found=data)
        record = _banner_decoder.decode(data)
        return Accepted(revision=whereabouts.revision, at=record.at, state=record.state, repeated=True)

    async def _exists(self, pool: PoolId) -> bool:
        """Whether there is such a pool; the no is said only when all is known that there was to know.

        Raises:
            Unreachable: it takes too long to get to know.
        """
        if self.places.exists(pool):
            return True
        last = (await streams.info(self._mesh, streams.BANNERS.stream)).state.last_seq
        with anyio.move_on_after(_CATCH_UP_SECONDS):
            while self._heard_of < last and not self.places.exists(pool):
                await anyio.sleep(_LOOK_SECONDS)
        if self._heard_of < last and not self.places.exists(pool):
            raise Unreachable(f"the stream {streams.BANNERS.stream}")
        return self.places.exists(pool)

    async def _end(self, command: Leave) -> Refusal | None:
        """End a display that has left the lobby for its banner; None when that is done."""
        unknown = refusals.UnknownDisplay(display_id=command.display_id)
        whereabouts = await self._book.find(command.display_id)
        if whereabouts is None or whereabouts.banner is None:
            return unknown
        clear = Clear(by=command.by, role=command.role, display_id=command.display_id)
        reply = await self._banners.command(whereabouts.banner, clear)
        if isinstance(reply, Accepted):
            return None
        return unknown if isinstance(reply, refusals.NotShowing) else reply


def _pool(subject: str) -> PoolId:
    return PoolId(subjects.parse(streams.LOBBIES.name, subject)[0])


@asynccontextmanager
async def lobby_service(
    mesh: Mesh,
    *,
    instance: str,
    choose: Choose = _AT_RANDOM,
) -> AsyncGenerator[LobbyService]:
    """Find free banners for those who wait, until the block is left; `choose` is where chance comes in.

    Raises:
        NotFit: the server or this process's clock will not do.
        Unreadable: the blocklist cannot be read, so nobody may be let in.
    """
    await streams.until_there(mesh, _NEEDED)
    presence_subject = subjects.presence("*")
    async with (
        known_skew(mesh) as skew,
        blocked_words(mesh) as blocked,
        follow(mesh, streams.BANNERS.stream, streams.BANNERS.everything) as banners,
        follow(mesh, streams.LOBBIES.stream, streams.LOBBIES.everything) as lobbies,
        anyio.create_task_group() as tasks,
    ):
        lobby = LobbyService(mesh, instance, tasks, choose, blocked)
        forget = lobby.places.forget_presence
        async with follow(mesh, streams.PRESENCE, presence_subject, on_restart=forget) as presence:
            tasks.start_soon(lobby.follow_banners, banners)
            tasks.start_soon(lobby.follow_presence, presence)
            tasks.start_soon(lobby.follow_lobbies, lobbies)
            tasks.start_soon(lobby.peers.run)
            tasks.start_soon(lobby.pass_time)
            for feed in (banners, presence, lobbies):
                await feed.caught_up.wait()
            service = Service(
                NAME,
                instance,
                "finds free banners",
                endpoints=lobby.endpoints(),
                facts=lambda: {**lobby.facts(), **skew.facts()},
            )
            async with serve(mesh, service):
                yield lobby
            tasks.cancel_scope.cancel()
