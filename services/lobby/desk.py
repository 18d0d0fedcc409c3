"""The desk of one pool: takes people in, sends them to free banners, and takes note of what became of them.

A ticket is sent to a place in two steps, because lobby and banner are two entities. First the lobby commits
where it goes: to a banner that was free at a revision. Then the banner is asked to show it right after that
revision. Whatever crashes in between, whoever finds the assignment asks the same again: the answer is that it
shows, or that something else came after that revision, and then it is certain that it never will.

What comes together while a commit is under way goes into the next one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import anyio
import structlog

from services.lobby.entity import Advance, Leaver, Newcomer
from services.lobby.outcomes import Arrival, Curious, Outcome
from services.lobby.places import Places
from services.lobby.usher import OnBanner, Usher
from services.lobby.whereabouts import WhereaboutsBook, left, on_arrival
from shared.contracts import refusals
from shared.contracts.banner import Role
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.lobby import (
    LOBBY_AT_MOST,
    Assigned,
    Assignment,
    Lobby,
    LobbyEvent,
    LobbyTicket,
    Place,
    PoolId,
    Whereabouts,
    position,
)
from shared.contracts.refusals import Refusal
from shared.entities.entity import Order
from shared.entities.repository import Committed, Refused, Repository
from shared.mesh import clock
from shared.mesh.peers import COVER_MS

Lobbies = Repository[Lobby, Advance, LobbyEvent]
ORPHANED_AFTER_SECONDS: Final = 1.0
"""After how long somebody else's assignment that is not settled is taken over."""

_AT_ONCE: Final = 100
"""How many come in with one commit, so that its record is no larger than a full lobby has to be."""

_TICK_SECONDS: Final = 0.05
_LOOK_SECONDS: Final = 0.02
_AFTER_FAILURE_SECONDS: Final = 0.25

log = structlog.get_logger()


class Desk:
    """One pool, as one instance works on it; several may, at the same time. `rank` says who goes first."""

    def __init__(
        self,
        pool: PoolId,
        lobbies: Lobbies,
        places: Places,
        book: WhereaboutsBook,
        on_banner: OnBanner,
        *,
        by: str,
        rank: Callable[[], int],
    ) -> None:
        self._pool = pool
        self._lobbies = lobbies
        self._places = places
        self._book = book
        self._by = by
        self._rank = rank
        self._known: tuple[int, Lobby] | None = None
        self._arrivals: list[Arrival] = []
        self._curious = Curious()
        self._usher = Usher(pool, places, book, on_banner, self._curious, by=by)
        self._orphans: dict[Assignment, float] = {}
        self._wanted_since: float | None = None
        self._something = anyio.Event()

    @property
    def waiting(self) -> int:
        """How many wait, as far as is known here."""
        return 0 if self._known is None else len(self._known[1].waiting)

    # --- what others ask of it --------------------------------------------------------------------

    async def enter(self, newcomer: Newcomer, *, keyed: bool = False) -> Outcome:
        """Take somebody in, and say what became of that: once it shows, or is clear that it has to wait.

        Who is `keyed` brought an id, and may have been here with it before.

        Raises:
            Unreachable: the lobby cannot be written; nothing was done.
            OutcomeUnknown: it did not answer.
        """
        noted = await self._noted(newcomer) if keyed else None
        if noted is not None:
            if noted.digest != on_arrival(self._pool, newcomer).digest:
                return refusals.KeyReused()
            if noted.banner is not None:
                return noted
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._arrivals.append(Arrival(newcomer, keyed, answer))
        self.wake()
        return await answer

    async def leave(
        self, display_id: DisplayId, by: str, role: Role, *, not_after: Instant | None = None
    ) -> Refusal | bool:
        """Let somebody go who waits; False for one who does not, or not any more.

        Raises:
            Unreachable: the lobby cannot be read or written.
            OutcomeUnknown: it did not answer.
        """
        while True:
            loaded = await self._lobbies.read(self._pool)
            lobby = loaded.state or Lobby()
            ticket = next((each for each in lobby.waiting if each.id == display_id), None)
            if ticket is None:
                if all(each.ticket.id != display_id for each in lobby.assigned):
                    return False
                if not_after is not None and clock.now() > not_after:
                    return refusals.TooLate(not_after=not_after)
                await anyio.sleep(_LOOK_SECONDS)  # on its way: soon it shows, or waits again
                continue
            if role != "operator" and by != ticket.by:
                return refusals.NotYours()
            await self._book.note_end(display_id, left(self._pool, ticket, by, role))
            leave = Advance(leavers=(Leaver(id=display_id, by=by),))
            order = Order(verb="leave", command=leave, by=by, revision=loaded.revision)
            outcome = await self._lobbies.execute(self._pool, order)
            if isinstance(outcome, Committed):
                self.learn(outcome.record.state, outcome.revision)
                return True

    def learn(self, lobby: Lobby, revision: int) -> None:
        """Take the lobby as the log has it, if that is newer than what is known."""
        if self._known is None or revision > self._known[0]:
            self._known = (revision, lobby)
            self.wake()

    def wake(self) -> None:
        """Something may have to be done."""
        self._something.set()

    # --- what it does -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                with anyio.move_on_after(_TICK_SECONDS if self._has_work() else None):
                    await self._something.wait()
                self._something = anyio.Event()
                try:
                    due = [*await self.step(), *self._orphaned()]
                except AirDisplayError as error:
                    log.warning("lobby fails, trying again", pool=self._pool, reason=str(error))
                    await anyio.sleep(_AFTER_FAILURE_SECONDS)
                    continue
                for assignment in due:
                    tasks.start_soon(self.place, assignment)

    async def step(self) -> list[Assignment]:
        """Take note of all there is in one commit; returns the assignments that are to be carried out.

        Raises:
            Unreachable: the lobby cannot be read or written; who had come in is told so.
            OutcomeUnknown: it did not answer; likewise.
        """
        arrivals, self._arrivals = self._arrivals[:_AT_ONCE], self._arrivals[_AT_ONCE:]
        if self._arrivals:
            self.wake()
        try:
            while True:
                revision, lobby = self._known = self._known or await self._read()
                await self._tell_about_the_gone(lobby)
                self._curious.tell_who_waits(lobby)
                arrivals = await self._new_among(arrivals, lobby)
                command = self._note(arrivals, lobby)
                if command == Advance():
                    return []
                order = Order(verb="advance", command=command, by=self._by, revision=revision)
                outcome = await self._try(order)
                if isinstance(outcome, Committed):
                    return self._done(arrivals, command, outcome)
                self._give_back(command.places)
                if isinstance(outcome.refusal, refusals.Stale):
                    self._known = None
                else:  # all of it was settled by others, and nobody more may come in
                    self._usher.forget(command)
                    self._turn_away(arrivals)
                    return []
        except AirDisplayError as error:
            self._known = None
            for arrival in arrivals:
                arrival.fail(error)
            raise

    async def place(self, assignment: Assignment) -> None:
        """Have a ticket shown at its place, however long it takes to know whether it is."""
        await self._usher.place(assignment)
        self.wake()

    def orphans(self) -> list[Assignment]:
        """Assignments that nobody here carries out."""
        return self._usher.orphans(() if self._known is None else self._known[1].assigned)

    # --- one round --------------------------------------------------------------------------------

    async def _read(self) -> tuple[int, Lobby]:
        loaded = await self._lobbies.read(self._pool)
        return loaded.revision, loaded.state or Lobby()

    async def _noted(self, newcomer: Newcomer) -> Whereabouts | None:
        """Note that somebody has come; or what was noted when the same one, or another, came before."""
        return await self._book.note(newcomer.id, on_arrival(self._pool, newcomer))

    async def _new_among(self, arrivals: list[Arrival], lobby: Lobby) -> list[Arrival]:
        """Those who are not here yet; the others are told, now or when it is clear."""
        new: list[Arrival] = []
        here: dict[str, LobbyTicket] = {ticket.id: ticket for ticket in lobby.waiting}
        here |= {each.ticket.id: each.ticket for each in lobby.assigned}
        # Looked up after the lobby was read: it is written there before the lobby forgets.
        gone = await self._gone([each for each in arrivals if each.keyed and each.newcomer.id not in here])
        for arrival in arrivals:
            ticket = here.get(arrival.newcomer.id)
            if ticket is not None and (ticket.text, ticket.by) != (
                arrival.newcomer.text,
                arrival.newcomer.by,
            ):
                arrival.tell(refusals.KeyReused())
            elif ticket is not None:
                self._curious.add(arrival)
            elif arrival.newcomer.id in gone:
                arrival.tell(gone[arrival.newcomer.id])
            else:
                new.append(arrival)
        self._curious.tell_who_waits(lobby)
        return new

    async def _gone(self, arrivals: list[Arrival]) -> dict[DisplayId, Whereabouts]:
        """Those who have been here before, and what became of them."""
        found = await asyncio.gather(*(self._book.find(each.newcomer.id) for each in arrivals))
        return {
            arrival.newcomer.id: whereabouts
            for arrival, whereabouts in zip(arrivals, found, strict=True)
            if whereabouts is not None and (whereabouts.banner is not None or whereabouts.ended is not None)
        }

    def _note(self, arrivals: list[Arrival], lobby: Lobby) -> Advance:
        """What is to be taken note of, with as many places as there are people for."""
        settled = self._usher.settled
        placed, returned = tuple(settled.placed), tuple(settled.returned)
        newcomers = tuple(arrival.newcomer for arrival in arrivals)
        wanted = len(lobby.waiting) + len(returned) + len(newcomers)
        if not self._may_assign(wanted, newcomers=bool(newcomers)):
            wanted = 0
        on_the_way = {*lobby.assigned} - {*placed, *returned}
        return Advance(
            newcomers=newcomers,
            leavers=tuple(settled.evicted),
            placed=placed,
            returned=returned,
            places=self._drawn(wanted, {each.place.banner for each in on_the_way}),
        )

    def _drawn(self, wanted: int, but: set[BannerId]) -> tuple[Place, ...]:
        """So many places, if there are; but not where somebody else is on the way to."""
        drawn: list[Place] = []
        others: list[Place] = []
        while len(drawn) < wanted and (place := self._places.take(self._pool)) is not None:
            (others if place.banner in but else drawn).append(place)
        self._give_back(others)
        return tuple(drawn)

    def _may_assign(self, wanted: int, *, newcomers: bool) -> bool:
        """Whoever comes first for this pool acts at once, the next one a little later, and so on."""
        if not wanted or not self._places.free(self._pool):
            self._wanted_since = None
            return False
        now = time.monotonic()
        if self._wanted_since is None:
            self._wanted_since = now
        return newcomers or now - self._wanted_since >= self._rank() * COVER_MS / 1000

    async def _try(self, order: Order[Advance]) -> Committed[Lobby, LobbyEvent] | Refused:
        try:
            return await self._lobbies.execute(self._pool, order)
        except AirDisplayError:
            self._give_back(order.command.places)
            raise

    def _done(
        self, arrivals: list[Arrival], command: Advance, committed: Committed[Lobby, LobbyEvent]
    ) -> list[Assignment]:
        lobby = committed.record.state
        self._known = (committed.revision, lobby)
        self._usher.forget(command)
        gone_to = {event.display_id for event in committed.record.events if isinstance(event, Assigned)}
        due = [each for each in lobby.assigned if each.ticket.id in gone_to]
        used = {each.place for each in due}
        self._give_back(tuple(place for place in command.places if place not in used))
        if due:
            self._wanted_since = None
        for arrival in arrivals:
            if position(lobby, arrival.newcomer.id) is None:
                self._turn_away([arrival])
            else:
                self._curious.add(arrival)
        self._curious.tell_who_waits(lobby)
        for assignment in due:
            self._usher.begin(assignment)
        return due

    def _turn_away(self, arrivals: list[Arrival]) -> None:
        for arrival in arrivals:
            arrival.tell(refusals.LobbyFull(at_most=LOBBY_AT_MOST))

    def _give_back(self, places: Sequence[Place]) -> None:
        for place in places:
            self._places.give_back(place)

    async def _tell_about_the_gone(self, lobby: Lobby) -> None:
        """Answer all who want to know about somebody whom another instance has seen to."""
        for display_id in self._curious.about_the_gone(lobby):
            found = await self._book.find(display_id)
            if found is not None and not self._usher.leads(display_id):
                self._curious.tell(display_id, found)

    # --- taking over ------------------------------------------------------------------------------

    def _orphaned(self) -> list[Assignment]:
        """Assignments that others have left lying for too long."""
        now = time.monotonic()
        seen = self._orphans
        self._orphans = {each: seen.get(each, now) for each in self.orphans()}
        patience = ORPHANED_AFTER_SECONDS * (1 + self._rank())
        return [each for each, since in self._orphans.items() if now - since >= patience]

    def _has_work(self) -> bool:
        if self._known is None or self._curious:
            return True
        lobby = self._known[1]
        return bool(lobby.waiting or lobby.assigned)
