"""The calls: what each answers, what it refuses, and that nobody reads less than was answered before."""

from collections import Counter
from typing import Any

import anyio
import httpx
import msgspec
import pytest
from httpx import codes

from shared.contracts import subjects
from shared.contracts.hardware import Presence
from shared.contracts.identity import BannerId
from shared.contracts.instants import later
from shared.contracts.views import BannerPage, BannerView, DisplayView
from shared.mesh import clock
from shared.mesh.connection import Mesh
from tests.support.banners import MINUTE, new_banner_id, running_banner_service
from tests.support.clock import HandClock
from tests.support.gateways import Gateway, problem_in, registered_over, running_gateway, view_in
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

_page = msgspec.json.Decoder(BannerPage)
_display = msgspec.json.Decoder(DisplayView)


async def show(
    client: httpx.AsyncClient, banner: str, text: str = "Hello", *, key: str | None = None
) -> httpx.Response:
    """Press *show*."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"/v1/banners/{banner}/display", json={"text": text}, headers=headers)


def display_in(response: httpx.Response) -> DisplayView:
    """The display that a response carries."""
    assert codes.CREATED == response.status_code, response.text
    return _display.decode(response.content)


async def list_with(client: httpx.AsyncClient, **query: str | int) -> BannerPage:
    """One page of the list."""
    response = await client.get("/v1/banners", params=query)
    assert codes.OK == response.status_code, response.text
    return _page.decode(response.content)


async def listed(client: httpx.AsyncClient, banner: BannerId, tag: str) -> BannerView:
    """One banner as the list has it."""
    (item,) = (item for item in (await list_with(client, tag=tag)).items if item.id == banner)
    return item


def same_answer(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers tell the same."""
    told = ("location", "etag", "content-type")
    return (one.status_code, one.content, *map(one.headers.get, told)) == (
        other.status_code,
        other.content,
        *map(other.headers.get, told),
    )


@pytest.fixture
def tag(free: BannerId) -> str:
    """A tag that no other test has."""
    return f"t-{free}"


# --- registering ----------------------------------------------------------------------------------


async def test_a_registered_banner_is_told_in_full(ada: httpx.AsyncClient) -> None:
    banner = new_banner_id()

    response = await ada.post(
        "/v1/banners", json={"id": banner, "name": "Lightning ⚡", "tags": ["east", "fast"]}
    )

    assert codes.CREATED == response.status_code
    assert f"/v1/banners/{banner}" == response.headers["location"]
    view = view_in(response)
    assert f'"{view.revision}"' == response.headers["etag"]
    assert (
        BannerView(
            id=banner,
            name="Lightning ⚡",
            tags=("east", "fast"),
            revision=view.revision,
            display=None,
            queue_length=0,
            hold=None,
            presence="offline",
            reported=None,
        )
        == view
    )


async def test_every_member_of_a_banner_is_there_even_when_it_is_null(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    members = (await ada.get(f"/v1/banners/{free}")).json()

    assert [
        "id",
        "name",
        "tags",
        "revision",
        "display",
        "queue_length",
        "hold",
        "presence",
        "reported",
    ] == list(members)


async def test_a_banner_without_an_id_gets_one(ada: httpx.AsyncClient) -> None:
    one, other = [await ada.post("/v1/banners", json={"name": "Sparky"}) for _ in range(2)]

    assert codes.CREATED == one.status_code == other.status_code
    assert view_in(one).id != view_in(other).id
    assert view_in(one) == view_in(await ada.get(one.headers["location"]))


async def test_a_banner_without_a_name_is_called_by_its_id(ada: httpx.AsyncClient, free: BannerId) -> None:
    assert free == view_in(await ada.get(f"/v1/banners/{free}")).name


async def test_an_id_is_registered_once(bob: httpx.AsyncClient, free: BannerId) -> None:
    response = await bob.post("/v1/banners", json={"id": free})

    problem = problem_in(response)
    assert codes.CONFLICT == response.status_code
    assert "/problems/already-registered" == problem["type"]
    assert free == problem["banner"]
    assert "location" not in response.headers


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "banner",
    [
        pytest.param("nobody", id="nobody registered"),
        pytest.param("a.b", id="with a dot"),
        pytest.param("a*b", id="with a star"),
        pytest.param("*", id="that is a star"),
        pytest.param("%3E", id="that is a greater-than sign"),
        pytest.param("a%20b", id="with a space"),
        pytest.param("a%0Ab", id="with a line break"),
        pytest.param("a%0A", id="that ends with a line break"),
        pytest.param("a%00b", id="with a null"),
        pytest.param("UP", id="in upper case"),
        pytest.param("%FF", id="that is no text"),
        pytest.param("%D8%A7", id="in another script"),
        pytest.param("x" * 64, id="too long"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", "", None, id="get"),
        pytest.param("POST", "/display", {"text": "Hello"}, id="show"),
        pytest.param("DELETE", "/display", None, id="clear"),
        pytest.param("GET", "/live", None, id="follow"),
    ],
)
async def test_there_is_no_banner(
    ada: httpx.AsyncClient, banner: str, method: str, path: str, body: Any
) -> None:
    response = await ada.request(method, f"/v1/banners/{banner}{path}", json=body)

    problem = problem_in(response)
    assert codes.NOT_FOUND == response.status_code
    assert "/problems/unknown-banner" == problem["type"]
    assert str(httpx.URL(f"http://a/{banner}").path[1:]) == problem["banner"]


async def test_the_tag_of_a_banner_is_its_revision(ada: httpx.AsyncClient, free: BannerId) -> None:
    response = await ada.get(f"/v1/banners/{free}")

    assert f'"{view_in(response).revision}"' == response.headers["etag"]


async def test_who_has_the_newest_is_told_so_without_a_body(ada: httpx.AsyncClient, free: BannerId) -> None:
    etag = (await ada.get(f"/v1/banners/{free}")).headers["etag"]

    response = await ada.get(f"/v1/banners/{free}", headers={"If-None-Match": etag})

    assert codes.NOT_MODIFIED == response.status_code
    assert etag == response.headers["etag"]
    assert b"" == response.content


async def test_who_has_an_older_one_gets_the_newest(ada: httpx.AsyncClient, free: BannerId) -> None:
    etag = (await ada.get(f"/v1/banners/{free}")).headers["etag"]
    shown = await show(ada, free)

    response = await ada.get(f"/v1/banners/{free}", headers={"If-None-Match": etag})

    assert codes.OK == response.status_code
    assert shown.headers["etag"] == response.headers["etag"]


async def test_a_display_past_its_deadline_is_returned_by_no_call_though_nobody_has_ended_it(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    slow_clock = HandClock(later(clock.now(), -2 * MINUTE))
    async with (
        running_banner_service(own_mesh, now=slow_clock),
        running_gateway(own_nats_server.url) as gateway,
    ):
        ada = gateway.guest("ada")
        banner = await registered_over(ada)
        shown = await show(ada, banner)

        seen = await ada.get(f"/v1/banners/{banner}", headers={"If-None-Match": shown.headers["etag"]})

        assert codes.OK == seen.status_code
        assert shown.headers["etag"] == seen.headers["etag"]
        assert view_in(seen).display is None
        assert [None] == [item.display for item in (await list_with(ada)).items]
        assert [banner] == [item.id for item in (await list_with(ada, status="free")).items]
        assert () == (await list_with(ada, status="busy")).items


# --- the list -------------------------------------------------------------------------------------


async def test_the_list_comes_in_pages_in_the_order_of_the_ids(ada: httpx.AsyncClient, tag: str) -> None:
    ids = sorted([await registered_over(ada, tags=[tag]) for _ in range(5)])
    pages: list[list[str]] = []
    cursor: str | None = ""

    while cursor is not None:
        page = await list_with(ada, tag=tag, limit=2, cursor=cursor)
        pages.append([item.id for item in page.items])
        cursor = page.next_cursor

    assert [ids[:2], ids[2:4], ids[4:]] == pages


async def test_a_page_that_ends_with_the_last_banner_has_no_next(ada: httpx.AsyncClient, tag: str) -> None:
    for _ in range(2):
        await registered_over(ada, tags=[tag])

    page = await list_with(ada, tag=tag, limit=2)

    assert 2 == len(page.items)
    assert page.next_cursor is None


async def test_a_cursor_need_not_be_the_id_of_a_banner(ada: httpx.AsyncClient, tag: str) -> None:
    await registered_over(ada, tags=[tag])

    assert 1 == len((await list_with(ada, tag=tag, cursor="\n")).items)
    assert () == (await list_with(ada, tag=tag, cursor="zzz")).items


async def test_the_list_without_anything_has_every_banner_that_fits(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    page = await list_with(ada)

    assert free in {item.id for item in page.items}


async def test_a_tag_chooses_the_banners_that_have_it(ada: httpx.AsyncClient, tag: str) -> None:
    with_it = await registered_over(ada, tags=["east", tag])
    await registered_over(ada, tags=["east", f"{tag[:-1]}"])

    assert [with_it] == [item.id for item in (await list_with(ada, tag=tag)).items]


async def test_a_tag_that_nobody_has_chooses_none(ada: httpx.AsyncClient) -> None:
    assert BannerPage((), None) == await list_with(ada, tag="*")


@pytest.mark.parametrize(
    ("status", "busy"), [pytest.param("busy", True, id="busy"), pytest.param("free", False, id="free")]
)
async def test_the_status_chooses_the_banners_that_are(
    ada: httpx.AsyncClient,
    tag: str,
    status: str,
    busy: bool,  # noqa: FBT001
) -> None:
    banners = {False: await registered_over(ada, tags=[tag]), True: await registered_over(ada, tags=[tag])}
    await show(ada, banners[True])

    assert [banners[busy]] == [item.id for item in (await list_with(ada, tag=tag, status=status)).items]


async def test_the_status_chooses_the_banners_whose_hardware_is_there(
    ada: httpx.AsyncClient, mesh: Mesh, tag: str
) -> None:
    silent, alive = sorted([await registered_over(ada, tags=[tag]) for _ in range(2)])
    await mesh.publish(subjects.banner(alive, "presence"), msgspec.json.encode(Presence(at=clock.now())))

    async def chosen(status: str) -> list[BannerId]:
        return [item.id for item in (await list_with(ada, tag=tag, status=status)).items]

    async def is_known() -> bool:
        return await chosen("online") == [alive]

    await until(is_known)
    assert [silent] == await chosen("offline")


# --- showing --------------------------------------------------------------------------------------


async def test_a_text_that_is_shown_is_told_in_full(ada: httpx.AsyncClient, free: BannerId) -> None:
    response = await show(ada, free, "  Happy birthday  ")

    display = display_in(response)
    assert f"/v1/displays/{display.id}" == response.headers["location"]
    assert f'"{display.revision}"' == response.headers["etag"]
    assert ("showing", free, "Happy birthday") == (display.state, display.banner, display.text)
    assert later(display.shown_at, MINUTE) == display.until


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x", "x", id="one character"),
        pytest.param("x" * 120, "x" * 120, id="as long as it may be"),
        pytest.param(" \n x\t", "x", id="white space around it"),
        pytest.param("e\u0301", "é", id="an accent of its own"),
        pytest.param("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦", id="a family in one emoji"),
        pytest.param("مرحبا بالعالم", "مرحبا بالعالم", id="right to left"),
        pytest.param("שלום, world", "שלום, world", id="both ways"),
        pytest.param("⚡" * 120, "⚡" * 120, id="as many emoji as may be"),
    ],
)
async def test_this_text_is_shown(ada: httpx.AsyncClient, free: BannerId, text: str, expected: str) -> None:
    assert expected == display_in(await show(ada, free, text)).text
    display = view_in(await ada.get(f"/v1/banners/{free}")).display
    assert display is not None
    assert expected == display.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "nothing", id="nothing"),
        pytest.param(" \n\t ", "nothing", id="white space only"),
        pytest.param("x" * 121, "121 characters", id="too long"),
        pytest.param("x" * 10_000, "10000 characters", id="much too long"),
        pytest.param("a\nb", "U+000A", id="a line break"),
        pytest.param("a\x00b", "U+0000", id="a null"),
        pytest.param("a\x1b[31mb", "U+001B", id="an escape"),
        pytest.param("a\x85b", "U+0085", id="a C1 control"),
        pytest.param("a\u202eb", "U+202E", id="an override of the direction"),
        pytest.param("\u200b\u200d", "invisible", id="nothing to see"),
    ],
)
async def test_this_text_is_not_shown(ada: httpx.AsyncClient, free: BannerId, text: str, why: str) -> None:
    response = await show(ada, free, text)

    problem = problem_in(response)
    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/bad-text" == problem["type"]
    assert why in problem["problem"]
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is None


async def test_a_busy_banner_says_until_when_and_by_which_display(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, free: BannerId
) -> None:
    first = display_in(await show(ada, free, "First"))

    response = await show(bob, free, "Second")

    problem = problem_in(response)
    assert codes.CONFLICT == response.status_code
    assert "/problems/busy" == problem["type"]
    assert (first.until, first.id, first.revision) == (
        problem["until"],
        problem["display_id"],
        problem["revision"],
    )
    assert 0 < problem["retry_after_ms"] <= MINUTE
    assert -(-problem["retry_after_ms"] // 1000) == int(response.headers["retry-after"])
    assert "etag" not in response.headers


async def test_of_many_who_press_show_at_once_one_gets_it_and_all_others_are_told_who(
    nats_server: NatsServer, gateway: Gateway, free: BannerId
) -> None:
    answers: list[httpx.Response] = []
    async with running_gateway(nats_server.url, instance="another") as another:

        async def press(number: int) -> None:
            guest = (gateway, another)[number % 2].guest(f"guest {number}")
            answers.append(await show(guest, free, f"from {number}"))

        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(press, number)

    assert {codes.CREATED: 1, codes.CONFLICT: 19} == Counter(answer.status_code for answer in answers)
    (winner,) = (display_in(answer) for answer in answers if answer.is_success)
    told = {problem_in(answer)["display_id"] for answer in answers if not answer.is_success}
    assert {winner.id} == told


# --- ending ---------------------------------------------------------------------------------------


async def test_the_author_ends_a_display(ada: httpx.AsyncClient, free: BannerId) -> None:
    await show(ada, free)

    response = await ada.delete(f"/v1/banners/{free}/display")

    assert codes.NO_CONTENT == response.status_code
    assert b"" == response.content
    seen = await ada.get(f"/v1/banners/{free}")
    assert view_in(seen).display is None
    assert seen.headers["etag"] == response.headers["etag"]


async def test_where_nothing_shows_there_is_nothing_to_end(ada: httpx.AsyncClient, free: BannerId) -> None:
    response = await ada.delete(f"/v1/banners/{free}/display")

    assert codes.NOT_FOUND == response.status_code
    assert "/problems/nothing-showing" == problem_in(response)["type"]


async def test_a_display_is_ended_where_the_revision_is_still_the_newest(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    shown = await show(ada, free)

    response = await ada.delete(f"/v1/banners/{free}/display", headers={"If-Match": shown.headers["etag"]})

    assert codes.NO_CONTENT == response.status_code


async def test_a_display_is_not_ended_where_the_banner_changed_meanwhile(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    before = view_in(await ada.get(f"/v1/banners/{free}")).revision
    shown = display_in(await show(ada, free))

    response = await ada.delete(f"/v1/banners/{free}/display", headers={"If-Match": f'"{before}"'})

    problem = problem_in(response)
    assert codes.PRECONDITION_FAILED == response.status_code
    assert "/problems/stale" == problem["type"]
    assert (before, shown.revision) == (problem["expected"], problem["revision"])
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is not None


async def test_a_tag_that_is_none_ends_nothing(ada: httpx.AsyncClient, free: BannerId) -> None:
    await show(ada, free)

    response = await ada.delete(f"/v1/banners/{free}/display", headers={"If-Match": "newest"})

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "If-Match" in problem_in(response)["detail"]
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is not None


# --- the same key again ---------------------------------------------------------------------------


async def test_the_same_key_has_the_same_answer_and_one_effect(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    first = await show(ada, free, key="k")

    again = await show(ada, free, key="k")

    assert codes.CREATED == first.status_code
    assert same_answer(first, again)
    assert display_in(first).revision == view_in(await ada.get(f"/v1/banners/{free}")).revision


async def test_without_a_key_the_same_text_is_another_wish(ada: httpx.AsyncClient, free: BannerId) -> None:
    await show(ada, free)

    assert codes.CONFLICT == (await show(ada, free)).status_code


async def test_the_same_key_with_another_text_is_refused(ada: httpx.AsyncClient, free: BannerId) -> None:
    first = await show(ada, free, "One", key="k")

    response = await show(ada, free, "Other", key="k")

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/key-reused" == problem_in(response)["type"]
    display = view_in(await ada.get(f"/v1/banners/{free}")).display
    assert display is not None
    assert ("One", display_in(first).id) == (display.text, display.id)


async def test_a_refusal_is_not_kept_under_its_key(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, free: BannerId
) -> None:
    await show(bob, free)
    refused = await show(ada, free, key="k")
    await bob.delete(f"/v1/banners/{free}/display")

    again = await show(ada, free, key="k")

    assert codes.CONFLICT == refused.status_code
    assert codes.CREATED == again.status_code


async def test_a_key_is_known_after_its_display_has_ended_and_another_has_begun(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    first = await show(ada, free, key="k")
    await ada.delete(f"/v1/banners/{free}/display")
    other = display_in(await show(ada, free, "Another"))

    again = await show(ada, free, key="k")

    assert same_answer(first, again)
    display = view_in(await ada.get(f"/v1/banners/{free}")).display
    assert display is not None
    assert other.id == display.id


async def test_the_same_key_of_another_author_is_another_key(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, free: BannerId
) -> None:
    await show(ada, free, key="k")

    response = await show(bob, free, key="k")

    assert "/problems/busy" == problem_in(response)["type"]


async def test_the_same_key_for_another_banner_is_another_key(ada: httpx.AsyncClient, free: BannerId) -> None:
    other = await registered_over(ada)
    first = await show(ada, free, key="k")

    response = await show(ada, other, key="k")

    assert display_in(first).id != display_in(response).id


async def test_the_same_key_through_another_gateway_has_the_same_answer(
    nats_server: NatsServer, ada: httpx.AsyncClient, free: BannerId
) -> None:
    first = await show(ada, free, key="k")

    async with running_gateway(nats_server.url, instance="another") as another:
        again = await show(another.guest("ada"), free, key="k")
        reused = await show(another.guest("ada"), free, "Other", key="k")

    assert same_answer(first, again)
    assert "/problems/key-reused" == problem_in(reused)["type"]


async def test_the_same_key_many_times_at_once_has_one_effect(
    nats_server: NatsServer, gateway: Gateway, free: BannerId
) -> None:
    answers: list[httpx.Response] = []
    async with running_gateway(nats_server.url, instance="another") as another:

        async def press(number: int) -> None:
            answers.append(await show((gateway, another)[number % 2].guest("ada"), free, key="k"))

        async with anyio.create_task_group() as tasks:
            for number in range(10):
                tasks.start_soon(press, number)

    assert 10 == len(answers)
    assert all(same_answer(answers[0], answer) for answer in answers)
    assert codes.CREATED == answers[0].status_code


async def test_the_same_key_registers_once(ada: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": new_banner_id()}

    first = await ada.post("/v1/banners", json={"name": "Sparky"}, headers=key)
    again = await ada.post("/v1/banners", json={"name": "Sparky"}, headers=key)
    other = await ada.post("/v1/banners", json={"name": "Stormy"}, headers=key)

    assert codes.CREATED == first.status_code
    assert same_answer(first, again)
    assert "/problems/key-reused" == problem_in(other)["type"]


# --- reading what was answered --------------------------------------------------------------------


async def test_who_was_answered_reads_that_in_the_very_next_call(ada: httpx.AsyncClient, tag: str) -> None:
    for _ in range(10):
        banner = await registered_over(ada, tags=[tag])
        assert (await listed(ada, banner, tag)).display is None

        shown = display_in(await show(ada, banner))
        item = await listed(ada, banner, tag)
        assert item == view_in(await ada.get(f"/v1/banners/{banner}"))
        assert item.display is not None
        assert (shown.id, shown.revision) == (item.display.id, item.revision)

        ended = await ada.delete(f"/v1/banners/{banner}/display")
        item = await listed(ada, banner, tag)
        assert item.display is None
        assert ended.headers["etag"] == f'"{item.revision}"'


async def test_what_one_gateway_did_the_other_lists_soon_and_reads_at_once(
    nats_server: NatsServer, ada: httpx.AsyncClient, tag: str
) -> None:
    async with running_gateway(nats_server.url, instance="another") as another:
        elsewhere = another.guest()
        banner = await registered_over(ada, tags=[tag])
        shown = display_in(await show(ada, banner))

        display = view_in(await elsewhere.get(f"/v1/banners/{banner}")).display
        assert display is not None
        assert shown.id == display.id

        async def is_listed() -> bool:
            items = (await list_with(elsewhere, tag=tag, status="busy")).items
            return [(banner, shown.revision)] == [(item.id, item.revision) for item in items]

        await until(is_listed)
