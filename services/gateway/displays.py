"""Following a message: where it is now, and what became of it, from nothing but its id.

What waits or shows is known here. What is over is looked for where the lobby noted it, where a claim names
its banner, and where the id itself hints at one.
"""

from collections.abc import Awaitable, Callable

import msgspec

from services.gateway.lobbies import LobbyView
from services.gateway.past import Archive
from services.gateway.view import View
from shared.contracts.errors import Malformed
from shared.contracts.identity import BannerId, CommandId, banner_id
from shared.contracts.instants import Instant
from shared.contracts.lobby import PoolId, Whereabouts
from shared.contracts.views import DisplayView, display_view
from shared.entities.claims import Claims
from shared.entities.store import Store

_whereabouts_decoder = msgspec.json.Decoder(Whereabouts)


class Displays:
    """All displays there are and, for a day at least, those that were.

    `catch_up` returns once this gateway knows all that was committed before it was called.
    """

    def __init__(
        self,
        view: View,
        lobbies: LobbyView,
        archive: Archive,
        claims: Claims,
        tickets: Store,
        *,
        catch_up: Callable[[], Awaitable[None]],
    ) -> None:
        self.catch_up = catch_up
        self._view = view
        self._lobbies = lobbies
        self._archive = archive
        self._claims = claims
        self._tickets = tickets

    def live(self, display_id: str, now: Instant) -> DisplayView | None:
        """A display that shows or waits, as far as this gateway knows."""
        known = self._view.with_display(display_id)
        view = None if known is None else display_view(known.banner, known.revision, display_id, now)
        if view is not None:
            self._lobbies.note_shown(display_id)
            return view
        return None if self._has_moved_on(display_id) else self._lobbies.waiting(display_id)

    def pool_of(self, display_id: str) -> PoolId | None:
        """The pool in whose lobby a display waits."""
        return self._lobbies.pool_of(display_id)

    def passed(self, view: DisplayView) -> bool:
        """Whether this gateway knows something newer by now than what a store has said of a display."""
        known = None if view.banner is None else self._view.get(view.banner)
        return known is not None and view.revision is not None and known.revision > view.revision

    async def find(self, display_id: str, now: Instant) -> DisplayView | None:
        """A display, whatever has become of it; None when nothing is known of it, or not any more.

        Raises:
            Unreachable: a store cannot be asked.
            Unreadable: what is stored cannot be read.
        """
        try:
            banner_id(display_id)  # the same form, and what is not of it must not get into a subject
        except Malformed:
            return None
        view = await self._look_for(display_id, now)
        if view is None:  # it may have come a moment ago, through another gateway
            await self.catch_up()
            view = await self._look_for(display_id, now)
        return view

    async def _look_for(self, display_id: str, now: Instant) -> DisplayView | None:
        live = self.live(display_id, now)
        if live is not None:
            return live
        whereabouts = await self._whereabouts(display_id)
        if whereabouts is not None and whereabouts.ended is not None:
            return whereabouts.ended
        if whereabouts is not None and whereabouts.banner is not None:
            return await self._on(whereabouts.banner, display_id, now)
        claim = await self._claims.find(CommandId(display_id))
        claimed = () if claim is None else (BannerId(claim.key),)
        for banner in dict.fromkeys((*claimed, *self._view.hinted(display_id))):
            if (view := await self._on(banner, display_id, now)) is not None:
                return view
        return self._lobbies.waiting(display_id)  # back from where it went, and in the line again soon

    def _has_moved_on(self, display_id: str) -> bool:
        """Whether it was shown where the lobby sent it, or never will be; the lobby notes that later."""
        place = self._lobbies.place_of(display_id)
        known = None if place is None else self._view.get(place.banner)
        return place is not None and known is not None and known.revision > place.revision

    async def _on(self, banner: BannerId, display_id: str, now: Instant) -> DisplayView | None:
        """On one banner: as the store has it now, or as it ended."""
        newest = await self._archive.newest(banner)
        if newest is None:
            return None
        live = display_view(newest.record.state, newest.revision, display_id, now)
        return live or await self._archive.ended(banner, display_id, now, newest=newest)

    async def _whereabouts(self, display_id: str) -> Whereabouts | None:
        _, data = await self._tickets.load(display_id, fresh=True)
        return None if data is None else _whereabouts_decoder.decode(data)
