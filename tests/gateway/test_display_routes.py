"""The calls about displays: to show, to wait, to mend and to end; what each answers, in full."""

from collections import Counter

import anyio
import httpx
import pytest
from httpx import codes

from shared.contracts.identity import BannerId
from shared.contracts.instants import later
from shared.contracts.views import DisplayView
from tests.support.banners import MINUTE
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    followed_over,
    online_over,
    problem_in,
    running_gateway,
    show,
    show_anywhere,
    view_in,
)
from tests.support.nats_server import NatsServer

# --- showing --------------------------------------------------------------------------------------


async def test_a_text_that_is_shown_is_told_in_full(ada: httpx.AsyncClient, free: BannerId) -> None:
    response = await show(ada, free, "  Happy birthday  ")

    display = display_in(response)
    assert codes.CREATED == response.status_code
    assert f"/v1/displays/{display.id}" == response.headers["location"]
    assert f'"{display.revision}"' == response.headers["etag"]
    assert ("showing", free, "Happy birthday") == (display.state, display.banner, display.text)
    assert display.shown_at is not None
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


# --- following by asking again --------------------------------------------------------------------


async def test_who_asks_again_for_a_display_is_told_when_nothing_has_changed(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    up = display_in(await show(ada, free))
    waits = display_in(await show(ada, free, "Next", when="queue"))
    first = [await ada.get(f"/v1/displays/{display.id}") for display in (up, waits)]

    again = [await _asked_again(ada, response) for response in first]
    await ada.delete(f"/v1/banners/{free}/display")
    after = [await _asked_again(ada, response) for response in first]

    assert [(codes.NOT_MODIFIED, b"")] * 2 == [(response.status_code, response.content) for response in again]
    assert ["ended", "showing"] == [display_in(response).state for response in after]
    assert codes.NOT_MODIFIED == (await _asked_again(ada, after[0])).status_code


async def _asked_again(client: httpx.AsyncClient, response: httpx.Response) -> httpx.Response:
    return await client.get(response.url.path, headers={"If-None-Match": response.headers["etag"]})


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


# --- waiting for a turn ---------------------------------------------------------------------------


async def test_on_a_free_banner_who_would_wait_is_shown_at_once(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    response = await show(ada, free, when="queue")

    assert codes.CREATED == response.status_code
    assert "showing" == display_in(response).state


async def test_who_has_to_wait_is_told_at_which_place_and_until_when_at_the_latest(
    gateway: Gateway, ada: httpx.AsyncClient, free: BannerId
) -> None:
    up = display_in(await show(ada, free))
    assert up.until is not None
    for place in range(1, 4):
        response = await show(gateway.guest(f"guest {place}"), free, f" From {place} ", when="queue")

        view = display_in(response)
        assert codes.ACCEPTED == response.status_code
        assert f"/v1/displays/{view.id}" == response.headers["location"]
        assert f'"{view.revision}"' == response.headers["etag"]
        expected = DisplayView(
            id=view.id,
            state="queued",
            text=f"From {place}",
            by=view.by,
            banner=free,
            position=place,
            starts_at=later(up.until, (place - 1) * MINUTE),
            revision=view.revision,
        )
        assert expected == view == await followed_over(ada, view.id)
        assert place == view_in(await ada.get(f"/v1/banners/{free}")).queue_length


async def test_what_does_not_apply_to_a_display_is_absent(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, free: BannerId
) -> None:
    shown, queued = await show(ada, free), await show(bob, free, when="queue")

    always = {"id", "state", "text", "by", "banner", "revision"}
    assert {*always, "shown_at", "until"} == shown.json().keys()
    assert {*always, "position", "starts_at"} == queued.json().keys()


async def test_who_leaves_the_queue_is_not_shown(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, free: BannerId
) -> None:
    await show(ada, free)
    queued = display_in(await show(bob, free, when="queue"))

    response = await bob.delete(f"/v1/displays/{queued.id}")

    assert codes.NO_CONTENT == response.status_code
    assert b"" == response.content
    await ada.delete(f"/v1/banners/{free}/display")
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is None


async def test_the_author_ends_a_display_by_its_id(ada: httpx.AsyncClient, free: BannerId) -> None:
    up = display_in(await show(ada, free))

    response = await ada.delete(f"/v1/displays/{up.id}")

    assert codes.NO_CONTENT == response.status_code
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is None


async def test_an_operator_ends_what_somebody_else_shows(
    ada: httpx.AsyncClient, olga: httpx.AsyncClient, free: BannerId
) -> None:
    await show(ada, free)

    response = await olga.delete(f"/v1/banners/{free}/display")

    assert codes.NO_CONTENT == response.status_code
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is None


# --- mending --------------------------------------------------------------------------------------


async def replace(client: httpx.AsyncClient, banner: str, text: str, etag: str) -> httpx.Response:
    """Mend a text."""
    return await client.put(f"/v1/banners/{banner}/display", json={"text": text}, headers={"If-Match": etag})


@pytest.mark.parametrize("who", ["ada", "olga"])
async def test_what_is_mended_keeps_its_id_its_author_and_its_deadline(
    ada: httpx.AsyncClient, request: pytest.FixtureRequest, free: BannerId, who: str
) -> None:
    shown = await show(ada, free, "Helo")
    up = display_in(shown)

    response = await replace(request.getfixturevalue(who), free, "  Hello ", shown.headers["etag"])

    view = view_in(response)
    assert codes.OK == response.status_code
    assert up.revision is not None
    assert up.revision < view.revision
    assert f'"{view.revision}"' == response.headers["etag"]
    assert view.display is not None
    assert (up.id, "Hello", up.by, up.shown_at, up.until) == (
        view.display.id,
        view.display.text,
        view.display.by,
        view.display.shown_at,
        view.display.until,
    )
    assert view == view_in(await ada.get(f"/v1/banners/{free}"))
    assert "Hello" == (await followed_over(ada, up.id)).text


async def test_of_two_who_mend_the_same_revision_one_does(
    nats_server: NatsServer, ada: httpx.AsyncClient, free: BannerId
) -> None:
    shown = await show(ada, free, "Helo")
    answers: list[httpx.Response] = []
    async with running_gateway(nats_server.url, instance="another") as another:

        async def mend(client: httpx.AsyncClient, text: str) -> None:
            answers.append(await replace(client, free, text, shown.headers["etag"]))

        async with anyio.create_task_group() as tasks:
            for number, client in enumerate([ada, another.guest("ada")] * 3):
                tasks.start_soon(mend, client, f"Hello {number}")

    assert {codes.OK: 1, codes.PRECONDITION_FAILED: 5} == Counter(answer.status_code for answer in answers)
    (won,) = (view_in(answer) for answer in answers if answer.is_success)
    assert won == view_in(await ada.get(f"/v1/banners/{free}"))


async def test_what_one_gateway_mended_the_other_shows(
    nats_server: NatsServer, ada: httpx.AsyncClient, free: BannerId
) -> None:
    shown = await show(ada, free, "Helo")
    async with running_gateway(nats_server.url, instance="another") as another:
        elsewhere = another.guest("ada")
        mended = await replace(elsewhere, free, "Hello", shown.headers["etag"])

        assert view_in(mended) == view_in(await ada.get(f"/v1/banners/{free}"))
        ended = await replace(ada, free, "Hello!", mended.headers["etag"])
        assert view_in(ended) == view_in(await elsewhere.get(f"/v1/banners/{free}"))


async def test_a_tag_that_is_none_mends_nothing(ada: httpx.AsyncClient, free: BannerId) -> None:
    await show(ada, free)

    response = await replace(ada, free, "Hello", "newest")

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "If-Match" in problem_in(response)["detail"]


# --- any free banner ------------------------------------------------------------------------------


async def test_a_text_is_shown_on_any_free_banner_and_told_in_full(
    ada: httpx.AsyncClient, services: Services, tag: str
) -> None:
    (banner,) = await online_over(ada, services, tag)

    response = await show_anywhere(ada, " Hello ", tag=tag)

    view = display_in(response)
    assert codes.CREATED == response.status_code
    assert f"/v1/displays/{view.id}" == response.headers["location"]
    assert f'"{view.revision}"' == response.headers["etag"]
    assert ("showing", banner, "Hello") == (view.state, view.banner, view.text)
    assert view.shown_at is not None
    assert later(view.shown_at, MINUTE) == view.until
    assert view == await followed_over(ada, view.id)
    up = view_in(await ada.get(f"/v1/banners/{banner}")).display
    assert up is not None
    assert view.id == up.id


async def test_where_all_are_taken_one_waits_in_the_lobby_and_is_told_at_which_place(
    gateway: Gateway, ada: httpx.AsyncClient, services: Services, tag: str
) -> None:
    await online_over(ada, services, tag)
    await show_anywhere(ada, tag=tag)
    for place in range(1, 4):
        response = await show_anywhere(gateway.guest(f"guest {place}"), f"From {place}", tag=tag)

        view = display_in(response)
        assert codes.ACCEPTED == response.status_code
        assert f"/v1/displays/{view.id}" == response.headers["location"]
        assert "etag" not in response.headers
        expected = DisplayView(id=view.id, state="waiting", text=f"From {place}", by=view.by, position=place)
        assert expected == view


async def test_two_texts_are_never_on_one_banner(
    ada: httpx.AsyncClient, services: Services, tag: str
) -> None:
    banners = await online_over(ada, services, tag, among=5)
    answers: list[httpx.Response] = []

    async def press(number: int) -> None:
        answers.append(await show_anywhere(ada, f"Text {number}", tag=tag))

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(press, number)

    assert {codes.CREATED: 5, codes.ACCEPTED: 3} == Counter(answer.status_code for answer in answers)
    shown = [display_in(answer).banner for answer in answers]
    assert banners == sorted(each for each in shown if each is not None)


async def test_without_a_tag_any_banner_will_do(ada: httpx.AsyncClient, services: Services, tag: str) -> None:
    await online_over(ada, services, tag)

    response = await show_anywhere(ada)

    assert codes.CREATED == response.status_code
    assert codes.NO_CONTENT == (await ada.delete(response.headers["location"])).status_code
