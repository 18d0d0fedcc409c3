"""The supervisor: keeps programs running, says what died and when it starts again, stops them in order.

Every program has a session of its own, so a Ctrl-C in the terminal reaches the supervisor alone, and a leash,
so nothing outlives the supervisor even when that is killed.
"""

import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT
from typing import Final

import anyio
from anyio.abc import ByteReceiveStream, Process

from airdisplay import leash
from airdisplay.backoff import Backoff
from airdisplay.child_logs import ChildLog
from shared.mesh.runner import NOT_FIT

STOP_SECONDS: Final = 15.0
"""How long a program may take to stop before it is killed."""

MISUSED: Final = 2
"""How command lines refuse their arguments."""

_LEASH: Final = str(Path(leash.__file__))
_LAST_WORDS_SECONDS: Final = 1.0
_LINE_BYTES_AT_MOST: Final = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and which exit codes mean that running it again will not help."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    hopeless: frozenset[int] = frozenset({NOT_FIT, MISUSED})
    stop_seconds: float = STOP_SECONDS


class Supervisor:
    """Programs in the order in which they stop last to first, each with its log."""

    def __init__(
        self, programs: Sequence[tuple[Program, ChildLog]], *, backoff: Callable[[], Backoff] = Backoff
    ) -> None:
        self._children = [_Child(self, program, log, backoff()) for program, log in programs]
        self._ended = anyio.Event()
        self.reason: str | None = None
        """Why it ended, where a program will not do as it is."""

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Start all at once, keep them running; on leaving stop the last first, one after the other."""
        async with anyio.create_task_group() as tasks:
            for child in self._children:
                tasks.start_soon(child.keep_running)
            try:
                yield
            finally:
                with anyio.CancelScope(shield=True):
                    for child in reversed(self._children):
                        await child.stop()

    @property
    def ending(self) -> bool:
        """Whether that has been asked for."""
        return self._ended.is_set()

    async def until_ended(self) -> None:
        """Wait until `end` is called, or a program will not do as it is."""
        await self._ended.wait()

    def end(self, reason: str | None = None) -> None:
        """Enough."""
        self.reason = self.reason or reason
        self._ended.set()

    def kill(self) -> None:
        """Enough, at once: nothing is given time to stop."""
        for child in self._children:
            child.kill()

    def pids(self) -> dict[str, int]:
        """The processes that run now, by name."""
        return {child.name: pid for child in self._children if (pid := child.pid) is not None}


class _Child:
    """One program, through its lives."""

    def __init__(self, supervisor: Supervisor, program: Program, log: ChildLog, backoff: Backoff) -> None:
        self.name = program.name
        self._supervisor = supervisor
        self._program = program
        self._log = log
        self._backoff = backoff
        self._process: Process | None = None
        self._stopping = anyio.Event()
        self._over = anyio.Event()

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._process.pid if self._process is not None else None

    async def keep_running(self) -> None:
        """Run it, again and again, until it is stopped or is hopeless."""
        try:
            while not self._stopping.is_set():
                started = anyio.current_time()
                code = await self._run()
                await self._after(code, anyio.current_time() - started)
        finally:
            self._over.set()
            self._log.close()

    async def stop(self) -> None:
        """Ask it to stop; kill it when that takes too long."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        with anyio.move_on_after(self._program.stop_seconds):
            await self._over.wait()
            return
        self._log.tell(f"did not stop within {self._program.stop_seconds:g} s and was killed")
        self.kill()
        await self._over.wait()

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        self._stopping.set()
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _run(self) -> int:
        leashed = (sys.executable, "-I", "-S", _LEASH, str(os.getpid()), *self._program.command)
        async with await anyio.open_process(
            leashed,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=self._program.environment,
            start_new_session=True,
        ) as process:
            self._process = process
            if self._stopping.is_set():
                self._signal(signal.SIGTERM)
            try:
                return await self._listen_until_it_ends(process)
            finally:
                self._process = None

    async def _listen_until_it_ends(self, process: Process) -> int:
        assert process.stdout is not None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._listen, process.stdout)
            await process.wait()
            tasks.cancel_scope.deadline = anyio.current_time() + _LAST_WORDS_SECONDS
        assert process.returncode is not None
        return process.returncode

    async def _listen(self, output: ByteReceiveStream) -> None:
        async for line in _lines(output):
            self._log.take(line)

    async def _after(self, code: int, lived: float) -> None:
        if self._stopping.is_set():
            return
        if code in self._program.hopeless:
            self._stopping.set()
            self._supervisor.end(f"{self.name}: {self._log.last or _how_it_ended(code)}")
            return
        pause = self._backoff.pause_after(lived)
        self._log.tell(f"{_how_it_ended(code)}; starts again in {pause:g} s (log: {self._log.path})")
        with anyio.move_on_after(pause):
            await self._stopping.wait()

    def _signal(self, signum: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signum)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"ended by {name}, exit code {code}"


async def _lines(output: ByteReceiveStream) -> AsyncGenerator[str]:
    """The lines of a stream; one that never ends is cut."""
    rest = b""
    async for chunk in output:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LINE_BYTES_AT_MOST:
            whole, rest = [*whole, rest], b""
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace")
