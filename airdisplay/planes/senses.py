"""What a plane measures of itself: where it is, what its battery has left, how its panel does. Pure.

The panel is as bright as the day asks for, by the sun where the plane is; that and its warmth drain the
battery, which is flown down on each sortie and full again after the landing.
"""

import math
from typing import Final

from airdisplay.planes.flight import SORTIE_SECONDS, Plane, moment, position
from airdisplay.planes.mishaps import Weather, dead_elements
from shared.contracts.telemetry import Measurement, Panel, Power

KINDS: Final = ("position", "power", "panel")

_DAY_SECONDS: Final = 86_400.0
_DIMMEST_PCT: Final = 20.0
_PANEL_WATTS: Final = 420.0
_ELECTRONICS_WATTS: Final = 45.0
_WARM_C: Final = 25.0
_DRAINED_PCT: Final = 80.0
"""What the longest sortie takes from the battery on the brightest and warmest of days."""


def measure(flown: Plane, weather: Weather | None, kind: str, seconds: float, at: float) -> Measurement:
    """What it measures of one of the `KINDS`.

    Args:
        flown: the plane.
        weather: how bad things get.
        kind: what to measure.
        seconds: since the fleet began.
        at: the same moment in seconds after 1970, which is where the sun follows from.
    """
    match kind:
        case "position":
            return position(flown, seconds)
        case "power":
            return power(flown, seconds, at)
        case _:
            return panel(flown, weather, seconds, at)


def power(flown: Plane, seconds: float, at: float) -> Power:
    """Drained evenly on a sortie, by the light and the warmth in the middle of it; charged on the ground."""
    now = moment(flown, seconds)
    middle = at - now.since + flown.sortie_seconds / 2
    load = _watts(_brightness(flown, middle), _warmth(flown, middle)) / _watts(100.0, _WARM_C + 20)
    drained = _DRAINED_PCT * load * flown.sortie_seconds / SORTIE_SECONDS[1]
    if now.since <= flown.sortie_seconds:
        left = 100 - drained * now.since / flown.sortie_seconds
    else:
        left = 100 - drained * (1 - (now.since - flown.sortie_seconds) / flown.ground_seconds)
    watts = _watts(_brightness(flown, at), _warmth(flown, at))
    return Power(battery_pct=round(min(left, 100.0), 2), watts=round(watts, 1))


def panel(flown: Plane, weather: Weather | None, seconds: float, at: float) -> Panel:
    """As bright as the sun asks for, warmed by its own light and by the air."""
    return Panel(
        temperature_c=round(_warmth(flown, at), 1),
        brightness_pct=round(_brightness(flown, at), 1),
        faults=dead_elements(flown, weather, seconds),
    )


def _sun(flown: Plane, at: float) -> float:
    """How high it stands, from -1 at midnight to 1 at noon, by the local time of the coast."""
    hours = at / _DAY_SECONDS + flown.flat.lon / 360
    return -math.cos(2 * math.pi * (hours % 1))


def _brightness(flown: Plane, at: float) -> float:
    return _DIMMEST_PCT + (100 - _DIMMEST_PCT) * max(0.0, _sun(flown, at))


def _warmth(flown: Plane, at: float) -> float:
    air = 27 - abs(flown.flat.lat) / 5 + 5 * _sun(flown, at - _DAY_SECONDS / 12)  # warmest at two
    breath = math.sin(2 * math.pi * (at / 600 + flown.phase))
    return air + 12 * _brightness(flown, at) / 100 + breath


def _watts(brightness_pct: float, warmth_c: float) -> float:
    """LEDs want more where it is warm, a per cent for two degrees and a half."""
    lit = _PANEL_WATTS * brightness_pct / 100
    return _ELECTRONICS_WATTS + lit * (1 + (warmth_c - _WARM_C) / 250)
