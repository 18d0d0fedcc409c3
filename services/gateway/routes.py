"""The HTTP calls: request to command, reply to response. One short function each."""

import secrets
from typing import Any, Final

from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT, HTTP_304_NOT_MODIFIED

from services.gateway.authors import author
from services.gateway.bodies import (
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    Limit,
    RegisterBody,
    ShowBody,
    Status,
)
from services.gateway.etags import etag, expected_revision, matches
from services.gateway.hub import Hub
from services.gateway.problems import AnyRequest, invalid, refused
from services.gateway.view import Known
from shared.contracts.banner import (
    Accepted,
    BannerCommand,
    BannerRefusal,
    Clear,
    Register,
    Show,
    showing,
)
from shared.contracts.errors import Malformed
from shared.contracts.identity import BannerId, CommandId, banner_id, command_id_from
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal, UnknownBanner
from shared.contracts.views import BannerPage, BannerView, DisplayView, banner_view
from shared.mesh import clock
from shared.mesh.banners import Banners

DEFAULT_PAGE: Final = 100


class Calls:
    """What the HTTP calls need: the banner service to ask, and what this gateway knows."""

    def __init__(self, banners: Banners, hub: Hub) -> None:
        self._banners = banners
        self._hub = hub

    async def command(self, banner: str, command: BannerCommand) -> Accepted | BannerRefusal:
        """Ask, and know the answer before the caller does: what it reads next is not older than this."""
        try:
            checked = banner_id(banner)
        except Malformed:
            return UnknownBanner(banner=banner)
        reply = await self._banners.command(checked, command)
        if isinstance(reply, Accepted):
            self._hub.view.learn(reply.state, reply.revision)
        return reply

    async def get(self, banner: str) -> Accepted | BannerRefusal:
        """The banner as the store has it now."""
        try:
            checked = banner_id(banner)
        except Malformed:
            return UnknownBanner(banner=banner)
        return await self._banners.get(checked)

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


CALLS: Final = "calls"
"""Where the application keeps them; to have them injected would cost every request several microseconds."""


def calls_of(request: AnyRequest) -> Calls:
    """What this application's calls need."""
    calls = request.app.state[CALLS]
    assert isinstance(calls, Calls)
    return calls


@post("/v1/banners", status_code=HTTP_201_CREATED, summary="Register a banner")
async def register(
    request: AnyRequest,
    data: JSONBody[RegisterBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """Register a banner. Refusals: 409 `already-registered`, 422."""
    by = author(request)
    command_id = _command_id(by, "register", idempotency_key)
    banner = data.id or BannerId(f"b-{command_id[:12]}")
    command = Register(id=command_id, by=by, name=data.name, tags=data.tags)
    reply = await calls_of(request).command(banner, command)
    if isinstance(reply, Refusal):
        return refused(reply)
    headers = {"Location": f"/v1/banners/{banner}", "ETag": etag(reply.revision)}
    return Response(_view(reply, calls_of(request).known(banner)), headers=headers)


@get("/v1/banners", summary="List banners")
async def list_banners(
    request: AnyRequest,
    tag: FromQuery[str | None] = None,
    status: FromQuery[Status | None] = None,
    cursor: FromQuery[str] = "",
    limit: Limit = DEFAULT_PAGE,
) -> BannerPage:
    """Banners in the order of their ids; `next_cursor` asks for the next page."""
    return calls_of(request).page(cursor, limit, tag, status, clock.now())


@get("/v1/banners/{banner:str}", summary="One banner")
async def get_banner(
    request: AnyRequest, banner: FromPath[str], if_none_match: IfNoneMatch = None
) -> Response[Any]:
    """One banner as the store has it now. Refusals: 404 `unknown-banner`."""
    reply = await calls_of(request).get(banner)
    if isinstance(reply, Refusal):
        return refused(reply)
    headers = {"ETag": etag(reply.revision)}
    # A display that ends by its deadline changes what is seen without a new revision.
    over = reply.state.display is not None and showing(reply.state, clock.now()) is None
    if not over and matches(if_none_match, reply.revision):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(_view(reply, calls_of(request).known(banner)), headers=headers)


@post("/v1/banners/{banner:str}/display", status_code=HTTP_201_CREATED, summary="Show a text")
async def show(
    request: AnyRequest,
    banner: FromPath[str],
    data: JSONBody[ShowBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """Show a text on a banner. Refusals: 409 `busy`, 404, 422 `bad-text`."""
    by = author(request)
    command = Show(id=_command_id(by, f"show {banner}", idempotency_key), by=by, text=data.text)
    reply = await calls_of(request).command(banner, command)
    if isinstance(reply, Refusal):
        return refused(reply)
    view = _display(reply)
    headers = {"Location": f"/v1/displays/{view.id}", "ETag": etag(reply.revision)}
    return Response(view, headers=headers)


# The framework wants a status with a body here, because a refusal has one; success is 204 all the same.
@delete("/v1/banners/{banner:str}/display", status_code=HTTP_200_OK, summary="End a display")
async def clear(request: AnyRequest, banner: FromPath[str], if_match: IfMatch = None) -> Response[Any]:
    """End what shows now. Refusals: 403 `not-yours`, 404, 412 `stale`."""
    try:
        revision = expected_revision(if_match)
    except Malformed as error:
        return invalid(str(error))
    by = author(request)
    reply = await calls_of(request).command(banner, Clear(by=by, revision=revision))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers={"ETag": etag(reply.revision)})


ROUTES: Final = (register, list_banners, get_banner, show, clear)


def _command_id(by: str, call: str, key: str | None) -> CommandId:
    """The same caller, call and key name the same command, through whichever gateway they come."""
    return CommandId(secrets.token_hex(16)) if key is None else command_id_from(by, call, key)


def _display(reply: Accepted) -> DisplayView:
    display = reply.state.display
    assert display is not None, "an accepted Show shows"
    return DisplayView(
        id=display.id,
        state="showing",
        banner=reply.state.id,
        text=display.text,
        by=display.by,
        shown_at=display.shown_at,
        until=display.until,
        revision=reply.revision,
    )


def _view(reply: Accepted, known: Known | None) -> BannerView:
    return banner_view(
        reply.state,
        reply.revision,
        clock.now(),
        online=known is not None and known.online,
        reported=None if known is None else known.reported,
    )


def _has_status(view: BannerView, status: Status | None) -> bool:
    match status:
        case None:
            return True
        case "free":
            return view.display is None
        case "busy":
            return view.display is not None
        case _:
            return view.presence == status
