"""A text is typed at one page, and everybody sees it; or its sender is told why not."""

import re
from http import HTTPStatus
from uuid import uuid4

import msgspec
import pytest
from playwright.async_api import Route, expect

from shared.contracts import subjects
from shared.contracts.hardware import UNCONFIRMED_AFTER_MS, Presence, Reported
from shared.contracts.identity import DisplayId
from shared.contracts.text import clean
from shared.mesh import clock
from tests.web.browsing import Visitor
from tests.web.mesh import WholeMesh

pytestmark = pytest.mark.browser

NO_ANSWER = re.compile("No answer came")


@pytest.fixture
async def name() -> str:
    """A name that no other banner has."""
    return f"Lightning {uuid4().hex[:8]}"


@pytest.fixture
async def banner(whole_mesh: WholeMesh, name: str) -> str:
    """The id of a free banner of that name."""
    return await whole_mesh.register(name)


@pytest.mark.usefixtures("banner")
async def test_a_text_that_is_typed_appears_on_every_open_page(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "Hello from below")

    await expect(visitor.panel(name)).to_have_text("Hello from below")
    await expect(another.panel(name)).to_have_text("Hello from below")
    await expect(another.status(name)).to_have_text(re.compile(r"Busy \d+ s"))
    await expect(visitor.fate("Hello from below")).to_have_text(re.compile(rf"On {name} for \d+ s"))
    await expect(visitor.announcement).to_have_text(re.compile(rf"“Hello from below”: On {name} for"))
    await expect(visitor.outcome).to_be_hidden()
    await expect(visitor.text).to_have_value("")


@pytest.mark.usefixtures("banner")
async def test_a_banner_can_be_chosen_from_the_list(name: str, visitor: Visitor) -> None:
    await visitor.page.get_by_label("Banner", exact=True).select_option(name)
    await visitor.text.fill("By hand")
    await visitor.button("Show it").click()

    await expect(visitor.panel(name)).to_have_text("By hand")


async def test_the_second_sender_is_told_that_the_banner_is_busy_and_for_how_long(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "First")
    await expect(visitor.message("First")).to_be_visible()

    await another.write(name, "Second")

    await expect(another.outcome).to_have_text(re.compile(rf"{name} is busy for \d+ s"))
    await expect(another.announcement).to_have_text(re.compile(rf"{name} is busy for \d+ s"))
    await expect(another.text).to_have_value("Second")
    assert await whole_mesh.texts(banner) == ["First"]


@pytest.mark.usefixtures("banner")
async def test_who_waits_for_a_busy_banner_is_told_when_it_is_free(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "First")
    await expect(visitor.message("First")).to_be_visible()
    await another.write(name, "Second")
    await expect(another.outcome).to_have_text(re.compile("is busy"))

    await visitor.take_down(name).click()

    await expect(another.outcome).to_have_text(f"{name} is free now: send your text again.")
    await another.button("Show it").click()
    await expect(visitor.panel(name)).to_have_text("Second")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("   ", "expected 1 to 120 characters, found nothing", id="only spaces"),
        pytest.param("x" * 121, "expected 1 to 120 characters, found 121 characters", id="one too many"),
        pytest.param("a\u202eb", "expected printable characters, found U+202E", id="a reversing character"),
    ],
)
async def test_a_bad_text_is_explained_in_the_words_of_the_server(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor, *, text: str, problem: str
) -> None:
    await visitor.write(name, text)

    await expect(visitor.outcome).to_contain_text(f"This text cannot be shown: {problem}")
    await expect(visitor.announcement).to_contain_text(problem)
    assert await whole_mesh.texts(banner) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Hello", id="plain"),
        pytest.param(" \u3000Hello\u00a0\u0085", id="spaces of all kinds around"),
        pytest.param("\ufeffHello", id="a mark that is no space"),
        pytest.param("Cafe\u0301", id="composed of parts"),
        pytest.param("👩‍👩‍👧 👍🏽", id="emoji of several"),
        pytest.param("שלום עולם", id="right to left"),
        pytest.param("𝄞" * 120, id="as long as may be, beyond the first plane"),
    ],
)
async def test_characters_are_counted_as_the_server_counts_them(visitor: Visitor, text: str) -> None:
    await visitor.text.fill(text)

    await expect(visitor.page.locator("#count")).to_have_text(f"{len(clean(text))} / 120")


@pytest.mark.usefixtures("banner")
async def test_the_author_takes_a_display_down_and_nobody_else_is_offered_that(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "Mine")
    await expect(another.panel(name)).to_have_text("Mine")
    await expect(another.take_down(name)).to_be_hidden()

    await visitor.take_down(name).click()

    await expect(another.panel(name)).to_be_empty()
    await expect(another.status(name)).to_have_text("Free")
    await expect(visitor.panel(name)).to_have_text("")
    await expect(visitor.announcement).to_have_text("“Mine”: Over: you ended it")
    await expect(visitor.fate("Mine")).to_have_text("Over: you ended it")


@pytest.mark.usefixtures("banner")
async def test_a_reloaded_page_still_knows_its_own_displays(name: str, visitor: Visitor) -> None:
    await visitor.write(name, "Still mine")
    await expect(visitor.panel(name)).to_have_text("Still mine")

    await visitor.page.reload()
    await visitor.take_down(name).click()

    await expect(visitor.status(name)).to_have_text("Free")


@pytest.mark.usefixtures("banner")
async def test_why_a_display_could_not_be_taken_down_stands_on_its_card(name: str, visitor: Visitor) -> None:
    await visitor.write(name, "Mine")
    await visitor.page.context.clear_cookies()  # now the gateway takes this browser for another guest

    await visitor.take_down(name).click()

    await expect(visitor.card(name)).to_contain_text(
        "Only the author of a message or an operator may end or change it."
    )
    await expect(visitor.panel(name)).to_have_text("Mine")


async def test_html_in_a_text_or_a_name_is_shown_as_text(whole_mesh: WholeMesh, visitor: Visitor) -> None:
    name = f"<b>Bold</b> {uuid4().hex[:8]}"
    await whole_mesh.register(name)
    text = "<img src=/x onerror=alert(1)><script>alert(2)</script>&amp;"

    await visitor.write(name, text)

    await expect(visitor.panel(name)).to_have_text(text)
    await expect(visitor.card(name).locator("b, img, script")).to_have_count(0)
    await expect(visitor.fate(text)).to_contain_text(name)
    await expect(visitor.message(text).locator("b, img, script")).to_have_count(0)


@pytest.mark.usefixtures("banner")
async def test_a_text_from_right_to_left_is_set_from_right_to_left(name: str, visitor: Visitor) -> None:
    await visitor.write(name, "مرحبا بالعالم")

    await expect(visitor.panel(name).locator(".text")).to_have_css("direction", "rtl")


@pytest.mark.parametrize("arrived", [True, False], ids=["and was done", "and was not done"])
async def test_a_send_without_an_answer_is_tried_again_under_the_same_key(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor, *, arrived: bool
) -> None:
    keys: list[str] = []

    async def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            await route.continue_()
            return
        if arrived:
            await route.fetch()
        await route.abort()

    await visitor.page.route("**/display", lose_the_first_answer)
    await visitor.write(name, "Once")
    await expect(visitor.outcome).to_have_text(NO_ANSWER)

    await visitor.button("Try again").click()

    await expect(visitor.fate("Once")).to_have_text(re.compile(f"On {name} for"))
    await expect(visitor.outcome).to_be_hidden()
    await expect(visitor.take_down(name)).to_be_visible()
    assert keys[0] == keys[1]
    assert await whole_mesh.texts(banner) == ["Once"]


@pytest.mark.usefixtures("banner")
async def test_a_send_whose_outcome_is_unknown_is_tried_again_under_the_same_key_unless_it_changes(
    name: str, visitor: Visitor
) -> None:
    keys: list[str] = []

    async def never_know(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        await route.fulfill(
            status=HTTPStatus.GATEWAY_TIMEOUT,
            content_type="application/problem+json",
            body='{"type":"/problems/outcome-unknown","status":504,"detail":"No answer came in time."}',
        )

    await visitor.page.route("**/display", never_know)
    await visitor.write(name, "One")
    await expect(visitor.outcome).to_have_text(NO_ANSWER)
    await visitor.button("Try again").click()
    await expect(visitor.button("Try again")).to_be_visible()

    await visitor.text.fill("Two")
    await visitor.button("Show it").click()

    await expect(visitor.button("Try again")).to_be_visible()
    first, again, changed = keys
    assert first == again
    assert changed != first


async def test_what_the_hardware_reports_stands_on_the_card(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    hardware = visitor.card(name).locator(".hardware")
    await expect(hardware).to_have_text("Panel offline")
    answer = await whole_mesh.show(banner, "Confirm this")
    await expect(hardware).to_have_text("Panel offline, not confirmed yet")

    here = msgspec.json.encode(Presence(at=clock.now()))
    await whole_mesh.fleet.publish(subjects.banner(banner, "presence"), here)
    await expect(hardware).to_have_text("Panel online, not confirmed yet")
    said = Reported(display_id=DisplayId(str(answer["id"])), revision=1, at=clock.now())
    await whole_mesh.fleet.publish(subjects.banner(banner, "reported"), msgspec.json.encode(said))

    await expect(hardware).to_have_text("Panel online, shows this text")
    await expect(hardware).to_have_attribute("data-confirmation", "confirmed")

    goodbye = msgspec.json.encode(Presence(leaving="landed"))
    await whole_mesh.fleet.publish(subjects.banner(banner, "presence"), goodbye)

    await expect(hardware).to_have_text(re.compile(r"^Panel left at .+ \(landed\), shows this text$"))


async def test_what_no_hardware_reports_stands_on_the_card_as_not_confirmed(
    whole_mesh: WholeMesh, banner: str, name: str, visitor: Visitor
) -> None:
    await whole_mesh.show(banner, "Who sees this?")

    hardware = visitor.card(name).locator(".hardware")
    await expect(hardware).to_have_text("Panel offline, not confirmed", timeout=4 * UNCONFIRMED_AFTER_MS)
    await expect(hardware).to_have_attribute("data-confirmation", "unconfirmed")


async def test_a_search_leaves_the_banners_in_which_every_word_stands(
    whole_mesh: WholeMesh, visitor: Visitor
) -> None:
    mark = uuid4().hex[:8]
    names = [f"Gale {mark}", f"Breeze {mark}"]
    for name, tag in zip(names, ("coast", "city"), strict=True):
        await whole_mesh.register(name, [tag])
    search = visitor.page.get_by_label("Search banners")

    await search.fill(f"{mark} COAST")
    await expect(visitor.card(names[0])).to_be_visible()
    await expect(visitor.card(names[1])).to_be_hidden()
    await expect(visitor.announcement).to_have_text(re.compile(r"1 of \d+ banners, 1 free"))
    await search.fill(f"{mark} nowhere")
    await expect(visitor.page.get_by_text("No banner has all of these words.")).to_be_visible()
    await search.fill(mark)

    await expect(visitor.page.locator(".card:visible .name")).to_have_text([names[1], names[0]])


@pytest.mark.usefixtures("banner")
async def test_nobody_complains_on_the_console_while_all_is_well(name: str, visitor: Visitor) -> None:
    await visitor.write(name, "All is well")
    await expect(visitor.panel(name)).to_have_text("All is well")
    await visitor.page.get_by_label("Search banners").fill(name)
    await visitor.take_down(name).click()
    await expect(visitor.status(name)).to_have_text("Free")

    assert visitor.complaints == []
