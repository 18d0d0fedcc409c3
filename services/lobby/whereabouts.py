"""Whereabouts: on which banner a ticket had its turn, or that it left; for a day after the lobby forgot it.

They are written before the lobby forgets, so a ticket is always in one of the two. Whoever brings a key of
their own is noted on arrival as well, so that the same key is recognised, whatever pool it is sent to next.
"""

import hashlib
from typing import Final

import msgspec

from services.lobby.entity import Newcomer
from shared.contracts.banner import Banner, Role
from shared.contracts.command import Accepted
from shared.contracts.errors import UNDECODABLE, Conflict, Unreadable
from shared.contracts.identity import DisplayId
from shared.contracts.lobby import LobbyTicket, PoolId, Whereabouts
from shared.contracts.views import DisplayView
from shared.entities.store import Store
from shared.mesh import clock

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Whereabouts)


class WhereaboutsBook:
    """All of them, in a store that forgets after a day. Raises what the store raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, ticket: DisplayId) -> Whereabouts | None:
        """What is written about a ticket."""
        _, found = await self._load(ticket)
        return found

    async def note(self, ticket: DisplayId, whereabouts: Whereabouts) -> Whereabouts | None:
        """Write about a ticket of which nothing is written yet, and return None; or what is there."""
        try:
            await self._store.commit(ticket, _encoder.encode(whereabouts), 0)
        except Conflict:
            return await self.find(ticket)
        return None

    async def note_end(self, ticket: DisplayId, whereabouts: Whereabouts) -> None:
        """Write that a ticket has left, unless it is known to have been shown."""
        revision, found = await self._load(ticket)
        if found is None or found.banner is None:
            await self._write(ticket, whereabouts, revision)

    async def note_place(self, ticket: DisplayId, whereabouts: Whereabouts) -> None:
        """Write where a ticket was shown; that is the last word on it."""
        while True:
            revision, found = await self._load(ticket)
            if found == whereabouts or await self._write(ticket, whereabouts, revision):
                return

    async def _write(self, ticket: DisplayId, whereabouts: Whereabouts, expected: int) -> bool:
        try:
            await self._store.commit(ticket, _encoder.encode(whereabouts), expected)
        except Conflict:
            return False
        return True

    async def _load(self, ticket: DisplayId) -> tuple[int, Whereabouts | None]:
        revision, data = await self._store.load(ticket, fresh=True)
        if data is None:
            return revision, None
        try:
            return revision, _decoder.decode(data)
        except UNDECODABLE as error:
            raise Unreadable("the whereabouts of a ticket", found=data) from error


def on_arrival(pool: PoolId, newcomer: Newcomer) -> Whereabouts:
    """What is noted of somebody who has just come."""
    return Whereabouts(pool=pool, digest=_digest(pool, newcomer))


def shown(pool: PoolId, ticket: LobbyTicket, reply: Accepted[Banner]) -> Whereabouts:
    """What is noted of a ticket that a banner has shown."""
    digest = _digest(pool, ticket)
    return Whereabouts(pool=pool, digest=digest, banner=reply.state.id, revision=reply.revision)


def left(pool: PoolId, ticket: LobbyTicket, by: str, role: Role) -> Whereabouts:
    """What is noted of a ticket that waits no more."""
    ended = DisplayView(
        id=ticket.id,
        state="ended",
        text=ticket.text,
        by=ticket.by,
        ended_at=clock.now(),
        how="left" if by == ticket.by or role != "operator" else "removed",
    )
    return Whereabouts(pool=pool, digest=_digest(pool, ticket), ended=ended)


def _digest(pool: PoolId, who: Newcomer | LobbyTicket) -> str:
    """What recognises another content under the same key."""
    content = f"{pool}\x00{who.by}\x00{who.text}"
    return hashlib.blake2b(content.encode(), digest_size=12).hexdigest()
