"""Findings as people read them: what is wrong first to last as it was looked at, and what to do under it."""

from collections.abc import Iterator, Sequence
from typing import Final

import click

from airdisplay.doctor.findings import LEVELS, Finding, Level, worst

_COLOURS: Final[dict[Level, str]] = {"ok": "green", "warn": "yellow", "bad": "red"}
_AREA_WIDTH: Final = 11
_LEVEL_WIDTH: Final = 4


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """One for each finding, one more for what to do, and the sum of it."""
    area = ""
    for each in sorted(findings, key=lambda each: _order(each, findings)):
        heading = "" if each.area == area else each.area
        area = each.area
        level = click.style(f"{each.level:<{_LEVEL_WIDTH}}", fg=_COLOURS[each.level], bold=each.level != "ok")
        yield f"{heading:<{_AREA_WIDTH}}  {level}  {each.what}"
        if each.do:
            yield f"{'':<{_AREA_WIDTH}}        → {each.do}"
    yield ""
    yield _sum(findings)


def _order(finding: Finding, findings: Sequence[Finding]) -> tuple[int, int]:
    """Areas as they were come upon; in each the well ones last."""
    areas = list(dict.fromkeys(each.area for each in findings))
    return areas.index(finding.area), -LEVELS.index(finding.level)


def _sum(findings: Sequence[Finding]) -> str:
    level = worst(findings)
    if level == "ok":
        return click.style("all is well", fg="green")
    counts = {name: sum(each.level == name for each in findings) for name in LEVELS}
    told = [f"{counts['bad']} bad"] if counts["bad"] else []
    told += [f"{counts['warn']} to look at"] if counts["warn"] else []
    return click.style(", ".join(told), fg=_COLOURS[level])
