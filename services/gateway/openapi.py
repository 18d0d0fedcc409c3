"""The description of the HTTP side in OpenAPI 3.1: what the framework knows of the routes, and their answers.

Made once, when somebody first asks for it. What a route answers it says itself, in `answers`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from litestar import Litestar, Request, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.routes import HTTPRoute
from litestar.status_codes import HTTP_201_CREATED

from services.gateway.answers import JSON, Answer, Answers, answers_of
from services.gateway.authors import role_needed
from services.gateway.examples import EXAMPLES
from services.gateway.pages import secured
from services.gateway.problem_types import ProblemType
from services.gateway.problems import MEDIA_TYPE
from services.gateway.schemas import Schema, described, reference
from shared.contracts.identity import ID_PATTERN
from shared.contracts.live import CallerRole
from shared.contracts.views import BannerView, DisplayView
from shared.mesh.services import VERSION

TITLE: Final = "AirDisplay"

_ABOUT: Final = """\
Planes tow electronic banners. A text shows on one of them for 60 s; **no message ever overwrites another**.

- Every error is a [problem](/problems) of RFC 9457, `application/problem+json`; its `type` explains it.
- An `ETag` is the revision of a banner. Send it as `If-Match` to change only what you have seen.
- Send an `Idempotency-Key` with every `POST`: the same key and body find out what became of a lost answer.
- Times are RFC 3339 in UTC with milliseconds. A display past its `until` is never returned.
"""

TAGS: Final = {
    "Banners": "The banners, what they show now and what they have shown.",
    "Displays": "A message: show it, wait for a turn, follow it, mend it, take it back.",
    "Operators": "For those who run the banners.",
    "Health": "For machines that look after machines.",
    "Documents": "What describes all this.",
}

HEADERS: Final[Mapping[str, tuple[str, Schema]]] = {
    "ETag": (
        "In quotes: of a banner its revision, of a list or a display a digest of what it says.",
        {"type": "string", "pattern": r'^"[0-9a-f]+"$', "examples": ['"57"', '"c7cb35cbbcda0dda3b83474a"']},
    ),
    "Location": (
        "Where to find what was made.",
        {"type": "string", "format": "uri-reference", "examples": ["/v1/displays/1ab9fb6f0c5d71b0e2aa9f10"]},
    ),
    "Cache-Control": ("Ask each time whether it is still so.", {"type": "string", "examples": ["no-cache"]}),
    "Retry-After": ("How many seconds to wait before trying again.", {"type": "integer", "minimum": 1}),
    "WWW-Authenticate": (
        "What to show, and what was wrong with what was shown.",
        {"type": "string", "examples": ['Bearer error="invalid_token", error_description="Expected …"']},
    ),
    "Allow": ("What can be done with this path.", {"type": "string", "examples": ["GET, POST"]}),
}

_PARAMETERS: Final[Mapping[str, Schema]] = {
    "banner": {
        "description": "The id of a banner.",
        "schema": {"type": "string", "pattern": ID_PATTERN},
        "example": "lightning",
    },
    "display": {
        "description": "The id of a display: of what was shown, or waits.",
        "schema": {"type": "string", "pattern": ID_PATTERN},
        "example": "1ab9fb6f0c5d71b0e2aa9f10",
    },
    "word": {
        "description": "A word; `*` at its beginning or end stands for any letters there.",
        "schema": {"type": "string"},
        "example": "frog",
    },
    "slug": {"description": "What stands behind `/problems/` in a `type`.", "example": "busy"},
    "tag": {"description": "Only banners with this tag.", "example": "coast"},
    "status": {"description": "Only banners that are that at present."},
    "cursor": {"description": "Where the page before ended: its `next_cursor`."},
    "limit": {"description": "How many at most."},
}
"""What the framework cannot know of parameters; what it does know stays."""

_NOISE: Final = ("deprecated", "allowEmptyValue", "allowReserved")
_SECURITY: Final[Mapping[str, Schema]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token; what it may do is its role: viewer, author or operator.",
    },
    "guest": {
        "type": "apiKey",
        "in": "cookie",
        "name": "airdisplay_guest",
        "description": "A guest, told apart by a cookie that the page at `/` sets; without one, by address.",
    },
}
_ANYBODY: Final[list[Schema]] = [{}, {"guest": []}, {"bearer": []}]
_OPERATORS: Final[list[Schema]] = [{"bearer": ["operator"]}]
_IDS_IN: Final[Mapping[Any, Mapping[str, str]]] = {
    BannerView: {"banner": "$response.body#/id"},
    DisplayView: {"display": "$response.body#/id", "banner": "$response.body#/banner"},
}
"""Where the ids of what was made stand in an answer, by the parameter that takes them."""


class _Operation(NamedTuple):
    path: str
    handler: HTTPRouteHandler
    described: Schema
    """What the framework says of it; is completed in place."""
    answers: Answers

    @property
    def parameters(self) -> list[Schema]:
        return list(self.described.get("parameters", ()))

    @property
    def body(self) -> Any:
        field = self.handler.parsed_fn_signature.parameters.get("data")
        return None if field is None else field.annotation

    @property
    def role(self) -> CallerRole | None:
        return role_needed(self.handler.opt)

    @property
    def problems(self) -> list[ProblemType]:
        return self.answers.problems(
            role=self.role,
            has_id="{" in self.path,
            has_parameters=any(each["in"] != "path" for each in self.parameters),
            has_body=self.body is not None,
        )


class OpenApiJson(OpenAPIRenderPlugin):
    """Serves the description."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json", media_type=JSON)  # type: ignore[arg-type]
        self._encoded: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._encoded is None:
            self._encoded = msgspec.json.encode(completed(request.app, openapi_schema))
        return self._encoded


def openapi(*pages: OpenAPIRenderPlugin) -> OpenAPIConfig:
    """How the framework serves the description, and the pages made of it."""
    return OpenAPIConfig(
        title=TITLE,
        version=VERSION,
        description=_ABOUT,
        path="/docs",
        use_handler_docstrings=True,
        render_plugins=[*pages, OpenApiJson()],
        openapi_router=Router("/docs", route_handlers=[], include_in_schema=False, after_request=secured),
        operation_id_creator=lambda handler, _method, _path: _camel(handler.handler_name),
    )


def completed(app: Litestar, framework: Mapping[str, Any]) -> Schema:
    """What the framework describes, with all that it cannot know."""
    document: Schema = msgspec.json.decode(msgspec.json.encode(framework))
    operations = list(_operations(app, document))
    types = [kind for each in operations for kind in _types(each)]
    schemas, components = described(types)
    schema_of = dict(zip(map(id, types), schemas, strict=True))
    problems = {kind.name: kind.schema for each in operations for kind in each.problems}
    followers = [each for each in operations if each.role != "operator"]
    for each in operations:
        _complete(each, schema_of, followers)
    document["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    document["components"] = {
        "schemas": {**components, **dict(sorted(problems.items()))},
        "headers": {
            name: {"description": words, "schema": schema} for name, (words, schema) in HEADERS.items()
        },
        "securitySchemes": _SECURITY,
    }
    return document


def _operations(app: Litestar, document: Schema) -> Iterator[_Operation]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            described_as = document["paths"].get(route.path_format, {}).get(method.lower())
            declared = answers_of(handler.opt)
            if described_as is not None and declared is not None:
                yield _Operation(route.path_format, handler, described_as, declared)


def _types(operation: _Operation) -> list[Any]:
    bodies = [operation.body, *(answer.body for answer in operation.answers.successes)]
    return [each for each in bodies if each is not None and not isinstance(each, dict)]


def _complete(operation: _Operation, schema_of: Mapping[int, Schema], followers: list[_Operation]) -> None:
    described_as = operation.described
    described_as.pop("deprecated", None)
    if "parameters" in described_as:
        described_as["parameters"] = [_parameter(each) for each in operation.parameters]
    if operation.body is not None:
        content = {JSON: {"schema": schema_of[id(operation.body)], **_examples(operation.body)}}
        described_as["requestBody"] = {"required": True, "content": content}
    responses = {
        str(answer.status): _success(answer, schema_of, followers) for answer in operation.answers.successes
    }
    described_as["responses"] = responses | dict(_problems(operation.problems))
    if operation.role is not None:
        described_as["security"] = _OPERATORS if operation.role == "operator" else _ANYBODY


# --- parameters -----------------------------------------------------------------------------------


def _parameter(parameter: Schema) -> Schema:
    """As somebody sends it: what may be left out is never sent as null."""
    known = _PARAMETERS.get(parameter["name"], {})
    schema = _not_null(parameter["schema"])
    schema.pop("description", None)
    kept = {name: value for name, value in parameter.items() if name not in _NOISE}
    return {**kept, **known, "schema": {**schema, **known.get("schema", {})}}


def _not_null(schema: Schema) -> Schema:
    own = {name: value for name, value in schema.items() if name != "oneOf"}
    for alternative in schema.get("oneOf", ()):
        if alternative.get("type") != "null":
            own = {**alternative, **own}
    if isinstance(own.get("type"), list):
        (own["type"],) = (each for each in own["type"] if each != "null")
    if "enum" in own:
        own["enum"] = [each for each in own["enum"] if each is not None]
    return {name: int(value) if isinstance(value, float) else value for name, value in own.items()}


# --- answers --------------------------------------------------------------------------------------


def _success(answer: Answer, schema_of: Mapping[int, Schema], followers: list[_Operation]) -> Schema:
    response: Schema = {"description": answer.words}
    if answer.headers:
        response["headers"] = _headers(answer.headers)
    if isinstance(answer.body, dict):
        response["content"] = {answer.media_type: {"schema": answer.body}}
    elif answer.body is not None:
        content = {"schema": schema_of[id(answer.body)], **_examples(answer.body, answer.examples)}
        response["content"] = {answer.media_type: content}
    if answer.status == HTTP_201_CREATED and (links := _links(answer, followers)):
        response["links"] = links
    return response


def _problems(problems: list[ProblemType]) -> Iterator[tuple[str, Schema]]:
    """One response for each status, with a schema for each problem that has it."""
    for status in sorted({each.status for each in problems}):
        kinds = [each for each in problems if each.status == status]
        schema = reference(kinds[0].name)
        if len(kinds) > 1:
            mapping = {each.uri: reference(each.name)["$ref"] for each in kinds}
            schema = {
                "oneOf": [reference(each.name) for each in kinds],
                "discriminator": {"propertyName": "type", "mapping": mapping},
            }
        listed = [f"[`{each.slug}`]({each.uri}): {each.meaning}" for each in kinds]
        response: Schema = {
            "description": "\n\n".join(listed),
            "content": {
                MEDIA_TYPE: {
                    "schema": schema,
                    "examples": {each.slug: {"value": each.example} for each in kinds},
                }
            },
        }
        headers = tuple(dict.fromkeys(name for each in kinds for name in each.headers))
        if headers:
            response["headers"] = _headers(headers)
        yield str(status), response


def _headers(names: tuple[str, ...]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _examples(kind: Any, names: tuple[str, ...] = ()) -> Schema:
    """The examples of a type: those of these names, or all."""
    examples = EXAMPLES.get(kind, {})
    values = {
        name: {"value": msgspec.json.decode(msgspec.json.encode(examples[name]))}
        for name in names or examples
    }
    return {"examples": values} if values else {}


def _links(answer: Answer, followers: list[_Operation]) -> Schema:
    """What can be done with that which was made: calls that take its id, or the banner that it is on."""
    ids = _IDS_IN.get(answer.body, {})
    links: Schema = {}
    for each in followers:
        wanted = {parameter["name"]: parameter["in"] for parameter in each.parameters}
        taken = {
            f"path.{name}": ids[name] for name, place in wanted.items() if place == "path" and name in ids
        }
        changes_shown = "If-Match" in wanted
        if taken and (answer.body is BannerView or "display" in wanted or changes_shown):
            if changes_shown:
                taken["header.If-Match"] = "$response.header.ETag"
            name = each.described["operationId"]
            links[name] = {"operationId": name, "parameters": taken}
    return links


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
