"""What goes wrong with a plane, and when: radio gaps, valleys, reboots, dead LED elements. Pure.

As everything of a plane it follows from the seed, the banner and the time. A mishap of a kind may come once
in each period of that kind, so the one before and the one after any moment are found without a search.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from airdisplay.planes.chance import between, chance
from airdisplay.planes.flight import Moment, Plane, landing, moment

Severity = Literal["none", "mild", "wild"]
Kind = Literal["landed", "rebooting", "no radio"]

CALM_SECONDS: Final = 60.0
"""So long after the beginning nothing goes wrong: who has just started something wants to see it work."""


class Outage(NamedTuple):
    """A time without a word from a plane."""

    kind: Kind
    begins: float
    ends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odds:
    """Once in each period with this chance, for as long as between these."""

    period_seconds: float
    chance: float
    seconds: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How bad it gets."""

    gaps: _Odds
    reboots: _Odds
    valleys: float
    """The share of planes on whose round there is a valley."""
    valley_seconds: tuple[float, float]
    faults_a_sortie: int
    """LED elements that die on a sortie, at most."""
    repaired: float
    """The chance that they are replaced at a landing."""


_MILD: Final = Weather(
    gaps=_Odds(period_seconds=600, chance=0.5, seconds=(2, 12)),
    reboots=_Odds(period_seconds=7_200, chance=0.3, seconds=(3, 8)),
    valleys=0.1,
    valley_seconds=(3, 8),
    faults_a_sortie=3,
    repaired=0.7,
)
_WILD: Final = Weather(
    gaps=_Odds(period_seconds=90, chance=0.7, seconds=(0.5, 60)),
    reboots=_Odds(period_seconds=300, chance=0.6, seconds=(1, 10)),
    valleys=0.5,
    valley_seconds=(5, 40),
    faults_a_sortie=40,
    repaired=0.5,
)
WEATHERS: Final[dict[Severity, Weather | None]] = {"none": None, "mild": _MILD, "wild": _WILD}
"""Of no weather at all it is said that every plane is always heard, also while it charges on the ground."""


def outage(flown: Plane, weather: Weather | None, seconds: float) -> Outage | None:
    """Why nothing is heard of a plane now, if so."""
    return next((each for each in _around(flown, weather, seconds) if each.begins <= seconds), None)


def next_change(flown: Plane, weather: Weather | None, seconds: float) -> float:
    """When `outage` may next say something else; never later than it does, and always later than now."""
    return min(
        (each.begins if each.begins > seconds else each.ends for each in _around(flown, weather, seconds)),
        default=float("inf"),
    )


def dead_elements(flown: Plane, weather: Weather | None, seconds: float) -> int:
    """How many elements of the panel do not work."""
    if weather is None:
        return 0
    now = moment(flown, seconds)
    before = Moment(now.sortie - 1, flown.sortie_seconds)
    repaired = chance(flown.seed, flown.banner, "repaired", now.sortie) < weather.repaired
    left = 0 if repaired or before.sortie < 0 else _died(flown, weather, before)
    return left + _died(flown, weather, now)


def _died(flown: Plane, weather: Weather, by: Moment) -> int:
    """How many elements died on a sortie so far, each at a time of its own."""
    count = int(chance(flown.seed, flown.banner, "elements", by.sortie) ** 2 * (weather.faults_a_sortie + 1))
    share = by.since / flown.sortie_seconds
    return sum(
        chance(flown.seed, flown.banner, "element", by.sortie, number) <= share for number in range(count)
    )


def _around(flown: Plane, weather: Weather | None, seconds: float) -> list[Outage]:
    """Those of each kind that are under way or come next, what weighs most first; none in calm weather."""
    if weather is None:
        return []
    found = [_landing(flown, seconds)]
    found += _by_chance(flown, weather.reboots, "rebooting", seconds)
    found += _by_chance(flown, weather.gaps, "no radio", seconds)
    if chance(flown.seed, flown.banner, "valley") < weather.valleys:
        found.append(_valley(flown, weather, seconds))
    return found


def _landing(flown: Plane, seconds: float) -> Outage:
    return Outage("landed", *landing(flown, moment(flown, seconds).sortie))


def _by_chance(flown: Plane, odds: _Odds, kind: Kind, seconds: float) -> list[Outage]:
    """That of this period, or that of the next once it is over; see `_of_period` for periods without one."""
    period = int(seconds // odds.period_seconds)
    upcoming = (_of_period(flown, odds, kind, period + ahead) for ahead in (0, 1))
    return [each for each in upcoming if each.ends > seconds][:1]


def _of_period(flown: Plane, odds: _Odds, kind: Kind, period: int) -> Outage:
    """Where chance has none for a period, one of no length at its end, which is where to look again."""

    def drawn(what: str) -> float:
        return chance(flown.seed, flown.banner, kind, what, period)

    begins, ends = period * odds.period_seconds, (period + 1) * odds.period_seconds
    lasts = between(*odds.seconds, drawn("lasts") ** 2)  # most are short
    begins = between(begins, ends - lasts, drawn("when"))
    if drawn("comes") >= odds.chance or begins < CALM_SECONDS:
        return Outage(kind, ends, ends)
    return Outage(kind, begins, begins + lasts)


def _valley(flown: Plane, weather: Weather, seconds: float) -> Outage:
    """At the same place of each round, because that is where the mountain is."""
    lasts = between(*weather.valley_seconds, chance(flown.seed, flown.banner, "valley lasts"))
    place = between(0.0, flown.around.seconds - lasts, chance(flown.seed, flown.banner, "valley where"))
    now = seconds + flown.ahead_seconds
    begun = now - moment(flown, seconds).since + place  # that of the first round of this sortie
    rounds = max(0, int((now - begun - lasts) // flown.around.seconds) + 1)
    while begun + rounds * flown.around.seconds - flown.ahead_seconds < CALM_SECONDS:
        rounds += 1
    begins = begun + rounds * flown.around.seconds - flown.ahead_seconds
    return Outage("no radio", begins, begins + lasts)
