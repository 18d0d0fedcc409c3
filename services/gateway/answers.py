"""How a route says what it answers, in one place, beside the route: `opt=answers(…)` in its decorator.

What every call may meet is added by itself; a test goes red for a route without this, and for an answer
that is not among what its route declares.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from services.gateway import problem_types
from services.gateway.problem_types import ProblemType
from shared.contracts.live import CallerRole
from shared.contracts.refusals import (
    Failed,
    MeshUnavailable,
    NotAuthor,
    NotOperator,
    Overloaded,
    RecordUnreadable,
    Refusal,
    TooLate,
    TooManyRequests,
    Unknown,
    WrongHost,
    WrongOrigin,
)

JSON: Final = "application/json"

_OPT: Final = "answers"

Declared = type[Refusal] | ProblemType

EVERYWHERE: Final[tuple[Declared, ...]] = (Failed, WrongHost, WrongOrigin)
"""What any call may meet."""
CALLING: Final[tuple[Declared, ...]] = (
    problem_types.NOT_AUTHORIZED,
    problem_types.MALFORMED_REQUEST,
    problem_types.TOO_SLOW,
    problem_types.ADDRESS_TOO_LONG,
    problem_types.HEADERS_TOO_LARGE,
    TooManyRequests,
    Overloaded,
)
"""What any call of the API may meet, as opposed to pages and health."""
WITH_ID: Final[tuple[Declared, ...]] = (problem_types.NOT_FOUND,)
"""What a call with an id in its path may meet: with a slash in the id, the path is another one."""
WITH_PARAMETERS: Final[tuple[Declared, ...]] = (problem_types.INVALID_REQUEST,)
"""What a call with parameters in its query or headers may meet."""
WITH_BODY: Final[tuple[Declared, ...]] = (
    problem_types.MALFORMED_REQUEST,
    problem_types.TOO_LARGE,
    problem_types.UNSUPPORTED_MEDIA_TYPE,
    problem_types.INVALID_REQUEST,
)
"""What a call with a body may meet."""
_LESSER: Final[Mapping[CallerRole | None, tuple[Declared, ...]]] = {
    "author": (NotAuthor,),
    "operator": (NotOperator,),
}
"""What a call that takes a role is answered for who has a lesser one."""
ASKING: Final[tuple[Declared, ...]] = (MeshUnavailable, Overloaded, Unknown, RecordUnreadable, TooLate)
"""What a call that asks a service, or reads a store, may meet; to be named by the route."""


class Answer(NamedTuple):
    """One of the answers with which a call succeeds.

    `body` is the type of what it carries, or its schema; `examples` are names of some of its examples.
    """

    status: int
    words: str
    body: Any = None
    media_type: str = JSON
    headers: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Answers(NamedTuple):
    """Everything that a route answers, as it says itself."""

    successes: tuple[Answer, ...]
    refusals: tuple[Declared, ...]

    def problems(
        self, *, role: CallerRole | None, has_id: bool, has_parameters: bool, has_body: bool
    ) -> list[ProblemType]:
        """All problems, with what every call of this form, and for this role, may meet."""
        declared = [*self.refusals, *EVERYWHERE]
        declared += () if role is None else CALLING
        declared += _LESSER.get(role, ())
        declared += WITH_ID if has_id else ()
        declared += WITH_PARAMETERS if has_parameters else ()
        declared += WITH_BODY if has_body else ()
        kinds = (each if isinstance(each, ProblemType) else problem_types.of(each) for each in declared)
        return sorted({each.slug: each for each in kinds}.values(), key=lambda each: (each.status, each.slug))


def answers(*successes: Answer, refusals: tuple[Declared, ...] = ()) -> dict[str, Any]:
    """What a route answers, for the `opt` of its decorator."""
    return {_OPT: Answers(successes, refusals)}


def answers_of(opt: Mapping[str, Any]) -> Answers | None:
    """What a route has said; None when it has said nothing."""
    return opt.get(_OPT)
