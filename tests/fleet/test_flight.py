"""How planes fly: as fast, as high and as near to the coast as they say, and the same from the same seed."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.planes.coasts import coasts
from airdisplay.planes.flight import (
    FIRST_LANDING_SECONDS,
    Plane,
    aloft,
    landing,
    moment,
    plane,
    position,
)
from airdisplay.planes.track import lane
from shared.contracts.identity import ID_FORM, BannerId
from shared.contracts.telemetry import Position

PLANES = st.builds(plane, st.integers(0, 2**31), st.from_regex(ID_FORM, fullmatch=True).map(BannerId))
SECONDS = st.floats(0, 200_000)
CLIMBING_SECONDS = 100
_LATITUDE_M = 111_320


def metres(flown: Plane, at: Position) -> tuple[float, float]:
    """Where that is, seen from the best-known place of its coast."""
    return flown.flat.to(at.lat, at.lon)


def in_rounds(flown: Plane, seconds: float) -> bool:
    """Whether it has climbed, and does not come down yet."""
    since = moment(flown, seconds).since
    return CLIMBING_SECONDS < since < flown.sortie_seconds - CLIMBING_SECONDS


@given(PLANES, SECONDS)
def test_in_its_rounds_a_plane_flies_as_fast_and_as_high_as_such_planes_do(
    flown: Plane, seconds: float
) -> None:
    if in_rounds(flown, seconds):
        found = position(flown, seconds)

        assert 20 <= found.speed_mps <= 30
        assert 140 <= found.altitude_m <= 310


@given(PLANES, SECONDS)
def test_a_plane_goes_where_its_heading_says_and_as_fast_as_it_says(flown: Plane, seconds: float) -> None:
    one, middle, other = (position(flown, seconds + after) for after in (0, 1, 2))
    east, north = (b - a for a, b in zip(metres(flown, one), metres(flown, other), strict=True))
    turned = (math.degrees(math.atan2(east, north)) - middle.heading_deg + 180) % 360 - 180

    if aloft(flown, seconds) and aloft(flown, seconds + 2):
        assert middle.speed_mps == pytest.approx(math.hypot(east, north) / 2, abs=1.5)
    if in_rounds(flown, seconds):
        assert abs(turned) < 8


@given(PLANES, SECONDS, st.floats(0, 10))
def test_no_plane_jumps(flown: Plane, seconds: float, later: float) -> None:
    one, other = position(flown, seconds), position(flown, seconds + later)

    assert math.dist(metres(flown, one), metres(flown, other)) <= 35 * later + 0.5
    assert abs(one.altitude_m - other.altitude_m) <= 8 * later + 0.2


@pytest.mark.parametrize("number", range(8))
def test_from_take_off_to_take_off_nothing_is_jerky(number: int) -> None:
    flown = plane(1, BannerId(f"b{number}"))
    landed, off_again = landing(flown, 1)
    moments = range(int(landed - flown.sortie_seconds) - 5, int(off_again) + 5)
    way = [position(flown, seconds) for seconds in moments]

    assert max(math.dist(metres(flown, one), metres(flown, other)) for one, other in pairwise(way)) < 35
    assert max(abs(one.altitude_m - other.altitude_m) for one, other in pairwise(way)) < 8


@given(PLANES, SECONDS)
def test_planes_stay_by_their_coast_and_out_at_sea_in_their_rounds(flown: Plane, seconds: float) -> None:
    here = metres(flown, position(flown, seconds))
    shore = lane(flown.coast, 0)
    spot, away = min(
        (
            (spot, math.dist(here, spot[:2]))
            for spot in (shore.spot(shore.reach(index)) for index in range(len(shore)))
        ),
        key=lambda each: each[1],
    )

    assert away < 1_100
    if in_rounds(flown, seconds):
        off = (here[0] - spot.east) * spot.sea_east + (here[1] - spot.north) * spot.sea_north
        assert 200 < off


@given(PLANES, SECONDS)
def test_on_the_ground_a_plane_stands_still_at_its_home(flown: Plane, seconds: float) -> None:
    landed, off_again = landing(flown, moment(flown, seconds).sortie)
    standing = position(flown, landed + 1)

    assert (0, 0) == (standing.altitude_m, standing.speed_mps)
    assert (standing.lat, standing.lon) == pytest.approx(
        (position(flown, off_again - 1).lat, position(flown, off_again - 1).lon)
    )


@given(PLANES)
def test_when_the_fleet_begins_everybody_is_in_the_air_and_nobody_lands_soon(flown: Plane) -> None:
    assert aloft(flown, 0)
    assert aloft(flown, FIRST_LANDING_SECONDS - 1)


@given(st.integers(0, 2**31), st.floats(0, 1e5))
def test_a_run_can_be_repeated(seed: int, seconds: float) -> None:
    runs = [position(plane(seed, BannerId("sparky")), seconds) for _ in range(2)]

    assert runs[0] == runs[1]


def test_another_seed_is_another_flight_at_the_same_coast() -> None:
    one, other = plane(1, BannerId("sparky")), plane(2, BannerId("sparky"))

    assert one.coast == other.coast
    assert position(one, 100) != position(other, 100)


def test_planes_are_told_apart() -> None:
    found = {(at.lat, at.lon) for at in (position(plane(1, BannerId(f"b{n}")), 0) for n in range(50))}

    assert 50 == len(found)


def test_every_coast_can_be_flown_for_hours() -> None:
    left = {coast.tag for coast in coasts()}
    number = 0
    while left:
        flown = plane(3, BannerId(f"b{number}"))
        if coasts()[flown.coast].tag in left:
            left.remove(coasts()[flown.coast].tag)
            for seconds in range(0, 20_000, 97):
                position(flown, seconds)
        number += 1
