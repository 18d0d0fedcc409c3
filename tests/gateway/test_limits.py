"""Limits as arithmetic: never more than a burst and one an interval, whoever leases what, and when."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.limits import MINUTE, SOON, Account, Limit, Offer

NOON = 1_777_896_000_000_000
THREE_A_MINUTE = Limit("shows", 3, MINUTE // 3)


@dataclass
class Stored:
    """What all gateways share: an arrival, and its revision."""

    arrival: int = 0
    revision: int = 0


@dataclass
class Simulated:
    """One gateway: what it knows, and what it is about to write."""

    account: Account
    offer: Offer | None = None


@dataclass
class World:
    """Gateways, a store, a clock; and when calls were made."""

    limit: Limit
    gateways: list[Simulated]
    store: Stored = field(default_factory=Stored)
    now: int = NOON
    made: list[int] = field(default_factory=list[int])

    def ask(self, gateway: Simulated) -> None:
        """Somebody calls; where the lease is empty, an offer is computed, to be written some time later."""
        if gateway.offer is None and not gateway.account.wait(self.now):
            if gateway.account.spend(self.now):
                self.made.append(self.now)
            else:
                gateway.offer = gateway.account.offer(self.now)
        elif gateway.account.spend(self.now):
            self.made.append(self.now)

    def write(self, gateway: Simulated) -> None:
        """The offer arrives at the store, which takes it or is at another revision."""
        if (offer := gateway.offer) is None:
            return
        gateway.offer = None
        if offer.expected != self.store.revision:
            gateway.account.learn(self.store.arrival, self.store.revision)
            return
        self.store = Stored(offer.arrival, self.store.revision + 1)
        gateway.account.lease(offer, self.store.revision)
        self.made.append(offer.at)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "ask", "write", "write", "pause"]),
        st.integers(0, 2),
        st.integers(0, 8),
    ),
    min_size=20,
    max_size=200,
)


@settings(max_examples=200)
@given(burst=st.integers(1, 12), interval=st.integers(1, 50), gateways=st.integers(1, 3), steps=STEPS)
def test_over_any_time_there_are_at_most_a_burst_and_one_an_interval(
    burst: int, interval: int, gateways: int, steps: list[tuple[str, int, int]]
) -> None:
    limit = Limit("any", burst, interval)
    world = World(limit, [Simulated(Account(limit)) for _ in range(gateways)])
    for what, number, time in steps:
        gateway = world.gateways[number % gateways]
        match what:
            case "write":
                world.write(gateway)
            case "pause":
                world.now += time * limit.window // 4
            case _:
                world.ask(gateway)

    made = sorted(world.made)
    for first, begin in enumerate(made):
        for last in range(first, len(made)):
            assert last - first + 1 <= burst + (made[last] - begin) // interval


def taken(account: Account, now: int) -> bool:
    """Make a call, as the only gateway there is."""
    if account.spend(now):
        return True
    if (offer := account.offer(now)) is None:
        return False
    account.lease(offer, account.revision + 1)
    return True


@given(burst=st.integers(1, 50), interval=st.integers(1, MINUTE), pause=st.integers(0, 3))
def test_alone_a_gateway_gives_all_of_a_burst_and_then_one_an_interval(
    burst: int, interval: int, pause: int
) -> None:
    account = Account(Limit("any", burst, interval))
    now = NOON + pause * interval

    assert burst == sum(taken(account, now) for _ in range(burst + 5))
    assert interval == account.wait(now)
    assert not taken(account, now + interval - 1)
    assert taken(account, now + interval)
    assert not taken(account, now + interval)


def test_one_who_is_in_a_hurry_gets_larger_leases_and_never_more_than_half_of_what_is_left() -> None:
    account = Account(Limit("any", 100, 1_000_000))
    sizes: list[int] = []
    for _ in range(40):
        if not account.spend(NOON):
            offer = account.offer(NOON)
            assert offer is not None
            sizes.append((offer.arrival - offer.first) // 1_000_000)
            account.lease(offer, 1)

    assert [5, 10, 20, 33] == sizes


def test_one_who_comes_back_later_begins_with_one() -> None:
    account = Account(Limit("any", 100, 10_000_000))
    for _ in range(20):
        taken(account, NOON)

    offer = account.offer(NOON + SOON + 100_000)

    assert offer is not None
    assert 10_000_000 == offer.arrival - offer.first


def test_a_lease_lasts_for_a_while_however_much_the_limit_grants() -> None:
    account = Account(Limit("any", 10_000, 1_000))

    offer = account.offer(NOON)

    assert offer is not None
    assert SOON == offer.arrival - offer.first


def test_a_call_of_a_lease_is_void_when_its_arrival_is_past() -> None:
    account = Account(THREE_A_MINUTE)
    account.lease(Offer(NOON, NOON + 3 * THREE_A_MINUTE.interval, NOON, 0), 1)

    assert account.has(NOON + 2 * THREE_A_MINUTE.interval)
    assert not account.has(NOON + 2 * THREE_A_MINUTE.interval + 1)


@pytest.mark.parametrize(("calls", "left"), [(0, 3), (1, 2), (3, 0)])
def test_what_is_left_is_what_is_in_the_lease_and_in_the_store(calls: int, left: int) -> None:
    account = Account(THREE_A_MINUTE)
    for _ in range(calls):
        assert taken(account, NOON)

    assert left == account.remaining(NOON)
    assert calls * THREE_A_MINUTE.interval == account.whole_in(NOON)
