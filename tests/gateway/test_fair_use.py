"""How fair use is set: on, off, or a list of limits by name."""

import pytest

from services.gateway.fair_use import NAMES, OFF, ON, FairUse, fair_use
from services.gateway.limits import MINUTE, Limit
from shared.contracts.errors import Malformed
from shared.mesh.streams import LONGEST_WINDOW_SECONDS

SECOND = 1_000_000


@pytest.mark.parametrize(("text", "expected"), [("on", ON), ("off", OFF)])
def test_a_word_sets_all_of_it(text: str, expected: FairUse) -> None:
    assert expected == fair_use(text)


def test_what_is_named_is_changed_and_the_rest_stays() -> None:
    changed = fair_use("shows-per-user=60/min:5, channels-per-user=3,connects-per-address=off")

    assert Limit("shows-per-user", 5, SECOND) == changed.shows_per_user
    assert 3 == changed.channels_per_user
    assert changed.connects_per_address is None
    assert ON.shows_per_address == changed.shows_per_address


@pytest.mark.parametrize(
    ("value", "burst", "interval"),
    [
        pytest.param("20/min", 10, 3 * SECOND, id="half of a minute's at once"),
        pytest.param("1/min", 1, MINUTE, id="one at least"),
        pytest.param("4/s", 2, SECOND // 4, id="a second"),
        pytest.param("7/min:7", 7, 8_571_429, id="never more often than was said"),
        pytest.param("5000000/s:1", 1, 1, id="more often than can be told apart"),
    ],
)
def test_a_rate_is_so_many_in_a_time_and_so_many_at_once(value: str, burst: int, interval: int) -> None:
    assert (
        Limit("calls-per-address", burst, interval)
        == fair_use(f"calls-per-address={value}").calls_per_address
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "On",
        "shows-per-user",
        "shows-per-user=",
        "shows-per-user=0/min",
        "shows-per-user=20/hour",
        "shows-per-user=20/min:0",
        "shows-per-user=-1/min",
        "shows-per-user=1/min:1,",
        "shows_per_user=1/min",
        "channels-per-user=0",
        "channels-per-user=5/min",
        "shows-per-user=1/min:11",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="expected"):
        fair_use(text)


def test_no_limit_takes_longer_to_be_whole_than_the_store_remembers() -> None:
    for name in NAMES.values():
        limit = getattr(ON, name)
        if isinstance(limit, Limit):
            assert limit.window <= LONGEST_WINDOW_SECONDS * SECOND
            assert NAMES[limit.name] == name
