"""Who wants to know what becomes of somebody is told once, and only when it is clear."""

import asyncio

import pytest

from services.lobby.entity import Newcomer
from services.lobby.outcomes import Arrival, Curious, Outcome, Waits
from shared.contracts.errors import Unreachable
from shared.contracts.identity import DisplayId
from shared.contracts.lobby import Lobby, LobbyTicket
from shared.contracts.refusals import LobbyFull
from tests.support.clock import NOON

ADA, BOB = DisplayId("ada"), DisplayId("bob")


def arrival(name: DisplayId) -> Arrival:
    """Somebody at the door."""
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    return Arrival(Newcomer(id=name, text="Hello", by=name), False, answer)


def lobby(*names: DisplayId) -> Lobby:
    """These wait, in this order."""
    return Lobby(
        waiting=tuple(
            LobbyTicket(id=name, number=number, text="Hello", by=name, at=NOON)
            for number, name in enumerate(names, 1)
        )
    )


async def test_who_has_to_wait_is_told_the_place() -> None:
    curious, ada, bob = Curious(), arrival(ADA), arrival(BOB)
    curious.add(ada)
    curious.add(bob)

    curious.tell_who_waits(lobby(DisplayId("cyd"), ADA))

    assert Waits(2) == ada.answer.result()
    assert not bob.answer.done()


async def test_all_who_ask_about_the_same_one_are_told_once() -> None:
    curious, first, second = Curious(), arrival(ADA), arrival(ADA)
    curious.add(first)
    curious.add(second)

    curious.tell(ADA, Waits(1))
    curious.tell(ADA, Waits(7))

    assert [Waits(1), Waits(1)] == [first.answer.result(), second.answer.result()]
    assert not curious


async def test_who_is_not_in_the_lobby_any_more_is_to_be_looked_for() -> None:
    curious = Curious()
    curious.add(arrival(ADA))
    curious.add(arrival(BOB))

    assert [BOB] == curious.about_the_gone(lobby(ADA))


async def test_who_has_gone_meanwhile_is_told_nothing() -> None:
    ada = arrival(ADA)
    ada.answer.cancel()

    ada.tell(LobbyFull(at_most=2))
    ada.fail(Unreachable("the lobby"))

    assert ada.answer.cancelled()


async def test_a_failure_reaches_who_asked() -> None:
    ada = arrival(ADA)

    ada.fail(Unreachable("the lobby"))

    with pytest.raises(Unreachable):
        await ada.answer
