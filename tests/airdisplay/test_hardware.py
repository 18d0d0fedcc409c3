"""The hardware of a banner: nothing older than what it knows, nothing past its time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.hardware import Hardware, clear, heartbeats_due, receive, report
from shared.contracts.banner import Banner, Display
from shared.contracts.hardware import HEARTBEAT_SECONDS, Reported
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import instant, later
from tests.support.clock import NOON

BANNER = BannerId("lightning")
UNTIL = later(NOON, 60_000)
DISPLAY = Display(id=DisplayId("d"), text="Hello", by="ada", shown_at=NOON, until=UNTIL)
FREE = Banner(id=BANNER, name="Lightning")
BUSY = Banner(id=BANNER, name="Lightning", display=DISPLAY)
NEW = Hardware(BANNER)
SHOWING = Hardware(BANNER, 7, DISPLAY)


@pytest.mark.parametrize(
    ("hardware", "revision", "record", "milliseconds", "expected"),
    [
        pytest.param(NEW, 1, FREE, 0, Hardware(BANNER, 1), id="the first record is taken"),
        pytest.param(NEW, 7, BUSY, 0, SHOWING, id="its display is shown"),
        pytest.param(NEW, 7, BUSY, 60_000, Hardware(BANNER, 7), id="unless its time is up"),
        pytest.param(SHOWING, 8, FREE, 0, Hardware(BANNER, 8), id="a newer record ends a display"),
        pytest.param(SHOWING, 9, None, 0, Hardware(BANNER, 9), id="so does the end of the banner"),
        pytest.param(SHOWING, 7, FREE, 0, None, id="the same revision again is ignored"),
        pytest.param(SHOWING, 6, FREE, 0, None, id="an older one is ignored"),
    ],
)
def test_records(
    hardware: Hardware, revision: int, record: Banner | None, milliseconds: int, expected: Hardware | None
) -> None:
    assert expected == receive(hardware, revision, record, later(NOON, milliseconds))


@pytest.mark.parametrize(
    ("hardware", "milliseconds", "expected"),
    [
        pytest.param(SHOWING, 59_999, None, id="before its deadline a display stays"),
        pytest.param(SHOWING, 60_000, Hardware(BANNER, 7), id="at its deadline it ends"),
        pytest.param(SHOWING, 90_000, Hardware(BANNER, 7), id="past its deadline it ends"),
        pytest.param(Hardware(BANNER, 7), 90_000, None, id="a dark banner stays dark"),
    ],
)
def test_deadlines(hardware: Hardware, milliseconds: int, expected: Hardware | None) -> None:
    assert expected == clear(hardware, later(NOON, milliseconds))


def test_a_report_names_the_display_and_the_revision() -> None:
    assert Reported(display_id=DISPLAY.id, revision=7, at=NOON) == report(SHOWING, NOON)


def test_a_dark_banner_reports_no_display() -> None:
    assert Reported(display_id=None, revision=3, at=NOON) == report(Hardware(BANNER, 3), NOON)


RECORDS = st.tuples(st.integers(1, 20), st.none() | st.integers(0, 100), st.integers(0, 100))


@given(st.lists(RECORDS))
def test_whatever_comes_in_whatever_order_nothing_old_and_nothing_over_is_shown(
    records: list[tuple[int, int | None, int]],
) -> None:
    hardware = NEW
    for revision, until, now in records:
        display = (
            None
            if until is None
            else Display(
                id=DisplayId(f"d-{revision}"), text="x", by="ada", shown_at=instant(0), until=instant(until)
            )
        )
        record = Banner(id=BANNER, name="Lightning", display=display)
        before = hardware
        hardware = receive(hardware, revision, record, instant(now)) or hardware
        hardware = clear(hardware, instant(now)) or hardware

        assert hardware.revision == max(before.revision, revision)
        if hardware.display is not None:
            assert hardware.display.until > instant(now)


def test_heartbeats_of_many_are_spread_over_the_time_between_two() -> None:
    tenths = [heartbeats_due(HEARTBEAT_SECONDS * tenth / 10, 10_000) for tenth in range(11)]

    assert tenths == [tenth * 1_000 for tenth in range(11)]


def test_one_banner_sends_one_heartbeat_each_time() -> None:
    assert [0, 0, 1, 2] == [heartbeats_due(HEARTBEAT_SECONDS * times, 1) for times in (0, 0.9, 1, 2)]
