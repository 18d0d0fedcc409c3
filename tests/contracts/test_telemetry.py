"""What is measured: three kinds that are spelled out, and any other as an object of bounded size."""

import msgspec
import pytest

from shared.contracts.errors import Malformed
from shared.contracts.telemetry import VALUE_BYTES_AT_MOST, Panel, Position, Power, checked

POSITION = Position(lat=36.7, lon=-4.42, altitude_m=410, heading_deg=93.5, speed_mps=27)
POWER = Power(battery_pct=81.5, watts=180)
PANEL = Panel(temperature_c=31.5, brightness_pct=80, faults=0)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("position", msgspec.json.encode(POSITION)),
        ("power", msgspec.json.encode(POWER)),
        ("panel", msgspec.json.encode(PANEL)),
        pytest.param("power", b'{"battery_pct":1,"watts":2,"volts":[3]}', id="more than was agreed"),
        pytest.param("wind", b'{ "knots" : 12.50 }', id="a kind of somebody else"),
        pytest.param("wind", b"{}", id="nothing in it"),
    ],
)
def test_a_value_is_passed_on_as_it_was_sent(kind: str, data: bytes) -> None:
    assert data == bytes(checked(kind, data))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("wind", b"", id="nothing"),
        pytest.param("wind", b"[1]", id="a list"),
        pytest.param("wind", b"12.5", id="a number"),
        pytest.param("wind", b'{"knots":NaN}', id="not a number"),
        pytest.param("wind", b'{"knots":1', id="cut off"),
        pytest.param("wind", b'{"name":"\xff"}', id="no text"),
        pytest.param("wind", b'{"a":"' + b"x" * VALUE_BYTES_AT_MOST + b'"}', id="too long"),
        pytest.param("power", b'{"battery_pct":1}', id="half of it"),
        pytest.param("power", b'{"battery_pct":101,"watts":1}', id="more than all"),
        pytest.param(
            "position", b'{"lat":91,"lon":0,"altitude_m":0,"heading_deg":0,"speed_mps":0}', id="off"
        ),
        pytest.param("panel", b'{"temperature_c":1,"brightness_pct":1,"faults":-1}', id="fewer than none"),
        pytest.param(
            "power", b'{"battery_pct":1,"watts":2,"name":"\xff"}', id="no text beside what is known"
        ),
    ],
)
def test_what_is_not_agreed_is_malformed(kind: str, data: bytes) -> None:
    with pytest.raises(Malformed):
        checked(kind, data)
