"""What a route answers: said once, beside the route, by every route that is described."""

import pytest
from litestar.routes import HTTPRoute

from services.gateway import problem_types
from services.gateway.answers import Answer, Answers, answers, answers_of
from shared.contracts.refusals import Busy, Failed, Held, NotOperator
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

    problems = said.problems(is_call=False, has_id=False, has_parameters=False, has_body=False)

    assert ["busy", "held", "failed"] == [each.slug for each in problems]


@pytest.mark.parametrize(
    ("form", "met"),
    [
        pytest.param("is_call", {"not-authorized"}, id="a call of the API"),
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
    forms = dict.fromkeys(("is_call", "has_id", "has_parameters", "has_body"), False) | {form: True}

    problems = Answers((QUIET,), ()).problems(**forms)

    assert met <= {each.slug for each in problems}
    assert {"failed"} <= {each.slug for each in problems}


def test_problems_of_the_gateway_itself_are_said_like_refusals() -> None:
    said = Answers((QUIET,), (problem_types.NOT_READY,))

    problems = said.problems(is_call=False, has_id=False, has_parameters=False, has_body=False)

    assert problem_types.NOT_READY in problems


def test_what_refuses_others_is_for_operators() -> None:
    assert Answers((QUIET,), (NotOperator,)).for_operators
    assert not Answers((QUIET,), (Busy,)).for_operators
