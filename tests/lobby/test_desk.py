"""The desk: what becomes of whoever comes in, step by step, through everything that may come between."""

from collections.abc import Awaitable, Callable

import anyio
import pytest
from structlog.testing import capture_logs

from services.lobby import desk as desk_module
from services.lobby.outcomes import Waits
from services.lobby.whereabouts import WhereaboutsBook
from shared.contracts import refusals
from shared.contracts.banner import Clear, Expire, Hold, Release, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import OutcomeUnknown, Unreachable, Unreadable
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.lobby import ALL_BANNERS, Lobby, Whereabouts, pool_of
from shared.contracts.refusals import BadText, KeyReused, LobbyFull, NotYours, Refusal, TooLate
from shared.mesh import clock
from tests.lobby.world import (
    TTL,
    Danger,
    DiedError,
    Instance,
    ShowFault,
    Visit,
    World,
    a_show,
    all_have_had_their_turn,
    come,
    leave,
    lobby_codec,
    said,
)
from tests.support.clock import NOON
from tests.support.stores import Fault
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("_impatient")

RED = pool_of("red")


async def a_world(free: int = 1, *, instances: int = 1) -> tuple[World, Instance]:
    """A world with so many free banners, b1 and so on, of which everybody knows; and its first instance."""
    world = World(instances=instances)
    for number in range(1, free + 1):
        await world.register(f"b{number}")
    for instance in world.instances:
        await instance.catch_up()
    return world, world.instances[0]


async def shown_at(world: World, name: str) -> str | None:
    """On which banner a ticket shows now."""
    for banner in world.banners:
        if await shows(world, banner) == name:
            return banner
    return None


async def shows(world: World, banner: BannerId) -> str | None:
    """What a banner shows now."""
    state = (await world.banner(banner)).state
    return None if state is None or state.display is None else state.display.id


async def line(world: World) -> tuple[list[str], list[str]]:
    """Who waits, and who is on the way."""
    lobby = (await world.lobby()).state or Lobby()
    return [ticket.id for ticket in lobby.waiting], [each.ticket.id for each in lobby.assigned]


async def until_told(instance: Instance, visit: Visit) -> None:
    """Let the desk work until somebody has been told."""
    await instance.step()
    await instance.carry_out()
    await instance.step()
    await said(visit)


def is_on(outcome: object, banner: str) -> bool:
    """Whether somebody was told: it shows there."""
    return isinstance(outcome, Accepted) and outcome.state.id == banner


# --- coming in ------------------------------------------------------------------------------------


async def test_where_a_banner_is_free_the_text_shows_and_the_banners_answer_is_told() -> None:
    world, desk = await a_world()
    visit = await come(desk, "t1", text="Hi", by="ada")

    await desk.step()
    assert not visit.told
    await desk.carry_out()

    outcome = await said(visit)
    assert isinstance(outcome, Accepted)
    display = outcome.state.display
    assert display is not None
    assert ("t1", "Hi", "ada", later(NOON, TTL)) == (display.id, display.text, display.by, display.until)
    assert "b1" == await shown_at(world, "t1")
    await desk.step()
    assert ([], []) == await line(world)


async def test_where_none_is_free_it_waits_at_a_place_in_the_line() -> None:
    world, desk = await a_world(free=0)
    visits = [await come(desk, f"t{number}") for number in (1, 2)]

    assert [] == await desk.step()

    assert [Waits(1), Waits(2)] == [await said(visit) for visit in visits]
    assert (["t1", "t2"], []) == await line(world)


async def test_whoever_comes_together_goes_into_one_commit() -> None:
    world, desk = await a_world(free=2)
    visits = [await come(desk, f"t{number}") for number in (1, 2, 3)]

    await desk.settle()

    outcomes = [await said(visit) for visit in visits]
    assert is_on(outcomes[0], "b1")
    assert is_on(outcomes[1], "b2")
    assert Waits(3) == outcomes[2]
    assert 2 == (await world.lobby()).number  # all that came, and all that was shown


async def test_those_who_wait_are_placed_as_banners_fall_free_first_come_first_placed() -> None:
    world, desk = await a_world()
    for number in (1, 2, 3):
        await come(desk, f"t{number}")
    await desk.settle()
    assert (["t2", "t3"], []) == await line(world)

    world.clock.advance(TTL)
    await world.ask(world.banners[0], Expire(display_id=DisplayId("t1")))
    await desk.settle()

    assert "b1" == await shown_at(world, "t2")
    assert (["t3"], []) == await line(world)


async def test_a_display_whose_end_nobody_has_said_makes_nobody_wait_for_long() -> None:
    world, desk = await a_world()
    await come(desk, "t1")
    await come(desk, "t2")
    await desk.settle()

    world.clock.advance(TTL + 250)
    await desk.settle()

    assert "b1" == await shown_at(world, "t2")


async def test_more_than_go_into_one_commit_go_into_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "_AT_ONCE", 2)
    world, desk = await a_world(free=0)
    visits = [await come(desk, f"t{number}") for number in range(5)]

    for _ in range(3):
        await desk.step()

    assert [Waits(place) for place in range(1, 6)] == [await said(visit) for visit in visits]
    assert 3 == (await world.lobby()).number


async def test_nothing_to_do_is_not_written() -> None:
    world, desk = await a_world()

    assert [] == await desk.step()
    assert 0 == (await world.lobby()).revision


# --- a full lobby ---------------------------------------------------------------------------------


@pytest.fixture
def _room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.lobby.entity.LOBBY_AT_MOST", 2)
    monkeypatch.setattr("services.lobby.desk.LOBBY_AT_MOST", 2)


@pytest.mark.usefixtures("_room_for_two")
async def test_who_comes_together_with_others_and_finds_no_room_is_told_so() -> None:
    world, desk = await a_world(free=0)
    visits = [await come(desk, f"t{number}") for number in (1, 2, 3)]

    await desk.step()

    assert [Waits(1), Waits(2), LobbyFull(at_most=2)] == [await said(visit) for visit in visits]
    assert (["t1", "t2"], []) == await line(world)


@pytest.mark.usefixtures("_room_for_two")
async def test_who_comes_when_there_is_nothing_else_to_do_is_told_so_too() -> None:
    _, desk = await a_world(free=0)
    for number in (1, 2):
        await come(desk, f"t{number}")
    await desk.step()
    late = await come(desk, "t3")

    await desk.step()

    assert LobbyFull(at_most=2) == await said(late)


@pytest.mark.usefixtures("_room_for_two")
async def test_full_is_only_said_of_the_lobby_as_it_is_now() -> None:
    world, desk = await a_world(free=0, instances=2)
    other = world.instances[1]
    for number in (1, 2):
        await come(desk, f"t{number}")
    await desk.step()
    await other.catch_up()
    assert True is await leave(other, "t1")
    late = await come(desk, "t3")

    await desk.step()  # this one has not heard of it

    assert Waits(2) == await said(late)


@pytest.mark.usefixtures("_room_for_two")
async def test_who_was_turned_away_may_come_again_with_the_same_key() -> None:
    _, desk = await a_world(free=0)
    for number in (1, 2, 3):
        await come(desk, f"t{number}")
    await desk.step()
    assert True is await leave(desk, "t1")
    again = await come(desk, "t3")

    await desk.step()

    assert Waits(2) == await said(again)


# --- the same one again ---------------------------------------------------------------------------


async def test_the_same_one_twice_at_the_same_moment_is_shown_once_and_both_are_told() -> None:
    world, desk = await a_world(free=2)
    visits = [await come(desk, "t1") for _ in range(2)]

    await desk.settle()

    outcomes = [await said(visit) for visit in visits]
    assert all(is_on(outcome, "b1") for outcome in outcomes)
    assert 1 == len(world.shows)
    assert ([], []) == await line(world)


async def test_the_same_one_twice_through_two_instances_is_shown_once_and_both_are_told() -> None:
    world, one = await a_world(free=2, instances=2)
    two = world.instances[1]
    first, second = await come(one, "t1"), await come(two, "t1")

    await one.step()
    await two.step()
    await one.carry_out()
    await one.step()
    await two.catch_up()
    await two.step()

    assert is_on(await said(first), "b1")
    told = await said(second)
    assert isinstance(told, Whereabouts)
    assert ("b1", None) == (told.banner, told.ended)
    assert 1 == len(world.shows)


async def test_one_who_was_noted_first_and_comes_to_its_desk_last_is_not_shown_again() -> None:
    world, slow = await a_world(free=2, instances=2)
    other = world.instances[1]
    first, second = await come(slow, "t1"), await come(other, "t1")
    await other.settle()
    assert is_on(await said(second), "b1")

    await slow.step()

    assert isinstance(await said(first), Whereabouts)
    assert 1 == len(world.shows)
    assert ([], []) == await line(world)


@pytest.mark.parametrize("moment", ["waits", "on the way", "shown", "placed"])
async def test_the_same_one_again_is_told_what_became_of_the_first(moment: str) -> None:
    world, desk = await a_world(free=0 if moment == "waits" else 1)
    await come(desk, "t1")
    await desk.step()
    if moment in {"shown", "placed"}:
        await desk.carry_out()
    if moment == "placed":
        await desk.step()
    again = await come(desk, "t1")

    await desk.settle()
    await desk.step()

    outcome = await said(again)
    match moment:
        case "waits":
            assert Waits(1) == outcome
        case "on the way":
            assert is_on(outcome, "b1")
        case _:
            assert isinstance(outcome, Whereabouts)
            assert ("b1", ALL_BANNERS) == (outcome.banner, outcome.pool)
    assert len(world.shows) == (0 if moment == "waits" else 1)


async def test_one_who_asks_again_right_before_the_lobby_forgets_is_told_without_being_woken() -> None:
    """Nothing else happens afterwards that would make the desk look again."""
    _, desk = await a_world()
    first = await come(desk, "t1")
    await desk.step()
    await desk.carry_out()
    again = await come(desk, "t1", keyed=False)  # as if it had been noted before it was shown

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.desk().run)
        await until(lambda: again.told)
        tasks.cancel_scope.cancel()

    assert is_on(await said(first), "b1")
    assert isinstance(await said(again), Whereabouts)


@pytest.mark.parametrize("shown", [False, True], ids=["while the first waits", "when the first was shown"])
@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"text": "Something else"}, id="another text"),
        pytest.param({"by": "bob"}, id="another author"),
        pytest.param({"pool": RED}, id="another pool"),
    ],
)
async def test_a_key_that_is_used_for_something_else_is_refused(
    other: dict[str, str], *, shown: bool
) -> None:
    world, desk = await a_world(free=1 if shown else 0)
    world.pools.append(RED)
    await come(desk, "t1")
    await desk.settle()

    again = await come(desk, "t1", **other)  # type: ignore[arg-type]  # strings, all of them

    assert KeyReused() == await said(again)
    assert ([] if shown else ["t1"], []) == await line(world)


async def test_an_id_that_is_here_with_another_text_is_refused_noted_or_not() -> None:
    _, desk = await a_world(free=0)
    await come(desk, "t1")
    await desk.step()
    again = await come(desk, "t1", text="Something else", keyed=False)

    await desk.step()

    assert KeyReused() == await said(again)


async def test_without_keys_two_are_two() -> None:
    world, desk = await a_world(free=2)
    visits = [await come(desk, name, keyed=False) for name in ("t1", "t2")]

    await desk.settle()

    assert is_on(await said(visits[0]), "b1")
    assert is_on(await said(visits[1]), "b2")
    assert 2 == len(world.shows)


async def test_one_who_was_noted_and_never_came_in_comes_in_with_the_same_key() -> None:
    """The instance died between the two."""
    world, desk = await a_world()
    await (await come(desk, "t1")).give_up()
    desk = world.restart()
    await desk.catch_up()
    again = await come(desk, "t1")

    await desk.settle()

    assert is_on(await said(again), "b1")


async def test_one_who_left_is_told_so_when_the_same_one_comes_again() -> None:
    _, desk = await a_world(free=0)
    await come(desk, "t1")
    await desk.step()
    await leave(desk, "t1")
    again = await come(desk, "t1")

    await desk.step()

    outcome = await said(again)
    assert isinstance(outcome, Whereabouts)
    assert outcome.ended is not None
    assert ("ended", "left") == (outcome.ended.state, outcome.ended.how)


# --- the way to a banner --------------------------------------------------------------------------


async def test_when_another_message_came_first_it_goes_to_another_banner() -> None:
    world, desk = await a_world(free=2)
    visit = await come(desk, "t1")
    await desk.step()
    await world.ask(world.banners[0], a_show("by-hand"))

    await desk.carry_out()
    await desk.settle()

    assert is_on(await said(visit), "b2")
    assert "b1" == await shown_at(world, "by-hand")


async def test_when_there_is_no_other_it_waits_again_where_it_stood_and_is_told_so() -> None:
    world, desk = await a_world()
    visits = [await come(desk, f"t{number}") for number in (1, 2)]
    await desk.step()
    await world.ask(world.banners[0], a_show("by-hand"))
    third = await come(desk, "t3")

    await desk.carry_out()
    await desk.step()

    assert (["t1", "t2", "t3"], []) == await line(world)
    assert [Waits(1), Waits(2), Waits(3)] == [await said(visit) for visit in (*visits, third)]


@pytest.mark.parametrize("ends", [False, True], ids=["and stays", "and ends again"])
async def test_a_hold_that_came_between_brings_it_back(*, ends: bool) -> None:
    world, desk = await a_world()
    await come(desk, "t1")
    await desk.step()
    await world.ask(world.banners[0], Hold(reason="wind", role="operator"))
    if ends:
        await world.ask(world.banners[0], Release(role="operator"))

    await desk.carry_out()
    await desk.settle()

    assert ("b1" if ends else None) == await shown_at(world, "t1")
    assert ([] if ends else ["t1"], []) == await line(world)


async def test_hardware_that_goes_offline_on_the_way_does_not_stop_it() -> None:
    world, desk = await a_world()
    visit = await come(desk, "t1")
    await desk.step()
    world.online.clear()
    await desk.catch_up()

    await desk.carry_out()

    assert is_on(await said(visit), "b1")


@pytest.mark.parametrize(
    "fault",
    [ShowFault.LOSE_REQUEST, ShowFault.LOSE_ANSWER, ShowFault.NOBODY_THERE, ShowFault.TOO_BUSY],
    ids=lambda fault: fault.name.lower(),
)
async def test_a_banner_that_gives_no_clear_answer_is_asked_again(fault: ShowFault) -> None:
    world, desk = await a_world(free=2)
    visit = await come(desk, "t1")
    await desk.step()
    desk.show_faults += [fault, fault]

    await desk.carry_out()

    assert is_on(await said(visit), "b1")
    assert 3 == len(world.shows)
    assert None is await shows(world, world.banners[1])


async def test_a_banner_whose_clock_is_behind_is_asked_until_its_display_is_over_there_as_well() -> None:
    world, desk = await a_world()
    await come(desk, "t1")
    await come(desk, "t2")
    await desk.settle()
    desk.places.pass_time(later(NOON, TTL + 250))
    await desk.step()
    assert ([], ["t2"]) == await line(world)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.carry_out)
        await until(lambda: len(world.shows) > 3)  # busy, it says
        world.clock.advance(TTL)

    assert "b1" == await shown_at(world, "t2")


async def test_who_comes_while_all_free_places_are_somebody_elses_does_not_take_them() -> None:
    world, one = await a_world(free=3, instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await come(one, "t2")
    await one.step()
    visit = await come(two, "t3")

    await two.step()  # free are, as far as it knows, all three
    await two.carry_out()

    assert is_on(await said(visit), "b2")
    await one.carry_out()
    assert ["b1", "b3"] == [await shown_at(world, name) for name in ("t1", "t2")]


# --- one that can never be shown ------------------------------------------------------------------


async def used_before(world: World) -> None:
    """Somebody has used this very id on the banner, for something else."""
    await world.ask(world.banners[0], a_show("t1"))
    await world.ask(world.banners[0], Clear(by="hal"))


async def unfit(world: World) -> None:
    """A banner of another version does not take what the lobby took."""

    async def refuse(_banner: object, _show: Show) -> Refusal:
        return BadText(problem="not any more")

    world.show = refuse  # type: ignore[method-assign, assignment]


async def garbled(world: World) -> None:
    """A banner of another version cannot read the command at all."""

    async def refuse(_banner: object, _show: Show) -> Refusal:
        return refusals.Malformed(problem="not any more")

    world.show = refuse  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("why", [used_before, unfit, garbled])
async def test_a_text_that_is_refused_for_good_is_taken_out_of_the_line(
    why: Callable[[World], Awaitable[None]],
) -> None:
    world, desk = await a_world()
    show = world.show
    await why(world)
    await desk.catch_up()
    visit, other = await come(desk, "t1"), await come(desk, "t2")

    with capture_logs() as logs:
        await desk.step()
        await desk.carry_out()
    world.show = show  # type: ignore[method-assign]
    await desk.settle()

    assert isinstance(await said(visit), Refusal)
    assert ["t1"] == [entry["ticket"] for entry in logs if entry["event"] == "ticket evicted"]
    whereabouts = await world.whereabouts("t1")
    assert whereabouts is not None
    assert whereabouts.ended is not None
    assert ("ended", "removed") == (whereabouts.ended.state, whereabouts.ended.how)
    assert "b1" == await shown_at(world, "t2"), "the place is free for the next in line"
    assert not isinstance(await said(other), Refusal)
    assert ([], []) == await line(world)


async def test_one_who_asks_about_it_at_another_desk_is_told_that_it_is_over() -> None:
    world, one = await a_world(instances=2)
    two = world.instances[1]
    await used_before(world)
    await one.catch_up()
    await come(one, "t1")
    await one.step()
    await two.catch_up()
    visit = await come(two, "t1")
    await two.step()

    await one.carry_out()
    await one.step()
    await two.catch_up()
    await two.step()

    outcome = await said(visit)
    assert isinstance(outcome, Whereabouts)
    assert outcome.ended is not None


# --- crashes, and who takes over ------------------------------------------------------------------


@pytest.mark.parametrize("when", ["assigned", *[ShowFault.DIE_BEFORE, ShowFault.DIE_AFTER], "written down"])
async def test_whatever_an_instance_had_begun_when_it_died_another_brings_to_its_end(
    when: str | ShowFault,
) -> None:
    world, one = await a_world(free=2, instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await one.step()
    if isinstance(when, ShowFault):
        one.show_faults.append(when)
        with pytest.raises(DiedError):
            await one.carry_out()
    elif when == "written down":
        await one.carry_out()
    await two.catch_up()

    orphans = two.take_over()
    await two.carry_out()
    await two.step()

    assert ["t1"] == [orphan.ticket.id for orphan in orphans]
    assert "b1" == await shown_at(world, "t1")
    assert ([], []) == await line(world)
    whereabouts = await world.whereabouts("t1")
    assert whereabouts is not None
    assert "b1" == whereabouts.banner
    assert [] == two.take_over()


async def test_a_commit_that_was_written_when_its_instance_died_is_taken_over() -> None:
    world, _ = await a_world()
    doomed = world.restart(danger=Danger(commit=Fault.FORWARD, dies=True))
    await doomed.catch_up()
    visit = await come(doomed, "t1")
    with pytest.raises(DiedError):
        await doomed.step()
    await visit.give_up()

    heir = world.restart()
    await heir.settle()

    assert "b1" == await shown_at(world, "t1")


async def test_two_that_carry_out_the_same_assignment_show_it_once() -> None:
    world, one = await a_world(free=2, instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await one.step()
    await two.catch_up()
    two.take_over()

    await two.carry_out()
    await one.carry_out()
    await two.step()
    await one.step()

    assert 2 == len(world.shows)
    assert "b1" == await shown_at(world, "t1")
    assert ([], []) == await line(world)


async def test_a_slow_instance_that_learns_too_late_changes_nothing() -> None:
    """Its assignment was settled by another, and the ticket shows somewhere else by then."""
    world, one = await a_world(free=2, instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await one.step()
    await world.ask(world.banners[0], a_show("by-hand"))
    await two.settle()
    assert "b2" == await shown_at(world, "t1")

    await one.carry_out()
    await one.step()
    await one.settle()

    assert "b2" == await shown_at(world, "t1")
    assert ([], []) == await line(world)
    whereabouts = await world.whereabouts("t1")
    assert whereabouts is not None
    assert "b2" == whereabouts.banner


async def test_a_show_that_arrives_after_its_ticket_went_elsewhere_is_refused() -> None:
    world, one = await a_world(free=2)
    one.show_faults.append(ShowFault.DIE_BEFORE)
    await come(one, "t1")
    await one.step()
    with pytest.raises(DiedError):
        await one.carry_out()
    await world.ask(world.banners[0], a_show("by-hand"))
    await world.ask(world.banners[0], Clear(by="hal"))
    heir = world.restart()
    await heir.settle()
    where = await shown_at(world, "t1")
    assert where is not None

    for number in range(len(world.shows)):
        await world.deliver_again(number)

    assert where == await shown_at(world, "t1")
    assert 1 == sum([(await shows(world, banner)) is not None for banner in world.banners])


async def test_an_unreadable_note_about_a_ticket_is_no_end_of_the_instance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, desk = await a_world()
    await come(desk, "t1", keyed=False)
    await desk.step()
    tries = 0

    async def unreadable(*_: object) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unreadable("the whereabouts of a ticket", found=b"")

    monkeypatch.setattr("services.lobby.whereabouts.WhereaboutsBook.note_place", unreadable)

    await desk.carry_out()

    assert 3 == tries
    assert "b1" == await shown_at(world, "t1")


# --- failures of the store ------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.LOSE_ANSWER, Fault.LOSE_REQUEST, Fault.LATE])
async def test_a_commit_without_an_answer_is_found_out(fault: Fault) -> None:
    world, _ = await a_world()
    desk = world.restart(danger=Danger(commit=fault))
    await desk.catch_up()
    visit = await come(desk, "t1")

    await desk.settle()
    await world.deliver_late()

    assert is_on(await said(visit), "b1")
    assert ([], []) == await line(world)


async def test_who_cannot_be_written_down_is_told_and_the_place_stays_free() -> None:
    world, _ = await a_world()
    desk = world.restart(danger=Danger(commit=Fault.UNREACHABLE))
    await desk.catch_up()
    visit = await come(desk, "t1")

    with pytest.raises(Unreachable):
        await desk.step()
    with pytest.raises(Unreachable):
        await said(visit)
    again = await come(desk, "t1")
    await desk.settle()

    assert is_on(await said(again), "b1")


async def test_after_a_failure_those_who_wait_are_placed_without_being_woken() -> None:
    world, _ = await a_world(free=0)
    desk = world.restart()
    await come(desk, "t1")
    await desk.step()
    desk = world.restart(danger=Danger(commit=Fault.UNREACHABLE))
    banner = await world.register("b1")
    await desk.catch_up()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.desk().run)
        await until(lambda: any(place == banner for place, _ in world.shows))
        tasks.cancel_scope.cancel()

    assert 1 <= desk.lobby_store.commits


@pytest.mark.parametrize("fault", [Fault.LOSE_ANSWER, Fault.LOSE_REQUEST, Fault.UNREACHABLE])
async def test_what_could_not_be_noted_about_a_ticket_is_noted_before_the_lobby_forgets_it(
    fault: Fault,
) -> None:
    world, _ = await a_world()
    desk = world.restart(danger=Danger(note=fault))
    await desk.catch_up()
    await come(desk, "t1", keyed=False)

    await desk.settle()

    whereabouts = await world.whereabouts("t1")
    assert whereabouts is not None
    assert "b1" == whereabouts.banner


async def test_who_cannot_be_noted_on_arrival_has_not_come_in() -> None:
    world, _ = await a_world()
    desk = world.restart(danger=Danger(note=Fault.LOSE_ANSWER))
    visit = await come(desk, "t1")
    with pytest.raises(OutcomeUnknown):
        await said(visit)
    again = await come(desk, "t1")

    await desk.settle()

    assert is_on(await said(again), "b1")
    assert 1 == len(world.shows)


async def test_who_gives_up_asking_is_shown_all_the_same() -> None:
    world, desk = await a_world()
    visit = await come(desk, "t1")
    await visit.give_up()

    await desk.settle()

    assert "b1" == await shown_at(world, "t1")


async def test_one_who_gave_up_is_not_told_of_a_failure_either() -> None:
    world, _ = await a_world()
    desk = world.restart(danger=Danger(commit=Fault.UNREACHABLE))
    await (await come(desk, "t1")).give_up()

    with pytest.raises(Unreachable):
        await desk.step()

    assert ([], []) == await line(world)


# --- leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "role", "how"),
    [
        pytest.param("ada", "author", "left", id="by own wish"),
        pytest.param("olga", "operator", "removed", id="by an operators wish"),
        pytest.param("ada", "operator", "left", id="by own wish as an operator"),
    ],
)
async def test_whoever_waits_may_leave(by: str, role: str, how: str) -> None:
    world, desk = await a_world(free=0)
    for number in (1, 2):
        await come(desk, f"t{number}")
    await desk.step()

    assert True is await leave(desk, "t1", by=by, role=role)  # type: ignore[arg-type]

    assert (["t2"], []) == await line(world)
    whereabouts = await world.whereabouts("t1")
    assert whereabouts is not None
    assert whereabouts.ended is not None
    assert (how, "ada", "Hello") == (
        whereabouts.ended.how,
        whereabouts.ended.by,
        whereabouts.ended.text,
    )


async def test_somebody_else_may_not_have_one_leave() -> None:
    world, desk = await a_world(free=0)
    await come(desk, "t1", by="ada")
    await desk.step()

    assert NotYours() == await leave(desk, "t1", by="bob")
    assert (["t1"], []) == await line(world)


async def test_who_was_never_here_or_is_placed_already_is_not_let_go_here() -> None:
    _, desk = await a_world()
    await come(desk, "t1")
    await desk.settle()

    assert (False, False) == (await leave(desk, "t1"), await leave(desk, "nobody"))


async def test_who_leaves_on_the_way_and_is_shown_is_not_let_go_here() -> None:
    _, desk = await a_world()
    await come(desk, "t1")
    await desk.step()
    answers: list[bool | Refusal] = []

    async def go() -> None:
        answers.append(await leave(desk, "t1"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(go)
        await all_have_had_their_turn()
        await desk.carry_out()
        await all_have_had_their_turn()
        assert [] == answers
        await desk.step()

    assert [False] == answers


async def test_who_leaves_on_the_way_and_comes_back_is_let_go() -> None:
    world, desk = await a_world()
    visit = await come(desk, "t1")
    await desk.step()
    await world.ask(world.banners[0], a_show("by-hand"))
    answers: list[bool | Refusal] = []

    async def go() -> None:
        answers.append(await leave(desk, "t1"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(go)
        await all_have_had_their_turn()
        await desk.carry_out()
        await all_have_had_their_turn()
        assert [] == answers
        await desk.step()

    assert [True] == answers
    assert ([], []) == await line(world)
    assert Waits(1) == await said(visit)


async def test_who_leaves_on_the_way_waits_no_longer_than_whoever_asked_for_it() -> None:
    world, desk = await a_world()
    await come(desk, "t1")
    await desk.step()
    past = later(clock.now(), -1)

    answer = await desk.desk().leave(DisplayId("t1"), "ada", "author", not_after=past)

    assert TooLate(not_after=past) == answer
    assert ([], ["t1"]) == await line(world)


async def test_who_leaves_when_the_lobby_changes_at_the_same_moment_leaves_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, one = await a_world(free=0, instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await one.step()

    class Busy:
        """Somebody comes in whenever the lobby was read."""

        def __init__(self) -> None:
            self.times = 0

        async def __call__(self, *_: object) -> None:
            if self.times < 2:
                self.times += 1
                await come(two, f"other-{self.times}")
                await two.step()

    meanwhile, note_end = Busy(), WhereaboutsBook.note_end

    async def noting(book: WhereaboutsBook, ticket: DisplayId, whereabouts: Whereabouts) -> None:
        await note_end(book, ticket, whereabouts)
        await meanwhile()

    monkeypatch.setattr(WhereaboutsBook, "note_end", noting)

    assert True is await leave(one, "t1")
    assert (["other-1", "other-2"], []) == await line(world)


async def test_one_that_was_noted_to_have_left_and_is_still_here_is_told_that_it_waits() -> None:
    """Its instance died between the note and the commit; the leave had no answer."""
    world, one = await a_world(free=0)
    await come(one, "t1")
    await one.step()
    doomed = world.restart(danger=Danger(commit=Fault.LOSE_REQUEST, dies=True))
    with pytest.raises(DiedError):
        await leave(doomed, "t1")
    heir = world.restart()
    await heir.catch_up()
    again = await come(heir, "t1")

    await heir.step()

    assert Waits(1) == await said(again)
    await world.register("b1")
    await heir.settle()
    whereabouts = await world.whereabouts("t1")
    assert whereabouts is not None
    assert ("b1", None) == (whereabouts.banner, whereabouts.ended)


# --- many instances -------------------------------------------------------------------------------


async def test_who_does_not_come_first_leaves_the_assigning_to_who_does_for_a_while() -> None:
    world, desk = await a_world(free=0)
    await come(desk, "t1")
    await desk.step()
    await world.register("b1")
    second = world.restart()
    second.rank = 1
    await second.catch_up()

    assert [] == await second.step()

    async def has_acted() -> bool:
        return bool(await second.step())

    await until(has_acted)  # when nobody else does


async def test_who_comes_in_is_sent_to_a_free_banner_by_whoever_takes_it_in() -> None:
    _, desk = await a_world()
    desk.rank = 5
    visit = await come(desk, "t1")

    await until_told(desk, visit)

    assert is_on(await said(visit), "b1")


async def test_what_others_have_left_lying_is_taken_over_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_module, "ORPHANED_AFTER_SECONDS", 0.05)
    world, one = await a_world(instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await one.step()
    await two.catch_up()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(two.desk().run)
        await until(lambda: len(world.shows) == 1)
        tasks.cancel_scope.cancel()

    assert "b1" == await shown_at(world, "t1")


async def test_the_newest_that_is_known_of_a_lobby_is_never_replaced_by_something_older() -> None:
    _, desk = await a_world(free=0)
    await come(desk, "t1")
    await desk.step()
    assert 1 == desk.desk().waiting

    desk.desk().learn(Lobby(), 1)

    assert 1 == desk.desk().waiting


async def test_one_who_came_back_in_somebody_elses_hands_is_told_that_it_waits() -> None:
    world, one = await a_world(instances=2)
    two = world.instances[1]
    visit = await come(one, "t1")
    await one.step()
    await world.ask(world.banners[0], a_show("by-hand"))
    await two.settle()
    assert (["t1"], []) == await line(world)
    await one.catch_up()

    await one.step()

    assert Waits(1) == await said(visit)


async def test_what_is_known_here_and_written_elsewhere_leads_to_one_more_look() -> None:
    world, one = await a_world(free=0, instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await come(two, "t2")
    await one.step()
    await two.step()
    await come(one, "t3")

    await one.step()

    assert (["t1", "t2", "t3"], []) == await line(world)


async def test_a_settlement_that_others_have_written_already_is_forgotten() -> None:
    world, one = await a_world(instances=2)
    two = world.instances[1]
    await come(one, "t1")
    await one.step()
    await one.carry_out()
    await two.settle()
    assert ([], []) == await line(world)
    written = (await world.lobby()).revision

    await one.step()
    await one.step()

    assert written == (await world.lobby()).revision


async def test_every_commit_is_in_the_name_of_its_instance() -> None:
    world, desk = await a_world(free=0)
    await come(desk, "t1")
    await desk.step()

    data = (await world.stores.lobbies.load(ALL_BANNERS, fresh=True)).data
    assert data is not None
    record = lobby_codec.decode(data)
    assert ("lobby-0", "advance") == (record.by, record.command.verb)
