"""The leash: a program ends with the process that started it, however that ended."""

import os
import sys

import anyio

from airdisplay import leash
from tests.airdisplay.running import gone
from tests.support.waiting import until

LEASHED = (sys.executable, "-I", "-S", leash.__file__)
FOREVER = "import time; print('here', flush=True); time.sleep(600)"
PARENT = f"""
import os, subprocess, sys, time
command = [*{LEASHED!r}, str(os.getpid()), sys.executable, "-c", {FOREVER!r}]
child = subprocess.Popen(command, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


async def test_a_program_dies_with_its_parent() -> None:
    async with await anyio.open_process([sys.executable, "-c", PARENT]) as parent:
        assert parent.stdout is not None
        child = int(await parent.stdout.receive())
        assert not gone(child)

        parent.kill()

        await until(lambda: gone(child))


async def test_a_program_is_not_started_for_a_parent_that_is_gone() -> None:
    nobody = str(os.getpid() + 1)

    done = await anyio.run_process([*LEASHED, nobody, sys.executable, "-c", "print('here')"], check=False)

    assert (1, b"") == (done.returncode, done.stdout)


async def test_a_program_runs_as_it_would_without() -> None:
    command = [
        *LEASHED,
        str(os.getpid()),
        sys.executable,
        "-c",
        "import sys; print(*sys.argv[1:])",
        "a b",
        "c",
    ]

    done = await anyio.run_process(command)

    assert done.stdout == b"a b c\n"
