"""The judge of panels finds what it should, and nothing else."""

import pytest

from shared.contracts.banner import Display
from shared.contracts.identity import DisplayId
from shared.contracts.instants import epoch_ms, later
from tests.support.clock import NOON
from tests.support.panel_judge import Noted, Notes, Stall, latest_ms, violations

START_MS = epoch_ms(NOON)
TTL_MS = 1_000


def display(name: str, shown_ms: int) -> Display:
    shown_at = later(NOON, shown_ms)
    return Display(id=DisplayId(name), text="x", by="ada", shown_at=shown_at, until=later(shown_at, TTL_MS))


def noted(ms: int, shows: Display | None, *, ahead_ms: int = 0, timed: bool = True) -> Noted:
    """What the panel shows from so many milliseconds after noon."""
    at_ms = START_MS + ms + ahead_ms
    return Noted(banner="b1", at_ms=at_ms, display=shows, ahead_ms=ahead_ms, timed=timed)


def notes(*of: Noted, stalls: tuple[Stall, ...] = (), ended_ms: int = 10_000) -> Notes:
    return Notes(noted=list(of), stalls=list(stalls), ended_ms=START_MS + ended_ms)


FIRST, SECOND = display("first", 0), display("second", 500)


@pytest.mark.parametrize(
    "flown",
    [
        pytest.param(notes(noted(0, FIRST), noted(1_050, None)), id="cleared within 50 ms"),
        pytest.param(notes(noted(0, FIRST), ended_ms=900), id="still up when nobody looks any more"),
        pytest.param(notes(noted(0, FIRST), noted(600, SECOND), noted(1_500, None)), id="newer after older"),
        pytest.param(
            notes(noted(0, FIRST, ahead_ms=-300), noted(1_310, None, ahead_ms=-300)),
            id="late only by the clock of others",
        ),
        pytest.param(
            notes(noted(0, FIRST), noted(1_300, None), stalls=(Stall(at_ms=START_MS + 1_290, ms=260),)),
            id="the machine stood still",
        ),
        pytest.param(
            notes(noted(0, FIRST, timed=False), noted(1_300, None, timed=False)),
            id="one whose clock is learned",
        ),
    ],
)
def test_what_is_right_is_not_found(flown: Notes) -> None:
    assert [] == violations(flown)


@pytest.mark.parametrize(
    ("flown", "said"),
    [
        pytest.param(
            notes(noted(0, FIRST), noted(1_051, None)), "first for 51 ms past its end", id="cleared too late"
        ),
        pytest.param(notes(noted(0, FIRST)), "9000 ms past its end", id="never cleared"),
        pytest.param(
            notes(noted(1_100, FIRST), noted(1_200, None)), "200 ms past its end", id="shown when it was over"
        ),
        pytest.param(
            notes(noted(0, SECOND), noted(600, None), noted(700, FIRST), noted(800, None)),
            "showed first",
            id="older after newer",
        ),
        pytest.param(
            notes(noted(0, FIRST), noted(1_300, None), stalls=(Stall(at_ms=START_MS + 900, ms=260),)),
            "300 ms past its end",
            id="the machine had stood still before",
        ),
    ],
)
def test_what_is_wrong_is_found(flown: Notes, said: str) -> None:
    (found,) = violations(flown)

    assert said in found


def test_it_says_how_late_the_latest_was_without_excuses() -> None:
    assert 300 == latest_ms(notes(noted(0, FIRST), noted(1_300, None)))
