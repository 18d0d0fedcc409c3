"""Shows over HTTP with tokens checked and fair use on, beside the same with neither, in turns of one run."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from bench.load import drive, post
from bench.processes import UNLIMITED, free_port, mesh, service
from bench.report import Row
from bench.scale import scaled, seconds
from bench.shows import BODY, TTL, register
from bench.users import guarded

BANNERS: Final = scaled(40_000, at_least=2_000)
USERS: Final = scaled(1_000)
"""Who come again and again: to verify a token for the first time takes longer than a show."""
TURNS: Final = 2
SECONDS: Final = seconds(6)
WARM_SECONDS: Final = seconds(TTL + 1)


async def turn(url: str, flags: Sequence[str], source: Iterator[bytes]) -> "Counter[int]":
    """One gateway for as long as a turn takes; how many shows were answered how."""
    port = free_port()
    environment = {} if flags else UNLIMITED
    at = ("--nats-url", url, "--http-port", str(port))
    with service("gateway", *at, *flags, environment=environment):
        await drive(port, source, seconds=WARM_SECONDS)
        return await drive(port, source, seconds=SECONDS)


def shows(numbers: Iterator[int], headers: Sequence[str]) -> Iterator[bytes]:
    """Shows of one user after the other, on one banner after the other."""
    for number in numbers:
        yield post(f"/v1/banners/b{number % BANNERS}/display", BODY, headers[number % len(headers)])


async def run() -> list[Row]:
    """On and off, twice in turn, because machines change their mind."""
    on: Counter[int] = Counter()
    off: Counter[int] = Counter()
    with guarded(USERS) as users, mesh(TTL, gateway=False) as place:
        await register(place.nats_url, BANNERS)
        numbers = itertools.count()  # of both, so that nobody meets a display of the turn before
        known, anybody = shows(numbers, users.headers), shows(numbers, [""])
        for _ in range(TURNS):
            off += await turn(place.nats_url, (), anybody)
            on += await turn(place.nats_url, users.flags, known)
    what = f"HTTP shows, tokens of {USERS:,} users who come again, fair use on"
    return [
        Row("HTTP shows, nobody checked, no limits", _figure(off)),
        Row(
            what,
            _figure(on),
            on[201] / off[201],
            "≥ 0.9",
        ),
    ]


def _figure(statuses: "Counter[int]") -> str:
    """Shows a second, and what else was answered, if anything."""
    others = ", ".join(f"{count} times {status}" for status, count in statuses.items() if status != 201)
    return f"{statuses[201] / SECONDS / TURNS:,.0f}/s" + (f" ({others})" if others else "")
