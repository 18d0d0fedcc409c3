"""How far everything is known here, in words that any gateway understands.

A client hands them back when it comes again. What it says is believed only as far as it costs others nothing.
"""

import hashlib
import re
from typing import Final, NamedTuple

_HARDWARE: Final = re.compile(r"([0-9a-f]{8})\.(\d{1,18})\.(\d{1,18})\.(\d{1,12})")
_SECONDS_AT_MOST: Final = 12 * 60 * 60
_AHEAD_AT_MOST_SECONDS: Final = 60
"""Markers of silence are kept for a day: what was heard longer ago than half of that is heard anew."""


class Position(NamedTuple):
    """How far everything was told: up to which revision of the log, and how far the hardware was heard."""

    revision: int
    hardware: str


class HardwarePosition(NamedTuple):
    """How far the hardware was heard: in which lives of its streams, up to which sequences, and when."""

    mark: str
    presence: int
    reported: int
    second: int

    def __str__(self) -> str:
        return ".".join(map(str, self))

    def is_fresh(self, second: int) -> bool:
        """Whether all that has changed since then can still be told."""
        return -_AHEAD_AT_MOST_SECONDS <= second - self.second <= _SECONDS_AT_MOST


def mark_of(*lives: str) -> str:
    """A short mark of these lives of streams."""
    return hashlib.blake2b(" ".join(lives).encode(), digest_size=4).hexdigest()


def hardware_position(text: str) -> HardwarePosition | None:
    """What `str` of one has said; None for anything else."""
    match = _HARDWARE.fullmatch(text)
    if match is None:
        return None
    mark, presence, reported, second = match.groups()
    return HardwarePosition(mark, int(presence), int(reported), int(second))
