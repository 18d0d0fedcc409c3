"""Clocks: deadlines come from them, so nobody's may be far from the server's."""

from collections.abc import Iterable, Sequence
from typing import Final

from airdisplay.authority.authority import SERVICES
from airdisplay.doctor.findings import Finding, bad, ok, warn
from shared.mesh.clock import SKEW_AT_MOST_SECONDS
from shared.mesh.services import Found

WARN_SECONDS: Final = 0.5

_NTP: Final = "let NTP keep the time of that machine, such as with `timedatectl set-ntp true`"


def check_own(skew: float) -> Finding:
    """The clock of the machine that looks; `skew` is by how many seconds it is ahead of the server's."""
    return _judged("this machine", skew)


def check_services(found: Iterable[Found]) -> Sequence[Finding]:
    """The clocks of all instances, as they measured them within the last minute."""
    services = [each for each in found if each.name in SERVICES]
    skews = {f"{each.name} {each.id}": each.data.get("skew_seconds") for each in services}
    measured = {name: skew for name, skew in skews.items() if isinstance(skew, int | float)}
    findings = [
        warn(
            "clocks",
            f"{name} does not say how its clock is",
            "start it again with this version, which measures it every minute",
        )
        for name in sorted(skews.keys() - measured.keys())
    ]
    near = {name: skew for name, skew in measured.items() if abs(skew) < WARN_SECONDS}
    findings.extend(_judged(name, skew) for name, skew in sorted(measured.items()) if name not in near)
    if near:
        furthest = max(abs(skew) for skew in near.values())
        instances = "1 instance is" if len(near) == 1 else f"{len(near)} instances are"
        findings.append(ok("clocks", f"{instances} within {_span(furthest)} of the server's clock"))
    return findings


def _judged(name: str, skew: float) -> Finding:
    side = f"{_span(skew)} {'ahead of' if skew > 0 else 'behind'} the server's"
    what = f"the clock of {name} is {side}"
    if abs(skew) < WARN_SECONDS:
        return ok("clocks", f"the clock of {name} is within {_span(skew)} of the server's")
    if abs(skew) <= SKEW_AT_MOST_SECONDS:
        return warn("clocks", what, f"{_NTP}: past {SKEW_AT_MOST_SECONDS:g} s no service starts there")
    return bad("clocks", what, f"{_NTP}, then start its services again: shows end at the wrong time")


def _span(seconds: float) -> str:
    far = abs(seconds)
    return f"{far:.1f} s" if far >= WARN_SECONDS else f"{max(far * 1000, 1):.0f} ms"
