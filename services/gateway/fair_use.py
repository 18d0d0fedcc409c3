"""What is fair use here: the limits by name, as they are unless set otherwise, and how they are set.

`on`, `off`, or a list such as `shows-per-user=60/min:20,channels-per-user=off`: so many a minute (or `/s`),
and after the colon how many at once; of channels, how many may be open. What is not named stays as it is.
"""

import re
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from services.gateway.limits import MINUTE, Limit
from shared.contracts.errors import Malformed
from shared.mesh.streams import LONGEST_WINDOW_SECONDS

_SECOND: Final = 1_000_000
_UNITS: Final = {"s": _SECOND, "min": MINUTE}
_RATE: Final = re.compile(r"([1-9]\d{0,6})/(s|min)(?::([1-9]\d{0,6}))?")
_COUNT: Final = re.compile(r"[1-9]\d{0,6}")
_FORM: Final = "such as shows-per-user=20/min:10 or channels-per-user=20"


def _limit(name: str, per_minute: int, burst: int) -> Limit:
    return Limit(name, burst, -(-MINUTE // per_minute))


@dataclass(frozen=True)
class FairUse:
    """How much is fair: calls by rate, channels by number; None is without end."""

    shows_per_user: Limit | None
    shows_per_address: Limit | None
    connects_per_user: Limit | None
    connects_per_address: Limit | None
    calls_per_address: Limit | None
    channels_per_user: int | None
    channels_per_address: int | None


# Many people may share an address, so what an address may is several times what a person needs.
ON: Final = FairUse(
    shows_per_user=_limit("shows-per-user", 20, 10),
    shows_per_address=_limit("shows-per-address", 60, 30),
    connects_per_user=_limit("connects-per-user", 30, 15),
    connects_per_address=_limit("connects-per-address", 120, 60),
    calls_per_address=_limit("calls-per-address", 3_000, 1_000),
    channels_per_user=20,
    channels_per_address=200,
)
OFF: Final = FairUse(
    shows_per_user=None,
    shows_per_address=None,
    connects_per_user=None,
    connects_per_address=None,
    calls_per_address=None,
    channels_per_user=None,
    channels_per_address=None,
)
NAMES: Final = {each.name.replace("_", "-"): each.name for each in fields(FairUse)}
"""Of the limits, as they are set and told, and as they are written here."""


def fair_use(text: str) -> FairUse:
    """What a setting says is fair.

    Raises:
        Malformed: it does not say it in the form that is understood.
    """
    if text == "on":
        return ON
    if text == "off":
        return OFF
    changes: dict[str, Any] = dict(_one(part.strip()) for part in text.split(","))
    return replace(ON, **changes)


def _one(part: str) -> tuple[str, Limit | int | None]:
    name, separator, value = part.partition("=")
    if name not in NAMES or not separator:
        raise Malformed(f"on, off, or limits {_FORM}, named {', '.join(NAMES)}", found=part)
    if value == "off":
        return NAMES[name], None
    if name.startswith("channels"):
        if _COUNT.fullmatch(value) is None:
            raise Malformed(f"{name} as a number or off", found=value)
        return NAMES[name], int(value)
    return NAMES[name], _rate(name, value)


def _rate(name: str, value: str) -> Limit:
    """A limit; without a number of calls at once, half a minute's worth, or half a second's."""
    matched = _RATE.fullmatch(value)
    if matched is None:
        raise Malformed(f"{name} as 20/min, 5/s or 20/min:10", found=value)
    often, unit, at_once = int(matched[1]), _UNITS[matched[2]], matched[3]
    limit = Limit(name, int(at_once or -(-often // 2)), -(-unit // often))
    if limit.window > LONGEST_WINDOW_SECONDS * _SECOND:
        expected = f"{name} with no more at once than come in {LONGEST_WINDOW_SECONDS} s"
        raise Malformed(expected, found=value)
    return limit
