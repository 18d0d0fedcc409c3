"""Instants: texts whose order is the order of time."""

import re

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.contracts.instants import (
    INSTANT_PATTERN,
    Instant,
    WireInstant,
    epoch_ms,
    instant,
    later,
    milliseconds_between,
)

END_OF_TIME = 253_402_300_799_999
MILLISECONDS = st.integers(0, END_OF_TIME)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        pytest.param(0, "1970-01-01T00:00:00.000Z", id="the beginning"),
        pytest.param(7, "1970-01-01T00:00:00.007Z", id="a few milliseconds keep their zeros"),
        pytest.param(1_777_896_000_250, "2026-05-04T12:00:00.250Z", id="a noon in May"),
        pytest.param(1_777_896_000_000, "2026-05-04T12:00:00.000Z", id="a whole second has three decimals"),
        pytest.param(END_OF_TIME, "9999-12-31T23:59:59.999Z", id="the end of four digits"),
        pytest.param(END_OF_TIME + 1, "9999-12-31T23:59:59.999Z", id="past the end it stays there"),
    ],
)
def test_an_instant_is_spelled_in_a_fixed_width(milliseconds: int, text: str) -> None:
    assert text == instant(milliseconds)


@given(MILLISECONDS)
@example(139_316_742_487_520)  # as seconds after 1970 it is a hair less than that
def test_an_instant_and_its_milliseconds_are_the_same(milliseconds: int) -> None:
    assert milliseconds == epoch_ms(instant(milliseconds))


@given(MILLISECONDS)
def test_every_instant_has_the_form_that_decoders_demand(milliseconds: int) -> None:
    text = instant(milliseconds)

    assert re.search(INSTANT_PATTERN, text)
    assert text == msgspec.json.decode(msgspec.json.encode(text), type=WireInstant)


@given(MILLISECONDS, MILLISECONDS)
def test_the_order_of_the_texts_is_the_order_of_the_times(one: int, other: int) -> None:
    assert (one < other) == (instant(one) < instant(other))


@given(st.integers(0, END_OF_TIME // 2), st.integers(0, END_OF_TIME // 2))
def test_what_is_later_by_so_much_lies_so_much_apart(start: int, distance: int) -> None:
    end = later(instant(start), distance)

    assert distance == milliseconds_between(instant(start), end)
    assert -distance == milliseconds_between(end, instant(start))


def test_later_crosses_seconds_days_and_years() -> None:
    assert "2027-01-01T00:00:00.499Z" == later(Instant("2026-12-31T23:59:59.500Z"), 999)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-05-04T12:00:00Z", id="no decimals"),
        pytest.param("2026-05-04T12:00:00.25Z", id="two decimals"),
        pytest.param("2026-05-04T12:00:00.250000Z", id="six decimals"),
        pytest.param("2026-05-04T12:00:00.250+00:00", id="an offset"),
        pytest.param("2026-05-04T12:00:00.250", id="no zone"),
        pytest.param("2026-05-04 12:00:00.250Z", id="a space for the T"),
        pytest.param("2026-05-04T12:00:00.250Z\n", id="a line break at the end"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_form_does_not_pass_the_decoder(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(text), type=WireInstant)
