"""What clients of the gateway see: spelled as agreed, and never a display whose time is up."""

import msgspec
import pytest

from shared.contracts.banner import Banner, Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.views import (
    BannerView,
    Changes,
    ClientFrame,
    CloseCode,
    Hello,
    Ping,
    Pong,
    Problem,
    ReportedView,
    ServerFrame,
    Since,
    Snapshot,
    Unwatch,
    Watch,
    banner_view,
)

NOON = Instant("2026-05-04T12:00:00.000Z")
UNTIL = Instant("2026-05-04T12:01:00.000Z")
DISPLAY = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=NOON, until=UNTIL)
BANNER = Banner(id=BannerId("b1"), name="Lightning", tags=("north",), display=DISPLAY)

_client_frames: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


def a_view(*, now: Instant = NOON, online: bool = True) -> BannerView:
    """The banner as it is seen at that time."""
    reported = ReportedView(display_id=DisplayId("d1"), at=NOON)
    return banner_view(BANNER, 7, now, online=online, reported=reported)


def test_a_banner_is_seen_as_agreed() -> None:
    assert {
        "id": "b1",
        "name": "Lightning",
        "tags": ["north"],
        "revision": 7,
        "display": {"id": "d1", "text": "Hello", "by": "ada", "shown_at": NOON, "until": UNTIL},
        "queue_length": 0,
        "hold": None,
        "presence": "online",
        "reported": {"display_id": "d1", "at": NOON},
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


def test_silent_hardware_is_seen_as_offline() -> None:
    assert "offline" == a_view(online=False).presence


@pytest.mark.parametrize(
    ("frame", "sent"),
    [
        pytest.param(
            Hello(epoch="e", heartbeat_ms=5_000, now=NOON),
            {"op": "hello", "protocol": 1, "epoch": "e", "heartbeat_ms": 5_000, "now": NOON},
            id="hello",
        ),
        pytest.param(
            Snapshot(revision=7, recovered=True, banners=()),
            {"op": "snapshot", "revision": 7, "recovered": True, "banners": []},
            id="snapshot",
        ),
        pytest.param(Changes(banners=()), {"op": "changes", "banners": []}, id="changes"),
        pytest.param(Ping(), {"op": "ping"}, id="ping"),
        pytest.param(Problem(code="c", detail="d"), {"op": "error", "code": "c", "detail": "d"}, id="error"),
    ],
)
def test_a_frame_is_sent_as_agreed(frame: ServerFrame, sent: dict[str, object]) -> None:
    assert sent == msgspec.json.decode(msgspec.json.encode(frame))


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        pytest.param(b'{"op":"watch","banners":["lightning"]}', Watch(banners=("lightning",)), id="some"),
        pytest.param(b'{"op":"watch","all":true}', Watch(all=True), id="all"),
        pytest.param(
            b'{"op":"watch","all":true,"since":{"epoch":"e","revision":41}}',
            Watch(all=True, since=Since("e", 41)),
            id="all since",
        ),
        pytest.param(b'{"op":"unwatch","banners":["b1"]}', Unwatch(banners=("b1",)), id="no more"),
        pytest.param(b'{"op":"pong"}', Pong(), id="pong"),
        pytest.param(b'{"op":"pong","at":1}', Pong(), id="pong with more"),
    ],
)
def test_a_frame_of_a_client_is_understood(data: bytes, frame: ClientFrame) -> None:
    assert frame == _client_frames.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"{}", id="no op"),
        pytest.param(b'{"op":"listen"}', id="an unknown op"),
        pytest.param(b'{"op":"watch","banner":"b1"}', id="an unknown field"),
        pytest.param(b'{"op":"watch","banners":"b1"}', id="a text for banners"),
        pytest.param(b'{"op":"watch","since":41}', id="a number for since"),
        pytest.param(b'{"op":"watch","banners":["' + b"x" * 64 + b'"]}', id="an id too long"),
        pytest.param(b'{"op":"watch","banners":[' + b'"b",' * 10_000 + b'"b"]}', id="too many"),
    ],
)
def test_any_other_frame_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        _client_frames.decode(data)


def test_a_channel_is_closed_with_numbers_that_clients_know() -> None:
    assert (4001, 4008) == (CloseCode.COME_BACK, CloseCode.SLOW)
