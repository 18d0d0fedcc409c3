"""The judge of a lobby's log finds what it is there to find."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec
import pytest

from services.lobby.entity import update
from shared.contracts.lobby import Assigned, Entered, Left, Lobby, LobbyEvent, Place, Placed, Returned
from shared.entities.records import Mark, Record
from tests.lobby.judge import LobbyRecord, violations
from tests.support.clock import NOON
from tests.support.lobbies import a_place, a_ticket

T1, T2 = a_ticket(1), a_ticket(2)
P1, P2 = a_place("b1"), a_place("b2")
ONE, TWO = Entered(ticket=T1), Entered(ticket=T2)
ONE_TO_B1, ONE_TO_B2 = (Assigned(display_id=T1.id, place=place) for place in (P1, P2))
TWO_TO_B1, TWO_TO_B2 = (Assigned(display_id=T2.id, place=place) for place in (P1, P2))
ONE_ON_B1, ONE_ON_B2 = (Placed(display_id=T1.id, banner=place.banner) for place in (P1, P2))
ONE_BACK = Returned(display_id=T1.id, banner=P1.banner)
TWO_LEFT = Left(display_id=T2.id, by="x")

NOWHERE: Mapping[str, Place] = {}
ONE_SHOWN: Mapping[str, Place] = {T1.id: P1}
ONE_SHOWN_LATER: Mapping[str, Place] = {T1.id: a_place("b1", 2)}
TWO_SHOWN: Mapping[str, Place] = {T2.id: P2}


def log_of(*events: LobbyEvent) -> list[LobbyRecord]:
    """A log with a record for each event, as far as they make sense."""
    log: list[LobbyRecord] = []
    lobby = Lobby()
    for number, event in enumerate(events, 1):
        with suppress(AssertionError, ValueError):
            lobby = update(event, lobby)
        log.append(
            Record(
                schema=1,
                at=NOON,
                by="x",
                command=Mark(verb="advance"),
                events=(event,),
                state=lobby,
                number=number,
                previous=number - 1,
            )
        )
    return log


def test_a_good_log_has_no_violations() -> None:
    log = log_of(ONE, TWO, ONE_TO_B1, ONE_BACK, ONE_TO_B2, ONE_ON_B2, TWO_LEFT)

    assert [] == violations(log, {"t1": P2})


def test_who_comes_back_from_a_banner_may_be_shown_there_later() -> None:
    later = Assigned(display_id=T1.id, place=a_place("b1", 2))
    log = log_of(ONE, ONE_TO_B1, ONE_BACK, later, ONE_ON_B1)

    assert [] == violations(log, ONE_SHOWN_LATER)


@pytest.mark.parametrize(
    ("events", "shown", "expected"),
    [
        pytest.param([ONE, ONE], NOWHERE, "came in twice", id="one came in twice"),
        pytest.param([ONE, TWO, TWO_TO_B2], NOWHERE, "out of turn", id="the second went first"),
        pytest.param([TWO_TO_B2], NOWHERE, "out of turn", id="one who was not here went"),
        pytest.param([ONE, TWO, ONE_TO_B1, TWO_TO_B1], NOWHERE, "two were sent to b1", id="two to one place"),
        pytest.param([ONE, ONE_TO_B1, ONE_ON_B1], NOWHERE, "shown at None", id="placed and not shown"),
        pytest.param(
            [ONE, ONE_TO_B1, ONE_ON_B2], ONE_SHOWN, "was placed on b2, sent to", id="placed elsewhere"
        ),
        pytest.param(
            [ONE, ONE_TO_B1, ONE_ON_B1], ONE_SHOWN_LATER, "and shown at", id="shown after another revision"
        ),
        pytest.param([ONE, ONE_ON_B1], ONE_SHOWN, "sent to None", id="placed without being sent"),
        pytest.param([ONE, ONE_TO_B1, ONE_BACK], ONE_SHOWN, "came back, and was shown", id="back and shown"),
        pytest.param([TWO, TWO_LEFT], TWO_SHOWN, "had left, and was shown", id="left and shown"),
        pytest.param([ONE_ON_B1], ONE_SHOWN, "was not here", id="placed from nowhere"),
        pytest.param([ONE], NOWHERE, "never placed", id="one waits for ever"),
        pytest.param([ONE, ONE_TO_B1], NOWHERE, "never placed", id="one never arrives"),
    ],
)
def test_this_is_found(events: list[LobbyEvent], shown: Mapping[str, Place], expected: str) -> None:
    assert any(expected in wrong for wrong in violations(log_of(*events), shown))


def test_a_record_that_is_missing_is_found() -> None:
    log = log_of(ONE, ONE_TO_B1, ONE_ON_B1)

    assert ["expected record 2, found 3"] == violations([log[0], log[2]], ONE_SHOWN)


def test_a_state_that_is_not_what_its_events_lead_to_is_found() -> None:
    first, *rest = log_of(ONE, ONE_TO_B1, ONE_ON_B1)
    doctored = msgspec.structs.replace(first, state=Lobby(waiting=(T1,), last_number=7))

    assert any("the events lead to" in wrong for wrong in violations([doctored, *rest], ONE_SHOWN))
