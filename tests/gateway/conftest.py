"""A gateway to use, and people who call it."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from shared.contracts.identity import BannerId
from shared.mesh.connection import open_mesh
from tests.support.banners import running_banner_service
from tests.support.gateways import Gateway, registered_over, running_gateway
from tests.support.nats_server import NatsServer


@pytest.fixture(scope="module")
async def gateway(nats_server: NatsServer) -> AsyncGenerator[Gateway]:
    """A gateway and a banner service for all tests of a module: use them, do not break them."""
    async with (
        open_mesh(nats_server.url, name="banner") as mesh,
        running_banner_service(mesh),
        running_gateway(nats_server.url) as gateway,
    ):
        yield gateway


@pytest.fixture(scope="module")
def ada(gateway: Gateway) -> httpx.AsyncClient:
    """A guest."""
    return gateway.guest("ada")


@pytest.fixture(scope="module")
def bob(gateway: Gateway) -> httpx.AsyncClient:
    """Another guest."""
    return gateway.guest("bob")


@pytest.fixture
async def free(ada: httpx.AsyncClient) -> BannerId:
    """A banner with nothing on it."""
    return await registered_over(ada)
