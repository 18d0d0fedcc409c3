"""A mesh with credentials, the intake on it, and devices that have no more than their own."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from services.intake.service import intake_service
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.connection import Mesh, Nats, open_mesh
from shared.mesh.services import Found
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.waiting import until

Facts = Callable[[], Awaitable[dict[str, Any]]]


class Guarded:
    """A server that lets in those with credentials, and connections to it."""

    def __init__(self, server: NatsServer, authority: Authority, stack: AsyncExitStack) -> None:
        self.server = server
        self._authority = authority
        self._stack = stack

    def nats_as(self, user: str) -> Nats:
        """Where to go, and as whom."""
        return Nats(url=self.server.url, credentials=self._authority.file_of(user))

    async def mesh_as(self, user: str) -> Mesh:
        """A connection of a service, of operators or of telemetry."""
        return await self._stack.enter_async_context(open_mesh(self.nats_as(user), name=f"test-{user}"))

    async def device(self, banner: BannerId) -> Client:
        """A connection with the credentials of one device, and nothing of the mesh."""
        self._authority.add_devices([banner])
        client = Client()

        async def on_error(error: Exception) -> None:
            logging.getLogger(__name__).info("device %s: %s", banner, error)

        await client.connect(
            self.server.url,
            user_credentials=str(self._authority.device_file(banner)),
            error_cb=on_error,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.1,  # type: ignore[arg-type]  # seconds; fractions work
        )
        self._stack.push_async_callback(client.close)
        return client

    async def registered(self, *banners: BannerId) -> None:
        """Records of banners, as far as the intake is concerned."""
        mesh = await self.mesh_as("banner")
        for banner in banners:
            await mesh.requests.ask(subjects.record(streams.BANNERS.bucket, banner), b"{}", timeout=5)


@asynccontextmanager
async def guarded_mesh(directory: Path) -> AsyncGenerator[Guarded]:
    """A server with credentials and all streams, until the block is left."""
    authority = Authority(directory)
    authority.for_all()
    configuration = trust(authority, directory / "accounts")
    async with (
        running_nats_server(directory, configuration=configuration) as server,
        AsyncExitStack() as stack,
    ):
        guarded = Guarded(server, authority, stack)
        await streams.ensure(await guarded.mesh_as("banner"), streams.everything(1))
        yield guarded


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncGenerator[Guarded]:
    """A server for this test alone."""
    async with guarded_mesh(tmp_path) as guarded:
        yield guarded


@pytest.fixture
async def watching(guarded: Guarded) -> Mesh:
    """A connection of somebody who sees everything."""
    return await guarded.mesh_as("operator")


@asynccontextmanager
async def running_intake(guarded: Guarded, instance: str = "test") -> AsyncGenerator[Facts]:
    """One instance with the credentials of its role; yields what asks for its statistics."""
    asking = await guarded.mesh_as("operator")
    async with (
        open_mesh(guarded.nats_as("intake"), name=f"intake-{instance}") as mesh,
        intake_service(mesh, instance=instance),
    ):

        async def facts() -> dict[str, Any]:
            answer = await asking.requests.ask(f"$SRV.STATS.intake.{instance}", b"", timeout=5)
            return dict(msgspec.json.decode(answer.data, type=Found).data)

        yield facts


async def kept(mesh: Mesh, stream: str, subject: str) -> list[bytes]:
    """What a stream has under a subject, the oldest first."""
    found: list[bytes] = []
    after = 0
    while True:
        try:
            message = await mesh.jetstream.get_msg(stream, after + 1, subject=subject, next=True)
        except NotFoundError:
            return found
        found.append(message.data or b"")
        after = message.seq or 0


async def count(mesh: Mesh, stream: str, subject: str) -> int:
    """How many entries a stream has under a subject, wildcards among it."""
    info = await mesh.jetstream.stream_info(stream, subjects_filter=subject)
    return sum((info.state.subjects or {}).values())


async def until_looked_at(mesh: Mesh) -> None:
    """Return once nothing waits for the intake any more."""

    async def nothing_waits() -> bool:
        return (await streams.info(mesh, streams.INTAKE)).state.messages == 0

    await until(nothing_waits, seconds=30)
