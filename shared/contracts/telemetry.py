"""What hardware, or another service, measures on a banner: one subject a kind, each value a JSON object.

Three kinds are spelled out here and checked. Any other is open to whoever measures something else: an
object of at most four KiB, which nobody who reads it can understand in two ways.
"""

import json
import math
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec

from shared.contracts.errors import UNDECODABLE, Malformed

MEASURED_EVERY_SECONDS: Final = 5
"""How often hardware measures."""

VALUE_BYTES_AT_MOST: Final = 4 * 1024
LEVELS_AT_MOST: Final = 8
"""How deep objects and lists may nest in a value; the value itself is the first level."""
INTEGER_AT_MOST: Final = 2**53 - 1
"""Beyond that a browser reads another number than was sent."""

KINDS_AT_MOST: Final = 32
"""How many kinds are kept of one banner, the three that are spelled out among them."""

AT_HEADER: Final = "Airdisplay-At"
"""The header of a kept value that tells, as an `Instant`, when the mesh took it from whoever measured it."""

_Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
_Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
# Wide enough for whatever flies, and too narrow for what only a fault can say.
_Altitude = Annotated[float, msgspec.Meta(ge=-1_000, le=50_000)]
_Heading = Annotated[float, msgspec.Meta(ge=0, le=360)]
_Speed = Annotated[float, msgspec.Meta(ge=0, le=1_000)]
_Watts = Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]
_Celsius = Annotated[float, msgspec.Meta(ge=-100, le=200)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plane is, and how it moves; WGS 84, heading clockwise from north."""

    lat: _Latitude
    lon: _Longitude
    altitude_m: _Altitude
    heading_deg: _Heading
    speed_mps: _Speed


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """How much is left in the battery, and how much is drawn from it; less than nothing while it charges."""

    battery_pct: _Percent
    watts: _Watts


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """The panel itself; `faults` counts elements that do not work."""

    temperature_c: _Celsius
    brightness_pct: _Percent
    faults: _Count


Measurement = Position | Power | Panel

_decoders: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "position": msgspec.json.Decoder(Position),
    "power": msgspec.json.Decoder(Power),
    "panel": msgspec.json.Decoder(Panel),
}
SPELLED_OUT: Final = frozenset(_decoders)
"""The kinds that are checked member by member."""

_object: Final = msgspec.json.Decoder(dict[str, Any])


class TooLong(Malformed):
    """Raised when a value has more bytes than one may have."""


def checked(kind: str, data: bytes) -> msgspec.Raw:
    """The value as it was sent, once it is clear that it is one of this kind.

    Raises:
        TooLong: it is too long; nobody has looked further.
        Malformed: it is no JSON object, not what this kind says, or open to being read in two ways: a name
            twice, an integer that not everybody can read, more levels than a reader may have to follow.
    """
    if len(data) > VALUE_BYTES_AT_MOST:
        raise TooLong(f"a value of at most {VALUE_BYTES_AT_MOST} bytes", found=len(data))
    try:
        value = _object.decode(data)  # all of it, also what a known kind does not name: it is passed on
        if (known := _decoders.get(kind)) is not None:
            known.decode(data)
    except UNDECODABLE as error:
        expected = f"a JSON object that tells of {kind} ({error})"
        raise Malformed(expected, found=data) from None
    names = _names(value, 1)
    # Every name is followed by a colon. Where there are more, they stand in texts, or a name stands twice.
    if data.count(b":") != names:
        json.loads(data, object_pairs_hook=_without_doubles)
    return msgspec.Raw(data)


def _names(value: Any, level: int) -> int:
    """How many names there are in a value, in all levels.

    Raises:
        Malformed: it nests too deeply, or a number in it is too large.
    """
    if isinstance(value, dict | list):
        if level > LEVELS_AT_MOST:
            raise Malformed(f"at most {LEVELS_AT_MOST} levels", found=f"{level} or more")
        if isinstance(value, dict):
            return len(value) + sum([_names(each, level + 1) for each in value.values()])
        return sum([_names(each, level + 1) for each in value])
    if isinstance(value, int) and abs(value) > INTEGER_AT_MOST:
        raise Malformed(f"an integer of at most {INTEGER_AT_MOST}", found=f"one of {value.bit_length()} bits")
    if isinstance(value, float) and not math.isfinite(value):
        raise Malformed("a number", found=value)
    return 0


def _without_doubles(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        names = [name for name, _ in members]
        raise Malformed("every name once", found=next(name for name in names if names.count(name) > 1))
    return found
