"""Why a ticket is assigned to a revision first: the same with a flag that is read first and written late.

Each story is told twice. The naive lobby marks a banner as occupied when somebody shows there, and takes a
ticket out of the line in another write, before or after; nothing names a revision.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from shared.contracts.banner import Clear
from shared.contracts.lobby import Lobby, pool_of
from shared.contracts.refusals import Stale
from tests.lobby.world import DiedError, Instance, ShowFault, World, a_show, come

pytestmark = pytest.mark.usefixtures("_impatient")


@dataclass
class NaiveStore:
    """What stands in the store of the naive lobby. Every write goes through, whatever was there."""

    banners: list[str]
    line: list[str] = field(default_factory=list)
    occupied: set[str] = field(default_factory=set)
    shown: list[tuple[str, str]] = field(default_factory=list)
    """Every display that began: on which banner, and of whom."""


class NaiveLobby:
    """One instance of it. Every method is one request to the store; a test decides what comes between."""

    def __init__(self, store: NaiveStore) -> None:
        self._store = store

    def find_free(self) -> str | None:
        """Read the flags."""
        return next((each for each in self._store.banners if each not in self._store.occupied), None)

    def first_in_line(self) -> str | None:
        """Read the line."""
        return next(iter(self._store.line), None)

    def take_out_of_line(self, name: str) -> None:
        """Write the line."""
        self._store.line = [each for each in self._store.line if each != name]

    def show(self, banner: str, name: str) -> None:
        """Write what the banner shows."""
        self._store.shown.append((banner, name))

    def mark(self, banner: str) -> None:
        """Write the flag."""
        self._store.occupied.add(banner)


async def shown_in(world: World) -> list[tuple[str, str]]:
    """What shows now, where and of whom."""
    states = [(await world.banner(banner)).state for banner in world.banners]
    return [(state.id, state.display.id) for state in states if state is not None and state.display]


async def waiting_in(world: World) -> list[str]:
    """Who waits."""
    return [ticket.id for ticket in ((await world.lobby()).state or Lobby()).waiting]


async def two_instances(free: int) -> tuple[World, Instance, Instance]:
    """Two that know the same: which banners are free."""
    world = World(instances=2)
    for number in range(1, free + 1):
        await world.register(f"b{number}")
    one, two = world.instances
    await one.catch_up()
    await two.catch_up()
    return world, one, two


# --- two look before either writes ----------------------------------------------------------------


def test_naively_two_who_look_at_the_same_moment_show_on_one_banner() -> None:
    store = NaiveStore(["b1", "b2"])
    one, two = NaiveLobby(store), NaiveLobby(store)

    for_ada, for_bob = one.find_free(), two.find_free()
    for lobby, banner, name in ((one, for_ada, "ada"), (two, for_bob, "bob")):
        assert banner is not None
        lobby.show(banner, name)
        lobby.mark(banner)

    assert {"b1": 2} == Counter(banner for banner, _ in store.shown), "bob over ada, on one banner"


async def test_the_same_two_looks_at_the_same_moment_show_on_two_banners() -> None:
    world, one, two = await two_instances(free=2)
    await come(one, "ada", by="ada")
    await come(two, "bob", by="bob")

    await one.step()
    await two.step()
    await two.carry_out()
    await one.carry_out()

    assert {"b1", "b2"} == {banner for banner, _ in await shown_in(world)}
    assert {"ada", "bob"} == {name for _, name in await shown_in(world)}


async def test_and_where_there_is_one_banner_for_two_lobbies_one_of_them_waits() -> None:
    """The lobbies do not know of each other; both have assigned the same banner."""
    world, one, two = await two_instances(free=0)
    pool = pool_of("red")
    await world.register("b1", "red")
    await one.catch_up()
    await two.catch_up()
    await come(one, "ada", by="ada")
    await come(two, "bob", by="bob", pool=pool)
    assert ["b1"] == [each.place.banner for each in await one.step()]
    assert ["b1"] == [each.place.banner for each in await two.step(pool)]

    await one.carry_out()
    await two.carry_out(pool)
    await two.step(pool)

    assert [("b1", "ada")] == await shown_in(world)
    lobby = (await world.lobby(pool)).state
    assert lobby is not None
    assert ["bob"] == [ticket.id for ticket in lobby.waiting]


# --- one dies between two writes ------------------------------------------------------------------


def test_naively_one_who_is_taken_out_of_the_line_first_is_lost_with_the_instance() -> None:
    store = NaiveStore(["b1"], line=["ada"])
    doomed, heir = NaiveLobby(store), NaiveLobby(store)
    banner, name = doomed.find_free(), doomed.first_in_line()
    assert (banner, name) == ("b1", "ada")
    doomed.take_out_of_line("ada")
    # It dies before it shows.

    assert None is heir.first_in_line()
    assert [] == store.shown, "ada was told to wait, and waits nowhere"


def test_naively_one_who_is_taken_out_of_the_line_last_is_shown_twice() -> None:
    store = NaiveStore(["b1", "b2"], line=["ada"])
    doomed, heir = NaiveLobby(store), NaiveLobby(store)
    doomed.show("b1", "ada")
    doomed.mark("b1")
    # It dies before it takes ada out of the line.

    banner, name = heir.find_free(), heir.first_in_line()
    assert banner is not None
    assert name is not None
    heir.show(banner, name)

    assert {"ada": 2} == Counter(name for _, name in store.shown)


@pytest.mark.parametrize("when", [None, ShowFault.DIE_BEFORE, ShowFault.DIE_AFTER])
async def test_the_same_death_loses_nobody_and_shows_nobody_twice(when: ShowFault | None) -> None:
    world, doomed, heir = await two_instances(free=2)
    await come(doomed, "ada", by="ada")
    await doomed.step()
    if when is not None:
        doomed.show_faults.append(when)
        with pytest.raises(DiedError):
            await doomed.carry_out()

    await heir.settle()

    assert [("b1", "ada")] == await shown_in(world)
    assert [] == await waiting_in(world)


# --- a request that arrives late ------------------------------------------------------------------


def test_naively_a_show_that_was_given_up_and_arrives_late_shows_a_second_time() -> None:
    store = NaiveStore(["b1", "b2"], line=["ada"])
    slow, other = NaiveLobby(store), NaiveLobby(store)
    slow.mark("b1")
    # Its Show is still under way; nobody answers, so another instance sees to ada.
    banner = other.find_free()
    assert banner is not None
    other.show(banner, "ada")
    other.take_out_of_line("ada")

    slow.show("b1", "ada")

    assert [("b2", "ada"), ("b1", "ada")] == store.shown


@pytest.mark.parametrize("ends", [False, True], ids=["while b1 is busy", "when b1 is free again"])
async def test_the_same_late_show_is_refused(*, ends: bool) -> None:
    world, slow, other = await two_instances(free=2)
    await come(slow, "ada", by="ada")
    await slow.step()
    slow.show_faults.append(ShowFault.DIE_BEFORE)
    with pytest.raises(DiedError):
        await slow.carry_out()
    await world.ask(world.banners[0], a_show("by-hand"))
    other.places.hear(world.banners[0], online=False)
    await other.settle()
    if ends:
        await world.ask(world.banners[0], Clear(by="hal"))

    (banner, show) = world.shows[0]
    assert "b1" == banner
    answer = await world.show(banner, show)

    assert isinstance(answer, Stale)
    assert ["b2"] == [where for where, name in await shown_in(world) if name == "ada"]
