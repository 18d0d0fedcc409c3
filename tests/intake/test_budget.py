"""Budgets: so many at once, then so many a second, each for itself, and nothing kept of who is quiet."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.budget import Allowance, Budgets

FIVE_THEN_TWO = Allowance(at_once=5, a_second=2)


def taken(budgets: Budgets[str], who: str, now: float, tries: int) -> int:
    """How many of so many tries at one moment are within the budget."""
    return sum(budgets.take(who, now) for _ in range(tries))


def test_so_many_at_once_and_no_more() -> None:
    assert 5 == taken(Budgets(FIVE_THEN_TWO), "a", 100.0, 50)


def test_after_that_so_many_a_second() -> None:
    budgets: Budgets[str] = Budgets(FIVE_THEN_TWO)
    taken(budgets, "a", 100.0, 50)

    assert [0, 1, 0, 2] == [taken(budgets, "a", now, 50) for now in (100.4, 100.5, 100.9, 101.5)]


def test_what_one_uses_up_is_not_missing_to_another() -> None:
    budgets: Budgets[str] = Budgets(FIVE_THEN_TWO)
    taken(budgets, "a", 100.0, 1_000)

    assert 5 == taken(budgets, "b", 100.0, 50)


def test_who_was_quiet_for_long_enough_has_all_of_it_again() -> None:
    budgets: Budgets[str] = Budgets(FIVE_THEN_TWO)
    taken(budgets, "a", 100.0, 50)

    assert 5 == taken(budgets, "a", 102.5, 50)


def test_those_who_are_quiet_are_forgotten_as_others_come() -> None:
    budgets: Budgets[int] = Budgets(FIVE_THEN_TWO)
    for who in range(10_000):
        budgets.take(who, who / 100)

    assert len(budgets) < 200  # as many as came in the half second that one takes to be made up for


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=200))
def test_in_no_span_of_time_is_more_taken_than_allowed(pauses: list[float]) -> None:
    budgets: Budgets[str] = Budgets(FIVE_THEN_TWO)
    now, at = 0.0, []
    for pause in pauses:
        now += pause
        if budgets.take("a", now):
            at.append(now)

    for first in range(len(at)):
        for last in range(first, len(at)):
            assert last - first + 1 <= 5 + 2 * (at[last] - at[first]) + 1
