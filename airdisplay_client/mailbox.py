"""What waits to be read: of each thing only the newest, so that a slow reader costs no memory and no hole.

Whoever is cancelled while it waits has lost nothing.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Between one who is told and one who reads."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, T] = {}
        self._failure: Exception | None = None
        self._is_closed = False
        self._something = anyio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, about: Hashable, item: T) -> None:
        """Something new about this; what waits about it already is replaced, and it goes to the end."""
        self._waiting.pop(about, None)
        self._waiting[about] = item
        self._something.set()

    def close(self, failure: Exception | None = None) -> None:
        """Nothing more will come. What waits is still read; then the failure is raised, if it was one."""
        self._is_closed = True
        self._failure = self._failure or failure
        self._something.set()

    async def get(self) -> T:
        """The next; raises `StopAsyncIteration` or the failure at the end, and from then on."""
        while not self._waiting:
            if self._failure is not None:
                raise self._failure
            if self._is_closed:
                raise StopAsyncIteration
            if self._something.is_set():
                self._something = anyio.Event()
            await self._something.wait()
        about = next(iter(self._waiting))
        return self._waiting.pop(about)
