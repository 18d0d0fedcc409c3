"""The whole mesh as processes: any number of each service, to be killed and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from shared.mesh.connection import Nats
from tests.support.nats_server import NatsServer, running_nats_server, with_mqtt
from tests.support.ports import free_port, free_ports
from tests.support.signing import AS_OPERATOR, keys_file
from tests.support.violations import violations
from tests.support.waiting import until

_ROOT: Final = Path(__file__).parents[2]
_START_SECONDS: Final = 60.0
_JSON: Final = {"content-type": "application/json"}


class Part:
    """One instance of a service, through all its lives."""

    def __init__(self, service: str, arguments: list[str], log: Path) -> None:
        self.service = service
        self._arguments = arguments
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """All that it printed in all its lives."""
        return self._log.read_text() if self._log.exists() else ""

    def start(self) -> None:
        """Begin a life."""
        command = [sys.executable, "-m", f"services.{self.service}", *self._arguments]
        # Tests ask more than people do, and all from one address.
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "AIRDISPLAY_RATE_LIMIT": "off"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=_ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def send(self, what: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None, "it was never started"
        self._process.send_signal(what)

    def kill(self) -> None:
        """End it without a warning."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> int:
        """End it with a signal; returns its exit code."""
        process = self._process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(how)
        return process.wait()


class System:
    """A nats-server and services around it. Services are named `banner-0`, `gateway-1` and so on."""

    def __init__(
        self,
        nats: NatsServer,
        ports: list[int],
        parts: dict[str, Part],
        authority: Authority,
        mqtt_port: int,
    ) -> None:
        self.nats = nats
        self.mqtt_port = mqtt_port
        self.authority = authority
        self.parts = parts
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]

    def nats_as(self, user: str) -> Nats:
        """Where NATS is, and as whom to go there: a service, `operator`, `telemetry`."""
        return Nats(url=self.nats.url, credentials=self.authority.file_of(user))

    async def ready(self) -> None:
        """Wait until every gateway has all that it needs."""
        async with httpx.AsyncClient() as client:
            for url in self.urls:
                await until(partial(_is_ready, client, url), seconds=_START_SECONDS)

    async def register(self, *banners: str) -> None:
        """Register banners."""
        async with httpx.AsyncClient(base_url=self.urls[0], headers={**_JSON, **AS_OPERATOR}) as client:
            for banner in banners:
                answer = await client.post("/v1/banners", json={"id": banner})
                assert answer.status_code == 201, answer.text


@asynccontextmanager
async def running_system(
    directory: Path,
    *,
    ttl: float,
    banners: int = 1,
    expiries: int = 1,
    lobbies: int = 1,
    intakes: int = 1,
    gateways: int = 1,
) -> AsyncGenerator[System]:
    """A mesh that serves, until the block is left; a display lasts `ttl` seconds."""
    authority = Authority(directory)
    authority.for_all()
    authority.fleet()
    mqtt_port = free_port()
    configuration = with_mqtt(trust(authority, directory / "accounts"), mqtt_port)
    async with running_nats_server(directory, configuration=configuration) as nats:

        def at(user: str) -> list[str]:
            return ["--nats-url", nats.url, "--nats-creds", str(authority.file_of(user))]

        keys = ["--auth-keys", str(keys_file())]
        ports = free_ports(gateways)
        arguments = {
            **{f"banner-{number}": [*at("banner"), "--display-ttl", str(ttl)] for number in range(banners)},
            **{f"expiry-{number}": at("expiry") for number in range(expiries)},
            **{f"lobby-{number}": at("lobby") for number in range(lobbies)},
            **{f"intake-{number}": at("intake") for number in range(intakes)},
            **{
                f"gateway-{number}": [*at("gateway"), *keys, "--http-port", str(port)]
                for number, port in enumerate(ports)
            },
        }
        parts = {
            name: Part(name.partition("-")[0], each, directory / f"{name}.log")
            for name, each in arguments.items()
        }
        system = System(nats, ports, parts, authority, mqtt_port)
        try:
            for part in parts.values():
                part.start()
            await system.ready()
            yield system
            nobody_overstepped(nats.log, authority)
        finally:
            for part in parts.values():
                part.kill()


def nobody_overstepped(log: Path, authority: Authority) -> None:
    """Fail when a server has refused something to somebody, unless a test meant to provoke that."""
    # A server that was started again does not know of questions before that, nor who may answer them.
    started_again = log.read_text().count("Server is ready") > 1
    found = [
        each
        for each in violations(log, authority.file_of("").parent)
        # Clients ask for an inbox, also as hardware, which has none and asks nobody.
        if not each.subject.startswith("_INBOX_fleet.")
        and not (started_again and each.what == "publish" and each.subject.startswith("_INBOX_"))
    ]
    assert not found, f"refused by nats-server: {found}"


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/readyz")).status_code == 200
    except httpx.TransportError:
        return False
