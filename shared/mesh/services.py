"""Serving requests, findable by the NATS services protocol (ADR-32).

nats-py's `micro` handles one request at a time, tells callers the text of our exceptions and stops without
draining. Here requests run side by side up to a bound, past which they are refused at once; every answer is
one of ours; and stopping means: no new ones, those under way are finished and answered.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
import msgspec
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.contracts import refusals
from shared.contracts.errors import Malformed, OutcomeUnknown, Unreachable, Unreadable
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.mesh import clock
from shared.mesh.connection import Mesh

VERSION: Final = "0.1.0"
AT_MOST: Final = 4_096
"""How many requests of one service instance may be under way."""

CODE_HEADER: Final = "Nats-Service-Error-Code"
TEXT_HEADER: Final = "Nats-Service-Error"

_OUR_FAULT: Final = 500
_DRAIN_SECONDS: Final = 5.0
_ROOT: Final = "$SRV"
_INBOX: Final = "_INBOX"

log = structlog.get_logger()

Handler = Callable[[str, bytes], Awaitable[bytes | Refusal | None]]
"""Takes the subject and the payload of a request; returns the answer, or None where none is expected."""


@dataclass
class Endpoint:
    """One subject that a service listens to, and how that went so far.

    Where it does not answer, it says nothing to any subject that the caller names: what hardware may not
    publish to, nobody shall publish to in its place.
    """

    name: str
    subject: str
    handler: Handler
    answers: bool = True
    requests: int = field(default=0, init=False)
    errors: int = field(default=0, init=False)
    last_error: str = field(default="", init=False)
    nanoseconds: int = field(default=0, init=False)


@dataclass(frozen=True)
class Service:
    """A service as others find it. `facts` is what it adds to its statistics."""

    name: str
    instance: str
    description: str
    endpoints: Sequence[Endpoint] = ()
    facts: Callable[[], Mapping[str, Any]] = dict
    started: Instant = field(default_factory=clock.now)


class _Server:
    """Runs the requests of one service, each in a task of its own."""

    def __init__(self, mesh: Mesh, service: Service, tasks: asyncio.TaskGroup, at_most: int) -> None:
        self._mesh = mesh
        self._service = service
        self._tasks = tasks
        self._at_most = at_most
        self._under_way: set[asyncio.Task[None]] = set()
        self._subscriptions: list[Subscription] = []

    async def open(self) -> None:
        """Begin to listen; returns once the server knows."""
        for endpoint in self._service.endpoints:
            await self._listen(endpoint.subject, self._taker(endpoint), queue=self._service.name)
        for verb, describe in (("PING", _ping), ("INFO", _info), ("STATS", _stats)):
            for suffix in ("", f".{self._service.name}", f".{self._service.name}.{self._service.instance}"):
                await self._listen(f"{_ROOT}.{verb}{suffix}", self._describer(describe))
        await self._mesh.client.flush()
        # nats-py sends the first ping past what it still has to send; the second one follows it.
        await self._mesh.client.flush()

    async def drain(self) -> None:
        """Take no new requests, finish those under way."""
        for subscription in self._subscriptions:
            try:
                await subscription.drain()
            except nats.errors.Error:  # the connection is gone, and with it whatever was to be drained
                break
        if self._under_way:
            await asyncio.wait(self._under_way)

    def abandon(self) -> None:
        """Give up those that are still under way."""
        if self._under_way:
            log.warning("requests given up", count=len(self._under_way))
        for task in self._under_way:
            task.cancel()

    async def _listen(self, subject: str, take: Callable[[Msg], Awaitable[None]], queue: str = "") -> None:
        self._subscriptions.append(await self._mesh.subscribe(subject, take, queue=queue))

    def _taker(self, endpoint: Endpoint) -> Callable[[Msg], Awaitable[None]]:
        async def take(message: Msg) -> None:
            if len(self._under_way) >= self._at_most:
                await self._respond(endpoint, message, refusals.Overloaded())
                return
            task = self._tasks.create_task(self._handle(endpoint, message))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

        return take

    def _describer(self, describe: Callable[[Service], dict[str, Any]]) -> Callable[[Msg], Awaitable[None]]:
        async def take(message: Msg) -> None:
            if _is_inbox(message.reply):
                answer = msgspec.json.encode(describe(self._service))
                await self._mesh.client.publish(message.reply, answer)

        return take

    async def _handle(self, endpoint: Endpoint, message: Msg) -> None:
        started = time.perf_counter_ns()
        try:
            answer = await _answer(endpoint, message)
        except Exception as error:
            log.exception("bug", endpoint=endpoint.name, subject=message.subject)
            endpoint.last_error = repr(error)
            await self._respond(endpoint, message, refusals.Failed())
            raise
        else:
            endpoint.nanoseconds += time.perf_counter_ns() - started
            await self._respond(endpoint, message, answer)

    async def _respond(self, endpoint: Endpoint, message: Msg, answer: bytes | Refusal | None) -> None:
        endpoint.requests += 1
        if isinstance(answer, Refusal) and answer.code >= _OUR_FAULT:  # a clear no is no error
            endpoint.errors += 1
            endpoint.last_error = answer.detail
        if answer is None or not endpoint.answers or not _is_inbox(message.reply):
            return
        if isinstance(answer, bytes):
            await self._mesh.client.publish(message.reply, answer)
        else:
            headers = {CODE_HEADER: str(answer.code), TEXT_HEADER: answer.detail}
            await self._mesh.client.publish(message.reply, encode_refusal(answer), headers=headers)


@asynccontextmanager
async def serve(mesh: Mesh, service: Service, *, at_most: int = AT_MOST) -> AsyncGenerator[None]:
    """Answer requests until the block is left; then finish those under way, for at most five seconds.

    A handler that raises anything but a known failure has a bug: its caller is told `failed`,
    and the exception leaves this block.
    """
    async with asyncio.TaskGroup() as tasks:
        server = _Server(mesh, service, tasks, at_most)
        await server.open()
        lost = tasks.create_task(mesh.until_lost())
        try:
            yield
        finally:
            lost.cancel()
            with anyio.move_on_after(_DRAIN_SECONDS, shield=True):
                await server.drain()
            server.abandon()


def encode_refusal(refusal: Refusal) -> bytes:
    """The body of a refusal: its reason, its facts, and the sentence for people."""
    return msgspec.json.encode({**msgspec.to_builtins(refusal), "detail": refusal.detail})


def _is_inbox(reply: str) -> bool:
    """Whether an answer may go there. Who asks names it, and could have us publish anywhere."""
    return reply.startswith(_INBOX)


async def _answer(endpoint: Endpoint, message: Msg) -> bytes | Refusal | None:
    try:
        return await endpoint.handler(message.subject, message.data)
    except Malformed as error:
        return refusals.Malformed(problem=str(error))
    except Unreadable as error:
        log.error("record unreadable", subject=message.subject, problem=str(error))
        return refusals.RecordUnreadable(problem=str(error))
    except Unreachable:
        return refusals.MeshUnavailable()
    except OutcomeUnknown:
        return refusals.Unknown()


def _identity(service: Service, kind: str) -> dict[str, Any]:
    return {
        "type": f"io.nats.micro.v1.{kind}_response",
        "name": service.name,
        "id": service.instance,
        "version": VERSION,
        "metadata": {},
    }


def _ping(service: Service) -> dict[str, Any]:
    return _identity(service, "ping")


def _info(service: Service) -> dict[str, Any]:
    endpoints = [
        {"name": each.name, "subject": each.subject, "queue_group": service.name, "metadata": {}}
        for each in service.endpoints
    ]
    return {**_identity(service, "info"), "description": service.description, "endpoints": endpoints}


def _stats(service: Service) -> dict[str, Any]:
    facts = dict(service.facts())
    endpoints = [
        {
            "name": each.name,
            "subject": each.subject,
            "queue_group": service.name,
            "num_requests": each.requests,
            "num_errors": each.errors,
            "last_error": each.last_error,
            "processing_time": each.nanoseconds,
            "average_processing_time": each.nanoseconds // max(each.requests, 1),
        }
        for each in service.endpoints
    ]
    return {**_identity(service, "stats"), "started": service.started, "endpoints": endpoints, "data": facts}


class Found(msgspec.Struct):
    """A service instance that answered."""

    name: str
    id: str
    version: str
    started: str = ""
    endpoints: list[dict[str, Any]] = []
    data: dict[str, Any] = {}


_found_decoder = msgspec.json.Decoder(Found)


async def discover(mesh: Mesh, verb: str = "PING", service: str = "", *, seconds: float = 0.3) -> list[Found]:
    """Ask all instances, of one service or of every one, who they are; whoever answers in time is found."""
    found: list[Found] = []

    async def on_answer(message: Msg) -> None:
        if message.data:
            found.append(_found_decoder.decode(message.data))

    inbox = mesh.client.new_inbox()
    subscription = await mesh.subscribe(inbox, on_answer)
    try:
        subject = f"{_ROOT}.{verb}.{service}" if service else f"{_ROOT}.{verb}"
        await mesh.client.publish(subject, b"", reply=inbox)
        await anyio.sleep(seconds)
    finally:
        with anyio.CancelScope(shield=True):
            await subscription.unsubscribe()
    return found
