"""The banner's own words: strict about what comes in, steady about what is stored."""

import msgspec
import pytest

from shared.contracts.banner import (
    EXPIRIES_AT_MOST,
    Banner,
    BannerEvent,
    Clear,
    Cleared,
    Display,
    Expire,
    Expired,
    ExpireMany,
    Register,
    Registered,
    Show,
    Shown,
    showing,
)
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant

SHOWN_AT = Instant("2026-05-04T12:00:00.000Z")
UNTIL = Instant("2026-05-04T12:01:00.000Z")
DISPLAY = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=SHOWN_AT, until=UNTIL)
BANNER = Banner(id=BannerId("b1"), name="b1", display=DISPLAY)

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
