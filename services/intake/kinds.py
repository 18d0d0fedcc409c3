"""Which kinds are measured on a banner: those that are spelled out, and a few more. Pure; time comes in."""

from typing import Final

from shared.contracts.identity import BannerId
from shared.contracts.telemetry import KINDS_AT_MOST, SPELLED_OUT

UNUSED_SECONDS: Final = 6 * 60 * 60.0
"""A kind that was not heard of for that long makes room for another.

So no banner brings more kinds into a day of telemetry than one look at it can find.
"""


class Kinds:
    """The open kinds of each banner that has any. Time is in seconds, of any clock that does not go back."""

    def __init__(self) -> None:
        self._heard: dict[BannerId, dict[str, float]] = {}

    def __len__(self) -> int:
        """How many banners have open kinds."""
        return len(self._heard)

    def takes(self, banner: BannerId, kind: str, now: float) -> bool:
        """Whether there is room for this kind; from then on it has its place."""
        if kind in SPELLED_OUT:
            return True
        heard = self._heard.setdefault(banner, {})
        if kind in heard:
            del heard[kind]  # to the end: the first one is the one that was not heard of for longest
        elif len(heard) >= KINDS_AT_MOST - len(SPELLED_OUT):
            longest = next(iter(heard))
            if now - heard[longest] < UNUSED_SECONDS:
                return False
            del heard[longest]
        heard[kind] = now
        return True

    def forget(self, now: float) -> None:
        """Forget what was not heard of for long; for now and then."""
        for banner, heard in tuple(self._heard.items()):
            for kind in [kind for kind, at in heard.items() if now - at >= UNUSED_SECONDS]:
                del heard[kind]
            if not heard:
                del self._heard[banner]
