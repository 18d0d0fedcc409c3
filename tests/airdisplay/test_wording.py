"""The words for times and displays."""

from datetime import datetime
from typing import Any, get_args

import pytest

from airdisplay.wording import (
    HOW,
    confirmed,
    hardware,
    local_day_and_time,
    local_time,
    proof,
    seconds_left,
    seconds_until,
    shows,
)
from shared.contracts.banner import Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import BannerView, Confirmation, How
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


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, ""),
        (Confirmation("showing"), ""),
        (Confirmation("confirmed", NOON, 80), "confirmed after 80 ms"),
        (Confirmation("unconfirmed"), "unconfirmed"),
    ],
)
def test_what_hardware_confirms_is_said_in_a_word_or_two(said: Confirmation | None, words: str) -> None:
    assert words == confirmed(said)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ({"presence": "online"}, "online"),
        ({"offline_because": "never-seen"}, "offline, never seen"),
        ({"offline_because": "silent", "last_seen": NOON}, f"offline since {local_time(NOON)}, silent"),
        ({"offline_because": "left", "last_seen": NOON}, f"offline since {local_time(NOON)}, left"),
        (
            {"offline_because": "left", "last_seen": NOON, "offline_note": "landed"},
            f"offline since {local_time(NOON)}, left: landed",
        ),
    ],
)
def test_hardware_that_is_not_there_has_its_reason(of: dict[str, Any], words: str) -> None:
    view = BannerView(id=BannerId("b"), name="b", tags=(), revision=1, display=None, **of)

    assert words == hardware(view)


def test_proof_is_said_in_seconds() -> None:
    assert "unconfirmed" == proof(None, None)
    assert "confirmed for 1.5 s" == proof(NOON, later(NOON, 1_500))


def test_a_banner_shows_something_or_is_dark() -> None:
    assert shows(None) == "is dark"
    assert shows(DISPLAY) == f"shows “Hello” until {local_time(DISPLAY.until)}"
