"""Fixtures for every test: real servers, real sockets.

`nats_server` and `mesh` are there to be used, `own_nats_server` and `own_mesh` to be broken.
Streams are shared by the tests of a module, so each test takes keys of its own (`banner`).
"""

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import settings

from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from tests.support.banners import new_banner_id, running_banner_service
from tests.support.nats_server import NatsServer, running_nats_server

# Deadlines of hypothesis would be assertions on speed.
settings.register_profile("quick", max_examples=25, stateful_step_count=30, deadline=None)
settings.register_profile("ci", max_examples=300, stateful_step_count=50, deadline=None)
settings.load_profile("quick")  # `--hypothesis-profile=ci` looks longer


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop that the services run on."""
    return "asyncio", {"use_uvloop": sys.platform != "win32"}


@pytest.fixture(scope="module")
async def nats_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[NatsServer]:
    """A server for all tests of a module: use it, do not break it."""
    async with running_nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture
async def mesh(nats_server: NatsServer) -> AsyncGenerator[Mesh]:
    """A connection with all streams in place."""
    async with open_mesh(nats_server.url, name="test") as mesh:
        await streams.ensure(mesh, streams.everything(replicas=1))
        yield mesh


@pytest.fixture
async def own_nats_server(tmp_path: Path) -> AsyncGenerator[NatsServer]:
    """A server for this test alone, to stop, kill, pause and restart."""
    async with running_nats_server(tmp_path) as server:
        yield server


@pytest.fixture
async def own_mesh(own_nats_server: NatsServer) -> AsyncGenerator[Mesh]:
    """A connection to the test's own server, with all streams in place."""
    async with open_mesh(own_nats_server.url, name="test") as mesh:
        await streams.ensure(mesh, streams.everything(replicas=1))
        yield mesh


@pytest.fixture
def banner() -> BannerId:
    """The id of a banner that no other test knows; nobody has registered it."""
    return new_banner_id()


@pytest.fixture
async def banners(mesh: Mesh) -> AsyncGenerator[Banners]:
    """Asks a banner service that runs in this process."""
    async with running_banner_service(mesh) as banners:
        yield banners
