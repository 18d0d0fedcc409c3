"""Following a stream without a gap: every entry once, in order, through restarts of server and connection.

nats-py's ordered consumer stays silent for up to 18 s after a server restart, and loses what overflows
its local queue without a word. This one asks for a new consumer from the entry after the last one it
handed over, as soon as the connection is back, a sequence number is missing, or the heartbeat stops.
The server sends no more than this process takes: its flow control is answered when a batch is taken.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

import anyio
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from shared.contracts.errors import Restarted, Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh, OnMessage

_HEARTBEAT_SECONDS: Final = 1.0
_SILENCE_SECONDS: Final = 2.5
_RETRY_SECONDS: Final = 0.05
_FORGOTTEN_AFTER_SECONDS: Final = 30.0
"""How long the server keeps the consumer of a follower that is gone."""

_STALLED: Final = "Nats-Consumer-Stalled"
_LAST_CONSUMER: Final = "Nats-Last-Consumer"
_ACK_PREFIX: Final = "$JS.ACK."
_SHORT_FORM_TOKENS: Final = 9

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


class Feed:
    """An open follow. `follow` makes one; iterate over it for batches of entries."""

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
        """Names the life of the stream that is followed."""
        self.position = 0
        """The sequence of the last entry that was received."""
        self.resumed = 0
        """How many times a new consumer was needed."""
        self._mesh = mesh
        self._stream = stream
        self._subject = subject
        self._everything = everything
        self._on_restart = on_restart
        self._subscription: Subscription | None = None
        self._inbox = ""
        self._delivered = 0
        self._heard = 0.0
        self._left_at_start = 0
        self._received: list[Entry] = []
        self._flow_control: list[str] = []
        self._something = anyio.Event()
        self._trouble = anyio.Event()

    async def __aiter__(self) -> AsyncGenerator[list[Entry]]:
        """Batches of entries, each as large as what came while the last one was used."""
        while True:
            await self._something.wait()
            self._something = anyio.Event()
            batch, self._received = self._received, []
            waiting, self._flow_control = self._flow_control, []
            for subject in waiting:
                await self._mesh.client.publish(subject)
            if batch:
                yield batch
            if not self._received and not self._left_at_start:
                self.caught_up.set()

    async def keep_alive(self) -> None:
        """Renew the consumer whenever that is needed; never returns.

        Raises:
            Restarted: the stream was made anew or lost its end, and nobody said what to do then.
        """
        while True:
            await self._trouble.wait()
            self._trouble = anyio.Event()
            self.resumed += 1
            await self.start()

    async def watch_for_silence(self) -> None:
        """Notice when heartbeats stop although the connection is there; never returns."""
        while True:
            await anyio.sleep(_HEARTBEAT_SECONDS / 2)
            silent = time.monotonic() - self._heard
            if silent > _SILENCE_SECONDS and self._mesh.connected:
                log.warning("follow went silent", stream=self._stream, seconds=round(silent, 1))
                self._heard = time.monotonic()
                self.resume()

    def resume(self) -> None:
        """Ask for a new consumer that goes on after the last entry."""
        self._inbox = ""
        self._trouble.set()

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
        info = await streams.info(self._mesh, self._stream)
        if self.epoch and (info.epoch != self.epoch or info.state.last_seq < self.position):
            self._forget()
        self.epoch = info.epoch
        await self.stop()
        self._delivered = 0
        inbox = self._inbox = self._mesh.client.new_inbox()
        self._subscription = await self._mesh.subscribe(inbox, self._receiver(inbox))
        made = await self._mesh.jetstream.add_consumer(self._stream, self._consumer(inbox))
        self._heard = time.monotonic()
        if not self._delivered:  # else entries were faster than this answer, and know better
            sent = made.delivered.consumer_seq if made.delivered else 0
            self._left_at_start = sent + (made.num_pending or 0)
            self._something.set()

    def _forget(self) -> None:
        if self._on_restart is None:
            raise Restarted(self._stream)
        log.warning("the stream was made anew", stream=self._stream)
        self._on_restart()
        self._received.clear()
        self.position = 0

    def _consumer(self, inbox: str) -> ConsumerConfig:
        if self.position:
            start = DeliverPolicy.BY_START_SEQUENCE
        else:
            start = DeliverPolicy.ALL if self._everything else DeliverPolicy.LAST_PER_SUBJECT
        return ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=start,
            opt_start_seq=self.position + 1 if self.position else None,
            filter_subject=self._subject,
            ack_policy=AckPolicy.NONE,
            max_deliver=1,
            flow_control=True,
            idle_heartbeat=_HEARTBEAT_SECONDS,
            inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )

    def _receiver(self, inbox: str) -> OnMessage:
        async def receive(message: Msg) -> None:
            if self._inbox == inbox:  # else it is from a consumer that we have given up
                self._receive(message)

        return receive

    def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if not message.reply.startswith(_ACK_PREFIX):
            self._on_control(message)
            return
        position = _position(message.reply)
        if position.delivered != self._delivered + 1:
            log.warning("entries missing, resuming", stream=self._stream, after=self.position)
            self.resume()
            return
        self._delivered = position.delivered
        self.position = position.sequence
        self._left_at_start = position.pending
        self._received.append(Entry(message.subject, position.sequence, message.data, message.headers))
        self._something.set()

    def _on_control(self, message: Msg) -> None:
        headers = message.headers or {}
        if flow_control := message.reply or headers.get(_STALLED):
            self._flow_control.append(flow_control)
            self._something.set()
        last = headers.get(_LAST_CONSUMER)
        if last is not None and int(last) != self._delivered:
            log.warning("entries missing, resuming", stream=self._stream, after=self.position)
            self.resume()


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

    Raises:
        Restarted: the stream was made anew, and there is no `on_restart`.
    """
    feed = Feed(mesh, stream, subject, everything=everything, on_restart=on_restart)
    await feed.start()
    stop_listening = mesh.on_reconnect(feed.resume)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(feed.keep_alive)
            tasks.start_soon(feed.watch_for_silence)
            yield feed
            tasks.cancel_scope.cancel()
    finally:
        stop_listening()
        with anyio.CancelScope(shield=True):
            await feed.stop()
