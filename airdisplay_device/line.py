"""What a device needs of a connection to the mesh: four verbs, so that one may carry many devices."""

from collections.abc import Callable
from typing import Protocol

OnMessage = Callable[[bytes, int | None], None]
"""Takes what came, and the revision of the record where the line can tell it. Must be quick."""

Undo = Callable[[], None]
"""Ends what was begun."""


class Line(Protocol):
    """A connection to the mesh that is lost and comes back. What is sent leaves in the order of the calls."""

    @property
    def connected(self) -> bool:
        """Whether there is a server at the other end right now."""
        ...

    def subscribe(self, subject: str, on_message: OnMessage) -> Undo:
        """Have `on_message` called for whatever comes there, in this connection and in those after it."""
        ...

    def publish(self, subject: str, data: bytes) -> bool:
        """Send without waiting for anybody; False where nothing was sent, because there is no connection."""
        ...

    def on_connect(self, callback: Callable[[], None]) -> Undo:
        """Have `callback` called at each connection, once what was subscribed to before is."""
        ...

    async def flush(self) -> None:
        """Wait until what was sent has left, or cannot any more."""
        ...
