"""Hardware: who is there, who is silent for long, who shows what nobody confirmed, who sends nonsense."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from airdisplay.doctor.findings import Finding, listed, ok, warn
from shared.contracts.instants import Instant, milliseconds_between
from shared.mesh.services import Found

SILENT_SECONDS: Final = 60 * 60.0

_NAMED_AT_MOST: Final = 3
_NEVER: Final = "never-seen"
_LEFT: Final = "left"

_ALIVE: Final = (
    "look at the power, the radio and the log of each; `airdisplay device list` says which may connect"
)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """As much of a banner's hardware as is judged here."""

    banner: str
    online: bool
    last_seen: Instant | None = None
    offline_because: str | None = None
    unconfirmed: bool = False


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """As much of an intake's statistics as is judged here: how often for which reason, and of whom most."""

    refused: dict[str, int]
    refused_most: dict[str, int]


def check(seen: Sequence[Seen], now: Instant) -> Sequence[Finding]:
    """The hardware of all banners."""
    if not seen:
        return [ok("hardware", "no banner is registered")]
    online = sum(each.online for each in seen)
    findings = [ok("hardware", f"{online} of {len(seen)} banners are online")] if online else []
    if not online:
        findings.append(warn("hardware", f"none of {len(seen)} banners is online", _ALIVE))
    if silent := [each.banner for each in seen if _silent(each, now)]:
        findings.append(warn("hardware", f"silent for more than an hour: {listed(silent)}", _ALIVE))
    if unknown := [each.banner for each in seen if each.offline_because == _NEVER]:
        what = f"nothing was ever heard of {listed(unknown)}"
        findings.append(
            warn("hardware", what, "give them hardware, and it credentials: `airdisplay device add`")
        )
    if unconfirmed := [each.banner for each in seen if each.unconfirmed]:
        findings.append(
            warn(
                "hardware",
                f"nobody has confirmed what these show: {listed(unconfirmed)}",
                "look at their logs: hardware that is online and does not report may show anything",
            )
        )
    return findings


def check_refused(found: Iterable[Found]) -> Sequence[Finding]:
    """Whose reports and measurements the intakes refused, and how many; since each of them started."""
    data = [each.data for each in found if each.name == "intake"]
    if not data:
        return []
    try:
        intakes = msgspec.convert(data, list[Refused])
    except msgspec.ValidationError as error:
        what = f"an intake tells in other words what it refused ({error})"
        return [warn("hardware", what, "run the doctor and the services in one version")]
    refused = sum(sum(each.refused.values()) for each in intakes)
    if not refused:
        return [ok("hardware", "nothing that hardware said was refused")]
    most: Counter[str] = Counter()
    for each in intakes:
        most.update(each.refused_most)
    offenders = [banner for banner, _ in most.most_common(_NAMED_AT_MOST)]
    whose = f", the most from {listed(offenders)}" if offenders else ""
    return [
        warn(
            "hardware",
            f"{refused:,} messages of hardware were refused{whose}",
            "compare what it sends with docs/hardware.md; if it goes on, `airdisplay device revoke` ends it",
        )
    ]


def seen(view: Mapping[str, Any]) -> Seen:
    """A banner as the gateway tells it, reduced to what is judged here."""
    return Seen(
        banner=str(view.get("id")),
        online=view.get("presence") == "online",
        last_seen=view.get("last_seen"),
        offline_because=view.get("offline_because"),
        unconfirmed=(view.get("confirmation") or {}).get("state") == "unconfirmed",
    )


def _silent(each: Seen, now: Instant) -> bool:
    """Whether it should be there, and was not for long; who said goodbye is no worry."""
    if each.online or each.last_seen is None or each.offline_because == _LEFT:
        return False
    return milliseconds_between(each.last_seen, now) > 1000 * SILENT_SECONDS
