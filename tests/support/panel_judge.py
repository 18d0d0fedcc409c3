"""Judging what panels showed, by the notes that were taken of each. Pure.

The claims: no panel showed a display past its `until` by more than 50 ms of the device's own clock, and none
showed an older display after a newer one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from shared.contracts.banner import Display
from shared.contracts.instants import epoch_ms

LATE_AT_MOST_MS: Final = 50


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What a panel shows from a moment on, which is told by the device's own clock."""

    banner: str
    at_ms: int
    display: Display | None
    ahead_ms: int = 0
    """By how much that clock is ahead of the machine's."""
    timed: bool = True
    """Whether the device has a clock of its own; what one learned may leap, and is judged elsewhere."""


class Stall(msgspec.Struct, frozen=True, kw_only=True):
    """The machine gave the devices no processor for so long; by its own clock, at the end of that."""

    at_ms: int
    ms: int


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """All that was noted of some devices, up to the end, when all were still looked at."""

    noted: list[Noted]
    stalls: list[Stall]
    ended_ms: int
    gaps: int = 0
    reboots: int = 0
    repeated: int = 0


def violations(notes: Notes) -> list[str]:
    """Where the notes break the claims."""
    found: list[str] = []
    for banner, noted in _by_banner(notes).items():
        last = noted[-1]
        end = msgspec.structs.replace(last, at_ms=notes.ended_ms + last.ahead_ms, display=None)
        for now, after in pairwise([*noted, end]):
            found += _late(banner, now, after, notes.stalls)
        shown = [each.display for each in noted if each.display is not None]
        found += [
            f"{banner} showed {after.id} of {after.shown_at} after {before.id} of {before.shown_at}"
            for before, after in pairwise(shown)
            if after.shown_at < before.shown_at
        ]
    return found


def latest_ms(notes: Notes) -> int:
    """The most that any display was shown past its end, nothing allowed for."""
    return max(
        (
            after.at_ms - epoch_ms(now.display.until)
            for noted in _by_banner(notes).values()
            for now, after in pairwise(noted)
            if now.timed and now.display is not None
        ),
        default=0,
    )


def _by_banner(notes: Notes) -> Mapping[str, Sequence[Noted]]:
    found: dict[str, list[Noted]] = defaultdict(list)
    for each in notes.noted:
        found[each.banner].append(each)
    return found


def _late(banner: str, now: Noted, after: Noted, stalls: Sequence[Stall]) -> list[str]:
    if now.display is None or not now.timed:
        return []
    until_ms = epoch_ms(now.display.until)
    late_ms = after.at_ms - until_ms
    if late_ms <= LATE_AT_MOST_MS:
        return []
    # A machine that stands still shows on: what counts is what the device did when it could.
    from_ms, to_ms = until_ms - now.ahead_ms, after.at_ms - now.ahead_ms
    still_ms = sum(each.ms for each in stalls if from_ms <= each.at_ms <= to_ms + each.ms)
    if late_ms - still_ms <= LATE_AT_MOST_MS:
        return []
    return [f"{banner} showed {now.display.id} for {late_ms} ms past its end, {still_ms} ms of them standing"]
