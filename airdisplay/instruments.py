"""What simulated hardware measures: planes that circle slowly off a coast, batteries, panels. Pure.

Everything follows from the banner's name and the time: a plane that is simulated anew goes on where it was.
"""

import hashlib
import math
from typing import Final, NamedTuple

from shared.contracts.identity import BannerId
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS, Measurement, Panel, Position, Power

KINDS: Final = ("position", "power", "panel")
A_SECOND_AT_MOST: Final = 300
"""How many measurements one process sends in a second; those of more banners come more seldom."""

_COAST_LAT: Final = 36.70
_COAST_LON: Final = -4.42
_COAST_DEGREES: Final = 0.6
"""A stretch of the coast by Málaga, from west to east; the circles lie off it, to the south."""
_RADIUS_M: Final = 1_500.0
_METRES_PER_DEGREE: Final = 111_320.0
_LAND_TO_CHARGE_SECONDS: Final = 4 * 60 * 60
_DRAINED_PCT: Final = 80.0
_BREATH_SECONDS: Final = 600


class Craft(NamedTuple):
    """What is its own about the plane of one banner."""

    lat: float
    lon: float
    altitude_m: float
    speed_mps: float
    phase: float
    """From 0 to 1: where in its rounds it is when others begin theirs."""


def craft(banner: BannerId) -> Craft:
    """The plane of a banner, always the same one."""
    digest = hashlib.blake2b(banner.encode(), digest_size=5).digest()
    east, off, high, fast, phase = (byte / 255 for byte in digest)
    return Craft(
        lat=_COAST_LAT - 0.02 - 0.06 * off,
        lon=_COAST_LON + _COAST_DEGREES * east,
        altitude_m=250 + 350 * high,
        speed_mps=22 + 10 * fast,
        phase=phase,
    )


def measure(plane: Craft, kind: str, seconds: float) -> Measurement:
    """What a plane measures of one of the `KINDS`, that many seconds after 1970."""
    if kind == "position":
        return _position(plane, seconds)
    return _power(plane, seconds) if kind == "power" else _panel(plane, seconds)


def due(seconds: float, banners: int) -> int:
    """How many measurements that many banners together have sent after so long, evenly spread."""
    a_second = min(len(KINDS) * banners / MEASURED_EVERY_SECONDS, A_SECOND_AT_MOST)
    return int(seconds * a_second)


def _position(plane: Craft, seconds: float) -> Position:
    """On a circle, clockwise seen from above; an angle of zero is north of its middle."""
    round_seconds = 2 * math.pi * _RADIUS_M / plane.speed_mps
    angle = 2 * math.pi * ((seconds / round_seconds + plane.phase) % 1)
    metres_per_degree_east = _METRES_PER_DEGREE * math.cos(math.radians(plane.lat))
    return Position(
        lat=round(plane.lat + _RADIUS_M * math.cos(angle) / _METRES_PER_DEGREE, 6),
        lon=round(plane.lon + _RADIUS_M * math.sin(angle) / metres_per_degree_east, 6),
        altitude_m=round(plane.altitude_m + 8 * math.sin(3 * angle), 1),
        heading_deg=round((math.degrees(angle) + 90) % 360, 1),
        speed_mps=round(plane.speed_mps, 1),
    )


def _power(plane: Craft, seconds: float) -> Power:
    """Drained slowly, and whole again after each landing."""
    flown = (seconds / _LAND_TO_CHARGE_SECONDS + plane.phase) % 1
    return Power(
        battery_pct=round(100 - _DRAINED_PCT * flown, 1), watts=round(180 + 20 * _breath(seconds), 1)
    )


def _panel(plane: Craft, seconds: float) -> Panel:
    warmth = _breath(seconds + plane.phase * _BREATH_SECONDS)
    return Panel(temperature_c=round(31 + 4 * warmth, 1), brightness_pct=round(80 + 15 * warmth, 1), faults=0)


def _breath(seconds: float) -> float:
    """Up and down between -1 and 1, every ten minutes."""
    return math.sin(2 * math.pi * seconds / _BREATH_SECONDS)
