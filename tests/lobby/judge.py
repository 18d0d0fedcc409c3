"""Judging a lobby's log, held against what banners have shown. Pure.

The claims: no record is missing, and every state is what its events lead to; nobody comes in twice; the first
in line goes first; nobody is on the way to two places, or two to one; who is placed was shown there, right
after the revision that it was sent to, and who comes back from there was not; who has left is not shown; in
the end everybody who came in has been placed or has left.
"""

from collections.abc import Mapping, Sequence

from services.lobby.entity import update
from shared.contracts.lobby import Assigned, Entered, Left, Lobby, LobbyEvent, Place, Placed, Returned
from shared.entities.records import Record

LobbyRecord = Record[Lobby, LobbyEvent]


class _Judged:
    """What has become of everybody so far; what must not be is written down in `wrong`."""

    def __init__(self, shown: Mapping[str, Place]) -> None:
        self.wrong: list[str] = []
        self.here: set[str] = set()
        self._entered: set[str] = set()
        self._sent: dict[str, Place] = {}
        self._shown = shown

    def look_at(self, event: LobbyEvent, lobby: Lobby) -> None:
        """The next thing that happened, to a lobby as it was before."""
        match event:
            case Entered(ticket=ticket):
                self._expect(ticket.id not in self._entered, f"{ticket.id} came in twice")
                self._entered.add(ticket.id)
                self.here.add(ticket.id)
            case Assigned(display_id=name, place=place):
                first = min(lobby.waiting, key=lambda ticket: ticket.number, default=None)
                self._expect(first is not None and first.id == name, f"{name} was sent out of turn")
                taken = {each.place.banner for each in lobby.assigned}
                self._expect(place.banner not in taken, f"two were sent to {place.banner}")
                self._sent[name] = place
            case Placed(display_id=name, banner=banner):
                sent, where = self._sent.get(name), self._shown.get(name)
                self._expect(
                    sent is not None and sent.banner == banner,
                    f"{name} was placed on {banner}, sent to {sent}",
                )
                self._expect(where == sent, f"{name} was placed at {sent}, and shown at {where}")
                self._go(name)
            case Returned(display_id=name):
                sent, where = self._sent.get(name), self._shown.get(name)
                self._expect(where is None or where != sent, f"{name} came back, and was shown on {where}")
            case Left(display_id=name):
                self._expect(name not in self._shown, f"{name} had left, and was shown")
                self._go(name)

    def _go(self, name: str) -> None:
        self._expect(name in self.here, f"{name} went and was not here")
        self.here.discard(name)

    def _expect(self, expected: bool, otherwise: str) -> None:  # noqa: FBT001 (it is what is expected)
        if not expected:
            self.wrong.append(otherwise)


def violations(log: Sequence[LobbyRecord], shown: Mapping[str, Place]) -> list[str]:
    """Everything that contradicts the claims; `shown` says where each display began, after which revision."""
    judged = _Judged(shown)
    lobby = Lobby()
    for number, record in enumerate(log, 1):
        if record.number != number:
            return [*judged.wrong, f"expected record {number}, found {record.number}"]
        for event in record.events:
            judged.look_at(event, lobby)
            lobby = _after(event, lobby)
        if lobby != record.state:
            judged.wrong.append(f"record {number}: the events lead to {lobby}, it says {record.state}")
            lobby = record.state
    return judged.wrong + [f"{name} was never placed" for name in sorted(judged.here)]


def _after(event: LobbyEvent, lobby: Lobby) -> Lobby:
    try:
        return update(event, lobby)
    except (AssertionError, ValueError):  # it makes no sense, and has been written down
        return lobby
