"""What callers may send: bodies and parameters at their limits and past them."""

from typing import Any

import httpx
import msgspec
import pytest
from httpx import codes

from services.gateway.bodies import KEY_AT_MOST, PAGE_AT_MOST
from shared.contracts.identity import BannerId
from tests.support.banners import new_banner_id
from tests.support.gateways import problem_in


async def post(client: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    """Send this as JSON, null included."""
    content = msgspec.json.encode(body)
    return await client.post(path, content=content, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param({"id": ""}, "id", id="an empty id"),
        pytest.param({"id": "UP"}, "id", id="an id in upper case"),
        pytest.param({"id": "a.b"}, "id", id="an id with a dot"),
        pytest.param({"id": "a b"}, "id", id="an id with a space"),
        pytest.param({"id": "*"}, "id", id="a star for an id"),
        pytest.param({"id": "a/b"}, "id", id="an id with a slash"),
        pytest.param({"id": "-a"}, "id", id="an id that begins with a hyphen"),
        pytest.param({"id": "ok\n"}, "id", id="an id that ends with a line break"),
        pytest.param({"id": "x" * 64}, "id", id="an id too long"),
        pytest.param({"id": 7}, "id", id="a number for an id"),
        pytest.param({"name": ""}, "name", id="an empty name"),
        pytest.param({"name": "x" * 81}, "name", id="a name too long"),
        pytest.param({"name": ["x"]}, "name", id="a list for a name"),
        pytest.param({"tags": "east"}, "tags", id="one word for tags"),
        pytest.param({"tags": ["East"]}, "tags[0]", id="a tag in upper case"),
        pytest.param({"tags": ["east", "a\n"]}, "tags[1]", id="a tag that ends with a line break"),
        pytest.param({"tags": ["x" * 33]}, "tags[0]", id="a tag too long"),
        pytest.param({"tags": ["east"] * 17}, "tags", id="too many tags"),
        pytest.param({"owner": "ada"}, "owner", id="a field that there is not"),
        pytest.param([], "object", id="a list"),
        pytest.param(None, "object", id="null"),
        pytest.param("lightning", "object", id="a text"),
    ],
)
async def test_a_banner_is_not_registered_with(olga: httpx.AsyncClient, body: Any, where: str) -> None:
    response = await post(olga, "/v1/banners", body)

    problem = problem_in(response)
    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/invalid-request" == problem["type"]
    assert where in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"id": None, "name": None}, id="nulls"),
        pytest.param(
            {"name": "x" * 80, "tags": [f"t{number}" for number in range(16)]}, id="all at its limit"
        ),
        pytest.param({"tags": ["x" * 32, "0", "a-b"]}, id="tags of every form"),
        pytest.param({"name": "الراية ⚡"}, id="a name in any script"),
    ],
)
async def test_a_banner_is_registered_with(olga: httpx.AsyncClient, body: Any) -> None:
    response = await olga.post("/v1/banners", json=body)

    assert codes.CREATED == response.status_code, response.text


async def test_the_longest_id_is_an_id(olga: httpx.AsyncClient) -> None:
    banner = new_banner_id().ljust(63, "x")

    response = await olga.post("/v1/banners", json={"id": banner})

    assert f"/v1/banners/{banner}" == response.headers["location"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param({}, "text", id="nothing"),
        pytest.param({"text": 7}, "text", id="a number for a text"),
        pytest.param({"text": None}, "text", id="null for a text"),
        pytest.param({"text": "Hello", "when": "later"}, "when", id="a time that there is not"),
        pytest.param({"text": "Hello", "ttl": 3}, "ttl", id="a field that there is not"),
        pytest.param([{"text": "Hello"}], "object", id="a list"),
    ],
)
async def test_nothing_is_shown_with(ada: httpx.AsyncClient, free: BannerId, body: Any, where: str) -> None:
    response = await post(ada, f"/v1/banners/{free}/display", body)

    problem = problem_in(response)
    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/invalid-request" == problem["type"]
    assert where in problem["detail"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param({}, "text", id="nothing"),
        pytest.param({"text": None}, "text", id="null for a text"),
        pytest.param({"text": "Hello", "tag": 7}, "tag", id="a number for a tag"),
        pytest.param({"text": "Hello", "tag": "East"}, "tag", id="a tag in upper case"),
        pytest.param({"text": "Hello", "tag": "a.b"}, "tag", id="a tag with a dot"),
        pytest.param({"text": "Hello", "tag": "*"}, "tag", id="a star for a tag"),
        pytest.param({"text": "Hello", "tag": "x\n"}, "tag", id="a tag that ends with a line break"),
        pytest.param({"text": "Hello", "tag": "x" * 33}, "tag", id="a tag too long"),
        pytest.param({"text": "Hello", "when": "queue"}, "when", id="a field that there is not"),
        pytest.param("Hello", "object", id="a text"),
    ],
)
async def test_nothing_is_shown_anywhere_with(ada: httpx.AsyncClient, body: Any, where: str) -> None:
    response = await post(ada, "/v1/displays", body)

    problem = problem_in(response)
    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/invalid-request" == problem["type"]
    assert where in problem["detail"]


@pytest.mark.parametrize("body", [{}, {"text": 7}, {"text": "Hello", "when": "queue"}, []], ids=repr)
async def test_nothing_is_mended_with(ada: httpx.AsyncClient, free: BannerId, body: Any) -> None:
    response = await ada.put(f"/v1/banners/{free}/display", json=body, headers={"If-Match": '"1"'})

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/invalid-request" == problem_in(response)["type"]


async def test_a_post_without_a_body_is_told_so(ada: httpx.AsyncClient, free: BannerId) -> None:
    response = await ada.post(f"/v1/banners/{free}/display")

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "expected a body, found nothing" == problem_in(response)["detail"]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("limit=0", id="a limit of nought"),
        pytest.param("limit=-1", id="a negative limit"),
        pytest.param(f"limit={PAGE_AT_MOST + 1}", id="a limit too high"),
        pytest.param("limit=many", id="a word for a limit"),
        pytest.param("limit=1.5", id="a fraction for a limit"),
        pytest.param("limit=", id="no limit after all"),
        pytest.param("status=idle", id="a status that there is not"),
    ],
)
async def test_banners_are_not_listed_with(ada: httpx.AsyncClient, query: str) -> None:
    response = await ada.get(f"/v1/banners?{query}")

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert query.partition("=")[0] in problem_in(response)["detail"]


async def test_the_highest_limit_is_a_limit(ada: httpx.AsyncClient) -> None:
    response = await ada.get(f"/v1/banners?limit={PAGE_AT_MOST}")

    assert codes.OK == response.status_code


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        pytest.param(KEY_AT_MOST, codes.CREATED, id="is taken at its longest"),
        pytest.param(KEY_AT_MOST + 1, codes.UNPROCESSABLE_ENTITY, id="is refused past that"),
    ],
)
async def test_an_idempotency_key(
    ada: httpx.AsyncClient, free: BannerId, length: int, expected: codes
) -> None:
    response = await ada.post(
        f"/v1/banners/{free}/display", json={"text": "Hello"}, headers={"Idempotency-Key": "k" * length}
    )

    assert expected == response.status_code
