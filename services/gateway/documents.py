"""What is read about the interface: `/docs` for HTTP, `/docs/live` for live channel and mesh, `/problems`.

The pages are made of the same descriptions that machines read; nothing is loaded from another host.
"""

from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from services.gateway import problem_types
from services.gateway.answers import JSON, Answer, answers
from services.gateway.asyncapi import asyncapi
from services.gateway.html import Html, code, heading, link, page, paragraph, table, words
from services.gateway.live_document import live_document
from services.gateway.pages import SECURITY_HEADERS, WEB
from services.gateway.problem_types import NOT_FOUND, ProblemType
from services.gateway.problems import AnyRequest

_HTML: Final = "text/html"


class ProblemPage(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of problem in words: what it means, whether to try again, and what one looks like."""

    type: str
    title: str
    status: int
    meaning: str
    retry: str
    example: dict[str, Any]


class SwaggerPage(OpenAPIRenderPlugin):
    """The page that draws the description of the HTTP side."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        return (WEB / "docs.html").read_bytes()


@get("/docs/asyncapi.json", include_in_schema=False)
async def asyncapi_json() -> Response[bytes]:
    """The description of the live channel and the mesh, for machines."""
    return Response(msgspec.json.encode(asyncapi()), media_type=JSON, headers=SECURITY_HEADERS)


@get("/docs/live", include_in_schema=False)
async def live_page() -> Response[bytes]:
    """The same for people."""
    return _page(live_document(asyncapi()))


@get("/problems", include_in_schema=False)
async def list_problems() -> Response[bytes]:
    """Every problem that there is."""
    rows = [
        (words(str(each.status)), link(each.uri, f"`{each.slug}`"), words(each.meaning), words(each.retry))
        for each in sorted(problem_types.every().values(), key=lambda each: (each.status, each.slug))
    ]
    lead = "Every error of the HTTP side is one of these, as `application/problem+json` (RFC 9457)."
    body = [paragraph(lead), table(("Status", "Problem", "Meaning", "Try again?"), rows)]
    return _page(page("Problems", body, here="/problems"))


@get(
    "/problems/{slug:str}",
    summary="What a problem means",
    tags=["Documents"],
    opt=answers(
        Answer(HTTP_200_OK, "The problem in words; as a page for whoever accepts HTML.", ProblemPage),
        refusals=(NOT_FOUND,),
    ),
)
async def explain_problem(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """What the `type` of every problem leads to."""
    kind = problem_types.every().get(slug)
    if kind is None:
        raise NotFoundException(f"There is no problem {slug!r}.")
    if _HTML in request.headers.get("accept", ""):
        return _page(page(f"{kind.title} ({kind.status})", _explained(kind), here="/problems"))
    told = ProblemPage(
        type=kind.uri,
        title=kind.title,
        status=kind.status,
        meaning=kind.meaning,
        retry=kind.retry,
        example=kind.example,
    )
    return Response(told)


ROUTES: Final = (asyncapi_json, live_page, list_problems, explain_problem)


def _explained(kind: ProblemType) -> list[Html]:
    facts = [(words(f"`{name}`"), words(fact["description"])) for name, fact in kind.facts.items()]
    return [
        paragraph(f"`{kind.uri}`"),
        paragraph(kind.meaning),
        heading(2, "Try again?"),
        paragraph(kind.retry),
        *([heading(2, "Facts"), table(("Member", "What it says"), facts)] if facts else []),
        heading(2, "What it looks like"),
        code(kind.example),
        paragraph(f"Headers: {', '.join(f'`{each}`' for each in kind.headers)}." if kind.headers else ""),
        Html(f"<p>{link('/problems', 'All problems')}</p>"),
    ]


def _page(content: bytes) -> Response[bytes]:
    return Response(content, media_type=_HTML, headers=SECURITY_HEADERS)
