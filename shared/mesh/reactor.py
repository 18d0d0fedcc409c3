"""Reactors: effects after the commit. A durable consumer on HISTORY calls a function for every record.

At least once: a record is acknowledged only after its function has returned, so a process that dies in
between is followed by one that gets the record again, and the function must be idempotent. In order, as long
as one instance reacts: what cannot be done now is tried again in place, and what comes after it waits.
They read HISTORY and not the bucket, because the bucket keeps only a few records of each banner.
"""

from collections.abc import Awaitable, Callable
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
from shared.mesh.kv import revision_in_source
from shared.mesh.streams import HISTORY

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
        name: str,
        entity: Entity[StateT, Any, EventT],
        effect: Effect[StateT, EventT],
        *,
        from_now: bool = False,
    ) -> None:
        """A new name begins with the oldest record in HISTORY, or, with `from_now`, with the next one."""
        self._mesh = mesh
        self._name = name
        self._codec = Codec(entity)
        self._effect = effect
        self._start = DeliverPolicy.NEW if from_now else DeliverPolicy.ALL

    async def run(self) -> None:
        """React until cancelled; survives restarts of the server and of the connection."""
        subscription: JetStreamContext.PullSubscription | None = None
        while True:
            try:
                if subscription is None:
                    subscription = await self._subscribe()
                for message in await subscription.fetch(_BATCH, timeout=_FETCH_SECONDS):
                    await self._react(message)
            except nats.errors.TimeoutError:  # nothing happened
                continue
            except (APIError, nats.errors.Error):  # the server is away, or has lost the consumer
                subscription = None
                await anyio.sleep(_FIRST_PAUSE_SECONDS)

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            durable_name=self._name,
            deliver_policy=self._start,
            filter_subject=subjects.history("*"),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_ACK_WAIT_SECONDS,
            max_ack_pending=_BATCH,
        )
        await self._mesh.jetstream.add_consumer(HISTORY, config)
        return await self._mesh.jetstream.pull_subscribe_bind(self._name, HISTORY)

    async def _react(self, message: Msg) -> None:
        key = subjects.key_of(message.subject)
        revision = revision_in_source((message.headers or {}).get("Nats-Stream-Source", ""))
        pause = _FIRST_PAUSE_SECONDS
        if message.data:  # a deleted key leaves an empty entry
            while not await self._done(key, revision, message.data):
                await message.in_progress()
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
