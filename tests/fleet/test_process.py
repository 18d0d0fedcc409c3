"""The fleet as a process: what it is told by flags and variables."""

import signal
from pathlib import Path

from tests.airdisplay.running import STARTED_SECONDS, airdisplay
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.waiting import until


async def test_it_flies_from_the_seed_and_with_the_faults_that_it_is_told(
    nats_server: NatsServer, tmp_path: Path
) -> None:
    told = ("--nats-url", nats_server.url, "--banners", "40", "--fleet-seed", "7", "--fleet-faults", "wild")
    with running_module("airdisplay", "device", "run", *told, log=tmp_path / "log") as device:
        await until(lambda: '"ready"' in device.output, seconds=STARTED_SECONDS)
        assert '"planes": 40' in device.output
        assert '"seed": 7, "faults": "wild"' in device.output
        device.send(signal.SIGTERM)

        assert await device.exit_code() == 0


async def test_faults_that_nobody_knows_are_refused() -> None:
    ended = await airdisplay("device", "run", AIRDISPLAY_FLEET_FAULTS="terrible")

    assert 2 == ended.code
    assert "none" in ended.complained
    assert "wild" in ended.complained
