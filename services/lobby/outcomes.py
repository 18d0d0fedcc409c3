"""What becomes of those who come in, and who wants to know it: told once it is clear, whoever saw to it."""

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

from services.lobby.entity import Newcomer
from shared.contracts.banner import Banner
from shared.contracts.command import Accepted
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import DisplayId
from shared.contracts.lobby import Lobby, Whereabouts, position
from shared.contracts.refusals import Refusal


class Waits(NamedTuple):
    """What somebody is told who has to wait: at which place."""

    position: int


Outcome = Accepted[Banner] | Waits | Whereabouts | Refusal
"""What becomes of an arrival: it shows, waits, was here before and is gone, or is refused."""


@dataclass(eq=False)
class Arrival:
    """Somebody at the door who wants to know. With a key, the same one may be at another door as well."""

    newcomer: Newcomer
    keyed: bool
    answer: asyncio.Future[Outcome]

    def tell(self, outcome: Outcome) -> None:
        """What has become of it."""
        _tell(self.answer, outcome)

    def fail(self, error: AirDisplayError) -> None:
        """Nobody can say what has become of it."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Curious:
    """Who wants to know what becomes of somebody who is in the lobby."""

    def __init__(self) -> None:
        self._answers: dict[DisplayId, list[asyncio.Future[Outcome]]] = {}

    def __bool__(self) -> bool:
        return bool(self._answers)

    def add(self, arrival: Arrival) -> None:
        """It is in the lobby by now; answer when it is clear what becomes of it."""
        self._answers.setdefault(arrival.newcomer.id, []).append(arrival.answer)

    def tell(self, display_id: DisplayId, outcome: Outcome) -> None:
        """Answer all who want to know about somebody."""
        for answer in self._answers.pop(display_id, ()):
            _tell(answer, outcome)

    def tell_who_waits(self, lobby: Lobby) -> None:
        """Answer all who want to know about somebody who has to wait."""
        if not self._answers:
            return
        waiting = {ticket.id for ticket in lobby.waiting}
        for display_id in [each for each in self._answers if each in waiting]:
            self.tell(display_id, Waits(position(lobby, display_id) or 0))

    def about_the_gone(self, lobby: Lobby) -> list[DisplayId]:
        """Those about whom somebody wants to know, and who are not in the lobby any more."""
        return [each for each in self._answers if position(lobby, each) is None]


def _tell(answer: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not answer.done():  # whoever asked may be gone
        answer.set_result(outcome)
