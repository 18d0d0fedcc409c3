"""Problems: every error of the HTTP side as RFC 9457 `application/problem+json`, from one place."""

import math
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.status_codes import (
    HTTP_204_NO_CONTENT,
    HTTP_400_BAD_REQUEST,
    HTTP_415_UNSUPPORTED_MEDIA_TYPE,
)

from shared.contracts.errors import AirDisplayError, OutcomeUnknown, Unreachable, Unreadable
from shared.contracts.refusals import (
    Busy,
    Failed,
    LobbyFull,
    MeshUnavailable,
    Overloaded,
    PendingFull,
    QueueFull,
    RecordUnreadable,
    Refusal,
    TooManyRequests,
    Unknown,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 1

AnyRequest = Request[Any, Any, Any]

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()

_JSON: Final = "application/json"
_WITH_BODY: Final = {"POST", "PUT", "PATCH"}

_SLUGS: Final = {
    400: ("malformed-request", "Malformed request"),
    401: ("not-authorized", "Not authorized"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    408: ("too-slow", "Too slow"),
    413: ("too-large", "Too large"),
    414: ("address-too-long", "Address too long"),
    415: ("unsupported-media-type", "Unsupported media type"),
    431: ("headers-too-large", "Headers too large"),
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The members that every problem has; the facts of a refusal stand beside them."""

    type: str
    title: str
    status: int
    detail: str


class Forbidden(AirDisplayError):
    """Raised where somebody asks for what is not theirs to ask."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


def problem(
    slug: str, title: str, status: int, detail: str, *, headers: dict[str, str] | None = None, **facts: Any
) -> Response[bytes]:
    """A problem as a response."""
    body = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail, **facts}
    return Response(_encoder.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def refused(refusal: Refusal) -> Response[bytes]:
    """A refusal as a response; its facts are members of the problem."""
    facts: dict[str, Any] = msgspec.to_builtins(refusal)
    del facts["reason"]
    headers: dict[str, str] = {}
    if isinstance(refusal, Busy | QueueFull | TooManyRequests):
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after_ms / 1000)))
    elif isinstance(refusal, MeshUnavailable | Overloaded | Unknown | LobbyFull | PendingFull):
        headers["Retry-After"] = str(RETRY_SECONDS)
    return problem(refusal.reason, refusal.title, refusal.code, refusal.detail, headers=headers, **facts)


def problem_of_status(status: int, detail: str) -> Response[bytes]:
    """The problem that a status of HTTP alone says, where no refusal of ours does."""
    slug, title = _SLUGS[status]
    return problem(slug, title, status, detail)


def invalid(detail: str) -> Response[bytes]:
    """A request that is well-formed and does not say what it should."""
    return problem("invalid-request", "Invalid request", 422, detail)


async def json_only(request: AnyRequest) -> Response[bytes] | None:
    """Refuse bodies that say that they are something else; say what else a path takes.

    Forms and plain text are what a page of another site can send without asking; JSON is not.
    """
    if request.method == "OPTIONS":
        return _options(request)
    kind = request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
    if request.method not in _WITH_BODY or kind == _JSON:
        return None
    slug, title = _SLUGS[HTTP_415_UNSUPPORTED_MEDIA_TYPE]
    return problem(slug, title, HTTP_415_UNSUPPORTED_MEDIA_TYPE, f"Expected {_JSON}, found {kind}.")


def on_forbidden(_request: AnyRequest, error: Forbidden) -> Response[bytes]:
    """It was asked by somebody with a lesser role."""
    return refused(error.refusal)


def _options(request: AnyRequest) -> Response[bytes]:
    """What can be done with a path; the framework would name the methods of one of its handlers only."""
    template = request.scope["path_template"]
    methods = {method for each in request.app.routes if each.path == template for method in each.methods}
    return Response(b"", status_code=HTTP_204_NO_CONTENT, headers={"Allow": ", ".join(sorted(methods))})


def on_unreachable(_request: AnyRequest, _error: Unreachable) -> Response[bytes]:
    """Nobody was asked; nothing was done."""
    return refused(MeshUnavailable())


def on_outcome_unknown(_request: AnyRequest, _error: OutcomeUnknown) -> Response[bytes]:
    """It was asked and nobody answered."""
    return refused(Unknown())


def on_unreadable(_request: AnyRequest, error: Unreadable) -> Response[bytes]:
    """What is stored cannot be read by this version."""
    log.error("record unreadable", problem=str(error))
    return refused(RecordUnreadable(problem=str(error)))


def on_validation(_request: AnyRequest, error: ValidationException) -> Response[bytes]:
    """A body or parameter that does not fit its type."""
    return invalid(_sentence(error))


def on_undecodable(_request: AnyRequest, error: UnicodeDecodeError | RecursionError) -> Response[bytes]:
    """A body that is no text, or nests without end: the decoder lets these out as they are."""
    found = "it nested too deeply" if isinstance(error, RecursionError) else "bytes that are no UTF-8"
    slug, title = _SLUGS[HTTP_400_BAD_REQUEST]
    return problem(slug, title, HTTP_400_BAD_REQUEST, f"Expected JSON, found {found}.")


def on_http_exception(_request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Whatever the framework refuses."""
    slug, title = _SLUGS.get(error.status_code, (f"http-{error.status_code}", "Request refused"))
    return problem(slug, title, error.status_code, error.detail, headers=error.headers)


def on_bug(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A fault of ours; the caller learns that, the log learns which."""
    log.error("bug", path=request.url.path, exc_info=error)
    return refused(Failed())


HANDLERS: Final[dict[int | type[Exception], Any]] = {
    Forbidden: on_forbidden,
    Unreachable: on_unreachable,
    OutcomeUnknown: on_outcome_unknown,
    Unreadable: on_unreadable,
    ValidationException: on_validation,
    UnicodeDecodeError: on_undecodable,
    RecursionError: on_undecodable,
    HTTPException: on_http_exception,
    Exception: on_bug,
}


def _sentence(error: ValidationException) -> str:
    """All that is wrong, in one sentence."""
    extra: Any = error.extra
    if not isinstance(extra, list) or not extra:
        return error.detail
    found: list[str] = []
    for each in extra:
        where = each.get("key") or each.get("source") or "body"
        what = each.get("message")
        # The framework says only the name of what is not there at all.
        found.append("expected a body, found nothing" if what == "'data'" else f"{where}: {what}")
    return "; ".join(found)
