"""Following a stream without a gap: every entry once, in order, through restarts of server and connection.

nats-py's ordered consumer stays silent for up to 18 s after a server restart, and loses what overflows
its local queue without a word. This one asks for a new consumer from the entry after the last one that it
handed over, as soon as the connection is back, a sequence number is missing, or the heartbeat stops.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import anyio
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from shared.contracts.errors import Restarted, Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.delivery import delivery
from shared.mesh.pull import LostError, Pull

_BATCH: Final = 2_000
_RETRY_SECONDS: Final = 0.05
_FORGOTTEN_AFTER_SECONDS: Final = 30.0
"""How long the server keeps the consumer of a follower that is gone."""

_LAST_CONSUMER: Final = "Nats-Last-Consumer"

log = structlog.get_logger()


class Entry(NamedTuple):
    """One entry of a stream: its subject, its sequence in the stream (the revision), and what it says.

    `stored_ms` is when the stream took it, in milliseconds after 1970; 0 for one that was not followed, whose
    headers tell.
    """

    subject: str
    sequence: int
    data: bytes
    headers: dict[str, str] | None
    stored_ms: int = 0


class Feed:
    """An open follow. `follow` makes one; iterate over it, in one task, for batches of entries."""

    def __init__(
        self,
        mesh: Mesh,
        stream: str,
        subject: str,
        *,
        everything: bool = False,
        on_restart: Callable[[], None] | None = None,
        headers_only: bool = False,
    ) -> None:
        self.caught_up = anyio.Event()
        """Set once everything that was there at the start has been handed over."""
        self.epoch = ""
        """Names the stream that is followed; another one after it was made anew."""
        self.life = ""
        """Names the life of the stream, and of the server where a single one keeps it."""
        self.position = 0
        """The sequence of the last entry that was received."""
        self.current = False
        """Whether everything that there is has been received, as far as anybody can tell."""
        self.resumed = 0
        """How many times a new consumer was needed."""
        self._mesh = mesh
        self._stream = stream
        self._subject = subject
        self._everything = everything
        self._on_restart = on_restart
        self._headers_only = headers_only
        self._pull = Pull(mesh, self._receive, on_heartbeat=self._on_heartbeat)
        self._delivered = 0
        self._left = 0
        self._received: list[Entry] = []

    async def __aiter__(self) -> AsyncGenerator[list[Entry]]:
        """Batches of entries, as they come.

        Raises:
            Restarted: the stream is gone, made anew or lost its end, and nobody said what to do then.
        """
        while True:
            if not self._left:
                self.caught_up.set()
            try:
                entries = await self._more()
            except (LostError, Unreachable) as error:
                log.warning("resuming", stream=self._stream, after=self.position, reason=str(error))
                self.current = False
                self.resumed += 1
                await self.start()
            else:
                if entries:
                    yield entries

    def lose(self, trouble: str) -> None:
        """Give this consumer up; the reader gets another one that goes on after the last entry."""
        self.current = False
        self._pull.lose(trouble)

    async def stop(self) -> None:
        """Let go of the consumer; the server forgets it after a while."""
        await self._pull.close()

    async def start(self) -> None:
        """Get a consumer, however long that takes."""
        while True:
            try:
                await self._start()
            except (Unreachable, APIError, nats.errors.Error):
                await anyio.sleep(_RETRY_SECONDS)
            else:
                return

    async def _start(self) -> None:
        server = self._mesh.only_server
        try:
            info = await streams.info(self._mesh, self._stream)
        except streams.Missing:
            if self.epoch:  # it was there before
                self._forget()
            raise
        if server != self._mesh.only_server:  # asked through one connection, answered through the next
            raise Unreachable(f"the stream {self._stream}")
        if self.epoch and (info.epoch != self.epoch or info.state.last_seq < self.position):
            self._forget()
        self.epoch = info.epoch
        self.life = streams.life(info, server)
        await self._pull.open()
        self._delivered = 0
        made = await self._mesh.jetstream.add_consumer(self._stream, self._consumer())
        self._pull.next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{made.name}"
        self._left = made.num_pending or 0

    def _forget(self) -> None:
        if self._on_restart is None:
            raise Restarted(self._stream)
        log.warning("the stream is not the one that was followed", stream=self._stream)
        self._on_restart()
        self.epoch = ""
        self.position = 0

    def _consumer(self) -> ConsumerConfig:
        if self.position:
            start = DeliverPolicy.BY_START_SEQUENCE
        else:
            start = DeliverPolicy.ALL if self._everything else DeliverPolicy.LAST_PER_SUBJECT
        return ConsumerConfig(
            deliver_policy=start,
            opt_start_seq=self.position + 1 if self.position else None,
            filter_subject=self._subject,
            headers_only=self._headers_only or None,
            ack_policy=AckPolicy.NONE,
            max_deliver=1,
            inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )

    async def _more(self) -> list[Entry]:
        """What has come together; when that is nothing, the next entry that comes."""
        if not self._left:
            await self._pull.gather()
        return await self._taken(self._pull.now(_BATCH)) or await self._taken(self._pull.next())

    async def _taken(self, request: Awaitable[int]) -> list[Entry]:
        await request
        self.current = not self._left and not self._pull.trouble
        received, self._received = self._received, []
        return received

    def _receive(self, message: Msg) -> None:
        position = delivery(message.reply)
        if position.delivered != self._delivered + 1:
            self.lose("entries are missing")
            return
        self._delivered = position.delivered
        self.position = position.sequence
        self._left = position.pending
        self._received.append(
            Entry(
                message.subject,
                position.sequence,
                message.data,
                message.headers,
                position.nanoseconds // 1_000_000,
            )
        )

    def _on_heartbeat(self, headers: Mapping[str, str]) -> None:
        if int(headers.get(_LAST_CONSUMER, self._delivered)) != self._delivered:
            self.lose("entries are missing")


@asynccontextmanager
async def follow(
    mesh: Mesh,
    stream: str,
    subject: str,
    *,
    everything: bool = False,
    on_restart: Callable[[], None] | None = None,
    headers_only: bool = False,
) -> AsyncGenerator[Feed]:
    """Follow a stream's entries on a subject: first the newest of each, then all that come.

    With `everything`, from the first entry that the stream has. When the stream is made anew, `on_restart`
    is called and it begins again; without one that ends the follower. With `headers_only`, entries come
    without what they say.
    """
    feed = Feed(
        mesh, stream, subject, everything=everything, on_restart=on_restart, headers_only=headers_only
    )
    await feed.start()
    stop_listening = mesh.on_reconnect(lambda: feed.lose("the connection was away"))
    try:
        yield feed
    finally:
        stop_listening()
        with anyio.CancelScope(shield=True):
            await feed.stop()
