"""The expiry service: every display ends by its deadline, once, whoever is away at that time."""

import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest
from structlog.testing import capture_logs

from services.expiry.service import NAME, expiry_service
from shared.contracts.banner import (
    Clear,
    Cleared,
    Display,
    Expired,
    ExpireMany,
    ExpireManyReply,
    Expiry,
    Queued,
    Registered,
    Release,
    Replace,
    Shown,
    Ticket,
)
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.contracts.instants import epoch_ms, milliseconds_between
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.peers import rank
from tests.support import judge
from tests.support.banners import (
    MINUTE,
    held,
    new_banner_id,
    queued,
    registered,
    running_banner_service,
    shown,
)
from tests.support.history import events_of, records_of
from tests.support.nats_server import NatsServer
from tests.support.processes import Process, running_module
from tests.support.waiting import until

SHORT = 150
"""How long a display lasts here, in milliseconds."""


@asynccontextmanager
async def running_expiry(nats: NatsServer, instance: str = "here") -> AsyncGenerator[None]:
    """An instance with a connection of its own."""
    async with (
        open_mesh(nats.url, name=f"{NAME}-{instance}") as mesh,
        expiry_service(mesh, instance=instance),
    ):
        yield


@asynccontextmanager
async def running_elsewhere(nats: NatsServer, log: Path) -> AsyncGenerator[tuple[Process, str]]:
    """An instance as a process of its own, and what it is called."""
    with running_module("services.expiry", "--nats-url", nats.url, log=log) as process:
        await process.printed("ready")
        instance: str = msgspec.json.decode(process.output.splitlines()[0])["instance"]
        yield process, instance


async def facts_of(mesh: Mesh, instance: str) -> dict[str, Any]:
    """What an instance says of itself."""
    answer = await mesh.requests.ask(f"$SRV.STATS.{NAME}.{instance}", b"", timeout=5)
    facts: dict[str, Any] = msgspec.json.decode(answer.data)["data"]
    return facts


async def has_peers(mesh: Mesh, instance: str, count: int) -> bool:
    """Whether an instance knows of so many by now, itself included."""
    return bool((await facts_of(mesh, instance))["peers"] == count)


async def has_observed(mesh: Mesh, instance: str, count: int) -> bool:
    """Whether an instance knows by now how late so many expiries were."""
    return bool((await facts_of(mesh, instance))["lateness"]["count"] == count)


async def expired(mesh: Mesh, banner: BannerId) -> list[Expired]:
    """Every time that a display of this banner reached its deadline, as far as HISTORY has it."""
    events = [event for each in await records_of(mesh, banner) for event in each.record.events]
    return [event for event in events if isinstance(event, Expired)]


async def has_expired(mesh: Mesh, *banners: BannerId) -> bool:
    """Whether a display of each of these has."""
    return all([await expired(mesh, banner) for banner in banners])


async def has_expired_so_often(mesh: Mesh, banner: BannerId, count: int) -> bool:
    """Whether that many displays of a banner have."""
    return len(await expired(mesh, banner)) == count


def whose_first_is(instance: str, peers: set[str], count: int) -> list[BannerId]:
    """Banners for which this instance acts first."""
    banners: list[BannerId] = []
    while len(banners) < count:
        banner = new_banner_id()
        if rank(instance, peers, banner) == 0:
            banners.append(banner)
    return banners


@pytest.fixture
def _quick_to_know_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instances in this process ask more often who else is there."""
    monkeypatch.setattr("shared.mesh.peers._POLL_SECONDS", 0.02)


# --- one instance ---------------------------------------------------------------------------------


async def test_a_display_ends_at_its_deadline(nats_server: NatsServer, mesh: Mesh) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners, running_expiry(nats_server):
        banner = await registered(banners)
        display = (await shown(banners, banner)).state.display
        assert display is not None

        await until(lambda: has_expired(mesh, banner))
        state = await banners.get(banner)

    assert isinstance(state, Accepted)
    assert state.state.display is None
    (event,) = await expired(mesh, banner)
    assert (display.id, display.until) == (event.display_id, event.until)
    assert display.until <= state.at


async def test_one_display_after_another_ends(nats_server: NatsServer, mesh: Mesh) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners, running_expiry(nats_server):
        banner = await registered(banners)
        for number in range(1, 4):
            await shown(banners, banner, f"number {number}")
            await until(partial(has_expired_so_often, mesh, banner, number))

    assert [Registered, *[Shown, Expired] * 3] == [
        type(event) for each in await records_of(mesh, banner) for event in each.record.events
    ]


async def test_many_displays_that_end_together_all_do(nats_server: NatsServer, mesh: Mesh) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners, running_expiry(nats_server):
        many = [await registered(banners) for _ in range(100)]
        async with anyio.create_task_group() as tasks:
            for banner in many:
                tasks.start_soon(shown, banners, banner)

        await until(lambda: has_expired(mesh, *many))

    assert {1} == {len(await expired(mesh, banner)) for banner in many}


async def test_a_display_that_was_ended_before_is_not_ended_again_and_the_next_one_lasts(
    nats_server: NatsServer, mesh: Mesh
) -> None:
    async with running_expiry(nats_server):
        async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
            banner, other = await registered(banners), await registered(banners)
            await shown(banners, banner, "short", by="ada")
            await shown(banners, other)
        async with running_banner_service(mesh, ttl_ms=MINUTE) as banners:
            # Ended by hand or by its deadline, whichever comes first: a longer one follows it.
            await banners.command(banner, Clear(by="ada"))
            longer = await shown(banners, banner, "longer")
            await until(lambda: has_expired(mesh, other))  # the deadline of the short one was before this
            state = await banners.get(banner)

    assert isinstance(state, Accepted)
    assert longer.revision == state.revision
    assert longer.state.display == state.state.display


async def test_a_late_expiry_never_ends_a_newer_display(mesh: Mesh) -> None:
    async with running_banner_service(mesh) as banners:
        banner = await registered(banners)
        old = (await shown(banners, banner, "old", by="ada")).state.display
        await banners.command(banner, Clear(by="ada"))
        new = await shown(banners, banner, "new")
        assert old is not None

        reply = await banners.expire(ExpireMany((Expiry(banner, old.id),) * 3, by=NAME))

        assert isinstance(reply, ExpireManyReply)
        assert ["not-showing"] * 3 == [outcome.outcome for outcome in reply.outcomes]
        events = await events_of(mesh, banner, up_to=new.revision)
        assert [Registered, Shown, Cleared, Shown] == [type(event) for event in events]


async def test_what_became_due_while_nobody_was_there_ends_when_somebody_comes(
    nats_server: NatsServer, mesh: Mesh
) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
        overdue = [await registered(banners) for _ in range(20)]
        last = [(await shown(banners, banner)).state.display for banner in overdue][-1]
        assert last is not None
        await until(lambda: clock.now() > last.until)
        assert not any([await expired(mesh, banner) for banner in overdue])

        async with running_expiry(nats_server):
            await until(lambda: has_expired(mesh, *overdue))

    assert {1} == {len(await expired(mesh, banner)) for banner in overdue}


async def test_an_instance_that_comes_takes_over_what_another_had_scheduled(
    nats_server: NatsServer, mesh: Mesh
) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
        banner = await registered(banners)
        async with running_expiry(nats_server, "first"):
            await shown(banners, banner)
        async with running_expiry(nats_server, "second"):
            await until(lambda: has_expired(mesh, banner))

    assert 1 == len(await expired(mesh, banner))


async def test_a_display_whose_text_was_replaced_ends_at_its_deadline_all_the_same(
    nats_server: NatsServer, mesh: Mesh
) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
        banner = await registered(banners)
        first = await shown(banners, banner, by="ada")
        await banners.command(banner, Replace(text="Better", by="ada", revision=first.revision))
        async with running_expiry(nats_server):
            await until(lambda: has_expired(mesh, banner))

    (event,) = await expired(mesh, banner)
    assert first.state.display is not None
    assert first.state.display.until == event.until


# --- those who wait -------------------------------------------------------------------------------

LINE = ("bob", "cyd", "dan")


async def with_a_line(banners: Banners) -> BannerId:
    """A banner on hold, with three who wait for its release."""
    banner = await registered(banners)
    await held(banners, banner)
    for author in LINE:
        await queued(banners, banner, by=author)
    return banner


async def release(banners: Banners, banner: BannerId) -> None:
    """Let a line begin to move."""
    answer = await banners.command(banner, Release(by="olga", role="operator"))
    assert isinstance(answer, Accepted)


async def turns_of(mesh: Mesh, banner: BannerId) -> tuple[list[Ticket], list[Display]]:
    """Who waited for a banner, and who was shown on it."""
    events = [event for each in await records_of(mesh, banner) for event in each.record.events]
    return (
        [event.ticket for event in events if isinstance(event, Queued)],
        [event.display for event in events if isinstance(event, Shown)],
    )


async def test_a_line_moves_by_itself_although_the_instance_is_killed_and_replaced(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    began = clock.now()
    async with running_elsewhere(nats_server, tmp_path / "first.log") as (process, _):
        async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
            banner = await with_a_line(banners)
            await release(banners, banner)
            await until(lambda: has_expired(mesh, banner))
        process.send(signal.SIGKILL)  # nobody is left to say that a display is over
        await process.exit_code()
    async with running_elsewhere(nats_server, tmp_path / "second.log") as (_, second):
        async with running_banner_service(mesh, ttl_ms=MINUTE):  # what was promised is kept
            await until(partial(has_expired_so_often, mesh, banner, len(LINE)))
        by_the_second = [each for each in await _who_said(mesh, banner) if each == f"{NAME}-{second}"]
        await until(partial(has_observed, mesh, second, len(by_the_second)))
        facts = await facts_of(mesh, second)

    tickets, displays = await turns_of(mesh, banner)
    assert [ticket.id for ticket in tickets] == [display.id for display in displays]
    assert [SHORT] * 3 == [milliseconds_between(each.shown_at, each.until) for each in displays]
    over = [(event.display_id, event.until) for event in await expired(mesh, banner)]
    assert [(display.id, display.until) for display in displays] == over
    assert all(before.until <= after.shown_at for before, after in pairwise(displays))
    assert by_the_second
    assert 0 <= facts["lateness"]["max_ms"] <= milliseconds_between(began, clock.now())


async def test_the_next_one_is_scheduled_as_soon_as_it_shows_and_nothing_is_during_a_hold(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with running_banner_service(own_mesh) as banners, running_expiry(own_nats_server):
        banner = await registered(banners)
        await shown(banners, banner, by="ada")
        await queued(banners, banner, by="bob")
        await queued(banners, banner, by="cyd")
        await until(lambda: _is_scheduled(own_mesh, 1))
        await held(banners, banner)
        await until(lambda: _is_scheduled(own_mesh, 0))
        await release(banners, banner)
        await until(lambda: _is_scheduled(own_mesh, 1))
        await banners.command(banner, Clear(by="bob"))
        await banners.command(banner, Clear(by="cyd"))
        await until(lambda: _is_scheduled(own_mesh, 0))

    assert [] == await expired(own_mesh, banner)


@pytest.mark.usefixtures("_quick_to_know_peers")
async def test_many_lines_move_past_two_instances_and_nobody_is_wronged(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with (
        running_banner_service(own_mesh, ttl_ms=SHORT) as banners,
        running_expiry(own_nats_server, "one"),
        running_expiry(own_nats_server, "two"),
    ):
        many = [await with_a_line(banners) for _ in range(20)]
        for banner in many:
            await release(banners, banner)
        for banner in many:
            await until(partial(has_expired_so_often, own_mesh, banner, len(LINE)))

    log = [
        judge.Logged(banner, each.revision, each.record)
        for banner in many
        for each in await records_of(own_mesh, banner)
    ]
    waited = [
        judge.ToldToWait(banner, ticket.id)
        for banner in many
        for ticket in (await turns_of(own_mesh, banner))[0]
    ]
    assert [] == judge.violations(log, [], [], waited)
    assert {len(LINE)} == {len((await turns_of(own_mesh, banner))[1]) for banner in many}


async def _who_said(mesh: Mesh, banner: BannerId) -> list[str]:
    """Who said, of each display in turn, that it is over."""
    records = [each.record for each in await records_of(mesh, banner)]
    return [each.by for each in records if any(isinstance(event, Expired) for event in each.events)]


# --- when others are away -------------------------------------------------------------------------


async def test_while_the_banner_service_is_away_it_is_asked_again_and_again(
    nats_server: NatsServer, mesh: Mesh
) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
        banner = await registered(banners)
        await shown(banners, banner)
    with capture_logs() as logs:
        async with running_expiry(nats_server):
            await until(lambda: any("trying again" in line["event"] for line in logs))
            async with running_banner_service(mesh, ttl_ms=SHORT):
                await until(lambda: has_expired(mesh, banner))

    assert 1 == len(await expired(mesh, banner))


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_displays_end_after_nats_came_back(
    own_nats_server: NatsServer, own_mesh: Mesh, how: str
) -> None:
    async with running_banner_service(own_mesh, ttl_ms=SHORT) as banners, running_expiry(own_nats_server):
        banner, later_on = await registered(banners), await registered(banners)
        await shown(banners, banner)
        await (own_nats_server.stop() if how == "stopped" else own_nats_server.kill())
        await own_nats_server.start()
        await until(lambda: own_mesh.connected)

        await until(lambda: has_expired(own_mesh, banner))
        await shown(banners, later_on)
        await until(lambda: has_expired(own_mesh, later_on))

    assert {1} == {len(await expired(own_mesh, each)) for each in (banner, later_on)}


async def test_a_record_that_cannot_be_read_harms_no_other(nats_server: NatsServer, mesh: Mesh) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners, running_expiry(nats_server):
        for nonsense in (b"{", b"null", b'{"at":"\xff"}', b'{"x":' + b"[" * 4_000):
            await mesh.jetstream.publish(f"$KV.banners.{new_banner_id()}", nonsense)
        banner = await registered(banners)
        await shown(banners, banner)

        await until(lambda: has_expired(mesh, banner))


# --- several instances ----------------------------------------------------------------------------


@pytest.mark.usefixtures("_quick_to_know_peers")
async def test_two_share_the_work_and_no_display_ends_twice(
    nats_server: NatsServer, mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.expiry.service.COVER_MS", 60_000)  # nobody covers for anybody
    async with (
        running_banner_service(mesh, ttl_ms=SHORT) as banners,
        running_expiry(nats_server, "one"),
        running_expiry(nats_server, "two"),
    ):
        await until(lambda: has_peers(mesh, "one", 2))
        await until(lambda: has_peers(mesh, "two", 2))
        many = [await registered(banners) for _ in range(40)]
        for banner in many:
            await shown(banners, banner)

        await until(lambda: has_expired(mesh, *many))

    assert {1} == {len(await expired(mesh, banner)) for banner in many}
    first = {banner: "one" if rank("one", ["one", "two"], banner) == 0 else "two" for banner in many}
    assert {"one", "two"} == set(first.values())
    assert {banner: f"{NAME}-{first[banner]}" for banner in many} == {
        banner: await _who_ended(mesh, banner) for banner in many
    }


async def _who_ended(mesh: Mesh, banner: BannerId) -> str:
    (by,) = await _who_said(mesh, banner)
    return by


@pytest.mark.usefixtures("_quick_to_know_peers")
@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL], ids=["paused", "killed"])
async def test_the_other_covers_for_one_that_does_not_act(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path, how: signal.Signals
) -> None:
    async with (
        running_banner_service(mesh, ttl_ms=SHORT) as banners,
        running_expiry(nats_server, "here"),
        running_elsewhere(nats_server, tmp_path / "expiry.log") as (process, elsewhere),
    ):
        await until(lambda: has_peers(mesh, "here", 2))
        theirs = whose_first_is(elsewhere, {elsewhere, "here"}, 5)
        for banner in theirs:
            await registered(banners, banner)
        process.send(how)
        for banner in theirs:
            await shown(banners, banner)

        await until(lambda: has_expired(mesh, *theirs))
        assert {f"{NAME}-here"} == {await _who_ended(mesh, banner) for banner in theirs}
        if how == signal.SIGSTOP:
            process.send(signal.SIGCONT)  # it wakes up and asks for what is done already
            own = whose_first_is(elsewhere, {elsewhere, "here"}, 1)[0]
            await shown(banners, await registered(banners, own))
            await until(lambda: has_expired(mesh, own))

    assert {1} == {len(await expired(mesh, banner)) for banner in theirs}


async def test_one_that_was_killed_and_started_again_catches_up(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
        overdue = [await registered(banners) for _ in range(5)]
        async with running_elsewhere(nats_server, tmp_path / "first.log") as (process, _):
            process.send(signal.SIGKILL)
            await process.exit_code()
        for banner in overdue:
            await shown(banners, banner)
        async with running_elsewhere(nats_server, tmp_path / "second.log"):
            await until(lambda: has_expired(mesh, *overdue))

    assert {1} == {len(await expired(mesh, banner)) for banner in overdue}


@pytest.mark.usefixtures("_quick_to_know_peers")
async def test_one_that_left_is_no_peer_any_more(nats_server: NatsServer, mesh: Mesh) -> None:
    async with running_expiry(nats_server, "staying"):
        async with running_expiry(nats_server, "leaving"):
            await until(lambda: has_peers(mesh, "staying", 2))

        await until(lambda: has_peers(mesh, "staying", 1))


# --- what it says of itself -----------------------------------------------------------------------


async def test_what_is_scheduled_and_how_late_it_was_stands_in_its_statistics(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async with running_expiry(own_nats_server, "here"):
        before = await facts_of(own_mesh, "here")
        async with running_banner_service(own_mesh) as banners:
            await shown(banners, await registered(banners))
            await until(lambda: _is_scheduled(own_mesh, 1))
        async with running_banner_service(own_mesh, ttl_ms=SHORT) as banners:
            began = clock.now()
            expiring = [await registered(banners) for _ in range(3)]
            for banner in expiring:
                await shown(banners, banner)
            await until(lambda: has_observed(own_mesh, "here", 3))
            after = await facts_of(own_mesh, "here")
            took = epoch_ms(clock.now()) - epoch_ms(began)

    assert (0, 1, 0) == (before["scheduled"], before["peers"], before["lateness"]["count"])
    assert 1 == after["scheduled"]
    lateness = after["lateness"]
    assert 0 <= lateness["p50_ms"] <= lateness["p99_ms"] <= lateness["max_ms"] <= took
    assert 3 == sum(lateness["at_most_ms"].values())


async def _is_scheduled(mesh: Mesh, count: int) -> bool:
    return bool((await facts_of(mesh, "here"))["scheduled"] == count)


async def test_what_ended_before_it_came_is_not_its_lateness(nats_server: NatsServer, mesh: Mesh) -> None:
    async with running_banner_service(mesh, ttl_ms=SHORT) as banners:
        banner = await registered(banners)
        async with running_expiry(nats_server, "first"):
            await shown(banners, banner)
            await until(lambda: has_expired(mesh, banner))
        async with running_expiry(nats_server, "second"):
            facts = await facts_of(mesh, "second")

    assert 0 == facts["lateness"]["count"]
