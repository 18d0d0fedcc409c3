"""Tokens of our own: a key that is made once, kept private, and known to the gateway by its other half."""

import stat
from pathlib import Path

import msgspec
import pytest

from airdisplay.signing import PRIVATE_KEY, PUBLIC_KEYS, put, signing_key
from services.gateway.keys import KeyFile
from services.gateway.tokens import Tokens, user
from shared.contracts.errors import NotFit
from shared.contracts.live import CallerRole
from tests.support.signing import ISSUER, claims_in


def believer(directory: Path) -> Tokens:
    """What a gateway with the public keys of this directory believes."""
    return Tokens(KeyFile(directory / PUBLIC_KEYS), audience="airdisplay", issuer=None)


@pytest.mark.parametrize("role", ["viewer", "author", "operator"])
def test_a_gateway_believes_what_was_signed(tmp_path: Path, role: CallerRole) -> None:
    token = signing_key(tmp_path).token("ada", role, 60)

    bearer = believer(tmp_path).bearer(token)

    assert (user("", "ada"), role) == (bearer.by, bearer.role)
    assert 60 == claims_in(token)["exp"] - claims_in(token)["iat"]


def test_the_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "new"

    first, again = signing_key(directory), signing_key(directory)

    assert first.key_id == again.key_id
    assert 0o700 == stat.S_IMODE(directory.stat().st_mode)
    assert 0o600 == stat.S_IMODE((directory / PRIVATE_KEY).stat().st_mode)
    assert 0o644 == stat.S_IMODE((directory / PUBLIC_KEYS).stat().st_mode)
    (public,) = msgspec.json.decode((directory / PUBLIC_KEYS).read_bytes())["keys"]
    assert "d" not in public
    assert first.key_id == public["kid"]
    assert {PRIVATE_KEY, PUBLIC_KEYS} == {each.name for each in directory.iterdir()}


def test_the_public_half_is_made_anew_when_it_is_lost_or_another(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    (tmp_path / PUBLIC_KEYS).write_text("{}")

    signing_key(tmp_path)

    assert "viewer" == believer(tmp_path).bearer(key.token("ada", "viewer", 60)).role


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff"])
def test_what_is_no_key_is_said_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PRIVATE_KEY).write_bytes(content)

    with pytest.raises(
        NotFit, match=f"expected a private key in {tmp_path}/{PRIVATE_KEY}, found something else"
    ):
        signing_key(tmp_path)
    assert content == (tmp_path / PRIVATE_KEY).read_bytes()


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotFit, match="cannot keep the key of tokens in "):
        signing_key(tmp_path / "file")


def test_how_long_a_token_lasts_is_only_said_of_its_own(tmp_path: Path) -> None:
    key = signing_key(tmp_path)

    assert key.lasts(key.token("ada", "viewer", 60), 30)
    assert not key.lasts(key.token("ada", "viewer", 60), 90)
    assert not key.lasts(ISSUER.sign(), 30)
    assert not key.lasts("no token", 30)


def test_what_is_there_is_not_overwritten_where_it_must_not_be(tmp_path: Path) -> None:
    put(tmp_path / "file", b"first")

    with pytest.raises(FileExistsError):
        put(tmp_path / "file", b"second", replace=False)
    assert [(tmp_path / "file", b"first")] == [(each, each.read_bytes()) for each in tmp_path.iterdir()]
