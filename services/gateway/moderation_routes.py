"""The HTTP calls of operators about texts: what waits for their yes, and which words are blocked."""

from typing import Any, Final

from litestar import Response, delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from services.gateway.authors import caller
from services.gateway.bodies import ApprovalBody, Limit
from services.gateway.calls import calls_of, display_response
from services.gateway.etags import etag
from services.gateway.problems import AnyRequest, invalid, refused
from shared.contracts.banner import Approve, Reject, SetApproval
from shared.contracts.blocklist import Block, Unblock
from shared.contracts.identity import DisplayId
from shared.contracts.refusals import AlreadyBlocked, NotOperator, NotPending, Refusal, UnknownDisplay
from shared.contracts.views import BlocklistView, PendingPage, display_view
from shared.mesh import clock

DEFAULT_PAGE: Final = 100


@put("/v1/banners/{banner:str}/approval", status_code=HTTP_200_OK, summary="Approve texts first")
async def require_approval(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """For operators: from now on every text waits for a yes. Refusals: 403 `not-operator`, 404."""
    by, role = caller(request)
    reply = await calls_of(request).command(banner, SetApproval(required=True, by=by, role=role))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(calls_of(request).view(reply), headers={"ETag": etag(reply.revision)})


# The framework wants a status with a body here, because a refusal has one; success is 204 all the same.
@delete("/v1/banners/{banner:str}/approval", status_code=HTTP_200_OK, summary="Show texts at once")
async def waive_approval(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """For operators: texts show without a yes again; those that wait for one go on waiting.

    Refusals: 403 `not-operator`, 404.
    """
    by, role = caller(request)
    reply = await calls_of(request).command(banner, SetApproval(required=False, by=by, role=role))
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers={"ETag": etag(reply.revision)})


@get("/v1/banners/{banner:str}/pending", summary="What waits for a yes on a banner")
async def pending_on(request: AnyRequest, banner: FromPath[str]) -> Response[Any]:
    """For operators: the texts that wait for a yes, the oldest first. Refusals: 403 `not-operator`, 404."""
    if (refusal := _refused_to_others(request)) is not None:
        return refused(refusal)
    reply = await calls_of(request).get(banner)
    if isinstance(reply, Refusal):
        return refused(reply)
    waiting = calls_of(request).pending_on(reply.state, reply.revision, clock.now())
    return Response(PendingPage(waiting, None), headers={"ETag": etag(reply.revision)})


@get("/v1/pending", summary="What waits for a yes anywhere")
async def pending_anywhere(
    request: AnyRequest, cursor: FromQuery[str] = "", limit: Limit = DEFAULT_PAGE
) -> Response[Any]:
    """For operators: the texts that wait for a yes, by banner; `next_cursor` asks for the next page.

    A page ends with a whole banner, so it may have some more than `limit`. Refusals: 403 `not-operator`.
    """
    if (refusal := _refused_to_others(request)) is not None:
        return refused(refusal)
    calls = calls_of(request)
    await calls.displays.catch_up()
    return Response(calls.pending_page(cursor, limit, clock.now()))


@put("/v1/displays/{display:str}/approval", status_code=HTTP_200_OK, summary="Say yes or no to a text")
async def decide(request: AnyRequest, display: FromPath[str], data: JSONBody[ApprovalBody]) -> Response[Any]:
    """For operators: with a yes it shows, or waits for its turn; a no needs a reason, which its author reads.

    Refusals: 403 `not-operator`, 404 `not-pending`, `unknown-display`, 422, 429 `queue-full`.
    """
    by, role = caller(request)
    if role != "operator":
        return refused(NotOperator())
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


@get("/v1/blocklist", summary="Which words are blocked")
async def get_blocklist(request: AnyRequest) -> Response[Any]:
    """For operators: all blocked words, in order. Refusals: 403 `not-operator`."""
    if (refusal := _refused_to_others(request)) is not None:
        return refused(refusal)
    reply = await calls_of(request).blocklists.get()
    if isinstance(reply, Refusal):
        return refused(reply)
    return Response(BlocklistView(reply.state.words, reply.revision), headers={"ETag": etag(reply.revision)})


@put("/v1/blocklist/{word:str}", status_code=HTTP_200_OK, summary="Block a word")
async def block(request: AnyRequest, word: FromPath[str]) -> Response[Any]:
    """For operators: no text with this word shows any more, however it is written.

    204, also where it was blocked before.
    Letters and digits; a `*` at its beginning or end stands for any that may be there.
    Refusals: 403 `not-operator`, 409 `blocklist-full`, 422 `bad-word`.
    """
    by, role = caller(request)
    reply = await calls_of(request).blocklists.command(Block(word=word, by=by, role=role))
    if isinstance(reply, Refusal) and not isinstance(reply, AlreadyBlocked):
        return refused(reply)
    return Response(None, status_code=HTTP_204_NO_CONTENT)


@delete("/v1/blocklist/{word:str}", status_code=HTTP_200_OK, summary="Unblock a word")
async def unblock(request: AnyRequest, word: FromPath[str]) -> Response[Any]:
    """For operators: texts with this word may show again.

    Refusals: 403 `not-operator`, 404 `not-blocked`, 422 `bad-word`.
    """
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


def _refused_to_others(request: AnyRequest) -> Refusal | None:
    """What anybody but an operator is told."""
    _, role = caller(request)
    return None if role == "operator" else NotOperator()
