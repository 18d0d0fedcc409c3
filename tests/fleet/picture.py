"""Draw every coast as it is flown along, with some planes: an SVG on standard output.

python -m tests.fleet.picture > docs/fleet.svg
"""

import math

from airdisplay.planes.coasts import Flat, coasts
from airdisplay.planes.flight import Plane, plane, position
from airdisplay.planes.track import lane
from shared.contracts.identity import BannerId

_COLUMNS = 6
_SIDE = 150
_PLANES = 90
_SECONDS = 900
_EVERY = 16
"""Of the points of a line: finer is not seen."""


def main() -> None:
    """Print the picture."""
    flown = [plane(1, BannerId(f"banner-{number}")) for number in range(_PLANES)]
    rows = math.ceil(len(coasts()) / _COLUMNS)
    print(  # noqa: T201
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_COLUMNS * _SIDE} {rows * _SIDE}" '
        'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#e8f1f8"/>'
    )
    for number in range(len(coasts())):
        row, column = divmod(number, _COLUMNS)
        there = [each for each in flown if each.coast == number]
        print(f'<g transform="translate({column * _SIDE} {row * _SIDE})">{drawn(number, there)}</g>')  # noqa: T201
    print("</svg>")  # noqa: T201


def drawn(number: int, planes: list[Plane]) -> str:
    """One coast: the line, where planes were in a quarter of an hour, and where they are."""
    coast, shore = coasts()[number], lane(number, 0)
    points = [shore.spot(shore.reach(index))[:2] for index in range(0, len(shore), _EVERY)]
    flat = Flat(*coast.at)
    west, south = (min(point[axis] for point in points) for axis in (0, 1))
    east, north = (max(point[axis] for point in points) for axis in (0, 1))
    scale = (_SIDE - 30) / max(east - west, north - south)

    def line(at: list[tuple[float, float]]) -> str:
        middle = (west + east) / 2, (south + north) / 2
        return " ".join(
            f"{_SIDE / 2 + (x - middle[0]) * scale:.1f},{_SIDE / 2 + 5 - (y - middle[1]) * scale:.1f}"
            for x, y in at
        )

    parts = [f'<text x="6" y="13">{coast.name}</text>', _polyline(line(points), "#8a6d3b", 1.5)]
    for each in planes:
        track = [position(each, seconds) for seconds in range(0, _SECONDS, 30)]
        parts.append(_polyline(line([flat.to(at.lat, at.lon) for at in track]), "#c2255c", 0.7))
        x, _, y = line([flat.to(track[-1].lat, track[-1].lon)]).partition(",")
        parts.append(f'<circle cx="{x}" cy="{y}" r="1.8" fill="#c2255c"/>')
    return "".join(parts)


def _polyline(points: str, colour: str, width: float) -> str:
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


if __name__ == "__main__":
    main()
