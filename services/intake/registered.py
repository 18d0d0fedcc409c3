"""Which banners there are, as the log of their records has it: an id each, and nothing of what they show.

Some hundred bytes a banner: a million of them take a hundred megabytes of every instance.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import anyio

from shared.contracts import subjects
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry, Feed, follow
from shared.mesh.streams import BANNERS

_OPERATION: Final = "KV-Operation"
_CATCH_UP_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.002


class Registered:
    """The ids that somebody has registered."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._banners: set[str] = set()
        self._position = 0

    def __contains__(self, banner: str) -> bool:
        return banner in self._banners

    def __len__(self) -> int:
        return len(self._banners)

    async def catch_up(self) -> None:
        """Return once all that is registered by now is known, or when that takes too long.

        Raises:
            Unreachable: nobody can be asked how far the log is.
        """
        last = (await streams.info(self._mesh, BANNERS.stream)).state.last_seq
        with anyio.move_on_after(_CATCH_UP_SECONDS):
            while self._position < last:
                await anyio.sleep(_LOOK_SECONDS)

    async def learn(self, feed: Feed) -> None:
        """Know them as the log has them; never returns."""
        async for entries in feed:
            self._take(entries)

    def forget(self) -> None:
        """The log is another one."""
        self._banners.clear()
        self._position = 0

    def _take(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            change = self._banners.discard if _OPERATION in (entry.headers or {}) else self._banners.add
            change(subjects.key_of(entry.subject))
        self._position = entries[-1].sequence


@asynccontextmanager
async def registered_banners(mesh: Mesh) -> AsyncGenerator[Registered]:
    """All banners that are registered, until the block is left; it is entered once all of them are known."""
    known = Registered(mesh)
    async with (
        follow(mesh, BANNERS.stream, BANNERS.everything, on_restart=known.forget, headers_only=True) as feed,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(known.learn, feed)
        await feed.caught_up.wait()
        await known.catch_up()
        yield known
        tasks.cancel_scope.cancel()
