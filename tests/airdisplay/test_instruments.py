"""What simulated hardware measures: within what was agreed, moving as it says that it moves."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.instruments import A_SECOND_AT_MOST, KINDS, craft, due, measure
from shared.contracts.identity import ID_FORM, BannerId
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS, Position, checked

BANNERS = st.from_regex(ID_FORM, fullmatch=True).map(BannerId)
MOMENTS = st.floats(0, 4e9)
_METRES_PER_DEGREE = 111_320


@given(BANNERS, MOMENTS, st.sampled_from(KINDS))
def test_what_is_measured_is_what_was_agreed(banner: BannerId, seconds: float, kind: str) -> None:
    checked(kind, msgspec.json.encode(measure(craft(banner), kind, seconds)))


@given(BANNERS, st.floats(0, 2e9))
def test_a_plane_goes_where_its_heading_says_and_as_fast_as_it_says(banner: BannerId, seconds: float) -> None:
    one, other = position(banner, seconds), position(banner, seconds + 2)
    north = (other.lat - one.lat) * _METRES_PER_DEGREE
    east = (other.lon - one.lon) * _METRES_PER_DEGREE * math.cos(math.radians(one.lat))
    turned = (math.degrees(math.atan2(east, north)) - one.heading_deg + 180) % 360 - 180

    assert one.speed_mps == pytest.approx(math.hypot(north, east) / 2, abs=0.5)
    assert abs(turned) < 5


def position(banner: BannerId, seconds: float) -> Position:
    """Where the plane of a banner is."""
    found = measure(craft(banner), "position", seconds)
    assert isinstance(found, Position)
    return found


def test_a_few_banners_measure_each_kind_every_five_seconds() -> None:
    assert 12 * len(KINDS) == due(MEASURED_EVERY_SECONDS, 12)


def test_the_rate_of_thousands_is_bounded() -> None:
    assert 60 * A_SECOND_AT_MOST == due(60, 10_000)


def test_planes_are_told_apart() -> None:
    assert 20 == len({craft(BannerId(f"b{number}")) for number in range(20)})
