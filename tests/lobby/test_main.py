"""`python -m services.lobby`: how the process begins and ends."""

import signal
from pathlib import Path

import msgspec
import pytest

from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.runner import UNAVAILABLE
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module


@pytest.mark.usefixtures("mesh")  # which has the streams that it waits for
async def test_it_leaves_when_it_is_asked_to(nats_server: NatsServer, tmp_path: Path) -> None:
    arguments = ["--nats-url", nats_server.url]
    with running_module("services.lobby", *arguments, log=tmp_path / "lobby.log") as process:
        await process.printed("ready")
        process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()

    assert "Traceback" not in process.output


@pytest.mark.parametrize("kind", [streams.BANNERS, streams.LOBBIES], ids=lambda kind: kind.name)
async def test_when_a_log_is_not_the_one_that_it_followed_it_ends_with_a_code(
    own_nats_server: NatsServer, own_mesh: Mesh, tmp_path: Path, kind: streams.Kind
) -> None:
    arguments = ["--nats-url", own_nats_server.url]
    with running_module("services.lobby", *arguments, log=tmp_path / "lobby.log") as process:
        await process.printed("ready")
        if kind.history is not None:
            await own_mesh.jetstream.delete_stream(kind.history)
        await own_mesh.jetstream.delete_stream(kind.stream)

        assert UNAVAILABLE == await process.exit_code()

    last = msgspec.json.decode(process.output.splitlines()[-1])
    assert f"the stream {kind.stream} is not the one that was followed" == last["reason"]


async def test_a_setting_that_is_none_is_refused_before_anything_is_tried(tmp_path: Path) -> None:
    with running_module("services.lobby", "--plicas", "many", log=tmp_path / "lobby.log") as process:
        assert 2 == await process.exit_code()

    assert "No such option" in process.output
    assert "Traceback" not in process.output
