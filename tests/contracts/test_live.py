"""The frames of the live channel: spelled as agreed, and what is not is refused."""

import msgspec
import pytest

from shared.contracts.banner import Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.live import (
    Authorize,
    Changes,
    ClientFrame,
    CloseCode,
    Displays,
    Hello,
    Measured,
    Ping,
    Pong,
    Problem,
    Retry,
    ServerFrame,
    Since,
    Snapshot,
    Telemetry,
    Unwatch,
    Watch,
)
from shared.contracts.views import showing_view

NOON = Instant("2026-05-04T12:00:00.000Z")
UNTIL = Instant("2026-05-04T12:01:00.000Z")
DISPLAY = Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=NOON, until=UNTIL)

_client_frames: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


@pytest.mark.parametrize(
    ("frame", "sent"),
    [
        pytest.param(
            Hello(epoch="e", heartbeat_ms=5_000, now=NOON),
            {
                "op": "hello",
                "protocol": 1,
                "epoch": "e",
                "heartbeat_ms": 5_000,
                "now": NOON,
                "by": "",
                "role": None,
            },
            id="hello",
        ),
        pytest.param(
            Snapshot(revision=7, recovered=True, epoch="e", hardware="h", banners=()),
            {
                "op": "snapshot",
                "revision": 7,
                "recovered": True,
                "epoch": "e",
                "hardware": "h",
                "banners": [],
            },
            id="snapshot",
        ),
        pytest.param(
            Changes(revision=7, hardware="h", banners=()),
            {"op": "changes", "revision": 7, "hardware": "h", "banners": []},
            id="changes",
        ),
        pytest.param(
            Displays(displays=(showing_view(BannerId("b1"), DISPLAY, 7),)),
            {
                "op": "displays",
                "displays": [
                    {
                        "id": "d1",
                        "state": "showing",
                        "text": "Hello",
                        "by": "ada",
                        "banner": "b1",
                        "shown_at": NOON,
                        "until": UNTIL,
                        "revision": 7,
                    }
                ],
            },
            id="displays",
        ),
        pytest.param(
            Telemetry(
                measured=(
                    Measured(
                        banner=BannerId("b1"), kind="power", at=NOON, value=msgspec.Raw(b'{"battery_pct":9}')
                    ),
                )
            ),
            {
                "op": "telemetry",
                "measured": [
                    {"banner": "b1", "kind": "power", "at": NOON, "value": {"battery_pct": 9}},
                ],
            },
            id="telemetry",
        ),
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
            Watch(all=True, since=Since(epoch="e", revision=41)),
            id="all since",
        ),
        pytest.param(b'{"op":"unwatch","banners":["b1"]}', Unwatch(banners=("b1",)), id="no more"),
        pytest.param(b'{"op":"watch","displays":["d1","d2"]}', Watch(displays=("d1", "d2")), id="displays"),
        pytest.param(
            b'{"op":"watch","all":true,"displays":["d1"]}',
            Watch(all=True, displays=("d1",)),
            id="all, and a display",
        ),
        pytest.param(
            b'{"op":"unwatch","displays":["d1"]}', Unwatch(displays=("d1",)), id="no more of a display"
        ),
        pytest.param(b'{"op":"watch"}', Watch(), id="nothing at all"),
        pytest.param(
            b'{"op":"watch","all":true,"since":{"epoch":"e","revision":41,"hardware":"h"}}',
            Watch(all=True, since=Since(epoch="e", revision=41, hardware="h")),
            id="all since a whole position",
        ),
        pytest.param(
            b'{"op":"watch","mine":true,"telemetry":["b1"]}',
            Watch(mine=True, telemetry=("b1",)),
            id="what is mine, and what is measured",
        ),
        pytest.param(b'{"op":"authorize","token":"t"}', Authorize(token="t"), id="authorize"),  # noqa: S106
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
        pytest.param(b'{"op":"watch","displays":"d1"}', id="a text for displays"),
        pytest.param(b'{"op":"watch","displays":[1]}', id="a number for a display"),
        pytest.param(b'{"op":"unwatch","since":{"epoch":"e","revision":1}}', id="since, for no more"),
        pytest.param(b'{"op":"watch","displays":["' + b"x" * 64 + b'"]}', id="a display's id too long"),
        pytest.param(b'{"op":"watch","displays":[' + b'"d",' * 10_000 + b'"d"]}', id="too many displays"),
        pytest.param(b'{"op":"watch","banners":["' + b"x" * 64 + b'"]}', id="an id too long"),
        pytest.param(b'{"op":"authorize"}', id="no token"),
        pytest.param(b'{"op":"authorize","token":""}', id="an empty token"),
        pytest.param(b'{"op":"watch","since":{"epoch":"e","revision":-1}}', id="a position before all"),
        pytest.param(
            b'{"op":"watch","since":{"epoch":"e","revision":1,"hardware":"' + b"x" * 129 + b'"}}',
            id="a position too long",
        ),
        pytest.param(b'{"op":"watch","banners":[' + b'"b",' * 10_000 + b'"b"]}', id="too many"),
    ],
)
def test_any_other_frame_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        _client_frames.decode(data)


@pytest.mark.parametrize(
    ("code", "number", "retry"),
    [
        (CloseCode.COME_BACK, 4001, Retry.AFTER),
        (CloseCode.TOKEN_EXPIRED, 4002, Retry.WITH_TOKEN),
        (CloseCode.NOT_ALLOWED, 4003, Retry.NEVER),
        (CloseCode.TOO_MANY, 4004, Retry.AFTER),
        (CloseCode.SILENT, 4005, Retry.AT_ONCE),
        (CloseCode.BAD_FRAMES, 4006, Retry.NEVER),
        (CloseCode.SLOW, 4008, Retry.AT_ONCE),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, CloseCode) else "",
)
def test_a_channel_is_closed_with_a_number_that_says_whether_to_come_back(
    code: CloseCode, number: int, retry: Retry
) -> None:
    assert (number, retry) == (code, code.retry)


def test_every_close_code_says_what_it_means_in_a_sentence() -> None:
    meanings = [code.meaning for code in CloseCode]

    assert len(set(meanings)) == len(CloseCode)
    assert all(meaning.endswith(".") for meaning in meanings)
