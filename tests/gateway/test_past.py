"""What was decided about a banner: all of it, once, the newest first, and as much as is kept."""

from typing import Any

import httpx
import msgspec
import pytest
from httpx import codes

from services.banner.entity import Ask, banner_entity
from services.gateway.bodies import HISTORY_AT_MOST
from services.gateway.past import STEPS_AT_MOST, Archive
from services.gateway.routes import DEFAULT_HISTORY
from shared.contracts.banner import (
    PENDING_MS,
    Banner,
    BannerCommand,
    BannerEvent,
    Clear,
    Display,
    Held,
    Left,
    Queued,
    Register,
    Registered,
    Reject,
    Released,
    Replaced,
    SetApproval,
    Show,
    Shown,
)
from shared.contracts.errors import Unreadable
from shared.contracts.identity import (
    BannerId,
    CommandId,
    DisplayId,
)
from shared.contracts.instants import later
from shared.contracts.views import (
    Ended,
    Forgotten,
    HistoryEvent,
    HistoryPage,
    TakenBack,
    TurnedDown,
    Withheld,
)
from shared.entities.entity import Order
from shared.entities.memory import MemoryStore
from shared.entities.repository import Committed, Repository
from tests.support.banners import MINUTE
from tests.support.clock import NOON, HandClock
from tests.support.gateways import display_in, history_over, problem_in, registered_over, show, view_in
from tests.support.signing import OLGA

B = BannerId("b1")


class Forgetful(MemoryStore):
    """A store that has let go of everything before a revision, but for what is newest."""

    def __init__(self) -> None:
        super().__init__()
        self.kept_from = 0

    async def load_at(self, key: str, revision: int) -> bytes | None:
        """What the commit with this revision wrote, if that is still kept."""
        return None if revision < self.kept_from else await super().load_at(key, revision)


class Past:
    """One banner, what was done to it, and how it is told."""

    def __init__(self) -> None:
        self.store = Forgetful()
        self.clock = HandClock()
        self.archive = Archive(self.store)
        self._repository: Repository[Banner, Ask, BannerEvent] = Repository(
            banner_entity(MINUTE), self.store, self.clock
        )

    async def do(self, verb: str, command: BannerCommand) -> int:
        """Carry a command out; the revision."""
        done = await self._repository.execute(
            B, Order(verb=verb, command=Ask(B, command), by=command.by, id=command.id)
        )
        assert isinstance(done, Committed), done
        return done.revision

    async def show(self, display_id: str) -> int:
        """Show something."""
        return await self.do("show", Show(id=CommandId(display_id), by="ada", text=f"Text {display_id}"))

    async def clear(self) -> int:
        """End what shows."""
        return await self.do("clear", Clear(by="ada"))

    async def page(self, before: int | None = None, limit: int = 10) -> HistoryPage:
        """A page of the banner's past."""
        page = await self.archive.page(B, before, limit)
        assert page is not None
        return page


@pytest.fixture
async def past() -> Past:
    """A banner that is there."""
    past = Past()
    await past.do("register", Register(by="olga"))
    return past


def kinds(page: HistoryPage) -> list[list[str]]:
    """What happened, word by word."""
    return [[msgspec.to_builtins(event)["type"] for event in item.events] for item in page.items]


# --- over HTTP ------------------------------------------------------------------------------------


async def test_every_decision_is_told_in_full_the_newest_first(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, olga: httpx.AsyncClient, free: BannerId
) -> None:
    display, hold = f"/v1/banners/{free}/display", f"/v1/banners/{free}/hold"
    first = await show(ada, free, "Helo")
    up = display_in(first)
    await ada.put(display, json={"text": "Hello"}, headers={"If-Match": first.headers["etag"]})
    waits = display_in(await show(bob, free, "Later", when="queue"))
    next_one = display_in(await show(ada, free, "Next", when="queue"))
    await bob.delete(f"/v1/displays/{waits.id}")
    await ada.delete(display)
    held = view_in(await olga.put(hold, json={"reason": "wind"})).hold
    await olga.delete(hold)
    last = display_in(await show(bob, free, "Last"))
    await olga.delete(display)

    page = await history_over(ada, free)

    assert held is not None
    assert page.next_cursor is None
    told = [(item.command, item.events) for item in page.items]
    hello = Display(id=up.id, text="Hello", by=up.by, shown_at=up.shown_at or NOON, until=up.until or NOON)
    nexts = page.items[4].events[1]
    assert isinstance(nexts, Shown)
    assert ("Next", next_one.id, next_one.by) == (nexts.display.text, nexts.display.id, nexts.display.by)
    shown = page.items[1].events[0]
    assert isinstance(shown, Shown)
    queued = [item.events[0] for item in page.items[6:8]]
    expected: list[tuple[str, tuple[HistoryEvent, ...]]] = [
        ("clear", (Ended(display=shown.display, ended_at=page.items[0].at, how="taken-down"),)),
        ("show", (shown,)),
        ("release", (Released(by=OLGA),)),
        ("hold", (Ended(display=nexts.display, ended_at=page.items[3].at, how="held"), Held(hold=held))),
        ("clear", (Ended(display=hello, ended_at=page.items[4].at, how="cleared"), nexts)),
        ("clear", (Left(display_id=waits.id, by=waits.by, role="author"),)),
        ("show", (queued[0],)),
        ("show", (queued[1],)),
        (
            "replace",
            (Replaced(display_id=up.id, text="Hello", was="Helo", by=up.by, role="author"),),
        ),
        (
            "show",
            (
                Shown(
                    display=Display(
                        id=hello.id, text="Helo", by=hello.by, shown_at=hello.shown_at, until=hello.until
                    )
                ),
            ),
        ),
        ("register", (Registered(id=free, name=free),)),
    ]
    assert expected == told
    assert [next_one.id, waits.id] == [event.ticket.id for event in queued if isinstance(event, Queued)]
    assert last.id == shown.display.id
    revisions = [item.revision for item in page.items]
    assert sorted(revisions, reverse=True) == revisions
    assert [item.at for item in page.items] == sorted((item.at for item in page.items), reverse=True)
    assert [up.by, OLGA, last.by] == [page.items[number].by for number in (9, 0, 1)]


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
async def test_pages_cover_everything_once(ada: httpx.AsyncClient, limit: int) -> None:
    banner = await registered_over(ada)
    for number in range(10):  # more than the bucket keeps
        await show(ada, banner, f"Text {number}")
        await ada.delete(f"/v1/banners/{banner}/display")

    items = list((page := await history_over(ada, banner, limit=limit)).items)
    while page.next_cursor is not None:
        assert limit == len(page.items)
        page = await history_over(ada, banner, limit=limit, before=page.next_cursor)
        items += page.items

    assert 21 == len(items)
    assert 21 == len({item.revision for item in items})
    texts = [event.display.text for item in items for event in item.events if isinstance(event, Ended)]
    assert [f"Text {number}" for number in reversed(range(10))] == texts
    assert items == list((await history_over(ada, banner, limit=HISTORY_AT_MOST)).items)


async def test_a_page_has_a_length_also_when_nobody_says_which(ada: httpx.AsyncClient) -> None:
    banner = await registered_over(ada)
    for _ in range(DEFAULT_HISTORY // 2):
        await show(ada, banner)
        await ada.delete(f"/v1/banners/{banner}/display")

    page = await history_over(ada, banner)

    assert DEFAULT_HISTORY == len(page.items)
    assert str(page.items[-1].revision) == page.next_cursor


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("before=newest", id="a word for a cursor"),
        pytest.param("before=-1", id="a negative cursor"),
        pytest.param("before=0", id="nought for a cursor"),
        pytest.param("before=1.5", id="a fraction for a cursor"),
        pytest.param("before=", id="no cursor after all"),
        pytest.param("before=" + "9" * 19, id="a cursor too long"),
        pytest.param("limit=0", id="a limit of nought"),
        pytest.param(f"limit={HISTORY_AT_MOST + 1}", id="a limit too high"),
        pytest.param("limit=all", id="a word for a limit"),
    ],
)
async def test_the_past_is_not_told_with(ada: httpx.AsyncClient, free: BannerId, query: str) -> None:
    response = await ada.get(f"/v1/banners/{free}/history?{query}")

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/invalid-request" == problem_in(response)["type"]
    assert query.partition("=")[0] in problem_in(response)["detail"]


@pytest.mark.parametrize("before", ["1", "9" * 18])
async def test_a_cursor_that_names_no_record_of_the_banner_leads_to_an_empty_page(
    ada: httpx.AsyncClient, free: BannerId, before: str
) -> None:
    assert HistoryPage((), None) == await history_over(ada, free, before=before)


async def test_a_cursor_of_another_banner_leads_to_an_empty_page(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    other = display_in(await show(ada, await registered_over(ada))).revision

    assert HistoryPage((), None) == await history_over(ada, free, before=other or 0)


# --- what is kept ---------------------------------------------------------------------------------


async def test_of_a_banner_that_never_was_nothing_is_told() -> None:
    assert await Archive(MemoryStore()).page(B, None, 10) is None
    assert await Archive(MemoryStore()).ended(B, "d1", NOON) is None


async def test_a_cursor_that_has_aged_out_leads_to_an_empty_page(past: Past) -> None:
    first = await past.show("d1")
    past.store.kept_from = await past.clear()

    assert HistoryPage((), None) == await past.page(before=first)


async def test_the_past_ends_where_it_is_no_longer_kept(past: Past) -> None:
    await past.show("d1")
    await past.clear()
    past.store.kept_from = await past.show("d2")
    await past.clear()

    page = await past.page()

    assert [["ended"], ["shown"]] == kinds(page)
    assert page.next_cursor is None


@pytest.mark.parametrize("late", [0, 1_000])
async def test_an_end_is_told_where_what_ended_is_no_longer_kept(past: Past, late: int) -> None:
    await past.show("d1")
    until = past.clock.advance(MINUTE)
    past.clock.advance(late)
    past.store.kept_from = await past.show("d2")

    page = await past.page()

    ended = page.items[0].events[0]
    assert isinstance(ended, Ended)
    assert ("d1", "", until, "expired") == (ended.display.id, ended.display.text, ended.ended_at, ended.how)


async def test_an_end_that_came_late_is_told_as_of_the_deadline(past: Past) -> None:
    await past.show("d1")
    until = past.clock.advance(MINUTE)
    past.clock.advance(5_000)
    await past.show("d2")

    (item, *_) = (await past.page()).items
    view = await past.archive.ended(B, "d1", past.clock())

    assert later(until, 5_000) == item.at
    assert isinstance(item.events[0], Ended)
    assert (until, "expired") == (item.events[0].ended_at, item.events[0].how)
    assert view is not None
    assert (until, "expired", "Text d1") == (view.ended_at, view.how, view.text)


async def test_what_shows_has_not_ended_and_what_never_was_neither(past: Past) -> None:
    await past.show("d1")

    assert await past.archive.ended(B, "d1", past.clock()) is None
    assert await past.archive.ended(B, "d2", past.clock()) is None


async def test_a_display_is_looked_for_as_far_back_as_a_day_may_reach(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert STEPS_AT_MOST >= 2 * 24 * 60  # a show and an end in every minute
    monkeypatch.setattr("services.gateway.past.STEPS_AT_MOST", 4)
    for number in range(4):
        await past.show(f"d{number}")
        await past.clear()

    assert await past.archive.ended(B, "d3", NOON) is not None
    assert await past.archive.ended(B, "d0", NOON) is None


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"schema":1}', b"[" * 4_000], ids=range(5))
async def test_a_record_that_cannot_be_read_is_said_to_be_so(data: bytes) -> None:
    store = MemoryStore()
    await store.commit(B, data, 0)

    with pytest.raises(Unreadable, match="a banner record"):
        await Archive(store).page(B, None, 10)


def test_nothing_of_the_past_is_left_out() -> None:
    told: Any = HistoryEvent.__args__
    stored: Any = BannerEvent.__args__

    def tags(events: Any) -> set[str]:
        return {each.__struct_config__.tag for each in events}

    ends, in_confidence = {"cleared", "expired"}, {"withdrawn"}
    assert tags(stored) - ends | {"ended"} | in_confidence == tags(told)


async def test_a_text_that_waited_for_a_yes_is_told_of_by_how_it_ended(past: Past) -> None:
    await past.do("set-approval", SetApproval(required=True, role="operator", by="olga"))
    for name in ("d1", "d2", "d3"):
        await past.do("show", Show(id=CommandId(name), text=name, by=f"by-{name}"))
    await past.do("reject", Reject(display_id=DisplayId("d1"), reason="rude", role="operator", by="olga"))
    await past.do("clear", Clear(display_id=DisplayId("d2"), by="by-d2"))

    rejected, left, waits = [await past.archive.ended(B, name, NOON) for name in ("d1", "d2", "d3")]

    assert rejected is not None
    assert ("rejected", "rude", "d1") == (rejected.how, rejected.reason, rejected.text)
    assert left is not None
    assert ("left", None) == (left.how, left.shown_at)
    assert None is waits
    lapses = later(NOON, PENDING_MS)
    unsaid = await past.archive.ended(B, "d3", lapses)
    assert unsaid is not None
    assert ("lapsed", lapses) == (unsaid.how, unsaid.ended_at)
    past.clock.at = later(lapses, 7_000)
    await past.do("show", Show(id=CommandId("d4"), text="d4", by="ada"))
    assert unsaid == await past.archive.ended(B, "d3", past.clock.at)


async def test_the_history_says_neither_text_nor_id_of_what_waited_for_a_yes(past: Past) -> None:
    await past.do("set-approval", SetApproval(required=True, role="operator", by="olga"))
    for name in ("secret-1", "secret-2", "secret-3"):
        await past.do("show", Show(id=CommandId(name), text=name, by=f"by-{name[-1]}"))
    gone = DisplayId("secret-1")
    await past.do("reject", Reject(display_id=gone, reason="secret", role="operator", by="olga"))
    await past.do("clear", Clear(display_id=DisplayId("secret-2"), role="operator", by="olga"))
    past.clock.advance(PENDING_MS)
    await past.do("show", Show(id=CommandId("secret-4"), text="secret-4", by="ada"))

    page = await past.archive.page(B, None, 100)

    assert page is not None
    told = [event for item in page.items for event in item.events]
    assert b"secret" not in msgspec.json.encode(page)
    assert {Withheld, TurnedDown, Forgotten, TakenBack} <= {type(event) for event in told}
