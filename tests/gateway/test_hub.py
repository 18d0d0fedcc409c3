"""The hub: whoever watches ends with the newest state, and never sees an older one after a newer."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import anyio
import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.hub import Hub
from services.gateway.snapshots import snapshot
from services.gateway.viewer import Viewer
from shared.contracts.banner import Banner
from shared.contracts.identity import BannerId
from shared.contracts.live import Changes, ServerFrame, Snapshot
from shared.contracts.views import BannerView
from tests.support.taking import NOTHING, take

A, B, C = BANNERS = [BannerId(each) for each in "abc"]
VIEWERS = 3

_decoder: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


class Air:
    """A hub, the newest revision of each banner, and what each viewer has seen."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.newest: dict[BannerId, int] = {}
        self._revision = 0

    def change(self, *banners: BannerId) -> None:
        """Something happens to these banners."""
        for banner in banners:
            self._revision += 1
            self.newest[banner] = self._revision
            self.hub.view.learn(Banner(id=banner, name=banner), self._revision)

    def watch(self, viewer: Viewer, *banners: BannerId) -> None:
        """Watch these, or all."""
        some = list(banners) or None
        self.hub.watch(viewer, some, lambda: snapshot(self.hub.view, some))

    def unwatch(self, viewer: Viewer, *banners: BannerId) -> None:
        """Watch these no more, or none."""
        self.hub.unwatch(viewer, list(banners) or None)


class Told(NamedTuple):
    """Of a frame: whether it is a snapshot, and the revision of each banner in it."""

    snapshot: bool
    revisions: dict[BannerId, int]


async def told(viewer: Viewer) -> Told | None:
    """What the next frame tells; None when there is none."""
    frame = await take(viewer)
    assert frame is not None, "it was closed"
    if frame == NOTHING:
        return None
    decoded = _decoder.decode(frame)
    assert isinstance(decoded, Snapshot | Changes)
    return Told(isinstance(decoded, Snapshot), revisions(decoded.banners))


def revisions(banners: Sequence[BannerView]) -> dict[BannerId, int]:
    """The revision of each; no banner stands twice in a frame."""
    found = {banner.id: banner.revision for banner in banners}
    assert len(banners) == len(found)
    return found


async def all_told(viewer: Viewer) -> list[Told]:
    """Everything that is to be sent to a viewer."""
    found: list[Told] = []
    while (frame := await told(viewer)) is not None:
        found.append(frame)
    return found


# --- one after the other --------------------------------------------------------------------------


async def test_who_watches_a_banner_gets_it_as_it_is_and_then_its_changes() -> None:
    air = Air()
    air.change(A, B)
    viewer = air.hub.enter()
    air.watch(viewer, A)
    air.change(A, B)
    air.hub.flush()

    assert [Told(True, {A: 1}), Told(False, {A: 3})] == await all_told(viewer)


async def test_who_watches_everything_gets_banners_too_that_come_later() -> None:
    air = Air()
    air.change(A)
    viewer = air.hub.enter()
    air.watch(viewer)
    air.change(B)
    air.hub.flush()

    assert [Told(True, {A: 1}), Told(False, {B: 2})] == await all_told(viewer)


async def test_who_watches_a_banner_before_it_is_registered_is_told_when_it_is() -> None:
    air = Air()
    viewer = air.hub.enter()
    air.watch(viewer, A)
    air.change(A)
    air.hub.flush()

    assert [Told(True, {}), Told(False, {A: 1})] == await all_told(viewer)


async def test_a_change_that_was_not_told_yet_stands_in_the_snapshot_and_not_in_the_changes() -> None:
    air = Air()
    air.change(A)
    early, late = air.hub.enter(), air.hub.enter()
    air.watch(early, A)
    air.change(A)
    air.watch(late, A)
    air.hub.flush()

    assert [Told(True, {A: 1}), Told(False, {A: 2})] == await all_told(early)
    assert [Told(True, {A: 2})] == await all_told(late)


async def test_who_watches_no_more_is_told_no_more() -> None:
    air = Air()
    viewer = air.hub.enter()
    air.watch(viewer, A, B)
    air.change(A)
    air.hub.flush()
    air.unwatch(viewer, A)
    air.change(A, B)
    air.hub.flush()

    assert [Told(True, {}), Told(False, {B: 3})] == await all_told(viewer)


async def test_who_watches_nothing_any_more_is_told_nothing() -> None:
    air = Air()
    viewer = air.hub.enter()
    air.watch(viewer)
    air.watch(viewer, A)
    air.unwatch(viewer)
    air.change(A, B)
    air.hub.flush()

    assert [Told(True, {}), Told(True, {})] == await all_told(viewer)


async def test_one_banner_less_leaves_everything_to_who_watches_everything() -> None:
    air = Air()
    viewer = air.hub.enter()
    air.watch(viewer)
    air.unwatch(viewer, A)
    air.change(A)
    air.hub.flush()

    assert [Told(True, {}), Told(False, {A: 1})] == await all_told(viewer)


async def test_who_left_costs_nothing_any_more() -> None:
    air = Air()
    gone, here = air.hub.enter(heartbeat=True), air.hub.enter()
    air.watch(gone)
    air.watch(gone, A)
    air.watch(here, A)
    air.hub.leave(gone)
    before = air.hub.frames
    air.change(A)
    air.hub.flush()

    assert 1 == len(air.hub) == air.hub.frames - before
    assert (here,) == air.hub.everyone()


async def test_changes_leave_by_themselves() -> None:
    air = Air()
    viewer = air.hub.enter()
    air.watch(viewer)
    with anyio.fail_after(5):
        await viewer.next()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(air.hub.run)
            air.change(A)

            assert await viewer.next() is not None
            tasks.cancel_scope.cancel()


async def test_what_changes_while_changes_are_gathered_leaves_in_one_frame() -> None:
    air = Air()
    viewer = air.hub.enter()
    air.watch(viewer)
    changes = 200
    seen: list[Told] = []
    with anyio.fail_after(10):
        await viewer.next()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(air.hub.run)
            for _ in range(changes):
                air.change(A)
                await anyio.lowlevel.checkpoint()
            while not seen or seen[-1].revisions[A] < air.newest[A]:
                frame = await viewer.next()
                assert frame is not None
                changed = _decoder.decode(frame)
                assert isinstance(changed, Changes)
                seen.append(Told(False, revisions(changed.banners)))
            tasks.cancel_scope.cancel()

    assert changes == air.hub.changes
    assert len(seen) < changes / 2


async def test_everybody_with_a_heartbeat_is_pinged_again_and_again() -> None:
    hub = Hub()
    with_heartbeat = [hub.enter(heartbeat=True) for _ in range(50)]
    without = hub.enter()

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(hub.beat, "ping", 0.01)
            for viewer in with_heartbeat:
                assert ["ping", "ping"] == [await viewer.next(), await viewer.next()]
            tasks.cancel_scope.cancel()

    assert NOTHING == await take(without)


async def test_what_concerns_everybody_is_told_to_all_with_a_heartbeat() -> None:
    hub = Hub()
    person, page_by_events = hub.enter(heartbeat=True), hub.enter()

    hub.announce("the mesh is away")

    assert "the mesh is away" == await take(person)
    assert NOTHING == await take(page_by_events)


async def test_everybody_is_shown_anew_what_it_watches() -> None:
    air = Air()
    air.change(A, B)
    of_all, of_one, of_none = (air.hub.enter() for _ in range(3))
    air.watch(of_all)
    air.watch(of_one, B)
    for viewer in (of_all, of_one):
        await all_told(viewer)
    air.change(A, B)

    air.hub.refresh(partial(snapshot, air.hub.view))
    air.hub.flush()

    newest = air.newest
    assert newest == (await all_told(of_all))[-1].revisions
    assert [Told(True, {B: newest[B]})] == (await all_told(of_one))[-1:]
    assert [] == await all_told(of_none)


async def test_those_who_watch_everything_are_shown_one_and_the_same_snapshot() -> None:
    air = Air()
    air.change(A, B)
    viewers = [air.hub.enter() for _ in range(3)]
    for viewer in viewers:
        air.watch(viewer)
        await all_told(viewer)

    air.hub.refresh(partial(snapshot, air.hub.view))

    first, *others = [await take(viewer) for viewer in viewers]
    assert all(other is first for other in others)


# --- whatever the interleaving --------------------------------------------------------------------

Step = Callable[[Air, list[Viewer], "Observer"], None] | int
"""What happens to the hub; a number lets that viewer take its next frame."""


class Observer:
    """What each viewer has been told, held against what it may be told."""

    def __init__(self) -> None:
        self.seen: list[dict[BannerId, int]] = [{} for _ in range(VIEWERS)]
        self.watched: list[set[BannerId]] = [set() for _ in range(VIEWERS)]
        self.everything = [False] * VIEWERS

    def look(self, number: int, frame: Told) -> None:
        """Check a frame: a change is newer than all before it, a snapshot at least as new."""
        seen = self.seen[number]
        for banner, revision in frame.revisions.items():
            before = seen.get(banner, 0)
            assert before <= revision if frame.snapshot else before < revision
            seen[banner] = revision

    def is_up_to_date(self, number: int, newest: dict[BannerId, int]) -> bool:
        """Whether a viewer has seen the newest state of all that it watches."""
        wanted = newest.keys() if self.everything[number] else self.watched[number] & newest.keys()
        return all(self.seen[number][banner] == newest[banner] for banner in wanted)


def change(banner: BannerId) -> Step:
    """Something happens to a banner."""
    return lambda air, _viewers, _observer: air.change(banner)


def flush(air: Air, _viewers: list[Viewer], _observer: Observer) -> None:
    """What changed goes out."""
    air.hub.flush()


def watch(number: int, banners: frozenset[BannerId]) -> Step:
    """A viewer watches these, or everything."""

    def step(air: Air, viewers: list[Viewer], observer: Observer) -> None:
        air.watch(viewers[number], *sorted(banners))
        if banners:
            observer.watched[number] |= banners
        else:
            observer.everything[number] = True

    return step


def unwatch(number: int, banners: frozenset[BannerId]) -> Step:
    """A viewer watches these no more, or nothing."""

    def step(air: Air, viewers: list[Viewer], observer: Observer) -> None:
        air.unwatch(viewers[number], *sorted(banners))
        if banners:
            observer.watched[number] -= banners
        else:
            observer.watched[number].clear()
            observer.everything[number] = False

    return step


NUMBERS = st.integers(0, VIEWERS - 1)
SOME = st.frozensets(st.sampled_from(BANNERS))
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.builds(change, st.sampled_from(BANNERS)),
        st.just(flush),
        NUMBERS,
        st.builds(watch, NUMBERS, SOME),
        st.builds(unwatch, NUMBERS, SOME),
    ),
    max_size=60,
)


@given(STEPS)
async def test_whatever_the_interleaving_revisions_only_rise_and_the_last_state_is_the_newest(
    steps: list[Step],
) -> None:
    air, observer = Air(), Observer()
    viewers = [air.hub.enter() for _ in range(VIEWERS)]
    for step in steps:
        if not isinstance(step, int):
            step(air, viewers, observer)
        elif (frame := await told(viewers[step])) is not None:
            observer.look(step, frame)
    air.hub.flush()
    for number, viewer in enumerate(viewers):
        for frame in await all_told(viewer):
            observer.look(number, frame)

        assert observer.is_up_to_date(number, air.newest)
