"""What operators do about texts over HTTP, and what everybody else sees of it."""

from functools import partial
from typing import Any

import httpx
import msgspec
import pytest
from httpx import codes

from shared.contracts.identity import BannerId
from shared.contracts.views import BlocklistView, DisplayView, PendingPage
from tests.support.banners import new_banner_id
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    followed_over,
    history_over,
    online_over,
    problem_in,
    registered_over,
    show,
    show_anywhere,
    view_in,
)
from tests.support.viewers import following_displays
from tests.support.waiting import until

NOWHERE = "nowhere"
"""A tag that no banner has: texts that may be shown are refused for that, and wait for nothing."""

_pending = msgspec.json.Decoder(PendingPage)
_blocklist = msgspec.json.Decoder(BlocklistView)


@pytest.fixture
async def read_first(free: BannerId, olga: httpx.AsyncClient) -> BannerId:
    """A free banner on which texts need a yes."""
    answer = await olga.put(f"/v1/banners/{free}/approval")
    assert view_in(answer).approve_first
    return free


async def decided(
    olga: httpx.AsyncClient, display_id: str, *, approved: bool = True, reason: str | None = None
) -> httpx.Response:
    """An operator's yes or no."""
    body = {"approved": approved} if reason is None else {"approved": approved, "reason": reason}
    return await olga.put(f"/v1/displays/{display_id}/approval", json=body)


async def pending_at(client: httpx.AsyncClient, path: str, **query: Any) -> PendingPage:
    """What waits for a yes."""
    response = await client.get(path, params=query)
    assert response.is_success, response.text
    return _pending.decode(response.content)


# --- approve first --------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["now", "queue"])
async def test_a_text_waits_for_a_yes_and_then_shows(
    read_first: BannerId, ada: httpx.AsyncClient, olga: httpx.AsyncClient, when: str
) -> None:
    sent = await show(ada, read_first, "Hello", when=when)
    waiting = display_in(sent)

    assert (codes.ACCEPTED, "pending") == (sent.status_code, waiting.state)
    assert f"/v1/displays/{waiting.id}" == sent.headers["location"]
    assert waiting == await followed_over(ada, waiting.id)
    seen = view_in(await ada.get(f"/v1/banners/{read_first}"))
    assert (None, 1, 0) == (seen.display, seen.pending_length, seen.queue_length)

    yes = await decided(olga, waiting.id)

    assert "showing" == display_in(yes).state
    assert sent.headers["etag"] != yes.headers["etag"]
    seen = view_in(await ada.get(f"/v1/banners/{read_first}"))
    assert seen.display is not None
    assert ("Hello", 0) == (seen.display.text, seen.pending_length)


async def test_an_approved_text_takes_its_turn_behind_what_shows(
    read_first: BannerId, gateway: Gateway, olga: httpx.AsyncClient
) -> None:
    texts = [display_in(await show(gateway.guest(name), read_first, name)) for name in ("ada", "bob")]

    answers = [display_in(await decided(olga, each.id)) for each in texts]

    assert [("showing", None), ("queued", 1)] == [(each.state, each.position) for each in answers]


async def test_a_rejected_text_is_over_and_its_author_reads_why(
    read_first: BannerId, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    waiting = display_in(await show(ada, read_first, "Rude"))

    no = display_in(await decided(olga, waiting.id, approved=False, reason="not nice"))

    assert ("ended", "rejected", "not nice", None) == (no.state, no.how, no.reason, no.shown_at)
    assert no == await followed_over(ada, waiting.id)
    again = problem_in(await decided(olga, waiting.id))
    assert "/problems/not-pending" == again["type"]
    assert None is view_in(await ada.get(f"/v1/banners/{read_first}")).display


async def test_who_follows_a_text_is_told_what_becomes_of_it(
    read_first: BannerId, gateway: Gateway, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    waiting = display_in(await show(ada, read_first))
    async with following_displays(gateway.live_url, waiting.id) as viewer:
        await decided(olga, waiting.id, approved=False, reason="no")
        last = await viewer.display()

    assert ("ended", "rejected", "no") == (last.state, last.how, last.reason)


async def test_a_no_needs_a_reason(
    read_first: BannerId, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    waiting = display_in(await show(ada, read_first))

    no = await decided(olga, waiting.id, approved=False)

    assert codes.UNPROCESSABLE_ENTITY == no.status_code
    assert "expected a reason with a no, found none" == problem_in(no)["detail"]
    assert "pending" == (await followed_over(ada, waiting.id)).state


async def test_an_author_takes_a_text_back_that_waits_for_a_yes(
    read_first: BannerId, gateway: Gateway, ada: httpx.AsyncClient
) -> None:
    waiting = display_in(await show(ada, read_first))

    theirs = await gateway.guest("bob").delete(f"/v1/displays/{waiting.id}")
    mine = await ada.delete(f"/v1/displays/{waiting.id}")

    assert (codes.FORBIDDEN, codes.NO_CONTENT) == (theirs.status_code, mine.status_code)
    over = await followed_over(ada, waiting.id)
    assert ("ended", "left") == (over.state, over.how)


async def test_an_operator_takes_a_text_out_that_waits_for_a_yes(
    read_first: BannerId, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    waiting = display_in(await show(ada, read_first))

    assert codes.NO_CONTENT == (await olga.delete(f"/v1/displays/{waiting.id}")).status_code
    assert "removed" == (await followed_over(ada, waiting.id)).how


async def test_the_same_key_gives_the_same_answer_whatever_was_decided_since(
    read_first: BannerId, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    first = await show(ada, read_first, key="k")
    await decided(olga, display_in(first).id)

    again = await show(ada, read_first, key="k")

    assert (first.status_code, first.content) == (again.status_code, again.content)


async def test_when_texts_need_no_yes_any_more_they_show_and_what_waits_goes_on_waiting(
    read_first: BannerId, gateway: Gateway, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    waiting = display_in(await show(ada, read_first))

    off = await olga.delete(f"/v1/banners/{read_first}/approval")
    shown = await show(gateway.guest("bob"), read_first)

    assert (codes.NO_CONTENT, codes.CREATED) == (off.status_code, shown.status_code)
    assert "pending" == (await followed_over(ada, waiting.id)).state
    assert "queued" == display_in(await decided(olga, waiting.id)).state


async def test_the_lobby_sends_nobody_to_a_banner_where_texts_need_a_yes(
    services: Services, ada: httpx.AsyncClient, olga: httpx.AsyncClient, tag: str
) -> None:
    (banner,) = await online_over(ada, services, tag)
    assert (await olga.put(f"/v1/banners/{banner}/approval")).is_success

    sent = await show_anywhere(ada, tag=tag)

    waiting = display_in(sent)
    assert (codes.ACCEPTED, "waiting", None) == (sent.status_code, waiting.state, waiting.banner)
    assert "/problems/not-pending" == problem_in(await decided(olga, waiting.id))["type"]
    assert (await olga.delete(f"/v1/banners/{banner}/approval")).is_success
    await until(partial(_has_state, ada, waiting.id, "showing"))


async def _has_state(client: httpx.AsyncClient, display_id: str, state: str) -> bool:
    return (await followed_over(client, display_id)).state == state


# --- who sees what --------------------------------------------------------------------------------


async def test_operators_list_what_waits_on_a_banner_and_anywhere(
    read_first: BannerId, gateway: Gateway, olga: httpx.AsyncClient
) -> None:
    other = await registered_over(olga)
    assert (await olga.put(f"/v1/banners/{other}/approval")).is_success
    here = [display_in(await show(gateway.guest(name), read_first)) for name in ("ada", "bob")]
    there = display_in(await show(gateway.guest("cyd"), other))

    one = await pending_at(olga, f"/v1/banners/{read_first}/pending")
    every = await pending_at(olga, "/v1/pending", limit=1_000)

    assert [each.id for each in here] == [each.id for each in one.items]
    ids = [each.id for each in every.items]
    assert {*(each.id for each in here), there.id} <= set(ids)
    assert None is every.next_cursor
    assert ids == [each.id for each in await _page_by_page(olga)]


async def _page_by_page(olga: httpx.AsyncClient) -> list[DisplayView]:
    items: list[DisplayView] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await pending_at(olga, "/v1/pending", limit=1, cursor=cursor)
        items += page.items
        cursor = page.next_cursor
    return items


async def test_nobody_else_reads_a_text_that_waits_for_a_yes(
    read_first: BannerId, gateway: Gateway, ada: httpx.AsyncClient, olga: httpx.AsyncClient
) -> None:
    sent = display_in(await show(ada, read_first, "not for everybody"))
    await decided(olga, sent.id, approved=False, reason="nor is the reason")
    taken_back = display_in(await show(ada, read_first, "not for everybody either"))
    await ada.delete(f"/v1/displays/{taken_back.id}")
    await show(ada, read_first, "not for everybody at all")

    bob = gateway.guest("bob")
    banner = await bob.get(f"/v1/banners/{read_first}")
    listed = await bob.get("/v1/banners", params={"limit": 1_000})
    history = await bob.get(f"/v1/banners/{read_first}/history")

    for response in (banner, listed, history):
        assert response.is_success
        assert "not for everybody" not in response.text
        assert "nor is the reason" not in response.text
        assert sent.id not in response.text
    items = (await history_over(bob, read_first)).items
    assert ["submitted", "withdrawn", "submitted", "rejected", "submitted", "approval-set"] == [
        msgspec.to_builtins(event)["type"] for item in items for event in item.events
    ][:6]


CALLS = [
    ("PUT", "/v1/banners/{banner}/approval", None),
    ("DELETE", "/v1/banners/{banner}/approval", None),
    ("GET", "/v1/banners/{banner}/pending", None),
    ("GET", "/v1/pending", None),
    ("PUT", "/v1/displays/{display}/approval", {"approved": True}),
    ("PUT", "/v1/displays/{display}/approval", {"approved": False, "reason": "mine"}),
    ("GET", "/v1/blocklist", None),
    ("PUT", "/v1/blocklist/frog", None),
    ("DELETE", "/v1/blocklist/frog", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_an_author_does_none_of_that(
    read_first: BannerId, ada: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    waiting = display_in(await show(ada, read_first))
    before = await ada.get(f"/v1/banners/{read_first}")

    response = await ada.request(method, path.format(banner=read_first, display=waiting.id), json=body)

    assert codes.FORBIDDEN == response.status_code
    assert "/problems/not-operator" == problem_in(response)["type"]
    assert before.content == (await ada.get(f"/v1/banners/{read_first}")).content


@pytest.mark.parametrize(
    ("method", "path", "body", "slug"),
    [
        ("PUT", "/v1/banners/nobody/approval", None, "unknown-banner"),
        ("DELETE", "/v1/banners/nobody/approval", None, "unknown-banner"),
        ("GET", "/v1/banners/nobody/pending", None, "unknown-banner"),
        ("PUT", "/v1/displays/nobody/approval", {"approved": True}, "unknown-display"),
    ],
)
async def test_what_is_not_there_is_not_decided(
    olga: httpx.AsyncClient, method: str, path: str, body: Any, slug: str
) -> None:
    response = await olga.request(method, path, json=body)

    assert codes.NOT_FOUND == response.status_code
    assert f"/problems/{slug}" == problem_in(response)["type"]


# --- the blocklist --------------------------------------------------------------------------------


async def blocked(olga: httpx.AsyncClient) -> BlocklistView:
    """All blocked words."""
    response = await olga.get("/v1/blocklist")
    assert response.is_success, response.text
    view = _blocklist.decode(response.content)
    assert f'"{view.revision}"' == response.headers["etag"]
    return view


async def test_words_are_blocked_and_unblocked(
    free: BannerId, gateway: Gateway, olga: httpx.AsyncClient
) -> None:
    word = f"frog{new_banner_id()[2:8]}"
    text = f"One {word.upper()} here"

    for _ in range(2):  # again is no harm
        assert codes.NO_CONTENT == (await olga.put(f"/v1/blocklist/{word.upper()}%2A")).status_code
    assert f"{word}*" in (await blocked(olga)).words
    await until(partial(_is_refused, gateway.guest("ada"), olga, text))
    refused = problem_in(await show(gateway.guest("ada"), free, f"{text}, two {word}s"))
    anywhere = problem_in(await show_anywhere(gateway.guest("ada"), text, tag=NOWHERE))

    assert "/problems/blocked-text" == refused["type"] == anywhere["type"]
    assert word.upper() == refused["found"] == anywhere["found"]
    assert codes.NO_CONTENT == (await olga.delete(f"/v1/blocklist/{word}%2A")).status_code
    assert f"{word}*" not in (await blocked(olga)).words
    await until(lambda: _is_taken(gateway.guest("ada"), olga, text))


async def _is_refused(client: httpx.AsyncClient, olga: httpx.AsyncClient, text: str) -> bool:
    """Whether the banner service, and the lobby, know it by now."""
    elsewhere = await registered_over(olga)
    on_banner = await show(client, elsewhere, text)
    anywhere = await show_anywhere(client, text, tag=NOWHERE)
    return {codes.UNPROCESSABLE_ENTITY} == {on_banner.status_code, anywhere.status_code}


async def _is_taken(client: httpx.AsyncClient, olga: httpx.AsyncClient, text: str) -> bool:
    return (await show(client, await registered_over(olga), text)).is_success


async def test_an_accepted_text_is_answered_as_then_when_its_word_was_blocked_since(
    free: BannerId, gateway: Gateway, olga: httpx.AsyncClient
) -> None:
    word = f"toad{new_banner_id()[2:8]}"
    ada = gateway.guest("ada")
    first = await show(ada, free, word, key="k")
    assert codes.CREATED == first.status_code
    assert (await olga.put(f"/v1/blocklist/{word}")).is_success
    await until(partial(_is_refused, ada, olga, word))

    again = await show(ada, free, word, key="k")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    headers = {"If-Match": first.headers["etag"]}
    mended = await ada.put(f"/v1/banners/{free}/display", json={"text": f"x {word}"}, headers=headers)
    assert "/problems/blocked-text" == problem_in(mended)["type"]
