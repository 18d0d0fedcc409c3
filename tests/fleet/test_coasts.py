"""The coasts: where they say, with the sea where they say, and long enough to fly along."""

import math
from itertools import pairwise

import pytest

from airdisplay.planes.coasts import Coast, Flat, coasts, home_of
from airdisplay.planes.track import lane
from shared.contracts.banner import Register
from shared.contracts.identity import BannerId
from tests.fleet.coasts_from_atlas import COASTS, PLACES

# Degrees west, south, east, north: which part of the world a coast has to lie in.
REGIONS = {
    "europe": (-10.5, 34.5, 31.5, 55.5),
    "north america": (-160, 16, -73, 41),
    "south america": (-58.5, -39, -42, -22),
    "asia": (34, -9.5, 130, 37),
    "africa": (18, -35, 32, -29),
    "australia": (150, -35, 154, -27),
}
# A point in the open sea before the beach, by the map and not by our file.
SEAWARDS = {
    "costa-del-sol": (36.55, -4.40),
    "barcelona": (41.30, 2.35),
    "miami-beach": (25.79, -79.95),
    "copacabana": (-23.10, -43.18),
    "santa-monica": (33.90, -118.65),
    "sydney": (-33.89, 151.45),
    "goa": (15.54, 73.55),
    "tel-aviv": (32.08, 34.55),
    "zandvoort": (52.37, 4.30),
    "durban": (-29.85, 31.25),
    "algarve": (36.90, -8.25),
    "dubai": (25.35, 55.05),
}

every_coast = pytest.mark.parametrize("coast", coasts(), ids=lambda coast: coast.tag)


def in_metres(coast: Coast) -> list[tuple[float, float]]:
    """The line of a coast, in metres from its place."""
    return [Flat(*coast.at).to(*point) for point in coast.line]


def test_there_are_some_thirty_each_with_a_tag_of_its_own() -> None:
    assert len(coasts()) >= 30
    assert len(coasts()) == len({coast.tag for coast in coasts()})


def test_the_file_is_small() -> None:
    assert COASTS.stat().st_size < 60_000


def test_it_is_what_the_script_makes() -> None:
    assert [(place.tag, place.name, (place.lat, place.lon)) for place in PLACES] == [
        (coast.tag, coast.name, coast.at) for coast in coasts()
    ]


@every_coast
def test_a_tag_is_one_that_a_banner_may_have(coast: Coast) -> None:
    Register(by="test", tags=(coast.tag,))


@every_coast
def test_a_coast_passes_its_place(coast: Coast) -> None:
    assert min(math.hypot(*point) for point in in_metres(coast)) < 8_000
    assert any(
        west < coast.at[1] < east and south < coast.at[0] < north
        for west, south, east, north in REGIONS.values()
    )


@every_coast
def test_a_coast_is_long_enough_and_its_points_are_not_far_apart(coast: Coast) -> None:
    steps = [math.dist(one, other) for one, other in pairwise(in_metres(coast))]

    assert 35_000 < sum(steps) < 150_000
    assert max(steps) < 35_000  # Miami Beach is a straight line
    assert min(steps) > 10


@pytest.mark.parametrize("tag", SEAWARDS)
def test_the_open_sea_is_on_the_left(tag: str) -> None:
    number, coast = next((number, coast) for number, coast in enumerate(coasts()) if coast.tag == tag)
    sea = Flat(*coast.at).to(*SEAWARDS[tag])

    def away(off_m: float) -> float:
        """How far the nearest point of a lane is from the open sea."""
        along = lane(number, off_m)
        return min(math.dist(sea, along.spot(along.reach(index))[:2]) for index in range(len(along)))

    assert away(800) < away(300) < away(0)


@every_coast
def test_no_bay_is_too_narrow_for_the_lanes(coast: Coast) -> None:
    number = coasts().index(coast)
    shore, outermost = lane(number, 0), lane(number, 800)
    ahead = [outermost.spot(outermost.reach(index))[0:2] for index in range(len(outermost))]
    for index, (one, other) in enumerate(pairwise(ahead)):
        spot = shore.spot(shore.reach(index))
        forward = (other[0] - one[0]) * spot.sea_north - (other[1] - one[1]) * spot.sea_east

        assert forward > 0, "the lane runs backwards"


def test_a_banner_has_one_home_whatever_the_seed() -> None:
    assert home_of(BannerId("lightning")) is home_of(BannerId("lightning"))
    assert len({home_of(BannerId(f"b{number}")).tag for number in range(500)}) == len(coasts())
