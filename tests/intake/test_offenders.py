"""Offenders: the worst are named, however many there are, and the memory for it is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.offenders import Offenders


def test_the_worst_are_named_first() -> None:
    offenders: Offenders[str] = Offenders()
    for who in "abbccc":
        offenders.count(who)

    assert {"c": 3, "b": 2} == offenders.most(2)
    assert ["c", "b"] == list(offenders.most(2))


def test_one_who_makes_much_trouble_is_found_among_many_who_make_a_little() -> None:
    offenders: Offenders[str] = Offenders(places=8)
    for number in range(10_000):
        offenders.count(f"other-{number}")
        if number % 3 == 0:
            offenders.count("the-one")

    assert "the-one" in offenders.most(1)
    assert 8 == len(offenders.most(1_000))


@given(st.lists(st.sampled_from("abcdefghij"), max_size=200))
def test_whoever_is_behind_more_than_its_share_is_named_with_no_less_than_it_did(said: list[str]) -> None:
    offenders: Offenders[str] = Offenders(places=4)
    for who in said:
        offenders.count(who)

    named = offenders.most(4)
    for who in set(said):
        if said.count(who) > len(said) / 4:
            assert named[who] >= said.count(who)
