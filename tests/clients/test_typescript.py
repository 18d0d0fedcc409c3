"""The TypeScript client against gateways that run; its own tests are in `clients/typescript/test`."""

import re
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import pytest

from shared.contracts.identity import BannerId
from tests.clients.control import Command, control
from tests.clients.documents import CLIENT, GENERATED, with_node, write_types
from tests.support.banners import MINUTE
from tests.support.gateways import registered_over, running_gateway, running_services
from tests.support.lobbies import beat
from tests.support.nats_server import NatsServer
from tests.support.signing import OPERATOR_TOKEN
from tests.support.system import System, running_system

SECOND: Final = 1_000
TYPESCRIPT: Final = re.compile(r"```ts\n(.*?)```", re.DOTALL)
WITH_A_GATEWAY: Final = ("calls", "watch")
WITH_SYSTEM: Final = "faults"
SHORT: Final = "deadlines"


@pytest.mark.parametrize("name", WITH_A_GATEWAY)
async def test_the_client_does_what_it_says_against_a_gateway(name: str, nats_server: NatsServer) -> None:
    async with a_gateway(nats_server) as surroundings:
        await node_tests(name, surroundings)


async def test_the_client_honours_deadlines(own_nats_server: NatsServer) -> None:
    async with a_gateway(own_nats_server, ttl_ms=SECOND) as surroundings:
        await node_tests(SHORT, surroundings)


@pytest.mark.faults
@pytest.mark.timeout(180)
async def test_the_client_rides_through_the_ends_of_gateways_and_of_the_mesh(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=600) as system, control(harms(system)) as address:
        await system.register("lightning")
        await node_tests(WITH_SYSTEM, {"AIRDISPLAY_URL": system.urls[0], "AIRDISPLAY_CONTROL": address})


@pytest.mark.parametrize(
    "name",
    sorted(
        {path.name.removesuffix(".test.ts") for path in CLIENT.glob("test/*.test.ts")}
        - {*WITH_A_GATEWAY, WITH_SYSTEM, SHORT}
    ),
)
async def test_the_client_keeps_its_rules(name: str) -> None:
    await node_tests(name, {})


async def test_the_example_of_its_page_works_with_the_package_as_it_is_built(nats_server: NatsServer) -> None:
    await succeed("npm", "run", "--silent", "build")
    async with a_gateway(nats_server) as surroundings, running_gateway(nats_server.url) as gateway:
        await registered_over(gateway.operator(), BannerId("lightning"))

        said = await succeed("node", "examples/wave.ts", **surroundings)

    assert "live" in said
    assert "lightning shows Hello from TypeScript" in said
    assert "lightning is busy until" in said
    assert "ended: cleared" in said


def test_the_example_of_its_page_is_the_one_that_is_run() -> None:
    [example] = TYPESCRIPT.findall((CLIENT / "README.md").read_text())

    assert (CLIENT / "examples" / "wave.ts").read_text() == example


async def test_its_generated_types_are_those_of_the_documents(tmp_path: Path) -> None:
    await write_types(tmp_path)

    assert _contents(tmp_path) == _contents(GENERATED), "`make types` writes them anew"


@asynccontextmanager
async def a_gateway(nats: NatsServer, *, ttl_ms: int = MINUTE) -> AsyncGenerator[dict[str, str]]:
    """A gateway with all that it asks; yields what the client's tests want to know of it."""
    async with (
        running_services(nats.url, ttl_ms=ttl_ms) as services,
        running_gateway(nats.url) as gateway,
        control({"beat": lambda banner: beat(services.mesh, BannerId(banner))}) as address,
    ):
        yield {
            "AIRDISPLAY_URL": gateway.url,
            "AIRDISPLAY_OPERATOR_TOKEN": OPERATOR_TOKEN,
            "AIRDISPLAY_CONTROL": address,
        }


def harms(system: System) -> dict[str, Command]:
    """What can be done to the parts of a mesh."""
    return {
        "kill": partial(_end, system, signal.SIGKILL),
        "stop": partial(_end, system, signal.SIGTERM),
        "start": partial(_start, system),
    }


async def node_tests(name: str, surroundings: dict[str, str]) -> None:
    """Run one file of the client's own tests."""
    await succeed("node", "--test", "--test-timeout=50000", f"test/{name}.test.ts", **surroundings)


async def succeed(*command: str, **surroundings: str) -> str:
    """Run a command in the client's folder; what it printed. Fails with that where it failed."""
    assert (CLIENT / "node_modules").is_dir(), "`make .venv/.node` sets up what the TypeScript client needs"
    done = await anyio.run_process(
        command, cwd=CLIENT, env=with_node(**surroundings), stderr=subprocess.STDOUT, check=False
    )
    said = done.stdout.decode()
    assert 0 == done.returncode, said
    return said


async def _end(system: System, how: signal.Signals, name: str) -> None:
    if name == "nats":
        await (system.nats.kill() if how == signal.SIGKILL else system.nats.stop())
    else:
        await anyio.to_thread.run_sync(system.parts[name].end, how)


async def _start(system: System, name: str) -> None:
    if name == "nats":
        await system.nats.start()
    else:
        system.parts[name].start()
    await system.ready()


def _contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.ts")}
