"""Which displays wait or show at present, by author.

Most authors have one, so a single one costs no set of its own; a banner that shows nothing costs nothing.
"""

from collections.abc import Callable

from shared.contracts.identity import DisplayId

OnNew = Callable[[str, DisplayId], None]


class ByAuthor:
    """An index over displays; `on_new` is called with each that was not there."""

    def __init__(self, on_new: OnNew | None = None) -> None:
        self.on_new = on_new
        self._of_author: dict[str, DisplayId | set[DisplayId]] = {}

    def of(self, author: str) -> set[DisplayId]:
        """All displays of an author."""
        known = self._of_author.get(author)
        if known is None:
            return set()
        return {known} if isinstance(known, str) else set(known)

    def add(self, author: str, display_id: DisplayId) -> None:
        """A display has come."""
        known = self._of_author.setdefault(author, display_id)
        if isinstance(known, set):
            known.add(display_id)
        elif known != display_id:
            self._of_author[author] = {known, display_id}
        self.announce(author, display_id)

    def discard(self, author: str, display_id: DisplayId) -> None:
        """A display has gone."""
        known = self._of_author.get(author)
        if isinstance(known, set):
            known.discard(display_id)
            if len(known) == 1:
                self._of_author[author] = known.pop()
        elif known == display_id:
            del self._of_author[author]

    def announce(self, author: str, display_id: DisplayId) -> None:
        """Say that a display has come, also where it has gone again already."""
        if self.on_new is not None:
            self.on_new(author, display_id)
