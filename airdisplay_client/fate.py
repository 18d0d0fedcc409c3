"""What is known of one message, from waiting to ended. Pure."""

from typing import Final

import msgspec

from shared.contracts.instants import Instant
from shared.contracts.views import DisplayView, How

_ORDER: Final = ("waiting", "pending", "queued", "showing", "ended")


class Fate:
    """A message as it was told last; one told later never goes back in time."""

    def __init__(self, view: DisplayView | None = None) -> None:
        self.view = view

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.view is not None and self.view.state == "ended"

    @property
    def deadline(self) -> Instant | None:
        """When it is over by itself: if it shows, or waits for an operator's yes."""
        match self.view:
            case DisplayView(state="showing", until=until):
                return until
            case DisplayView(state="pending", lapses_at=lapses_at):
                return lapses_at
            case _:
                return None

    def take(self, view: DisplayView) -> bool:
        """Take what was told; whether it is news, which what a gateway says that is behind is not."""
        known = self.view
        if known is not None and (known == view or _place_in_time(view) < _place_in_time(known)):
            return False
        self.view = view
        return True

    def over(self, now: Instant) -> bool:
        """End it when its time is up, whether or not anybody has said so; whether that was now."""
        deadline = self.deadline
        if self.view is None or deadline is None or now < deadline:
            return False
        how: How = "expired" if self.view.state == "showing" else "lapsed"
        return self.take(msgspec.structs.replace(self.view, state="ended", ended_at=deadline, how=how))


def _place_in_time(view: DisplayView) -> tuple[int, int]:
    return _ORDER.index(view.state), view.revision or 0
