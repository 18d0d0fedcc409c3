"""One `airdisplay up` for all tests that only use it; whoever breaks one starts its own."""

from collections.abc import AsyncGenerator

import pytest

from tests.airdisplay.running import Up, running_up


@pytest.fixture(scope="session")
async def everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Up]:
    """Everything on this machine, with some banners: use it, do not break it."""
    async with running_up(tmp_path_factory.mktemp("everything"), "--banners", "24") as up:
        yield up
