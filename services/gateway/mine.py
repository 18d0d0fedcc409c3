"""All displays of one author: those that wait or show when the watch begins, and each that comes.

Only says which they are; following each until it ended is what `followed.py` does with any display.
"""

from collections.abc import Callable, Iterable
from typing import Final

import anyio
import msgspec
import structlog

from services.gateway.followed import Followed, Why
from services.gateway.viewer import Viewer
from shared.contracts.identity import DisplayId
from shared.contracts.live import Problem

MINE_AT_MOST: Final = 1_000
"""How many displays of its author one viewer is told of at a time."""

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()
_TOO_MANY: Final = _encoder.encode(
    Problem(
        code="too-many-displays",
        detail=f"more than {MINE_AT_MOST} of your displays wait or show at a time: some are left out",
    )
).decode()

OfAuthor = Callable[[str], Iterable[DisplayId]]


class Mine:
    """Everybody who watches what is their own."""

    def __init__(self, followed: Followed, of_author: OfAuthor) -> None:
        self._followed = followed
        self._of_author = of_author
        self._viewers: dict[str, set[Viewer]] = {}
        self._author: dict[Viewer, str] = {}
        self._new: dict[DisplayId, str] = {}
        self._something = anyio.Event()

    def __len__(self) -> int:
        return len(self._author)

    def watch(self, viewer: Viewer, author: str) -> None:
        """From now on tell a viewer of this author's displays; what there is comes first, in one frame."""
        self.unwatch(viewer)
        self._author[viewer] = author
        self._viewers.setdefault(author, set()).add(viewer)
        self._followed.follow_all(viewer, self._granted(viewer, self._of_author(author)))

    def unwatch(self, viewer: Viewer) -> None:
        """Tell a viewer no more of what is its own; what it asked for by its id it is still told of."""
        author = self._author.pop(viewer, None)
        if author is None:
            return
        self._viewers[author].discard(viewer)
        if not self._viewers[author]:
            del self._viewers[author]
        self._followed.unwatch(viewer, None, Why.OWN)

    def author_changed(self, viewer: Viewer, author: str) -> None:
        """A viewer is somebody else from now on; if it watches what is its own, that is now this author's."""
        if self._author.get(viewer, author) != author:
            self.watch(viewer, author)

    def on_new(self, author: str, display_id: DisplayId) -> None:
        """A display has come to a banner or to a lobby; what is known of it is still being put down."""
        if author in self._viewers:
            self._new[display_id] = author
            self._something.set()

    async def run(self) -> None:
        """Tell authors of displays that have come; never returns."""
        while True:
            await self._something.wait()
            self._something = anyio.Event()
            new, self._new = self._new, {}
            for display_id, author in new.items():
                for viewer in tuple(self._viewers.get(author, ())):
                    self._follow(viewer, display_id)

    def _follow(self, viewer: Viewer, display_id: DisplayId) -> None:
        if not self._followed.follows(viewer, display_id, Why.OWN):
            self._followed.watch(viewer, self._granted(viewer, [display_id]), Why.OWN)

    def _granted(self, viewer: Viewer, displays: Iterable[DisplayId]) -> list[DisplayId]:
        """As many of them as this viewer may still be told of."""
        free = MINE_AT_MOST - self._followed.count(viewer, Why.OWN)
        wanted = list(displays)
        if len(wanted) > free:
            log.info("displays left out", author=self._author[viewer], wanted=len(wanted), free=free)
            viewer.tell(_TOO_MANY)
        return wanted[:free]
