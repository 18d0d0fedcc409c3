"""What clients of the gateway see: spelled as agreed, and never a display whose time is up."""

import msgspec
import pytest

from shared.contracts.banner import (
    PENDING_MS,
    Banner,
    Display,
    Held,
    Left,
    OnHold,
    Queued,
    Registered,
    Released,
    Replaced,
    Shown,
    Ticket,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.views import (
    ONLINE,
    BannerPage,
    BannerView,
    DisplayView,
    Ended,
    HistoryItem,
    HistoryPage,
    ReportedView,
    Seen,
    banner_view,
    display_view,
    showing_view,
)

NOON = Instant("2026-05-04T12:00:00.000Z")
UNTIL = Instant("2026-05-04T12:01:00.000Z")
DISPLAY = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=NOON, until=UNTIL)
BANNER = Banner(id=BannerId("b1"), name="Lightning", tags=("north",), display=DISPLAY)

ONE = Ticket(id=DisplayId("t1"), text="One", by="bob", at=NOON, ttl_ms=60_000)
TWO = Ticket(id=DisplayId("t2"), text="Two", by="eve", at=NOON, ttl_ms=5_000)
ON_HOLD = OnHold(reason="Rain", by="op", at=NOON)


def a_view(*, now: Instant = NOON, online: bool = True) -> BannerView:
    """The banner as it is seen at that time."""
    reported = ReportedView(display_id=DisplayId("d1"), at=NOON)
    seen = ONLINE if online else Seen(False, NOON, "left", "landed")
    return banner_view(BANNER, 7, now, seen=seen, reported=reported, confirmed_at=later(NOON, 40))


def test_a_banner_is_seen_as_agreed() -> None:
    assert {
        "id": "b1",
        "name": "Lightning",
        "tags": ["north"],
        "revision": 7,
        "display": {"id": "d1", "text": "Hello", "by": "ada", "shown_at": NOON, "until": UNTIL},
        "confirmation": {"state": "confirmed", "at": later(NOON, 40), "after_ms": 40},
        "queue_length": 0,
        "hold": None,
        "presence": "online",
        "last_seen": None,
        "offline_because": None,
        "offline_note": None,
        "reported": {"display_id": "d1", "at": NOON},
        "approve_first": False,
        "pending_length": 0,
    } == msgspec.json.decode(msgspec.json.encode(a_view()))


@pytest.mark.parametrize(
    ("now", "display"),
    [
        pytest.param(Instant("2026-05-04T12:00:59.999Z"), DISPLAY, id="a millisecond before its end"),
        pytest.param(UNTIL, None, id="at its end"),
        pytest.param(Instant("2026-05-05T12:00:00.000Z"), None, id="a day later, if nobody said so"),
    ],
)
def test_a_display_is_seen_until_its_end(now: Instant, display: Display | None) -> None:
    assert display == a_view(now=now).display


def test_hardware_that_is_not_there_is_seen_as_offline_with_when_and_why() -> None:
    view = a_view(online=False)

    assert ("offline", NOON, "left", "landed") == (
        view.presence,
        view.last_seen,
        view.offline_because,
        view.offline_note,
    )


def test_a_queue_and_a_hold_are_seen() -> None:
    banner = Banner(id=BannerId("b1"), name="b1", queue=(ONE, TWO), hold=ON_HOLD)

    view = banner_view(banner, 7, NOON)

    assert (2, ON_HOLD, None) == (view.queue_length, view.hold, view.display)


def test_of_texts_that_wait_for_a_yes_everybody_sees_how_many_and_nothing_else() -> None:
    secret = msgspec.structs.replace(ONE, text="not for everybody")
    banner = Banner(id=BannerId("b1"), name="b1", approve_first=True, pending=(secret, TWO))

    view = banner_view(banner, 7, NOON)

    assert (True, 2, 0) == (view.approve_first, view.pending_length, view.queue_length)
    assert b"not for everybody" not in msgspec.json.encode(view)


def test_who_waits_for_a_yes_reads_so_until_it_lapses() -> None:
    banner = Banner(id=BannerId("b1"), name="b1", approve_first=True, pending=(ONE,))
    lapses = later(ONE.at, PENDING_MS)

    view = display_view(banner, 7, ONE.id, NOON)

    assert view is not None
    assert ("pending", "b1", 7, lapses) == (view.state, view.banner, view.revision, view.lapses_at)
    assert None is display_view(banner, 7, "another", NOON)
    assert None is display_view(banner, 7, ONE.id, lapses)


def test_a_page_of_banners_is_read_as_agreed() -> None:
    page = BannerPage(items=(a_view(),), next_cursor="b1")

    read = msgspec.json.decode(msgspec.json.encode(page))

    assert ("b1", "b1") == (read["items"][0]["id"], read["next_cursor"])
    assert page == msgspec.json.decode(msgspec.json.encode(page), type=BannerPage)


# --- one display ----------------------------------------------------------------------------------


def test_what_shows_is_seen_as_agreed() -> None:
    assert {
        "id": "d1",
        "state": "showing",
        "text": "Hello",
        "by": "ada",
        "banner": "b1",
        "shown_at": NOON,
        "until": UNTIL,
        "revision": 7,
    } == msgspec.to_builtins(display_view(BANNER, 7, "d1", NOON))
    assert display_view(BANNER, 7, "d1", NOON) == showing_view(BannerId("b1"), DISPLAY, 7)


def test_what_waits_is_seen_as_agreed() -> None:
    banner = msgspec.structs.replace(BANNER, queue=(ONE, TWO))

    assert {
        "id": "t2",
        "state": "queued",
        "text": "Two",
        "by": "eve",
        "banner": "b1",
        "position": 2,
        "starts_at": later(UNTIL, 60_000),
        "revision": 7,
    } == msgspec.to_builtins(display_view(banner, 7, "t2", NOON))


@pytest.mark.parametrize(
    ("banner", "display_id", "now", "seen"),
    [
        pytest.param(BANNER, "d1", Instant("2026-05-04T12:00:59.999Z"), "showing", id="to the last moment"),
        pytest.param(BANNER, "d1", UNTIL, None, id="not when its time is up"),
        pytest.param(BANNER, "d2", NOON, None, id="not another"),
        pytest.param(
            msgspec.structs.replace(BANNER, queue=(ONE,)), "t2", NOON, None, id="not one who does not wait"
        ),
        pytest.param(
            msgspec.structs.replace(BANNER, queue=(ONE,)), "d1", UNTIL, None, id="not for those who wait"
        ),
        pytest.param(
            Banner(id=BannerId("b1"), name="b1", queue=(ONE,), hold=ON_HOLD),
            "t1",
            NOON,
            "queued",
            id="one who waits for a hold to end",
        ),
        pytest.param(Banner(id=BannerId("b1"), name="b1"), "d1", NOON, None, id="not on an empty banner"),
    ],
)
def test_a_display_is_seen_while_it_shows_or_waits(
    banner: Banner, display_id: str, now: Instant, seen: str | None
) -> None:
    view = display_view(banner, 7, display_id, now)

    assert seen == (None if view is None else view.state)


def test_who_waits_for_a_hold_to_end_is_told_a_place_and_no_time() -> None:
    banner = Banner(id=BannerId("b1"), name="b1", queue=(ONE, TWO), hold=ON_HOLD)

    view = display_view(banner, 7, "t2", NOON)

    assert view is not None
    assert (2, None) == (view.position, view.starts_at)
    assert "starts_at" not in msgspec.to_builtins(view)


def test_what_is_over_is_seen_without_what_does_not_apply() -> None:
    ended = DisplayView(
        id=DisplayId("d1"),
        state="ended",
        text="Hello",
        by="ada",
        banner=BannerId("b1"),
        ended_at=UNTIL,
        how="expired",
    )

    assert {
        "id": "d1",
        "state": "ended",
        "text": "Hello",
        "by": "ada",
        "banner": "b1",
        "ended_at": UNTIL,
        "how": "expired",
    } == msgspec.to_builtins(ended)


# --- history --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["expired", "cleared", "taken-down", "held", "left", "removed"])
def test_the_end_of_a_display_says_how_it_came(how: str) -> None:
    sent = b'{"type":"ended","display":%s,"ended_at":"%s","how":"%s"}' % (
        msgspec.json.encode(DISPLAY),
        UNTIL.encode(),
        how.encode(),
    )

    ended = msgspec.json.decode(sent, type=Ended)

    assert (DISPLAY, UNTIL, how) == (ended.display, ended.ended_at, ended.how)
    assert sent == msgspec.json.encode(ended)


def test_an_end_of_another_kind_is_none() -> None:
    sent = b'{"type":"ended","display":%s,"ended_at":"x","how":"stolen"}' % msgspec.json.encode(DISPLAY)

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(sent, type=Ended)


def test_a_page_of_history_is_read_as_agreed() -> None:
    item = HistoryItem(
        revision=9,
        at=UNTIL,
        by="op",
        command="hold",
        events=(Ended(display=DISPLAY, ended_at=UNTIL, how="held"), Held(hold=ON_HOLD)),
    )
    page = HistoryPage(items=(item,), next_cursor=None)

    read = msgspec.json.decode(msgspec.json.encode(page))

    assert read["next_cursor"] is None
    assert {"revision", "at", "by", "command", "events"} == set(read["items"][0])
    assert ["ended", "held"] == [event["type"] for event in read["items"][0]["events"]]
    assert page == msgspec.json.decode(msgspec.json.encode(page), type=HistoryPage)


def test_every_event_of_a_history_is_told_apart() -> None:
    events = (
        Registered(id=BannerId("b1"), name="b1"),
        Shown(display=DISPLAY),
        Replaced(display_id=DisplayId("d1"), text="Hi", was="Hello", by="ada", role="author"),
        Ended(display=DISPLAY, ended_at=UNTIL, how="cleared"),
        Queued(ticket=ONE),
        Left(display_id=DisplayId("t1"), by="bob", role="author"),
        Held(hold=ON_HOLD),
        Released(by="op"),
    )
    item = HistoryItem(revision=1, at=NOON, by="x", command="y", events=events)

    read = msgspec.json.decode(msgspec.json.encode(item), type=HistoryItem)

    assert events == read.events
    assert [type(event) for event in events] == [type(event) for event in read.events]
