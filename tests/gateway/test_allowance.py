"""An allowance: a burst at once, then so much a second, whatever the clock does."""

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.allowance import Allowance


def test_a_burst_is_there_at_once_and_then_nothing() -> None:
    allowance = Allowance(3, 1, now=0)

    assert [True, True, True, False] == [allowance.spend(1, 0) for _ in range(4)]


def test_what_was_spent_comes_back_with_time_and_no_further_than_a_burst() -> None:
    allowance = Allowance(2, 1, now=0)
    allowance.spend(2, 0)

    assert [False, True, False] == [allowance.spend(1, now) for now in (0.5, 1.0, 1.5)]
    assert [True, True, False] == [allowance.spend(1, 99) for _ in range(3)]


def test_what_costs_more_than_a_burst_costs_a_whole_one() -> None:
    allowance = Allowance(2, 1, now=0)

    assert [True, False] == [allowance.spend(99, 0), allowance.spend(1, 0)]


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing() -> None:
    allowance = Allowance(2, 1, now=100)

    assert [True, True, False] == [allowance.spend(1, now) for now in (50, 50, 50)]


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3)), max_size=50))
def test_never_more_than_a_burst_and_what_came_back(steps: list[tuple[float, float]]) -> None:
    allowance = Allowance(5, 2, now=0)
    now = spent = 0.0
    for cost, pause in steps:
        now += pause
        spent += cost if allowance.spend(cost, now) else 0

        assert spent <= 5 + 2 * now + 1e-6
