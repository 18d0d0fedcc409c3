"""An entity is two functions and what folds the past."""

from shared.entities.entity import replay
from tests.support.clock import NOON
from tests.support.counter import COUNTER, Added, Count


def test_replaying_no_events_changes_nothing() -> None:
    assert replay(COUNTER, [], None) is None
    assert Count(3) == replay(COUNTER, [], Count(3))


def test_replaying_events_records_one_after_the_other() -> None:
    events = [Added(1, NOON), Added(2, NOON)]

    assert Count(3) == replay(COUNTER, events, None)
    assert Count(13) == replay(COUNTER, events, Count(10))
