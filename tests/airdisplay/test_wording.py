"""The words for times and displays."""

from datetime import datetime
from typing import get_args

import pytest

from airdisplay.wording import HOW, local_day_and_time, local_time, seconds_left, seconds_until, shows
from shared.contracts.banner import Display
from shared.contracts.identity import DisplayId
from shared.contracts.instants import later
from shared.contracts.views import How
from tests.support.clock import NOON

DISPLAY = Display(id=DisplayId("d"), text="Hello", by="ada", shown_at=NOON, until=later(NOON, 60_000))


def test_times_are_those_of_the_reader() -> None:
    assert local_time(NOON) == datetime.fromisoformat(NOON).astimezone().strftime("%H:%M:%S")


def test_what_may_be_days_ago_has_a_day() -> None:
    here = datetime.fromisoformat(NOON).astimezone()

    assert local_day_and_time(NOON) == here.strftime("%Y-%m-%d %H:%M:%S")


def test_every_end_has_its_words() -> None:
    assert set(get_args(How)) == set(HOW)


def test_seconds_until_an_instant_that_has_passed_are_none() -> None:
    assert 1 == seconds_until(later(NOON, 1), NOON)
    assert 0 == seconds_until(NOON, later(NOON, 1))


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(0, 60), (1, 60), (59_001, 1), (60_000, 0), (90_000, 0)]
)
def test_a_countdown_is_rounded_up_and_ends_at_nothing(milliseconds: int, seconds: int) -> None:
    assert seconds == seconds_left(DISPLAY, later(NOON, milliseconds))


def test_a_banner_shows_something_or_is_dark() -> None:
    assert shows(None) == "is dark"
    assert shows(DISPLAY) == f"shows “Hello” until {local_time(DISPLAY.until)}"
