"""The documents in a browser: drawn whole under the strict policy, from this host alone, to be tried out."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsing import Visitor, visiting
from tests.web.mesh import WholeMesh

pytestmark = pytest.mark.browser


async def test_the_description_is_drawn_whole(browser: Browser, whole_mesh: WholeMesh) -> None:
    async with visiting(browser, f"{whole_mesh.url}/docs") as visitor:
        document = await (await visitor.page.request.get(f"{whole_mesh.url}/docs/openapi.json")).json()
        calls = sum(len(item) for item in document["paths"].values())

        await expect(visitor.page.locator(".opblock")).to_have_count(calls)
        assert [] == visitor.complaints


async def test_a_call_can_be_tried_out_there(browser: Browser, whole_mesh: WholeMesh) -> None:
    async with visiting(browser, f"{whole_mesh.url}/docs#/Displays/getDisplay") as visitor:
        call = visitor.page.locator("#operations-Displays-getDisplay")
        await call.get_by_role("button", name="Try it out").click()
        await call.get_by_role("button", name="Execute").click()

        status = call.locator(".live-responses-table .response .response-col_status")
        await expect(status).to_have_text(re.compile("404"))


async def test_the_live_page_keeps_the_policy_and_opens_what_a_link_leads_to(
    browser: Browser, whole_mesh: WholeMesh
) -> None:
    async with visiting(browser, f"{whole_mesh.url}/docs/live") as visitor:
        await visitor.page.get_by_role("link", name="Since", exact=True).first.click()
        shown = visitor.page.locator("details", has=visitor.page.locator("#schema-Since"))

        await expect(shown.get_by_text("The position of a client")).to_be_visible()
        assert [] == visitor.complaints


async def test_a_problem_leads_to_its_page(browser: Browser, whole_mesh: WholeMesh) -> None:
    async with visiting(browser, f"{whole_mesh.url}/problems") as visitor:
        await visitor.page.get_by_role("link", name="busy", exact=True).click()

        await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("The banner is busy (409)")
        assert [] == visitor.complaints


@pytest.mark.parametrize("path", ["/docs", "/docs/live", "/problems", "/problems/busy"])
async def test_a_phone_never_has_to_scroll_the_documents_sideways(
    browser: Browser, whole_mesh: WholeMesh, path: str
) -> None:
    phone = {"width": 360, "height": 740}
    async with visiting(browser, whole_mesh.url + path, viewport=phone) as visitor:
        await expect(visitor.page.locator("main :is(h1, .opblock)").first).to_be_visible()

        assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360


async def test_the_page_leads_to_the_documents(visitor: Visitor) -> None:
    await visitor.page.get_by_role("link", name="the API").click()

    await expect(visitor.page).to_have_url(re.compile("/docs$"))
