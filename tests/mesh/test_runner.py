"""How a process lives and dies: seen from outside, by its output and its exit code."""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from shared.mesh.runner import CRASHED, NOT_FIT, UNAVAILABLE
from tests.support.processes import Process, running_module

Begin = Callable[..., AbstractContextManager[Process]]


@pytest.fixture
def begin(tmp_path: Path) -> Begin:
    """Begin a life of a certain kind, as a process."""

    def begin(how: str, *, start_seconds: float = 30) -> AbstractContextManager[Process]:
        return running_module("tests.support.lives", how, str(start_seconds), log=tmp_path / "output")

    return begin


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains_it_and_it_exits_with_nought(begin: Begin, stop: signal.Signals) -> None:
    with begin("serve") as process:
        await process.printed("ready")
        process.send(stop)

        assert 0 == await process.exit_code()
        assert "drained" in process.output
        assert "stopped" in process.output


async def test_a_signal_while_it_starts_ends_it_with_nought(begin: Begin) -> None:
    with begin("never-ready") as process:
        await process.printed("starting")
        process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()


async def test_a_crash_of_any_task_drains_it_and_it_exits_with_one(begin: Begin) -> None:
    with begin("crash") as process:
        assert CRASHED == await process.exit_code()
        assert "drained" in process.output
        assert "ZeroDivisionError: in a task" in process.output


async def test_a_crash_at_the_start_exits_with_one(begin: Begin) -> None:
    with begin("broken-at-the-start") as process:
        assert CRASHED == await process.exit_code()
        assert "ZeroDivisionError: at the start" in process.output


async def test_what_is_not_fit_exits_so_that_nobody_starts_it_again(begin: Begin) -> None:
    with begin("unfit") as process:
        assert NOT_FIT == await process.exit_code()
        assert "the moon is in the wrong house" in process.output
        assert "Traceback" not in process.output


async def test_what_is_not_fit_and_also_crashes_has_crashed(begin: Begin) -> None:
    with begin("unfit-and-crash") as process:
        assert CRASHED == await process.exit_code()
        assert "another thing" in process.output


async def test_something_away_that_it_needs_exits_so_that_it_is_started_again(begin: Begin) -> None:
    with begin("unreachable") as process:
        assert UNAVAILABLE == await process.exit_code()
        assert "the store did not answer" in process.output
        assert "Traceback" not in process.output


async def test_a_start_that_takes_too_long_is_given_up(begin: Begin) -> None:
    with begin("never-ready", start_seconds=0.1) as process:
        assert UNAVAILABLE == await process.exit_code()
        assert "after 0.1 s of starting up" in process.output


def test_the_codes_are_those_that_supervisors_know() -> None:
    assert (1, 69, 78) == (CRASHED, UNAVAILABLE, NOT_FIT)
