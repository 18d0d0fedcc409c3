"""A gateway over real NATS, and clients of it."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from airdisplay_client import AirDisplay
from shared.contracts.identity import BannerId
from tests.support.gateways import (
    Gateway,
    Services,
    registered_over,
    running_gateway,
    running_services,
)
from tests.support.nats_server import NatsServer
from tests.support.signing import OPERATOR_TOKEN


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
def bob(gateway: Gateway) -> httpx.AsyncClient:
    """Somebody else."""
    return gateway.guest("bob")


@pytest.fixture(scope="module")
def olga(gateway: Gateway) -> httpx.AsyncClient:
    """An operator."""
    return gateway.operator()


@pytest.fixture
async def air(gateway: Gateway) -> AsyncGenerator[AirDisplay]:
    """An app."""
    async with AirDisplay(gateway.url) as air:
        yield air


@pytest.fixture
async def operator(gateway: Gateway) -> AsyncGenerator[AirDisplay]:
    """An app of operators."""
    async with AirDisplay(gateway.url, OPERATOR_TOKEN) as air:
        yield air


@pytest.fixture
async def free(olga: httpx.AsyncClient) -> BannerId:
    """A banner with nothing on it."""
    return await registered_over(olga)


@pytest.fixture
async def busy(free: BannerId, bob: httpx.AsyncClient) -> BannerId:
    """A banner on which somebody else's text shows."""
    answer = await bob.post(f"/v1/banners/{free}/display", json={"text": "Taken"})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return free
