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

from airdisplay.device import NAME, Devices, simulated_hardware
from airdisplay.hardware import Hardware
from airdisplay.panel import draw
from airdisplay.wording import seconds_left, shows
from shared.contracts.identity import BannerId
from shared.mesh import clock, logs
from shared.mesh.connection import Mesh, Nats, open_mesh
from shared.mesh.runner import run

_FRAMES_PER_SECOND: Final = 15
_QUICK_SECONDS: Final = 1.0

Seen = Callable[[Mesh, str], AbstractAsyncContextManager[object]]
"""Hardware on an open mesh, under an instance id, together with how it is seen."""


def run_fleet(nats: Nats, banners: Sequence[BannerId]) -> int:
    """Simulate these banners and say nothing of what they show; returns the exit code."""

    def silent(mesh: Mesh, instance: str) -> AbstractAsyncContextManager[object]:
        return simulated_hardware(mesh, instance=instance, banners=banners, on_change=_ignore)

    return _run(nats, silent, level=logging.INFO)


def run_seen(nats: Nats, banners: Sequence[BannerId]) -> int:
    """Simulate these banners and show what they show; returns the exit code."""
    if len(banners) == 1 and sys.stdout.isatty():
        return _run(nats, lambda mesh, instance: _panel(mesh, instance, banners[0]), level=logging.ERROR)

    def in_lines(mesh: Mesh, instance: str) -> AbstractAsyncContextManager[object]:
        return simulated_hardware(mesh, instance=instance, banners=banners, on_change=_say)

    return _run(nats, in_lines, level=logging.WARNING)


def _run(nats: Nats, seen: Seen, *, level: int) -> int:
    instance = uuid.uuid4().hex[:8]
    logs.configure(NAME, instance, level=level)

    @asynccontextmanager
    async def life() -> AsyncGenerator[None]:
        async with _connected(nats, f"{NAME}-{instance}") as mesh, seen(mesh, instance):
            yield

    return run(life)


@asynccontextmanager
async def _connected(nats: Nats, name: str) -> AsyncGenerator[Mesh]:
    """The open mesh; says so when it has to be waited for."""
    async with anyio.create_task_group() as tasks:
        opened = anyio.Event()
        tasks.start_soon(_say_if_slow, nats.url, opened)
        async with open_mesh(nats, name=name) as mesh:
            opened.set()
            yield mesh


async def _say_if_slow(nats_url: str, opened: anyio.Event) -> None:
    with anyio.move_on_after(_QUICK_SECONDS):
        await opened.wait()
        return
    click.echo(f"waiting for NATS at {nats_url} ...", err=True)


@asynccontextmanager
async def _panel(mesh: Mesh, instance: str, banner: BannerId) -> AsyncGenerator[None]:
    """One banner as an LED panel, drawn anew many times a second until the block is left."""
    async with (
        simulated_hardware(mesh, instance=instance, banners=[banner], on_change=_ignore) as devices,
        anyio.create_task_group() as tasks,
    ):
        with Live(console=Console(), auto_refresh=False) as live:
            tasks.start_soon(_animate, live, devices, banner)
            yield
            tasks.cancel_scope.cancel()


async def _animate(live: Live, devices: Devices, banner: BannerId) -> None:
    while True:
        text, countdown = _seen(devices, banner)
        panel = draw(banner, text, countdown, live.console.width, anyio.current_time())
        live.update(panel, refresh=True)
        await anyio.sleep(1 / _FRAMES_PER_SECOND)


def _seen(devices: Devices, banner: BannerId) -> tuple[str, str]:
    """What stands on the panel, and on its frame."""
    display = devices.showing(banner)
    alone = "" if devices.connected else "  no connection"
    if display is None:
        return "", f"dark{alone}"
    return display.text, f"{seconds_left(display, clock.now())} s{alone}"


def _say(hardware: Hardware) -> None:
    click.echo(f"{hardware.banner} {shows(hardware.display)}")


def _ignore(_hardware: Hardware) -> None:
    pass
