"""What is known of banners: revisions only rise, whole snapshots replace, and deadlines are kept."""

from collections.abc import Iterable, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some

from airdisplay_client.known import Known
from airdisplay_client.news import Changed, Vanished
from shared.contracts.instants import later
from shared.contracts.live import Changes, Since, Snapshot
from tests.client.scripts import banner, changes, lasting, snapshot
from tests.support.clock import NOON

HELLO = lasting(60_000, since=NOON)


def told(news: Iterable[Changed | Vanished]) -> list[tuple[str, int | None]]:
    """Which banners, at which revision; none for what is gone."""
    return [
        (each.banner, None) if isinstance(each, Vanished) else (each.banner.id, each.banner.revision)
        for each in news
    ]


def known_of(*frames: Snapshot | Changes, epoch: str = "one") -> Known:
    """What is known after these."""
    known = Known()
    known.hear(epoch)
    for frame in frames:
        list(take(known, frame))
    return known


def take(known: Known, frame: Snapshot | Changes) -> Iterable[Changed | Vanished]:
    """What a frame says."""
    taking = known.take_snapshot if isinstance(frame, Snapshot) else known.take_changes
    return taking(frame, NOON)  # type: ignore[arg-type]


WHOLE = partial(snapshot, 10)


@pytest.mark.parametrize(
    ("before", "frame", "expected"),
    [
        pytest.param([], WHOLE(banner("a", 5)), [("a", 5)], id="the first snapshot is all there is"),
        pytest.param([WHOLE(banner("a", 5))], WHOLE(banner("a", 5)), [], id="the same again is no news"),
        pytest.param([WHOLE(banner("a", 5))], changes(11, banner("a", 11)), [("a", 11)], id="newer is"),
        pytest.param([WHOLE(banner("a", 5))], changes(11, banner("a", 4)), [], id="older is not"),
        pytest.param(
            [WHOLE(banner("a", 5))],
            changes(11, banner("a", 5, presence="offline")),
            [("a", 5)],
            id="hardware comes and goes at the same revision",
        ),
        pytest.param(
            [WHOLE(banner("a", 5), banner("b", 6))],
            snapshot(12, banner("b", 12)),
            [("a", None), ("b", 12)],
            id="what a whole snapshot leaves out is gone",
        ),
        pytest.param(
            [WHOLE(banner("a", 5), banner("b", 6))],
            snapshot(12, banner("b", 12), recovered=True),
            [("b", 12)],
            id="what a recovered one leaves out is as it was",
        ),
        pytest.param(
            [WHOLE(banner("a", 5), banner("b", 9))],
            snapshot(8, banner("a", 5)),
            [],
            id="a gateway that is behind takes nothing away",
        ),
        pytest.param(
            [WHOLE(banner("a", 5))],
            snapshot(8, banner("a", 4)),
            [],
            id="nor does it turn anything back",
        ),
        pytest.param(
            [WHOLE(banner("a", 5), banner("b", 9))],
            snapshot(2, banner("a", 1), epoch="two"),
            [("b", None), ("a", 1)],
            id="in another life of the log revisions begin anew",
        ),
    ],
)
def test_what_is_news(
    before: Sequence[Snapshot | Changes],
    frame: Snapshot | Changes,
    expected: Sequence[tuple[str, int | None]],
) -> None:
    assert expected == told(take(known_of(*before), frame))


@pytest.mark.parametrize(
    ("frames", "position"),
    [
        pytest.param([WHOLE()], ("one", 10, ""), id="of the hello, where the snapshot names no life"),
        pytest.param([WHOLE(epoch="two", hardware="h1")], ("two", 10, "h1"), id="of the snapshot"),
        pytest.param(
            [WHOLE(hardware="h1"), changes(12, hardware="h2")], ("one", 12, "h2"), id="of the changes"
        ),
        pytest.param(
            [WHOLE(hardware="h1"), changes(0)], ("one", 10, "h1"), id="of what they do not leave out"
        ),
        pytest.param([WHOLE(), snapshot(8, hardware="h")], ("one", 10, "h"), id="never behind what was told"),
        pytest.param([WHOLE(), snapshot(3, epoch="two")], ("two", 3, ""), id="but in another life"),
    ],
)
def test_the_position_is_of_the_newest_that_was_taken(
    frames: Sequence[Snapshot | Changes], position: tuple[str, int, str]
) -> None:
    epoch, revision, hardware = position

    assert Since(epoch=epoch, revision=revision, hardware=hardware) == known_of(*frames).position


def test_before_the_first_snapshot_there_is_no_position() -> None:
    assert known_of().position is None


def test_a_display_past_its_deadline_is_not_told() -> None:
    known = Known()
    (changed,) = known.take_snapshot(snapshot(1, banner("a", 1, HELLO)), HELLO.until)

    assert Changed(banner("a", 1)) == changed


def test_a_display_is_over_at_its_deadline_though_nobody_says_so() -> None:
    known = known_of(snapshot(1, banner("a", 1, HELLO)))

    assert HELLO.until == known.next_deadline()
    assert [] == list(known.over(later(HELLO.until, -1)))
    assert [Changed(banner("a", 1))] == list(known.over(HELLO.until))
    assert known.next_deadline() is None
    assert [] == list(known.take_changes(changes(2, banner("a", 1, HELLO)), HELLO.until))


def test_deadlines_of_what_was_ended_early_do_not_pile_up() -> None:
    known = known_of(snapshot(1))
    for revision in range(2, 1_000):
        list(take(known, changes(revision, banner("a", revision, lasting(revision, since=NOON)))))

    assert known.deadlines <= 70
    assert [999] == [each.banner.revision for each in known.over(later(NOON, 1_000_000))]


@given(
    some.lists(
        some.tuples(
            some.sampled_from("abc"), some.integers(0, 30), some.sampled_from(["whole", "recovered", ""])
        )
    )
)
def test_revisions_only_rise_whatever_comes(frames: list[tuple[str, int, str]]) -> None:
    known = known_of()
    seen: dict[str, int] = {}
    for name, revision, kind in frames:
        views = (banner(name, revision),)
        frame = (
            snapshot(revision, *views, recovered=kind == "recovered") if kind else changes(revision, *views)
        )
        for each in take(known, frame):
            if isinstance(each, Vanished):
                seen.pop(each.banner)
            else:
                assert each.banner.revision >= seen.get(each.banner.id, 0)
                seen[each.banner.id] = each.banner.revision
