"""What planes measure: within what was agreed, and as days, batteries and panels go."""

from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.planes.flight import Plane, landing, moment, plane
from airdisplay.planes.mishaps import WEATHERS, Severity
from airdisplay.planes.senses import KINDS, measure, panel, power
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import checked

BANNERS = st.integers(0, 10_000).map(lambda number: BannerId(f"b{number}"))
PLANES = st.builds(plane, st.integers(0, 2**31), BANNERS)
_DAY: Final = 86_400.0


@given(
    PLANES,
    st.floats(0, 1e5),
    st.floats(0, 4e9),
    st.sampled_from(KINDS),
    st.sampled_from(list(WEATHERS)),
)
def test_what_is_measured_is_what_was_agreed(
    flown: Plane, seconds: float, at: float, kind: str, severity: Severity
) -> None:
    checked(kind, msgspec.json.encode(measure(flown, WEATHERS[severity], kind, seconds, at)))


@given(PLANES, st.floats(0, 50_000), st.floats(0, 4e9), st.floats(0, 1), st.floats(0, 1))
def test_a_battery_only_drains_in_the_air_and_lasts_until_the_landing(
    flown: Plane, seconds: float, at: float, one: float, other: float
) -> None:
    landed, _ = landing(flown, moment(flown, seconds).sortie)
    took_off = landed - flown.sortie_seconds
    earlier, later = (took_off + flown.sortie_seconds * share for share in sorted((one, other)))
    drained = [power(flown, each, at + each).battery_pct for each in (earlier, later)]

    assert drained[0] >= drained[1] >= 15


def test_charging_ends_full() -> None:
    flown = plane(1, BannerId("sparky"))
    landed, off_again = landing(flown, 0)
    found = [power(flown, each, 1e9 + each).battery_pct for each in (landed + 1, off_again - 0.1)]

    assert found[0] < 90
    assert found[1] == pytest.approx(100, abs=0.2)


def test_a_bright_day_drains_more_than_a_night() -> None:
    flown = plane(1, BannerId("sparky"))
    noon = (12 / 24 - flown.flat.lon / 360) * _DAY
    seconds = landing(flown, 0)[0] - 1

    assert power(flown, seconds, noon).battery_pct < power(flown, seconds, noon + _DAY / 2).battery_pct
    assert power(flown, seconds, noon).watts > power(flown, seconds, noon + _DAY / 2).watts


def test_panels_are_bright_at_noon_and_dim_at_night_wherever_they_are() -> None:
    for banner in ("lightning", "sparky", "stormy", "swift"):
        flown = plane(1, BannerId(banner))
        noon = (12 / 24 - flown.flat.lon / 360) * _DAY

        assert panel(flown, None, 0, noon).brightness_pct == pytest.approx(100)
        assert panel(flown, None, 0, noon + _DAY / 2).brightness_pct == pytest.approx(20)
        assert (
            panel(flown, None, 0, noon).temperature_c > panel(flown, None, 0, noon + _DAY / 2).temperature_c
        )
