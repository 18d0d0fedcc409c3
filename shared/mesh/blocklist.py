"""The blocklist from outside: to change it, and to decide by it as the log has it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import anyio
import msgspec
import structlog

from shared.contracts import subjects
from shared.contracts.blocklist import EVERYWHERE, Block, Blocklist, BlocklistRefusal, Unblock
from shared.contracts.command import Accepted
from shared.contracts.errors import UNDECODABLE, Unreadable
from shared.mesh.asking import ANSWER_SECONDS, Asking
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry, Feed, follow
from shared.mesh.streams import BLOCKLISTS
from shared.moderation.words import NO_WORDS, Words

BLOCKLIST_VERBS: Final[dict[type[Block | Unblock], str]] = {Block: "block", Unblock: "unblock"}

_CATCH_UP_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.005

log = structlog.get_logger()


class Blocklists:
    """The blocklist, from whoever serves it.

    Every call raises Unreachable when nobody was asked, and OutcomeUnknown when no answer came.
    """

    def __init__(self, mesh: Mesh, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._asking: Asking[Blocklist, BlocklistRefusal] = Asking(
            mesh, BLOCKLISTS.name, Blocklist, BlocklistRefusal, answer_seconds=answer_seconds
        )

    async def command(self, command: Block | Unblock) -> Accepted[Blocklist] | BlocklistRefusal:
        """Change it."""
        return await self._asking.command(EVERYWHERE, BLOCKLIST_VERBS[type(command)], command)

    async def get(self) -> Accepted[Blocklist] | BlocklistRefusal:
        """All of it, as the store has it now."""
        return await self._asking.get(EVERYWHERE)


class _Record(msgspec.Struct):
    state: Blocklist


_record_decoder: Final = msgspec.json.Decoder(_Record)


class BlockedWords:
    """The words that are blocked as far as is known here, for whoever decides by them."""

    def __init__(self) -> None:
        self.words: Words = NO_WORDS
        self.revision = 0

    async def until_known(self, revision: int) -> None:
        """Return once this revision is known here, or when that takes too long."""
        with anyio.move_on_after(_CATCH_UP_SECONDS):
            while self.revision < revision:
                await anyio.sleep(_LOOK_SECONDS)

    def current(self) -> Words:
        """The words as of now."""
        return self.words

    async def learn(self, feed: Feed) -> None:
        """Know them as the log has them; never returns."""
        async for entries in feed:
            self._take(entries[-1])

    def _take(self, entry: Entry) -> None:
        try:
            words = _record_decoder.decode(entry.data).state.words if entry.data else ()
        except UNDECODABLE as error:
            if not self.revision:  # to know no words is not the same as that there are none
                expected = f"a blocklist record ({error})"
                raise Unreadable(expected, found=entry.data) from error
            log.error("blocklist unreadable", revision=entry.sequence, problem=str(error))
            return
        self.words, self.revision = Words(words), entry.sequence


@asynccontextmanager
async def blocked_words(mesh: Mesh) -> AsyncGenerator[BlockedWords]:
    """The words that are blocked, kept as the log has them until the block is left.

    It is entered once all of them are known, so nobody decides before.

    Raises:
        Unreadable: what is there at the start cannot be read by this version.
    """
    blocked = BlockedWords()
    async with (
        follow(mesh, BLOCKLISTS.stream, subjects.record(BLOCKLISTS.bucket, EVERYWHERE)) as feed,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(blocked.learn, feed)
        await feed.caught_up.wait()
        yield blocked
        tasks.cancel_scope.cancel()
