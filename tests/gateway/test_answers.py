"""What a route answers: said once, beside the route, by every route that is described."""

import pytest
from litestar.routes import HTTPRoute

from services.gateway import problem_types
from services.gateway.answers import Answer, Answers, answers, answers_of
from shared.contracts.live import CallerRole
from shared.contracts.refusals import Busy, Failed, Held
from tests.support.apps import bare_app

QUIET = Answer(200, "It is so.")


def test_every_described_route_says_what_it_answers() -> None:
    silent = [
        f"{method} {route.path}"
        for route in bare_app().routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if handler.resolve_include_in_schema() and not answers_of(handler.opt)
    ]

    assert [] == silent


def test_what_was_said_is_found_again() -> None:
    said = answers(QUIET, refusals=(Busy,))

    assert Answers((QUIET,), (Busy,)) == answers_of(said)


def test_who_says_nothing_is_told_apart() -> None:
    assert answers_of({}) is None


def test_every_problem_is_told_once_in_the_order_of_statuses() -> None:
    said = Answers((QUIET,), (Failed, Held, Busy, Busy))

    problems = said.problems(role=None, has_id=False, has_parameters=False, has_body=False)

    assert ["wrong-origin", "busy", "held", "wrong-host", "failed"] == [each.slug for each in problems]


@pytest.mark.parametrize(
    ("form", "met"),
    [
        pytest.param("has_id", {"not-found"}, id="with an id in its path"),
        pytest.param("has_parameters", {"invalid-request"}, id="with parameters"),
        pytest.param(
            "has_body",
            {"malformed-request", "too-large", "unsupported-media-type", "invalid-request"},
            id="with a body",
        ),
    ],
)
def test_what_every_call_of_a_form_may_meet_need_not_be_said(form: str, met: set[str]) -> None:
    forms = dict.fromkeys(("has_id", "has_parameters", "has_body"), False) | {form: True}

    problems = Answers((QUIET,), ()).problems(role=None, **forms)

    assert met <= {each.slug for each in problems}
    assert {"failed", "wrong-host", "wrong-origin"} <= {each.slug for each in problems}


def test_problems_of_the_gateway_itself_are_said_like_refusals() -> None:
    said = Answers((QUIET,), (problem_types.NOT_READY,))

    problems = said.problems(role=None, has_id=False, has_parameters=False, has_body=False)

    assert problem_types.NOT_READY in problems


@pytest.mark.parametrize(
    ("role", "met"),
    [
        pytest.param(None, set(), id="for nobody in particular"),
        pytest.param("viewer", {"not-authorized"}, id="for viewers"),
        pytest.param("author", {"not-authorized", "not-author"}, id="for authors"),
        pytest.param("operator", {"not-authorized", "not-operator"}, id="for operators"),
    ],
)
def test_who_has_a_lesser_role_is_answered_so(role: CallerRole | None, met: set[str]) -> None:
    problems = Answers((QUIET,), ()).problems(role=role, has_id=False, has_parameters=False, has_body=False)

    assert met == {each.slug for each in problems if each.slug.startswith("not-")}
