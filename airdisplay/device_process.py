"""A process of simulated hardware: silent for a whole fleet, a line a change, or a panel on a terminal."""

import logging
import sys
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import anyio
import click
from rich.console import Console
from rich.live import Live

from airdisplay.lines import lines
from airdisplay.panel import draw
from airdisplay.planes.mishaps import Severity
from airdisplay.planes.simulator import Fleet, flying
from airdisplay.wording import seconds_left, shows
from airdisplay_device import Device, NatsLine, Panel
from shared.contracts.banner import Display
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh import clock, logs
from shared.mesh.connection import Nats
from shared.mesh.runner import run

NAME: Final = "hardware"

_FRAMES_PER_SECOND: Final = 15
_QUICK_SECONDS: Final = 1.0
_TICK_SECONDS: Final = 0.02

Seen = Callable[[], AbstractAsyncContextManager[object]]
"""Hardware that is connected, together with how it is seen."""


def run_fleet(nats: Nats, banners: Sequence[BannerId], *, seed: int, severity: Severity) -> int:
    """Fly these banners and say nothing of what they show; returns the exit code."""
    return _run(
        lambda: flying(lines(nats, banners), _Silent, seed=seed, severity=severity), level=logging.INFO
    )


def run_seen(nats: Nats, banners: Sequence[BannerId], *, seed: int) -> int:
    """Fly these banners without faults and show what they show; returns the exit code."""
    if len(banners) == 1 and sys.stdout.isatty():
        return _run(lambda: _panel(nats, banners[0], seed), level=logging.ERROR)
    return _run(lambda: _let_in(nats, banners, _Said, seed), level=logging.WARNING)


def _run(seen: Seen, *, level: int) -> int:
    logs.configure(NAME, uuid.uuid4().hex[:8], level=level)
    return run(seen)


@asynccontextmanager
async def _let_in(
    nats: Nats, banners: Sequence[BannerId], panel: Callable[[BannerId], Panel], seed: int
) -> AsyncGenerator[Fleet]:
    """Hardware that people look at: who runs it is told what keeps it from being let in."""
    connections = lines(nats, banners)
    async with (
        flying(connections, panel, seed=seed, severity="none") as fleet,
        anyio.create_task_group() as tasks,
    ):
        for line in connections.all:
            tasks.start_soon(_until_let_in, nats, line)
        yield fleet
        tasks.cancel_scope.cancel()


async def _until_let_in(nats: Nats, line: NatsLine) -> None:
    """Return once there is a connection; says so when that takes long.

    Raises:
        NotFit: the credentials are refused.
    """
    started, told = anyio.current_time(), False
    while not line.connected:
        if line.refused:
            whom = "nobody without credentials" if line.credentials is None else f"not {line.credentials}"
            raise NotFit(f"NATS at {nats.url} lets in {whom}: see `airdisplay device --help`")
        if not told and anyio.current_time() - started > _QUICK_SECONDS:
            told = True
            click.echo(f"waiting for NATS at {nats.url} ...", err=True)
        await anyio.sleep(_TICK_SECONDS)


@asynccontextmanager
async def _panel(nats: Nats, banner: BannerId, seed: int) -> AsyncGenerator[None]:
    """One banner as an LED panel, drawn anew many times a second until the block is left."""
    async with _let_in(nats, [banner], _Silent, seed) as fleet, anyio.create_task_group() as tasks:
        with Live(console=Console(), auto_refresh=False) as live:
            tasks.start_soon(_animate, live, fleet.crafts[banner].device)
            yield
            tasks.cancel_scope.cancel()


async def _animate(live: Live, device: Device) -> None:
    while True:
        text, countdown = _seen(device)
        panel = draw(device.banner, text, countdown, live.console.width, anyio.current_time())
        live.update(panel, refresh=True)
        await anyio.sleep(1 / _FRAMES_PER_SECOND)


def _seen(device: Device) -> tuple[str, str]:
    """What stands on the panel, and on its frame."""
    alone = "" if device.line.connected else "  no connection"
    if device.shown is None:
        return "", f"dark{alone}"
    return device.shown.text, f"{seconds_left(device.shown, clock.now())} s{alone}"


class _Said:
    """A panel that is a line for each change."""

    def __init__(self, banner: BannerId) -> None:
        self._banner = banner

    def show(self, display: Display | None) -> None:
        click.echo(f"{self._banner} {shows(display)}")


class _Silent:
    """A panel that nobody looks at, or that is drawn from elsewhere."""

    def __init__(self, _banner: BannerId) -> None:
        pass

    def show(self, _display: Display | None) -> None:
        pass
