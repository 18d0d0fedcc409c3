"""Make `airdisplay/planes/coasts.json` from Natural Earth's 1:10m land, from the npm package `world-atlas`.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m tests.fleet.coasts_from_atlas package/land-10m.json

Natural Earth is in the public domain. Run by hand when a coast is wanted that is not there yet; nothing of
this is needed to fly. A coast is followed as a plane would: bays and river mouths narrower than three
kilometres are flown across, which is what is left of the land when a disk is rolled along it out at sea.
"""

import itertools
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from airdisplay.planes.coasts import Flat

Point = tuple[float, float]
Line = list[Point]

COASTS: Final = Path(__file__).parents[2] / "airdisplay" / "planes" / "coasts.json"

_DISK_M: Final = 1_500.0
_STEP_M: Final = 100.0
_TOLERANCE_M: Final = 30.0
_ROUGH_M: Final = 10.0
_ROUNDING_M: Final = 1.0
_FAN_RADIANS: Final = math.radians(5)
_JUMP_M: Final = 700.0
_LONGEST_DEGREES: Final = 3.0
_LONGEST_M: Final = 300_000.0


class Place(NamedTuple):
    """A beach that people know, and how much of the coast on either side of it is wanted."""

    tag: str
    name: str
    lat: float
    lon: float
    km: float = 70.0


PLACES: Final = (
    Place("costa-del-sol", "Málaga", 36.715, -4.410, 110),
    Place("barcelona", "Barcelona", 41.385, 2.200, 90),
    Place("cote-d-azur", "Nice", 43.690, 7.260, 70),
    Place("adriatic", "Rimini", 44.070, 12.580, 110),
    Place("sussex", "Brighton", 50.819, -0.140, 90),
    Place("miami-beach", "Miami Beach", 25.790, -80.128, 90),
    Place("copacabana", "Copacabana", -22.972, -43.180, 70),
    Place("santa-monica", "Santa Monica", 34.008, -118.500, 80),
    Place("waikiki", "Waikiki", 21.272, -157.828, 60),
    Place("sydney", "Bondi Beach", -33.891, 151.280, 70),
    Place("gold-coast", "Surfers Paradise", -28.002, 153.432, 80),
    Place("goa", "Calangute", 15.544, 73.752, 90),
    Place("cape-town", "Camps Bay", -33.951, 18.376, 60),
    Place("tel-aviv", "Tel Aviv", 32.080, 34.764, 110),
    Place("lisbon", "Costa da Caparica", 38.640, -9.238, 45),
    Place("algarve", "Albufeira", 37.086, -8.250, 100),
    Place("mallorca", "Palma", 39.520, 2.735, 60),
    Place("santorini", "Santorini", 36.360, 25.475, 40),
    Place("crete", "Heraklion", 35.340, 25.130, 100),
    Place("antalya", "Antalya", 36.855, 30.770, 90),
    Place("dubai", "Jumeirah", 25.210, 55.236, 80),
    Place("phuket", "Patong", 7.890, 98.290, 50),
    Place("bali", "Kuta", -8.720, 115.168, 60),
    Place("okinawa", "Chatan", 26.310, 127.755, 60),
    Place("busan", "Haeundae", 35.158, 129.160, 60),
    Place("durban", "Durban", -29.850, 31.037, 100),
    Place("mar-del-plata", "Mar del Plata", -38.000, -57.538, 110),
    Place("cancun", "Cancún", 21.130, -86.745, 100),
    Place("acapulco", "Acapulco Diamante", 16.765, -99.790, 90),
    Place("varadero", "Varadero", 23.160, -81.250, 90),
    Place("zandvoort", "Zandvoort", 52.372, 4.527, 90),
    Place("sylt", "Westerland", 54.908, 8.302, 40),
    Place("biarritz", "Biarritz", 43.482, -1.560, 90),
    Place("punta-del-este", "Punta del Este", -34.955, -54.935, 90),
    Place("coney-island", "Coney Island", 40.572, -73.980, 80),
    Place("da-nang", "Da Nang", 16.065, 108.248, 70),
)


def rings(topology: dict[str, Any]) -> list[Line]:
    """The shores of all land, in degrees, longitude first; of islands, continents and inland seas."""
    (east, north), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[Line] = []
    for arc in topology["arcs"]:
        x = y = 0
        points: Line = []
        for dx, dy in arc:  # each point is told as the way from the one before
            x, y = x + dx, y + dy
            points.append((x * east + west, y * north + south))
        arcs.append(points)
    return [
        [point for index in ring for point in (arcs[index] if index >= 0 else arcs[~index][::-1])[:-1]]
        for shape in topology["objects"]["land"]["geometries"]
        for polygon in shape["arcs"]
        for ring in polygon
    ]


def coast(place: Place, shores: Sequence[Line]) -> Line:
    """The coast by a place as it is flown along, in degrees, latitude first, with the sea on the left."""
    flat = Flat(place.lat, place.lon)
    shore = min(
        (
            dense([flat.to(lat, lon) for lon, lat in (*ring, ring[0])])
            for ring in shores
            if any(abs(lat - place.lat) + abs(lon - place.lon) < _LONGEST_DEGREES for lon, lat in ring)
        ),
        key=lambda ring: min(map(_from_middle, ring)),
    )
    if not _sea_on_the_left(shore):
        shore.reverse()
    around = _around_middle(shore, 3 * place.km * 1000)
    rolled = beside(beside(around, _DISK_M)[::-1], _DISK_M)[::-1]
    return [flat.back(*point) for point in simplified(_around_middle(rolled, place.km * 1000), _TOLERANCE_M)]


def dense(line: Line) -> Line:
    """The line with points not further apart than a step, but for its last point."""
    found: Line = []
    for (x, y), (to_x, to_y) in itertools.pairwise(line):
        pieces = max(1, math.ceil(math.dist((x, y), (to_x, to_y)) / _STEP_M)) if _local((x, y)) else 1
        found.extend(
            (x + (to_x - x) * piece / pieces, y + (to_y - y) * piece / pieces) for piece in range(pieces)
        )
    return found


def beside(line: Line, distance: float) -> Line:
    """The line to the left of all of this line that is this far away from its nearest point."""
    line = dense(simplified(line, _ROUGH_M))
    cells: dict[tuple[int, int], Line] = defaultdict(list)
    for point in line:
        cells[_cell(point, distance)].append(point)
    kept = [each for each in _fanned(line, distance) if _clear(each, cells, distance)]
    return _connected(kept)


def simplified(line: Line, tolerance: float) -> Line:
    """The line without the points that it hardly needs (Douglas and Peucker)."""
    if len(line) <= 2:
        return line
    far, index = max((_off(point, line[0], line[-1]), place) for place, point in enumerate(line))
    if far <= tolerance:
        return [line[0], line[-1]]
    return simplified(line[: index + 1], tolerance)[:-1] + simplified(line[index:], tolerance)


def _fanned(line: Line, distance: float) -> Iterable[Point]:
    """Each point moved to the left, and around it where the line turns away."""
    angles = [
        math.atan2(after[1] - before[1], after[0] - before[0]) + math.pi / 2
        for before, after in itertools.pairwise(line)
    ]
    for point, before, after in zip(line[1:], angles, angles[1:], strict=False):
        turn = (after - before + math.pi) % (2 * math.pi) - math.pi
        pieces = max(1, math.ceil(-turn / _FAN_RADIANS))
        for piece in range(pieces):
            angle = before + turn * (piece + 0.5) / pieces
            yield point[0] + distance * math.cos(angle), point[1] + distance * math.sin(angle)


def _clear(point: Point, cells: dict[tuple[int, int], Line], distance: float) -> bool:
    x, y = _cell(point, distance)
    around = ((x + east, y + north) for east in (-1, 0, 1) for north in (-1, 0, 1))
    return all(
        math.dist(point, each) > distance - _ROUNDING_M for cell in around for each in cells.get(cell, ())
    )


def _connected(points: Line) -> Line:
    """Both ways from the point next to the middle, without a jump: what lies behind one is a lagoon."""
    nearest = min(range(len(points)), key=lambda index: _from_middle(points[index]))
    back, on = [points[nearest]], [points[nearest]]
    for part, others in ((back, reversed(points[:nearest])), (on, points[nearest + 1 :])):
        for point in others:
            if math.dist(part[-1], point) < _JUMP_M:
                part.append(point)
    return back[:0:-1] + on


def _around_middle(line: Line, metres: float) -> Line:
    """That much of the line, half of it on either side of the point next to the middle of the plane."""
    nearest = min(range(len(line)), key=lambda index: _from_middle(line[index]))
    first, last = nearest, nearest
    for step, end in ((-1, 0), (1, len(line) - 1)):
        at, walked = nearest, 0.0
        while at != end and walked < metres / 2:
            walked += math.dist(line[at], line[at + step])
            at += step
        first, last = min(first, at), max(last, at)
    return line[first : last + 1]


def _sea_on_the_left(ring: Line) -> bool:
    """Whether whoever walks along it has land on the right: clockwise around it, seen from above."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) < 0


def _off(point: Point, start: Point, end: Point) -> float:
    length = math.dist(start, end)
    if length == 0:
        return math.dist(point, start)
    along = (
        (point[0] - start[0]) * (end[0] - start[0]) + (point[1] - start[1]) * (end[1] - start[1])
    ) / length
    along = min(max(along, 0.0), length) / length
    return math.dist(point, (start[0] + along * (end[0] - start[0]), start[1] + along * (end[1] - start[1])))


def _local(point: Point) -> bool:
    return _from_middle(point) < _LONGEST_M


def _cell(point: Point, size: float) -> tuple[int, int]:
    return math.floor(point[0] / size), math.floor(point[1] / size)


def _from_middle(point: Point) -> float:
    return math.hypot(*point)


def main(atlas: Path) -> None:
    """Write the file, and say what each coast came to."""
    shores = rings(json.loads(atlas.read_text()))
    lines: list[str] = []
    for place in PLACES:
        line = coast(place, shores)
        points = ",".join(f"[{lat:.4f},{lon:.4f}]" for lat, lon in line)
        name = json.dumps(place.name, ensure_ascii=False)
        lines.append(
            f'{{"tag":"{place.tag}","name":{name},"at":[{place.lat},{place.lon}],"line":[{points}]}}'
        )
        flat = Flat(place.lat, place.lon)
        flown = [flat.to(*point) for point in line]
        km = sum(math.dist(a, b) for a, b in itertools.pairwise(flown)) / 1000
        print(f"{place.tag:16} {len(line):4} points {km:6.1f} km, {min(map(_from_middle, flown)):6.0f} m")  # noqa: T201
    COASTS.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
