"""Backoff: pauses that double up to a bound, and begin anew after a while of health."""

from airdisplay.backoff import Backoff


def test_pauses_double_up_to_a_bound() -> None:
    backoff = Backoff(first=1, at_most=5, healthy_after=10)

    assert [1, 2, 4, 5, 5] == [backoff.pause_after(0) for _ in range(5)]


def test_a_life_in_health_starts_the_pauses_anew() -> None:
    backoff = Backoff(first=1, at_most=5, healthy_after=10)

    assert [1, 2, 1, 2] == [backoff.pause_after(lived) for lived in (0, 9.9, 10, 0)]
