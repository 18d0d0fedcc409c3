"""Every refusal of the contracts comes out of the client as it went into the gateway."""

from typing import Any

import httpx
import msgspec
import pytest

from airdisplay_client import OutcomeUnknown, Refused, Unavailable
from airdisplay_client.errors import REFUSALS
from airdisplay_client.problems import exception_of, problem_sentence
from services.gateway.problems import refused
from shared.contracts import refusals
from shared.contracts.identity import DisplayId
from shared.contracts.refusals import Refusal
from tests.support.clock import NOON

FACTS: dict[str, Any] = {
    "problem": "wind",
    "until": NOON,
    "since": NOON,
    "not_after": NOON,
    "retry_after_ms": 41_871,
    "display_id": DisplayId("d"),
    "revision": 57,
    "expected": 56,
    "banner": "lightning",
    "at_most": 100,
    "position": 1,
    "pool": "all",
}


def made(kind: type[Refusal]) -> Refusal:
    """One of this kind, with all of its facts."""
    return msgspec.convert(
        {
            "reason": kind.__struct_config__.tag,
            **{name: FACTS.get(name, "x") for name in kind.__struct_fields__},
        },
        kind,
    )


def answered(refusal: Refusal) -> httpx.Response:
    """The answer of a gateway that refuses."""
    response = refused(refusal)
    return httpx.Response(
        response.status_code or 0,
        headers=dict(response.headers.items()),
        content=response.content,
        request=httpx.Request("GET", "http://127.0.0.1:8000/v1/banners"),
    )


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_comes_out_as_it_went_in(kind: type[Refusal]) -> None:
    refusal = made(kind)
    error = exception_of(answered(refusal))

    if kind.code == 503:
        assert isinstance(error, Unavailable)
        assert (refusal.detail, 1) == (error.detail, error.retry_after)
    elif kind.code == 504:
        assert isinstance(error, OutcomeUnknown)
    else:
        assert isinstance(error, Refused)
        assert refusal == error.facts
        assert (kind.code, refusal.reason, refusal.detail) == (error.status, error.slug, str(error))


def test_the_time_to_come_back_is_told() -> None:
    error = exception_of(answered(made(refusals.Busy)))

    assert 42 == error.retry_after


def test_a_refusal_of_a_newer_gateway_keeps_its_words() -> None:
    body = {"type": "/problems/too-windy", "status": 409, "detail": "Gusts.", "knots": 40}
    error = exception_of(httpx.Response(409, json=body))

    assert isinstance(error, Refused)
    assert ("too-windy", None, 40, "Gusts.") == (
        error.slug,
        error.facts,
        error.members["knots"],
        error.detail,
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            httpx.Response(409, json={"title": "Busy", "detail": "Another message is showing."}),
            "Another message",
        ),
        (httpx.Response(409, json={"title": "Busy"}), "Busy"),
        (httpx.Response(502, text="<html>"), "the gateway answered 502 Bad Gateway"),
        (httpx.Response(502, json=[]), "the gateway answered 502 Bad Gateway"),
        (httpx.Response(502, content=b"\xff"), "the gateway answered 502 Bad Gateway"),
    ],
)
def test_a_problem_becomes_a_sentence(answer: httpx.Response, sentence: str) -> None:
    assert problem_sentence(answer).startswith(sentence)
