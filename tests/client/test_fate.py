"""What is known of one message: it never goes back in time, and ends by itself when its time is up."""

from airdisplay_client.fate import Fate
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import DisplayView
from tests.support.clock import NOON

LAPSES = later(NOON, 60_000)
PENDING = DisplayView(
    id=DisplayId("d"),
    state="pending",
    text="Hello",
    by="ada",
    banner=BannerId("lightning"),
    revision=1,
    lapses_at=LAPSES,
)


def test_what_nobody_said_yes_to_in_time_is_over_without_being_told() -> None:
    fate = Fate(PENDING)

    assert LAPSES == fate.deadline
    assert not fate.over(later(LAPSES, -1))
    assert fate.over(LAPSES)
    assert fate.view is not None
    assert ("ended", "lapsed", LAPSES) == (fate.view.state, fate.view.how, fate.view.ended_at)


def test_what_got_its_yes_does_not_wait_for_it_again() -> None:
    queued = DisplayView(id=DisplayId("d"), state="queued", text="Hello", by="ada", revision=2, position=1)
    fate = Fate(PENDING)

    assert fate.take(queued)
    assert not fate.take(PENDING)
    assert None is fate.deadline
