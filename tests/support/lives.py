"""`python -m tests.support.lives HOW SECONDS`: a process that lives and dies as a service may."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from shared.contracts.errors import NotFit, OutcomeUnknown
from shared.mesh.runner import run


def say(text: str) -> None:
    """Print it at once, for the test to see."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@asynccontextmanager
async def life(how: str) -> AsyncGenerator[None]:
    """Begin, serve, and end as `how` wants it."""
    match how:
        case "unfit":
            raise NotFit("the moon is in the wrong house")
        case "unreachable":
            raise OutcomeUnknown("the store", seconds=1)
        case "never-ready":
            say("starting")
            await anyio.sleep_forever()
        case "broken-at-the-start":
            raise ZeroDivisionError("at the start")
        case _:
            pass
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_task, how)
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.lowlevel.checkpoint()
                say("drained")
            tasks.cancel_scope.cancel()


async def _task(how: str) -> None:
    say("serving")
    match how:
        case "crash":
            raise ZeroDivisionError("in a task")
        case "unfit-and-crash":
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_raise, NotFit("one thing"))
                tasks.start_soon(_raise, ZeroDivisionError("another thing"))
        case _:
            await anyio.sleep_forever()


async def _raise(error: Exception) -> None:
    raise error


if __name__ == "__main__":
    sys.exit(run(lambda: life(sys.argv[1]), start_seconds=float(sys.argv[2])))
