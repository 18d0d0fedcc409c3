"""A process of simulated hardware: silent for a whole fleet, a line a change, or a panel on a terminal."""

import logging
import sys
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import anyio
import click
from anyio.abc import TaskGroup
from rich.console import Console
from rich.live import Live

from airdisplay import instruments
from airdisplay.lines import Lines, lines
from airdisplay.panel import draw
from airdisplay.wording import seconds_left, shows
from airdisplay_device import Device, NatsLine, Panel
from shared.contracts.banner import Display
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import MEASURED_EVERY_SECONDS
from shared.mesh import clock, logs
from shared.mesh.connection import Nats
from shared.mesh.runner import run

NAME: Final = "hardware"

_FRAMES_PER_SECOND: Final = 15
_QUICK_SECONDS: Final = 1.0
_TICK_SECONDS: Final = 0.02

Devices = Mapping[BannerId, Device]
Seen = Callable[[], AbstractAsyncContextManager[object]]
"""Hardware that is connected, together with how it is seen."""


def run_fleet(nats: Nats, banners: Sequence[BannerId]) -> int:
    """Simulate these banners and say nothing of what they show; returns the exit code."""
    return _run(lambda: hardware(lines(nats, banners), _Silent), level=logging.INFO)


def run_seen(nats: Nats, banners: Sequence[BannerId]) -> int:
    """Simulate these banners and show what they show; returns the exit code."""
    if len(banners) == 1 and sys.stdout.isatty():
        return _run(lambda: _panel(nats, banners[0]), level=logging.ERROR)
    return _run(lambda: _let_in(nats, banners, _Said), level=logging.WARNING)


@asynccontextmanager
async def hardware(connections: Lines, panel: Callable[[BannerId], Panel]) -> AsyncGenerator[Devices]:
    """Be the hardware of the banners of these connections until the block is left."""
    devices = {banner: Device(banner, line, panel(banner)) for banner, line in connections.of.items()}
    async with anyio.create_task_group() as tasks:
        for line in connections.all:
            tasks.start_soon(line.run)
        for device in devices.values():
            tasks.start_soon(device.run)
        tasks.start_soon(_measure, devices)
        yield devices
        await _leave(tasks, devices, connections.all)


async def _leave(tasks: TaskGroup, devices: Devices, connections: Sequence[NatsLine]) -> None:
    """Who leaves on purpose is offline at once."""
    with anyio.CancelScope(shield=True):
        for device in devices.values():
            device.leave("switched off")
        async with anyio.create_task_group() as flushing:
            for line in connections:
                flushing.start_soon(line.flush)
    tasks.cancel_scope.cancel()


async def _measure(devices: Devices) -> None:
    """Send what is measured, evenly spread over the time between two of a kind; never returns."""
    planes = [(device, instruments.craft(banner)) for banner, device in devices.items()]
    turns = len(planes) * len(instruments.KINDS)
    started, sent = anyio.current_time(), 0
    while True:
        await anyio.sleep(max(MEASURED_EVERY_SECONDS / turns, _TICK_SECONDS))
        due = instruments.due(anyio.current_time() - started, len(planes))
        for turn in range(max(sent, due - turns), due):
            number, of_kind = divmod(turn % turns, len(instruments.KINDS))
            device, plane = planes[number]
            kind = instruments.KINDS[of_kind]
            device.measure(kind, instruments.measure(plane, kind, clock.seconds()))
        sent = due


def _run(seen: Seen, *, level: int) -> int:
    logs.configure(NAME, uuid.uuid4().hex[:8], level=level)
    return run(seen)


@asynccontextmanager
async def _let_in(
    nats: Nats, banners: Sequence[BannerId], panel: Callable[[BannerId], Panel]
) -> AsyncGenerator[Devices]:
    """Hardware that people look at: who runs it is told what keeps it from being let in."""
    connections = lines(nats, banners)
    async with hardware(connections, panel) as devices, anyio.create_task_group() as tasks:
        for line in connections.all:
            tasks.start_soon(_until_let_in, nats, line)
        yield devices
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
async def _panel(nats: Nats, banner: BannerId) -> AsyncGenerator[None]:
    """One banner as an LED panel, drawn anew many times a second until the block is left."""
    async with _let_in(nats, [banner], _Silent) as devices, anyio.create_task_group() as tasks:
        with Live(console=Console(), auto_refresh=False) as live:
            tasks.start_soon(_animate, live, devices[banner])
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
