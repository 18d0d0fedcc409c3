"""Deadlines in order: whatever happens, the schedule says what a plain table would say."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.expiry.schedule import Deadline, Schedule
from shared.contracts.identity import BannerId, DisplayId

A, B, C = (BannerId(each) for each in "abc")
ONE, TWO = DisplayId("d1"), DisplayId("d2")

EVERYTHING = 1_000


def at(milliseconds: int, banner: BannerId = A, display: DisplayId = ONE) -> Deadline:
    """A deadline that comes up when the display ends."""
    return Deadline(milliseconds, banner, display, milliseconds)


def filled(*deadlines: Deadline) -> Schedule:
    """A schedule with these."""
    schedule = Schedule()
    for each in deadlines:
        schedule.put(each)
    return schedule


def test_where_nothing_is_to_come_nothing_is_due() -> None:
    schedule = Schedule()

    assert schedule.next() is None
    assert [] == schedule.due(EVERYTHING, at_most=9)
    assert 0 == len(schedule)


def test_what_is_due_comes_in_order_and_once() -> None:
    schedule = filled(at(30, C), at(10, A), at(20, B))

    assert [at(10, A), at(20, B)] == schedule.due(20, at_most=9)
    assert [] == schedule.due(20, at_most=9)
    assert 30 == schedule.next()
    assert 1 == len(schedule)


def test_a_deadline_is_due_at_its_very_instant_and_not_before() -> None:
    schedule = filled(at(10))

    assert [] == schedule.due(9, at_most=9)
    assert [at(10)] == schedule.due(10, at_most=9)


def test_no_more_is_taken_than_was_asked_for() -> None:
    schedule = filled(at(10, A), at(20, B), at(30, C))

    assert [at(10, A), at(20, B)] == schedule.due(EVERYTHING, at_most=2)
    assert [at(30, C)] == schedule.due(EVERYTHING, at_most=2)


def test_a_newer_deadline_takes_the_place_of_the_older_whichever_is_earlier() -> None:
    for older, newer in ((10, 20), (20, 10)):
        schedule = filled(at(older, display=ONE), at(newer, display=TWO))

        assert newer == schedule.next()
        assert [at(newer, display=TWO)] == schedule.due(EVERYTHING, at_most=9)


def test_a_deadline_that_was_dropped_does_not_come_up() -> None:
    schedule = filled(at(10, A), at(20, B))
    schedule.drop(A)
    schedule.drop(C)

    assert 20 == schedule.next()
    assert [at(20, B)] == schedule.due(EVERYTHING, at_most=9)


def test_a_deadline_that_came_and_went_and_came_again_comes_up_once() -> None:
    schedule = filled(at(10), at(20, display=TWO), at(10))

    assert [at(10)] == schedule.due(EVERYTHING, at_most=9)


def test_what_came_up_may_come_up_again_later() -> None:
    schedule = filled(at(10))
    (taken,) = schedule.due(10, at_most=9)

    schedule.again(taken, at=50)

    assert 50 == schedule.next()
    assert [Deadline(50, A, ONE, 10)] == schedule.due(50, at_most=9)


def test_what_came_up_does_not_come_up_again_in_place_of_a_newer_one() -> None:
    schedule = filled(at(10))
    (taken,) = schedule.due(10, at_most=9)
    schedule.put(at(90, display=TWO))

    schedule.again(taken, at=50)

    assert [at(90, display=TWO)] == schedule.due(EVERYTHING, at_most=9)


class PlainTable(RuleBasedStateMachine):
    """A schedule and a table of the deadline of each banner must say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.schedule = Schedule()
        self.table: dict[BannerId, Deadline] = {}
        self.taken: list[Deadline] = []

    @rule(
        milliseconds=st.integers(0, 99),
        banner=st.sampled_from([A, B, C]),
        display=st.sampled_from([ONE, TWO]),
    )
    def put(self, milliseconds: int, banner: BannerId, display: DisplayId) -> None:
        """A display begins."""
        deadline = at(milliseconds, banner, display)
        self.schedule.put(deadline)
        self.table[banner] = deadline

    @rule(banner=st.sampled_from([A, B, C]))
    def drop(self, banner: BannerId) -> None:
        """A display ends."""
        self.schedule.drop(banner)
        self.table.pop(banner, None)

    @rule(now=st.integers(0, 120), at_most=st.integers(1, 4))
    def take(self, now: int, at_most: int) -> None:
        """Take what is due."""
        expected = sorted(each for each in self.table.values() if each.at <= now)[:at_most]

        assert expected == self.schedule.due(now, at_most=at_most)
        for each in expected:
            del self.table[each.banner]
        self.taken += expected

    @rule(milliseconds=st.integers(0, 99))
    def again(self, milliseconds: int) -> None:
        """What was taken last is to come up again."""
        if not self.taken:
            return
        deadline = self.taken.pop()
        self.schedule.again(deadline, at=milliseconds)
        self.table.setdefault(deadline.banner, deadline._replace(at=milliseconds))

    @invariant()
    def they_agree(self) -> None:
        """On how many there are and which is next."""
        assert len(self.table) == len(self.schedule)
        assert min((each.at for each in self.table.values()), default=None) == self.schedule.next()


TestPlainTable = PlainTable.TestCase
