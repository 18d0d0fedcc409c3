"""`airdisplay credentials`: what nats-servers and services need where there is no `up`."""

import stat
from pathlib import Path

import pytest

from airdisplay.authority.authority import SERVICES, Authority
from airdisplay.deployment import SERVER_FILE, prepare, refresh
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh.connection import Nats, open_mesh
from tests.airdisplay.running import airdisplay
from tests.support.nats_server import running_nats_server

SPARKY = BannerId("sparky")


async def test_a_server_that_includes_the_file_lets_in_services_and_nobody_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ended = await airdisplay(
        "credentials", "--data-dir", str(data), "--nats-accounts-dir", str(tmp_path / "accounts")
    )

    assert 0 == ended.code
    assert f"nats-server   {data}/{SERVER_FILE}" in ended.said
    async with running_nats_server(tmp_path, configuration=f'include "data/{SERVER_FILE}"') as server:
        for service in SERVICES:
            where = Nats(url=server.url, credentials=data / "creds" / f"{service}.creds")
            async with open_mesh(where, name="test") as mesh:
                assert mesh.connected
        with pytest.raises(NotFit, match="asks for credentials: name a file with --nats-creds"):
            async with open_mesh(server.url, name="test"):
                pass


def test_all_of_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    prepare(tmp_path / "data", "/data/accounts")

    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    def everything() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    said = prepare(tmp_path, "/data/accounts")
    before = everything()

    assert said == prepare(tmp_path, "/data/accounts")
    assert before == everything()


def test_the_file_knows_what_was_revoked_since(tmp_path: Path) -> None:
    prepare(tmp_path, "/somewhere/else")
    authority = Authority(tmp_path)
    authority.add_device(SPARKY)
    authority.revoke(SPARKY)
    before = (tmp_path / SERVER_FILE).read_text()

    refresh(tmp_path, authority)

    text = (tmp_path / SERVER_FILE).read_text()
    assert authority.account_jwt() not in before
    assert f"  {authority.account}: {authority.account_jwt()}\n" in text
    assert 'dir: "/somewhere/else"' in text
    prepare(tmp_path, "/somewhere/else")
    assert text == (tmp_path / SERVER_FILE).read_text()


def test_no_file_is_made_where_none_is_used(tmp_path: Path) -> None:
    refresh(tmp_path, Authority(tmp_path))

    assert not (tmp_path / SERVER_FILE).exists()
