"""The HTTP calls about displays: to show, to wait, to follow, to mend and to end. One short function each."""

from typing import Any, Final

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_201_CREATED,
    HTTP_202_ACCEPTED,
    HTTP_204_NO_CONTENT,
    HTTP_304_NOT_MODIFIED,
)

from services.gateway.admission import may_show
from services.gateway.answers import ASKING, Answer, answers
from services.gateway.authors import caller, needs
from services.gateway.bodies import (
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    ReplaceBody,
    ShowAnywhereBody,
    ShowBody,
)
from services.gateway.calls import Calls, calls_of, display_response, keyed_id
from services.gateway.etags import digest_tag, etag, expected_revision, matches_tag
from services.gateway.problems import AnyRequest, invalid, refused
from shared.contracts.banner import Banner, Clear, Replace, Role, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import Malformed
from shared.contracts.identity import DisplayId
from shared.contracts.lobby import Enter, Leave, pool_of
from shared.contracts.refusals import (
    AlreadyPending,
    AlreadyWaiting,
    BadText,
    BlockedText,
    Busy,
    Held,
    KeyReused,
    LobbyFull,
    NeedsApproval,
    NeedsIfMatch,
    NoSuchPool,
    NothingShowing,
    NotShowing,
    NotYours,
    PendingFull,
    QueueFull,
    Refusal,
    Stale,
    UnknownBanner,
    UnknownDisplay,
)
from shared.contracts.views import BannerView, DisplayView, display_view, showing_view
from shared.mesh import clock


@post(
    "/v1/banners/{banner:str}/display",
    status_code=HTTP_201_CREATED,
    summary="Show a text",
    tags=["Displays"],
    opt=needs("author")
    | answers(
        Answer(
            HTTP_201_CREATED, "It shows.", DisplayView, headers=("Location", "ETag"), examples=("showing",)
        ),
        Answer(
            HTTP_202_ACCEPTED,
            "It waits for its turn, or for an operator's yes.",
            DisplayView,
            headers=("Location", "ETag"),
            examples=("queued", "pending"),
        ),
        refusals=(
            Busy,
            Held,
            AlreadyWaiting,
            AlreadyPending,
            UnknownBanner,
            BadText,
            BlockedText,
            KeyReused,
            QueueFull,
            PendingFull,
            *ASKING,
        ),
    ),
    before_request=may_show,
)
async def show(
    request: AnyRequest,
    banner: FromPath[str],
    data: JSONBody[ShowBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """Show a text on a banner for 60 seconds, or, with `"when": "queue"`, wait there for a turn.

    Where texts need an operator's yes, every text waits for that first (`"state": "pending"`).
    """
    by, _ = caller(request)
    command_id = keyed_id(by, f"show {banner}", idempotency_key, home=banner)
    reply = await calls_of(request).command(
        banner, Show(id=command_id, by=by, text=data.text, when=data.when)
    )
    if isinstance(reply, Refusal):
        return refused(reply)
    view = _asked_for(reply)
    return display_response(view, HTTP_201_CREATED if view.state == "showing" else HTTP_202_ACCEPTED)


@put(
    "/v1/banners/{banner:str}/display",
    status_code=HTTP_200_OK,
    summary="Mend what shows",
    tags=["Displays"],
    opt=needs("author")
    | answers(
        Answer(
            HTTP_200_OK, "It reads like that now.", BannerView, headers=("ETag",), examples=("shows a text",)
        ),
        refusals=(
            Stale,
            NeedsIfMatch,
            NotYours,
            NeedsApproval,
            NothingShowing,
            UnknownBanner,
            BadText,
            BlockedText,
            *ASKING,
        ),
    ),
)
async def replace(
    request: AnyRequest, banner: FromPath[str], data: JSONBody[ReplaceBody], if_match: IfMatch = None
) -> Response[Any]:
    """Let one's display read differently; its deadline stays. Needs `If-Match`."""
    try:
        revision = expected_revision(if_match)
    except Malformed as error:
        return invalid(str(error))
    by, role = caller(request)
    command = Replace(by=by, role=role, text=data.text, revision=revision)
    reply = await calls_of(request).command(banner, command)
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(calls_of(request).view(reply), headers={"ETag": etag(reply.revision)})


# The framework wants a status with a body here, because a refusal has one; success is 204 all the same.
@delete(
    "/v1/banners/{banner:str}/display",
    status_code=HTTP_200_OK,
    summary="End what shows",
    tags=["Displays"],
    opt=needs("author")
    | answers(
        Answer(HTTP_204_NO_CONTENT, "It has ended; whoever waits is next.", headers=("ETag",)),
        refusals=(Stale, NotYours, NothingShowing, UnknownBanner, *ASKING),
    ),
)
async def clear(request: AnyRequest, banner: FromPath[str], if_match: IfMatch = None) -> Response[Any]:
    """End what shows now, whatever it is; or, with `If-Match`, only what was seen."""
    try:
        revision = expected_revision(if_match)
    except Malformed as error:
        return invalid(str(error))
    by, role = caller(request)
    reply = await calls_of(request).command(banner, Clear(by=by, role=role, revision=revision))
    return refused(reply) if isinstance(reply, Refusal) else _no_content(reply)


@post(
    "/v1/displays",
    status_code=HTTP_201_CREATED,
    summary="Show a text on any free banner",
    tags=["Displays"],
    opt=needs("author")
    | answers(
        Answer(
            HTTP_201_CREATED, "It shows.", DisplayView, headers=("Location", "ETag"), examples=("showing",)
        ),
        Answer(
            HTTP_202_ACCEPTED,
            "It waits for a free banner.",
            DisplayView,
            headers=("Location",),
            examples=("waiting",),
        ),
        refusals=(NoSuchPool, BadText, BlockedText, KeyReused, LobbyFull, *ASKING),
    ),
    before_request=may_show,
)
async def show_anywhere(
    request: AnyRequest, data: JSONBody[ShowAnywhereBody], idempotency_key: IdempotencyKey = None
) -> Response[Any]:
    """Show a text on a free banner, chosen at random; where all are taken it waits in the lobby."""
    by, _ = caller(request)
    command_id = keyed_id(by, "show anywhere", idempotency_key, home="")
    reply = await calls_of(request).enter(pool_of(data.tag), Enter(id=command_id, by=by, text=data.text))
    if isinstance(reply, Refusal):
        return refused(reply)
    waits = reply.view.state == "waiting"
    return display_response(reply.view, HTTP_202_ACCEPTED if waits else HTTP_201_CREATED)


@get(
    "/v1/displays/{display:str}",
    summary="Follow a message",
    tags=["Displays"],
    opt=needs("viewer")
    | answers(
        Answer(
            HTTP_200_OK,
            "Where it is by now.",
            DisplayView,
            headers=("Location", "ETag", "Cache-Control"),
        ),
        Answer(
            HTTP_304_NOT_MODIFIED, "It is still as `If-None-Match` says.", headers=("ETag", "Cache-Control")
        ),
        refusals=(UnknownDisplay, *ASKING),
    ),
)
async def get_display(
    request: AnyRequest, display: FromPath[str], if_none_match: IfNoneMatch = None
) -> Response[Any]:
    """What has become of a message, from waiting to ended, for a day at least; and what hardware says of it.

    Hardware that says that it shows the message confirms it: `confirmed_from` when it first said so, and
    `confirmed_to` when it said that it did no longer, or, if it never did, when it last said that it does.
    """
    calls = calls_of(request)
    view = await calls.displays.find(display, clock.now())
    if view is None:
        return refused(UnknownDisplay(display_id=display))
    view = await calls.proof.of(view)
    headers = {"ETag": _tag(view), "Cache-Control": "no-cache"}
    if matches_tag(if_none_match, headers["ETag"]):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return display_response(view, HTTP_200_OK, headers)


@delete(
    "/v1/displays/{display:str}",
    status_code=HTTP_200_OK,
    summary="Take back a message",
    tags=["Displays"],
    opt=needs("author")
    | answers(
        Answer(HTTP_204_NO_CONTENT, "It neither waits nor shows any more."),
        refusals=(NotYours, NotShowing, UnknownDisplay, *ASKING),
    ),
)
async def end_display(request: AnyRequest, display: FromPath[str]) -> Response[Any]:
    """Leave the line, or end what shows."""
    calls = calls_of(request)
    view = await calls.displays.find(display, clock.now())
    if view is None:
        return refused(UnknownDisplay(display_id=display))
    if view.state == "ended":
        return refused(NotShowing(display_id=view.id))
    refusal = await _end(calls, view, caller(request))
    return _no_content() if refusal is None else refused(refusal)


ROUTES: Final = (show, replace, clear, show_anywhere, get_display, end_display)


async def _end(calls: Calls, view: DisplayView, who: tuple[str, Role]) -> Refusal | None:
    """End a display where it is; None when that is done."""
    by, role = who
    pool = calls.displays.pool_of(view.id)
    if view.banner is None and pool is not None:
        left = await calls.leave(pool, Leave(by=by, role=role, display_id=view.id))
        return left if isinstance(left, Refusal) else None
    command = Clear(by=by, role=role, display_id=view.id)
    reply = await calls.command(view.banner or "", command)
    return reply if isinstance(reply, Refusal) else None


def _asked_for(reply: Accepted[Banner]) -> DisplayView:
    """The display that an accepted Show asked for, as its commit left it."""
    assert reply.command is not None, "every Show has an id"
    display_id = DisplayId(reply.command)
    display = reply.state.display
    if display is not None and display.id == display_id:
        return showing_view(reply.state.id, display, reply.revision)
    view = display_view(reply.state, reply.revision, display_id, reply.at)
    assert view is not None, "an accepted Show shows or waits"
    return view


def _tag(view: DisplayView) -> str:
    """The banner's revision for what shows; how long others wait, and how it ended, changes without one."""
    if view.state == "showing" and view.revision is not None:
        return etag(view.revision)
    return digest_tag(msgspec.json.encode(view))


def _no_content(reply: Accepted[Banner] | None = None) -> Response[Any]:
    headers = {} if reply is None else {"ETag": etag(reply.revision)}
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers=headers)
