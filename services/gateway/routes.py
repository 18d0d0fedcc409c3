"""The HTTP calls about banners: request to command, reply to response. One short function each."""

from typing import Any, Final

import msgspec
from litestar import Response, delete, get, post, put
from litestar.exceptions import ValidationException
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_201_CREATED,
    HTTP_204_NO_CONTENT,
    HTTP_304_NOT_MODIFIED,
)

from services.gateway.answers import ASKING, Answer, answers
from services.gateway.authors import caller, needs
from services.gateway.bodies import (
    Before,
    HistoryLimit,
    HoldBody,
    IdempotencyKey,
    IfNoneMatch,
    Kind,
    Limit,
    MeasuredAfter,
    MeasuredSince,
    RegisterBody,
    Status,
)
from services.gateway.calls import calls_of, keyed_id, new_banner_id
from services.gateway.etags import digest_tag, etag, matches, matches_tag
from services.gateway.problems import AnyRequest, invalid, refused
from shared.contracts.banner import Hold, Register, Release, showing
from shared.contracts.errors import Malformed
from shared.contracts.instants import checked_instant
from shared.contracts.refusals import (
    AlreadyRegistered,
    KeyReused,
    NotHeld,
    Refusal,
    UnknownBanner,
)
from shared.contracts.views import BannerInFull, BannerPage, BannerView, HistoryPage, TelemetryPage
from shared.mesh import clock

DEFAULT_PAGE: Final = 100
DEFAULT_HISTORY: Final = 20


@post(
    "/v1/banners",
    status_code=HTTP_201_CREATED,
    summary="Register a banner",
    tags=["Banners"],
    opt=needs("operator")
    | answers(
        Answer(
            HTTP_201_CREATED,
            "The banner is there.",
            BannerView,
            headers=("Location", "ETag"),
            examples=("new",),
        ),
        refusals=(AlreadyRegistered, KeyReused, *ASKING),
    ),
)
async def register(
    request: AnyRequest,
    data: JSONBody[RegisterBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """A new banner, which shows nothing yet. Without an `id` it gets one."""
    by, _ = caller(request)
    # Not at home anywhere: the same key is recognised whichever id comes with it.
    command_id = keyed_id(by, "register", idempotency_key, home="")
    banner = data.id or new_banner_id(command_id)
    command = Register(id=command_id, by=by, name=data.name, tags=data.tags)
    reply = await calls_of(request).command(banner, command)
    if isinstance(reply, Refusal):
        return refused(reply)
    headers = {"Location": f"/v1/banners/{banner}", "ETag": etag(reply.revision)}
    return Response(calls_of(request).view(reply), headers=headers)


@get(
    "/v1/banners",
    summary="List banners",
    tags=["Banners"],
    opt=needs("viewer")
    | answers(
        Answer(
            HTTP_200_OK,
            "Some banners, in the order of their ids.",
            BannerPage,
            headers=("ETag", "Cache-Control"),
        ),
        Answer(
            HTTP_304_NOT_MODIFIED, "It is still as `If-None-Match` says.", headers=("ETag", "Cache-Control")
        ),
    ),
)
async def list_banners(
    request: AnyRequest,
    *,
    tag: FromQuery[str | None] = None,
    status: FromQuery[Status | None] = None,
    cursor: FromQuery[str] = "",
    limit: Limit = DEFAULT_PAGE,
    if_none_match: IfNoneMatch = None,
) -> Response[BannerPage]:
    """Banners in the order of their ids; `next_cursor` asks for the next page."""
    if request.query_params.get("status") == "null":  # the framework takes that word for nothing
        raise ValidationException("status: Invalid enum value 'null'")
    page = calls_of(request).page(cursor, limit, tag, status, clock.now())
    body: Any = msgspec.json.encode(page)
    headers = {"ETag": digest_tag(body), "Cache-Control": "no-cache"}
    if matches_tag(if_none_match, headers["ETag"]):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)  # type: ignore[arg-type]
    return Response(body, media_type="application/json", headers=headers)


@get(
    "/v1/banners/{banner:str}",
    summary="One banner",
    tags=["Banners"],
    opt=needs("viewer")
    | answers(
        Answer(HTTP_200_OK, "The banner, as of now.", BannerInFull, headers=("ETag",)),
        Answer(HTTP_304_NOT_MODIFIED, "It is still as `If-None-Match` says.", headers=("ETag",)),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def get_banner(
    request: AnyRequest, banner: FromPath[str], if_none_match: IfNoneMatch = None
) -> Response[Any]:
    """One banner as the store has it now. To poll, send the `ETag` as `If-None-Match`.

    The `ETag` is the revision of what was decided, so 304 says that nothing else was. What hardware says
    stands beside that and changes without a revision: who polls for it asks without `If-None-Match`.
    """
    reply = await calls_of(request).get(banner)
    if isinstance(reply, Refusal):
        return refused(reply)
    headers = {"ETag": etag(reply.revision)}
    # A display that ends by its deadline changes what is seen without a new revision.
    over = reply.state.display is not None and showing(reply.state, clock.now()) is None
    if not over and matches(if_none_match, reply.revision):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(await calls_of(request).in_full(reply), headers=headers)


@get(
    "/v1/banners/{banner:str}/telemetry",
    summary="What is measured on a banner",
    tags=["Banners"],
    opt=needs("viewer")
    | answers(
        Answer(HTTP_200_OK, "What was measured.", TelemetryPage),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def get_telemetry(
    request: AnyRequest,
    *,
    banner: FromPath[str],
    kind: Kind = None,
    since: MeasuredSince = None,
    cursor: MeasuredAfter = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response[Any]:
    """Without a `kind`, the newest of each kind. With one, its values, the oldest first, for a day.

    From `since` on, `limit` of them, and `next_cursor` asks, as `cursor`, for those that came after; without
    `since`, the last `limit` of them.
    """
    calls = calls_of(request)
    if cursor is not None and kind is None:
        return invalid("cursor: Expected a `kind` with it, found none")
    try:
        start = None if since is None else checked_instant(since)
    except Malformed as error:
        return invalid(f"since: {error}")
    known = await calls.banner_known(banner)
    if isinstance(known, Refusal):
        return refused(known)
    if kind is None:
        return Response(TelemetryPage((await calls.series.newest(known, start))[:limit], None))
    after = None if cursor is None else int(cursor)
    return Response(await calls.series.page(known, kind, since=start, cursor=after, limit=limit))


@get(
    "/v1/banners/{banner:str}/history",
    summary="What was decided about a banner",
    tags=["Banners"],
    opt=needs("viewer")
    | answers(
        Answer(HTTP_200_OK, "Some decisions, the newest first.", HistoryPage),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def get_history(
    request: AnyRequest,
    banner: FromPath[str],
    before: Before = None,
    limit: HistoryLimit = DEFAULT_HISTORY,
) -> Response[Any]:
    """Every decision, the newest first; `next_cursor` asks, as `before`, for the page after this one.

    Where a display ended, it is told from when to when the hardware has confirmed it. Kept for 30 days, and
    at most 10,000 a banner.
    """
    page = await calls_of(request).history(banner, None if before is None else int(before), limit)
    return refused(UnknownBanner(banner=banner)) if page is None else Response(page)


@put(
    "/v1/banners/{banner:str}/hold",
    status_code=HTTP_200_OK,
    summary="Hold a banner",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_200_OK, "The banner is on hold.", BannerView, headers=("ETag",), examples=("on hold",)),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def hold(request: AnyRequest, banner: FromPath[str], data: JSONBody[HoldBody]) -> Response[Any]:
    """Nothing shows until it is released: what shows ends, and the queue stands still."""
    by, role = caller(request)
    reply = await calls_of(request).command(banner, Hold(by=by, role=role, reason=data.reason))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(calls_of(request).view(reply), headers={"ETag": etag(reply.revision)})


# The framework wants a status with a body here, because a refusal has one; success is 204 all the same.
@delete(
    "/v1/banners/{banner:str}/hold",
    status_code=HTTP_200_OK,
    summary="Release a banner",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_204_NO_CONTENT, "The hold has ended.", headers=("ETag",)),
        refusals=(NotHeld, UnknownBanner, *ASKING),
    ),
)
async def release(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """The hold ends, and the queue goes on."""
    by, role = caller(request)
    reply = await calls_of(request).command(banner, Release(by=by, role=role))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers={"ETag": etag(reply.revision)})


ROUTES: Final = (register, list_banners, get_banner, get_telemetry, get_history, hold, release)
