"""The supervisor: what dies starts again and is spoken of, what must stop stops in order."""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import pytest

from airdisplay.backoff import Backoff
from airdisplay.child_logs import ChildLog
from airdisplay.supervisor import Program, Supervisor
from shared.mesh.runner import NOT_FIT
from tests.airdisplay.running import gone
from tests.support.waiting import until

FOREVER = "import time; time.sleep(600)"
QUICK = partial(Backoff, first=0.01, at_most=0.08)


@dataclass
class Told:
    """What was said, by whom."""

    lines: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def __call__(self, name: str, text: str, _level: int) -> None:
        """Somebody says something."""
        self.lines.append((name, text))

    def about(self, *words: str) -> list[str]:
        """The lines with all of these words."""
        return [text for _, text in self.lines if all(word in text for word in words)]


@pytest.fixture
def told() -> Told:
    return Told()


def script(name: str, code: str, *arguments: str, stop_seconds: float = 10) -> Program:
    """A program in a few lines of Python."""
    command = (sys.executable, "-u", "-c", code, *arguments)
    return Program(name=name, command=command, stop_seconds=stop_seconds)


def supervise(told: Told, directory: Path, programs: Sequence[Program]) -> Supervisor:
    """A supervisor that is quick to try again."""
    logs = [ChildLog(program.name, directory, told, level=logging.WARNING) for program in programs]
    return Supervisor(list(zip(programs, logs, strict=True)), backoff=QUICK)


async def running(supervisor: Supervisor, name: str, *, other_than: int | None = None) -> int:
    """The process of that name, once there is one."""
    await until(lambda: supervisor.pids().get(name, other_than) != other_than)
    return supervisor.pids()[name]


async def test_what_is_killed_starts_again_and_that_is_said(told: Told, tmp_path: Path) -> None:
    supervisor = supervise(told, tmp_path, [script("banner", FOREVER)])
    async with supervisor.running():
        killed = await running(supervisor, "banner")
        os.kill(killed, signal.SIGKILL)
        successor = await running(supervisor, "banner", other_than=killed)

        assert not gone(successor)
        assert told.lines[0][0] == "banner"
        assert told.about("ended by SIGKILL, exit code -9; starts again in 0.01 s")


async def test_what_keeps_dying_is_started_less_and_less_often(told: Told, tmp_path: Path) -> None:
    supervisor = supervise(told, tmp_path, [script("banner", "raise SystemExit(3)")])
    async with supervisor.running():
        await until(lambda: len(told.lines) == 5)

    expected = ["0.01", "0.02", "0.04", "0.08", "0.08"]
    for pause, (_, text) in zip(expected, told.lines, strict=True):
        assert text.startswith(f"ended with exit code 3; starts again in {pause} s")


async def test_programs_stop_from_the_last_to_the_first(told: Told, tmp_path: Path) -> None:
    code = """
import signal, sys, time
def stop(*_):
    open(sys.argv[2], "a").write(sys.argv[1] + " ")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
open(sys.argv[2] + sys.argv[1], "w")
time.sleep(600)
"""
    stopped = tmp_path / "stopped-"
    names = ["nats", "banner", "gateway"]
    programs = [script(name, code, name, str(stopped)) for name in names]
    async with supervise(told, tmp_path, programs).running():
        await until(lambda: all(Path(f"{stopped}{name}").exists() for name in names))

    assert stopped.read_text() == "gateway banner nats "
    assert not told.lines


async def test_what_does_not_stop_is_killed_and_that_is_said(told: Told, tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    )
    supervisor = supervise(told, tmp_path, [script("banner", code, stop_seconds=0.05)])
    async with supervisor.running():
        pid = await running(supervisor, "banner")
        await until(lambda: bool(told.about("deaf")))

    assert gone(pid)
    assert told.about("did not stop within 0.05 s and was killed")


async def test_whoever_is_in_a_hurry_kills_everything(told: Told, tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    )
    supervisor = supervise(told, tmp_path, [script("banner", code), script("gateway", code)])
    async with supervisor.running():
        await until(lambda: len(told.about("deaf")) == 2)
        pids = supervisor.pids().values()
        supervisor.kill()

    assert all(gone(pid) for pid in pids)
    assert not told.about("starts again")


@pytest.mark.parametrize("code", [NOT_FIT, 2])
async def test_what_is_hopeless_ends_everything_with_its_reason(
    told: Told, tmp_path: Path, code: int
) -> None:
    line = '{"event": "cannot run", "level": "error", "reason": "the clock is wrong"}'
    hopeless = script("banner", f"print('{line}'); raise SystemExit({code})")
    supervisor = supervise(told, tmp_path, [script("nats", FOREVER), hopeless])
    async with supervisor.running():
        with anyio.fail_after(10):
            await supervisor.until_ended()

    assert supervisor.reason == "banner: the clock is wrong"
    assert not told.about("starts again")


async def test_what_dies_in_silence_without_hope_is_named_all_the_same(told: Told, tmp_path: Path) -> None:
    supervisor = supervise(told, tmp_path, [script("banner", f"raise SystemExit({NOT_FIT})")])
    async with supervisor.running():
        with anyio.fail_after(10):
            await supervisor.until_ended()

    assert supervisor.reason == f"banner: ended with exit code {NOT_FIT}"


async def test_every_program_has_a_session_of_its_own(told: Told, tmp_path: Path) -> None:
    supervisor = supervise(told, tmp_path, [script("banner", FOREVER)])
    async with supervisor.running():
        pid = await running(supervisor, "banner")

        assert (pid, pid) == (os.getsid(pid), os.getpgid(pid))


async def test_a_program_that_waits_to_start_again_stops_at_once(told: Told, tmp_path: Path) -> None:
    program = script("banner", "raise SystemExit(3)")
    log = ChildLog("banner", tmp_path, told, level=logging.WARNING)
    supervisor = Supervisor([(program, log)], backoff=partial(Backoff, first=600))
    with anyio.fail_after(10):
        async with supervisor.running():
            await until(lambda: bool(told.about("starts again in 600 s")))


async def test_what_a_program_prints_is_passed_on_line_by_line(told: Told, tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(b'one\\r\\ntwo\\n\\xffthree'); sys.stdout.flush(); " + FOREVER
    ends = "import sys; print('one'); sys.stderr.write('two'); " + FOREVER.replace("600", "0")
    supervisor = supervise(told, tmp_path, [script("banner", code), script("expiry", ends)])
    async with supervisor.running():
        await until(lambda: {("banner", "two"), ("expiry", "two")} <= set(told.lines))

    assert ("banner", "one") in told.lines
    assert ("expiry", "one") in told.lines


async def test_a_line_that_never_ends_is_cut(told: Told, tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write('x' * 300_000); sys.stdout.flush(); " + FOREVER
    supervisor = supervise(told, tmp_path, [script("banner", code)])
    async with supervisor.running():
        await until(lambda: bool(told.about("xxx")))
