"""Who gets in, and for how long the server's certificate is good."""

from datetime import UTC, datetime, timedelta

import pytest

from airdisplay.doctor.door import check_certificate, check_open
from airdisplay.doctor.findings import Level

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "anybody", "level"),
    [
        ("nats://127.0.0.1:4222", False, "ok"),
        ("nats://nats.example.org:4222", False, "ok"),
        ("nats://127.0.0.1:4222", True, "warn"),
        ("nats://localhost:4222, nats://[::1]:4223", True, "warn"),
        ("nats://localhost:4222, nats://nats.example.org:4222", True, "bad"),
    ],
)
def test_a_server_that_lets_in_anybody_is_told_loudly(url: str, anybody: bool, level: Level) -> None:  # noqa: FBT001
    found = check_open(url, lets_in_anybody=anybody)

    assert level == found.level
    assert ("LETS IN ANYBODY" in found.what) is anybody


@pytest.mark.parametrize(
    ("left", "level", "said"),
    [
        pytest.param(timedelta(days=90), "ok", "good until 2026-08-02", id="months"),
        pytest.param(timedelta(days=20), "warn", "in 20 days", id="weeks"),
        pytest.param(timedelta(0), "bad", "ended on 2026-05-04", id="over"),
    ],
)
def test_a_certificate_ends(left: timedelta, level: Level, said: str) -> None:
    found = check_certificate(NOON + left, NOON)

    assert level == found.level
    assert said in found.what
