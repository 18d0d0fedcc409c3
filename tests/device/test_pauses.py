"""How long a device waits before it connects again."""

import pytest

from airdisplay_device.pauses import pause_before


@pytest.mark.parametrize(
    ("attempt", "refused", "expected"),
    [
        pytest.param(0, False, (0.05, 0.1), id="the first comes soon"),
        pytest.param(3, False, (0.4, 0.8), id="each waits twice as long"),
        pytest.param(1_000, False, (2.5, 5.0), id="but no longer than five seconds"),
        pytest.param(0, True, (0.05, 0.1), id="with refused credentials the first comes as soon"),
        pytest.param(1_000, True, (15.0, 30.0), id="and the later ones seldom"),
    ],
)
def test_pauses(attempt: int, expected: tuple[float, float], *, refused: bool) -> None:
    found = [pause_before(attempt, refused=refused, chance=chance) for chance in (0.0, 1.0)]

    assert list(expected) == pytest.approx(found)
