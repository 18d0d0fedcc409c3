"""Looking at what hardware says: what is kept of it, and for which reason it is not."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.looking import About, NotKept, Reason, about, report, value
from shared.contracts import subjects
from shared.contracts.hardware import REPORT_BYTES_AT_MOST, KeptReport
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.telemetry import VALUE_BYTES_AT_MOST

NOON = Instant("2026-05-04T12:00:00.000Z")
B = BannerId("b1")


def test_a_subject_names_a_banner_and_what_is_measured() -> None:
    assert About(B, "wind") == about(subjects.telemetry(B, "wind"))
    assert About(B, "") == about(subjects.banner(B, "reported"))


@pytest.mark.parametrize(
    "subject",
    [
        "airdisplay.banner.UP.reported",
        "airdisplay.banner.a_b.telemetry.wind",
        "airdisplay.banner.b1.telemetry.Wind",
        "airdisplay.banner.b1.telemetry.\u00e4",
        f"airdisplay.banner.b1.telemetry.{'x' * 64}",
        "airdisplay.banner.telemetry.x.y",
    ],
)
def test_a_subject_that_can_name_nobody_is_refused(subject: str) -> None:
    with pytest.raises(NotKept) as refused:
        about(subject)

    assert Reason.BAD_SUBJECT == refused.value.reason


def test_of_a_report_is_kept_what_it_says_and_when_it_was_heard() -> None:
    said = b'{"display_id":"d1","revision":7,"at":"1970-01-01T00:00:00.000Z","more":[1]}'
    kept = KeptReport(
        display_id=DisplayId("d1"), revision=7, at=Instant("1970-01-01T00:00:00.000Z"), heard_at=NOON
    )

    assert kept == report(said, NOON)


@pytest.mark.parametrize("at", ["0000-00-00T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_a_clock_that_is_absurd_is_kept_as_it_was_said(at: str) -> None:
    assert at == report(msgspec.json.encode({"display_id": None, "at": at}), NOON).at


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", Reason.MALFORMED, id="nothing"),
        pytest.param(b"{}", Reason.MALFORMED, id="nothing said"),
        pytest.param(b"null", Reason.MALFORMED, id="null"),
        pytest.param(b'{"display_id":7}', Reason.MALFORMED, id="a number for a display"),
        pytest.param(b'{"display_id":"D 1"}', Reason.MALFORMED, id="an id that is none"),
        pytest.param(b'{"display_id":null,"revision":-1}', Reason.MALFORMED, id="a negative revision"),
        pytest.param(b'{"display_id":null,"revision":1e400}', Reason.MALFORMED, id="an endless revision"),
        pytest.param(
            b'{"display_id":null,"revision":' + b"9" * 30 + b"}", Reason.MALFORMED, id="a huge revision"
        ),
        pytest.param(b'{"display_id":null,"at":"noon"}', Reason.MALFORMED, id="a time that is none"),
        pytest.param(b'{"display_id":null}\x00', Reason.MALFORMED, id="something behind it"),
        pytest.param(b"\xff\xfe{", Reason.MALFORMED, id="bytes that are no text"),
        pytest.param(b"[" * 400, Reason.MALFORMED, id="lists without end"),
        pytest.param(b" " * (REPORT_BYTES_AT_MOST + 1), Reason.TOO_LONG, id="too long"),
    ],
)
def test_a_report_that_is_none_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(NotKept) as refused:
        report(data, NOON)

    assert reason == refused.value.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"{", Reason.MALFORMED), (b" " * (VALUE_BYTES_AT_MOST + 1), Reason.TOO_LONG)],
)
def test_a_value_that_is_none_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(NotKept) as refused:
        value("wind", data)

    assert reason == refused.value.reason


@given(st.text(max_size=80), st.binary(max_size=600))
def test_whatever_is_said_is_kept_or_refused_for_a_reason(subject: str, data: bytes) -> None:
    for look in (lambda: about(subject), lambda: report(data, NOON), lambda: value("position", data)):
        with suppress(NotKept):
            look()


def test_a_kept_report_fits_into_its_stream() -> None:
    at = Instant("9999-12-31T23:59:59.999Z")
    longest = KeptReport(display_id=DisplayId("d" * 63), revision=2**53 - 1, at=at, heard_at=at)

    assert len(msgspec.json.encode(longest)) <= REPORT_BYTES_AT_MOST
