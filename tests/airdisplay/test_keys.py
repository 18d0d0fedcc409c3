"""Key pairs of NATS: who has the seed signs, and everybody can tell."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.authority.keys import Entity, Key, kept
from shared.contracts.errors import NotFit

ONE, OTHER = Key.new("user"), Key.new("user")


@pytest.mark.parametrize(("entity", "letter"), [("operator", "O"), ("account", "A"), ("user", "U")])
def test_a_key_says_what_it_is_the_key_of(entity: Entity, letter: str) -> None:
    key = Key.new(entity)

    assert (f"S{letter}", letter) == (key.seed[:2], key.public[0])
    assert key.public == Key(key.seed).public


@given(data=st.binary())
def test_what_one_key_signed_no_other_did(data: bytes) -> None:
    signature = ONE.sign(data)

    assert ONE.signed(data, signature)
    assert not OTHER.signed(data, signature)
    assert not ONE.signed(data + b"x", signature)


@given(text=st.text())
def test_what_is_no_seed_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected the seed"):
        Key(text)


@pytest.mark.parametrize("cut", range(0, 58, 7))
def test_a_part_of_a_seed_is_none(cut: int) -> None:
    with pytest.raises(ValueError, match="expected the seed"):
        Key(ONE.seed[:cut])


def test_a_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "account.nk"

    assert kept(path, "account").public == kept(path, "account").public
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("found", ["", "no key", "ü"])
def test_what_is_no_key_is_said_and_left_as_it_is(tmp_path: Path, found: str) -> None:
    path = tmp_path / "account.nk"
    path.write_text(found)

    with pytest.raises(NotFit, match=f"expected a key of NATS in {path}, found something else"):
        kept(path, "account")
    assert found == path.read_text()


def test_a_key_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match="cannot keep the key"):
        kept(tmp_path / "missing" / "account.nk", "account")
