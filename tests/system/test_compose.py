"""What docker-compose.yml says, run as local processes: the same commands and settings, other addresses."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest
import yaml

from tests.support.ports import free_ports
from tests.support.signing import AS_OPERATOR, keys_file
from tests.support.waiting import until

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
NATS: Final = [name for name in SERVICES if name.startswith("nats-")]
GATEWAYS: Final = [name for name in SERVICES if name.startswith("gateway-")]
OURS: Final = [name for name in SERVICES if name not in NATS]
HEADERS: Final = {"content-type": "application/json"}
START_SECONDS: Final = 60.0
LAST_WORDS: Final = 2_000


class Local:
    """The composition on loopback: every host name and port becomes an address of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        ports = iter(free_ports(2 * len(NATS) + len(GATEWAYS)))
        self._clients = {name: next(ports) for name in NATS}
        self._routes = {name: next(ports) for name in NATS}
        self.http = {name: next(ports) for name in GATEWAYS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Run one service's command."""
        command = self._nats(name) if name in NATS else self._ours(name)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self._environment(name)}
        with (self._directory / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def restart_ended(self) -> None:
        """Start again what has ended by itself, as the composition does."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start(name)

    def last_words(self) -> str:
        """What everybody has written last."""
        logs = sorted(self._directory.glob("*.log"))
        return "\n".join(f"--- {log.stem}\n{log.read_text(errors='replace')[-LAST_WORDS:]}" for log in logs)

    def kill(self, name: str) -> None:
        """End one without a warning."""
        self.processes[name].kill()
        self.processes[name].wait()

    def _nats(self, name: str) -> list[str]:
        arguments: list[str] = SERVICES[name]["command"]
        changed = [self._moved(argument) for argument in arguments]
        changed = [
            argument.replace("--port=4222", f"--port={self._clients[name]}")
            .replace("nats://0.0.0.0:6222", f"nats://127.0.0.1:{self._routes[name]}")
            .replace("/etc/nats/nats.conf", str(ROOT / "deploy" / "nats.conf"))
            .replace("--store_dir=/data", f"--store_dir={self._directory / name}")
            for argument in changed
        ]
        return [str(Path(sys.executable).with_name("nats-server")), "--addr=127.0.0.1", *changed]

    def _ours(self, name: str) -> list[str]:
        command: list[str] = SERVICES[name]["command"]
        assert command[0] == "python"
        return [sys.executable, *command[1:]]

    def _environment(self, name: str) -> dict[str, str]:
        settings = {key: self._moved(value) for key, value in SERVICES[name].get("environment", {}).items()}
        if name in GATEWAYS:
            assert settings["AIRDISPLAY_AUTH_KEYS"] == f"/run/secrets/{SERVICES[name]['secrets'][0]}"
            settings |= {
                "AIRDISPLAY_HTTP_HOST": "127.0.0.1",
                "AIRDISPLAY_HTTP_PORT": str(self.http[name]),
                "AIRDISPLAY_AUTH_KEYS": str(keys_file()),
            }
        return settings

    def _moved(self, text: str) -> str:
        for name in NATS:
            text = text.replace(f"{name}:4222", f"127.0.0.1:{self._clients[name]}")
            text = text.replace(f"{name}:6222", f"127.0.0.1:{self._routes[name]}")
        return text


@asynccontextmanager
async def composed(directory: Path) -> AsyncGenerator[Local]:
    """Everything that the file names, ready."""
    local = Local(directory)
    try:
        for name in (*NATS, *OURS):
            local.start(name)
        async with httpx.AsyncClient() as client:
            for port in local.http.values():

                async def ready(url: str = f"http://127.0.0.1:{port}/readyz") -> bool:
                    local.restart_ended()
                    try:
                        return (await client.get(url)).status_code == 200
                    except httpx.TransportError:
                        return False

                try:
                    await until(ready, seconds=START_SECONDS)
                except TimeoutError:
                    pytest.fail(f"not ready within {START_SECONDS:g} s\n{local.last_words()}")
        yield local
    finally:
        for name in local.processes:
            local.kill(name)


def test_there_are_three_servers_and_two_of_each_service() -> None:
    kinds = [name.rpartition("-")[0] for name in SERVICES]

    expected = {"nats": 3, "banner": 2, "expiry": 2, "lobby": 2, "gateway": 2}
    assert expected == {kind: kinds.count(kind) for kind in kinds}


def test_every_setting_is_one_that_the_services_know() -> None:
    known = (ROOT / "shared" / "settings.py").read_text()

    for name in OURS:
        for variable in SERVICES[name]["environment"]:
            option = variable.removeprefix("AIRDISPLAY_").lower().replace("_", "-")
            assert f'"{option}"' in known, f"{name}: {variable}"


@pytest.mark.faults
@pytest.mark.timeout(180)
async def test_a_message_goes_through_the_cluster_also_with_one_server_gone(tmp_path: Path) -> None:
    async with composed(tmp_path) as local:
        first, second = (f"http://127.0.0.1:{port}" for port in local.http.values())
        async with httpx.AsyncClient(timeout=10, headers={**HEADERS, **AS_OPERATOR}) as client:
            for banner in ("lightning", "sparky"):
                registered = await client.post(f"{first}/v1/banners", json={"id": banner})
                assert registered.status_code == 201, registered.text
            async with httpx.AsyncClient(headers=HEADERS) as guest:
                refused = await guest.post(f"{first}/v1/banners/lightning/display", json={"text": "mine"})
            shown = await client.post(f"{first}/v1/banners/lightning/display", json={"text": "three"})
            seen = await client.get(f"{second}/v1/banners/lightning")
            local.kill("nats-2")

            async def shows_again() -> bool:
                answer = await client.post(
                    f"{second}/v1/banners/sparky/display",
                    json={"text": "two"},
                    headers={"Idempotency-Key": "after-the-loss"},
                )
                return answer.status_code == 201

            with anyio.fail_after(60):
                await until(shows_again, seconds=60)
            still = await client.get(f"{first}/v1/banners/lightning")

    assert refused.status_code == 403, refused.text
    assert shown.status_code == 201, shown.text
    assert shown.json()["id"] == seen.json()["display"]["id"] == still.json()["display"]["id"]
