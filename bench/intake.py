"""What is measured, from the server through the intake into the stream, beside a bare publish into a stream.

The intake finds a backlog and takes it as fast as it can. The bare case publishes the same values, each
acknowledged by the server, with nothing between; so the stream is written once there, and twice here.
"""

import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import anyio
import anyio.lowlevel
import msgspec
import psutil
from nats.aio.msg import Msg

from airdisplay.planes.flight import plane
from airdisplay.planes.senses import KINDS, measure
from bench.interest import record
from bench.processes import nats, service
from bench.report import Row
from bench.scale import scaled
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh, open_mesh

BANNERS: Final = scaled(5_000, at_least=50)
ROUNDS: Final = 5
"""So many values of each kind on each banner wait in the backlog."""
_UNANSWERED_AT_MOST: Final = 5_000
_LOOK_SECONDS: Final = 0.02


class Spent(NamedTuple):
    """What it took to store so many values."""

    stored: int
    seconds: float
    cores: float
    """Of the process that stores."""
    server_cores: float

    def a_second(self) -> float:
        """Values a second."""
        return self.stored / self.seconds

    def a_core(self) -> float:
        """Values for each second of a core, of the process that stores."""
        return self.stored / self.cores

    def a_core_in_all(self) -> float:
        """The same, with what the server needs."""
        return self.stored / (self.cores + self.server_cores)


def values() -> list[tuple[str, str, bytes]]:
    """All that is measured: banner, kind, value."""
    return [
        (
            f"b{number}",
            kind,
            msgspec.json.encode(measure(plane(1, BannerId(f"b{number}")), None, kind, 0.0, clock.seconds())),
        )
        for _ in range(ROUNDS)
        for number in range(BANNERS)
        for kind in KINDS
    ]


async def run() -> list[Row]:
    """The intake, and the bare case, each on a server of its own."""
    through = await through_the_intake()
    bare = await bare_publish()
    what = f"telemetry of {BANNERS:,} banners, {through.stored:,} values"
    return [
        _row(f"{what}: bare JetStream publish", bare, bare),
        _row(f"{what}: through the intake, looked at and stored", through, bare),
    ]


def _row(what: str, spent: Spent, bare: Spent) -> Row:
    figure = (
        f"{spent.a_second():,.0f}/s; {spent.a_core():,.0f} a core of the process, "
        f"{spent.a_core_in_all():,.0f} a core with the server"
    )
    return Row(what, figure, None if spent is bare else spent.a_core() / bare.a_core())


async def through_the_intake() -> Spent:
    """A backlog, taken by one instance."""
    with nats() as (url, server):
        async with _filled(url) as (opened, count):
            nats_server = psutil.Process(server.pid)
            with service("intake", "--nats-url", url) as child:
                intake = psutil.Process(child.pid)
                started, before = _cpu(intake), _cpu(nats_server)
                began = time.perf_counter()
                stored = (await streams.info(opened, streams.TELEMETRY)).state.messages  # while it got ready
                await _until_there(opened, streams.TELEMETRY, count)
                return Spent(
                    count - stored,
                    time.perf_counter() - began,
                    _cpu(intake) - started,
                    _cpu(nats_server) - before,
                )


async def bare_publish() -> Spent:
    """The same values into the stream that keeps them, each acknowledged."""
    with nats() as (url, server):
        async with open_mesh(url, name="bench") as opened:
            await streams.ensure(opened, [streams.telemetry(1)])
            said = values()
            answered = 0

            async def on_answer(_message: Msg) -> None:
                nonlocal answered
                answered += 1

            inbox = opened.client.new_inbox()
            await opened.subscribe(inbox, on_answer)
            ourselves, nats_server = psutil.Process(os.getpid()), psutil.Process(server.pid)
            own, other, began = _cpu(ourselves), _cpu(nats_server), time.perf_counter()
            for number, (banner, kind, value) in enumerate(said):
                await opened.client.publish(subjects.measured(banner, kind), value, reply=inbox)
                while number - answered > _UNANSWERED_AT_MOST:
                    await anyio.lowlevel.checkpoint()
            while answered < len(said):
                await anyio.lowlevel.checkpoint()
            seconds = time.perf_counter() - began
            return Spent(len(said), seconds, _cpu(ourselves) - own, _cpu(nats_server) - other)


@asynccontextmanager
async def _filled(url: str) -> AsyncGenerator[tuple[Mesh, int]]:
    """A mesh where so many banners are registered and a backlog waits for somebody to look at it."""
    async with open_mesh(url, name="bench") as opened:
        await streams.ensure(opened, streams.everything(1))
        for number in range(BANNERS):
            await opened.publish(subjects.record(streams.BANNERS.bucket, f"b{number}"), record(f"b{number}"))
        said = values()
        for banner, kind, value in said:
            await opened.publish(subjects.telemetry(banner, kind), value)
        await _until_there(opened, streams.INTAKE, len(said))
        yield opened, len(said)


async def _until_there(opened: Mesh, stream: str, count: int) -> None:
    while (await streams.info(opened, stream)).state.messages < count:
        await anyio.sleep(_LOOK_SECONDS)


def _cpu(of: psutil.Process) -> float:
    times: Sequence[float] = of.cpu_times()
    return times[0] + times[1]
