"""The banner's own words: strict about what comes in, steady about what is stored."""

import msgspec
import pytest

from shared.contracts.banner import (
    EXPIRIES_AT_MOST,
    ApprovalSet,
    Approved,
    Banner,
    BannerEvent,
    Clear,
    Cleared,
    Display,
    Expire,
    Expired,
    ExpireMany,
    Held,
    Hold,
    Lapsed,
    Left,
    OnHold,
    Queued,
    Register,
    Registered,
    Rejected,
    Release,
    Released,
    Replace,
    Replaced,
    Show,
    Shown,
    Submitted,
    Ticket,
    showing,
    turns,
)
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later

SHOWN_AT = Instant("2026-05-04T12:00:00.000Z")
UNTIL = Instant("2026-05-04T12:01:00.000Z")
DISPLAY = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=SHOWN_AT, until=UNTIL)
BANNER = Banner(id=BannerId("b1"), name="b1", display=DISPLAY)
ON_HOLD = OnHold(reason="The plane lands", by="op", at=SHOWN_AT)


def a_ticket(number: int, ttl_ms: int = 60_000) -> Ticket:
    """One who waits."""
    return Ticket(
        id=DisplayId(f"t{number}"), text=f"Text {number}", by=f"a{number}", at=SHOWN_AT, ttl_ms=ttl_ms
    )


TICKET = a_ticket(1)

_events: msgspec.json.Decoder[BannerEvent] = msgspec.json.Decoder(BannerEvent)


@pytest.mark.parametrize(
    ("kind", "data", "command"),
    [
        pytest.param(Register, b"{}", Register(), id="register with nothing"),
        pytest.param(
            Register, b'{"name":"L","tags":["pool-1"]}', Register(name="L", tags=("pool-1",)), id="register"
        ),
        pytest.param(Show, b'{"text":"Hi"}', Show(text="Hi", by="nobody"), id="show from nobody"),
        pytest.param(
            Show,
            b'{"id":"c1","by":"ada","text":"Hi"}',
            Show(id=CommandId("c1"), by="ada", text="Hi"),
            id="show from somebody",
        ),
        pytest.param(Clear, b"{}", Clear(role="author", revision=None), id="clear as an author"),
        pytest.param(
            Clear, b'{"role":"operator","revision":7}', Clear(role="operator", revision=7), id="clear at 7"
        ),
        pytest.param(Expire, b'{"display_id":"d1"}', Expire(display_id=DisplayId("d1")), id="expire"),
        pytest.param(Show, b'{"text":"Hi","when":"now"}', Show(text="Hi"), id="show now"),
        pytest.param(
            Show, b'{"text":"Hi","when":"queue"}', Show(text="Hi", when="queue"), id="show in the queue"
        ),
        pytest.param(
            Clear, b'{"display_id":"d1"}', Clear(display_id=DisplayId("d1")), id="clear one that is named"
        ),
        pytest.param(
            Replace,
            b'{"text":"Hi","revision":7}',
            Replace(text="Hi", revision=7, role="author"),
            id="replace",
        ),
        pytest.param(Replace, b'{"text":"Hi"}', Replace(text="Hi", revision=None), id="replace anything"),
        pytest.param(
            Hold, b'{"reason":"Rain","role":"operator"}', Hold(reason="Rain", role="operator"), id="hold"
        ),
        pytest.param(Release, b"{}", Release(role="author"), id="release as an author"),
    ],
)
def test_a_command_is_read_with_its_defaults(kind: type, data: bytes, command: object) -> None:
    assert command == msgspec.json.decode(data, type=kind)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param(Show, b'{"text":"Hi","colour":"red"}', id="show with an unknown field"),
        pytest.param(Show, b"{}", id="show without a text"),
        pytest.param(Show, b'{"text":7}', id="show a number"),
        pytest.param(Show, b'{"text":null}', id="show null"),
        pytest.param(Show, b'["Hi"]', id="show as a list"),
        pytest.param(Show, b'{"text":"Hi","id":"A.B"}', id="show with a bad id"),
        pytest.param(Show, b'{"text":"Hi","id":"a\\n"}', id="show with a line break in its id"),
        pytest.param(Show, b'{"text":"Hi","by":""}', id="show from an empty name"),
        pytest.param(Show, b'{"text":"Hi","by":"' + b"x" * 129 + b'"}', id="show from too long a name"),
        pytest.param(Register, b'{"name":""}', id="register with an empty name"),
        pytest.param(Register, b'{"name":"' + b"x" * 81 + b'"}', id="register with too long a name"),
        pytest.param(Register, b'{"tags":["A"]}', id="register with a tag in upper case"),
        pytest.param(Register, b'{"tags":["a\\n"]}', id="register with a line break in a tag"),
        pytest.param(Register, b'{"tags":[' + b'"a",' * 16 + b'"a"]}', id="register with 17 tags"),
        pytest.param(Register, b'{"tags":"a"}', id="register with a tag that is no list"),
        pytest.param(Clear, b'{"role":"king"}', id="clear as something else"),
        pytest.param(Clear, b'{"revision":"7"}', id="clear at a text"),
        pytest.param(Clear, b'{"revision":1.5}', id="clear at a fraction"),
        pytest.param(Show, b'{"text":"Hi","when":"later"}', id="show at another time"),
        pytest.param(Show, b'{"text":"Hi","when":null}', id="show at no time"),
        pytest.param(Clear, b'{"display_id":"a.b"}', id="clear a bad id"),
        pytest.param(Replace, b'{"revision":7}', id="replace with nothing"),
        pytest.param(Replace, b'{"text":"Hi","role":"king"}', id="replace as something else"),
        pytest.param(Hold, b'{"role":"operator"}', id="hold without a reason"),
        pytest.param(Hold, b'{"reason":""}', id="hold for an empty reason"),
        pytest.param(Hold, b'{"reason":"' + b"x" * 201 + b'"}', id="hold for too long a reason"),
        pytest.param(Release, b'{"reason":"sun"}', id="release for a reason"),
        pytest.param(Expire, b"{}", id="expire nothing"),
        pytest.param(Expire, b'{"display_id":"*"}', id="expire a star"),
        pytest.param(ExpireMany, b'{"expiries":[{"banner":"a.b","display_id":"d"}]}', id="expire at a dot"),
        pytest.param(ExpireMany, b'{"expiries":[{"banner":"a"}]}', id="expire many without a display"),
    ],
)
def test_what_is_not_the_command_is_refused(kind: type, data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data, type=kind)


def test_one_request_carries_a_thousand_expiries_and_no_more() -> None:
    def request(count: int) -> bytes:
        return msgspec.json.encode({"expiries": [{"banner": "b1", "display_id": "d1"}] * count})

    assert EXPIRIES_AT_MOST == len(msgspec.json.decode(request(1_000), type=ExpireMany).expiries)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(request(1_001), type=ExpireMany)


@pytest.mark.parametrize(
    ("event", "stored"),
    [
        pytest.param(
            Registered(id=BannerId("b1"), name="Lightning", tags=("pool-1",)),
            b'{"type":"registered","id":"b1","name":"Lightning","tags":["pool-1"]}',
            id="registered",
        ),
        pytest.param(
            Shown(display=DISPLAY),
            b'{"type":"shown","display":{"id":"d1","text":"Hello","by":"ada",'
            b'"shown_at":"2026-05-04T12:00:00.000Z","until":"2026-05-04T12:01:00.000Z"}}',
            id="shown",
        ),
        pytest.param(
            Cleared(display_id=DisplayId("d1"), by="ada", role="author"),
            b'{"type":"cleared","display_id":"d1","by":"ada","role":"author"}',
            id="cleared",
        ),
        pytest.param(
            Expired(display_id=DisplayId("d1"), until=UNTIL),
            b'{"type":"expired","display_id":"d1","until":"2026-05-04T12:01:00.000Z"}',
            id="expired",
        ),
        pytest.param(
            Replaced(display_id=DisplayId("d1"), text="Hi", was="Hello", by="op", role="operator"),
            b'{"type":"replaced","display_id":"d1","text":"Hi","was":"Hello","by":"op","role":"operator"}',
            id="replaced",
        ),
        pytest.param(
            Queued(ticket=TICKET),
            b'{"type":"queued","ticket":{"id":"t1","text":"Text 1","by":"a1",'
            b'"at":"2026-05-04T12:00:00.000Z","ttl_ms":60000}}',
            id="queued",
        ),
        pytest.param(
            Left(display_id=DisplayId("t1"), by="a1", role="author"),
            b'{"type":"left","display_id":"t1","by":"a1","role":"author"}',
            id="left",
        ),
        pytest.param(
            Held(hold=ON_HOLD),
            b'{"type":"held","hold":{"reason":"The plane lands","by":"op","at":"2026-05-04T12:00:00.000Z"}}',
            id="held",
        ),
        pytest.param(Released(by="op"), b'{"type":"released","by":"op"}', id="released"),
        pytest.param(
            ApprovalSet(required=True, by="op"),
            b'{"type":"approval-set","required":true,"by":"op"}',
            id="approval set",
        ),
        pytest.param(
            Submitted(ticket=TICKET),
            b'{"type":"submitted","ticket":{"id":"t1","text":"Text 1","by":"a1",'
            b'"at":"2026-05-04T12:00:00.000Z","ttl_ms":60000}}',
            id="submitted",
        ),
        pytest.param(
            Approved(display_id=DisplayId("t1"), by="op"),
            b'{"type":"approved","display_id":"t1","by":"op"}',
            id="approved",
        ),
        pytest.param(
            Rejected(display_id=DisplayId("t1"), by="op", reason="rude"),
            b'{"type":"rejected","display_id":"t1","by":"op","reason":"rude"}',
            id="rejected",
        ),
        pytest.param(
            Lapsed(display_id=DisplayId("t1"), at=UNTIL),
            b'{"type":"lapsed","display_id":"t1","at":"2026-05-04T12:01:00.000Z"}',
            id="lapsed",
        ),
    ],
)
def test_an_event_is_stored_as_it_always_was(event: BannerEvent, stored: bytes) -> None:
    assert stored == msgspec.json.encode(event)
    assert event == _events.decode(stored)


@pytest.mark.parametrize(
    ("now", "display"),
    [
        pytest.param(SHOWN_AT, DISPLAY, id="from its first instant"),
        pytest.param(Instant("2026-05-04T12:00:59.999Z"), DISPLAY, id="until the last millisecond"),
        pytest.param(UNTIL, None, id="not at its deadline"),
        pytest.param(Instant("2026-05-04T12:01:00.001Z"), None, id="not after it"),
    ],
)
def test_a_display_shows(now: Instant, display: Display | None) -> None:
    assert display == showing(BANNER, now)


def test_an_empty_banner_shows_nothing() -> None:
    assert showing(Banner(id=BannerId("b1"), name="b1"), SHOWN_AT) is None


def test_a_banner_is_stored_with_its_queue_and_its_hold() -> None:
    banner = msgspec.structs.replace(BANNER, display=None, queue=(TICKET,), hold=ON_HOLD)

    stored = (
        b'{"id":"b1","name":"b1","tags":[],"display":null,"queue":[{"id":"t1","text":"Text 1","by":"a1",'
        b'"at":"2026-05-04T12:00:00.000Z","ttl_ms":60000}],'
        b'"hold":{"reason":"The plane lands","by":"op","at":"2026-05-04T12:00:00.000Z"},'
        b'"approve_first":false,"pending":[]}'
    )
    assert stored == msgspec.json.encode(banner)
    assert banner == msgspec.json.decode(stored, type=Banner)


# --- turns ----------------------------------------------------------------------------------------

QUARTER = Instant("2026-05-04T12:00:15.000Z")
AFTER = Instant("2026-05-04T12:03:00.000Z")


@pytest.mark.parametrize(
    ("now", "display", "hold", "ttls", "starts"),
    [
        pytest.param(QUARTER, DISPLAY, None, [], [], id="nobody waits"),
        pytest.param(QUARTER, DISPLAY, None, [60_000], [UNTIL], id="one waits for the end of what shows"),
        pytest.param(
            QUARTER,
            DISPLAY,
            None,
            [60_000, 5_000, 1],
            [UNTIL, later(UNTIL, 60_000), later(UNTIL, 65_000)],
            id="each waits for those before, however long they last",
        ),
        pytest.param(UNTIL, DISPLAY, None, [60_000], [UNTIL], id="at the very end"),
        pytest.param(
            AFTER,
            DISPLAY,
            None,
            [60_000, 60_000],
            [AFTER, later(AFTER, 60_000)],
            id="when what showed is over and nobody has said so, it is as if it ended now",
        ),
        pytest.param(QUARTER, None, ON_HOLD, [60_000, 1], [None, None], id="while it is on hold"),
        pytest.param(
            QUARTER, DISPLAY, ON_HOLD, [60_000], [None], id="while it is on hold, whatever stands there"
        ),
        pytest.param(QUARTER, None, None, [60_000], [None], id="while nothing shows nobody can tell"),
    ],
)
def test_who_waits_is_told_when_it_starts_at_the_latest(
    now: Instant,
    display: Display | None,
    hold: OnHold | None,
    ttls: list[int],
    starts: list[Instant | None],
) -> None:
    queue = tuple(a_ticket(number, ttl_ms) for number, ttl_ms in enumerate(ttls, 1))
    banner = Banner(id=BannerId("b1"), name="b1", display=display, queue=queue, hold=hold)

    expected = [
        (ticket, position, starts_at)
        for position, (ticket, starts_at) in enumerate(zip(queue, starts, strict=True), 1)
    ]
    assert expected == list(turns(banner, now))


def test_the_next_turn_is_told_without_looking_at_the_others() -> None:
    banner = msgspec.structs.replace(BANNER, queue=(a_ticket(1), a_ticket(2)))

    first = next(turns(banner, QUARTER))

    assert (TICKET, 1, UNTIL) == first
