"""A room decides: never a third, nobody twice, and a call that goes its way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.rooms.entity import (
    ROOM,
    SEATS,
    AlreadyHere,
    Answer,
    Answered,
    Enter,
    Entered,
    HangUp,
    HungUp,
    Leave,
    Left,
    NotInRoom,
    NotNow,
    OnTheWay,
    Room,
    RoomCommand,
    RoomEvent,
    RoomFull,
    SendOn,
    SentOn,
    Settle,
    Settled,
    handle,
    update,
)
from shared.contracts.refusals import Refusal
from shared.entities.entity import replay
from tests.support.clock import NOON

WAITING = Room(strangers=("ada",), status="waiting")
RINGING = Room(strangers=("ada", "ben"), status="ringing")
TALKING = Room(strangers=("ada", "ben"), status="talking")
ENDED = Room(strangers=("ada", "ben"), status="ended")
SENT_ON = Room(on_the_way="ada")


@pytest.mark.parametrize(
    ("room", "command", "decision"),
    [
        pytest.param(None, Enter("ada"), (Entered(stranger="ada"),), id="the first comes"),
        pytest.param(WAITING, Enter("ben"), (Entered(stranger="ben"),), id="the second comes"),
        pytest.param(RINGING, Enter("cem"), RoomFull(), id="a third while it rings"),
        pytest.param(ENDED, Enter("cem"), RoomFull(), id="a third after the call"),
        pytest.param(WAITING, Enter("ada"), AlreadyHere(), id="the first comes twice"),
        pytest.param(TALKING, Enter("ben"), AlreadyHere(), id="the second comes twice"),
        pytest.param(RINGING, Answer(by="ada"), (Answered(stranger="ada"),), id="answered"),
        pytest.param(TALKING, Answer(by="ben"), NotNow(status="talking"), id="answered twice"),
        pytest.param(WAITING, Answer(by="ada"), NotNow(status="waiting"), id="nobody calls"),
        pytest.param(RINGING, HangUp(by="ben"), (HungUp(stranger="ben"),), id="given up"),
        pytest.param(TALKING, HangUp(by="ada"), (HungUp(stranger="ada"),), id="hung up"),
        pytest.param(ENDED, HangUp(by="ada"), NotNow(status="ended"), id="hung up twice"),
        pytest.param(ENDED, Answer(by="ada"), NotNow(status="ended"), id="answered too late"),
        pytest.param(TALKING, Leave(by="ada"), (Left(stranger="ada"),), id="leaves in the middle"),
        pytest.param(WAITING, Leave(by="ada"), (Left(stranger="ada"),), id="leaves before anybody came"),
        pytest.param(TALKING, Leave(by="cem"), NotInRoom(), id="who is not here cannot leave"),
        pytest.param(TALKING, HangUp(by="cem"), NotInRoom(), id="who is not here cannot hang up"),
        pytest.param(None, Leave(by="ada"), NotInRoom(), id="nobody was ever here"),
        pytest.param(WAITING, SendOn("ada"), (SentOn(stranger="ada"),), id="sent on"),
        pytest.param(RINGING, SendOn("ada"), NotNow(status="ringing"), id="who is not alone stays"),
        pytest.param(WAITING, SendOn("ben"), NotNow(status="waiting"), id="somebody else is sent on"),
        pytest.param(SENT_ON, SendOn("ada"), NotNow(status="empty"), id="sent on twice"),
        pytest.param(SENT_ON, Leave(by="ada"), OnTheWay(), id="leaves on the way"),
        pytest.param(SENT_ON, Enter("ada"), OnTheWay(), id="comes back on the way"),
        pytest.param(SENT_ON, Settle("ada", "r-2"), (Settled(stranger="ada", room="r-2"),), id="settled"),
        pytest.param(SENT_ON, Settle("ben", "r-2"), NotInRoom(), id="somebody else has settled"),
        pytest.param(WAITING, Settle("ada", "r-2"), NotInRoom(), id="settled without having been sent"),
    ],
)
def test_what_a_command_leads_to(
    room: Room | None, command: RoomCommand, decision: tuple[RoomEvent, ...] | Refusal
) -> None:
    assert decision == handle(command, room, NOON)


@pytest.mark.parametrize(
    ("room", "event", "after"),
    [
        pytest.param(None, Entered(stranger="ada"), WAITING, id="the first waits"),
        pytest.param(WAITING, Entered(stranger="ben"), RINGING, id="the second's coming rings"),
        pytest.param(RINGING, Answered(stranger="ada"), TALKING, id="they talk"),
        pytest.param(TALKING, HungUp(stranger="ben"), ENDED, id="the call is over, both are here"),
        pytest.param(TALKING, Left(stranger="ben"), WAITING, id="who is left waits again"),
        pytest.param(WAITING, Left(stranger="ada"), Room(), id="empty again"),
        pytest.param(WAITING, SentOn(stranger="ada"), SENT_ON, id="on the way, no longer here"),
        pytest.param(
            SENT_ON, Settled(stranger="ada", room="r-2"), Room(went_to="r-2"), id="no longer on the way"
        ),
    ],
)
def test_what_an_event_changes(room: Room | None, event: RoomEvent, after: Room) -> None:
    assert after == update(event, room)


names = st.sampled_from(["ada", "ben", "cem"])
commands: st.SearchStrategy[RoomCommand] = st.one_of(
    st.builds(Enter, names),
    st.builds(Leave, by=names),
    st.builds(Answer, by=names),
    st.builds(HangUp, by=names),
    st.builds(SendOn, names),
    st.builds(Settle, names, st.just("r-2")),
)


@given(st.lists(commands, max_size=40))
def test_whatever_is_asked_there_is_never_a_third_and_nobody_is_there_twice(asked: list[RoomCommand]) -> None:
    room: Room | None = None
    for command in asked:
        decision = handle(command, room, NOON)
        if isinstance(decision, Refusal):
            continue
        room = replay(ROOM, decision, room)
        assert room is not None
        everybody = [*room.strangers, *([room.on_the_way] if room.on_the_way else [])]
        assert len(room.strangers) <= SEATS
        assert len(everybody) == len(set(everybody))
        assert (len(room.strangers) == SEATS) == (room.status in ("ringing", "talking", "ended"))
        assert (len(room.strangers) == 0) == (room.status == "empty")
