"""What a look at the mesh came to: a line each, and for what is not well a sentence that says what to do."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

Level = Literal["ok", "warn", "bad"]
Area = Literal["clocks", "credentials", "streams", "versions", "hardware"]

LEVELS: Final[Sequence[Level]] = ("ok", "warn", "bad")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Args:
        level: `ok`; `warn` for what will go wrong, or is at the edge; `bad` for what is wrong now.
        area: what it belongs to.
        what: what was found.
        do: what to do about it; empty where it is well.
    """

    level: Level
    area: Area
    what: str
    do: str = ""


class _Told(msgspec.Struct):
    worst: Level
    findings: Sequence[Finding]


def ok(area: Area, what: str) -> Finding:
    """It is as it should be."""
    return Finding(level="ok", area=area, what=what)


def warn(area: Area, what: str, do: str) -> Finding:
    """It works, and will not for ever."""
    return Finding(level="warn", area=area, what=what, do=do)


def bad(area: Area, what: str, do: str) -> Finding:
    """It is wrong now."""
    return Finding(level="bad", area=area, what=what, do=do)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst of their levels; `ok` of none."""
    levels = {each.level for each in findings}
    return "bad" if "bad" in levels else "warn" if "warn" in levels else "ok"


def as_json(findings: Sequence[Finding]) -> bytes:
    """For programs: `{"worst": "warn", "findings": [{"level": …, "area": …, "what": …, "do": …}]}`."""
    return msgspec.json.format(msgspec.json.encode(_Told(worst(findings), findings)), indent=2)


def listed(names: Iterable[str], *, at_most: int = 5) -> str:
    """`a, b and c`; of many the first few and how many more."""
    every = sorted(names)
    shown, more = every[:at_most], len(every) - at_most
    last = f"{more} more" if more > 0 else shown.pop() if len(shown) > 1 else ""
    return f"{', '.join(shown)} and {last}" if last else shown[0]
