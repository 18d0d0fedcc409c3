"""A gateway to use, and people who call it."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from shared.contracts.identity import BannerId
from tests.support.gateways import Gateway, Services, registered_over, running_gateway, running_services
from tests.support.nats_server import NatsServer


@pytest.fixture(scope="module")
async def services(nats_server: NatsServer) -> AsyncGenerator[Services]:
    """All that a gateway asks, for the tests of a module: use it, do not break it."""
    async with running_services(nats_server.url) as services:
        yield services


@pytest.fixture(scope="module")
async def gateway(nats_server: NatsServer, services: Services) -> AsyncGenerator[Gateway]:  # noqa: ARG001
    """A gateway for the tests of a module: use it, do not break it."""
    async with running_gateway(nats_server.url) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def ada(gateway: Gateway) -> httpx.AsyncClient:
    """A guest."""
    return gateway.guest("ada")


@pytest.fixture(scope="module")
def bob(gateway: Gateway) -> httpx.AsyncClient:
    """Another guest."""
    return gateway.guest("bob")


@pytest.fixture(scope="module")
def olga(gateway: Gateway) -> httpx.AsyncClient:
    """An operator."""
    return gateway.operator()


@pytest.fixture
def tag(banner: BannerId) -> str:
    """A tag that no other test has."""
    return f"t-{banner}"


@pytest.fixture
async def free(ada: httpx.AsyncClient) -> BannerId:
    """A banner with nothing on it."""
    return await registered_over(ada)
