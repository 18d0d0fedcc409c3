"""Credentials: one file each, for their owner alone; made once, exchanged and revoked."""

import stat
from pathlib import Path

import msgspec
import pytest

from airdisplay.authority import claims
from airdisplay.authority.authority import SERVICES, Authority
from airdisplay.authority.roles import OPERATOR, ROLES
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh.connection import credentials_name

SPARKY, STORMY = BannerId("sparky"), BannerId("stormy")


def modes(directory: Path) -> dict[int, set[str]]:
    """What is in a directory and below, by who may read it."""
    found: dict[int, set[str]] = {}
    for path in (directory, *directory.rglob("*")):
        kind = "folder" if path.is_dir() else "file"
        found.setdefault(stat.S_IMODE(path.stat().st_mode), set()).add(kind)
    return found


def revocations(authority: Authority) -> set[str]:
    """The keys that are void."""
    return set(claims.read(authority.account_jwt())["nats"]["revocations"])


def keys(authority: Authority, banner: BannerId) -> list[str]:
    """The keys that a device was ever given."""
    return [each.key for each in authority.devices().devices[banner]]


def test_everything_is_for_its_owner_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "data")
    authority.for_all()
    authority.add_new([SPARKY])
    authority.add_new([SPARKY], "mqtt")
    authority.operator_jwt()
    authority.account_jwts()

    assert {0o700: {"folder"}, 0o600: {"file"}} == modes(tmp_path / "data")


def test_every_service_has_credentials_of_its_own(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.for_all()

    names = {*SERVICES, "operator", "telemetry", "system"}
    assert names == {credentials_name(authority.file_of(each)) for each in names}
    assert names == {path.stem for path in (tmp_path / "creds").iterdir()}


def test_what_is_there_and_good_stays(tmp_path: Path) -> None:
    Authority(tmp_path).for_all()
    before = {path: path.read_bytes() for path in (tmp_path / "creds").iterdir()}
    Authority(tmp_path).for_all()

    assert before == {path: path.read_bytes() for path in (tmp_path / "creds").iterdir()}


@pytest.mark.parametrize("found", [None, "", "no credentials", "a\nb\nc"])
def test_what_is_missing_or_not_ours_is_made_anew(tmp_path: Path, found: str | None) -> None:
    authority = Authority(tmp_path)
    path = authority.credentials("operator", OPERATOR)
    if found is None:
        Authority(tmp_path / "other").credentials("operator", OPERATOR).rename(path)
    else:
        path.write_text(found)
    authority.for_all()

    token = path.read_text().splitlines()[1]
    assert authority.account == claims.read(token)["nats"]["issuer_account"]


def test_the_account_names_every_role_by_a_key_of_its_own(tmp_path: Path) -> None:
    found = claims.read(Authority(tmp_path).account_jwt())["nats"]["signing_keys"]

    assert [role.name for role in ROLES] == [each["role"] for each in found]
    assert len(ROLES) == len({each["key"] for each in found})


def test_a_device_gets_one_file_that_names_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    path = authority.add_device(SPARKY)

    assert tmp_path / "creds" / "device-sparky.creds" == path
    assert "sparky" == credentials_name(path)
    assert [path] == list((tmp_path / "creds").iterdir())


def test_a_password_for_mqtt_is_the_token_and_nothing_else(tmp_path: Path) -> None:
    path = Authority(tmp_path).add_device(SPARKY, "mqtt")

    assert tmp_path / "creds" / "device-sparky.mqtt" == path
    token = path.read_text()
    assert token == token.strip()
    assert "sparky" == claims.read(token)["name"]


def test_a_device_is_added_once(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    path = authority.add_device(SPARKY)
    before = path.read_bytes()

    with pytest.raises(
        NotFit, match=rf"sparky has credentials already, in {path}: `airdisplay device rotate`"
    ):
        authority.add_new([STORMY, SPARKY])
    assert before == path.read_bytes()
    assert [SPARKY] == list(authority.devices().devices)
    assert not authority.device_file(STORMY).exists()


def test_a_device_whose_file_went_to_the_hardware_is_not_added_again(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.add_device(SPARKY).unlink()

    with pytest.raises(NotFit, match=r"sparky has credentials already, made at .*, no longer in "):
        authority.add_device(SPARKY)


def test_what_was_revoked_is_void_and_gone(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    paths = [authority.add_device(SPARKY), authority.add_device(SPARKY, "mqtt")]

    assert 2 == authority.revoke(SPARKY)
    assert set(keys(authority, SPARKY)) == revocations(authority)
    assert not any(path.exists() for path in paths)
    assert 0 == authority.revoke(SPARKY)


def test_simulations_get_what_was_never_added_or_is_gone_and_nothing_that_was_revoked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.add_devices([SPARKY, STORMY])
    authority.revoke(SPARKY)
    authority.device_file(STORMY).unlink()
    authority.add_devices([SPARKY, STORMY, BannerId("gusty")])

    assert {"device-stormy.creds", "device-gusty.creds"} == {
        path.name for path in (tmp_path / "creds").iterdir()
    }


def test_who_was_revoked_can_be_added_again_with_another_key(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.add_device(SPARKY)
    authority.revoke(SPARKY)
    authority.add_device(SPARKY)

    first, second = keys(authority, SPARKY)
    assert first != second
    assert {first} == revocations(authority)


def test_what_is_exchanged_is_void(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    before = authority.add_device(SPARKY).read_bytes()

    (path,) = authority.rotate(SPARKY)

    first, second = keys(authority, SPARKY)
    assert {first} == revocations(authority)
    assert second == claims.read(path.read_text().splitlines()[1])["sub"]
    assert before != path.read_bytes()


def test_every_protocol_is_exchanged(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    paths = [authority.add_device(SPARKY), authority.add_device(SPARKY, "mqtt")]

    assert paths == authority.rotate(SPARKY)
    assert 2 == len(revocations(authority))


@pytest.mark.parametrize("then", ["rotate", "revoke"])
def test_what_was_kept_is_void_the_next_time(tmp_path: Path, then: str) -> None:
    authority = Authority(tmp_path)
    authority.add_device(SPARKY)
    authority.rotate(SPARKY, keep_old=True)
    assert not revocations(authority)

    getattr(authority, then)(SPARKY)

    assert set(keys(authority, SPARKY)[:2]) == revocations(authority)


def test_what_has_no_good_credentials_cannot_be_exchanged(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.add_device(SPARKY)
    authority.revoke(SPARKY)

    with pytest.raises(NotFit, match="all credentials of sparky are revoked: `airdisplay device add`"):
        authority.rotate(SPARKY)


@pytest.mark.parametrize("what", ["rotate", "revoke"])
def test_who_was_never_added_is_unknown(tmp_path: Path, what: str) -> None:
    with pytest.raises(NotFit, match="there is no device sparky: `airdisplay device list`"):
        getattr(Authority(tmp_path), what)(SPARKY)


def test_a_credential_stands_in_the_register_before_its_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a crash in between would leave one that can never be revoked."""
    authority = Authority(tmp_path)

    def crash(*_: object) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr("airdisplay.authority.authority.write", crash)
    with pytest.raises(RuntimeError):
        authority.add_device(SPARKY)

    assert 1 == len(authority.devices().good(SPARKY))


def test_adding_devices_takes_their_key_alone(tmp_path: Path) -> None:
    Authority(tmp_path).account_jwts()
    for path in (tmp_path / "auth").glob("*.nk"):
        if path.name != "role-device.nk":
            path.unlink()

    authority = Authority(tmp_path)
    said = claims.read(authority.add_device(SPARKY).read_text().splitlines()[1])
    assert authority.account == said["nats"]["issuer_account"]


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotFit, match=f"cannot keep credentials in {tmp_path}/file/data"):
        Authority(tmp_path / "file" / "data")


def test_a_thousand_devices_are_written_in_one_go(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.add_devices([BannerId(f"b-{number}") for number in range(1_000)])

    assert 1_000 == len(list((tmp_path / "creds").glob("device-*.creds")))
    found = msgspec.json.decode((tmp_path / "auth" / "devices.json").read_bytes())
    assert 1_000 == len(found["devices"])
