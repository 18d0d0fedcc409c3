"""The HTTP calls of operators about texts: what waits for their yes, and which words are blocked."""

from typing import Any, Final

from litestar import Response, delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from services.gateway.answers import ASKING, Answer, answers
from services.gateway.authors import caller, needs
from services.gateway.bodies import ApprovalBody, Limit
from services.gateway.calls import calls_of, display_response
from services.gateway.etags import etag
from services.gateway.problems import AnyRequest, invalid, refused
from shared.contracts.banner import Approve, Reject, SetApproval
from shared.contracts.blocklist import Block, Unblock
from shared.contracts.identity import DisplayId
from shared.contracts.refusals import (
    AlreadyBlocked,
    BadWord,
    BlocklistFull,
    NotBlocked,
    NotPending,
    QueueFull,
    Refusal,
    UnknownBanner,
    UnknownDisplay,
)
from shared.contracts.views import BannerView, BlocklistView, DisplayView, PendingPage, display_view
from shared.mesh import clock

DEFAULT_PAGE: Final = 100


@put(
    "/v1/banners/{banner:str}/approval",
    status_code=HTTP_200_OK,
    summary="Approve texts first",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(
            HTTP_200_OK,
            "From now on texts need a yes.",
            BannerView,
            headers=("ETag",),
            examples=("texts need a yes",),
        ),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def require_approval(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """From now on every text waits for an operator's yes before it shows, or waits for its turn."""
    by, role = caller(request)
    reply = await calls_of(request).command(banner, SetApproval(required=True, by=by, role=role))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(calls_of(request).view(reply), headers={"ETag": etag(reply.revision)})


# The framework wants a status with a body here, because a refusal has one; success is 204 all the same.
@delete(
    "/v1/banners/{banner:str}/approval",
    status_code=HTTP_200_OK,
    summary="Show texts at once",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_204_NO_CONTENT, "Texts need no yes any more.", headers=("ETag",)),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def waive_approval(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """Texts show without a yes again; those that wait for one go on waiting."""
    by, role = caller(request)
    reply = await calls_of(request).command(banner, SetApproval(required=False, by=by, role=role))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers={"ETag": etag(reply.revision)})


@get(
    "/v1/banners/{banner:str}/pending",
    summary="What waits for a yes on a banner",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_200_OK, "All of it.", PendingPage, headers=("ETag",)),
        refusals=(UnknownBanner, *ASKING),
    ),
)
async def pending_on(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """The texts that wait for a yes, the oldest first."""
    reply = await calls_of(request).get(banner)
    if isinstance(reply, Refusal):
        return refused(reply)
    waiting = calls_of(request).pending_on(reply.state, reply.revision, clock.now())
    return Response(PendingPage(waiting, None), headers={"ETag": etag(reply.revision)})


@get(
    "/v1/pending",
    summary="What waits for a yes anywhere",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_200_OK, "Some of it, by banner.", PendingPage),
        refusals=ASKING,
    ),
)
async def pending_anywhere(
    request: AnyRequest, cursor: FromQuery[str] = "", limit: Limit = DEFAULT_PAGE
) -> Response[Any]:
    """The texts that wait for a yes, by banner; `next_cursor` asks for the next page.

    A page ends with a whole banner, so it may have some more than `limit`.
    """
    calls = calls_of(request)
    await calls.displays.catch_up()
    return Response(calls.pending_page(cursor, limit, clock.now()))


@put(
    "/v1/displays/{display:str}/approval",
    status_code=HTTP_200_OK,
    summary="Say yes or no to a text",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(
            HTTP_200_OK,
            "What has become of it.",
            DisplayView,
            headers=("Location", "ETag"),
            examples=("showing", "queued", "rejected"),
        ),
        refusals=(UnknownDisplay, NotPending, QueueFull, *ASKING),
    ),
)
async def decide(request: AnyRequest, display: FromPath[str], data: JSONBody[ApprovalBody]) -> Response[Any]:
    """With a yes it shows, or waits for its turn; a no needs a reason, which its author reads."""
    by, role = caller(request)
    if not data.approved and data.reason is None:
        return invalid("expected a reason with a no, found none")
    calls = calls_of(request)
    view = await calls.displays.find(display, clock.now())
    if view is None:
        return refused(UnknownDisplay(display_id=display))
    if view.banner is None:
        return refused(NotPending(display_id=display))
    named = DisplayId(display)
    if data.approved:
        reply = await calls.command(view.banner, Approve(display_id=named, by=by, role=role))
    else:
        reason = data.reason or ""
        reply = await calls.command(view.banner, Reject(display_id=named, by=by, role=role, reason=reason))
    if isinstance(reply, Refusal):
        return refused(reply)
    decided = display_view(reply.state, reply.revision, display, reply.at)
    return display_response(decided or calls.rejected(view, reply, data.reason or ""), HTTP_200_OK)


@get(
    "/v1/blocklist",
    summary="Which words are blocked",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_200_OK, "All of them.", BlocklistView, headers=("ETag",)),
        refusals=ASKING,
    ),
)
async def get_blocklist(request: AnyRequest) -> Response[Any]:
    """All blocked words, in order."""
    reply = await calls_of(request).blocklists.get()
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(BlocklistView(reply.state.words, reply.revision), headers={"ETag": etag(reply.revision)})


@put(
    "/v1/blocklist/{word:str}",
    status_code=HTTP_200_OK,
    summary="Block a word",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_204_NO_CONTENT, "It is blocked."),
        refusals=(BadWord, BlocklistFull, *ASKING),
    ),
)
async def block(request: AnyRequest, word: FromPath[str]) -> Response[Any]:
    """No text with this word shows any more, however it is written; also where it was blocked before.

    Letters and digits; a `*` at its beginning or end stands for any that may be there.
    """
    by, role = caller(request)
    reply = await calls_of(request).blocklists.command(Block(word=word, by=by, role=role))
    if isinstance(reply, Refusal) and not isinstance(reply, AlreadyBlocked):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT)


@delete(
    "/v1/blocklist/{word:str}",
    status_code=HTTP_200_OK,
    summary="Unblock a word",
    tags=["Operators"],
    opt=needs("operator")
    | answers(
        Answer(HTTP_204_NO_CONTENT, "It is not blocked any more."),
        refusals=(BadWord, NotBlocked, *ASKING),
    ),
)
async def unblock(request: AnyRequest, word: FromPath[str]) -> Response[Any]:
    """Texts with this word may show again."""
    by, role = caller(request)
    reply = await calls_of(request).blocklists.command(Unblock(word=word, by=by, role=role))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT)


ROUTES: Final = (
    require_approval,
    waive_approval,
    pending_on,
    pending_anywhere,
    decide,
    get_blocklist,
    block,
    unblock,
)
