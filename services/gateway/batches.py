"""What changed lately, for those who watch everything: one list for all of them, not one for each.

Each viewer only remembers how far it has come. Those who are equally far behind share one frame, in which
every banner stands once, in its newest state.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from services.gateway.positions import Position
from shared.contracts.identity import BannerId

BATCHES_KEPT: Final = 512
"""How many batches a viewer may be behind; while changes keep coming that is ten seconds or more."""

Fragments = Mapping[BannerId, bytes]


def changes_frame(fragments: Iterable[bytes], position: Position) -> str:
    """A `changes` frame of encoded banners, with the position that is reached with them."""
    body = b",".join(fragments).decode()
    revision, hardware = position
    return f'{{"op":"changes","revision":{revision},"hardware":"{hardware}","banners":[{body}]}}'


class Batches:
    """The latest batches of changes, numbered from the start of the process."""

    def __init__(self, *, kept: int = BATCHES_KEPT) -> None:
        self.head = 0
        """How many batches there have been."""
        self.position = Position(0, "")
        """What has been reached with the last one, or with what only those of single banners were told."""
        self._batches: deque[Fragments] = deque(maxlen=kept)
        self._frames: dict[int, str] = {}

    def add(self, fragments: Fragments, position: Position) -> None:
        """Changes that leave together."""
        self.position = position
        self._batches.append(fragments)
        self._frames.clear()
        self.head += 1

    def reaches(self, position: int) -> bool:
        """Whether everything after the first `position` batches is still here."""
        return self.head - position <= len(self._batches)

    def since(self, position: int) -> str:
        """One frame with everything after the first `position` batches, which must be here."""
        frame = self._frames.get(position)
        if frame is None:
            newest: dict[BannerId, bytes] = {}
            for fragments in islice(self._batches, len(self._batches) - (self.head - position), None):
                newest.update(fragments)
            frame = self._frames[position] = changes_frame(newest.values(), self.position)
        return frame
