"""What docker-compose.yml says, run as local processes: the same commands and settings, other addresses."""

import os
import re
import ssl
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest
import yaml
from anyio.streams.tls import TLSStream

from airdisplay.authority.authority import Authority
from airdisplay.authority.certificates import certificates
from airdisplay.deployment import prepare, prepare_tls
from shared.mesh.connection import Nats, open_mesh
from tests.support.ports import free_ports
from tests.support.signing import AS_OPERATOR, keys_file
from tests.support.violations import violations
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
        self.files = directory / "files"
        self.authority = Authority(self.files)
        prepare(self.files, "/data/accounts")
        prepare_tls(self.files, ["127.0.0.1"])
        ports = iter(free_ports(3 * len(NATS) + len(GATEWAYS)))
        self._clients = {name: next(ports) for name in NATS}
        self._routes = {name: next(ports) for name in NATS}
        self.mqtt = {name: next(ports) for name in NATS}
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

    def nats(self, name: str) -> str:
        """Where one server is, for clients."""
        return f"127.0.0.1:{self._clients[name]}"

    @property
    def ca(self) -> Path:
        """What vouches for the servers."""
        return Path(self._secret("nats-ca"))

    def _nats(self, name: str) -> list[str]:
        home = self._directory / name
        home.mkdir(exist_ok=True)
        for file, text in (
            ("nats.conf", (ROOT / "deploy" / "nats.conf").read_text()),
            ("nats-auth.conf", Path(self._secret("nats-auth")).read_text()),
        ):
            moved = re.sub(r"/run/secrets/([\w-]+)", lambda found: self._secret(found[1]), text)
            moved = moved.replace("/data/", f"{home}/").replace("port: 8883", f"port: {self.mqtt[name]}")
            (home / file).write_text(moved)
        arguments: list[str] = SERVICES[name]["command"]
        changed = [self._moved(argument) for argument in arguments]
        changed = [
            argument.replace("--port=4222", f"--port={self._clients[name]}")
            .replace("nats://0.0.0.0:6222", f"nats://127.0.0.1:{self._routes[name]}")
            .replace("/etc/nats/nats.conf", str(home / "nats.conf"))
            .replace("--store_dir=/data", f"--store_dir={home}")
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
            settings |= {"AIRDISPLAY_HTTP_HOST": "127.0.0.1", "AIRDISPLAY_HTTP_PORT": str(self.http[name])}
        for key, value in settings.items():
            if value.startswith("/run/secrets/"):
                secret = value.removeprefix("/run/secrets/")
                assert secret in SERVICES[name]["secrets"], f"{name} is not given {secret}"
                settings[key] = self._secret(secret)
        return settings

    def _secret(self, name: str) -> str:
        if name == "auth-keys":
            return str(keys_file())
        file: str = COMPOSE["secrets"][name]["file"]
        return file.replace("${AIRDISPLAY_SECRETS:-./.airdisplay}", str(self.files))

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

    expected = {"nats": 3, "banner": 2, "expiry": 2, "lobby": 2, "intake": 2, "gateway": 2}
    assert expected == {kind: kinds.count(kind) for kind in kinds}


def test_each_service_is_given_its_own_credentials_and_no_others() -> None:
    given = {name: {each for each in SERVICES[name]["secrets"] if each.endswith("-creds")} for name in OURS}

    assert {name: {f"{name.rpartition('-')[0]}-creds"} for name in OURS} == given


def test_nobody_is_told_of_a_server_without_tls() -> None:
    for name in OURS:
        urls: str = SERVICES[name]["environment"]["AIRDISPLAY_NATS_URL"]
        assert all(url.startswith("tls://") for url in urls.split(","))


def test_every_setting_is_one_that_the_services_know() -> None:
    known = (ROOT / "shared" / "settings.py").read_text()

    for name in OURS:
        for variable in SERVICES[name]["environment"]:
            option = variable.removeprefix("AIRDISPLAY_").lower().replace("_", "-")
            assert f'"{option}"' in known, f"{name}: {variable}"


async def nobody_comes_in_without_tls(local: Local, name: str) -> None:
    """Nor with another's word for who the server is."""
    operator = local.authority.file_of("operator")
    at = f"tls://{local.nats(name)}"
    async with open_mesh(Nats(url=at, credentials=operator, ca=local.ca), name="test") as mesh:
        assert mesh.connected
    elsewhere = certificates(local.files / "elsewhere", ["127.0.0.1"]).ca
    assert "CERTIFICATE_VERIFY_FAILED" in await handshake(local.nats(name), elsewhere, "127.0.0.1")
    assert "CERTIFICATE_VERIFY_FAILED" in await handshake(local.nats(name), local.ca, "nats.example.org")
    assert "" == await handshake(local.nats(name), local.ca, "127.0.0.1")
    async with await anyio.connect_tcp("127.0.0.1", int(local.nats(name).rpartition(":")[2])) as plain:
        await plain.receive()
        await plain.send(b'CONNECT {"verbose":false}\r\nPING\r\n')
        said = b""
        with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
            while True:
                said += await plain.receive()
    assert b"PONG" not in said


async def handshake(address: str, ca: Path, host: str) -> str:
    """What is wrong with a server, as a client sees it that expects that host; nothing where all is well."""
    port = int(address.rpartition(":")[2])
    context = ssl.create_default_context(cafile=ca)
    async with await anyio.connect_tcp("127.0.0.1", port) as plain:
        await plain.receive()  # the greeting of NATS
        try:
            await TLSStream.wrap(plain, hostname=host, ssl_context=context, standard_compatible=False)
        except ssl.SSLError as error:
            return str(error)
    return ""


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

        for each in NATS[:1]:
            await nobody_comes_in_without_tls(local, each)
            assert [] == violations(tmp_path / f"{each}.log", local.files / "creds")

    assert refused.status_code == 403, refused.text
    assert shown.status_code == 201, shown.text
    assert shown.json()["id"] == seen.json()["display"]["id"] == still.json()["display"]["id"]
