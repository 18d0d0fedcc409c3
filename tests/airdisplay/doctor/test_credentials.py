"""Credentials that are not as they should be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airdisplay.authority import claims
from airdisplay.authority.authority import Authority
from airdisplay.doctor.credentials import check
from airdisplay.doctor.findings import Finding
from airdisplay.premises import operator_token
from airdisplay.signing import put
from shared.contracts.identity import BannerId

LIGHTNING = BannerId("lightning")
REGISTERED = {"lightning"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A data directory with credentials for everybody, and for one device."""
    authority = Authority(tmp_path)
    authority.for_all()
    authority.account_jwts()
    authority.add_device(LIGHTNING)
    operator_token(tmp_path)
    return tmp_path


def wrong(directory: Path) -> list[Finding]:
    """What is found that is not well."""
    return [each for each in check(directory, REGISTERED) if each.level != "ok"]


def test_as_they_are_made_they_are_well(directory: Path) -> None:
    (found,) = check(directory, REGISTERED)

    assert ("ok", "9 files with credentials are good, and for their owner alone") == (found.level, found.what)


def test_looking_makes_and_changes_nothing(directory: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    check(directory, REGISTERED)
    check(tmp_path / "nowhere", REGISTERED)

    assert before == {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    assert not (tmp_path / "nowhere").exists()


def test_without_keys_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    (found,) = check(tmp_path, REGISTERED)

    assert "ok" == found.level
    assert "were not looked at" in found.what


@pytest.mark.parametrize(
    ("name", "mode", "do"),
    [
        ("creds/banner.creds", 0o644, "chmod 600"),
        ("creds/device-lightning.creds", 0o640, "chmod 600"),
        ("auth/operator.nk", 0o604, "chmod 600"),
        ("auth/devices.json", 0o660, "chmod 600"),
        ("operator.token", 0o644, "chmod 600"),
        ("auth-key.pem", 0o644, "chmod 600"),
        ("creds", 0o755, "chmod 700"),
        ("auth", 0o701, "chmod 700"),
    ],
)
def test_what_others_can_read_is_told_with_how_to_close_it(
    directory: Path, name: str, mode: int, do: str
) -> None:
    (directory / name).chmod(mode)

    (found,) = wrong(directory)

    assert "bad" == found.level
    assert f"{directory / name} (mode {mode:o})" in found.what
    assert f"{do} {directory / name}" in found.do


def spoilt(path: Path) -> None:
    """A file that was written over."""
    put(path, b"nothing of ours")


def of_other_keys(path: Path) -> None:
    """A file that another authority made."""
    other = Authority(path.parents[1] / "other")
    other.for_all()
    other.add_device(LIGHTNING)
    put(path, (path.parents[1] / "other" / "creds" / path.name).read_bytes())


def changed(path: Path) -> None:
    """A file whose JWT says something else than was signed."""
    lines = path.read_text().splitlines()
    head, body, signature = lines[1].split(".")
    lines[1] = f"{head}.{body}.{'A' * len(signature)}"
    put(path, "\n".join(lines).encode())


@pytest.mark.parametrize("name", ["banner", "device-lightning"])
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (spoilt, "there are no credentials in"),
        (of_other_keys, "do not vouch for"),
        (changed, "do not vouch for"),
    ],
)
def test_credentials_that_are_of_no_use_are_told_with_how_to_make_new_ones(
    directory: Path, name: str, harm: Callable[[Path], None], said: str
) -> None:
    path = directory / "creds" / f"{name}.creds"
    harm(path)

    found = next(each for each in wrong(directory) if str(path) in each.what)

    assert "bad" == found.level
    assert said in found.what
    how = "`airdisplay credentials`" if name == "banner" else "`airdisplay device rotate lightning`"
    assert how in found.do


def test_revoked_credentials_that_came_back_are_told(directory: Path) -> None:
    path = directory / "creds" / "device-lightning.creds"
    content = path.read_bytes()
    Authority(directory).revoke(LIGHTNING)
    assert [] == wrong(directory)

    put(path, content)
    (found,) = wrong(directory)

    assert "bad" == found.level
    assert f"{path} was revoked at" in found.what


def test_credentials_that_the_register_has_forgotten_could_never_be_revoked(directory: Path) -> None:
    (directory / "auth" / "devices.json").unlink()

    (found,) = wrong(directory)

    assert "warn" == found.level
    assert "could never be revoked" in found.what


def test_a_register_that_cannot_be_read_is_told(directory: Path) -> None:
    put(directory / "auth" / "devices.json", b"{")

    (found,) = wrong(directory)

    assert "bad" == found.level
    assert "expected the register of devices" in found.what


def test_credentials_that_have_ended_are_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = directory / "creds" / "telemetry.creds"
    read = claims.read

    def ended(token: str) -> dict[str, Any]:
        said = read(token)
        return {**said, "exp": 1} if said["name"] == "telemetry" else said

    monkeypatch.setattr(claims, "read", ended)

    (found,) = wrong(directory)

    assert ("bad", f"{path} is good no more, it ended") == (found.level, found.what)


def test_files_that_nobody_needs_are_told(directory: Path) -> None:
    authority = Authority(directory)
    put(directory / "creds" / "somebody.creds", authority.file_of("operator").read_bytes())

    (found,) = wrong(directory)

    assert "warn" == found.level
    assert "nobody is known who needs" in found.what


def test_credentials_that_are_not_there_are_told(directory: Path) -> None:
    (directory / "creds" / "intake.creds").unlink()

    (found,) = wrong(directory)

    assert ("warn", "there are no credentials for intake") == (found.level, found.what)


def test_the_file_of_a_device_may_have_gone_to_the_device(directory: Path) -> None:
    (directory / "creds" / "device-lightning.creds").unlink()

    assert [] == wrong(directory)


def test_keys_may_be_kept_elsewhere(directory: Path) -> None:
    for path in (directory / "auth").glob("*.nk"):
        path.unlink()

    assert [] == wrong(directory)


def test_devices_of_banners_that_are_none_are_told_where_those_are_known(directory: Path) -> None:
    (found,) = check(directory, set())

    assert ("warn", "no banner is registered, and a device may connect, for lightning") == (
        found.level,
        found.what,
    )
    assert ["ok"] == [each.level for each in check(directory, None)]
