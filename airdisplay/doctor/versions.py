"""Versions and instances: one of each service at least, all of the same version, on a server that fits."""

from collections.abc import Mapping, Sequence
from typing import Final

from airdisplay.authority.authority import SERVICES
from airdisplay.doctor.findings import Finding, bad, listed, ok, warn
from airdisplay.nats_server import FITTING
from shared.mesh.services import VERSION, Found

_WITHOUT: Final[Mapping[str, str]] = {
    "banner": "nothing can be shown",
    "expiry": "what shows ends on time, but its end is not told, and nobody in line comes next",
    "lobby": "nobody who takes any free banner is given one",
    "gateway": "no app, browser or command reaches the mesh",
    "intake": "what hardware reports and measures is not kept",
}


def check_instances(found: Sequence[Found]) -> Sequence[Finding]:
    """Which services answer, and of which versions they are."""
    counts = {name: sum(each.name == name for each in found) for name in SERVICES}
    findings = [
        bad(
            "versions",
            f"no {name} service answers: {_WITHOUT[name]}",
            f"start one: `airdisplay up` runs it, or `python -m services.{name}`; "
            "if it runs, its log says why it does not answer",
        )
        for name, count in counts.items()
        if not count
    ]
    if present := [f"{count} {name}" for name, count in counts.items() if count]:
        findings.append(ok("versions", f"services that answer: {', '.join(present)}"))
    return [*findings, *_versions(found)]


def check_server(version: tuple[int, int, int]) -> Finding:
    """Whether that is a nats-server with which AirDisplay is tested."""
    said = ".".join(map(str, version))
    if version[:2] == FITTING:
        return ok("versions", f"nats-server has version {said}")
    fitting = ".".join(map(str, FITTING))
    return warn(
        "versions",
        f"nats-server has version {said}, with which AirDisplay is not tested",
        f"run version {fitting}, which comes with AirDisplay",
    )


def _versions(found: Sequence[Found]) -> Sequence[Finding]:
    by_version: dict[str, list[str]] = {}
    for each in found:
        by_version.setdefault(each.version, []).append(f"{each.name} {each.id}")
    if not by_version:
        return []
    if set(by_version) == {VERSION}:
        return [ok("versions", f"all of them have version {VERSION}, as this command")]
    told = "; ".join(f"{version}: {listed(names)}" for version, names in sorted(by_version.items()))
    return [
        warn(
            "versions",
            f"this command has version {VERSION}, and who answers has others among them ({told})",
            f"if no update is under way, start those again that are not of version {VERSION}",
        )
    ]
