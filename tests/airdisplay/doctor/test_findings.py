"""What a look came to, as a value."""

from collections.abc import Sequence

import msgspec
import pytest

from airdisplay.doctor.findings import Finding, Level, as_json, bad, listed, ok, warn, worst

WELL = ok("clocks", "well")
EDGE = warn("streams", "full", "wait")
WRONG = bad("hardware", "gone", "look")


@pytest.mark.parametrize(
    ("findings", "level"),
    [
        pytest.param([], "ok", id="nothing was looked at"),
        pytest.param([WELL, WELL], "ok", id="all is well"),
        pytest.param([EDGE, WELL], "warn", id="one is at the edge"),
        pytest.param([WRONG, EDGE, WELL], "bad", id="one is wrong"),
    ],
)
def test_the_worst_counts(findings: Sequence[Finding], level: Level) -> None:
    assert level == worst(findings)


def test_programs_are_told_the_same() -> None:
    told = msgspec.json.decode(as_json([WELL, WRONG]))

    assert {
        "worst": "bad",
        "findings": [
            {"level": "ok", "area": "clocks", "what": "well", "do": ""},
            {"level": "bad", "area": "hardware", "what": "gone", "do": "look"},
        ],
    } == told


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a"], "a"),
        (["b", "a"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c, d and e"),
        (["a", "b", "c", "d", "e", "f", "g"], "a, b, c, d, e and 2 more"),
    ],
)
def test_of_many_names_the_first_are_listed(names: Sequence[str], said: str) -> None:
    assert said == listed(names)
