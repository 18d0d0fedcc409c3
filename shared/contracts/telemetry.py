"""What hardware, or another service, measures on a banner: one subject a kind, each value a JSON object.

Three kinds are spelled out here and checked. Any other is open to whoever measures something else: an
object of at most four KiB.
"""

from typing import Annotated, Any, Final

import msgspec

from shared.contracts.errors import UNDECODABLE, Malformed

MEASURED_EVERY_SECONDS: Final = 5
"""How often hardware measures."""

VALUE_BYTES_AT_MOST: Final = 4 * 1024

AT_HEADER: Final = "Airdisplay-At"
"""The header of a kept value that tells, as an `Instant`, when the mesh took it from whoever measured it."""

_Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
_Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plane is, and how it moves; WGS 84, heading clockwise from north."""

    lat: _Latitude
    lon: _Longitude
    altitude_m: float
    heading_deg: float
    speed_mps: float


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """How much is left in the battery, and how much is drawn from it."""

    battery_pct: _Percent
    watts: float


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """The panel itself; `faults` counts elements that do not work."""

    temperature_c: float
    brightness_pct: _Percent
    faults: Annotated[int, msgspec.Meta(ge=0)]


Measurement = Position | Power | Panel

_decoders: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "position": msgspec.json.Decoder(Position),
    "power": msgspec.json.Decoder(Power),
    "panel": msgspec.json.Decoder(Panel),
}
_object: Final = msgspec.json.Decoder(dict[str, Any])


def checked(kind: str, data: bytes) -> msgspec.Raw:
    """The value as it was sent, once it is clear that it is one of this kind.

    Raises:
        Malformed: it is too long, no JSON object, or not what this kind says.
    """
    if len(data) > VALUE_BYTES_AT_MOST:
        raise Malformed(f"a value of at most {VALUE_BYTES_AT_MOST} bytes", found=len(data))
    try:
        _object.decode(data)  # all of it, also what a known kind does not name: it is passed on as it is
        if (known := _decoders.get(kind)) is not None:
            known.decode(data)
    except UNDECODABLE as error:
        expected = f"a JSON object that tells of {kind} ({error})"
        raise Malformed(expected, found=data) from None
    return msgspec.Raw(data)
