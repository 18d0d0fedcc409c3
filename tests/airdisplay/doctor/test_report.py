"""Findings as people read them."""

import click

from airdisplay.doctor.findings import bad, ok, warn
from airdisplay.doctor.report import lines


def test_what_is_wrong_comes_first_in_its_area_with_what_to_do_under_it() -> None:
    findings = [
        ok("versions", "nats-server has version 2.15.1"),
        ok("clocks", "5 instances are within 2 ms of the server's clock"),
        warn("clocks", "the clock of banner 1 is 0.7 s ahead of the server's", "let NTP keep it"),
        bad("versions", "no expiry service answers", "start one"),
    ]

    assert [
        "versions     bad   no expiry service answers",
        "                   → start one",
        "             ok    nats-server has version 2.15.1",
        "clocks       warn  the clock of banner 1 is 0.7 s ahead of the server's",
        "                   → let NTP keep it",
        "             ok    5 instances are within 2 ms of the server's clock",
        "",
        "1 bad, 1 to look at",
    ] == [click.unstyle(line) for line in lines(findings)]


def test_where_all_is_well_it_says_so() -> None:
    assert "all is well" == click.unstyle(list(lines([ok("clocks", "well")]))[-1])
