"""Who answers, and of which version."""

from airdisplay.authority.authority import SERVICES
from airdisplay.doctor.versions import check_instances, check_server
from shared.mesh.services import VERSION, Found

UNENDED = "what shows ends on time, but its end is not told, and nobody in line comes next"
ALL = [Found(name=name, id=f"{name}-id", version=VERSION) for name in SERVICES]


def test_one_of_each_is_enough() -> None:
    found = check_instances([*ALL, ALL[0]])

    assert {"ok"} == {each.level for each in found}
    assert "services that answer: 2 banner, 1 expiry, 1 lobby, 1 gateway, 1 intake" == found[0].what


def test_every_service_that_is_missing_is_told_with_what_does_not_work_without_it() -> None:
    found = check_instances(ALL[2:])

    assert [
        ("bad", "no banner service answers: nothing can be shown"),
        ("bad", f"no expiry service answers: {UNENDED}"),
    ] == [(each.level, each.what) for each in found if each.level == "bad"]
    assert "python -m services.banner" in found[0].do


def test_nobody_at_all_is_every_service_missing_and_no_word_about_versions() -> None:
    assert ["bad"] * len(SERVICES) == [each.level for each in check_instances([])]


def test_another_version_among_them_is_told_with_who_has_it() -> None:
    old = Found(name="gateway", id="old", version="0.0.9")

    (found,) = [each for each in check_instances([*ALL, old]) if each.level != "ok"]

    assert "warn" == found.level
    assert "0.0.9: gateway old" in found.what
    assert f"not of version {VERSION}" in found.do


def test_a_server_of_another_version_may_do_and_is_told() -> None:
    assert "ok" == check_server((2, 15, 9)).level
    assert "warn" == check_server((2, 14, 0)).level
    assert "2.16.0" in check_server((2, 16, 0)).what
