"""Which banners are free: as the log, the hardware and the clock have it; and who is drawn."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lobby.places import OVERDUE_MS, Places
from shared.contracts.banner import Banner, Ticket
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.lobby import ALL_BANNERS, Place, PoolId, pool_of, pools_of
from tests.support.clock import NOON
from tests.support.lobbies import a_banner, a_place, first

B1, B2 = BannerId("b1"), BannerId("b2")
RED, BLUE = pool_of("red"), pool_of("blue")
UNTIL = later(NOON, 60_000)
OVERDUE = later(UNTIL, OVERDUE_MS)


def places_with(*banners: Banner, online: bool = True) -> Places:
    """Places that know these, at the revisions 1, 2 and so on."""
    places = Places(first)
    for revision, banner in enumerate(banners, 1):
        places.learn(banner, revision)
        places.hear(banner.id, online=online)
    return places


def waited_for(banner: Banner) -> Banner:
    ticket = Ticket(id=DisplayId("d2"), text="x", by="bob", at=NOON, ttl_ms=1_000)
    return msgspec.structs.replace(banner, queue=(ticket,))


@pytest.mark.parametrize(
    ("banner", "free"),
    [
        pytest.param(a_banner(), 1, id="it shows nothing"),
        pytest.param(a_banner(shows_until=UNTIL), 0, id="it shows something"),
        pytest.param(a_banner(hold=True), 0, id="an operator holds it"),
        pytest.param(
            msgspec.structs.replace(a_banner(), approve_first=True),
            0,
            id="texts need an operator's yes there",
        ),
        pytest.param(waited_for(a_banner(shows_until=UNTIL)), 0, id="somebody waits for it"),
    ],
)
def test_it_is_free_when(banner: Banner, free: int) -> None:
    places = places_with(banner)

    assert free == places.free(ALL_BANNERS)
    assert (a_place("b1", 1) if free else None) == places.take(ALL_BANNERS)


def test_a_banner_whose_hardware_was_never_heard_of_is_not_free() -> None:
    places = Places(first)

    assert () == places.learn(a_banner(), 1)
    assert None is places.take(ALL_BANNERS)


def test_a_banner_is_free_from_the_first_heartbeat_until_it_falls_silent() -> None:
    places = places_with(a_banner(), online=False)

    assert (ALL_BANNERS,) == places.hear(B1, online=True)
    assert 1 == places.free(ALL_BANNERS)
    assert () == places.hear(B1, online=False)
    assert 0 == places.free(ALL_BANNERS)


def test_hardware_may_be_heard_of_before_its_banner_is() -> None:
    places = Places(first)

    assert () == places.hear(B1, online=True)
    assert (ALL_BANNERS,) == places.learn(a_banner(), 1)


def test_when_the_heartbeats_of_before_are_void_nothing_is_free_until_somebody_says_so_again() -> None:
    places = places_with(a_banner("b1"), a_banner("b2"))

    places.forget_presence()

    assert 0 == places.free(ALL_BANNERS)
    places.hear(B2, online=True)
    assert a_place("b2", 2) == places.take(ALL_BANNERS)


def test_a_banner_that_is_no_more_is_in_no_pool() -> None:
    places = places_with(a_banner("b1", "red"))

    places.forget(B1)
    places.forget(B1)

    assert (0, 0, False) == (len(places), places.free(RED), places.exists(RED))


def test_what_is_older_than_what_is_known_is_passed_over() -> None:
    places = Places(first)
    places.hear(B1, online=True)
    places.learn(a_banner(shows_until=UNTIL), 2)

    assert () == places.learn(a_banner(), 1)
    assert () == places.learn(a_banner(), 2)
    assert 0 == places.free(ALL_BANNERS)


def test_a_heartbeat_more_or_less_changes_nothing() -> None:
    places = places_with(a_banner())

    assert (ALL_BANNERS,) == places.hear(B1, online=True)
    assert 1 == places.free(ALL_BANNERS)


# --- pools ----------------------------------------------------------------------------------------


def test_a_banner_is_in_the_pool_of_all_and_in_those_of_its_tags() -> None:
    places = places_with(a_banner("b1", "red", "blue"), a_banner("b2", "red"))

    assert [2, 2, 1] == [places.free(pool) for pool in (ALL_BANNERS, RED, BLUE)]
    assert a_place("b1", 1) == places.take(BLUE)
    assert None is places.take(BLUE)
    assert a_place("b2", 2) == places.take(RED)
    assert None is places.take(ALL_BANNERS)


def test_a_pool_is_there_as_soon_as_a_banner_is_in_it_free_or_not() -> None:
    places = places_with(a_banner("b1", "red", hold=True), online=False)

    assert [True, True, False] == [places.exists(pool) for pool in (ALL_BANNERS, RED, BLUE)]


def test_a_banner_that_changes_its_tags_changes_its_pools() -> None:
    places = places_with(a_banner("b1", "red"))

    places.learn(a_banner("b1", "blue"), 2)

    assert [False, True] == [places.exists(pool) for pool in (RED, BLUE)]
    assert [0, 1] == [places.free(pool) for pool in (RED, BLUE)]


# --- taking ---------------------------------------------------------------------------------------


def test_a_place_that_was_taken_stays_out_until_the_log_tells_of_something_newer() -> None:
    places = places_with(a_banner())
    places.take(ALL_BANNERS)

    places.hear(B1, online=False)
    places.hear(B1, online=True)
    places.learn(a_banner(), 1)
    assert None is places.take(ALL_BANNERS)

    assert (ALL_BANNERS,) == places.learn(a_banner(), 2)
    assert a_place("b1", 2) == places.take(ALL_BANNERS)


def test_a_place_that_is_given_back_may_be_taken_again() -> None:
    places = places_with(a_banner())
    place = places.take(ALL_BANNERS)
    assert place is not None

    places.give_back(place)

    assert place == places.take(ALL_BANNERS)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(a_place("b1", 1), id="of before something newer"),
        pytest.param(a_place("b2", 1), id="of a banner that nobody knows"),
    ],
)
def test_a_place_that_is_given_back_too_late_changes_nothing(place: Place) -> None:
    places = places_with(a_banner())
    places.take(ALL_BANNERS)
    places.learn(a_banner(), 2)
    places.take(ALL_BANNERS)

    places.give_back(place)

    assert None is places.take(ALL_BANNERS)


def test_chance_is_told_how_many_there_are_and_decides_which() -> None:
    asked: list[int] = []

    def last(count: int) -> int:
        asked.append(count)
        return count - 1

    places = Places(last)
    for revision, name in enumerate(("b1", "b2", "b3"), 1):
        places.learn(a_banner(name), revision)
        places.hear(BannerId(name), online=True)

    drawn = [places.take(ALL_BANNERS) for _ in range(3)]

    assert [3, 2, 1] == asked
    assert [a_place("b3", 3), a_place("b2", 2), a_place("b1", 1)] == drawn


@given(st.randoms(use_true_random=False))
def test_every_free_banner_may_be_drawn_and_none_twice(chance: Random) -> None:
    places = Places(chance.randrange)
    names = [BannerId(f"b{number}") for number in range(10)]
    for revision, name in enumerate(names, 1):
        places.learn(a_banner(name), revision)
        places.hear(name, online=True)

    drawn = [place.banner for place in iter(lambda: places.take(ALL_BANNERS), None)]

    assert sorted(names) == sorted(drawn)


# --- time -----------------------------------------------------------------------------------------


def test_a_display_whose_end_nobody_has_said_counts_as_over_a_little_later() -> None:
    places = places_with(a_banner("b1", "red", shows_until=UNTIL))

    assert set() == places.pass_time(later(OVERDUE, -1))
    assert 0 == places.free(RED)
    assert {ALL_BANNERS, RED} == places.pass_time(OVERDUE)
    assert a_place("b1", 1) == places.take(RED)
    assert set() == places.pass_time(later(OVERDUE, 60_000))


@pytest.mark.parametrize(
    "banner",
    [
        pytest.param(waited_for(a_banner(shows_until=UNTIL)), id="somebody waits there"),
        pytest.param(a_banner(shows_until=later(UNTIL, 1)), id="it lasts a little longer"),
    ],
)
def test_time_alone_does_not_make_it_free_when(banner: Banner) -> None:
    places = places_with(banner)

    assert set() == places.pass_time(OVERDUE)
    assert 0 == places.free(ALL_BANNERS)


def test_the_deadline_of_a_display_that_has_ended_does_not_end_the_next_one() -> None:
    places = places_with(a_banner(shows_until=UNTIL))
    places.learn(a_banner(), 2)
    places.learn(a_banner(shows_until=later(UNTIL, 5_000)), 3)

    assert set() == places.pass_time(OVERDUE)
    assert 0 == places.free(ALL_BANNERS)


def test_the_deadline_of_a_banner_that_is_no_more_is_passed_over() -> None:
    places = places_with(a_banner(shows_until=UNTIL))
    places.forget(B1)

    assert set() == places.pass_time(OVERDUE)


def test_a_banner_that_is_overdue_and_offline_is_not_free() -> None:
    places = places_with(a_banner(shows_until=UNTIL), online=False)

    assert set() == places.pass_time(OVERDUE)
    assert 0 == places.free(ALL_BANNERS)
    assert (ALL_BANNERS,) == places.hear(B1, online=True)


# --- against a naive model ------------------------------------------------------------------------


@dataclass
class NaivePlaces:
    """The same, slowly: everything that was said, looked through whenever somebody asks."""

    known: dict[BannerId, tuple[Banner, int]] = field(default_factory=dict)
    online: set[BannerId] = field(default_factory=set)
    taken: set[tuple[BannerId, int]] = field(default_factory=set)
    now: Instant = NOON

    def free(self, pool: PoolId) -> set[Place]:
        return {
            Place(banner=name, revision=revision)
            for name, (banner, revision) in self.known.items()
            if pool in pools_of(banner)
            and name in self.online
            and (name, revision) not in self.taken
            and banner.hold is None
            and not banner.queue
            and (banner.display is None or later(banner.display.until, OVERDUE_MS) <= self.now)
        }


STATES = st.sampled_from(
    [
        ("nothing", ()),
        ("nothing", ("red",)),
        ("nothing", ("red", "blue")),
        ("a display", ("red",)),
        ("a display", ()),
        ("a hold", ("blue",)),
        ("a queue", ("red",)),
    ]
)
BANNERS = st.sampled_from([BannerId(f"b{number}") for number in range(5)])
POOLS = (ALL_BANNERS, RED, BLUE)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("learn"), BANNERS, STATES),
        st.tuples(st.just("learn late"), BANNERS, STATES),
        st.tuples(st.just("forget"), BANNERS),
        st.tuples(st.just("hear"), BANNERS, st.booleans()),
        st.tuples(st.just("take"), st.sampled_from(POOLS)),
        st.tuples(st.just("give back")),
        st.tuples(st.just("pass time"), st.sampled_from([1, OVERDUE_MS, 1_000])),
        st.tuples(st.just("forget presence")),
    ),
    min_size=10,
    max_size=40,
)


def in_state(name: BannerId, state: tuple[str, tuple[str, ...]], now: Instant) -> Banner:
    what, tags = state
    until = later(now, 1_000) if what in {"a display", "a queue"} else None
    banner = a_banner(name, *tags, shows_until=until, hold=what == "a hold")
    return waited_for(banner) if what == "a queue" else banner


@given(STEPS, st.randoms(use_true_random=False))
def test_it_knows_what_naive_places_know(  # noqa: C901 (one for each)
    steps: list[tuple[Any, ...]],
    chance: Random,
) -> None:
    places, naive = Places(chance.randrange), NaivePlaces()
    revision = 10
    taken: list[Place] = []
    for step in steps:
        match step:
            case ("learn", name, state):
                revision += 1
                banner = in_state(name, state, naive.now)
                naive.known[name] = (banner, revision)
                gained = places.learn(banner, revision)
                assert all(places.free(pool) for pool in gained)
            case ("learn late", name, state):
                banner = in_state(name, state, naive.now)
                naive.known.setdefault(name, (banner, 1))
                places.learn(banner, 1)
            case ("forget", name):
                naive.known.pop(name, None)
                naive.taken = {each for each in naive.taken if each[0] != name}
                places.forget(name)
            case ("hear", name, online):
                (naive.online.add if online else naive.online.discard)(name)
                places.hear(name, online=online)
            case ("take", pool):
                free = naive.free(pool)
                place = places.take(pool)
                assert place in free if free else place is None
                if place is not None:
                    taken.append(place)
                    naive.taken.add((place.banner, place.revision))
            case ("give back",):
                if taken:
                    place = taken.pop(chance.randrange(len(taken)))
                    naive.taken.discard((place.banner, place.revision))
                    places.give_back(place)
            case ("pass time", milliseconds):
                naive.now = later(naive.now, milliseconds)
                places.pass_time(naive.now)
            case _:
                naive.online.clear()
                places.forget_presence()

        assert [len(naive.free(pool)) for pool in POOLS] == [places.free(pool) for pool in POOLS]
        members = Counter(pool for banner, _ in naive.known.values() for pool in pools_of(banner))
        assert [members[pool] > 0 for pool in POOLS] == [places.exists(pool) for pool in POOLS]
