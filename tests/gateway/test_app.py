"""The application as a whole: what it is made of, how much it takes, and that every no is a problem."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from httpx import codes

from services.gateway.app import BODY_BYTES
from shared.contracts.identity import BannerId
from tests.support.gateways import problem_in

JSON = {"Content-Type": "application/json"}

LARGE = 10_000_000


async def in_pieces(size: int) -> AsyncGenerator[bytes]:
    """A body whose length nobody is told beforehand."""
    for _ in range(size // 10_000):
        yield b"x" * 10_000


@pytest.mark.parametrize("call", ["/v1/banners", "/v1/banners/{banner}/display", "/v1/displays"])
@pytest.mark.parametrize("known", [True, False], ids=["of a length that is told", "of a length that is not"])
async def test_ten_megabytes_are_too_large(
    olga: httpx.AsyncClient,
    free: BannerId,
    call: str,
    known: bool,  # noqa: FBT001
) -> None:
    content = b"x" * LARGE if known else in_pieces(LARGE)

    response = await olga.post(call.format(banner=free), content=content, headers=JSON)

    assert codes.REQUEST_ENTITY_TOO_LARGE == response.status_code
    assert "/problems/too-large" == problem_in(response)["type"]


async def test_who_sent_too_much_may_call_again(ada: httpx.AsyncClient, free: BannerId) -> None:
    await ada.post(f"/v1/banners/{free}/display", content=b"x" * LARGE, headers=JSON)

    response = await ada.post(f"/v1/banners/{free}/display", json={"text": "Less"})

    assert codes.CREATED == response.status_code


async def test_the_largest_body_is_read(ada: httpx.AsyncClient, free: BannerId) -> None:
    body = b'{"text": "Hello"}'.ljust(BODY_BYTES)

    response = await ada.post(f"/v1/banners/{free}/display", content=body, headers=JSON)

    assert codes.CREATED == response.status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/v2/banners", id="another version"),
        pytest.param("GET", "/v1", id="half a path"),
        pytest.param("GET", "/v1/banners/b1/colour", id="a thing that banners have not"),
        pytest.param("POST", "/v1/banners/a%2Fb/display", id="an id with a slash"),
        pytest.param("GET", "/app/there-is-not.js", id="a file that there is not"),
        pytest.param("GET", "/app/%2e%2e/pyproject.toml", id="a file above those of the app"),
        pytest.param(
            "GET", "/docs/static/%2e%2e/%2e%2e/__init__.py", id="a file above those of the documents"
        ),
        pytest.param("GET", "/" + "x" * 10_000, id="a long path"),
    ],
)
async def test_there_is_nothing_at(ada: httpx.AsyncClient, method: str, path: str) -> None:
    response = await ada.request(method, path)

    assert codes.NOT_FOUND == response.status_code
    assert "/problems/not-found" == problem_in(response)["type"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        pytest.param("PATCH", "/v1/banners", {"GET", "POST"}, id="changing the list"),
        pytest.param("DELETE", "/v1/banners/b1", {"GET"}, id="deleting a banner"),
        pytest.param("GET", "/v1/banners/b1/display", {"POST", "PUT", "DELETE"}, id="reading a display"),
        pytest.param("POST", "/v1/banners/b1/hold", {"PUT", "DELETE"}, id="posting a hold"),
        pytest.param("GET", "/v1/displays", {"POST"}, id="listing displays"),
        pytest.param("PUT", "/v1/displays/d1", {"GET", "DELETE"}, id="putting a display"),
        pytest.param("DELETE", "/v1/banners/b1/history", {"GET"}, id="deleting the past"),
        pytest.param("POST", "/healthz", {"GET"}, id="posting to health"),
        pytest.param("POST", "/", {"GET"}, id="posting to the app"),
    ],
)
async def test_it_does_not_allow(ada: httpx.AsyncClient, method: str, path: str, allowed: set[str]) -> None:
    response = await ada.request(method, path)

    assert codes.METHOD_NOT_ALLOWED == response.status_code
    assert "/problems/method-not-allowed" == problem_in(response)["type"]
    assert allowed <= {each.strip() for each in response.headers["allow"].split(",")}
