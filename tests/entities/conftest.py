"""The kit runs over either store."""

import pytest

from shared.entities.memory import MemoryStore
from shared.entities.store import Store
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import BANNERS, COMMANDS
from tests.support.banners import new_banner_id


@pytest.fixture(params=["memory", "kv"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store, once in memory and once on JetStream."""
    if request.param == "memory":
        return MemoryStore()
    mesh: Mesh = request.getfixturevalue("mesh")
    return KvStore(mesh, BANNERS)


@pytest.fixture
def claim_store(request: pytest.FixtureRequest, store: Store) -> Store:
    """A store for claims, of the same make."""
    if isinstance(store, MemoryStore):
        return MemoryStore()
    mesh: Mesh = request.getfixturevalue("mesh")
    return KvStore(mesh, COMMANDS)


@pytest.fixture
def key() -> str:
    """A key that nothing was ever written to."""
    return new_banner_id()
