"""`airdisplay device`: adding, listing, exchanging and revoking, as people type it."""

import stat
from pathlib import Path

import pytest

from airdisplay.authority.authority import Authority
from airdisplay.credential_commands import as_user
from airdisplay.nats_server import trust
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh.connection import Nats, open_mesh
from shared.mesh.runner import NOT_FIT
from tests.airdisplay.running import Ended, airdisplay
from tests.support.nats_server import running_nats_server
from tests.support.ports import HOST, free_port
from tests.support.processes import running_module
from tests.support.waiting import until

SPARKY = BannerId("sparky")


async def device(data: Path, *arguments: str) -> Ended:
    """`airdisplay device …` with this data directory."""
    return await airdisplay("device", *arguments, AIRDISPLAY_DATA_DIR=str(data))


async def test_adding_writes_one_file_each_and_says_what_to_do_with_it(tmp_path: Path) -> None:
    ended = await device(tmp_path, "add", "sparky", "stormy")

    assert (0, "") == (ended.code, ended.complained)
    paths = [tmp_path / "creds" / f"device-{each}.creds" for each in ("sparky", "stormy")]
    assert [str(path) for path in paths] == ended.said.splitlines()[::2]
    assert all("Move it to the hardware" in line for line in ended.said.splitlines()[1::2])
    assert set(paths) == set((tmp_path / "creds").iterdir())
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in paths}


async def test_a_password_for_mqtt_is_made_only_if_that_is_said(tmp_path: Path) -> None:
    ended = await device(tmp_path, "add", "--mqtt", "sparky")

    path = tmp_path / "creds" / "device-sparky.mqtt"
    assert str(path) == ended.said.splitlines()[0]
    assert "the user name is sparky" in ended.said
    assert [path] == list((tmp_path / "creds").iterdir())


async def test_adding_again_says_that_there_are_some_and_where(tmp_path: Path) -> None:
    await device(tmp_path, "add", "sparky")
    ended = await device(tmp_path, "add", "sparky")

    assert NOT_FIT == ended.code
    assert f"sparky has credentials already, in {tmp_path}/creds/device-sparky.creds" in one_line(ended)


async def test_all_credentials_are_listed(tmp_path: Path) -> None:
    await device(tmp_path, "add", "sparky", "stormy")
    await device(tmp_path, "add", "stormy", "--mqtt")
    (tmp_path / "creds" / "device-sparky.creds").unlink()
    Authority(tmp_path).rotate(BannerId("stormy"))
    ended = await device(tmp_path, "list")

    rows = [line.split() for line in ended.said.splitlines()[3:] if line.strip()]
    assert ["sparky nats", "stormy nats", "stormy mqtt", "stormy nats", "stormy mqtt"] == [
        " ".join(row[:2]) for row in rows
    ]
    assert all(row[2].startswith("U") and row[2].endswith("…") for row in rows)
    # Banner, protocol, key, issued (two words); then when it was revoked (two), and the file, if it is there.
    assert [0, 2, 2, 1, 1] == [len(row) - 5 for row in rows]


async def test_revoking_tells_the_server_and_takes_the_files_away(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.for_all()
    await device(tmp_path, "add", "sparky")
    copy = tmp_path / "copy.creds"
    copy.write_bytes(authority.device_file(SPARKY).read_bytes())
    async with running_nats_server(tmp_path, configuration=trust(authority, tmp_path / "accounts")) as server:
        ended = await device(tmp_path, "revoke", "sparky", "--nats-url", server.url)

        assert f"revoked sparky: its credentials are void\ntold {server.name}\n" == ended.said
        assert not authority.device_file(SPARKY).exists()
        with pytest.raises(NotFit, match="refuses the credentials"):
            async with open_mesh(Nats(url=server.url, credentials=copy), name="test"):
                pass

        again = await device(tmp_path, "revoke", "sparky", "--nats-url", server.url)
        assert f"revoked sparky: all that it had was void already\ntold {server.name}\n" == again.said


@pytest.mark.parametrize("command", ["revoke", "rotate"])
async def test_what_no_server_was_told_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    await device(tmp_path, "add", "sparky")
    url = f"nats://{HOST}:{free_port()}"
    ended = await device(tmp_path, command, "sparky", "--nats-url", url)

    assert 1 == ended.code
    assert f"no nats-server knows of it yet (NATS at {url} cannot be reached)" in one_line(ended)
    assert 1 == len(Authority(tmp_path).devices().revoked())


async def test_exchanging_says_where_the_new_ones_are(tmp_path: Path) -> None:
    await device(tmp_path, "add", "sparky")
    ended = await device(tmp_path, "rotate", "sparky", "--keep-old")

    assert (0, f"{tmp_path}/creds/device-sparky.creds\n") == (ended.code, ended.said)
    assert not Authority(tmp_path).devices().revoked()


@pytest.mark.parametrize("command", ["add", "revoke", "rotate", "run"])
async def test_what_cannot_be_a_banner_is_refused(tmp_path: Path, command: str) -> None:
    ended = await device(tmp_path, command, "--", "../escape")

    assert 1 == ended.code
    assert "expected a banner id" in one_line(ended)
    assert not Authority(tmp_path).devices().devices


@pytest.mark.parametrize("arguments", [("sparky",), ("run", "sparky"), ("--banners", "1", "sparky")])
async def test_any_other_word_is_a_banner_to_be_run(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    log = tmp_path / "log"
    url = f"nats://{HOST}:{free_port()}"
    with running_module("airdisplay", "device", *arguments, "--nats-url", url, log=log) as running:
        await until(lambda: f"waiting for NATS at {url}" in running.output)


def one_line(ended: Ended) -> str:
    """The one line of a complaint."""
    (line,) = ended.complained.splitlines()
    return line


def test_who_names_no_credentials_has_those_of_the_data_directory(tmp_path: Path) -> None:
    path = Authority(tmp_path).add_device(SPARKY)
    named = Nats(url="nats://somewhere", credentials=tmp_path / "named.creds")
    nobody = Nats(url="nats://somewhere")

    assert Nats(url="nats://somewhere", credentials=path) == as_user(nobody, "device-sparky", str(tmp_path))
    assert named == as_user(named, "device-sparky", str(tmp_path))
    assert nobody == as_user(nobody, "device-stormy", str(tmp_path))
