"""What fair use costs: shows over HTTP through a gateway that counts, beside one that does not, in turns."""

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from bench.load import drive, post
from bench.processes import Place, free_port, mesh, service
from bench.report import Row
from bench.shows import BODY, register
from bench.users import GENEROUS

BANNERS: Final = 30_000
TTL: Final = 2.0
SECONDS: Final = 1.5
ROUNDS: Final = 6
AUTHORS: Final = 1_000


def requests(authors: Iterator[int]) -> Iterator[bytes]:
    """Shows on one banner after the other, each by the next author."""
    for number in itertools.cycle(range(BANNERS)):
        yield post(f"/v1/banners/b{number}/display", BODY, f"cookie: airdisplay_guest={next(authors)}\r\n")


class Measured:
    """How many shows went through one gateway, in how many seconds, for how much processor time of all."""

    def __init__(self) -> None:
        self.shows = 0
        self.seconds = 0.0
        self.cpu: Counter[str] = Counter()

    async def more(self, port: int, source: Iterator[bytes], place: Place) -> None:
        """Send shows for a while."""
        before = _cpu(place)
        statuses = await drive(port, source, seconds=SECONDS)
        assert set(statuses) == {201}, statuses
        self.shows += statuses[201]
        self.seconds += SECONDS
        self.cpu.update({name: after - before[name] for name, after in _cpu(place).items()})

    @property
    def rate(self) -> float:
        """Shows a second."""
        return self.shows / self.seconds

    def cost(self, *names: str) -> float:
        """Microseconds of processor time for a show, of these processes or of all."""
        return sum(self.cpu[name] for name in names or self.cpu) / self.shows * 1e6


async def run() -> list[Row]:
    """Measure both gateways in turn, with authors who come again and with new ones only."""
    with mesh(TTL, gateway=False) as place, ExitStack() as stack:
        await register(place.nats_url, BANNERS)
        ports: dict[str, int] = {}
        for limits in ("off", GENEROUS):
            ports[limits] = port = free_port()
            at = ("--nats-url", place.nats_url, "--http-port", str(port), "--rate-limit", limits)
            place.processes[f"gateway {limits}"] = stack.enter_context(service("gateway", *at))
        rows: list[Row] = []
        for name, source in {
            f"{AUTHORS:,} authors": requests(itertools.cycle(range(AUTHORS))),
            "a new author each": requests(itertools.count(AUTHORS)),
        }.items():
            await drive(ports["off"], source, seconds=TTL + 1)  # until as many expire as are shown
            off, on = Measured(), Measured()
            for _ in range(ROUNDS):
                await off.more(ports["off"], source, place)
                await on.more(ports[GENEROUS], source, place)
            rows += _rows(name, off, on)
        return rows


def _rows(name: str, off: Measured, on: Measured) -> list[Row]:
    ratio = off.cost() / on.cost()
    spent = f"gateway {off.cost('gateway off'):.0f} and {on.cost(f'gateway {GENEROUS}'):.0f}, "
    spent += f"nats {off.cost('nats'):.0f} and {on.cost('nats'):.0f}"
    return [
        Row(f"HTTP shows without limits, {name}", f"{off.rate:,.0f}/s"),
        Row(f"HTTP shows with limits, {name}", f"{on.rate:,.0f}/s", ratio=on.rate / off.rate, wanted="≥ 0.9"),
        Row(f"the same by processor time of all, {name}; µs", spent, ratio=ratio, wanted="≥ 0.9"),
    ]


def _cpu(place: Place) -> dict[str, float]:
    return {name: place.cpu_seconds(name) for name in place.processes}
