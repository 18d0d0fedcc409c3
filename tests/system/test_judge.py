"""The judge of histories finds what it is there to find."""

from typing import NamedTuple

import msgspec
import pytest

from services.banner.entity import SCHEMA, update
from shared.contracts.banner import (
    Banner,
    BannerEvent,
    Cleared,
    Display,
    Expired,
    Held,
    Left,
    OnHold,
    Queued,
    Registered,
    Released,
    Replaced,
    Shown,
    Ticket,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, instant
from shared.entities.records import Mark, Record
from tests.support.judge import Acknowledged, Logged, ToldBusy, ToldToWait, decoder, violations

BANNER = BannerId("lightning")
TTL = 10
"""How long a display lasts here, in seconds."""


def at(second: int) -> Instant:
    return instant(second * 1000)


def display(name: str, start: int, end: int | None = None) -> Display:
    until = at(start + TTL if end is None else end)
    return Display(id=DisplayId(name), text=name, by="somebody", shown_at=at(start), until=until)


def ticket(name: str, second: int) -> Ticket:
    return Ticket(id=DisplayId(name), text=name, by=name, at=at(second), ttl_ms=TTL * 1000)


def shown(name: str, start: int, end: int | None = None) -> Shown:
    return Shown(display=display(name, start, end))


def queued(name: str, second: int) -> Queued:
    return Queued(ticket=ticket(name, second))


def expired(name: str, until: int) -> Expired:
    return Expired(display_id=DisplayId(name), until=at(until))


def cleared(name: str) -> Cleared:
    return Cleared(display_id=DisplayId(name), by="somebody", role="author")


def left(name: str) -> Left:
    return Left(display_id=DisplayId(name), by=name, role="author")


def held(second: int) -> Held:
    return Held(hold=OnHold(reason="wind", by="olga", at=at(second)))


class At(NamedTuple):
    """What a commit at that second said."""

    second: int
    events: list[BannerEvent]


def log_of(*commits: At) -> list[Logged]:
    """The log of one banner to which this happened, each record with the state that its events lead to."""
    log: list[Logged] = []
    state: Banner | None = None
    for revision, (second, events) in enumerate(commits, 1):
        for event in events:
            state = update(event, state)
        assert state is not None
        record = Record[Banner, BannerEvent](
            schema=SCHEMA,
            at=at(second),
            by="somebody",
            command=Mark(verb="any"),
            events=tuple(events),
            state=state,
            number=revision,
            previous=revision - 1,
        )
        log.append(Logged(BANNER, revision, record))
    return log


def doctored(logged: Logged, **changes: object) -> Logged:
    """The same record, but for this."""
    return logged._replace(record=msgspec.structs.replace(logged.record, **changes))


REGISTERED = At(0, [Registered(id=BANNER, name="Lightning")])
FIRST = At(10, [shown("first", 10)])
SECOND = At(20, [expired("first", 20), shown("second", 20)])
GOOD = log_of(REGISTERED, FIRST, SECOND)
YES = [Acknowledged(BANNER, "first", at(20)), Acknowledged(BANNER, "second", at(30))]

LINE = [REGISTERED, FIRST, At(12, [queued("second", 12)]), At(13, [queued("third", 13)])]


def test_a_good_history_has_no_violations() -> None:
    assert [] == violations(GOOD, YES, [ToldBusy(BANNER, "first", at(12), at(13))])


def test_a_good_history_with_all_that_can_happen_has_no_violations() -> None:
    log = log_of(
        *LINE,
        At(14, [queued("fourth", 14)]),
        At(15, [left("third")]),
        At(16, [Replaced(display_id=DisplayId("first"), text="Hi", was="first", by="ada", role="author")]),
        At(21, [expired("first", 20), shown("second", 21)]),
        At(22, [cleared("second"), shown("fourth", 22)]),
        At(23, [queued("fifth", 23)]),
        At(24, [cleared("fourth"), held(24)]),
        At(25, [held(25)]),
        At(26, [queued("sixth", 26)]),
        At(27, [Released(by="olga"), shown("fifth", 27)]),
        At(40, [expired("fifth", 37), shown("sixth", 40)]),
    )
    acknowledged = [Acknowledged(BANNER, "first", at(20)), Acknowledged(BANNER, "fifth", at(37))]
    waited = [ToldToWait(BANNER, name) for name in ("second", "third", "fourth", "fifth", "sixth")]

    assert [] == violations(log, acknowledged, [ToldBusy(BANNER, "sixth", at(38), at(39))], waited)


def test_banners_are_judged_apart() -> None:
    other = [
        Logged("other", logged.revision + len(GOOD), doctored(logged, previous=before).record)
        for logged, before in zip(GOOD, [0, 4, 5], strict=True)
    ]

    assert [] == violations([*GOOD, *other], YES, [])


def test_what_is_judged_is_what_the_log_says() -> None:
    record = GOOD[-1].record

    assert record == decoder().decode(msgspec.json.encode(record))


def test_an_overlap_is_found() -> None:
    (found,) = violations(log_of(REGISTERED, FIRST, At(19, [shown("second", 19)])), [], [])

    assert "began before" in found


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param([cleared("first")], id="cleared"),
        pytest.param([cleared("first"), held(12), Released(by="olga")], id="ended by a hold"),
        pytest.param([held(12), Released(by="olga")], id="ended by a hold alone"),
    ],
)
def test_a_display_that_was_ended_before_its_time_makes_room_at_once(ending: list[BannerEvent]) -> None:
    log = log_of(REGISTERED, FIRST, At(12, ending), At(12, [shown("next", 12)]))

    assert [] == violations(log, [], [])
    (found,) = violations(log, [], [ToldBusy(BANNER, "first", at(13), at(14))])
    assert "it was up from" in found


def test_a_lost_acknowledgement_is_found() -> None:
    (found,) = violations(GOOD[:2], YES, [])

    assert "is 0 times in the log" in found


def test_a_message_shown_twice_is_found() -> None:
    log = log_of(REGISTERED, FIRST, At(20, [expired("first", 20), shown("first", 20)]))

    assert [] != violations(log, YES[:1], [])


@pytest.mark.parametrize(
    "log",
    [
        pytest.param([GOOD[0], GOOD[2]], id="by its revision"),
        pytest.param([GOOD[0], GOOD[2]._replace(revision=2)], id="by its number"),
    ],
)
def test_a_missing_record_is_found(log: list[Logged]) -> None:
    assert [] != violations(log, [], [])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"number": 2}, id="the same number twice"),
        pytest.param({"number": 4}, id="a number left out"),
        pytest.param({"number": 0}, id="no number"),
        pytest.param({"previous": 1}, id="another record before it"),
        pytest.param({"previous": 0}, id="no record before it"),
    ],
)
def test_a_record_that_does_not_follow_the_one_before_is_found(changes: dict[str, object]) -> None:
    (found,) = violations([*GOOD[:2], doctored(GOOD[2], **changes)], YES, [])

    assert f"{BANNER}@3: expected number 3 after 2" in found


def test_a_state_that_no_event_explains_is_found() -> None:
    (found,) = violations([GOOD[0], doctored(GOOD[1], state=GOOD[0].record.state)], [], [])

    assert "the events lead to" in found


# --- those who wait -------------------------------------------------------------------------------

ENDED = expired("first", 20)


@pytest.mark.parametrize(
    ("commits", "said"),
    [
        pytest.param(
            [*LINE, At(20, [ENDED, shown("third", 20)])],
            "third was shown when it was the turn of second",
            id="one behind another is shown first",
        ),
        pytest.param(
            [*LINE, At(20, [ENDED, shown("stranger", 20)])],
            "stranger was shown when it was the turn of second",
            id="somebody who did not wait is shown first",
        ),
        pytest.param(
            [*LINE, At(20, [ENDED, shown("second", 20, 29)])],
            "second was promised 10000 ms",
            id="a turn is shorter than was promised",
        ),
        pytest.param(
            [*LINE, At(20, [ENDED])],
            "second waits for nothing",
            id="nobody is shown when a display ends",
        ),
        pytest.param(
            [*LINE, At(14, [cleared("first"), held(14)]), At(15, [shown("second", 15)])],
            "second was shown during a hold",
            id="one is shown during a hold",
        ),
        pytest.param(
            [*LINE, At(14, [cleared("first"), held(14)]), At(15, [Released(by="olga")])],
            "second waits for nothing",
            id="nobody is shown when a hold ends",
        ),
        pytest.param(
            [*LINE, At(14, [left("stranger")])],
            "stranger left a line that it did not stand in",
            id="one leaves who never came",
        ),
        pytest.param(
            [*LINE[:3], At(13, [cleared("second"), shown("second", 13)])],
            "second was ended when it was not up",
            id="one is ended that was not up",
        ),
        pytest.param(
            [
                *LINE[:3],
                At(20, [ENDED, shown("second", 20)]),
                At(21, [queued("second", 21)]),
                At(22, [left("second")]),
            ],
            "stood in line 2 times",
            id="one stands in line twice",
        ),
    ],
)
def test_an_injustice_to_those_who_wait_is_found(commits: list[At], said: str) -> None:
    found = violations(log_of(*commits), [], [])

    assert any(said in each for each in found), found


def test_one_who_waited_and_is_shown_twice_is_found() -> None:
    turn = At(20, [ENDED, shown("second", 20)])
    again = At(30, [expired("second", 30), shown("second", 30)])

    (found,) = violations(log_of(*LINE[:3], turn, again), [], [])

    assert "was shown 2 times" in found


def test_one_who_was_told_to_wait_and_never_stood_in_line_is_found() -> None:
    (found,) = violations(log_of(*LINE), [], [], [ToldToWait(BANNER, "second"), ToldToWait(BANNER, "lost")])

    assert "it never stood in line" in found
    assert "lost" in found


# --- those who were told "busy" -------------------------------------------------------------------


def test_a_lie_about_being_busy_is_found() -> None:
    (found,) = violations(GOOD, YES, [ToldBusy(BANNER, "first", at(25), at(26))])

    assert "it was up from" in found


def test_a_busy_with_a_display_that_never_was_is_found() -> None:
    (found,) = violations(GOOD, YES, [ToldBusy(BANNER, "nobody", at(12), at(13))])

    assert "no such display" in found


@pytest.mark.parametrize(
    "what_came",
    [
        pytest.param([At(25, [ENDED, shown("second", 25)])], id="who was shown then"),
        pytest.param([At(25, [left("second")])], id="who left then"),
        pytest.param([], id="of whom no more was heard"),
    ],
)
def test_past_a_deadline_it_is_busy_with_the_next_in_line(what_came: list[At]) -> None:
    log = log_of(*LINE, *what_came)

    assert [] == violations(log, [], [ToldBusy(BANNER, "second", at(21), at(22))])
    (found,) = violations(log, [], [ToldBusy(BANNER, "second", at(15), at(19))])
    assert "it was up from" in found
    (found,) = violations(log, [], [ToldBusy(BANNER, "third", at(21), at(22))])
    assert "ToldBusy" in found
