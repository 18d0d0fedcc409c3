"""How the command line words what it tells people, in one place so that it is the same everywhere."""

from datetime import datetime
from typing import Final

from airdisplay_client import Refused
from shared.contracts.banner import Display
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.lobby import ALL_BANNERS
from shared.contracts.refusals import Busy, Held, NoSuchPool
from shared.contracts.views import BannerView, Confirmation, DisplayView, How

HOW: Final[dict[How, str]] = {
    "expired": "its time was up",
    "cleared": "its author ended it",
    "taken-down": "an operator took it down",
    "held": "an operator put the banner on hold",
    "left": "it was taken back",
    "removed": "an operator took it out of the line",
    "rejected": "an operator said no",
    "lapsed": "no operator said yes or no in time",
}
"""How a display ended."""

_INSTEAD: Final = "wait in line with --queue, or take any free banner with --any"


def local_time(at: Instant) -> str:
    """The time of day where the reader is."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M:%S}"


def local_day_and_time(at: Instant) -> str:
    """The time where the reader is, for what may be days ago."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}"


def seconds_until(at: Instant, now: Instant) -> int:
    """Whole seconds until an instant, rounded up as on a countdown."""
    return max(0, -(-milliseconds_between(now, at) // 1000))


def seconds_left(display: Display, now: Instant) -> int:
    """Whole seconds that a display still lasts."""
    return seconds_until(display.until, now)


def shows(display: Display | None) -> str:
    """What a banner does."""
    return "is dark" if display is None else f"shows “{display.text}” until {local_time(display.until)}"


def confirmed(confirmation: Confirmation | None) -> str:
    """What the hardware has said of what shows; nothing while there is nothing to say yet."""
    match confirmation:
        case Confirmation(state="confirmed", after_ms=after_ms):
            return f"confirmed after {after_ms} ms"
        case Confirmation(state="unconfirmed"):
            return "unconfirmed"
        case _:
            return ""


def hardware(view: BannerView) -> str:
    """Whether the hardware is there; else why it is not, and since when."""
    since = "" if view.last_seen is None else f" since {local_time(view.last_seen)}"
    match view.offline_because:
        case None:
            return view.presence
        case "never-seen":
            return "offline, never seen"
        case "silent":
            return f"offline{since}, silent"
        case "left":
            return f"offline{since}, left" + (f": {view.offline_note}" if view.offline_note else "")


def proof(confirmed_from: Instant | None, confirmed_to: Instant | None) -> str:
    """For how long the hardware has said that it showed something."""
    if confirmed_from is None:
        return "unconfirmed"
    seconds = milliseconds_between(confirmed_from, confirmed_to or confirmed_from) / 1000
    return f"confirmed for {seconds:.1f} s"


def fate(view: DisplayView, anywhere: str, now: Instant) -> str:
    """What has become of a message; `anywhere` says what it waits for when that is no one banner."""
    match view.state:
        case "waiting":
            return f"place {view.position} in line for {anywhere}"
        case "pending":
            assert view.lapses_at is not None, "what waits for a yes does so for a time"
            lapses = local_time(view.lapses_at)
            return f"“{view.text}” waits for an operator's yes to show on {view.banner}, until {lapses}"
        case "queued":
            return f"place {view.position} in line for {view.banner}, {_start(view, now)}"
        case "showing":
            assert view.until is not None, "what shows has an end"
            left = seconds_until(view.until, now)
            return f"{view.banner} shows “{view.text}” for {left} s, until {local_time(view.until)}"
        case "ended":
            what = "was not shown" if view.shown_at is None else "is over"
            reason = "" if view.reason is None else f" ({view.reason})"
            how = "nobody knows why" if view.how is None else HOW[view.how]
            return f"“{view.text}” {what}: {how}{reason}"


def shown(view: DisplayView) -> str:
    """What shows at once, and until when; or that it waits for an operator's yes."""
    if view.state == "pending":
        return fate(view, "", view.lapses_at or Instant(""))
    assert view.shown_at is not None, "what was shown at once has a beginning"
    assert view.until is not None, "and an end"
    seconds = milliseconds_between(view.shown_at, view.until) / 1000
    return f"{view.banner} shows “{view.text}” for {seconds:g} s, until {local_time(view.until)}"


def refusal(refused: Refused, banner: str | None) -> str:
    """Why a text neither shows nor waits, with what can be done instead where there is something."""
    match refused.facts:
        case Busy(until=until, retry_after_ms=left):
            seconds = -(-left // 1000)
            return f"{banner} is busy for {seconds} s more, until {local_time(until)}: {_INSTEAD}"
        case Held(since=since, problem=problem):
            return f"{banner} is on hold since {local_time(since)} ({problem}): {_INSTEAD}"
        case NoSuchPool(pool=pool):
            tag = pool.removeprefix("tag-")
            return "there is no banner" if tag == ALL_BANNERS else f"no banner has the tag {tag}"
        case _:
            return refused.detail


def _start(view: DisplayView, now: Instant) -> str:
    if view.starts_at is None:
        return "which is on hold: nobody can tell when it starts"
    left = seconds_until(view.starts_at, now)
    return f"starts in {left} s at the latest, at {local_time(view.starts_at)}"
