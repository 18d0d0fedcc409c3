"""A viewer through an outage of nats-server: told that it sees old things, and then what is true again."""

import json
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.support.system import running_system
from tests.support.waiting import until


async def frame(viewer: ClientConnection, op: str) -> dict[str, Any]:
    """The next frame of a kind."""
    with anyio.fail_after(20):
        while True:
            received: dict[str, Any] = json.loads(await viewer.recv())
            if received["op"] == op:
                return received


@pytest.mark.faults
@pytest.mark.timeout(120)
async def test_a_viewer_is_told_when_the_mesh_is_away_and_gets_a_snapshot_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with running_system(tmp_path, ttl=60) as system:
        await system.register("lightning")
        async with connect(system.urls[0].replace("http", "ws") + "/v1/live") as viewer:
            await viewer.send('{"op":"watch","all":true}')
            before = await frame(viewer, "snapshot")

            await system.nats.kill()
            problem = await frame(viewer, "error")
            async with httpx.AsyncClient(base_url=system.urls[0], timeout=30) as client:
                refused = await client.post("/v1/banners/lightning/display", json={"text": "now?"})
                ready = await client.get("/readyz")
                await system.nats.start()
                after = await frame(viewer, "snapshot")

                async def shows() -> bool:
                    answer = await client.post("/v1/banners/lightning/display", json={"text": "now!"})
                    return answer.status_code == 201

                await until(shows)
            change = await frame(viewer, "changes")

    assert problem["code"] == "mesh-unavailable"
    assert (503, "/problems/mesh-unavailable") == (refused.status_code, refused.json()["type"])
    assert "Retry-After" in refused.headers
    assert (503, ["mesh"]) == (ready.status_code, ready.json()["missing"])
    assert before["banners"] == after["banners"]
    assert change["banners"][0]["display"]["text"] == "now!"
