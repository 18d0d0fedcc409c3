"""Which hardware comes over which connection."""

from pathlib import Path

import pytest

from airdisplay.lines import OWN_AT_MOST, lines
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh.connection import Nats

URL = "nats://127.0.0.1:1"


def named(count: int) -> list[BannerId]:
    return [BannerId(f"b{number}") for number in range(count)]


def with_credentials(directory: Path, *banners: BannerId) -> Nats:
    """As the fleet, with credentials of their own for these beside it."""
    for each in banners:
        (directory / f"device-{each}.creds").touch()
    return Nats(url=URL, credentials=directory / "fleet.creds")


def test_each_has_a_connection_of_its_own_by_its_own_credentials(tmp_path: Path) -> None:
    first, second = named(2)
    found = lines(with_credentials(tmp_path, first, second), [first, second])

    assert {first: f"device-{first}.creds", second: f"device-{second}.creds"} == {
        banner: line.credentials.name for banner, line in found.of.items() if line.credentials
    }
    assert [found.of[first], found.of[second]] == found.all


def test_who_has_none_shares_that_of_the_fleet(tmp_path: Path) -> None:
    own, *others = named(3)
    found = lines(with_credentials(tmp_path, own), [own, *others])
    (shared,) = {found.of[each] for each in others}

    assert shared.credentials == tmp_path / "fleet.creds"
    assert [found.of[own], shared] == found.all


def test_beyond_a_number_they_share(tmp_path: Path) -> None:
    banners = named(OWN_AT_MOST + 2)
    found = lines(with_credentials(tmp_path, *banners), banners)

    assert OWN_AT_MOST + 1 == len(found.all)
    assert found.of[banners[-1]] is found.of[banners[-2]]


def test_on_an_open_server_one_connection_is_enough() -> None:
    assert 1 == len(lines(Nats(url=URL), named(3)).all)


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("no certificate")

    with pytest.raises(NotFit, match="expected a certificate"):
        lines(Nats(url=URL, ca=tmp_path / "ca"), named(1))
