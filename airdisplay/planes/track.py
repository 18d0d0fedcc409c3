"""Where there is to fly: lanes beside a coast, and rounds of two lanes and two turns. Pure.

A lane keeps its distance from the coast on the side of the sea. A round goes out in the lane next to the
coast, turns seawards, comes back in a lane further out, and turns towards the coast again.
"""

import functools
import math
from array import array
from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from airdisplay.planes.coasts import Coast, Flat, coasts

STEP_M: Final = 50.0
"""How far apart the points of a line are."""

TURN_RADIUS_M: Final = 175.0
"""What a plane at 25 m/s flies with a bank of 20 degrees."""

CLIMB_POINTS: Final = 50
"""Along so many points a plane climbs, and comes down."""

_SMOOTH_M: Final = 300.0
"""Corners of the coast are rounded over about this much of it."""


class Spot(NamedTuple):
    """A point in metres, and the direction of the open sea from it, of length one."""

    east: float
    north: float
    sea_east: float
    sea_north: float


class Lane:
    """A line beside a coast, by the metres along it."""

    def __init__(self, spots: list[Spot]) -> None:
        self._columns = tuple(array("d", column) for column in zip(*spots, strict=True))
        steps = (math.dist(one[:2], other[:2]) for one, other in pairwise(spots))
        self._along = array("d", accumulate(steps, initial=0.0))

    def __len__(self) -> int:
        return len(self._along)

    def reach(self, index: int) -> float:
        """How far along the lane its point of that number is."""
        return self._along[index]

    @functools.cached_property
    def straight(self) -> list[int]:
        """The points around which it turns least, a third of them: good for climbing and landing."""
        sea_east, sea_north = self._columns[2], self._columns[3]
        turns = [0.0]
        for one, other in pairwise(range(len(self))):
            sine = sea_east[one] * sea_north[other] - sea_north[one] * sea_east[other]
            turns.append(turns[-1] + abs(sine))
        candidates = range(CLIMB_POINTS, len(self) - CLIMB_POINTS)
        by_bend = sorted(
            candidates, key=lambda index: turns[index + CLIMB_POINTS] - turns[index - CLIMB_POINTS]
        )
        return sorted(by_bend[: len(by_bend) // 3])

    def spot(self, metres: float) -> Spot:
        """The point that far along."""
        index = min(max(bisect_right(self._along, metres) - 1, 0), len(self) - 2)
        share = (metres - self._along[index]) / (self._along[index + 1] - self._along[index])
        return Spot(
            *(column[index] + (column[index + 1] - column[index]) * share for column in self._columns)
        )


class Round:
    """Closed: out along a coast, and back further out, with the wind on one of the ways.

    It begins and ends at a home beside the inner lane. `seconds` is what it takes.
    """

    def __init__(
        self, coast: int, *, stretch: range, home: int, inner_m: float, out_mps: float, back_mps: float
    ) -> None:
        self._near = lane(coast, inner_m)
        self._far = lane(coast, inner_m + 2 * TURN_RADIUS_M)
        self._out_mps, self._back_mps = out_mps, back_mps
        self._start, self._end, self._home = stretch[0], stretch[-1], home
        turn = 2 * math.pi * TURN_RADIUS_M / (out_mps + back_mps)
        near, far = self._near.reach, self._far.reach
        self._ends = tuple(
            accumulate(
                (
                    (near(self._end) - near(home)) / out_mps,
                    turn,
                    (far(self._end) - far(self._start)) / back_mps,
                    turn,
                    (near(home) - near(self._start)) / out_mps,
                )
            )
        )

    @property
    def seconds(self) -> float:
        """How long a round takes."""
        return self._ends[-1]

    def spot(self, seconds: float) -> Spot:
        """Where it leads after that long, less than a round."""
        leg = min(bisect_right(self._ends, seconds), len(self._ends) - 1)
        since = seconds - (self._ends[leg - 1] if leg else 0.0)
        near, far = self._near.reach, self._far.reach
        match leg:
            case 0:
                return self._near.spot(near(self._home) + self._out_mps * since)
            case 1:
                return _turned(self._near.spot(near(self._end)), since, self._out_mps, self._back_mps)
            case 2:
                return self._far.spot(far(self._end) - self._back_mps * since)
            case 3:
                return _turned(
                    self._far.spot(far(self._start)), since, self._back_mps, self._out_mps, seawards=-1
                )
            case _:
                return self._near.spot(near(self._start) + self._out_mps * since)


@functools.cache
def lane(coast: int, off_m: float) -> Lane:
    """The lane that far off a coast, which is given by its number."""
    return Lane(
        [
            Spot(
                spot.east + off_m * spot.sea_east,
                spot.north + off_m * spot.sea_north,
                spot.sea_east,
                spot.sea_north,
            )
            for spot in _shore(coast)
        ]
    )


def _turned(entry: Spot, since: float, before_mps: float, after_mps: float, *, seawards: int = 1) -> Spot:
    """On a half circle to the left, the speed changing evenly; `seawards` is -1 where left is the land."""
    whole = 2 * math.pi * TURN_RADIUS_M / (before_mps + after_mps)
    flown = before_mps * since + (after_mps - before_mps) * since * since / (2 * whole)
    angle = flown / TURN_RADIUS_M
    left_east, left_north = seawards * entry.sea_east, seawards * entry.sea_north
    ahead, aside = TURN_RADIUS_M * math.sin(angle), TURN_RADIUS_M * (1 - math.cos(angle))
    return Spot(
        entry.east + ahead * left_north + aside * left_east,
        entry.north - ahead * left_east + aside * left_north,
        entry.sea_east,
        entry.sea_north,
    )


@functools.cache
def _shore(number: int) -> list[Spot]:
    """The coast as closely and as smoothly as it is flown along."""
    points = _smooth(_dense(coasts()[number]))
    sea: list[tuple[float, float]] = []
    for before, after in zip([points[0], *points], [*points[1:], points[-1]], strict=False):
        east, north = after[0] - before[0], after[1] - before[1]
        length = math.hypot(east, north)
        sea.append((-north / length, east / length))
    return [Spot(*point, *left) for point, left in zip(points, sea, strict=True)]


def _dense(coast: Coast) -> list[tuple[float, float]]:
    flat = Flat(*coast.at)
    corners = [flat.to(*point) for point in coast.line]
    found: list[tuple[float, float]] = []
    left = 0.0  # of a step, at the corner
    for (east, north), (to_east, to_north) in pairwise(corners):
        length = math.dist((east, north), (to_east, to_north))
        at = left
        while at < length:
            found.append((east + (to_east - east) * at / length, north + (to_north - north) * at / length))
            at += STEP_M
        left = at - length
    return found


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Each point as the weighted middle of its neighbours; fewer of them at the ends."""
    reach = round(3 * _SMOOTH_M / STEP_M)
    weights = [math.exp(-((offset * STEP_M / _SMOOTH_M) ** 2) / 2) for offset in range(reach + 1)]
    found: list[tuple[float, float]] = []
    for index in range(len(points)):
        near = min(reach, index, len(points) - 1 - index)
        total = east = north = 0.0
        for offset in range(-near, near + 1):
            weight = weights[abs(offset)]
            total += weight
            east += weight * points[index + offset][0]
            north += weight * points[index + offset][1]
        found.append((east / total, north / total))
    return found
