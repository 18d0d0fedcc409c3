"""The words for times and displays."""

from datetime import datetime

import pytest

from airdisplay.wording import local_time, seconds_left, shows
from shared.contracts.banner import Display
from shared.contracts.identity import DisplayId
from shared.contracts.instants import later
from tests.support.clock import NOON

DISPLAY = Display(id=DisplayId("d"), text="Hello", by="ada", shown_at=NOON, until=later(NOON, 60_000))


def test_times_are_those_of_the_reader() -> None:
    assert local_time(NOON) == datetime.fromisoformat(NOON).astimezone().strftime("%H:%M:%S")


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(0, 60), (1, 60), (59_001, 1), (60_000, 0), (90_000, 0)]
)
def test_a_countdown_is_rounded_up_and_ends_at_nothing(milliseconds: int, seconds: int) -> None:
    assert seconds == seconds_left(DISPLAY, later(NOON, milliseconds))


def test_a_banner_shows_something_or_is_dark() -> None:
    assert shows(None) == "is dark"
    assert shows(DISPLAY) == f"shows “Hello” until {local_time(DISPLAY.until)}"
