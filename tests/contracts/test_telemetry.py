"""What is measured: three kinds that are spelled out, and any other as an object of bounded size."""

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        pytest.param("wind", b'{"of":"a:b::","more":{"of":": :"}}', id="colons in texts"),
        pytest.param("wind", b'{"a":{"a":1},"b":[{"a":1},{"a":2}]}', id="a name in several objects"),
        pytest.param("wind", b'{"a":[[[[[[[]]]]]]]}', id="eight levels"),
        pytest.param("wind", b'{"a":9007199254740991,"b":-9007199254740991}', id="large integers"),
        pytest.param("wind", b'{"a":true,"b":null,"c":1e300}', id="other values"),
        pytest.param("power", b'{"battery_pct":100,"watts":-50}', id="charging"),
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
        pytest.param("panel", b'{"temperature_c":1,"brightness_pct":1,"faults":1.5}', id="half a fault"),
        pytest.param("panel", b'{"temperature_c":999,"brightness_pct":1,"faults":0}', id="melted"),
        pytest.param(
            "position", b'{"lat":1,"lon":0,"altitude_m":9e9,"heading_deg":0,"speed_mps":0}', id="in space"
        ),
        pytest.param(
            "position", b'{"lat":1,"lon":0,"altitude_m":0,"heading_deg":361,"speed_mps":0}', id="past north"
        ),
        pytest.param(
            "position", b'{"lat":1,"lon":0,"altitude_m":0,"heading_deg":0,"speed_mps":-1}', id="backwards"
        ),
        pytest.param(
            "position", b'{"lat":true,"lon":0,"altitude_m":0,"heading_deg":0,"speed_mps":0}', id="true"
        ),
        pytest.param("wind", b'{"knots":Infinity}', id="without end"),
        pytest.param("wind", b'{"knots":1e400}', id="more than a number holds"),
        pytest.param("wind", b'{"knots":9007199254740992}', id="more than a browser reads"),
        pytest.param("wind", b'{"knots":-' + b"9" * 4_000 + b"}", id="four thousand digits"),
        pytest.param("wind", b'{"knots":1,"knots":2}', id="a name twice"),
        pytest.param("wind", rb'{"knots":1,"k\u006eots":2}', id="a name twice, written in two ways"),
        pytest.param("wind", b'{"a":[{"b":1,"b":1}]}', id="a name twice, further inside"),
        pytest.param(
            "power", b'{"battery_pct":1,"watts":2,"watts":3}', id="a name twice that everybody knows"
        ),
        pytest.param("wind", b'{"a":[[[[[[[[]]]]]]]]}', id="nine levels"),
        pytest.param("wind", b'{"a":' + b"[" * 2_000 + b"]" * 2_000 + b"}", id="two thousand levels"),
        pytest.param("wind", b'{"a":' * 800 + b"1" + b"}" * 800, id="eight hundred objects"),
        pytest.param("wind", rb'{"name":"\ud800"}', id="half a sign"),
        pytest.param("wind", b"\xef\xbb\xbf{}", id="a mark before it"),
        pytest.param("wind", b"{}{}", id="two of them"),
        pytest.param(
            "power", b'{"battery_pct":1,"watts":2,"name":"\xff"}', id="no text beside what is known"
        ),
    ],
)
def test_what_is_not_agreed_is_malformed(kind: str, data: bytes) -> None:
    with pytest.raises(Malformed):
        checked(kind, data)


@given(st.binary(max_size=200), st.sampled_from(["position", "power", "panel", "wind"]))
def test_whatever_is_sent_is_passed_on_or_malformed(data: bytes, kind: str) -> None:
    with suppress(Malformed):
        checked(kind, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), JSON))
def test_what_is_passed_on_every_reader_understands_alike(value: dict[str, Any]) -> None:
    data = json.dumps(value).encode()
    try:
        passed_on = bytes(checked("wind", data))
    except Malformed:
        return
    assert value == json.loads(passed_on, parse_constant=pytest.fail)
    assert value == msgspec.json.decode(passed_on)
