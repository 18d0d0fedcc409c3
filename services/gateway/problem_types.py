"""Every problem that there is: what it is called, what it means, which facts it tells, whether to try again.

Made of the refusals themselves and of `HTTP_PROBLEMS`, which are what the gateway says of its own accord. The
documents and `/problems/<slug>` are made of these, and a test compares them with what callers really get.
"""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec

from services.gateway.problems import refused
from services.gateway.schemas import Schema, described
from services.gateway.words import WORDS
from shared.contracts import refusals
from shared.contracts.refusals import Refusal

_FACTS: Final[Mapping[str, Any]] = {
    "at_most": 20,
    "banner": "lightning",
    "display_id": "1ab9fb6f0c5d71b0e2aa9f10",
    "expected": 56,
    "limit": "shows-per-user",
    "found": "https://other.example",
    "missing": ["banner service"],
    "not_after": "2026-05-04T12:00:05.000Z",
    "pool": "tag-coast",
    "position": 2,
    "problem": "expected 1 to 120 characters, found nothing",
    "retry_after_ms": 24_750,
    "revision": 57,
    "since": "2026-05-04T11:58:00.000Z",
    "until": "2026-05-04T12:01:00.250Z",
    "word": "frog",
}
"""An example of each fact that a problem may tell; what it means stands in `words`."""

_EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "blocked-text": {"found": "F.R.0.G"},
    "bad-word": {"problem": "expected 2 to 64 characters beside the *, found 1"},
    "blocklist-full": {"at_most": 1_000},
    "held": {"problem": "storm warning"},
    "lobby-full": {"at_most": 1_000},
    "record-unreadable": {"problem": "expected a banner record of schema 3 or older, found 4"},
    "unknown-banner": {"banner": "nobody"},
    "wrong-host": {"found": "other.example"},
}
"""Where the example of a fact would not fit."""

_NO: Final = "No: the same again is answered the same."
_AFTER: Final = "Yes, after as many seconds as `Retry-After` says."
_RETRY: Final[Mapping[str, str]] = {
    "already-pending": "Once an operator has said yes or no to the other text, or it was taken back.",
    "already-waiting": "Once that display has had its turn, or was taken back.",
    "failed": "Not at once: somebody has to mend it. With the same `Idempotency-Key` that does no harm.",
    "held": "Once the banner is released; or wait in its queue, which is open.",
    "needs-if-match": "Yes, with `If-Match` and the `ETag` of what you have seen.",
    "not-author": "Yes, with the token of an author.",
    "not-authorized": "Yes, with a valid token, or as a guest without any where guests are let in.",
    "not-operator": "Yes, with the token of an operator.",
    "outcome-unknown": "Yes, with the same `Idempotency-Key`: that finds out what became of it.",
    "stale": "Yes, after a look at what is there now.",
    "too-late": "Yes, at once: nothing was done.",
}


class ProblemType(NamedTuple):
    """One `/problems/<slug>`."""

    slug: str
    title: str
    status: int
    meaning: str
    facts: Schema
    """JSON schemas of the members beside those that every problem has."""
    example: dict[str, Any]
    headers: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """Its `type`."""
        return f"/problems/{self.slug}"

    @property
    def name(self) -> str:
        """What its schema is called."""
        return "".join(word.capitalize() for word in self.slug.split("-")) + "Problem"

    @property
    def retry(self) -> str:
        """Whether to try again."""
        return _RETRY.get(self.slug, _AFTER if "Retry-After" in self.headers else _NO)

    @property
    def schema(self) -> Schema:
        """The schema of the whole problem."""
        common: Schema = {
            "type": {"const": self.uri},
            "title": {"const": self.title},
            "status": {"const": self.status},
            "detail": {"type": "string", "description": "One sentence for people."},
        }
        return {
            "title": self.name,
            "description": f"{self.meaning}\n\nTry again? {self.retry}",
            "type": "object",
            "properties": {**common, **self.facts},
            "required": [*common, *self.facts],
            "examples": [self.example],
        }


def _http(
    slug: str,
    title: str,
    status: int,
    detail: str,
    meaning: str,
    *,
    headers: tuple[str, ...] = (),
    **facts: Any,
) -> ProblemType:
    example = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail}
    example |= {name: _FACTS[name] for name in facts}
    described_facts = {name: {**schema, "description": WORDS[name]} for name, schema in facts.items()}
    return ProblemType(slug, title, status, meaning, described_facts, example, headers)


MALFORMED_REQUEST: Final = _http(
    "malformed-request",
    "Malformed request",
    400,
    "Expected JSON, found bytes that are no UTF-8.",
    "The request cannot be read at all: its body is no JSON, or no text.",
)
NOT_AUTHORIZED: Final = _http(
    "not-authorized",
    "Not authorized",
    401,
    "Expected a token that is still valid, found one that expired at 2026-05-04T12:00:00.000Z.",
    "The request shows a token that proves nothing, or none where guests are not let in.",
    headers=("WWW-Authenticate",),
)
NOT_FOUND: Final = _http("not-found", "Not found", 404, "Not Found", "There is nothing at this path.")
METHOD_NOT_ALLOWED: Final = _http(
    "method-not-allowed",
    "Method not allowed",
    405,
    "Method Not Allowed",
    "There is something at this path, and this cannot be done with it; `Allow` says what can.",
    headers=("Allow",),
)
TOO_LARGE: Final = _http(
    "too-large", "Too large", 413, "Request Entity Too Large", "The body is longer than bodies may be."
)
TOO_SLOW: Final = _http(
    "too-slow",
    "Too slow",
    408,
    "Expected the body within 20 s, found a part of it.",
    "The request did not come as a whole in the time that there is for it; the connection ends.",
)
ADDRESS_TOO_LONG: Final = _http(
    "address-too-long",
    "Address too long",
    414,
    "Expected at most 16384 bytes of path and query, found more.",
    "Path and query are longer than they may be; the connection ends.",
)
HEADERS_TOO_LARGE: Final = _http(
    "headers-too-large",
    "Headers too large",
    431,
    "Expected at most 100 headers of 32768 bytes, found more.",
    "There are more headers, or longer ones, than there may be; the connection ends.",
)
UNSUPPORTED_MEDIA_TYPE: Final = _http(
    "unsupported-media-type",
    "Unsupported media type",
    415,
    "Expected application/json, found text/plain.",
    "The body says that it is something else than JSON.",
)
INVALID_REQUEST: Final = _http(
    "invalid-request",
    "Invalid request",
    422,
    "limit: Expected `int` <= 1000",
    "The request can be read, and a part of it is not as it has to be; `detail` names each.",
)
NOT_READY: Final = _http(
    "not-ready",
    "Not ready",
    503,
    "Not ready; missing: banner service.",
    "This gateway cannot be of use at present; `missing` says why.",
    headers=("Retry-After",),
    missing={"type": "array", "items": {"type": "string"}},
)

HTTP_PROBLEMS: Final = (
    MALFORMED_REQUEST,
    NOT_AUTHORIZED,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_SLOW,
    TOO_LARGE,
    ADDRESS_TOO_LONG,
    HEADERS_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_REQUEST,
    NOT_READY,
)
"""What the gateway says of its own accord."""

INTERNAL: Final = (refusals.Malformed, refusals.NotDue, refusals.AlreadyBlocked)
"""Refusals between services, which nobody meets over HTTP."""


@cache
def of(kind: type[Refusal]) -> ProblemType:
    """The problem that a refusal is over HTTP; its headers are those that it is really sent with."""
    example = example_of(kind)
    response = refused(example)
    _, components = described([kind])
    properties = next(each for each in components.values() if "reason" in each["properties"])["properties"]
    facts = {name: schema for name, schema in properties.items() if name != "reason"}
    for fact in facts.values():
        fact.pop("default", None)  # it is always sent
    return ProblemType(
        slug=example.reason,
        title=kind.title,
        status=kind.code,
        meaning=inspect.cleandoc(kind.__doc__ or ""),
        facts=facts,
        example=msgspec.json.decode(response.content),
        headers=tuple(response.headers),
    )


def example_of(kind: type[Refusal]) -> Refusal:
    """A refusal of this kind, as it may be met."""
    own = _EXAMPLES.get(str(kind.__struct_config__.tag), {})
    facts = {name: own[name] if name in own else _FACTS[name] for name in kind.__struct_fields__}
    return msgspec.convert({"reason": kind.__struct_config__.tag, **facts}, kind)


@cache
def every() -> Mapping[str, ProblemType]:
    """All problems that are met over HTTP, by slug."""
    kinds = [each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refusal)]
    met = [of(kind) for kind in kinds if kind not in {Refusal, *INTERNAL}]
    return {each.slug: each for each in sorted([*met, *HTTP_PROBLEMS])}
