"""Reactors: effects after the commit. A durable consumer on a history calls a function for every record.

At least once: a record is acknowledged only after its function has returned, so a process that dies in
between is followed by one that gets the record again, and the function must be idempotent. In order, as long
as one instance reacts: what cannot be done now is tried again in place, and what comes after it waits.
They read the history and not the bucket, because the bucket keeps only a few records of each key.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Generic

import anyio
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from shared.contracts import subjects
from shared.contracts.errors import AirDisplayError
from shared.entities.entity import Entity, EventT, StateT
from shared.entities.records import Codec, Record
from shared.mesh.connection import Mesh
from shared.mesh.streams import Kind

_BATCH: Final = 64
_FETCH_SECONDS: Final = 2.0
_ACK_WAIT_SECONDS: Final = 30.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0

log = structlog.get_logger()

Effect = Callable[[str, int, Record[StateT, EventT]], Awaitable[None]]
"""Takes the key, the revision and the record of a commit. Raises an AirDisplayError to be called again."""


class Reactor(Generic[StateT, EventT]):
    """Calls an effect for every record of an entity, under a durable name that survives its process.

    Instances with the same name share the records.
    """

    def __init__(
        self,
        mesh: Mesh,
        kind: Kind,
        name: str,
        entity: Entity[StateT, Any, EventT],
        effect: Effect[StateT, EventT],
        *,
        from_now: bool = False,
    ) -> None:
        """A new name begins with the oldest record in the history, or, with `from_now`, with the next one."""
        assert kind.history is not None, "what has no history has no reactors"
        self._mesh = mesh
        self._kind = kind
        self._stream = kind.history
        self._name = name
        self._codec = Codec(entity)
        self._effect = effect
        self._start = DeliverPolicy.NEW if from_now else DeliverPolicy.ALL

    async def run(self) -> None:
        """React until cancelled; survives restarts of the server and of the connection."""
        while True:
            try:
                async with self._subscribed() as subscription:
                    await self._react_to_all(subscription)
            except (APIError, nats.errors.Error):  # the server is away, or has lost the consumer
                await anyio.sleep(_FIRST_PAUSE_SECONDS)

    @asynccontextmanager
    async def _subscribed(self) -> AsyncGenerator[JetStreamContext.PullSubscription]:
        config = ConsumerConfig(
            durable_name=self._name,
            deliver_policy=self._start,
            filter_subject=subjects.history(self._kind.name, "*"),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_ACK_WAIT_SECONDS,
            max_ack_pending=_BATCH,
        )
        await self._mesh.jetstream.add_consumer(self._stream, config)
        subscription = await self._mesh.jetstream.pull_subscribe_bind(self._name, self._stream)
        try:
            yield subscription
        finally:  # what nobody reads any more would hold up the end of the connection
            with anyio.CancelScope(shield=True), suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _react_to_all(self, subscription: JetStreamContext.PullSubscription) -> None:
        while True:
            try:
                messages = await subscription.fetch(_BATCH, timeout=_FETCH_SECONDS)
            except TimeoutError:  # nothing happened; nats-py says so by its own error or by the built-in one
                continue
            for place, message in enumerate(messages):
                await self._react(message, messages[place:])

    async def _react(self, message: Msg, unfinished: Sequence[Msg]) -> None:
        key = subjects.key_of(message.subject)
        revision = message.metadata.sequence.stream
        pause = _FIRST_PAUSE_SECONDS
        if message.data:  # a deleted key leaves an empty entry
            while not await self._done(key, revision, message.data):
                # Also for those behind it: one that is given to another instance would overtake it.
                for waiting in unfinished:
                    await waiting.in_progress()
                await anyio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        await message.ack()

    async def _done(self, key: str, revision: int, data: bytes) -> bool:
        try:
            await self._effect(key, revision, self._codec.decode(data))
        except AirDisplayError as error:
            log.warning("effect failed, trying again", reactor=self._name, key=key, reason=str(error))
            return False
        return True
