"""Whereabouts: on which banner a ticket had its turn, or that it left; for a day after the lobby forgot it.

They are written before the lobby forgets, so a ticket is always in one of the two. Whoever brings a key of
their own is noted on arrival as well, so that the same key is recognised, whatever pool it is sent to next.
"""

from typing import Final

import msgspec

from shared.contracts.errors import UNDECODABLE, Conflict, Unreadable
from shared.contracts.identity import DisplayId
from shared.contracts.lobby import Whereabouts
from shared.entities.store import Store

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
