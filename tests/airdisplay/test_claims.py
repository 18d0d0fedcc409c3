"""JWTs as nats-server reads them: what goes in comes out, and nothing that was changed passes."""

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.authority import claims
from airdisplay.authority.authority import Authority
from airdisplay.authority.keys import Key
from airdisplay.nats_server import trust
from shared.contracts.errors import NotFit
from shared.contracts.identity import ID_FORM, BannerId
from shared.mesh.connection import Nats, credentials_name, open_mesh
from tests.support.nats_server import NatsServer, running_nats_server

SIGNER, USER, ACCOUNT = Key.new("account"), Key.new("user"), Key.new("account").public
SPARKY = BannerId("sparky")
names = st.from_regex(ID_FORM, fullmatch=True)


@given(name=names, issued=st.integers(0, 2**40))
def test_a_user_reads_as_it_was_written(name: str, issued: int) -> None:
    token = claims.signed(name, USER.public, claims.user(ACCOUNT), SIGNER, issued=issued)

    found = claims.read(token)
    about = {"type": "user", "issuer_account": ACCOUNT, "version": 2}
    assert (name, USER.public, SIGNER.public, issued) == tuple(
        found[each] for each in ("name", "sub", "iss", "iat")
    )
    assert about == found["nats"]
    assert claims.says(token, name, USER.public, claims.user(ACCOUNT), SIGNER.public)
    assert not claims.says(token, f"{name}x", USER.public, claims.user(ACCOUNT), SIGNER.public)


@given(name=names)
def test_a_credentials_file_names_who_it_is_for_and_holds_the_key(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("creds") / "user.creds"
    token = claims.signed(name, USER.public, claims.user(ACCOUNT), SIGNER, issued=1)
    path.write_text(claims.credentials(token, USER))

    assert name == credentials_name(path)
    lines = path.read_text().splitlines()
    assert token in lines
    assert USER.seed in lines


@given(data=st.data())
def test_every_part_of_a_token_is_signed(data: st.DataObject) -> None:
    token = claims.signed("sparky", USER.public, claims.user(ACCOUNT), SIGNER, issued=1)
    body, _, signature = token.rpartition(".")
    assert SIGNER.signed(body.encode(), claims.unpacked(signature))

    at = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from("abcXYZ019").filter(lambda letter: letter != body[at]))
    changed = body[:at] + other + body[at + 1 :]
    assert not SIGNER.signed(changed.encode(), claims.unpacked(signature))


@given(text=st.text())
def test_what_is_no_token_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected a JWT"):
        claims.read(text)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Keys of this module."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.for_all()
    authority.add_devices([SPARKY])
    return authority


@pytest.fixture(scope="module")
async def secure(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[NatsServer]:
    """A server that asks for credentials: use it, do not break it."""
    directory = tmp_path_factory.mktemp("nats")
    async with running_nats_server(
        directory, configuration=trust(authority, directory / "accounts")
    ) as server:
        yield server


async def refused(server: NatsServer, credentials: Path) -> bool:
    """Whether the server refuses these."""
    try:
        async with open_mesh(Nats(url=server.url, credentials=credentials), name="test"):
            return False
    except NotFit as error:
        assert f"refuses the credentials in {credentials}" in str(error)  # noqa: PT017 (or it is let in)
        return True


async def test_what_we_sign_is_let_in(secure: NatsServer, authority: Authority) -> None:
    assert not await refused(secure, authority.device_file(SPARKY))


@pytest.mark.parametrize("changed", ["name", "iat", "sub"])
async def test_a_changed_token_is_refused(
    secure: NatsServer, authority: Authority, tmp_path: Path, changed: str
) -> None:
    _, token, *_, seed, _ = authority.device_file(SPARKY).read_text().splitlines()
    head, _, signature = token.split(".")
    said = claims.read(token)
    said[changed] = {"name": "stormy", "iat": said["iat"] + 1, "sub": Key.new("user").public}[changed]
    path = tmp_path / "changed.creds"
    body = claims.packed(msgspec.json.encode(said))
    path.write_text(claims.credentials(f"{head}.{body}.{signature}", Key(seed)))

    assert await refused(secure, path)


async def test_another_signer_is_refused(secure: NatsServer, authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "forged.creds"
    token = claims.signed("sparky", USER.public, claims.user(authority.account), SIGNER, issued=1)
    path.write_text(claims.credentials(token, USER))

    assert await refused(secure, path)


async def test_the_token_without_its_key_is_refused(
    secure: NatsServer, authority: Authority, tmp_path: Path
) -> None:
    token = authority.device_file(SPARKY).read_text().splitlines()[1]
    path = tmp_path / "stolen.creds"
    path.write_text(claims.credentials(token, Key.new("user")))

    assert await refused(secure, path)
