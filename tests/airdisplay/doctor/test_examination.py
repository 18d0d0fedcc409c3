"""A whole mesh as processes, broken on purpose, and what the doctor says of it."""

import dataclasses
import json
import re
import signal
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from airdisplay.authority.authority import Authority
from airdisplay.doctor.examination import Where, examine
from airdisplay.doctor.findings import Finding, Level, worst
from shared.contracts import subjects
from shared.mesh.connection import Nats, open_mesh
from tests.airdisplay.running import Ended, Up, airdisplay
from tests.support.nats_server import NatsServer
from tests.support.ports import HOST, free_port
from tests.support.processes import running_module
from tests.support.system import System, running_system
from tests.support.waiting import until

# Several processes begin, some more than once.
pytestmark = pytest.mark.timeout(180)

DOCUMENTED = Path(__file__).parents[3] / "docs" / "doctor.md"


@pytest.fixture(scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[System]:
    """A mesh for all tests here: whoever breaks it mends it."""
    directory = tmp_path_factory.mktemp("system")
    async with running_system(directory, ttl=60, gateways=2) as system:
        await until(partial(_is, system, directory, "ok"))
        yield system


async def _is(system: System, directory: Path, level: Level) -> bool:
    return worst(await examined(system, directory)) == level


def directory_of(system: System) -> Path:
    """The data directory of that mesh."""
    return system.authority.file_of("operator").parents[1]


async def examined(system: System, directory: Path | None = None, **where: Any) -> Sequence[Finding]:
    """What is found there, as operators."""
    usual = Where(
        nats=system.nats_as("operator"),
        address=system.urls[0],
        directory=directory or directory_of(system),
    )
    return await examine(dataclasses.replace(usual, **where))


async def wrong(system: System, **where: Any) -> list[str]:
    """What of it is not well."""
    return [each.what for each in await examined(system, **where) if each.level != "ok"]


async def test_a_mesh_as_it_should_be_is_well_in_every_area(system: System) -> None:
    found = await examined(system)

    assert {"ok"} == {each.level for each in found}
    assert {"versions", "credentials", "clocks", "streams", "hardware"} == {each.area for each in found}
    said = [each.what for each in found]
    assert "services that answer: 1 banner, 1 expiry, 1 lobby, 2 gateway, 1 intake" in said
    assert "NATS lets in nobody without credentials" in said
    assert any(line.startswith("6 instances are within ") for line in said)


async def test_a_service_that_was_killed_is_missed(system: System) -> None:
    part = system.parts["expiry-0"]
    part.kill()
    try:
        (what,) = await wrong(system)
    finally:
        part.start()

    assert what.startswith("no expiry service answers: ")
    await until(partial(_is, system, directory_of(system), "ok"))


async def test_a_service_that_hangs_is_missed(system: System) -> None:
    part = system.parts["lobby-0"]
    part.send(signal.SIGSTOP)
    try:
        (what,) = await wrong(system)
    finally:
        part.send(signal.SIGCONT)

    assert what.startswith("no lobby service answers: ")


async def test_a_gateway_that_is_away_is_told(system: System) -> None:
    address = f"http://{HOST}:{free_port()}"

    assert [f"no gateway answers at {address}"] == await wrong(system, address=address)


async def test_what_is_no_gateway_is_told(system: System, nats_server: NatsServer) -> None:
    address = f"http://{HOST}:{nats_server.port}"

    assert [f"no gateway answers at {address}"] == await wrong(system, address=address)


async def test_no_server_is_told_and_the_rest_is_looked_at(system: System) -> None:
    url = f"nats://{HOST}:{free_port()}"
    found = await examined(system, nats=Nats(url=url, credentials=system.authority.file_of("operator")))

    (what,) = [each.what for each in found if each.level == "bad"]
    assert f"NATS at {url} cannot be reached" == what
    assert {"versions", "credentials", "hardware"} == {each.area for each in found}


async def test_credentials_that_the_server_refuses_are_told(system: System, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    other.for_all()

    (what,) = await wrong(system, nats=Nats(url=system.nats.url, credentials=other.file_of("operator")))

    assert "refuses the credentials in" in what


async def test_a_server_that_lets_in_anybody_is_told(system: System, nats_server: NatsServer) -> None:
    assert any("LETS IN ANYBODY" in what for what in await wrong(system, nats=Nats(url=nats_server.url)))


async def test_a_file_that_others_can_read_is_told(system: System) -> None:
    path = system.authority.file_of("banner")
    path.chmod(0o644)
    try:
        (what,) = await wrong(system)
    finally:
        path.chmod(0o600)

    assert f"{path} (mode 644)" in what


async def test_a_stream_that_somebody_changed_is_told_until_a_banner_service_starts(system: System) -> None:
    async with open_mesh(system.nats_as("banner"), name="test") as mesh:
        config = (await mesh.jetstream.stream_info("REPORTED")).config
        await mesh.jetstream.update_stream(config, max_age=3600.0)

    (what,) = await wrong(system)

    assert "REPORTED is not as this version wants it: max_age 2.592e+06 s, found 3600 s" in what
    part = system.parts["banner-0"]
    part.end(signal.SIGTERM)
    part.start()
    await until(partial(_is, system, directory_of(system), "ok"))


async def test_a_clock_that_goes_wrong_while_a_service_runs_is_told(system: System, tmp_path: Path) -> None:
    ahead = tmp_path / "ahead"
    ahead.write_text("0.75")
    arguments = ("--nats-url", system.nats.url, "--nats-creds", str(system.authority.file_of("expiry")))
    with running_module(
        "tests.support.skewed", str(ahead), "expiry", *arguments, log=tmp_path / "log"
    ) as process:
        await process.printed('"ready"')
        (edge,) = [each for each in await examined(system) if each.level != "ok"]
        replaced = tmp_path / "replaced"
        replaced.write_text("-40")
        replaced.rename(ahead)

        async def found_out() -> bool:
            return any("is 40.0 s behind the server's" in what for what in await wrong(system))

        await until(found_out)

    assert ("warn", "clocks") == (edge.level, edge.area)
    assert "is 0.8 s ahead of the server's" in edge.what or "is 0.7 s ahead" in edge.what


async def test_a_registered_banner_without_hardware_is_told(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=60) as another:
        await another.register("lightning")

        async def told() -> bool:
            return "none of 1 banners is online" in await wrong(another)

        await until(told)


async def test_what_hardware_sends_and_nobody_takes_is_told(tmp_path: Path) -> None:
    async with (
        running_system(tmp_path, ttl=60) as another,
        open_mesh(another.nats_as("fleet"), name="nonsense") as mesh,
    ):
        await another.register("lightning")
        for _ in range(2):
            await mesh.publish(subjects.telemetry("lightning", "power"), b"full")

        async def told() -> bool:
            return "2 messages of hardware were refused, the most from lightning" in await wrong(another)

        await until(told)


async def doctor(everything: Up, *arguments: str) -> Ended:
    """The command, at that mesh."""
    at = ("--nats-url", everything.nats_url, "--http-port", str(everything.http_port))
    return await airdisplay("doctor", *at, "--data-dir", str(everything.data), *arguments)


async def test_the_command_says_it_as_its_page_has_it_and_in_its_exit_code(everything: Up) -> None:
    async def well() -> bool:
        return (await doctor(everything)).said.rstrip().endswith("all is well")

    await until(well, seconds=60)
    (page,) = re.findall(r"\$ airdisplay doctor\n(.*?\nall is well\n)```", DOCUMENTED.read_text(), re.DOTALL)
    assert without_numbers(page) == without_numbers((await doctor(everything)).said)
    path = everything.data / "creds" / "lobby.creds"
    path.chmod(0o640)
    try:
        ended = await doctor(everything)
    finally:
        path.chmod(0o600)

    assert 1 == ended.code
    assert f"→ run `chmod 600 {path}`" in ended.said
    assert "1 bad" == ended.said.splitlines()[-1]


def without_numbers(said: str) -> list[str]:
    """Its lines, whatever the figures are."""
    return [re.sub(r"\d[\d.]*", "…", line) for line in said.splitlines()]


async def test_the_command_says_it_to_programs(everything: Up) -> None:
    ended = await doctor(everything, "--json")

    assert 0 == ended.code
    assert {"worst", "findings"} == set(json.loads(ended.said))
