"""The coasts that are flown along: real ones, by beaches that people know.

`coasts.json` holds each as latitudes and longitudes, with the sea to the left of whoever goes along it. It is
made from Natural Earth's 1:10m land, which is in the public domain, by `tests/fleet/coasts_from_atlas.py`.
"""

import functools
import hashlib
import math
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from shared.contracts.identity import BannerId

_FILE: Final = Path(__file__).with_name("coasts.json")
_METRES_PER_DEGREE: Final = 111_320.0


class Coast(msgspec.Struct, frozen=True):
    """A stretch of coast: the tag of its banners, its best-known place, and the line itself."""

    tag: str
    name: str
    at: tuple[float, float]
    line: tuple[tuple[float, float], ...]


class Flat(NamedTuple):
    """The surroundings of a place, flat: metres east and north of it. Good for some hundred kilometres."""

    lat: float
    lon: float

    def to(self, lat: float, lon: float) -> tuple[float, float]:
        """From degrees into metres."""
        return (lon - self.lon) * self._metres_per_degree_east, (lat - self.lat) * _METRES_PER_DEGREE

    def back(self, east: float, north: float) -> tuple[float, float]:
        """From metres into degrees, latitude first."""
        return self.lat + north / _METRES_PER_DEGREE, self.lon + east / self._metres_per_degree_east

    @property
    def _metres_per_degree_east(self) -> float:
        return _METRES_PER_DEGREE * math.cos(math.radians(self.lat))


@functools.cache
def coasts() -> tuple[Coast, ...]:
    """All of them, always in the same order."""
    return msgspec.json.decode(_FILE.read_bytes(), type=tuple[Coast, ...])


def home_of(banner: BannerId) -> Coast:
    """The coast that a banner is flown at. It is the banner's own, whatever the seed: its tag stays true."""
    digest = hashlib.blake2b(banner.encode(), digest_size=8).digest()
    return coasts()[int.from_bytes(digest) % len(coasts())]
