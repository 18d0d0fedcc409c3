"""What changed lately, for those who watch everything: one list for all of them, not one for each.

Each viewer only remembers how far it has come. Those who are equally far behind share one frame, in which
every banner stands once, in its newest state.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from shared.contracts.identity import BannerId

BATCHES_KEPT: Final = 512
"""How many batches a viewer may be behind; while changes keep coming that is ten seconds or more."""

Fragments = Mapping[BannerId, bytes]


def changes_frame(fragments: Iterable[bytes]) -> str:
    """A `changes` frame of encoded banners."""
    return (b'{"op":"changes","banners":[' + b",".join(fragments) + b"]}").decode()


class Batches:
    """The latest batches of changes, numbered from the start of the process."""

    def __init__(self, *, kept: int = BATCHES_KEPT) -> None:
        self.head = 0
        """How many batches there have been."""
        self._batches: deque[Fragments] = deque(maxlen=kept)
        self._frames: dict[int, str] = {}

    def add(self, fragments: Fragments) -> None:
        """Changes that leave together."""
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
            frame = self._frames[position] = changes_frame(newest.values())
        return frame
