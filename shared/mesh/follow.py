"""Following a stream without a gap: every entry once, in order, through restarts of server and connection.

nats-py's ordered consumer stays silent for up to 18 s after a server restart, and loses what overflows
its local queue without a word. This one asks for a new consumer from the entry after the last one that it
handed over, as soon as the connection is back, a sequence number is missing, or the heartbeat stops.

It pulls. While nothing happens it waits for a single entry, which arrives at once; while much happens it
takes what has come together every few milliseconds. A wake-up for every entry would cost server and
follower several times as much as the entries do. And what the reader has no time for stays in the server.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple

import anyio
import msgspec
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from shared.contracts.errors import AirDisplayError, Restarted, Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh, OnMessage

GATHER_SECONDS: Final = 0.01
"""Under load, for how long entries come together before they are taken."""

_BATCH: Final = 2_000
_WAIT_SECONDS: Final = 30.0
_HEARTBEAT_SECONDS: Final = 1.0
_SILENCE_SECONDS: Final = 2.5
_RETRY_SECONDS: Final = 0.05
_FORGOTTEN_AFTER_SECONDS: Final = 30.0
"""How long the server keeps the consumer of a follower that is gone."""

_ACK_PREFIX: Final = "$JS.ACK."
_SHORT_FORM_TOKENS: Final = 9
_STATUS: Final = "Status"
_HEARTBEAT: Final = "100"
_END_OF_BATCH: Final = {"404", "408"}  # nothing more at present; waited long enough
_LAST_CONSUMER: Final = "Nats-Last-Consumer"

log = structlog.get_logger()


class Entry(NamedTuple):
    """One entry of a stream: its subject, its sequence in the stream (the revision), and what it says."""

    subject: str
    sequence: int
    data: bytes
    headers: dict[str, str] | None


class _Position(NamedTuple):
    """Where an entry stands: in the stream, in what this consumer sent, and how many are left."""

    sequence: int
    delivered: int
    pending: int


class _LostError(AirDisplayError):
    """Raised when this consumer is of no more use."""


class Feed:
    """An open follow. `follow` makes one; iterate over it, in one task, for batches of entries."""

    def __init__(
        self,
        mesh: Mesh,
        stream: str,
        subject: str,
        *,
        everything: bool,
        on_restart: Callable[[], None] | None,
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
        self._subscription: Subscription | None = None
        self._inbox = ""
        self._next_subject = ""
        self._delivered = 0
        self._left = 0
        self._heard = 0.0
        self._asked = 0.0
        self._wanted = 0
        self._received: list[Entry] = []
        self._trouble = ""
        self._answered = anyio.Event()

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
            except (_LostError, Unreachable) as error:
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
        self._inbox = ""
        self._trouble = trouble
        self._answered.set()

    async def stop(self) -> None:
        """Let go of the consumer; the server forgets it after a while."""
        self._inbox = ""
        if self._subscription is not None:
            with suppress(nats.errors.Error):
                await self._subscription.unsubscribe()

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
        await self.stop()
        self._trouble = ""
        self._delivered = 0
        inbox = self._inbox = self._mesh.client.new_inbox()
        self._subscription = await self._mesh.subscribe(inbox, self._receiver(inbox))
        made = await self._mesh.jetstream.add_consumer(self._stream, self._consumer())
        self._next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{made.name}"
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
            ack_policy=AckPolicy.NONE,
            max_deliver=1,
            inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )

    async def _more(self) -> list[Entry]:
        """What has come together; when that is nothing, the next entry that comes."""
        rest = self._asked + GATHER_SECONDS - time.monotonic()
        if rest > 0 and not self._left:
            await anyio.sleep(rest)
        entries = await self._ask(_BATCH, no_wait=True)
        return entries or await self._ask(
            1, expires=int(_WAIT_SECONDS * 1e9), idle_heartbeat=int(_HEARTBEAT_SECONDS * 1e9)
        )

    async def _ask(self, batch: int, **how: Any) -> list[Entry]:
        """One request for entries; returns what it brought once it is fulfilled or over."""
        self._wanted = batch
        self._answered = anyio.Event()
        if self._trouble:
            raise _LostError(self._trouble)
        request = msgspec.json.encode({"batch": batch, **how})
        self._asked = self._heard = time.monotonic()
        if not self._mesh.connected:
            raise Unreachable("the mesh")
        await self._mesh.client.publish(self._next_subject, request, reply=self._inbox)
        await self._until_answered()
        self.current = not self._left and not self._trouble
        received, self._received = self._received, []
        return received

    async def _until_answered(self) -> None:
        while not self._answered.is_set():
            with anyio.move_on_after(self._heard + _SILENCE_SECONDS - time.monotonic()):
                await self._answered.wait()
            if not self._answered.is_set() and time.monotonic() - self._heard >= _SILENCE_SECONDS:
                self.lose("no heartbeat")
        if self._trouble and not self._received:
            raise _LostError(self._trouble)

    def _receiver(self, inbox: str) -> OnMessage:
        async def receive(message: Msg) -> None:
            if self._inbox == inbox:  # else it is from a consumer that we have given up
                self._receive(message)

        return receive

    def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if not message.reply.startswith(_ACK_PREFIX):
            self._on_status(message.headers or {})
            return
        position = _position(message.reply)
        if position.delivered != self._delivered + 1:
            self.lose("entries are missing")
            return
        self._delivered = position.delivered
        self.position = position.sequence
        self._left = position.pending
        self._received.append(Entry(message.subject, position.sequence, message.data, message.headers))
        self._wanted -= 1
        if not self._wanted:
            self._answered.set()

    def _on_status(self, headers: dict[str, str]) -> None:
        status = headers.get(_STATUS)
        if status in _END_OF_BATCH:
            self._answered.set()
        elif status != _HEARTBEAT:  # the consumer is gone, or nobody is there who knows it
            self.lose(f"status {status}")
        elif int(headers.get(_LAST_CONSUMER, self._delivered)) != self._delivered:
            self.lose("entries are missing")


def _position(reply: str) -> _Position:
    """Read an acknowledgement subject of either form: domain and account may stand before the stream."""
    tokens = reply.split(".")
    stream = 2 if len(tokens) == _SHORT_FORM_TOKENS else 4
    return _Position(int(tokens[stream + 3]), int(tokens[stream + 4]), int(tokens[stream + 6]))


@asynccontextmanager
async def follow(
    mesh: Mesh,
    stream: str,
    subject: str,
    *,
    everything: bool = False,
    on_restart: Callable[[], None] | None = None,
) -> AsyncGenerator[Feed]:
    """Follow a stream's entries on a subject: first the newest of each, then all that come.

    With `everything`, from the first entry that the stream has. When the stream is made anew, `on_restart`
    is called and it begins again; without one that ends the follower.
    """
    feed = Feed(mesh, stream, subject, everything=everything, on_restart=on_restart)
    await feed.start()
    stop_listening = mesh.on_reconnect(lambda: feed.lose("the connection was away"))
    try:
        yield feed
    finally:
        stop_listening()
        with anyio.CancelScope(shield=True):
            await feed.stop()
