"""What hardware says, and what it reads."""

import re
from pathlib import Path

import msgspec
import pytest

from shared.contracts.banner import PENDING_AT_MOST, QUEUE_AT_MOST, Banner, Display, OnHold, Ticket
from shared.contracts.hardware import (
    HEARTBEAT_SECONDS,
    REPORT_BYTES_AT_MOST,
    SAID_BYTES_AT_MOST,
    SILENT_AFTER_SECONDS,
    UNCONFIRMED_AFTER_MS,
    Presence,
    Reported,
    StateMessage,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.telemetry import VALUE_BYTES_AT_MOST, checked

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
        pytest.param(b'{"display_id":"d1","revision":9007199254740992}', id="more than a browser reads"),
    ],
)
def test_a_report_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data, type=Reported)


def test_a_heartbeat_may_say_more_than_is_known_here() -> None:
    data = b'{"at":"2026-05-04T12:00:00.000Z","firmware":"9"}'

    assert Presence(at=AT) == msgspec.json.decode(data, type=Presence)


def test_hardware_reads_what_it_needs_out_of_a_whole_record() -> None:
    record = (
        b'{"schema":3,"at":"2026-05-04T12:00:00.000Z","by":"y","command":{},"events":[],'
        b'"state":{"id":"b1","name":"b1"},"recent":[],"number":4,"previous":3}'
    )

    expected = StateMessage(at=AT, number=4, state=Banner(id=BannerId("b1"), name="b1"))
    assert expected == msgspec.json.decode(record, type=StateMessage)


def test_the_answer_to_a_hello_tells_what_time_it_is() -> None:
    answer = (
        b'{"now":"2026-05-04T12:00:00.000Z","at":"2026-05-04T11:59:00.000Z","number":4,'
        b'"state":{"id":"b1","name":"b1"}}'
    )

    assert AT == msgspec.json.decode(answer, type=StateMessage).now


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"number":4,"state":{"id":"b1","name":"b1"}}', id="no time"),
        pytest.param(b'{"at":"now","number":4,"state":{"id":"b1","name":"b1"}}', id="no instant"),
        pytest.param(b'{"at":"2026-05-04T12:00:00.000Z","state":{"id":"b1","name":"b1"}}', id="no number"),
        pytest.param(b'{"at":"2026-05-04T12:00:00.000Z","number":4}', id="no state"),
    ],
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data, type=StateMessage)


def test_a_report_over_mqtt_names_the_display_alone() -> None:
    assert Reported(display_id=DisplayId("d1")) == msgspec.json.decode(b'{"display_id":"d1"}', type=Reported)


def test_a_goodbye_says_why() -> None:
    assert Presence(leaving="landed") == msgspec.json.decode(b'{"leaving":"landed"}', type=Presence)


# --- the page ---------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "hardware.md").read_text()
EXAMPLES = re.findall(r"```json (\S+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("kind", "example"),
    [pytest.param(*each, id=f"{number} {each[0]}") for number, each in enumerate(EXAMPLES)],
)
def test_an_example_on_the_page_is_as_agreed(kind: str, example: str) -> None:
    data = example.encode()
    if kind.startswith("telemetry."):
        assert data == bytes(checked(kind.removeprefix("telemetry."), data))
        return
    wanted = {"state": StateMessage, "reported": Reported, "presence": Presence}[kind]
    decoded = msgspec.json.decode(data, type=wanted)

    said = set(msgspec.json.decode(data))
    assert said <= set(msgspec.structs.asdict(decoded))


def test_the_page_has_examples_of_all_that_is_said() -> None:
    expected = {"state", "reported", "presence", "telemetry.position", "telemetry.power", "telemetry.panel"}

    assert expected == {kind for kind, _ in EXAMPLES}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(f"every {HEARTBEAT_SECONDS} s; after {SILENT_AFTER_SECONDS} s", id="heartbeats"),
        pytest.param(f"{UNCONFIRMED_AFTER_MS // 1000} s after a show", id="unconfirmed"),
        pytest.param(f"At most {REPORT_BYTES_AT_MOST} bytes", id="reports"),
        pytest.param(f"more than {SAID_BYTES_AT_MOST // 1024} KiB", id="messages"),
        pytest.param(f"of at most {VALUE_BYTES_AT_MOST // 1024} KiB", id="values"),
    ],
)
def test_the_page_tells_the_numbers_of_the_contracts(row: str) -> None:
    assert row in PAGE


def test_the_largest_state_fits_into_what_the_page_says_with_room_for_the_rest_of_the_record() -> None:
    ticket = Ticket(id=DisplayId("d" * 64), text="👋" * 120, by="👋" * 128, at=AT, ttl_ms=10**9)
    display = Display(id=ticket.id, text=ticket.text, by=ticket.by, shown_at=AT, until=AT)
    largest = Banner(
        id=BannerId("b" * 63),
        name="👋" * 80,
        tags=16 * ("t" * 32,),
        display=display,
        queue=QUEUE_AT_MOST * (ticket,),
        hold=OnHold(reason="👋" * 200, by=ticket.by, at=AT),
        pending=PENDING_AT_MOST * (ticket,),
    )

    assert "allow 64 KiB" in PAGE
    assert len(msgspec.json.encode(largest)) < 56 * 1024
