"""What this gateway knows of the lobbies: who waits for any banner, and at which place."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import structlog

from services.gateway.by_author import ByAuthor
from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE
from shared.contracts.identity import DisplayId
from shared.contracts.lobby import Lobby, LobbyTicket, Place, PoolId, in_line
from shared.contracts.views import DisplayView
from shared.mesh.follow import Entry

log = structlog.get_logger()


class _RecordState(msgspec.Struct):
    state: Lobby


_decoder = msgspec.json.Decoder(_RecordState)


class _Wait(NamedTuple):
    pool: PoolId
    position: int
    ticket: LobbyTicket
    place: Place | None


class LobbyView:
    """All lobbies. `on_change` is called with the pool of each that changed."""

    def __init__(self, on_change: Callable[[PoolId], None]) -> None:
        self.revision = 0
        """How far the lobbies' log is known."""
        self.authors = ByAuthor()
        """Who waits, by author."""
        self._on_change = on_change
        self._of_pool: dict[PoolId, list[LobbyTicket]] = {}
        # Where each stands is counted once for each record, not once for everybody who asks.
        self._waits: dict[DisplayId, _Wait] = {}
        self._shown: set[DisplayId] = set()

    def pool_of(self, display_id: str) -> PoolId | None:
        """The pool in whose lobby somebody waits."""
        wait = self._waits.get(DisplayId(display_id))
        return None if wait is None else wait.pool

    def note_shown(self, display_id: str) -> None:
        """It was seen on a banner: it waits no more, whatever entries say that were written before."""
        wait = self._waits.pop(DisplayId(display_id), None)
        if wait is not None:
            self._shown.add(wait.ticket.id)

    def place_of(self, display_id: str) -> Place | None:
        """Where somebody is on the way to."""
        wait = self._waits.get(DisplayId(display_id))
        return None if wait is None else wait.place

    def waiting(self, display_id: str) -> DisplayView | None:
        """The view of somebody who waits, or None."""
        wait = self._waits.get(DisplayId(display_id))
        if wait is None:
            return None
        ticket = wait.ticket
        return DisplayView(
            id=ticket.id, state="waiting", text=ticket.text, by=ticket.by, position=wait.position
        )

    def take_records(self, entries: list[Entry]) -> None:
        """Entries of the lobbies' log."""
        for entry in entries:
            self.revision = entry.sequence
            pool = PoolId(subjects.key_of(entry.subject))
            try:
                lobby = _decoder.decode(entry.data).state if entry.data else Lobby()
            except UNDECODABLE as error:
                log.error("record unreadable", subject=entry.subject, problem=str(error))
                continue
            self._learn(pool, lobby)
            self._on_change(pool)

    def _learn(self, pool: PoolId, lobby: Lobby) -> None:
        gone = {ticket.id: ticket for ticket in self._of_pool.get(pool, ())}
        line = self._of_pool[pool] = in_line(lobby)
        for display_id in gone:
            self._waits.pop(display_id, None)
        for ticket in line:
            if gone.pop(ticket.id, None) is None:
                self.authors.add(ticket.by, ticket.id)
        for ticket in gone.values():
            self.authors.discard(ticket.by, ticket.id)
        self._shown.difference_update(gone)
        places = {each.ticket.id: each.place for each in lobby.assigned}
        for position, ticket in enumerate(line, 1):
            if ticket.id not in self._shown:
                self._waits[ticket.id] = _Wait(pool, position, ticket, places.get(ticket.id))
