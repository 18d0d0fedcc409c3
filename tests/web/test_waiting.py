"""Waiting at a page: in line for a banner, for any that is free, through holds, reloads and lost lines."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Route, expect

from shared.contracts.banner import Approve, Clear, Hold, Reject, Release, Replace, SetApproval, Show
from tests.support.banners import new_command_id
from tests.web.browsing import Visitor, visiting
from tests.web.mesh import WholeMesh

pytestmark = pytest.mark.browser

STARTS = r"starts in \d+ s at the latest"


@pytest.fixture
async def name() -> str:
    """A name that no other banner has."""
    return f"Gusty {uuid4().hex[:8]}"


@pytest.fixture
async def banner(whole_mesh: WholeMesh, name: str) -> str:
    """The id of a free banner of that name."""
    return await whole_mesh.register(name)


def on(name: str) -> re.Pattern[str]:
    """What is said of a message that shows there."""
    return re.compile(rf"^On {name} for \d+ s$")


def in_line(place: int, name: str) -> re.Pattern[str]:
    """What is said of a message that waits for that banner."""
    return re.compile(rf"^Place {place} in line for {name}, {STARTS}$")


@pytest.mark.usefixtures("banner")
async def test_who_finds_a_banner_busy_waits_in_line_and_is_on_air_when_it_is_free(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "First")
    await expect(another.status(name)).to_have_text(re.compile("Busy"))

    await another.wait_in_line(name, "Second")

    await expect(another.fate("Second")).to_have_text(in_line(1, name))
    await expect(another.announcement).to_have_text(re.compile(f"“Second”: Place 1 in line for {name}"))
    await expect(another.text).to_have_value("")
    await expect(visitor.card(name)).to_contain_text("1 waits in line")
    await visitor.act("End it", "First").click()
    await expect(visitor.fate("First")).to_have_text("Over: you ended it")
    await expect(another.fate("Second")).to_have_text(on(name))
    await expect(visitor.panel(name)).to_have_text("Second")
    await expect(visitor.card(name)).not_to_contain_text("in line")
    await another.act("End it", "Second").click()
    await expect(another.fate("Second")).to_have_text("Over: you ended it")
    await another.act("Dismiss", "Second").click()
    await expect(another.page.get_by_text("My messages")).to_be_hidden()


@pytest.mark.usefixtures("banner")
async def test_a_line_is_offered_only_where_there_is_something_to_wait_for(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.name_button(name).click()
    await expect(visitor.button("Wait in line")).to_be_hidden()

    await another.write(name, "First")

    await expect(visitor.button("Wait in line")).to_be_visible()
    await visitor.button("Wait in line").focus()
    await another.act("End it", "First").click()
    await expect(visitor.button("Wait in line")).to_be_hidden()
    await expect(visitor.button("Show it")).to_be_focused()


async def test_a_place_moves_up_when_the_first_takes_the_message_back(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor, another: Visitor
) -> None:
    await whole_mesh.show(banner, "Somebody's")
    await expect(visitor.status(name)).to_have_text(re.compile("Busy"))
    await visitor.wait_in_line(name, "First")
    await expect(visitor.fate("First")).to_have_text(in_line(1, name))
    await another.wait_in_line(name, "Second")
    await expect(another.fate("Second")).to_have_text(in_line(2, name))
    await expect(visitor.card(name)).to_contain_text("2 wait in line")

    await visitor.act("Take back", "First").click()

    await expect(visitor.fate("First")).to_have_text("Not shown: you took it back")
    await expect(another.fate("Second")).to_have_text(in_line(1, name))
    await expect(another.announcement).to_have_text(re.compile("Place 1"))
    assert await whole_mesh.texts(banner) == ["Somebody's"]


async def test_a_text_that_waits_for_a_yes_says_so_until_there_is_one(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    required = await whole_mesh.command(banner, SetApproval(required=True, by="olga", role="operator"))
    assert required.state.approve_first
    await expect(visitor.card(name)).to_contain_text("texts need an operator\u2019s yes")

    await visitor.write(name, "Nice")
    await expect(visitor.fate("Nice")).to_have_text(f"Waits for an operator\u2019s yes to show on {name}")
    await expect(visitor.panel(name)).not_to_have_text("Nice")
    (ticket,) = (await whole_mesh.command(banner, Hold(reason="x", by="olga", role="operator"))).state.pending
    await whole_mesh.command(banner, Release(by="olga", role="operator"))
    await whole_mesh.command(banner, Approve(display_id=ticket.id, by="olga", role="operator"))

    await expect(visitor.fate("Nice")).to_have_text(on(name))
    await expect(visitor.panel(name)).to_have_text("Nice")


async def test_a_rejected_text_says_why(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await whole_mesh.command(banner, SetApproval(required=True, by="olga", role="operator"))
    await visitor.write(name, "Rude")
    await expect(visitor.fate("Rude")).to_have_text(re.compile("Waits for an operator\u2019s yes"))
    (ticket,) = (await whole_mesh.command(banner, Hold(reason="x", by="olga", role="operator"))).state.pending

    no = Reject(display_id=ticket.id, reason="Not over a beach", by="olga", role="operator")
    await whole_mesh.command(banner, no)

    await expect(visitor.fate("Rude")).to_have_text("Not shown: an operator said no (Not over a beach)")


async def test_who_waits_already_is_told_so(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await whole_mesh.show(banner, "Somebody's")
    await expect(visitor.status(name)).to_have_text(re.compile("Busy"))
    await visitor.wait_in_line(name, "First")
    await expect(visitor.fate("First")).to_have_text(in_line(1, name))

    await visitor.wait_in_line(name, "Me again")

    await expect(visitor.outcome).to_have_text(
        "You wait for this banner already, at place 1; one turn at a time."
    )
    await expect(visitor.text).to_have_value("Me again")


async def test_who_takes_any_free_banner_waits_in_the_lobby_until_one_is_free(
    own_whole_mesh: WholeMesh, browser: Browser, tmp_path: Path
) -> None:
    banner = await own_whole_mesh.register("Lightning")
    with own_whole_mesh.hardware(banner, tmp_path):
        async with (
            visiting(browser, own_whole_mesh.url) as visitor,
            visiting(browser, own_whole_mesh.url) as another,
            visiting(browser, own_whole_mesh.url) as third,
        ):
            await expect(visitor.card("Lightning")).to_contain_text("Panel online")
            await visitor.write_anywhere("First")
            await expect(visitor.fate("First")).to_have_text(on("Lightning"))
            await another.write_anywhere("Second")
            await expect(another.fate("Second")).to_have_text("Place 1 in line for any free banner")
            await third.write_anywhere("Third")
            await expect(third.fate("Third")).to_have_text("Place 2 in line for any free banner")

            await another.act("Take back", "Second").click()
            await expect(another.fate("Second")).to_have_text("Not shown: you took it back")
            await expect(third.fate("Third")).to_have_text("Place 1 in line for any free banner")
            await visitor.act("End it", "First").click()

            await expect(third.fate("Third")).to_have_text(on("Lightning"))
            await expect(visitor.panel("Lightning")).to_have_text("Third")


async def test_a_hold_shows_on_the_card_with_its_reason_and_the_line_is_open(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "Blown away")
    await expect(visitor.fate("Blown away")).to_have_text(on(name))

    await whole_mesh.command(banner, Hold(by="olga", role="operator", reason="Too much wind"))

    await expect(visitor.status(name)).to_have_text("On hold")
    await expect(visitor.card(name)).to_contain_text("On hold: Too much wind")
    await expect(visitor.fate("Blown away")).to_have_text("Over: an operator put the banner on hold")
    await visitor.write(name, "After the storm")
    await expect(visitor.outcome).to_have_text(
        re.compile(f"^{name} is on hold: Too much wind. Your text is not")
    )
    await visitor.button("Wait in line").click()
    await expect(visitor.fate("After the storm")).to_have_text(
        f"Place 1 in line for {name}, which is on hold"
    )
    await expect(visitor.outcome).to_be_hidden()
    await whole_mesh.command(banner, Release(by="olga", role="operator"))
    await expect(visitor.fate("After the storm")).to_have_text(on(name))
    await expect(visitor.card(name)).not_to_contain_text("On hold")


async def test_an_operator_who_takes_a_message_out_of_the_line_is_named(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await whole_mesh.show(banner, "Somebody's")
    await expect(visitor.status(name)).to_have_text(re.compile("Busy"))
    async with visitor.page.expect_response("**/display") as response:
        await visitor.wait_in_line(name, "Rude")
    waiting = (await (await response.value).json())["id"]

    await whole_mesh.command(banner, Clear(by="olga", role="operator", display_id=waiting))

    await expect(visitor.fate("Rude")).to_have_text("Not shown: an operator took it out of the line")


@pytest.mark.usefixtures("banner")
async def test_a_typo_is_mended_for_everybody_though_others_join_the_line_meanwhile(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "Helo")
    await expect(another.panel(name)).to_have_text("Helo")
    await visitor.act("Mend", "Helo").click()
    await another.wait_in_line(name, "Next")
    await expect(visitor.card(name)).to_contain_text("1 waits in line")

    await visitor.page.get_by_label("New text").fill("Hello")
    await visitor.button("Save").click()

    await expect(another.panel(name)).to_have_text("Hello")
    await expect(visitor.fate("Hello")).to_have_text(on(name))
    await expect(visitor.page.get_by_label("New text")).to_be_hidden()
    await expect(visitor.act("Mend", "Hello")).to_be_focused()
    assert visitor.complaints == []


async def test_what_was_changed_meanwhile_is_read_again_and_not_written_over_unseen(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "Helo")
    await visitor.act("Mend", "Helo").click()
    await visitor.page.get_by_label("New text").fill("Hello")
    known = await whole_mesh.command(banner, Show(id=new_command_id(), by="eve", text="Next", when="queue"))
    other = Replace(by="olga", role="operator", text="Hullo", revision=known.revision)
    await whole_mesh.command(banner, other)
    await expect(visitor.panel(name)).to_have_text("Hullo")

    await visitor.button("Save").click()

    words = "It changed meanwhile and reads “Hullo” now. Save again to mend that."
    await expect(visitor.message("Hullo")).to_contain_text(words)
    await expect(visitor.announcement).to_have_text(words)
    assert await whole_mesh.texts(banner) == ["Hullo"]
    await visitor.button("Save").click()
    await expect(visitor.panel(name)).to_have_text("Hello")


async def test_a_mend_whose_answer_is_lost_is_found_out(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "Helo")
    await visitor.act("Mend", "Helo").click()
    await visitor.page.get_by_label("New text").fill(" Hello ")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await visitor.page.route("**/display", lose_the_answer, times=1)
    await visitor.button("Save").click()
    await expect(visitor.page.locator(".message .note")).to_have_text(re.compile("No answer came"))
    await visitor.button("Save").click()

    await expect(visitor.page.get_by_label("New text")).to_be_hidden()
    await expect(visitor.fate("Hello")).to_have_text(on(name))
    assert await whole_mesh.texts(banner) == ["Hello"]


@pytest.mark.usefixtures("banner")
async def test_a_text_that_may_not_be_shown_is_not_mended_into_one_that_does(
    name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "Helo")
    await visitor.act("Mend", "Helo").click()
    await visitor.page.get_by_label("New text").fill("   ")
    await visitor.button("Save").click()

    await expect(visitor.message("Helo")).to_contain_text("This text cannot be shown: ")
    await visitor.button("Cancel").click()
    await expect(visitor.message("Helo")).not_to_contain_text("This text cannot be shown: ")
    await expect(visitor.panel(name)).to_have_text("Helo")


async def test_what_ends_while_it_is_mended_says_so(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "Helo")
    await visitor.act("Mend", "Helo").click()

    await whole_mesh.command(banner, Clear(by="olga", role="operator"))

    await expect(visitor.fate("Helo")).to_have_text("Over: an operator took it down")
    await expect(visitor.page.get_by_label("New text")).to_be_hidden()
    await expect(visitor.act("Dismiss", "Helo")).to_be_focused()


async def test_a_reloaded_page_goes_on_with_what_waits(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await whole_mesh.show(banner, "Somebody's")
    await expect(visitor.status(name)).to_have_text(re.compile("Busy"))
    await visitor.wait_in_line(name, "Patient")
    await expect(visitor.fate("Patient")).to_have_text(in_line(1, name))

    await visitor.page.reload()

    await expect(visitor.fate("Patient")).to_have_text(in_line(1, name))
    await whole_mesh.command(banner, Clear(by="olga", role="operator"))
    await expect(visitor.fate("Patient")).to_have_text(on(name))


async def test_what_ended_while_nobody_looked_is_told_once(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "Behind my back")
    await expect(visitor.fate("Behind my back")).to_have_text(on(name))
    await visitor.page.goto("about:blank")
    await whole_mesh.command(banner, Clear(by="olga", role="operator"))

    await visitor.page.goto(whole_mesh.url)
    await expect(visitor.fate("Behind my back")).to_have_text("Over: an operator took it down")

    await visitor.page.reload()
    await expect(visitor.status(name)).to_have_text("Free")
    await expect(visitor.message("Behind my back")).to_have_count(0)


@pytest.mark.faults
async def test_waiting_goes_on_when_the_line_was_lost(own_whole_mesh: WholeMesh, browser: Browser) -> None:
    banner = await own_whole_mesh.register("Sparky")
    await own_whole_mesh.show(banner, "Somebody's")
    async with visiting(browser, own_whole_mesh.url) as visitor:
        await expect(visitor.status("Sparky")).to_have_text(re.compile("Busy"))
        await visitor.wait_in_line("Sparky", "Patient")
        await expect(visitor.fate("Patient")).to_have_text(in_line(1, "Sparky"))

        own_whole_mesh.kill_gateway()
        await expect(visitor.connection).not_to_have_text("Live")
        await own_whole_mesh.command(banner, Clear(by="olga", role="operator"))
        await expect(visitor.fate("Patient")).to_have_text(in_line(1, "Sparky"))
        await own_whole_mesh.start_gateway()

        await expect(visitor.fate("Patient")).to_have_text(on("Sparky"))


async def test_waiting_needs_no_mouse_and_the_keyboard_keeps_its_place(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await whole_mesh.show(banner, "Somebody's")
    await expect(visitor.status(name)).to_have_text(re.compile("Busy"))
    keyboard = visitor.page.keyboard
    await visitor.name_button(name).focus()
    await keyboard.press("Enter")
    await keyboard.type("No mouse")
    await keyboard.press("Tab")
    await expect(visitor.button("Show it")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(visitor.fate("No mouse")).to_have_text(in_line(1, name))

    await keyboard.press("Tab")
    await expect(visitor.act("Take back", "No mouse")).to_be_focused()
    await keyboard.press("Enter")
    await expect(visitor.act("Dismiss", "No mouse")).to_be_focused()
    await keyboard.press("Enter")
    await expect(visitor.text).to_be_focused()


async def test_a_phone_never_has_to_scroll_sideways_for_a_message(
    browser: Browser, whole_mesh: WholeMesh
) -> None:
    name = "N" * 80
    banner = await whole_mesh.register(name)
    await whole_mesh.command(banner, Hold(by="olga", role="operator", reason="R" * 200))
    async with visiting(browser, whole_mesh.url, viewport={"width": 360, "height": 740}) as visitor:
        await expect(visitor.status(name)).to_have_text("On hold")
        await visitor.wait_in_line(name, "W" * 120)
        await expect(visitor.message("W" * 120)).to_be_visible()
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360
        await whole_mesh.command(banner, Release(by="olga", role="operator"))
        await visitor.act("Mend", "W" * 120).click()

        await expect(visitor.button("Save")).to_be_in_viewport()
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360
