"""Keys that sign: what they signed once stays, wherever they are kept."""

from pathlib import Path

import pytest

from airdisplay.authority import claims
from airdisplay.authority.keyring import ACCOUNT, OPERATOR, SYSTEM, Keyring, signer
from airdisplay.authority.roles import DEVICE, TELEMETRY
from shared.contracts.errors import NotFit
from shared.mesh import clock


def account(ring: Keyring, revoked: dict[str, int] | None = None) -> str:
    """The account with one role."""
    roles = {ring.public(signer(DEVICE)): DEVICE}
    return ring.signed(ACCOUNT, "A", claims.account(roles, revoked or {}, storage=True))


def issued(token: str) -> int:
    """Its second."""
    return int(claims.read(token)["iat"])


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A folder with keys that have signed."""
    ring = Keyring(tmp_path)
    ring.signed(OPERATOR, "operator", claims.operator(ring.public(SYSTEM)))
    account(ring)
    return tmp_path


def test_what_did_not_change_is_not_signed_again(signed: Path) -> None:
    assert (signed / "account.jwt").read_text() == account(Keyring(signed))


def test_changes_within_one_second_have_different_seconds(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: now)
    tokens = [account(Keyring(signed), {"U": number}) for number in range(5)]

    assert sorted({issued(each) for each in tokens}) == [issued(each) for each in tokens]


def test_a_clock_that_was_set_back_makes_nothing_older(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = issued(account(Keyring(signed)))
    monkeypatch.setattr(clock, "seconds", lambda: before - 3600.0)

    assert before < issued(account(Keyring(signed), {"U": 1}))


def test_a_key_kept_elsewhere_is_not_needed_while_nothing_changes(signed: Path) -> None:
    before = account(Keyring(signed))
    for path in signed.glob("*.nk"):
        path.unlink()

    assert before == account(Keyring(signed))
    assert not list(signed.glob("*.nk"))


@pytest.mark.parametrize("name", [OPERATOR, ACCOUNT, signer(DEVICE)])
def test_a_key_kept_elsewhere_is_never_replaced_in_silence(signed: Path, name: str) -> None:
    public = Keyring(signed).public(name)
    (signed / f"{name}.nk").unlink()

    assert public == Keyring(signed).public(name)
    with pytest.raises(NotFit, match=rf"this takes the key .*/{name}\.nk, which is kept elsewhere"):
        Keyring(signed).key(name)


def test_without_the_operator_nothing_is_revoked(signed: Path) -> None:
    (signed / "operator.nk").unlink()

    with pytest.raises(NotFit, match=r"operator\.nk, which is kept elsewhere"):
        account(Keyring(signed), {"U": 1})


def test_a_role_that_is_new_gets_a_key(signed: Path) -> None:
    assert Keyring(signed).key(signer(TELEMETRY)).public != Keyring(signed).key(signer(DEVICE)).public


@pytest.mark.parametrize("found", ["", "no.jwt", "a.b.c"])
def test_what_is_no_jwt_is_said(signed: Path, found: str) -> None:
    (signed / "account.jwt").write_text(found)

    with pytest.raises(NotFit, match=f"expected a JWT in {signed}/account.jwt"):
        account(Keyring(signed))
