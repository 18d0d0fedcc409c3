"""How every process lives and dies: signals, a limit on starting up, one way to crash, an exit code.

A service is an asynchronous context manager: acquire, yield when it serves, release. SIGTERM or SIGINT leave
the block, so everything drains in order. An exception from anywhere inside leaves it too, and the process
ends with a code; whoever supervises it starts it again.
"""

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final

import anyio
import structlog
from anyio.abc import TaskStatus

from shared.contracts.errors import AirDisplayError, NotFit, Unreachable

CRASHED: Final = 1
UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits.h: what it needs was not there in time
NOT_FIT: Final = 78  # EX_CONFIG of sysexits.h: starting it again will not help

START_SECONDS: Final = 30.0
_COLLECT_SECONDS: Final = 600.0

log = structlog.get_logger()

Service = Callable[[], AbstractAsyncContextManager[object]]


def run(service: Service, *, start_seconds: float = START_SECONDS) -> int:
    """Run a service until a signal or a failure ends it, and return the exit code."""
    gc.disable()
    try:
        anyio.run(_live, service, start_seconds, backend_options={"use_uvloop": sys.platform != "win32"})
    except BaseExceptionGroup as group:
        return _exit_code(group)
    except Exception as error:  # noqa: BLE001 (the last stop of every exception)
        return _exit_code(BaseExceptionGroup("", [error]))
    return 0


async def _collect_seldom() -> None:
    """Look for cycles a few times an hour, instead of whenever many objects were made.

    What our hot paths make has none, so the collector finds nothing; with tens of thousands of banners in
    memory it takes up to a tenth of a second to find that out, and every deadline in that time is late.
    """
    while True:
        await anyio.sleep(_COLLECT_SECONDS)
        gc.collect()


async def _live(service: Service, start_seconds: float) -> None:
    stop = anyio.Event()
    ready = anyio.Event()
    async with anyio.create_task_group() as tasks:
        await tasks.start(_stop_on_signal, stop, ready, tasks.cancel_scope)  # signals first, then all else
        tasks.start_soon(_limit_start, ready, start_seconds)
        tasks.start_soon(_collect_seldom)
        async with service():
            ready.set()
            log.info("ready")
            await stop.wait()
        tasks.cancel_scope.cancel()
    log.info("stopped")


async def _stop_on_signal(
    stop: anyio.Event, ready: anyio.Event, whole: anyio.CancelScope, *, task_status: TaskStatus[None]
) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        async for signum in signals:
            log.info("stopping", signal=signal.Signals(signum).name)
            if not ready.is_set():
                whole.cancel()
            stop.set()


async def _limit_start(ready: anyio.Event, seconds: float) -> None:
    with anyio.move_on_after(seconds):
        await ready.wait()
        return
    what = f"after {seconds:g} s of starting up, something that this process needs"
    raise Unreachable(what)


def _exit_code(group: BaseExceptionGroup[BaseException]) -> int:
    unfit, others = group.split(NotFit)
    if others is None:
        _say(unfit)
        return NOT_FIT
    failures, bugs = others.split(AirDisplayError)
    if bugs is None:
        _say(failures)
        return UNAVAILABLE
    for error in _leaves(bugs):
        log.error("crashed", exc_info=error)
    return CRASHED


def _say(group: BaseExceptionGroup[BaseException] | None) -> None:
    """One sentence for each thing that is wrong; nobody needs the stack of an expected failure."""
    for error in _leaves(group):
        log.error("cannot run", reason=str(error))


def _leaves(group: BaseExceptionGroup[BaseException] | None) -> Iterator[BaseException]:
    """What really happened, without the groups around it."""
    for error in () if group is None else group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
