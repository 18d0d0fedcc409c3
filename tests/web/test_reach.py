"""The page on a phone, without a mouse, in the dark, and without movement."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsing import Visitor, visiting
from tests.web.mesh import WholeMesh

pytestmark = pytest.mark.browser


@pytest.fixture
async def name(whole_mesh: WholeMesh) -> str:
    """The name of a free banner."""
    name = f"Gale {uuid4().hex[:8]}"
    await whole_mesh.register(name)
    return name


async def test_a_phone_never_has_to_scroll_sideways(browser: Browser, whole_mesh: WholeMesh) -> None:
    name = "N" * 80
    banner = await whole_mesh.register(name, [f"tag-{number:02}-{'x' * 25}" for number in range(16)])
    await whole_mesh.show(banner, "W" * 120)
    async with visiting(browser, whole_mesh.url, viewport={"width": 360, "height": 740}) as visitor:
        await visitor.write(name, "Me too")
        await expect(visitor.outcome).to_have_text(re.compile("is busy"))
        await visitor.card(name).scroll_into_view_if_needed()

        await expect(visitor.panel(name)).to_be_in_viewport()
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.faults
@pytest.mark.usefixtures("name")
async def test_a_phone_never_has_to_scroll_sideways_when_the_line_is_lost(
    browser: Browser, whole_mesh: WholeMesh
) -> None:
    async with visiting(browser, whole_mesh.url, viewport={"width": 360, "height": 740}) as visitor:
        await expect(visitor.connection).to_have_text("Live")

        whole_mesh.kill_gateway()

        await expect(visitor.connection).not_to_have_text("Live")
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360
        await whole_mesh.start_gateway()


async def test_everything_can_be_done_with_the_keyboard(visitor: Visitor, name: str) -> None:
    await expect(visitor.status(name)).to_have_text("Free")
    keyboard = visitor.page.keyboard

    await keyboard.press("Tab")
    await expect(visitor.page.get_by_label("Banner", exact=True)).to_be_focused()
    await keyboard.type(name)
    await keyboard.press("Tab")
    await expect(visitor.text).to_be_focused()
    await expect(visitor.text).to_have_css("outline-style", "solid")
    await keyboard.type("No mouse")
    await keyboard.press("Enter")
    await expect(visitor.panel(name)).to_have_text("No mouse")
    await expect(visitor.text).to_be_focused()

    await visitor.name_button(name).focus()
    await keyboard.press("Tab")
    await expect(visitor.take_down(name)).to_be_focused()
    await keyboard.press("Enter")
    await expect(visitor.panel(name)).to_have_text("")
    await expect(visitor.name_button(name)).to_be_focused()


async def test_a_card_that_is_pressed_leads_to_the_text(visitor: Visitor, name: str) -> None:
    await visitor.name_button(name).focus()
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.name_button(name)).to_have_attribute("aria-pressed", "true")
    await expect(visitor.page.locator("#banner option:checked")).to_have_text(name)
    await expect(visitor.text).to_be_focused()


@pytest.mark.usefixtures("name")
async def test_it_is_dark_where_people_want_it_dark(browser: Browser, whole_mesh: WholeMesh) -> None:
    colours: list[str] = []
    for scheme in ("light", "dark"):
        async with visiting(browser, whole_mesh.url, color_scheme=scheme) as visitor:
            body = visitor.page.locator("body")
            colours.append(await body.evaluate("node => getComputedStyle(node).backgroundColor"))

    light, dark = colours
    assert light != dark


async def test_nothing_moves_where_people_want_no_movement(
    browser: Browser, whole_mesh: WholeMesh, name: str
) -> None:
    async with visiting(browser, whole_mesh.url, reduced_motion="reduce") as visitor:
        await visitor.write(name, "Stand still")

        await expect(visitor.card(name)).to_have_attribute("data-state", "busy")
        await expect(visitor.card(name).locator(".left")).to_have_css("transition-duration", "0s")
