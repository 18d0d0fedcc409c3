"""Sharing without asking: everybody comes to the same order, and only what must move does."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shared.mesh.peers import rank

INSTANCES = st.text("0123456789abcdef", min_size=8, max_size=8)
PEERS = st.sets(INSTANCES, min_size=1, max_size=8)
BANNER = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)


def owner(peers: set[str], banner: str) -> str:
    """Who acts first for a banner."""
    (first,) = (instance for instance in peers if rank(instance, peers, banner) == 0)
    return first


@given(PEERS, BANNER)
def test_among_peers_everybody_has_a_place_of_its_own(peers: set[str], banner: str) -> None:
    assert list(range(len(peers))) == sorted(rank(instance, peers, banner) for instance in peers)


@given(INSTANCES, BANNER)
def test_who_is_alone_acts_first(instance: str, banner: str) -> None:
    assert 0 == rank(instance, {instance}, banner)


@given(INSTANCES, PEERS, BANNER)
def test_who_does_not_know_itself_among_the_peers_has_the_same_place(
    instance: str, peers: set[str], banner: str
) -> None:
    assert rank(instance, peers | {instance}, banner) == rank(instance, peers - {instance}, banner)


@given(PEERS, BANNER)
def test_when_one_goes_the_shares_of_the_others_stay_where_they_are(peers: set[str], banner: str) -> None:
    first = owner(peers, banner)

    assert {first} == {owner(peers - {gone}, banner) for gone in peers - {first}} | {first}


@given(PEERS, INSTANCES, BANNER)
def test_when_one_comes_nobody_loses_but_to_it(peers: set[str], newcomer: str, banner: str) -> None:
    before = owner(peers, banner)

    assert owner(peers | {newcomer}, banner) in {before, newcomer}


@given(PEERS, BANNER)
def test_when_the_first_goes_the_second_takes_its_place(peers: set[str], banner: str) -> None:
    first = owner(peers, banner)
    rest = peers - {first}

    assert all(rank(each, peers, banner) - 1 == rank(each, rest, banner) for each in rest)


def test_everybody_has_about_the_same_share() -> None:
    peers = {"one", "two", "three"}

    shares = Counter(owner(peers, f"banner-{number}") for number in range(3_000))

    assert peers == shares.keys()
    assert all(800 < share < 1_200 for share in shares.values())
