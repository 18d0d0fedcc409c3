"""A queue of work: every entry of a stream to one of those who share it, until somebody has done it.

At least once: what was handed over and not acknowledged goes to another one after a while, so a process that
dies, a lost connection or a restarted server costs no entry; some come twice then, and later than their time.
The consumer stands under a durable name, and where the stream was made anew it is made anew.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import anyio
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import APIError

from shared.contracts.errors import Unreachable
from shared.contracts.instants import Instant, instant
from shared.mesh.connection import Mesh
from shared.mesh.delivery import delivery
from shared.mesh.pull import LostError, Pull

_BATCH: Final = 1_000
_UNDONE_AT_MOST: Final = 20_000
"""So many may be handed over and not done, by all instances together."""
_AGAIN_AFTER_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 0.1
_MAKE_SECONDS: Final = 1.0
_IN_A_MILLISECOND: Final = 1_000_000

log = structlog.get_logger()


class Piece(NamedTuple):
    """One entry to do."""

    subject: str
    data: bytes
    milliseconds: int
    """When the stream took it: after 1970, by the server's clock."""
    reply: str
    """Where it is acknowledged."""

    @property
    def at(self) -> Instant:
        """When the stream took it."""
        return instant(self.milliseconds)


class Work:
    """An open share of the work. `work` makes one; iterate over it, in one task, for what there is to do."""

    def __init__(self, mesh: Mesh, stream: str, name: str) -> None:
        self.resumed = 0
        """How many times it had to begin again."""
        self._mesh = mesh
        self._stream = stream
        self._name = name
        self._pull = Pull(mesh, self._receive)
        self._ending = False
        self._left = 0
        self._received: list[Piece] = []

    async def __aiter__(self) -> AsyncGenerator[list[Piece]]:
        """What there is to do, as it comes, until `end`."""
        while not self._ending:
            try:
                pieces = await self._more()
            except (LostError, Unreachable) as error:
                if self._ending:
                    break
                log.warning("resuming", stream=self._stream, reason=str(error))
                self.resumed += 1
                await self.start()
            else:
                if pieces:
                    yield pieces
        if self._received:
            yield self._received

    async def end(self) -> None:
        """Take nothing more; what was handed over already is still to be done before the iteration ends."""
        self._ending = True
        await self._pull.end()

    async def done(self, pieces: Iterable[Piece]) -> None:
        """Never hand these over again. Where the server does not hear of it they come again."""
        try:
            for piece in pieces:
                await self._mesh.client.publish(piece.reply, b"")
        except nats.errors.Error:  # no connection
            return

    async def start(self) -> None:
        """Get to the consumer, however long that takes, unless it shall end."""
        while not self._ending:
            try:
                await self._start()
            except (Unreachable, APIError, nats.errors.Error, TimeoutError):
                await anyio.sleep(_RETRY_SECONDS)
            else:
                return

    async def stop(self) -> None:
        """Take nothing more; what was not handed over yet goes to others after a while."""
        await self._pull.close()

    def lose(self, trouble: str) -> None:
        """Begin again with the next piece."""
        self._pull.lose(trouble)

    async def _start(self) -> None:
        await self._pull.open()
        config = ConsumerConfig(
            durable_name=self._name,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_AGAIN_AFTER_SECONDS,
            max_ack_pending=_UNDONE_AT_MOST,
        )
        with anyio.fail_after(_MAKE_SECONDS):  # a server that is going down takes the question with it
            made = await self._mesh.jetstream.add_consumer(self._stream, config)
        self._pull.next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._name}"
        self._left = made.num_pending or 0

    async def _more(self) -> list[Piece]:
        """What has come together; when that is nothing, the next piece that comes."""
        if not self._left:
            await self._pull.gather()
        if not await self._pull.now(_BATCH):
            await self._pull.next()
        received, self._received = self._received, []
        return received

    def _receive(self, message: Msg) -> None:
        told = delivery(message.reply)
        self._left = told.pending
        taken_at = told.nanoseconds // _IN_A_MILLISECOND
        self._received.append(Piece(message.subject, message.data, taken_at, message.reply))


@asynccontextmanager
async def work(mesh: Mesh, stream: str, name: str) -> AsyncGenerator[Work]:
    """Share the work of a stream with all who do it under this name, until the block is left."""
    share = Work(mesh, stream, name)
    await share.start()
    stop_listening = mesh.on_reconnect(lambda: share.lose("the connection was away"))
    try:
        yield share
    finally:
        stop_listening()
        with anyio.CancelScope(shield=True):
            await share.stop()
