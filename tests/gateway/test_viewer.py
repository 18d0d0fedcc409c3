"""A viewer: what it is told next, what is merged for it, and when it is too slow."""

import msgspec
import pytest

from services.gateway import viewer as viewer_module
from services.gateway.batches import Batches, Fragments
from services.gateway.positions import Position
from services.gateway.viewer import BACKLOG_BYTES, Viewer
from shared.contracts.identity import BannerId
from shared.contracts.live import CloseCode
from tests.support.taking import NOTHING, take

A, B = BannerId("a"), BannerId("b")
HERE = Position(7, "h")
HALF = BACKLOG_BYTES // 2
SMALL = BACKLOG_BYTES // 100


def state(number: int, size: int = 0) -> bytes:
    """A state of a banner, as large as that."""
    return msgspec.json.encode([number, "x" * size])


async def numbers_in(viewer: Viewer) -> list[int]:
    """Which states the next frame tells of."""
    frame = await take(viewer)
    assert isinstance(frame, str)
    return [number for number, _ in msgspec.json.decode(frame)["banners"]]


def everything_watcher(batches: Batches) -> Viewer:
    """One who watches everything."""
    viewer = Viewer(batches)
    viewer.watch_everything()
    return viewer


async def test_frames_come_in_the_order_in_which_they_were_told() -> None:
    viewer = Viewer(Batches())
    viewer.tell("one")
    viewer.tell("two")

    assert ["one", "two", NOTHING] == [await take(viewer) for _ in range(3)]


async def test_what_is_told_comes_before_the_changes_that_wait() -> None:
    viewer = Viewer(Batches())
    viewer.offer({A: state(1)})
    viewer.tell("hello")

    assert "hello" == await take(viewer)
    assert [1] == await numbers_in(viewer)


async def test_of_each_banner_the_newest_state_waits() -> None:
    viewer = Viewer(Batches())
    viewer.offer({A: state(1), B: state(2)})
    viewer.offer({A: state(3)})

    assert [3, 2] == await numbers_in(viewer)
    assert NOTHING == await take(viewer)


async def test_who_watches_everything_gets_the_newest_state_of_each_since_the_last() -> None:
    batches = Batches()
    viewer = everything_watcher(batches)
    batches.add({A: state(1), B: state(2)}, HERE)
    batches.add({A: state(3)}, HERE)

    assert [3, 2] == await numbers_in(viewer)
    assert NOTHING == await take(viewer)


async def test_who_begins_to_watch_everything_gets_nothing_of_before() -> None:
    batches = Batches()
    batches.add({A: state(1)}, HERE)
    viewer = Viewer(batches)
    viewer.offer({B: state(2)})

    viewer.watch_everything()

    assert NOTHING == await take(viewer)


@pytest.mark.parametrize(
    ("offers", "slow"),
    [
        pytest.param([{A: state(1, HALF)}, {B: state(2, HALF)}], True, id="two that are too much together"),
        pytest.param([{A: state(n, HALF)} for n in range(9)], False, id="one again and again"),
        pytest.param([{A: state(1, HALF)}, {B: state(2, SMALL)}], False, id="two that are not too much"),
        pytest.param([{BannerId(f"b{n}"): state(n, SMALL)} for n in range(101)], True, id="many small ones"),
    ],
)
async def test_of_single_banners_no_more_may_wait_than_the_bound(offers: list[Fragments], slow: bool) -> None:  # noqa: FBT001
    viewer = Viewer(Batches())

    for fragments in offers:
        viewer.offer(fragments)

    assert (CloseCode.SLOW if slow else None) == viewer.closing


async def test_what_was_taken_does_not_count_any_more() -> None:
    viewer = Viewer(Batches())

    for number in range(9):
        viewer.offer({BannerId(f"b{number}"): state(number, HALF)})
        assert [number] == await numbers_in(viewer)

    assert viewer.closing is None


@pytest.mark.parametrize(
    ("offers", "slow"),
    [
        pytest.param([{A: state(1, HALF)}, {B: state(2, HALF)}], True, id="two that are too much together"),
        pytest.param([{A: state(n, HALF)} for n in range(9)], False, id="one again and again"),
        pytest.param([{A: state(1, 3 * HALF)}], False, id="one batch, however large"),
    ],
)
async def test_of_everything_no_more_may_wait_than_the_bound(offers: list[Fragments], slow: bool) -> None:  # noqa: FBT001
    batches = Batches()
    viewer = everything_watcher(batches)

    for fragments in offers:
        batches.add(fragments, HERE)

    assert slow == (await take(viewer) is None)
    assert (CloseCode.SLOW if slow else None) == viewer.closing


async def test_who_is_further_behind_than_is_kept_is_too_slow() -> None:
    batches = Batches(kept=2)
    viewer = everything_watcher(batches)

    for number in range(3):
        batches.add({A: state(number)}, HERE)

    assert await take(viewer) is None
    assert CloseCode.SLOW == viewer.closing


async def test_who_asks_for_more_than_it_reads_is_too_slow() -> None:
    viewer = Viewer(Batches())

    for _ in range(4):
        viewer.tell("x" * HALF)

    assert CloseCode.SLOW == viewer.closing


async def test_who_reads_what_it_asks_for_may_ask_for_any_amount() -> None:
    viewer = Viewer(Batches())

    for _ in range(9):
        viewer.tell("x" * 3 * HALF)
        await take(viewer)

    assert viewer.closing is None


async def test_a_banner_that_is_settled_has_no_change_that_waits() -> None:
    viewer = Viewer(Batches())
    viewer.offer({A: state(1), B: state(2)})

    viewer.settle([A])

    assert [2] == await numbers_in(viewer)


async def test_one_who_watches_everything_is_up_to_date_before_it_is_settled() -> None:
    batches = Batches()
    viewer = everything_watcher(batches)
    batches.add({A: state(1)}, HERE)

    viewer.settle([A])
    viewer.tell("a snapshot")

    assert [1] == await numbers_in(viewer)
    assert "a snapshot" == await take(viewer)
    assert NOTHING == await take(viewer)


async def test_who_shall_be_closed_gets_nothing_more() -> None:
    viewer = Viewer(Batches())
    viewer.tell("hello")
    viewer.offer({A: state(1)})

    viewer.close(CloseCode.COME_BACK)

    assert await take(viewer) is None


async def test_the_first_reason_to_close_counts() -> None:
    viewer = Viewer(Batches())

    viewer.close(CloseCode.SLOW)
    viewer.close(CloseCode.COME_BACK)

    assert CloseCode.SLOW == viewer.closing


@pytest.fixture
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not taken its frame is stalled at once."""
    monkeypatch.setattr(viewer_module, "STALL_SECONDS", -1.0)


@pytest.mark.usefixtures("_no_patience")
async def test_who_does_not_take_a_frame_is_given_up() -> None:
    viewer = Viewer(Batches())
    viewer.tell("hello")
    await take(viewer)

    viewer.give_up_if_stalled()

    assert CloseCode.SLOW == viewer.closing
    assert viewer.scope.cancel_called


@pytest.mark.usefixtures("_no_patience")
async def test_who_has_taken_everything_is_not_given_up() -> None:
    viewer = Viewer(Batches())
    viewer.tell("hello")
    await take(viewer)
    assert NOTHING == await take(viewer)

    viewer.give_up_if_stalled()

    assert viewer.closing is None
    assert not viewer.scope.cancel_called
