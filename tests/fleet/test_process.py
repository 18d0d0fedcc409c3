"""The fleet as a process: what it is told by flags and variables."""

import signal
from pathlib import Path

from tests.airdisplay.running import airdisplay
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module


async def test_it_flies_from_the_seed_and_with_the_faults_that_it_is_told(
    nats_server: NatsServer, tmp_path: Path
) -> None:
    told = ("--nats-url", nats_server.url, "--banners", "40", "--fleet-seed", "7", "--fleet-faults", "wild")
    with running_module("airdisplay", "device", "run", *told, log=tmp_path / "log") as device:
        await device.printed('"planes": 40')
        await device.printed('"seed": 7, "faults": "wild"')
        await device.printed('"ready"')
        device.send(signal.SIGTERM)

        assert await device.exit_code() == 0


async def test_faults_that_nobody_knows_are_refused() -> None:
    ended = await airdisplay("device", "run", AIRDISPLAY_FLEET_FAULTS="terrible")

    assert 2 == ended.code
    assert "none" in ended.complained
    assert "wild" in ended.complained
