"""Snapshots: the whole of what is watched, or what is newer than a position; neither passes for the other."""

import msgspec
import pytest

from services.gateway.snapshots import snapshot
from services.gateway.view import View
from shared.contracts import subjects
from shared.contracts.banner import Banner
from shared.contracts.identity import BannerId
from shared.contracts.live import Since, Snapshot
from shared.mesh.follow import Entry
from shared.mesh.streams import BANNERS as KIND

A, B, C = (BannerId(each) for each in "abc")


def record(revision: int, banner: BannerId) -> Entry:
    """An entry of the log."""
    data = msgspec.json.encode({"schema": 1, "state": Banner(id=banner, name=banner)})
    return Entry(subjects.record(KIND.bucket, banner), revision, data, None)


def removal(revision: int, banner: BannerId) -> Entry:
    """The entry by which a record is removed."""
    return Entry(subjects.record(KIND.bucket, banner), revision, b"", None)


@pytest.fixture
def view() -> View:
    """Knows a at 4, b at 2 and c at 3."""
    view = View(lambda _: None)
    view.epoch = "e"
    view.take_records([record(1, A), record(2, B), record(3, C), record(4, A)])
    return view


def since(view: View, revision: int, *, epoch: str = "e") -> Since:
    """A position at which all hardware was heard."""
    return Since(epoch=epoch, revision=revision, hardware=view.heard.position())


def taken(view: View, *banners: BannerId, since: Since | None = None) -> Snapshot:
    """The snapshot of these, or of all."""
    return msgspec.json.decode(snapshot(view, banners or None, since), type=Snapshot)


def revisions(frame: Snapshot) -> dict[BannerId, int]:
    return {each.id: each.revision for each in frame.banners}


def test_it_is_of_a_position(view: View) -> None:
    frame = taken(view)

    assert (4, "e", view.heard.position()) == (frame.revision, frame.epoch, frame.hardware)
    assert {A: 4, B: 2, C: 3} == revisions(frame)
    assert not frame.recovered


def test_it_is_of_those_that_were_named(view: View) -> None:
    assert {C: 3, B: 2} == revisions(taken(view, C, B, BannerId("nobody")))


@pytest.mark.parametrize(
    ("revision", "newer"), [(4, {}), (3, {A: 4}), (2, {A: 4, C: 3}), (0, {A: 4, B: 2, C: 3})]
)
def test_after_a_position_it_has_what_is_newer(view: View, revision: int, newer: dict[BannerId, int]) -> None:
    frame = taken(view, since=since(view, revision))

    assert frame.recovered
    assert newer == revisions(frame)


def test_of_those_that_were_named_it_has_what_is_newer(view: View) -> None:
    assert {C: 3} == revisions(taken(view, C, B, since=since(view, 2)))


def test_after_a_position_in_another_life_of_the_log_it_is_whole(view: View) -> None:
    frame = taken(view, since=since(view, 3, epoch="another"))

    assert not frame.recovered
    assert {A: 4, B: 2, C: 3} == revisions(frame)


def test_after_a_position_that_was_not_reached_here_it_is_whole_and_does_not_pretend(view: View) -> None:
    frame = taken(view, since=since(view, 5))

    assert (False, 4) == (frame.recovered, frame.revision)
    assert {A: 4, B: 2, C: 3} == revisions(frame)


@pytest.mark.parametrize(("revision", "recovered"), [(4, False), (5, True)])
def test_after_a_removal_that_somebody_has_not_heard_of_it_is_whole(
    view: View, revision: int, *, recovered: bool
) -> None:
    view.take_records([removal(5, B)])

    frame = taken(view, since=since(view, revision))

    assert recovered == frame.recovered
    assert ({} if recovered else {A: 4, C: 3}) == revisions(frame)


def test_a_banner_that_is_known_before_the_log_tells_of_it_is_newer(view: View) -> None:
    view.learn(Banner(id=B, name=B), 9)

    frame = taken(view, since=since(view, 4))

    assert (True, 4, {B: 9}) == (frame.recovered, frame.revision, revisions(frame))
