"""The judge of answers, judged: it goes red where an answer is not described."""

from typing import Any

import httpx
import pytest

from services.gateway.openapi import completed
from services.gateway.problem_types import every
from tests.support.apps import bare_app
from tests.support.documented import Documented

SHOW = "http://gateway/v1/banners/lightning/display"
PROBLEM = {"content-type": "application/problem+json"}


@pytest.fixture(scope="module")
def documented() -> Documented:
    """The judge."""
    app = bare_app()
    return Documented(completed(app, app.openapi_schema.to_schema()))


def answered(status: int, body: Any = None, *, method: str = "POST", **headers: str) -> httpx.Response:
    """The answer to a show."""
    request = httpx.Request(method, SHOW)
    named = {name.replace("_", "-"): value for name, value in headers.items()} | (
        PROBLEM if status >= 400 else {}
    )
    return httpx.Response(status, json=body, headers=named, request=request)


def test_what_is_described_passes(documented: Documented) -> None:
    documented.check(answered(409, every()["busy"].example))


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(answered(418, every()["busy"].example), id="a status that is not described"),
        pytest.param(answered(409, every()["stale"].example), id="a problem of another call"),
        pytest.param(answered(409, every()["busy"].example | {"until": 7}), id="a fact of another type"),
        pytest.param(answered(409, {"type": "/problems/busy"}), id="a problem without its members"),
        pytest.param(answered(201, {"id": "x"}, location="/v1/displays/x", etag='"1"'), id="half an answer"),
        pytest.param(answered(201, {"id": "x"}, etag='"1"'), id="a promised header that is not there"),
        pytest.param(answered(200, {}, method="PATCH"), id="a method that is not described"),
    ],
)
def test_what_is_not_described_does_not(documented: Documented, response: httpx.Response) -> None:
    with pytest.raises(AssertionError):
        documented.check(response)


def test_what_is_no_call_is_left_alone(documented: Documented) -> None:
    documented.check(httpx.Response(404, request=httpx.Request("GET", "http://gateway/v2/banners")))
