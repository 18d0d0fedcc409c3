"""What the README tells people to paste does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest
from anyio.streams.buffered import BufferedByteReceiveStream

from shared.contracts.identity import BannerId
from tests.support.signing import OPERATOR_TOKEN
from tests.support.system import System, running_system

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
STATE = re.compile(r'"state":"(\w+)"')
LOCATION = re.compile(r"^location: /v1/displays/\w+", re.IGNORECASE | re.MULTILINE)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def curl_blocks() -> list[str]:
    """The blocks of shell that call the gateway."""
    return [block for block in SHELL.findall(README) if block.startswith("curl")]


async def paste(block: str, system: System) -> str:
    """Run a block as it stands, but for the port."""
    script = block.replace("http://127.0.0.1:8000", system.urls[0])
    script = script.replace("$(cat .airdisplay/operator.token)", OPERATOR_TOKEN)
    done = await anyio.run_process(["bash", "-c", script], stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode()


@pytest.mark.timeout(120)
async def test_every_curl_line_works_when_pasted_in_the_order_of_the_page(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=60) as system:
        await system.register("lightning", "sparky", "stormy")

        listed, shown, keyed, followed, waiting, registered = [
            await paste(block, system) for block in curl_blocks()
        ]
        again = await paste(curl_blocks()[2], system)
        busy = await paste(curl_blocks()[1], system)

    assert '"id":"lightning"' in listed
    assert "HTTP/1.1 201 Created" in shown
    assert "Location: /v1/displays/".lower() in shown.lower()
    assert "HTTP/1.1 201 Created" in keyed
    assert "event: banner" in followed
    assert "HTTP/1.1 204 No Content" in followed
    assert ["queued", "waiting"] == STATE.findall(waiting)  # no hardware is here, so no banner is free
    assert 2 == waiting.count("HTTP/1.1 202 Accepted") == len(LOCATION.findall(waiting))
    assert "HTTP/1.1 201 Created" in registered
    assert "HTTP/1.1 201 Created" in again  # the same key, long over: one effect, the same answer
    assert "HTTP/1.1 409 Conflict" in busy
    assert '"type":"/problems/busy"' in busy


def test_every_file_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", README)

    assert [] == [link for link in links if not (ROOT / link).exists()]


async def test_the_device_of_the_page_shows_what_is_shown(tmp_path: Path) -> None:
    [block] = [each for each in PYTHON.findall(README) if "airdisplay_device" in each]
    async with running_system(tmp_path, ttl=60) as system:
        await system.register("stormy")
        credentials = system.authority.add_device(BannerId("stormy"))
        script = tmp_path / "device.py"
        script.write_text(
            block.replace("nats://127.0.0.1:4222", system.nats.url).replace(
                ".airdisplay/creds/device-stormy.creds", str(credentials)
            )
        )
        async with await anyio.open_process(
            [sys.executable, "-u", script], env={**os.environ, "PYTHONPATH": str(ROOT)}
        ) as device:
            try:
                async with httpx.AsyncClient(base_url=system.urls[0]) as client:
                    answer = await client.post("/v1/banners/stormy/display", json={"text": "Hello"})
                assert answer.status_code == 201
                assert device.stdout is not None
                with anyio.fail_after(20):
                    said = await BufferedByteReceiveStream(device.stdout).receive_until(b"\n", 100)
            finally:
                device.kill()

    assert b"Hello" == said
