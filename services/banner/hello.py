"""Hellos of hardware: each is answered with the newest record, and a flood of them like a few.

Of the hellos of one banner that come while its answer is due or on its way, one more answer is for all: so
whoever says hello is sent a record that was read afterwards, and nobody is sent more than a few a second.
"""

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import anyio
import structlog
from anyio.abc import TaskGroup

from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import BannerId

REST_SECONDS: Final = 0.2
"""After an answer, how long the next one to the same banner waits."""
AT_ONCE: Final = 32
"""How many records are read at the same time."""
WAITING_AT_MOST: Final = 100_000
"""How many banners may wait for an answer; who comes then has to say hello again."""

_FINISH_SECONDS: Final = 2.0

log = structlog.get_logger()

Answer = Callable[[BannerId], Awaitable[bool]]
"""Sends a banner its newest record; False where there is none, because nobody has registered it."""


class Hellos:
    """Those who said hello, and who has been answered a moment ago."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._answered = 0
        self._merged = 0
        self._unknown = 0
        self._failed = 0
        self._waiting: dict[BannerId, None] = {}
        # Answered a moment ago, and whether somebody has said hello since.
        self._resting: dict[BannerId, bool] = {}
        self._rested: deque[tuple[float, BannerId]] = deque()
        self._under_way = 0
        self._room = anyio.Semaphore(AT_ONCE)
        self._something = anyio.Event()

    @property
    def resting(self) -> int:
        """How many were answered a moment ago."""
        return len(self._resting)

    def heard(self, banner: BannerId) -> None:
        """The hardware of a banner says hello."""
        if banner in self._waiting:
            self._merged += 1
        elif banner in self._resting:
            self._merged += self._resting[banner]
            self._resting[banner] = True
        elif len(self._waiting) >= WAITING_AT_MOST:
            self._failed += 1
        else:
            self._wait(banner)

    @asynccontextmanager
    async def answering(self) -> AsyncGenerator[None]:
        """Answer until the block is left; then those who wait, for at most two seconds."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._answer_all, tasks)
            tasks.start_soon(self._wake)
            try:
                yield
            finally:
                with anyio.move_on_after(_FINISH_SECONDS, shield=True):
                    while self._waiting or self._under_way or any(self._resting.values()):
                        await anyio.sleep(REST_SECONDS / 10)
                tasks.cancel_scope.cancel()

    def facts(self) -> Mapping[str, int]:
        """What stands in the statistics of the service."""
        return {
            "hellos_answered": self._answered,
            "hellos_merged": self._merged,
            "hellos_of_unknown_banners": self._unknown,
            "hellos_failed": self._failed,
        }

    def _wait(self, banner: BannerId) -> None:
        self._waiting[banner] = None
        self._something.set()

    async def _answer_all(self, tasks: TaskGroup) -> None:
        while True:
            if not self._waiting:
                self._something = anyio.Event()
                await self._something.wait()
            await self._room.acquire()
            banner = next(iter(self._waiting))
            del self._waiting[banner]
            self._resting[banner] = False  # before the record is read: who comes later is sent a later one
            self._under_way += 1
            tasks.start_soon(self._answer_one, banner)

    async def _answer_one(self, banner: BannerId) -> None:
        try:
            if await self._answer(banner):
                self._answered += 1
            else:
                self._unknown += 1
        except AirDisplayError as error:  # the hardware says hello again when it has heard nothing
            self._failed += 1
            log.warning("hello not answered", banner=banner, reason=str(error))
        finally:
            self._under_way -= 1
            self._room.release()
            self._rested.append((anyio.current_time() + REST_SECONDS, banner))

    async def _wake(self) -> None:
        """End the rest of those who have rested long enough."""
        while True:
            await anyio.sleep(REST_SECONDS / 10)
            while self._rested and self._rested[0][0] <= anyio.current_time():
                _, banner = self._rested.popleft()
                if self._resting.pop(banner):
                    self._wait(banner)
