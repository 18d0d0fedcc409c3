"""Taking frames from a viewer by hand, as whoever drives it would."""

from typing import Final, Literal

import anyio

from services.gateway.viewer import Viewer

NOTHING: Final = 0
"""There was nothing to send."""


async def take(viewer: Viewer) -> str | Literal[0] | None:
    """The next frame, None when the viewer shall be closed, or NOTHING."""
    with anyio.move_on_after(0):
        return await viewer.next()
    return NOTHING
