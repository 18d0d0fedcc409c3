"""Run `mosquitto.sh` as a banner on a mesh of its own, and write down what it says, and what MQTT carries.

python examples/devices/mqtt/transcript.py
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

from airdisplay_client import AirDisplay
from shared.contracts import subjects
from shared.mesh.connection import Nats, open_mesh

BANNER = "lightning"
HERE = Path(__file__).parent
ROOT = Path(__file__).parents[3]
HOST = "127.0.0.1"
PATIENCE_SECONDS = 40


class Journal:
    """What was seen, with the time since the beginning."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._began = anyio.current_time()

    def write(self, who: str, what: str) -> None:
        """A line."""
        self.lines.append(f"{who} {what}")
        print(f"{anyio.current_time() - self._began:5.2f} s  {who:<7} {what}", flush=True)

    async def seen(self, *parts: str, after: int = 0) -> None:
        """Return once there is a line with all of these, past the first so many."""
        with anyio.fail_after(PATIENCE_SECONDS):
            while not any(all(part in line for part in parts) for line in self.lines[after:]):
                await anyio.sleep(0.01)


async def main() -> None:
    """The transcript."""
    with tempfile.TemporaryDirectory() as directory:
        async with (
            _mesh(Path(directory)) as (url, nats, mqtt_port),
            AirDisplay(url, _token(directory)) as air,
        ):
            await air.register(BANNER)
            journal = Journal()
            async with open_mesh(nats, name="transcript") as mesh, anyio.create_task_group() as tasks:

                async def hear(message: Any) -> None:
                    journal.write("mqtt", _as_mqtt(message.subject, message.data))

                for kind in ("state", "hello", "reported", "presence"):
                    await mesh.subscribe(subjects.banner(BANNER, kind), hear)
                await _tell(air, journal, mqtt_port, Path(directory))
                tasks.cancel_scope.cancel()


async def _tell(air: AirDisplay, journal: Journal, mqtt_port: int, directory: Path) -> None:
    """What happens, one after the other."""
    journal.write("people", "show “Before it was up”")
    shown = await air.show(BANNER, "Before it was up")
    password = directory / "creds" / f"device-{BANNER}.mqtt"
    command = ["sh", str(HERE / "mosquitto.sh"), BANNER, str(password), HOST, str(mqtt_port)]
    async with await anyio.open_process(command, stderr=None) as device, anyio.create_task_group() as tasks:
        journal.write("shell", "mosquitto.sh is started")
        tasks.start_soon(_read, device, journal)
        await journal.seen("reported", '"display_id":"')
        await _then(journal, air.take_back(shown.id), "take it back", '"display_id":null')
        await _then(journal, air.show(BANNER, "As it happens"), "show “As it happens”", '"display_id":"')

        before = len(journal.lines)
        found = await anyio.run_process(["pgrep", "-P", str(device.pid), "-x", "mosquitto_sub"])
        os.kill(int(found.stdout), signal.SIGKILL)
        journal.write("shell", "kill -9 of mosquitto_sub, as when the radio goes")
        await journal.seen("presence", "connection lost", after=before)
        await journal.seen("reported", after=before)

        device.send_signal(signal.SIGTERM)
        await device.wait()
        journal.write("shell", f"mosquitto.sh has ended, with code {device.returncode}")
        await journal.seen("switched off")


async def _then(journal: Journal, asked: Any, what: str, seen: str) -> None:
    before = len(journal.lines)
    journal.write("people", what)
    await asked
    await journal.seen("reported", seen, after=before)


async def _read(device: Process, journal: Journal) -> None:
    assert device.stdout is not None, "it is piped"
    async for text in TextReceiveStream(device.stdout):
        for line in text.splitlines():
            journal.write("banner", line)


def _as_mqtt(subject: str, data: bytes) -> str:
    """A message as its topic and payload; of a record as much as the banner needs."""
    topic = subject.replace(".", "/")
    if not topic.endswith("/state"):
        return _brief(f"{topic} {data.decode()}".rstrip())
    record = msgspec.json.decode(data)
    display = record["state"]["display"]
    short = {name: record[name] for name in ("now", "at", "number") if name in record}
    short["state"] = {"display": display and {name: display[name] for name in ("id", "text", "until")}}
    return _brief(f"{topic} {msgspec.json.encode(short).decode()}")


def _brief(line: str) -> str:
    """With the beginnings of the ids alone."""
    return re.sub(r'(?<="[0-9a-f]{8})[0-9a-f]{24}(?=")', "…", line)


@asynccontextmanager
async def _mesh(directory: Path) -> AsyncGenerator[tuple[str, Nats, int]]:
    """All of `airdisplay up`, with a password for the hardware of one banner."""
    nats, http, mqtt = _free_ports(3)
    airdisplay = [sys.executable, "-m", "airdisplay"]
    ports = ["--nats-port", str(nats), "--http-port", str(http), "--mqtt-port", str(mqtt)]
    up = [*airdisplay, "up", "--data-dir", str(directory), "--banners", "0", *ports]
    add = [*airdisplay, "device", "add", BANNER, "--mqtt", "--data-dir", str(directory)]
    async with await anyio.open_process(
        up, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            await _ready(f"http://{HOST}:{http}/readyz")
            await anyio.run_process(add, cwd=ROOT)
            credentials = directory / "creds" / "operator.creds"
            yield f"http://{HOST}:{http}", Nats(url=f"nats://{HOST}:{nats}", credentials=credentials), mqtt
        finally:
            running.terminate()


async def _ready(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with anyio.fail_after(PATIENCE_SECONDS):
            while True:
                try:
                    if (await client.get(url)).is_success:
                        return
                except httpx.TransportError:
                    pass
                await anyio.sleep(0.05)


def _token(directory: str) -> str:
    return (Path(directory) / "operator.token").read_text(encoding="ascii").strip()


def _free_ports(count: int) -> list[int]:
    taken = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in taken]
    finally:
        for each in taken:
            each.close()


if __name__ == "__main__":
    anyio.run(main)
