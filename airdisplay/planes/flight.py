"""How one plane flies: from its home along the coast, many rounds, back to charge, and off again. Pure.

Everything follows from the seed, the banner and the time: seconds since the fleet began, when every plane is
in the air. Nothing is remembered from one moment to the next, so any moment can be asked for.
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from airdisplay.planes.chance import between, chance
from airdisplay.planes.coasts import Flat, coasts, home_of
from airdisplay.planes.track import CLIMB_POINTS, STEP_M, Lane, Round, lane
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import Position

AIRSPEED_MPS: Final = (23.5, 26.5)
"""How fast a plane goes through the air; over ground the wind adds or takes up to `WIND_MPS`."""

WIND_MPS: Final = 1.5
ALTITUDE_M: Final = (150.0, 300.0)
INNER_LANES_M: Final = (300.0, 350.0, 400.0, 450.0)
"""How far off the coast the lanes are that lead out; those that lead back are 350 m further out."""

SORTIE_SECONDS: Final = (2_400.0, 4_200.0)
"""How long a battery is flown, at most; only whole rounds are."""

GROUND_SECONDS: Final = (90.0, 240.0)
"""How long it stands and charges."""

FIRST_LANDING_SECONDS: Final = 600.0
"""Nobody lands earlier than that after the beginning."""

_STRETCH_M: Final = (6_000.0, 12_000.0)
_CLIMB_SECONDS: Final = 80.0
_HOME_OFF_M: Final = -150.0
_ROLL_SECONDS: Final = 12.0
_DRIFT_M: Final = 25.0
_GUST_M: Final = 10.0
_DRIFT_SECONDS: Final = 180.0
_GUST_SECONDS: Final = 61.0
_SWELL_M: Final = 6.0
_LOOK_SECONDS: Final = 0.5


class Moment(NamedTuple):
    """How far a plane is: in which sortie, and for how long; past the end of it, it is on the ground."""

    sortie: int
    since: float


@dataclass(frozen=True, slots=True)
class Plane:
    """What is its own about the plane of one banner. `plane` makes one."""

    banner: BannerId
    seed: int
    coast: int
    flat: Flat
    around: Round
    inner_m: float
    altitude_m: float
    sortie_seconds: float
    """From standing to standing."""
    ground_seconds: float
    ahead_seconds: float
    """How long the first sortie has lasted when the fleet begins."""
    phase: float


def plane(seed: int, banner: BannerId) -> Plane:
    """The plane of a banner."""
    home = home_of(banner)
    number = coasts().index(home)

    def drawn(what: str, low: float, high: float) -> float:
        return between(low, high, chance(seed, banner, what))

    inner = INNER_LANES_M[int(drawn("lane", 0, len(INNER_LANES_M)))]
    stretch, start = _stretch(
        lane(number, inner), drawn("stretch", *_STRETCH_M), drawn("where", 0, 1), drawn("reach", 0, 1)
    )
    airspeed, wind = drawn("airspeed", *AIRSPEED_MPS), drawn("wind", -WIND_MPS, WIND_MPS)
    around = Round(
        number, stretch=stretch, home=start, inner_m=inner, out_mps=airspeed + wind, back_mps=airspeed - wind
    )
    rounds = max(1, int(drawn("endurance", *SORTIE_SECONDS) / around.seconds))
    sortie = rounds * around.seconds + _ROLL_SECONDS
    return Plane(
        banner=banner,
        seed=seed,
        coast=number,
        flat=Flat(*home.at),
        around=around,
        inner_m=inner,
        altitude_m=drawn("altitude", *ALTITUDE_M),
        sortie_seconds=sortie,
        ground_seconds=drawn("ground", *GROUND_SECONDS),
        ahead_seconds=drawn("ahead", _ROLL_SECONDS, sortie - FIRST_LANDING_SECONDS),
        phase=drawn("phase", 0, 1),
    )


def moment(flown: Plane, seconds: float) -> Moment:
    """Which sortie it is, and how long it has lasted; longer than a sortie lasts: it stands at home."""
    sortie, since = divmod(seconds + flown.ahead_seconds, flown.sortie_seconds + flown.ground_seconds)
    return Moment(int(sortie), since)


def aloft(flown: Plane, seconds: float) -> bool:
    """Whether it is on a sortie, and not at home."""
    return moment(flown, seconds).since < flown.sortie_seconds


def landing(flown: Plane, sortie: int) -> tuple[float, float]:
    """When it lands after a sortie, and when it begins the next."""
    cycle = flown.sortie_seconds + flown.ground_seconds
    landed = sortie * cycle + flown.sortie_seconds - flown.ahead_seconds
    return landed, landed + flown.ground_seconds


def position(flown: Plane, seconds: float) -> Position:
    """Where it is, and how it moves over ground."""
    since = min(moment(flown, seconds).since, flown.sortie_seconds)
    before = _place(flown, max(since - _LOOK_SECONDS, 0.0))
    after = _place(flown, min(since + _LOOK_SECONDS, flown.sortie_seconds))
    here = _place(flown, since)
    east, north = after[0] - before[0], after[1] - before[1]
    moving = since < flown.sortie_seconds
    lat, lon = flown.flat.back(here[0], here[1])
    return Position(
        lat=round(lat, 6),
        lon=round(lon, 6),
        altitude_m=round(here[2], 1),
        heading_deg=round(math.degrees(math.atan2(east, north)) % 360, 1) % 360,
        speed_mps=round(math.hypot(east, north) / (2 * _LOOK_SECONDS), 1) if moving else 0.0,
    )


def _place(flown: Plane, since: float) -> tuple[float, float, float]:
    """Metres east and north, and above the sea, that long into a sortie."""
    rolled = _rolled(since, flown.sortie_seconds)
    spot = flown.around.spot(rolled % flown.around.seconds)
    whole = flown.sortie_seconds - _ROLL_SECONDS
    climbed = _eased(min(rolled, whole - rolled) / _CLIMB_SECONDS)
    off = (_HOME_OFF_M - flown.inner_m) * (1 - climbed)
    blown_east, blown_north = _blown(flown, since)
    return (
        spot.east + off * spot.sea_east + climbed * blown_east,
        spot.north + off * spot.sea_north + climbed * blown_north,
        climbed * (flown.altitude_m + _SWELL_M * math.sin(2 * math.pi * since / _DRIFT_SECONDS)),
    )


def _rolled(since: float, sortie_seconds: float) -> float:
    """How many seconds at full speed lead as far: it comes to speed on the ground, and brakes there."""
    if since < _ROLL_SECONDS:
        return since * since / (2 * _ROLL_SECONDS)
    left = sortie_seconds - since
    if left < _ROLL_SECONDS:
        return sortie_seconds - _ROLL_SECONDS - left * left / (2 * _ROLL_SECONDS)
    return since - _ROLL_SECONDS / 2


def _eased(share: float) -> float:
    """From 0 to 1 without a jerk at either end."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _blown(flown: Plane, since: float) -> tuple[float, float]:
    """How far the wind has moved it off its lane."""
    slow = _DRIFT_M * math.sin(2 * math.pi * (since / _DRIFT_SECONDS + flown.phase))
    quick = _GUST_M * math.sin(2 * math.pi * (since / _GUST_SECONDS + flown.phase))
    direction = 2 * math.pi * flown.phase
    return (slow + quick) * math.sin(direction), (slow + quick) * math.cos(direction)


def _stretch(along: Lane, length_m: float, where: float, reach: float) -> tuple[range, int]:
    """Which points of a lane belong to a round, and the one beside its home: somewhere straight."""
    home = along.straight[int(where * len(along.straight))]
    count = min(max(round(length_m / STEP_M), 2 * CLIMB_POINTS + 2), len(along))
    before = CLIMB_POINTS + int(reach * (count - 2 * CLIMB_POINTS))
    first = min(max(home - before, 0), len(along) - count)
    return range(first, first + count), home
