"""What goes wrong: when it was said to, the same from the same seed, and nothing where nothing is to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.planes.flight import aloft, plane
from airdisplay.planes.mishaps import (
    CALM_SECONDS,
    WEATHERS,
    Outage,
    Severity,
    dead_elements,
    next_change,
    outage,
)
from shared.contracts.identity import BannerId

SEEDS = st.integers(0, 2**31)
BANNERS = st.integers(0, 10_000).map(lambda number: BannerId(f"b{number}"))
SEVERITIES = st.sampled_from(["mild", "wild"])


@given(SEEDS, BANNERS, st.floats(0, 1e5))
def test_without_faults_every_plane_is_always_heard(seed: int, banner: BannerId, seconds: float) -> None:
    flown = plane(seed, banner)

    assert outage(flown, WEATHERS["none"], seconds) is None
    assert float("inf") == next_change(flown, WEATHERS["none"], seconds)
    assert 0 == dead_elements(flown, WEATHERS["none"], seconds)


@given(SEEDS, BANNERS, st.floats(0, CALM_SECONDS - 0.01), SEVERITIES)
def test_nothing_goes_wrong_at_the_beginning(
    seed: int, banner: BannerId, seconds: float, severity: Severity
) -> None:
    assert outage(plane(seed, banner), WEATHERS[severity], seconds) is None


@given(SEEDS, BANNERS, st.floats(0, 20_000), SEVERITIES)
def test_between_two_changes_nothing_changes(
    seed: int, banner: BannerId, seconds: float, severity: Severity
) -> None:
    flown, weather = plane(seed, banner), WEATHERS[severity]
    ends = next_change(flown, weather, seconds)
    now = outage(flown, weather, seconds)

    assert ends > seconds
    for share in (0.1, 0.5, 0.9, 0.999):
        between = outage(flown, weather, seconds + (ends - seconds) * share)
        assert (now and now.kind) == (between and between.kind)


@given(SEEDS, BANNERS, st.floats(0, 20_000), SEVERITIES)
def test_who_is_on_the_ground_is_not_heard_because_it_landed(
    seed: int, banner: BannerId, seconds: float, severity: Severity
) -> None:
    flown = plane(seed, banner)
    found = outage(flown, WEATHERS[severity], seconds)

    assert (found is not None and found.kind == "landed") == (not aloft(flown, seconds))


def share_silent(severity: Severity) -> float:
    """How much of two hours the planes of a fleet are not heard while they fly."""
    moments = [
        (plane(1, BannerId(f"b{number}")), second) for number in range(60) for second in range(60, 7_200, 37)
    ]
    silent = [outage(*each[:1], WEATHERS[severity], each[1]) for each in moments]
    return sum(found is not None and found.kind != "landed" for found in silent) / len(moments)


def test_a_mild_fleet_is_nearly_always_heard_and_a_wild_one_often_is_not() -> None:
    assert 0.001 < share_silent("mild") < 0.02
    assert 0.05 < share_silent("wild") < 0.4


@pytest.mark.parametrize("kind", ["landed", "rebooting", "no radio"])
def test_in_wild_weather_everything_happens(kind: str) -> None:
    found = {outage.kind for second in range(0, 7_200, 3) if (outage := _outage(second)) is not None}

    assert kind in found


def _outage(second: float) -> Outage | None:
    return outage(plane(7, BannerId("stormy")), WEATHERS["wild"], second)


@given(SEEDS, BANNERS, st.floats(0, 20_000), st.floats(0, 600), SEVERITIES)
def test_elements_are_replaced_on_the_ground_alone(
    seed: int, banner: BannerId, seconds: float, later: float, severity: Severity
) -> None:
    flown, weather = plane(seed, banner), WEATHERS[severity]
    one, other = (dead_elements(flown, weather, each) for each in (seconds, seconds + later))

    assert one <= other or later > flown.ground_seconds or not aloft(flown, seconds + later)
