"""What the calls share: a key has one effect and one answer, and nobody reads less than was answered."""

import anyio
import httpx
from httpx import codes

from services.gateway.calls import keyed_id, new_banner_id
from shared.contracts.identity import BannerId, CommandId, hint_at, hint_in
from shared.contracts.views import BannerView
from tests.support.banners import new_banner_id as unknown_banner_id
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    followed_over,
    listed_over,
    online_over,
    problem_in,
    registered_over,
    running_gateway,
    show,
    show_anywhere,
    view_in,
)
from tests.support.nats_server import NatsServer
from tests.support.waiting import until


async def listed(client: httpx.AsyncClient, banner: BannerId, tag: str) -> BannerView:
    """One banner as the list has it."""
    (item,) = (item for item in (await listed_over(client, tag=tag)).items if item.id == banner)
    return item


def same_answer(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers tell the same."""
    told = ("location", "etag", "content-type")
    return (one.status_code, one.content, *map(one.headers.get, told)) == (
        other.status_code,
        other.content,
        *map(other.headers.get, told),
    )


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


async def test_the_same_key_registers_once(olga: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": unknown_banner_id()}

    first = await olga.post("/v1/banners", json={"name": "Sparky"}, headers=key)
    again = await olga.post("/v1/banners", json={"name": "Sparky"}, headers=key)
    other = await olga.post("/v1/banners", json={"name": "Stormy"}, headers=key)

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
            items = (await listed_over(elsewhere, tag=tag, status="busy")).items
            return [(banner, shown.revision)] == [(item.id, item.revision) for item in items]

        await until(is_listed)


async def test_who_waits_in_the_lobby_finds_itself_in_the_very_next_call(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, services: Services, tag: str
) -> None:
    await online_over(ada, services, tag)
    await show_anywhere(ada, tag=tag)
    for key in (None, "k"):
        waiting = await show_anywhere(bob, "Next", tag=tag, key=key)
        assert codes.ACCEPTED == waiting.status_code
        seen = await bob.get(waiting.headers["location"])

        left = await bob.delete(waiting.headers["location"])
        after = display_in(await bob.get(waiting.headers["location"]))

        assert display_in(waiting) == display_in(seen)
        assert codes.NO_CONTENT == left.status_code
        assert ("ended", "left") == (after.state, after.how)


async def test_who_waits_in_the_lobby_is_found_through_another_gateway_in_the_very_next_call(
    nats_server: NatsServer, ada: httpx.AsyncClient, services: Services, tag: str
) -> None:
    await online_over(ada, services, tag)
    await show_anywhere(ada, tag=tag)
    async with running_gateway(nats_server.url, instance="another") as another:
        for number in range(10):
            waiting = display_in(
                await show_anywhere(ada, "Next", tag=tag, key=f"k{number}" if number % 2 else None)
            )

            assert waiting == await followed_over(another.guest(), waiting.id)


# --- ids ------------------------------------------------------------------------------------------


def test_the_same_caller_call_and_key_make_the_same_id_and_anything_else_another() -> None:
    ids = {
        keyed_id(by, call, key, home="b1")
        for by in ("ada", "bob")
        for call in ("show", "hide")
        for key in "kl"
    }

    assert 8 == len(ids)
    assert keyed_id("ada", "show", "k", home="b1") in ids


def test_without_a_key_there_is_no_id() -> None:
    assert keyed_id("ada", "show", None, home="b1") is None


def test_an_id_tells_where_it_is_at_home() -> None:
    made = keyed_id("ada", "show", "k", home="b1")

    assert made is not None
    assert hint_at("b1") == hint_in(made)


def test_a_banner_is_called_after_the_command_that_made_it_or_by_chance() -> None:
    assert BannerId("b-0123456789ab") == new_banner_id(CommandId("0123456789abcdef"))
    assert new_banner_id(None) != new_banner_id(None)
