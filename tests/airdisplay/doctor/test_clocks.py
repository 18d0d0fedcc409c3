"""Whose clock is off, by how much, and to which side."""

import pytest

from airdisplay.doctor.clocks import check_own, check_services
from airdisplay.doctor.findings import Level
from shared.mesh.services import Found


def instance(skew: float | None, *, name: str = "banner", number: str = "1") -> Found:
    """An instance whose clock is that far ahead; None where it does not say."""
    return Found(name=name, id=number, version="1", data={} if skew is None else {"skew_seconds": skew})


@pytest.mark.parametrize(
    ("skew", "level", "said"),
    [
        pytest.param(0.0, "ok", "this machine is within 1 ms of", id="none"),
        pytest.param(-0.499, "ok", "within 499 ms of", id="hardly any"),
        pytest.param(0.5, "warn", "0.5 s ahead of the server's", id="some"),
        pytest.param(-2.0, "warn", "2.0 s behind the server's", id="as much as is tolerated"),
        pytest.param(2.1, "bad", "2.1 s ahead of the server's", id="more"),
    ],
)
def test_skew(skew: float, level: Level, said: str) -> None:
    found = check_own(skew)

    assert level == found.level
    assert said in found.what
    assert ("NTP" in found.do) is (level != "ok")


def test_instances_that_are_near_are_told_in_one_line_and_the_others_each() -> None:
    near = [instance(0.001), instance(-0.02, number="2")]
    found = check_services([*near, instance(0.9, name="lobby"), instance(-7, name="expiry")])

    assert [
        ("bad", "the clock of expiry 1 is 7.0 s behind the server's"),
        ("warn", "the clock of lobby 1 is 0.9 s ahead of the server's"),
        ("ok", "2 instances are within 20 ms of the server's clock"),
    ] == [(each.level, each.what) for each in found]


def test_a_service_that_says_nothing_of_its_clock_is_told() -> None:
    (found,) = check_services([instance(None)])

    assert ("warn", "banner 1 does not say how its clock is") == (found.level, found.what)


def test_simulated_hardware_decides_nothing_so_its_clock_is_its_own_affair() -> None:
    assert [] == list(check_services([instance(99, name="hardware")]))
