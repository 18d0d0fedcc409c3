"""The intake as a service: reads what hardware says, keeps what is as agreed, counts what is not."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import anyio
import msgspec
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import APIError

from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.hardware import REPORT_BYTES_AT_MOST, KeptReport, Reported
from shared.contracts.instants import instant
from shared.contracts.telemetry import checked
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.services import Service, serve
from shared.mesh.skew import known_skew

NAME: Final = "intake"

_NEEDED: Final = (streams.BANNERS.stream, streams.INTAKE, streams.REPORTED, streams.TELEMETRY)
_BATCH: Final = 500
_FETCH_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.1
_UNREAD_AT_MOST: Final = 20_000

log = structlog.get_logger()

_encoder: Final = msgspec.json.Encoder()
_reported: Final = msgspec.json.Decoder(Reported)


class Intake:
    """One instance; those that run at the same time share what there is to read."""

    def __init__(self, mesh: Mesh) -> None:
        self.kept = 0
        self.refused = 0
        self._mesh = mesh

    async def run(self) -> None:
        """Read until cancelled; survives restarts of the server and of the connection."""
        while True:
            try:
                async with self._subscribed() as subscription:
                    while True:
                        await self._take(await _fetched(subscription))
            except (APIError, nats.errors.Error):  # the server is away, or has lost the consumer
                await anyio.sleep(_PAUSE_SECONDS)

    @asynccontextmanager
    async def _subscribed(self) -> AsyncGenerator[JetStreamContext.PullSubscription]:
        config = ConsumerConfig(
            durable_name=NAME, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=_UNREAD_AT_MOST
        )
        await self._mesh.jetstream.add_consumer(streams.INTAKE, config)
        subscription = await self._mesh.jetstream.pull_subscribe_bind(NAME, streams.INTAKE)
        try:
            yield subscription
        finally:
            with anyio.CancelScope(shield=True), suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _take(self, messages: Sequence[Msg]) -> None:
        for message in messages:
            try:
                subject, data = _looked_at(message)
            except Malformed as error:
                self.refused += 1
                log.debug("refused", subject=message.subject, problem=str(error))
            else:
                await self._mesh.client.publish(subject, data)
                self.kept += 1
        for message in messages:
            await message.ack()

    def facts(self) -> Mapping[str, Any]:
        """What stands in the statistics of the service."""
        return {"kept": self.kept, "refused": self.refused}


async def _fetched(subscription: JetStreamContext.PullSubscription) -> Sequence[Msg]:
    try:
        return await subscription.fetch(_BATCH, timeout=_FETCH_SECONDS)
    except TimeoutError:
        return ()


def _looked_at(message: Msg) -> tuple[str, bytes]:
    """Under which subject a message is kept, and what of it.

    Raises:
        Malformed: it is not what was agreed.
    """
    if ".telemetry." in message.subject:
        banner, kind = subjects.parse_telemetry(message.subject)
        checked(kind, message.data)
        return subjects.measured(banner, kind), message.data
    if len(message.data) > REPORT_BYTES_AT_MOST:
        raise Malformed(f"a report of at most {REPORT_BYTES_AT_MOST} bytes", found=len(message.data))
    try:
        said = _reported.decode(message.data)
    except UNDECODABLE as error:
        expected = f"a report ({error})"
        raise Malformed(expected, found=message.data) from None
    heard_at = instant(int(message.metadata.timestamp.timestamp() * 1000))
    kept = KeptReport(display_id=said.display_id, revision=said.revision, at=said.at, heard_at=heard_at)
    return subjects.reported(subjects.parse_banner(message.subject).banner), _encoder.encode(kept)


@asynccontextmanager
async def intake_service(mesh: Mesh, *, instance: str) -> AsyncGenerator[None]:
    """Look at what hardware says until the block is left.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    await streams.until_there(mesh, _NEEDED)
    intake = Intake(mesh)
    async with known_skew(mesh) as skew:
        service = Service(
            NAME, instance, "looks at what hardware says", facts=lambda: {**intake.facts(), **skew.facts()}
        )
        async with serve(mesh, service), anyio.create_task_group() as tasks:
            tasks.start_soon(intake.run)
            yield
            tasks.cancel_scope.cancel()
