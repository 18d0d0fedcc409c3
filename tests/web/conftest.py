"""A browser, a whole mesh, and people at the page."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsing import Visitor, running_chromium, visiting
from tests.web.mesh import WholeMesh, running_whole_mesh

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    """Chromium, for all tests of a module."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def ttl() -> float:
    """For how many seconds a display lasts."""
    return 60.0


@pytest.fixture(scope="module")
async def whole_mesh(ttl: float, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[WholeMesh]:
    """A mesh for all tests of a module: use it, do not break it."""
    async with running_whole_mesh(tmp_path_factory.mktemp("mesh"), ttl=ttl) as mesh:
        yield mesh


@pytest.fixture
async def own_whole_mesh(ttl: float, tmp_path: Path) -> AsyncGenerator[WholeMesh]:
    """A mesh for this test alone, to be broken."""
    async with running_whole_mesh(tmp_path, ttl=ttl) as mesh:
        yield mesh


@pytest.fixture
async def visitor(browser: Browser, whole_mesh: WholeMesh) -> AsyncGenerator[Visitor]:
    """Somebody at the page."""
    async with visiting(browser, whole_mesh.url) as visitor:
        yield visitor


@pytest.fixture
async def another(browser: Browser, whole_mesh: WholeMesh) -> AsyncGenerator[Visitor]:
    """Somebody else at the page."""
    async with visiting(browser, whole_mesh.url) as visitor:
        yield visitor
