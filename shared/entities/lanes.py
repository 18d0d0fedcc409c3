"""Lanes: one command of a key at a time within a process, in the order of arrival.

Only an optimisation: it spares conflicts among our own commands. What keeps commands apart is the store.
Written on bare futures because it is taken twice for every display; a lock of the library costs more
than the decision that it guards.
"""

import asyncio
from collections import deque


class Lanes:
    """Who has the lane of a key, and who waits for it; a key that nobody uses takes no room."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, key: str) -> None:
        """Wait for this key's lane. Whoever took it must give it back; who is cancelled has not taken it."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = deque()
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it came at the very moment of the cancellation
                self.give_back(key)
            raise

    def give_back(self, key: str) -> None:
        """Let the next one have it."""
        waiting = self._waiting[key]
        while waiting:
            mine = waiting.popleft()
            if not mine.done():
                mine.set_result(None)
                return
        del self._waiting[key]

    def __len__(self) -> int:
        """How many keys somebody uses or awaits."""
        return len(self._waiting)
