"""Parts of AirDisplay as real processes, ended with the test that started them."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import anyio

from tests.support.waiting import until

_ROOT = Path(__file__).parents[2]
_EXIT_SECONDS = 20


class Process:
    """A Python module that runs by itself; what it prints stands in `log`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def output(self) -> str:
        """All that it printed so far."""
        return self._log.read_text()

    async def printed(self, text: str) -> None:
        """Return once it has printed that."""
        await until(lambda: text in self.output or self._process.poll() is not None)
        assert text in self.output, f"it ended with {self._process.poll()}, having said: {self.output}"

    def send(self, what: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(what)

    async def exit_code(self) -> int:
        """Wait for its end."""
        with anyio.fail_after(_EXIT_SECONDS):
            return await anyio.to_thread.run_sync(self._process.wait, abandon_on_cancel=True)


@contextmanager
def running_module(module: str, *arguments: str, log: Path) -> Generator[Process]:
    """`python -m module arguments…`, killed when the block is left if it still lives."""
    with running_command([sys.executable, "-u", "-m", module, *arguments], log=log) as process:
        yield process


@contextmanager
def running_script(file: Path, *, log: Path, **environment: str) -> Generator[Process]:
    """`python file`, killed when the block is left if it still lives."""
    with running_command([sys.executable, "-u", str(file)], log=log, **environment) as process:
        yield process


@contextmanager
def running_command(command: Sequence[str], *, log: Path, **environment: str) -> Generator[Process]:
    """Any program, killed when the block is left if it still lives."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=_ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Process(process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
