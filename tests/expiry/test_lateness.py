"""The histogram of lateness: constant in size, and never a figure that flatters."""

from hypothesis import given
from hypothesis import strategies as st

from services.expiry.lateness import BOUNDS_MS, Lateness

OBSERVATIONS = st.lists(st.integers(-1_000, 200_000), min_size=1, max_size=200)


def observed(milliseconds: list[int]) -> Lateness:
    """A histogram of these."""
    lateness = Lateness()
    for each in milliseconds:
        lateness.observe(each)
    return lateness


def test_nothing_observed_is_nothing_late() -> None:
    facts = Lateness().facts()

    assert (0, 0, 0, 0) == (facts["count"], facts["p50_ms"], facts["p99_ms"], facts["max_ms"])
    assert 0 == sum(facts["at_most_ms"].values())


def test_each_observation_counts_under_the_first_bound_that_holds_it() -> None:
    facts = observed([0, 1, 2, 3, 60_000, 60_001]).facts()

    assert {"1": 2, "2": 1, "5": 1, "60000": 1, "more": 1} == {
        bound: count for bound, count in facts["at_most_ms"].items() if count
    }


def test_bounds_are_named_in_order_and_end_with_more() -> None:
    assert [*map(str, BOUNDS_MS), "more"] == list(Lateness().facts()["at_most_ms"])


def test_an_expiry_by_a_faster_clock_is_not_late() -> None:
    facts = observed([-5]).facts()

    assert (1, 0, 1) == (facts["count"], facts["max_ms"], facts["at_most_ms"]["1"])


def test_half_of_all_and_nearly_all() -> None:
    facts = observed([4] * 98 + [40, 400]).facts()

    assert (5, 50, 400) == (facts["p50_ms"], facts["p99_ms"], facts["max_ms"])


@given(OBSERVATIONS)
def test_everything_is_counted_once(milliseconds: list[int]) -> None:
    facts = observed(milliseconds).facts()

    assert len(milliseconds) == facts["count"] == sum(facts["at_most_ms"].values())
    assert max(0, *milliseconds) == facts["max_ms"]


@given(OBSERVATIONS, st.floats(0.01, 1))
def test_a_quantile_is_never_below_the_true_one_nor_above_the_worst(
    milliseconds: list[int], share: float
) -> None:
    lateness = observed(milliseconds)
    in_order = sorted(milliseconds)
    at = next(index for index in range(len(in_order)) if index + 1 >= share * len(in_order))

    assert min(in_order[at], max(0, in_order[-1])) <= lateness.quantile(share) <= max(0, in_order[-1])
