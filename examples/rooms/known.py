"""What a door knows of the rooms, from the log: who waits alone where, and who is on the way.

It may lag, so it says what to try and nothing more; whether a try succeeds is decided by the revision.
"""

from typing import NamedTuple

from examples.rooms.entity import Room


class Waiting(NamedTuple):
    """Somebody is alone in a room, as of this revision of it."""

    room: str
    revision: int
    stranger: str


class Known:
    """The rooms that matter to somebody who looks for one."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}
        self._on_the_way: dict[str, str] = {}

    def learn(self, room: str, revision: int, state: Room) -> None:
        """A room is like this."""
        self._waiting.pop(room, None)
        self._on_the_way.pop(room, None)
        if len(state.strangers) == 1:
            self._waiting[room] = Waiting(room, revision, state.strangers[0])
        if state.on_the_way is not None:
            self._on_the_way[room] = state.on_the_way

    def outdated(self, room: str, revision: int) -> None:
        """Nobody waits there any more as they did at that revision; the log will tell what is now."""
        known = self._waiting.get(room)
        if known is not None and known.revision <= revision:
            del self._waiting[room]

    def arrived(self, room: str) -> None:
        """Nobody is on the way from there any more."""
        self._on_the_way.pop(room, None)

    @property
    def waiting(self) -> list[Waiting]:
        """Rooms with one who waits; the one that has been so for the longest comes first."""
        return sorted(self._waiting.values(), key=lambda each: each.revision)

    @property
    def on_the_way(self) -> list[tuple[str, str]]:
        """Who was sent on and has not settled: from which room, and who."""
        return list(self._on_the_way.items())

    @property
    def apart(self) -> bool:
        """Whether there are some who should be brought together."""
        return bool(self._on_the_way) or len(self._waiting) > 1
