"""What hardware says, and what it reads."""

import msgspec
import pytest

from shared.contracts.banner import Banner
from shared.contracts.hardware import Presence, Reported, StateMessage
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant

AT = Instant("2026-05-04T12:00:00.000Z")


@pytest.mark.parametrize(
    ("data", "display_id"),
    [
        pytest.param(
            b'{"display_id":"d1","revision":7,"at":"2026-05-04T12:00:00.000Z"}', "d1", id="a display"
        ),
        pytest.param(b'{"display_id":null,"revision":7,"at":"2026-05-04T12:00:00.000Z"}', None, id="nothing"),
    ],
)
def test_hardware_reports_what_it_shows(data: bytes, display_id: str | None) -> None:
    expected = Reported(display_id=DisplayId(display_id) if display_id else None, revision=7, at=AT)

    assert expected == msgspec.json.decode(data, type=Reported)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"revision":7,"at":"2026-05-04T12:00:00.000Z"}', id="no display, not even null"),
        pytest.param(b'{"display_id":"d1","revision":7,"at":"now"}', id="no instant"),
        pytest.param(b'{"display_id":"D.1","revision":7,"at":"2026-05-04T12:00:00.000Z"}', id="a bad id"),
        pytest.param(
            b'{"display_id":"d1","revision":"7","at":"2026-05-04T12:00:00.000Z"}', id="a text for 7"
        ),
    ],
)
def test_a_report_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data, type=Reported)


def test_a_heartbeat_may_say_more_than_is_known_here() -> None:
    data = b'{"at":"2026-05-04T12:00:00.000Z","firmware":"9"}'

    assert Presence(at=AT) == msgspec.json.decode(data, type=Presence)


def test_hardware_reads_the_state_out_of_a_whole_record() -> None:
    record = b'{"schema":1,"at":"x","by":"y","command":{},"events":[],"state":{"id":"b1","name":"b1"}}'

    expected = StateMessage(Banner(id=BannerId("b1"), name="b1"))
    assert expected == msgspec.json.decode(record, type=StateMessage)
