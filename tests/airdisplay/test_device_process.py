"""A process of simulated hardware, as it is seen: silent, in lines, or as a panel on a terminal."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx

from tests.airdisplay.running import Up, airdisplay
from tests.support.ports import HOST, free_port
from tests.support.processes import running_module
from tests.support.waiting import until


class Terminal:
    """What a program drew on a terminal so far."""

    def __init__(self) -> None:
        self.drawn = ""

    async def read(self, end: int) -> None:
        """Take what is drawn; never returns while the program lives."""
        while True:
            await anyio.wait_readable(end)
            try:
                self.drawn += os.read(end, 65_536).decode(errors="replace")
            except OSError:  # nobody is left at the other end
                return


@asynccontextmanager
async def on_terminal(*arguments: str) -> AsyncGenerator[tuple[subprocess.Popen[bytes], Terminal]]:
    """`airdisplay` with a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen(  # noqa: ASYNC220 (starting takes no time)
        [sys.executable, "-m", "airdisplay", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(theirs)
    terminal = Terminal()
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(terminal.read, ours)
            yield process, terminal
            tasks.cancel_scope.cancel()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


async def show(up: Up, banner: str, text: str) -> None:
    """Put a text on a banner."""
    async with httpx.AsyncClient(base_url=up.address) as client:
        answer = await client.post(f"/v1/banners/{banner}/display", json={"text": text})
    assert answer.status_code == 201, answer.text


def as_hardware(up: Up) -> tuple[str, ...]:
    """Where its NATS is, and the credentials beside which are those of each banner."""
    return ("--nats-url", up.nats_url, "--nats-creds", str(up.data / "creds" / "fleet.creds"))


async def test_away_from_a_terminal_every_change_is_a_line(everything: Up, tmp_path: Path) -> None:
    arguments = ("device", "swift", "halo", *as_hardware(everything))
    with running_module("airdisplay", *arguments, log=tmp_path / "log") as device:
        await show(everything, "swift", "Hello")
        await show(everything, "halo", "Grüße 👋")
        await device.printed("swift shows “Hello” until ")
        await device.printed("halo shows “Grüße 👋” until ")
        device.send(signal.SIGTERM)

        assert await device.exit_code() == 0
        assert ["halo is dark", "swift is dark"] == sorted(device.output.splitlines()[2:])


async def test_on_a_terminal_one_banner_is_a_panel(everything: Up) -> None:
    async with on_terminal("device", "nimbus", *as_hardware(everything)) as (process, terminal):
        await until(lambda: "dark" in terminal.drawn)
        assert "nimbus" in terminal.drawn
        assert "●" not in terminal.drawn
        await show(everything, "nimbus", "Hi")
        await until(lambda: "●" in terminal.drawn)
        process.send_signal(signal.SIGINT)
        await until(lambda: process.poll() is not None)

        assert process.returncode == 0


async def test_without_names_the_whole_fleet_is_simulated(everything: Up, tmp_path: Path) -> None:
    arguments = ("device", "--banners", "3", *as_hardware(everything))
    with running_module("airdisplay", *arguments, log=tmp_path / "log") as device:
        await device.printed('"ready"')
        device.send(signal.SIGINT)

        assert await device.exit_code() == 0
        assert "shows" not in device.output


async def test_hardware_waits_for_nats_and_says_so(tmp_path: Path) -> None:
    url = f"nats://{HOST}:{free_port()}"
    with running_module("airdisplay", "device", "swift", "--nats-url", url, log=tmp_path / "log") as device:
        await device.printed(f"waiting for NATS at {url}")
        device.send(signal.SIGINT)

        assert await device.exit_code() == 0


async def test_a_name_that_no_banner_can_have_is_refused() -> None:
    ended = await airdisplay("device", "No Banner")

    assert 1 == ended.code
    assert "expected a banner id" in ended.complained


async def test_a_fleet_of_none_is_refused() -> None:
    ended = await airdisplay("device", AIRDISPLAY_BANNERS="0")

    assert 78 == ended.code
    assert "there are no banners to simulate" in ended.complained


async def test_hardware_that_is_not_let_in_says_so(everything: Up, tmp_path: Path) -> None:
    ended = await airdisplay(
        "device", "swift", "--nats-url", everything.nats_url, AIRDISPLAY_DATA_DIR=str(tmp_path)
    )

    assert 78 == ended.code
    assert f"NATS at {everything.nats_url} lets in nobody without credentials" in ended.said
