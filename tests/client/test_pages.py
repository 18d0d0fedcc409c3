"""The page of the client says what is so: its programs run, and its ride goes as it is told there."""

import re
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from shared.contracts.identity import BannerId
from tests.examples.pasting import ROOT, blocks, dead_links
from tests.support.gateways import Gateway, registered_over
from tests.support.processes import Process, running_module, running_script
from tests.support.signing import OLGA, OPERATOR_TOKEN
from tests.support.waiting import until

PAGE = "airdisplay_client/README.md"
SHOW, FOLLOW, WATCH, OPERATE = blocks(PAGE, "python")
RIDE_SECONDS = 90


@pytest.fixture(scope="module")
async def fleet(olga: httpx.AsyncClient) -> None:
    """The banners of the page."""
    for banner in ("lightning", "sparky"):
        await registered_over(olga, BannerId(banner))


@pytest.fixture
async def dark(olga: httpx.AsyncClient, fleet: None) -> AsyncGenerator[None]:  # noqa: ARG001
    """Nothing shows and nobody waits when a program has ended."""
    yield
    await olga.put("/v1/banners/lightning/hold", json={"reason": "the end"})
    await olga.delete("/v1/banners/lightning/hold")
    await olga.delete("/v1/banners/lightning/display")


@contextmanager
def running(program: str, gateway: Gateway, directory: Path) -> Generator[Process]:
    """A program of the page, as it stands there but for the port."""
    file = directory / "program.py"
    file.write_text(program.replace("http://127.0.0.1:8000", gateway.url))
    environment = {"PYTHONPATH": str(ROOT), "OPERATOR_TOKEN": OPERATOR_TOKEN}
    with running_script(file, log=directory / "program.log", **environment) as process:
        yield process


@pytest.mark.usefixtures("dark")
async def test_to_show_and_to_be_refused(gateway: Gateway, tmp_path: Path) -> None:
    for expected in ("shows until 20", "busy until 20"):
        with running(SHOW, gateway, tmp_path) as process:
            assert 0 == await process.exit_code()

            assert process.output.startswith(expected)


@pytest.mark.usefixtures("dark")
async def test_to_wait_and_to_follow(gateway: Gateway, bob: httpx.AsyncClient, tmp_path: Path) -> None:
    taken = (await bob.post("/v1/banners/lightning/display", json={"text": "Taken"})).json()["id"]
    with running(FOLLOW, gateway, tmp_path) as process:
        await process.printed("queued 1 20")
        await bob.delete(f"/v1/displays/{taken}")
        await process.printed("showing None 20")


@pytest.mark.usefixtures("dark")
async def test_to_watch(gateway: Gateway, bob: httpx.AsyncClient, tmp_path: Path) -> None:
    with running(WATCH, gateway, tmp_path) as process:
        await process.printed("live")
        await process.printed("lightning is dark")
        await bob.post("/v1/banners/lightning/display", json={"text": "Hello"})
        await process.printed("lightning Hello")


@pytest.mark.usefixtures("dark")
async def test_to_operate(gateway: Gateway, tmp_path: Path) -> None:
    with running(OPERATE, gateway, tmp_path) as process:
        assert 0 == await process.exit_code()

    assert ["lightning is on hold; 0 in line", f"release by {OLGA}", f"hold by {OLGA}"] == (
        process.output.splitlines()
    )


def test_every_file_that_is_linked_is_there() -> None:
    assert [] == dead_links(PAGE)


def told(transcript: str) -> list[str]:
    """What happened, without when; which of two at once is told first is chance."""
    lines = re.findall(r"^ *\d+\.\d\d s  (.*)$", transcript, re.MULTILINE)
    return sorted(re.sub("connected, .*", "connected", line) for line in lines)


@pytest.mark.faults
@pytest.mark.timeout(120)
async def test_the_ride_goes_as_it_is_told(tmp_path: Path) -> None:
    (transcript,) = blocks(PAGE, "text")
    with running_module("examples.riding", log=tmp_path / "ride.log") as ride:
        await until(lambda: "was shown" in ride.output, seconds=RIDE_SECONDS)
        assert 0 == await ride.exit_code(), ride.output

    assert told(transcript) == told(ride.output)
    assert "what was watched is what is stored: True" in ride.output
