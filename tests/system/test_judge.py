"""The judge of histories finds what it is there to find."""

from shared.contracts.banner import Banner, BannerEvent, Cleared, Display, Registered, Shown
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, instant
from shared.entities.records import Mark, Record
from tests.support.judge import Acknowledged, Logged, ToldBusy, violations

BANNER = BannerId("lightning")
EMPTY = Banner(id=BANNER, name="Lightning")


def at(second: int) -> Instant:
    return instant(second * 1000)


def display(name: str, start: int, end: int) -> Display:
    return Display(id=DisplayId(name), text=name, by="somebody", shown_at=at(start), until=at(end))


def logged(revision: int, second: int, event: BannerEvent, state: Banner) -> Logged:
    record = Record[Banner, BannerEvent](
        schema=1, at=at(second), by="somebody", command=Mark(verb="any"), events=(event,), state=state
    )
    return Logged(BANNER, revision, record)


def shown(revision: int, up: Display, second: int) -> Logged:
    state = Banner(id=BANNER, name="Lightning", display=up)
    return logged(revision, second, Shown(display=up), state)


REGISTERED = logged(1, 0, Registered(id=BANNER, name="Lightning"), EMPTY)
FIRST = display("first", 10, 20)
SECOND = display("second", 20, 30)
GOOD = [REGISTERED, shown(2, FIRST, 10), shown(3, SECOND, 20)]
YES = [Acknowledged(BANNER, "first", at(20)), Acknowledged(BANNER, "second", at(30))]


def test_a_good_history_has_no_violations() -> None:
    assert [] == violations(GOOD, YES, [ToldBusy(BANNER, "first", at(12), at(13))])


def test_an_overlap_is_found() -> None:
    early = display("second", 19, 29)

    (found,) = violations([REGISTERED, shown(2, FIRST, 10), shown(3, early, 19)], [], [])

    assert "began before" in found


def test_a_display_that_was_cleared_makes_room_at_once() -> None:
    cleared = logged(3, 12, Cleared(display_id=FIRST.id, by="somebody", role="author"), EMPTY)

    assert [] == violations([*GOOD[:2], cleared, shown(4, display("next", 12, 22), 12)], [], [])


def test_a_lost_acknowledgement_is_found() -> None:
    (found,) = violations(GOOD[:2], YES, [])

    assert "is 0 times in the log" in found


def test_a_message_shown_twice_is_found() -> None:
    again = display("first", 20, 30)

    assert [] != violations([*GOOD[:2], shown(3, again, 20)], YES[:1], [])


def test_a_missing_record_is_found() -> None:
    assert [] != violations([GOOD[0], GOOD[2]], [], [])


def test_a_state_that_no_event_explains_is_found() -> None:
    (found,) = violations([REGISTERED, logged(2, 10, Shown(display=FIRST), EMPTY)], [], [])

    assert "the events lead to" in found


def test_a_lie_about_being_busy_is_found() -> None:
    (found,) = violations(GOOD, YES, [ToldBusy(BANNER, "first", at(25), at(26))])

    assert "it was up from" in found


def test_a_busy_with_a_display_that_never_was_is_found() -> None:
    (found,) = violations(GOOD, YES, [ToldBusy(BANNER, "nobody", at(12), at(13))])

    assert "no such display" in found
