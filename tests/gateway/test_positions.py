"""Positions: any gateway understands what another one has said, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.positions import HardwarePosition, hardware_position, mark_of

COUNTS = st.integers(0, 10**15)


@given(COUNTS, COUNTS, st.integers(0, 10**8))
def test_what_one_gateway_says_another_reads(presence: int, reported: int, second: int) -> None:
    position = HardwarePosition(mark_of("a", "b"), presence, reported, second)

    assert position == hardware_position(str(position))


@given(COUNTS, COUNTS)
def test_it_fits_into_what_a_client_may_send(presence: int, reported: int) -> None:
    assert len(str(HardwarePosition(mark_of("a", "b"), presence, reported, 1_800_000_000))) <= 128


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("nonsense", id="nonsense"),
        pytest.param("0123abcd.1.2", id="a part too few"),
        pytest.param("0123abcd.1.2.3.4", id="a part too many"),
        pytest.param("0123abcd.-1.2.3", id="a negative number"),
        pytest.param("0123ABCD.1.2.3", id="another mark"),
        pytest.param("0123abcd.1.2.3\n", id="a line break"),
        pytest.param("0123abcd." + "9" * 100 + ".2.3", id="a number too long"),
    ],
)
def test_anything_else_is_no_position(text: str) -> None:
    assert hardware_position(text) is None


def test_a_mark_tells_lives_apart() -> None:
    assert 4 == len({mark_of("a", "b"), mark_of("a", "c"), mark_of("b", "a"), mark_of("", "")})


@pytest.mark.parametrize(
    ("second", "fresh"), [(100, True), (41, True), (43_300, True), (43_301, False), (0, False)]
)
def test_after_half_a_day_it_is_too_old(second: int, fresh: bool) -> None:  # noqa: FBT001
    assert fresh == HardwarePosition(mark_of(), 1, 1, 100).is_fresh(second)
