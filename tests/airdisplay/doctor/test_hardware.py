"""The hardware of all banners, and what it said that was refused."""

from collections.abc import Sequence

import pytest

from airdisplay.doctor.findings import Level
from airdisplay.doctor.hardware import Seen, check, check_refused, seen
from shared.contracts.instants import later
from shared.mesh.services import Found
from tests.support.clock import NOON

HOUR = 60 * 60 * 1_000
ONLINE = Seen(banner="up", online=True)


def off(banner: str, milliseconds_ago: int | None, because: str = "silent") -> Seen:
    """Hardware that is not there."""
    last_seen = None if milliseconds_ago is None else later(NOON, -milliseconds_ago)
    return Seen(banner=banner, online=False, last_seen=last_seen, offline_because=because)


@pytest.mark.parametrize(
    ("banners", "told"),
    [
        pytest.param([], [("ok", "no banner is registered")], id="there is none"),
        pytest.param([ONLINE], [("ok", "1 of 1 banners are online")], id="it is there"),
        pytest.param([ONLINE, off("b", HOUR)], [("ok", "1 of 2 banners are online")], id="away for a while"),
        pytest.param(
            [ONLINE, off("b", HOUR + 1), off("c", 99 * HOUR)],
            [("ok", "1 of 3 banners are online"), ("warn", "silent for more than an hour: b and c")],
            id="away for long",
        ),
        pytest.param(
            [ONLINE, off("b", 99 * HOUR, "left")],
            [("ok", "1 of 2 banners are online")],
            id="it said goodbye",
        ),
        pytest.param(
            [off("b", None, "never-seen")],
            [("warn", "none of 1 banners is online"), ("warn", "nothing was ever heard of b")],
            id="it never came",
        ),
        pytest.param(
            [Seen(banner="b", online=True, unconfirmed=True)],
            [("ok", "1 of 1 banners are online"), ("warn", "nobody has confirmed what these show: b")],
            id="it does not report",
        ),
    ],
)
def test_hardware(banners: Sequence[Seen], told: Sequence[tuple[Level, str]]) -> None:
    found = check(banners, NOON)

    assert list(told) == [(each.level, each.what) for each in found]
    assert all((each.do != "") is (each.level != "ok") for each in found)


def refusing(refused: int, **most: int) -> Found:
    """An intake that has refused so many messages, and of whom the most."""
    data = {"refused": {"no-json": refused, "too-long": 0}, "refused_most": most}
    return Found(name="intake", id="1", version="1", data=data)


def test_what_intakes_refused_is_added_up_and_the_worst_are_named() -> None:
    intakes = [refusing(600, good=200, bad=400), refusing(400, worst=399, bad=1, a=0, b=0)]
    (found,) = check_refused([*intakes, Found(name="banner", id="1", version="1")])

    expected = "1,000 messages of hardware were refused, the most from bad, good and worst"
    assert ("warn", expected) == (found.level, found.what)


def test_an_intake_that_cannot_be_understood_is_not_well() -> None:
    odd = Found(name="intake", id="1", version="2", data={"refused": 7})

    assert ["warn"] == [each.level for each in check_refused([odd])]


def test_nothing_refused_is_well_and_no_intake_is_a_matter_of_versions() -> None:
    assert ["ok"] == [each.level for each in check_refused([refusing(0)])]
    assert [] == list(check_refused([]))


def test_a_banner_is_read_as_the_gateway_tells_it() -> None:
    view = {
        "id": "lightning",
        "presence": "offline",
        "last_seen": NOON,
        "offline_because": "silent",
        "confirmation": {"state": "unconfirmed", "at": None, "after_ms": None},
    }

    expected = Seen(
        banner="lightning", online=False, last_seen=NOON, offline_because="silent", unconfirmed=True
    )
    assert expected == seen(view)
    assert Seen(banner="sparky", online=True) == seen({"id": "sparky", "presence": "online"})
