"""Kinds: three that always have their place, a few more for each banner, room again for what is unused."""

from services.intake.kinds import UNUSED_SECONDS, Kinds
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import KINDS_AT_MOST, SPELLED_OUT

A, B = BannerId("a"), BannerId("b")
OPEN = KINDS_AT_MOST - len(SPELLED_OUT)


def full() -> Kinds:
    """A banner that brings as many kinds as it may, one each second."""
    kinds = Kinds()
    assert all(kinds.takes(A, f"kind-{number}", float(number)) for number in range(OPEN))
    return kinds


def test_a_banner_has_so_many_kinds_and_no_more() -> None:
    kinds = full()

    assert not kinds.takes(A, "one-more", 100.0)
    assert kinds.takes(A, "kind-0", 100.0)


def test_the_kinds_that_are_spelled_out_always_have_their_place() -> None:
    kinds = full()

    assert all(kinds.takes(A, kind, 100.0) for kind in SPELLED_OUT)


def test_the_kinds_of_one_banner_take_no_room_from_another() -> None:
    assert full().takes(B, "one-more", 100.0)


def test_a_kind_that_was_not_heard_of_for_long_makes_room_for_one_other() -> None:
    kinds = full()
    kinds.takes(A, "kind-0", 100.0)
    now = 1.0 + UNUSED_SECONDS

    assert kinds.takes(A, "one-more", now)
    assert not kinds.takes(A, "and-another", now)
    assert not kinds.takes(A, "kind-1", now)
    assert kinds.takes(A, "kind-0", now)


def test_nothing_is_remembered_of_a_banner_whose_kinds_are_unused() -> None:
    kinds = full()
    kinds.takes(B, "wind", UNUSED_SECONDS)

    kinds.forget(OPEN + UNUSED_SECONDS)

    assert 1 == len(kinds)


def test_who_measures_what_is_spelled_out_takes_no_memory() -> None:
    kinds = Kinds()
    for number in range(1_000):
        kinds.takes(BannerId(f"b{number}"), "position", 0.0)

    assert 0 == len(kinds)
