"""`python -m services.intake`: how the process begins and ends."""

import signal
from pathlib import Path

import pytest

from tests.support.nats_server import NatsServer
from tests.support.processes import running_module


@pytest.mark.usefixtures("mesh")  # which has the streams that it waits for
async def test_it_leaves_when_it_is_asked_to(nats_server: NatsServer, tmp_path: Path) -> None:
    arguments = ["--nats-url", nats_server.url]
    with running_module("services.intake", *arguments, log=tmp_path / "intake.log") as process:
        await process.printed("ready")
        process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()

    assert "Traceback" not in process.output


@pytest.mark.usefixtures("own_mesh")
async def test_it_leaves_when_there_is_no_server_any_more(
    own_nats_server: NatsServer, tmp_path: Path
) -> None:
    arguments = ["--nats-url", own_nats_server.url]
    with running_module("services.intake", *arguments, log=tmp_path / "intake.log") as process:
        await process.printed("ready")
        await own_nats_server.kill()
        await process.printed("mesh disconnected")
        process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()

    assert "Traceback" not in process.output
