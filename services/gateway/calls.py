"""What the HTTP calls need: the services to ask, and what this gateway knows."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog
from litestar import Response

from services.gateway.bodies import Status
from services.gateway.displays import Displays
from services.gateway.etags import etag
from services.gateway.hub import Hub
from services.gateway.past import Archive
from services.gateway.problems import AnyRequest
from services.gateway.proof import Proof
from services.gateway.series import Series
from services.gateway.view import Known
from shared.contracts.banner import Banner, BannerCommand, BannerRefusal, pending
from shared.contracts.command import Accepted, Command
from shared.contracts.errors import Malformed
from shared.contracts.identity import BannerId, CommandId, banner_id, command_id_from
from shared.contracts.instants import Instant
from shared.contracts.lobby import Admitted, Enter, Gone, Leave, LobbyRefusal, PoolId
from shared.contracts.refusals import NotOperator, NotYours, UnknownBanner
from shared.contracts.views import (
    BannerInFull,
    BannerPage,
    BannerView,
    DisplayView,
    HistoryPage,
    PendingPage,
    banner_view,
    pending_view,
)
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.blocklist import Blocklists
from shared.mesh.lobbies import Lobbies

log = structlog.get_logger()

_TRESPASSES: Final = (NotYours, NotOperator)


class Calls:
    """What is behind the HTTP calls of one gateway."""

    def __init__(
        self,
        banners: Banners,
        lobbies: Lobbies,
        hub: Hub,
        displays: Displays,
        archive: Archive,
        *,
        blocklists: Blocklists,
        proof: Proof,
        series: Series,
    ) -> None:
        self._banners = banners
        self._lobbies = lobbies
        self._hub = hub
        self._archive = archive
        self.displays = displays
        self.blocklists = blocklists
        self.proof = proof
        self.series = series

    async def command(self, banner: str, command: BannerCommand) -> Accepted[Banner] | BannerRefusal:
        """Ask, and know the answer before the caller does: what it reads next is not older than this."""
        try:
            checked = banner_id(banner)
        except Malformed:
            return UnknownBanner(banner=banner)
        reply = await self._banners.command(checked, command)
        if isinstance(reply, Accepted):
            self._hub.view.learn(reply.state, reply.revision)
        _note_trespass(reply, command, checked)
        return reply

    async def get(self, banner: str) -> Accepted[Banner] | BannerRefusal:
        """The banner as the store has it now."""
        try:
            checked = banner_id(banner)
        except Malformed:
            return UnknownBanner(banner=banner)
        return await self._banners.get(checked)

    async def banner_known(self, banner: str) -> BannerId | BannerRefusal:
        """The id of a banner, once it is clear that there is one."""
        known = self.known(banner)
        if known is not None:
            return known.banner.id
        reply = await self.get(banner)  # registered a moment ago, perhaps, through another gateway
        return reply.state.id if isinstance(reply, Accepted) else reply

    async def enter(self, pool: PoolId, command: Enter) -> Admitted | LobbyRefusal:
        """Ask for any free banner; what it was shown on is known here before the caller knows."""
        reply = await self._lobbies.enter(pool, command)
        if isinstance(reply, Admitted) and reply.banner is not None:
            self._hub.view.learn(reply.banner.state, reply.banner.revision)
        return reply

    async def leave(self, pool: PoolId, command: Leave) -> Gone | LobbyRefusal:
        """Wait no more; who is told so reads nowhere here that it still waits."""
        reply = await self._lobbies.leave(pool, command)
        if isinstance(reply, Gone):
            await self.displays.catch_up()
        _note_trespass(reply, command, pool)
        return reply

    async def history(self, banner: str, before: int | None, limit: int) -> HistoryPage | None:
        """Decisions about a banner, the newest first; None when there is no such banner."""
        try:
            checked = banner_id(banner)
        except Malformed:
            return None
        page = await self._archive.page(checked, before, limit)
        return None if page is None else await self.proof.in_page(checked, page)

    def known(self, banner: str) -> Known | None:
        """What this gateway knows of a banner, its hardware included."""
        return self._hub.view.get(banner)

    def page(
        self, cursor: str, limit: int, tag: str | None, status: Status | None, now: Instant
    ) -> BannerPage:
        """The banners after the cursor that fit."""
        items: list[BannerView] = []
        for known in self._hub.view.after(cursor):
            view = known.view(now)
            if (tag is None or tag in view.tags) and _has_status(view, status):
                if len(items) == limit:
                    return BannerPage(tuple(items), items[-1].id)
                items.append(view)
        return BannerPage(tuple(items), None)

    def pending_on(self, banner: Banner, revision: int, now: Instant) -> tuple[DisplayView, ...]:
        """What waits for an operator's yes on one banner, the oldest first."""
        return tuple(pending_view(banner.id, ticket, revision) for ticket in pending(banner, now))

    def pending_page(self, cursor: str, limit: int, now: Instant) -> PendingPage:
        """What waits for an operator's yes on the banners after the cursor, until there are `limit`."""
        items: list[DisplayView] = []
        for known in self._hub.view.after(cursor):
            if len(items) >= limit:
                return PendingPage(tuple(items), items[-1].banner)
            items += self.pending_on(known.banner, known.revision, now)
        return PendingPage(tuple(items), None)

    def rejected(self, view: DisplayView, reply: Accepted[Banner], reason: str) -> DisplayView:
        """What has become of a text that an operator said no to."""
        return DisplayView(
            id=view.id,
            state="ended",
            text=view.text,
            by=view.by,
            banner=reply.state.id,
            ended_at=reply.at,
            how="rejected",
            reason=reason,
        )

    async def in_full(self, reply: Accepted[Banner]) -> BannerInFull:
        """The banner in an answer, with what its hardware says and what is measured on it."""
        telemetry = await self.series.beside(reply.state.id)
        return BannerInFull(**msgspec.structs.asdict(self.view(reply)), telemetry=telemetry)

    def view(self, reply: Accepted[Banner]) -> BannerView:
        """The banner in an answer, with what its hardware says."""
        banner, display, heard = reply.state.id, reply.state.display, self._hub.view.heard
        return banner_view(
            reply.state,
            reply.revision,
            clock.now(),
            seen=heard.seen(banner),
            reported=heard.reported.get(banner),
            confirmed_at=None if display is None else self._hub.view.confirmed_at(banner, display.id),
        )


CALLS: Final = "calls"
"""Where the application keeps them; to have them injected would cost every request several microseconds."""


def calls_of(request: AnyRequest) -> Calls:
    """What this application's calls need."""
    calls = request.app.state[CALLS]
    assert isinstance(calls, Calls)
    return calls


def keyed_id(by: str, call: str, key: str | None, *, home: str) -> CommandId | None:
    """The same caller, call and key name the same command, through whichever gateway they come.

    Without a key the service that is asked makes an id.
    """
    return None if key is None else command_id_from(by, call, key, home=home)


def new_banner_id(command_id: CommandId | None) -> BannerId:
    """An id for a banner that comes without one."""
    return BannerId(f"b-{(command_id or secrets.token_hex(6))[:12]}")


def display_response(
    view: DisplayView, status: int, headers: Mapping[str, str] | None = None
) -> Response[Any]:
    """A display, with where it can be followed and the revision of its banner."""
    tag = {} if view.revision is None else {"ETag": etag(view.revision)}
    location = {"Location": f"/v1/displays/{view.id}"}
    return Response(
        msgspec.json.encode(view),
        status_code=status,
        media_type="application/json",
        headers={**location, **tag, **(headers or {})},
    )


def _note_trespass(reply: object, command: Command, on: str) -> None:
    """Log that somebody reached for what is somebody else's."""
    if isinstance(reply, _TRESPASSES):
        log.warning("role refused", reason=reply.reason, verb=type(command).__name__, by=command.by, on=on)


def _has_status(view: BannerView, status: Status | None) -> bool:
    match status:
        case None:
            return True
        case "free":
            return view.display is None and view.hold is None
        case "busy":
            return view.display is not None
        case "held":
            return view.hold is not None
        case _:
            return view.presence == status
