"""Problem types: each has words, an example that fits it, and a verdict whether to try again."""

import pytest
from jsonschema import Draft202012Validator

from services.gateway import problem_types
from services.gateway.problems import refused
from shared.contracts import refusals
from shared.contracts.refusals import Refusal
from tests.gateway.test_every_refusal import INTERNAL, MET, RETRY_AFTER

EVERY = problem_types.every()


def test_every_refusal_that_is_met_has_a_type_and_none_that_stays_inside() -> None:
    assert {str(kind.__struct_config__.tag) for kind in MET} <= EVERY.keys()
    assert INTERNAL.keys() == set(problem_types.INTERNAL)


@pytest.mark.parametrize("slug", EVERY)
def test_its_example_fits_its_schema(slug: str) -> None:
    kind = EVERY[slug]

    errors = [error.message for error in Draft202012Validator(kind.schema).iter_errors(kind.example)]

    assert [] == errors
    assert {"type", "title", "status", "detail", *kind.facts} == kind.example.keys()


@pytest.mark.parametrize("slug", EVERY)
def test_it_is_explained(slug: str) -> None:
    kind = EVERY[slug]

    assert kind.meaning
    assert kind.retry
    assert all(fact["description"] for fact in kind.facts.values())


@pytest.mark.parametrize("kind", MET, ids=lambda kind: kind.__struct_config__.tag)
def test_it_is_described_as_it_is_sent(kind: type[Refusal]) -> None:
    described = problem_types.of(kind)
    response = refused(problem_types.example_of(kind))

    assert response.status_code == described.status
    assert dict.fromkeys(described.headers) == dict.fromkeys(response.headers)
    assert (described.slug in RETRY_AFTER) == ("Retry-After" in described.headers)


def test_who_may_try_again_later_is_told_when() -> None:
    assert "Retry-After" in problem_types.of(refusals.Busy).retry
    assert problem_types.of(refusals.BadText).retry.startswith("No")


def test_names_of_schemas_are_told_apart() -> None:
    names = [kind.name for kind in EVERY.values()]

    assert len(set(names)) == len(names)
    assert "OutcomeUnknownProblem" == problem_types.of(refusals.Unknown).name
