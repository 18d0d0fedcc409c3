"""Telling servers of a changed account: they take what their operator signed, and nothing else."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from shared.contracts.errors import NotFit, Unreachable
from shared.mesh.accounts import update_account
from shared.mesh.connection import Mesh, Nats, open_mesh
from tests.support.nats_server import NatsServer, running_nats_server


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Keys of this test."""
    return Authority(tmp_path)


@pytest.fixture
async def secure(tmp_path: Path, authority: Authority) -> AsyncGenerator[NatsServer]:
    """A server that trusts them."""
    configuration = trust(authority, tmp_path / "accounts")
    async with running_nats_server(tmp_path, configuration=configuration) as server:
        yield server


@pytest.fixture
async def system(secure: NatsServer, authority: Authority) -> AsyncGenerator[Mesh]:
    """A connection of the servers' own account."""
    async with open_mesh(Nats(url=secure.url, credentials=authority.system()), name="test") as mesh:
        yield mesh


async def test_a_server_that_takes_it_says_so(secure: NatsServer, system: Mesh, authority: Authority) -> None:
    assert [secure.name] == await update_account(system, authority.account_jwt())


@pytest.mark.parametrize("what", ["nonsense", "changed"])
async def test_what_is_not_signed_is_not_taken(system: Mesh, authority: Authority, what: str) -> None:
    token = "a.b.c" if what == "nonsense" else authority.account_jwt()[:-4] + "AAAA"

    with pytest.raises(NotFit, match=r"nats-server .* does not take the account: "):
        await update_account(system, token)


async def test_an_account_of_another_operator_lets_in_nobody(
    secure: NatsServer, system: Mesh, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other")
    other.for_all()
    await update_account(system, other.account_jwt())

    with pytest.raises(NotFit, match="refuses the credentials"):
        async with open_mesh(Nats(url=secure.url, credentials=other.file_of("operator")), name="test"):
            pass


async def test_an_account_that_has_grown_too_large_is_said(system: Mesh) -> None:
    with pytest.raises(NotFit, match="the account has grown past the 1048576 bytes of a message"):
        await update_account(system, "x" * 1_048_577)


async def test_where_nobody_looks_after_accounts_nobody_is_told(mesh: Mesh, authority: Authority) -> None:
    with pytest.raises(Unreachable, match="a nats-server that looks after accounts cannot be reached"):
        await update_account(mesh, authority.account_jwt())
