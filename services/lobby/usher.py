"""The usher of one pool: carries out assignments, and keeps what became of them until the desk has noted it.

The banner decides by the revision that the assignment names. A yes is final, and so is the no that something
else came after that revision; whatever else is heard, or not heard, is asked again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
import structlog

from services.lobby.entity import Advance, Leaver
from services.lobby.outcomes import Curious
from services.lobby.places import Places
from services.lobby.whereabouts import WhereaboutsBook, left, shown
from shared.contracts import refusals
from shared.contracts.banner import Banner, BannerRefusal, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.lobby import Assignment, LobbyTicket, PoolId

OnBanner = Callable[[BannerId, Show], Awaitable[Accepted[Banner] | BannerRefusal]]
"""Asks a banner to show something."""

_RETRY_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 2.0

log = structlog.get_logger()


@dataclass
class Settled:
    """What became of assignments, to be taken note of."""

    placed: list[Assignment] = field(default_factory=list)
    returned: list[Assignment] = field(default_factory=list)
    evicted: list[Leaver] = field(default_factory=list)


class Usher:
    """What one instance carries out for a pool. `curious` are told as soon as somebody shows."""

    def __init__(
        self,
        pool: PoolId,
        places: Places,
        book: WhereaboutsBook,
        on_banner: OnBanner,
        curious: Curious,
        *,
        by: str,
    ) -> None:
        self.settled = Settled()
        self._pool = pool
        self._places = places
        self._book = book
        self._on_banner = on_banner
        self._curious = curious
        self._by = by
        self._under_way: dict[DisplayId, Assignment] = {}

    def begin(self, assignment: Assignment) -> None:
        """It is seen to from here on."""
        self._under_way[assignment.ticket.id] = assignment

    def leads(self, display_id: DisplayId) -> bool:
        """Whether somebody is on the way with this usher."""
        return display_id in self._under_way

    async def place(self, assignment: Assignment) -> None:
        """Have a ticket shown at its place, however long it takes to know whether it is."""
        ticket = assignment.ticket
        self.begin(assignment)
        pause = _RETRY_SECONDS
        try:
            while not await self._placed(assignment):
                await anyio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        finally:
            self._under_way.pop(ticket.id, None)

    def orphans(self, assigned: Sequence[Assignment]) -> list[Assignment]:
        """Those that nobody here carries out."""
        settled = {*self.settled.placed, *self.settled.returned}
        return [each for each in assigned if each.ticket.id not in self._under_way and each not in settled]

    def forget(self, command: Advance) -> None:
        """What a commit has taken note of need not be noted again."""
        settled = self.settled
        self.settled = Settled(
            [each for each in settled.placed if each not in command.placed],
            [each for each in settled.returned if each not in command.returned],
            [each for each in settled.evicted if each not in command.leavers],
        )

    async def _placed(self, assignment: Assignment) -> bool:
        """Ask the banner once; whether it is settled by now."""
        ticket, place = assignment.ticket, assignment.place
        wish = Show(id=CommandId(ticket.id), by=ticket.by, text=ticket.text, revision=place.revision)
        try:
            reply = await self._on_banner(place.banner, wish)
            await self._write_down(ticket, reply)
        except AirDisplayError as error:
            log.warning("placement fails, trying again", banner=place.banner, reason=str(error))
            return False
        match reply:
            case Accepted():
                self.settled.placed.append(assignment)
                self._curious.tell(ticket.id, reply)
            case refusals.Stale() | refusals.UnknownBanner():
                self.settled.returned.append(assignment)
            case refusals.BadText() | refusals.BlockedText() | refusals.KeyReused() | refusals.Malformed():
                log.error("ticket evicted", pool=self._pool, ticket=ticket.id, reason=reply.detail)
                self._places.give_back(place)
                self.settled.returned.append(assignment)
                self.settled.evicted.append(Leaver(id=ticket.id, by=self._by))
                self._curious.tell(ticket.id, reply)
            case _:  # nobody could decide, or the clocks disagree about a deadline
                return False
        return True

    async def _write_down(self, ticket: LobbyTicket, reply: Accepted[Banner] | BannerRefusal) -> None:
        """What the lobby is about to forget is known from then on by its whereabouts."""
        match reply:
            case Accepted():
                await self._book.note_place(ticket.id, shown(self._pool, ticket, reply))
            case refusals.BadText() | refusals.BlockedText() | refusals.KeyReused() | refusals.Malformed():
                await self._book.note_end(ticket.id, left(self._pool, ticket, self._by, "operator"))
            case _:
                pass
