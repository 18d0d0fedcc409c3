"""Processes of devices that fly, people who keep their banners busy, and whether all ends right."""

import random
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import msgspec
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from shared.contracts.banner import Clear, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import BannerId
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from tests.support.banners import new_command_id
from tests.support.flier import Orders
from tests.support.system import System
from tests.support.waiting import until

FLIERS: Final = 2
PATIENCE_SECONDS: Final = 60.0

_SHARING: Final = 50
_CALLERS: Final = 8
_AT_ONCE: Final = 32
_ROOT: Final = Path(__file__).parents[2]

T = TypeVar("T")


class Flier:
    """A process of devices."""

    def __init__(self, process: Process) -> None:
        assert process.stdout is not None
        self._process = process
        self._said = BufferedByteReceiveStream(process.stdout)

    async def tell(self, what: Any) -> None:
        """Give it an order."""
        assert self._process.stdin is not None
        await self._process.stdin.send(msgspec.json.encode(what) + b"\n")

    async def ask(self, what: str, kind: type[T]) -> T:
        """Give it an order that is answered."""
        await self.tell(what)
        return msgspec.json.decode(await self._said.receive_until(b"\n", 200_000_000), type=kind)


@asynccontextmanager
async def flying(orders: Sequence[Orders]) -> AsyncGenerator[list[Flier]]:
    """Processes of devices until the block is left."""
    async with AsyncExitStack() as stack:
        fliers: list[Flier] = []
        for each in orders:
            command = [sys.executable, "-m", "tests.support.flier"]
            process = await anyio.open_process(command, cwd=_ROOT, stderr=None)
            stack.push_async_callback(process.aclose)
            stack.callback(_kill, process)
            fliers.append(Flier(process))
            await fliers[-1].tell(each)
        yield fliers


def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()


def orders(
    system: System, banners: Sequence[BannerId], *, faults: float, broken: Sequence[str] = FLIERS * ("",)
) -> list[Orders]:
    """What each process of devices is to do: every tenth device has a connection of its own."""
    own, rest = banners[: len(banners) // 10], banners[len(banners) // 10 :]
    system.authority.add_devices(own)
    sharing = min(_SHARING, len(rest) // FLIERS)
    shared = [list(rest[start : start + sharing]) for start in range(0, len(rest), sharing)]
    return [
        Orders(
            seed=random.randrange(2**32),
            port=system.nats.port,
            own={banner: str(system.authority.device_file(banner)) for banner in own[number::FLIERS]},
            shared=shared[number::FLIERS],
            fleet=str(system.authority.fleet()),
            faults_a_second=faults / FLIERS,
            broken=broken[number],
        )
        for number in range(FLIERS)
    ]


class Traffic:
    """People who show and clear, through whatever happens."""

    def __init__(self, mesh: Mesh, banners: Sequence[BannerId]) -> None:
        self.shown = 0
        self.failed = 0
        self._banners = banners
        self._asking = Banners(mesh)

    async def flow(self) -> None:
        """Change something again and again; never returns."""
        while True:
            wish = Show(id=new_command_id(), by="ada", text="Hello")
            command = wish if random.random() < 0.75 else Clear(by="ada")
            try:
                reply = await self._asking.command(random.choice(self._banners), command)
            except AirDisplayError:  # there is nobody to ask at present
                self.failed += 1
                await anyio.sleep(0.05)
            else:
                self.shown += isinstance(reply, Accepted) and command is wish
            await anyio.sleep(0.005)

    async def go_on(self, shows: int) -> None:
        """Return once so many more were shown."""
        enough = self.shown + shows
        await until(lambda: self.shown >= enough, seconds=PATIENCE_SECONDS)


@asynccontextmanager
async def traffic_on(mesh: Mesh, banners: Sequence[BannerId]) -> AsyncGenerator[Traffic]:
    """Traffic until the block is left."""
    traffic = Traffic(mesh, banners)
    async with anyio.create_task_group() as tasks:
        for _ in range(_CALLERS):
            tasks.start_soon(traffic.flow)
        yield traffic
        tasks.cancel_scope.cancel()


async def stored(mesh: Mesh, banners: Sequence[BannerId]) -> dict[BannerId, str | None]:
    """What each banner shows as the store has it."""
    found: dict[BannerId, str | None] = {}
    waiting = iter(banners)

    async def read() -> None:
        for banner in waiting:
            reply = await Banners(mesh).get(banner)
            assert isinstance(reply, Accepted)
            display = reply.state.display
            over = display is None or display.until <= clock.now()
            found[banner] = None if display is None or over else display.id

    async with anyio.create_task_group() as tasks:
        for _ in range(_AT_ONCE):
            tasks.start_soon(read)
    return found


async def panels(fliers: Sequence[Flier]) -> dict[BannerId, str | None]:
    """What each panel shows, as far as its device knows anything."""
    found: dict[BannerId, str | None] = {}
    for flier in fliers:
        found |= await flier.ask("state", dict[BannerId, str | None])
    return found


async def all_right(mesh: Mesh, fliers: Sequence[Flier], banners: Sequence[BannerId]) -> None:
    """Return once each device shows exactly what the store says."""
    wrong: list[str] = []

    async def agree() -> bool:
        expected, found = await stored(mesh, banners), await panels(fliers)
        wrong[:] = [
            f"{each}: expected {expected[each]}, found {found.get(each, 'nothing known')}"
            for each in banners
            if each not in found or expected[each] != found[each]
        ]
        return not wrong

    try:
        await until(agree, seconds=PATIENCE_SECONDS)
    except TimeoutError:
        raise AssertionError(f"{len(wrong)} of {len(banners)} are wrong: {wrong[:5]}") from None
