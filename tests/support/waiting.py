"""Waiting for something to become true, instead of guessing how long it takes."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

import anyio

PATIENCE_SECONDS = 20.0
"""Long enough for any machine; a test that needs it all has failed."""


async def until(
    condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = PATIENCE_SECONDS
) -> None:
    """Return once `condition` holds, asking again and again.

    Raises:
        TimeoutError: it never did.
    """
    with anyio.fail_after(seconds):
        while True:
            answer = condition()
            if await answer if isawaitable(answer) else answer:
                return
            await anyio.sleep(0.005)
