"""What people read: a page for every problem, which is what its `type` leads to."""

import httpx
import pytest
from httpx import codes

from services.gateway import problem_types
from services.gateway.pages import SECURITY_HEADERS
from tests.support.gateways import problem_in

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
EVERY = problem_types.every()


@pytest.mark.parametrize("slug", EVERY)
async def test_the_type_of_a_problem_leads_to_its_meaning(ada: httpx.AsyncClient, slug: str) -> None:
    response = await ada.get(f"/problems/{slug}")

    told = response.json()
    assert (codes.OK, "application/json") == (response.status_code, response.headers["content-type"])
    assert (f"/problems/{slug}", EVERY[slug].status) == (told["type"], told["status"])
    assert told["type"] == told["example"]["type"]


@pytest.mark.parametrize("slug", EVERY)
async def test_browsers_get_a_page(ada: httpx.AsyncClient, slug: str) -> None:
    response = await ada.get(f"/problems/{slug}", headers=HTML)

    assert codes.OK == response.status_code
    assert response.headers["content-type"].startswith("text/html")
    assert f"<h1>{EVERY[slug].title} ({EVERY[slug].status})</h1>" in response.text
    assert response.text.count("<") == response.text.count(">")


async def test_a_problem_that_there_is_not_is_not_found(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/problems/<script>")

    assert codes.NOT_FOUND == response.status_code
    assert "/problems/not-found" == problem_in(response)["type"]


async def test_all_problems_are_listed(ada: httpx.AsyncClient) -> None:
    page = (await ada.get("/problems")).text

    for slug in EVERY:
        assert f'href="/problems/{slug}"' in page


@pytest.mark.parametrize(
    "path",
    ["/docs", "/docs/openapi.json", "/docs/live", "/docs/asyncapi.json", "/problems", "/problems/busy"],
)
async def test_pages_tell_browsers_what_not_to_do(ada: httpx.AsyncClient, path: str) -> None:
    response = await ada.get(path, headers=HTML)

    assert SECURITY_HEADERS == {name: response.headers[name] for name in SECURITY_HEADERS}
    assert b"<script>" not in response.content
    assert b"style=" not in response.content
