"""The device protocol: nothing older than what is known, nothing past its time, one record is enough."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from airdisplay_device.machine import LearnedTime, Machine
from shared.contracts.banner import Banner, Display
from shared.contracts.hardware import Reported, StateMessage
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, epoch_ms, later
from tests.support.clock import NOON

BANNER = BannerId("lightning")
NOON_MS = epoch_ms(NOON)
MINUTE = 60_000


def display(name: str, shown_at: Instant = NOON, ttl_ms: int = MINUTE) -> Display:
    return Display(id=DisplayId(name), text=name, by="ada", shown_at=shown_at, until=later(shown_at, ttl_ms))


def record(at_ms: int, number: int, shows: Display | None, *, now_ms: int | None = None) -> StateMessage:
    """A record of so many milliseconds after noon; with `now_ms`, the answer to a hello."""
    return StateMessage(
        at=later(NOON, at_ms),
        number=number,
        state=Banner(id=BANNER, name="Lightning", display=shows),
        now=None if now_ms is None else later(NOON, now_ms),
    )


HELLO = display("hello")
KNOWN = record(0, 7, HELLO)


def knowing(message: StateMessage = KNOWN) -> Machine:
    """One that took this record, of revision 70."""
    machine = Machine(BANNER)
    assert machine.receive(message, 70)
    return machine


@pytest.mark.parametrize(
    ("message", "taken"),
    [
        pytest.param(record(1, 8, None), True, id="a later one with the next number is newer"),
        pytest.param(record(0, 8, None), True, id="of the same instant the higher number is newer"),
        pytest.param(record(1, 1, None), True, id="a later one is newer though a wiped store counts anew"),
        pytest.param(record(0, 7, None), False, id="the same one again is not"),
        pytest.param(record(0, 6, None), False, id="of the same instant the lower number is not"),
        pytest.param(record(-1, 9, None), False, id="an earlier one is not, whatever its number"),
    ],
)
def test_newer_is_later_and_of_the_same_instant_the_higher_number(
    message: StateMessage, *, taken: bool
) -> None:
    machine = knowing()

    assert taken == machine.receive(message, 71)
    assert (None if taken else HELLO) == machine.showing(NOON_MS)


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        pytest.param(0, HELLO, id="at first it shows"),
        pytest.param(MINUTE - 1, HELLO, id="before its deadline it stays"),
        pytest.param(MINUTE, None, id="at its deadline it ends"),
        pytest.param(2 * MINUTE, None, id="past its deadline it is over"),
    ],
)
def test_a_display_shows_until_its_deadline(milliseconds: int, expected: Display | None) -> None:
    assert expected == knowing().showing(NOON_MS + milliseconds)


def test_a_clock_that_is_set_back_shows_again_what_is_not_over_by_it() -> None:
    machine = knowing()

    assert machine.showing(NOON_MS + MINUTE) is None
    assert HELLO == machine.showing(NOON_MS + 1)


def test_it_says_how_long_a_display_is_still_up() -> None:
    assert 1 == knowing().left_ms(NOON_MS + MINUTE - 1)
    assert knowing().left_ms(NOON_MS + MINUTE) is None


def test_a_banner_that_is_no_more_is_dark_and_nothing_old_comes_back() -> None:
    machine = knowing()
    machine.gone()

    assert machine.showing(NOON_MS) is None
    assert not machine.receive(KNOWN)
    assert machine.receive(record(2, 1, HELLO))


def test_a_report_names_the_display_and_the_revision() -> None:
    assert Reported(display_id=HELLO.id, revision=70, at=NOON) == knowing().report(NOON_MS, NOON)


def test_a_report_without_clock_and_headers_names_the_display_alone() -> None:
    machine = Machine(BANNER)
    machine.receive(KNOWN)

    assert Reported(display_id=HELLO.id) == machine.report(NOON_MS)


# --- the clock that is learned --------------------------------------------------------------------


def test_before_anything_was_heard_there_is_no_time() -> None:
    assert 0 == LearnedTime().at(5_000)


def test_a_republished_record_tells_when_it_was_committed() -> None:
    learned = LearnedTime()
    learned.hear(record(0, 7, HELLO), running_ms=5_000, asked_ms=None)

    assert NOON_MS + 3_000 == learned.at(8_000)


def test_the_answer_to_a_hello_tells_what_time_it_is() -> None:
    learned = LearnedTime()
    learned.hear(record(0, 7, HELLO, now_ms=20_000), running_ms=5_000, asked_ms=4_990)

    assert NOON_MS + 20_000 == learned.at(5_000)


def test_what_was_long_under_way_sets_no_clock_back() -> None:
    learned = LearnedTime()
    learned.hear(record(0, 7, HELLO, now_ms=20_000), running_ms=5_000, asked_ms=4_990)
    learned.hear(record(10_000, 8, None), running_ms=6_000, asked_ms=None)

    assert NOON_MS + 21_000 == learned.at(6_000)


def test_a_clock_that_runs_too_fast_is_set_back_by_an_answer_within_its_round() -> None:
    learned = LearnedTime()
    learned.hear(record(0, 7, HELLO, now_ms=0), running_ms=0, asked_ms=0)
    # By its own running 1,000 s have passed, by the mesh's time 990 s.
    learned.hear(record(0, 7, HELLO, now_ms=990_000), running_ms=1_000_000, asked_ms=999_980)

    assert NOON_MS + 990_020 == learned.at(1_000_000)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans()), max_size=20))
def test_a_learned_clock_is_never_ahead_of_the_meshs(told: list[tuple[int, int, bool]]) -> None:
    learned = LearnedTime()
    for sent_ms, travelled_ms, answers in sorted(told, key=lambda each: each[0] + each[1]):
        here = sent_ms + travelled_ms
        message = record(sent_ms, 1, None, now_ms=sent_ms if answers else None)
        learned.hear(message, running_ms=here, asked_ms=sent_ms if answers else None)

        assert learned.at(here) <= NOON_MS + here


# --- whatever the radio does ----------------------------------------------------------------------


class Radio(RuleBasedStateMachine):
    """A banner that changes, a radio that loses, repeats and delays, and two devices that start again."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 0
        self.log = [record(0, 1, None)]
        self.sent: list[StateMessage] = []
        self.took = Machine(BANNER).newest
        self._boot()

    @rule(ttl_ms=st.integers(1, 2_000), dark=st.booleans(), wait_ms=st.integers(0, 3))
    def commit(self, ttl_ms: int, *, dark: bool, wait_ms: int) -> None:
        """The banner changes; perhaps within the millisecond of the change before."""
        self.now_ms += wait_ms
        number = self.log[-1].number + 1
        shows = None if dark else display(f"d-{number}", later(NOON, self.now_ms), ttl_ms)
        self.log.append(record(self.now_ms, number, shows))
        self.sent.append(self.log[-1])

    @rule(milliseconds=st.integers(1, 3_000))
    def pass_time(self, milliseconds: int) -> None:
        self.now_ms += milliseconds

    @rule()
    def wipe(self) -> None:
        """The store is lost and begins anew; some of what it sent is still under way."""
        self.now_ms += 1
        self.log = [record(self.now_ms, 1, None)]
        self.sent.append(self.log[-1])

    @precondition(lambda self: self.sent)
    @rule(chance=st.randoms(use_true_random=False))
    def deliver_any(self, chance: random.Random) -> None:
        """Something that was sent comes: early, late, or once more. What never comes is lost."""
        self._take(chance.choice(self.sent))

    @rule()
    def reboot(self) -> None:
        self._boot()

    @rule()
    def hello(self) -> None:
        """One hello and its answer, and all is as the store has it."""
        newest = self.log[-1]
        answer = record(
            epoch_ms(newest.at) - NOON_MS, newest.number, newest.state.display, now_ms=self.now_ms
        )
        self._take(answer)
        shows = newest.state.display
        over = shows is None or epoch_ms(shows.until) <= NOON_MS + self.now_ms
        expected = None if over else shows

        assert expected == self.exact.showing(NOON_MS + self.now_ms)
        assert expected == self.clockless.showing(self._learned_ms())

    @invariant()
    def nothing_shows_past_its_time(self) -> None:
        shown = self.exact.showing(NOON_MS + self.now_ms)
        assert shown is None or epoch_ms(shown.until) > NOON_MS + self.now_ms

    @invariant()
    def nothing_older_comes_after_something_newer(self) -> None:
        assert self.took <= self.exact.newest
        assert self.clockless.newest == self.exact.newest
        self.took = self.exact.newest

    def _boot(self) -> None:
        self.exact, self.clockless, self.learned = Machine(BANNER), Machine(BANNER), LearnedTime()
        self.booted_ms = self.now_ms
        self.took = self.exact.newest

    def _take(self, message: StateMessage) -> None:
        running_ms = self.now_ms - self.booted_ms
        self.learned.hear(message, running_ms, running_ms if message.now else None)
        self.exact.receive(message)
        self.clockless.receive(message)

    def _learned_ms(self) -> int:
        return self.learned.at(self.now_ms - self.booted_ms)


TestRadio = Radio.TestCase


@given(st.permutations(range(1, 9)))
def test_in_whatever_order_records_come_the_newest_is_what_counts(order: list[int]) -> None:
    machine = Machine(BANNER)
    for number in order:
        machine.receive(record(number, number, display(f"d-{number}")))
    shown = machine.showing(NOON_MS)

    assert shown is not None
    assert shown.id == "d-8"
