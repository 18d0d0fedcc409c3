"""A service as a process of its own: its name on the mesh and in its log."""

import json
import signal
from pathlib import Path

from shared.mesh.connection import Mesh
from shared.mesh.services import discover
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.waiting import until


async def test_an_instance_has_one_name_on_the_mesh_and_in_its_log(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    with running_module("services.banner", "--nats-url", nats_server.url, log=tmp_path / "output") as process:
        await process.printed("ready")
        found = await _found(mesh)
        process.send(signal.SIGTERM)
        assert 0 == await process.exit_code()

    lines = [json.loads(line) for line in process.output.splitlines()]
    assert {("banner", found)} == {(line["service"], line["instance"]) for line in lines}
    assert ["ready", "stopping", "stopped"] == [line["event"] for line in lines if line["level"] == "info"]


async def _found(mesh: Mesh) -> str:
    """The id of the one instance of the banner service."""
    ids: list[str] = []

    async def one_answers() -> bool:
        ids[:] = [each.id for each in await discover(mesh, service="banner")]
        return len(ids) == 1

    await until(one_answers)
    return ids[0]
