"""Banners and lobbies over any store, step by step: what the services do by themselves, a test does here.

Nothing happens unless it is asked for, so a crash can be put between any two steps.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import msgspec

from services.banner.entity import Ask, banner_entity
from services.banner.service import banner_hosting
from services.lobby.desk import Desk, Lobbies
from services.lobby.entity import LOBBY, Newcomer
from services.lobby.outcomes import Outcome
from services.lobby.places import Choose, Places
from services.lobby.whereabouts import WhereaboutsBook
from shared.contracts import refusals
from shared.contracts.banner import (
    Banner,
    BannerCommand,
    BannerEvent,
    BannerRefusal,
    Register,
    Role,
    Show,
    Shown,
)
from shared.contracts.command import Accepted
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.identity import BannerId, CommandId, DisplayId, command_id_from
from shared.contracts.lobby import ALL_BANNERS, Assignment, Lobby, LobbyEvent, PoolId, Whereabouts
from shared.contracts.refusals import Refusal
from shared.entities.claims import Claims
from shared.entities.memory import MemoryStore
from shared.entities.records import Codec, Record
from shared.entities.repository import Committed, Loaded, Repository
from shared.entities.store import Store, Stored
from shared.mesh.banners import VERBS
from shared.mesh.hosting import accepted, order
from shared.mesh.streams import BANNERS
from tests.support.clock import HandClock
from tests.support.lobbies import first
from tests.support.stores import Fault, FaultyStore

TTL: Final = 1_000
ENTITY: Final = banner_entity(TTL)
HOSTING: Final = banner_hosting(TTL)

BannerRecord = Record[Banner, BannerEvent]
LobbyRecord = Record[Lobby, LobbyEvent]

banner_codec: Final[Codec[Banner, BannerEvent]] = Codec(ENTITY)
lobby_codec: Final[Codec[Lobby, LobbyEvent]] = Codec(LOBBY)


class ShowFault(Enum):
    """What may become of a Show on its way to a banner."""

    LOSE_REQUEST = auto()
    """It does not arrive now; whoever sent it hears nothing."""
    LOSE_ANSWER = auto()
    """It is carried out; whoever sent it does not hear of that."""
    DIE_BEFORE = auto()
    """Whoever sent it is gone when it is under way."""
    DIE_AFTER = auto()
    """Whoever sent it is gone when the banner has answered, before it could write that down."""
    NOBODY_THERE = auto()
    """There is nobody to send it to."""
    TOO_BUSY = auto()
    """Whoever is there has too much to do."""


class DiedError(Exception):
    """Raised when an instance is gone in the middle of something. No failure that anybody catches."""


@dataclass
class Stores:
    """Where everything stands."""

    banners: Store = field(default_factory=MemoryStore)
    claims: Store = field(default_factory=MemoryStore)
    lobbies: Store = field(default_factory=MemoryStore)
    tickets: Store = field(default_factory=MemoryStore)


class Tickets(FaultyStore):
    """The store of whereabouts, which knows whether it is being asked at this moment."""

    busy = 0

    async def load(self, key: str, *, fresh: bool) -> Stored:
        """The newest value of a key."""
        self.busy += 1
        try:
            return await super().load(key, fresh=fresh)
        finally:
            self.busy -= 1

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        """Write, or meet the next fault."""
        self.busy += 1
        try:
            return await super().commit(key, data, expected)
        finally:
            self.busy -= 1


@dataclass(frozen=True)
class Danger:
    """What an instance will meet: at its first commit of a lobby, its first note of a ticket, its first Show.

    The commit may be its end; with FORWARD, once it is written.
    """

    commit: Fault | None = None
    dies: bool = False
    note: Fault | None = None
    show: ShowFault | None = None


SAFE: Final = Danger()


class Instance:
    """One instance of the lobby service: what it believes to be free, and a desk for each pool."""

    def __init__(self, world: "World", name: str, choose: Choose, danger: Danger) -> None:
        dies = _die if danger.dies else None
        self.places = Places(choose)
        self.lobby_store = FaultyStore(world.stores.lobbies, [danger.commit], meanwhile=dies)
        self.ticket_store = Tickets(world.stores.tickets, [danger.note])
        self.show_faults = [] if danger.show is None else [danger.show]
        self.rank = 0
        self.due: dict[PoolId, list[Assignment]] = {}
        world.held_up += [self.lobby_store, self.ticket_store]
        self._world = world
        self._name = name
        self._lobbies: Lobbies = Repository(LOBBY, self.lobby_store, world.clock)
        self._desks: dict[PoolId, Desk] = {}

    def desk(self, pool: PoolId = ALL_BANNERS) -> Desk:
        """The desk of a pool."""
        if pool not in self._desks:
            self._desks[pool] = Desk(
                pool,
                self._lobbies,
                self.places,
                WhereaboutsBook(self.ticket_store),
                self._on_banner,
                by=self._name,
                rank=lambda: self.rank,
            )
        return self._desks[pool]

    async def catch_up(self) -> None:
        """Learn all that the log, the hardware and the clock have to say."""
        for banner in self._world.banners:
            loaded = await self._world.banner(banner)
            if loaded.state is not None:
                self.places.learn(loaded.state, loaded.revision)
            self.places.hear(banner, online=banner in self._world.online)
        self.places.pass_time(self._world.clock.at)
        for pool in self._world.pools:
            lobby = await self._world.lobby(pool)
            if lobby.state is not None:
                self.desk(pool).learn(lobby.state, lobby.revision)

    async def step(self, pool: PoolId = ALL_BANNERS) -> list[Assignment]:
        """One commit of a desk; what is to be carried out then is kept in `due`."""
        due = await self.desk(pool).step()
        self.due.setdefault(pool, []).extend(due)
        return due

    async def carry_out(self, pool: PoolId = ALL_BANNERS) -> None:
        """Have everybody shown who is on the way, as far as this instance knows that it is to do so."""
        for assignment in self.due.pop(pool, []):
            await self.desk(pool).place(assignment)

    def take_over(self, pool: PoolId = ALL_BANNERS) -> list[Assignment]:
        """See to what others have left lying."""
        mine = self.due.setdefault(pool, [])
        mine.extend(each for each in self.desk(pool).orphans() if each not in mine)
        return mine

    async def settle(self, pool: PoolId = ALL_BANNERS) -> None:
        """Step until there is nothing left to do."""
        while True:
            await self.catch_up()
            await self.step(pool)
            self.take_over(pool)
            if not self.due[pool]:
                return
            await self.carry_out(pool)

    async def _on_banner(self, banner: BannerId, show: Show) -> Accepted[Banner] | BannerRefusal:
        fault = self.show_faults.pop(0) if self.show_faults else None
        self._world.shows.append((banner, show))
        match fault:
            case ShowFault.NOBODY_THERE:
                raise Unreachable("the banner")
            case ShowFault.LOSE_REQUEST:
                raise OutcomeUnknown("the banner", seconds=0)
            case ShowFault.DIE_BEFORE:
                raise DiedError(fault)
            case ShowFault.TOO_BUSY:
                return refusals.Overloaded()
            case _:
                answer = await self._world.show(banner, show)
        if fault == ShowFault.LOSE_ANSWER:
            raise OutcomeUnknown("the banner", seconds=0)
        if fault == ShowFault.DIE_AFTER:
            raise DiedError(fault)
        return answer


class World:
    """Banners, lobbies, and instances of the lobby service around them."""

    def __init__(self, stores: Stores | None = None, *, choose: Choose = first, instances: int = 1) -> None:
        self.stores = stores or Stores()
        self.clock = HandClock()
        self.banners: list[BannerId] = []
        self.pools: list[PoolId] = [ALL_BANNERS]
        self.online: set[BannerId] = set()
        self.shows: list[tuple[BannerId, Show]] = []
        """Every Show that a desk has sent; each may arrive once more, at any time."""
        self.held_up: list[FaultyStore] = []
        """The stores in which something may be held up on its way."""
        self._choose = choose
        claims = Claims(BANNERS.name, self.stores.claims)
        self._hosts: list[Repository[Banner, Ask, BannerEvent]] = [
            Repository(ENTITY, self.stores.banners, self.clock, claims=claims) for _ in range(2)
        ]
        self._lobbies: Lobbies = Repository(LOBBY, self.stores.lobbies, self.clock)
        self._asked = 0
        self.instances = [Instance(self, f"lobby-{number}", choose, SAFE) for number in range(instances)]

    def restart(self, number: int = 0, danger: Danger = SAFE) -> Instance:
        """An instance is gone, and another in its place that knows nothing yet."""
        self.instances[number] = Instance(self, f"lobby-{number}", self._choose, danger)
        return self.instances[number]

    # --- banners ----------------------------------------------------------------------------------

    async def register(self, name: str, *tags: str, online: bool = True) -> BannerId:
        """One more banner."""
        banner = BannerId(name)
        self.banners.append(banner)
        assert isinstance(await self.ask(banner, Register(tags=tags)), Accepted)
        if online:
            self.online.add(banner)
        return banner

    async def ask(self, banner: BannerId, command: BannerCommand) -> Accepted[Banner] | Refusal:
        """Anything that is asked of a banner; its two hosts take turns, and know nothing of each other."""
        self._asked += 1
        host = self._hosts[self._asked % 2]
        if command.id is None:  # one that is the same in every world
            name = command_id_from(banner, str(self._asked), home=banner)
            command = msgspec.structs.replace(command, id=name)
        wish = order(HOSTING, VERBS[type(command)], banner, command)
        outcome = await host.execute(banner, wish)
        return accepted(outcome) if isinstance(outcome, Committed) else HOSTING.told(outcome)

    async def show(self, banner: BannerId, show: Show) -> Accepted[Banner] | BannerRefusal:
        """The same, for a Show."""
        return await self.ask(banner, show)  # type: ignore[return-value]  # what a banner refuses

    async def banner(self, banner: BannerId) -> Loaded[Banner, BannerEvent]:
        """A banner as the store has it."""
        return await self._hosts[0].read(banner)

    # --- lobbies ----------------------------------------------------------------------------------

    async def lobby(self, pool: PoolId = ALL_BANNERS) -> Loaded[Lobby, LobbyEvent]:
        """A lobby as the store has it."""
        return await self._lobbies.read(pool)

    async def whereabouts(self, ticket: str) -> Whereabouts | None:
        """What is written about a ticket."""
        return await WhereaboutsBook(self.stores.tickets).find(DisplayId(ticket))

    async def deliver_late(self) -> None:
        """What was held up on its way arrives, even if whoever sent it is dead by now."""
        for store in self.held_up:
            await store.deliver_late()

    async def deliver_again(self, number: int) -> None:
        """A Show that was sent once, by whomever, arrives (once more)."""
        banner, show = self.shows[number]
        await self.show(banner, show)


class Visit:
    """Somebody who came in and waits to be told; of several, each is told by itself."""

    def __init__(self, instance: Instance, pool: PoolId, newcomer: Newcomer, *, keyed: bool) -> None:
        self.instance = instance
        self.given_up = False
        visit = instance.desk(pool).enter(newcomer, keyed=keyed)
        self._task = asyncio.create_task(visit)  # noqa: TID251 (it outlives what begins it)

    @property
    def told(self) -> bool:
        """Whether there is an answer, or a failure."""
        return self._task.done()

    def outcome(self) -> Outcome:
        """The answer; raises what went wrong."""
        return self._task.result()

    async def give_up(self) -> None:
        """Wait no longer."""
        self.given_up = True
        self._task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._task


async def come(
    instance: Instance,
    name: str,
    *,
    text: str = "Hello",
    by: str = "ada",
    pool: PoolId = ALL_BANNERS,
    keyed: bool = True,
) -> Visit:
    """Somebody is at the door of a pool; nothing has become of it yet."""
    newcomer = Newcomer(id=DisplayId(name), text=text, by=by)
    visit = Visit(instance, pool, newcomer, keyed=keyed)
    await all_have_had_their_turn()
    while instance.ticket_store.busy:
        await asyncio.sleep(0)
        await all_have_had_their_turn()
    return visit


async def said(visit: Visit) -> Outcome:
    """What somebody has been told."""
    await all_have_had_their_turn()
    assert visit.told, "nobody has told anything"
    return visit.outcome()


async def leave(
    instance: Instance, name: str, *, by: str = "ada", role: Role = "author", pool: PoolId = ALL_BANNERS
) -> Refusal | bool:
    """Somebody wants to wait no more."""
    return await instance.desk(pool).leave(DisplayId(name), by, role)


def shown_in(records: Sequence[BannerRecord]) -> list[DisplayId]:
    """Which displays began, in these records."""
    return [event.display.id for record in records for event in record.events if isinstance(event, Shown)]


def a_show(name: str, text: str = "by hand", *, by: str = "hal") -> Show:
    """A Show that comes from no lobby."""
    return Show(id=CommandId(name), text=text, by=by)


async def all_have_had_their_turn() -> None:
    """Let every task go as far as it gets without waiting for the outside."""
    for _ in range(10):
        await asyncio.sleep(0)


async def _die() -> None:
    raise DiedError("gone")
