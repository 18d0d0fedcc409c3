"""The nats-server of `up`: found, of the right version, with a configuration that it takes."""

import stat
import subprocess
from pathlib import Path

import pytest

from airdisplay import nats_server
from airdisplay.authority.authority import Authority
from shared.contracts.errors import NotFit


def program(directory: Path, says: str) -> Path:
    """A program that says this when it is asked for its version."""
    path = directory / "nats-server"
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_the_one_that_came_with_us_is_found_and_fits() -> None:
    nats_server.check_version(nats_server.find(None))


def test_a_missing_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match=f"there is no nats-server at {tmp_path}/nats-server"):
        nats_server.find(str(tmp_path / "nats-server"))


@pytest.mark.parametrize("version", ["2.10.27", "2.14.0", "2.16.0", "3.0.0"])
def test_another_version_is_refused(tmp_path: Path, version: str) -> None:
    other = program(tmp_path, f"nats-server: v{version}")

    with pytest.raises(NotFit, match=f"{other} has version {version}, and AirDisplay needs 2.15"):
        nats_server.check_version(other)


def test_another_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match="does not say that it is a nats-server: 'hello'"):
        nats_server.check_version(program(tmp_path, "hello"))


def test_what_cannot_be_run_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nats-server"
    file.touch()

    with pytest.raises(NotFit, match="cannot be run"):
        nats_server.check_version(file)


def taken(configuration: Path) -> None:
    """Make sure that the server understands it."""
    tried = subprocess.run(
        [*nats_server.command(nats_server.find(None), configuration), "-t"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert tried.returncode == 0, tried.stderr


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("name", ["data", 'with "quotes" and spaces', "with $dollar and ünicode"])
def test_the_configuration_is_taken(tmp_path: Path, name: str, secure: bool) -> None:  # noqa: FBT001
    directory = tmp_path / name
    directory.mkdir()
    authority = Authority(directory) if secure else None
    path = nats_server.configure(directory, 20_001, mqtt_port=20_002, authority=authority)

    taken(path)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert secure == ("operator:" in path.read_text())


@pytest.mark.parametrize(("port", "expected"), [(None, False), (20_002, True)])
def test_there_is_mqtt_where_there_is_a_port(tmp_path: Path, port: int | None, expected: bool) -> None:  # noqa: FBT001
    path = nats_server.configure(tmp_path, 20_001, mqtt_port=port, authority=None)

    taken(path)
    assert expected == ('mqtt { listen: "127.0.0.1:20002" }' in path.read_text())


def test_a_configuration_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match="cannot write"):
        nats_server.configure(tmp_path / "missing", 20_001, mqtt_port=None, authority=None)
