"""Clocks: measured against the server's, told in the statistics, and refused where they are too far off."""

import pytest
from structlog.testing import capture_logs

from shared.contracts.errors import NotFit, Unreachable
from shared.mesh import clock, skew
from shared.mesh.connection import Mesh
from shared.mesh.skew import Skew, check_skew, known_skew, measure_skew
from tests.support.waiting import until


async def test_one_machine_has_one_time(mesh: Mesh) -> None:
    check_skew(await measure_skew(mesh))


@pytest.mark.parametrize("off", [-60.0, 60.0])
async def test_a_clock_that_is_off_is_measured_as_such(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch, off: float
) -> None:
    right = clock.seconds
    monkeypatch.setattr(clock, "seconds", lambda: right() + off)

    assert round(off) == round(await measure_skew(mesh))


@pytest.mark.parametrize("seconds", [0.0, 2.0, -2.0])
def test_a_clock_within_the_limit_may_decide(seconds: float) -> None:
    check_skew(seconds)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        pytest.param(2.1, r"2\.1 s ahead of the server's: at most 2 s", id="ahead"),
        pytest.param(-2.1, r"2\.1 s behind the server's: at most 2 s", id="behind"),
    ],
)
def test_a_clock_past_the_limit_makes_the_process_unfit(seconds: float, said: str) -> None:
    with pytest.raises(NotFit, match=said):
        check_skew(seconds)


async def test_a_clock_that_is_too_far_off_does_not_begin_to_serve(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.seconds
    monkeypatch.setattr(clock, "seconds", lambda: right() + 3)

    with pytest.raises(NotFit, match="ahead of"):
        async with known_skew(mesh):
            pytest.fail("it began to serve")


async def test_a_clock_that_drifts_while_it_serves_is_found_out(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.seconds
    monkeypatch.setattr(skew, "EVERY_SECONDS", 0.01)
    async with known_skew(mesh) as known:
        assert abs(known.facts()["skew_seconds"]) < 1
        monkeypatch.setattr(clock, "seconds", lambda: right() - 5)

        await until(lambda: round(known.seconds) == -5)

        assert round(known.facts()["skew_seconds"]) == -5


async def test_a_server_that_does_not_answer_leaves_what_was_measured(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def away(*_: object) -> float:
        nonlocal asked
        asked += 1
        raise Unreachable("it")

    monkeypatch.setattr(skew, "EVERY_SECONDS", 0.01)
    async with known_skew(mesh) as known:
        before = known.seconds
        monkeypatch.setattr(skew, "measure_skew", away)

        await until(lambda: asked > 2)

        assert before == known.seconds


def test_leaving_the_limit_is_logged_once() -> None:
    known = Skew(0.1)

    with capture_logs() as logged:
        for seconds in (1.9, -2.5, 2.5, 0.0):
            known.take(seconds)

    assert [-2.5] == [line["skew_seconds"] for line in logged]
