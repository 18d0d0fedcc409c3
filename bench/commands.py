"""Commands straight over NATS, beside a bare loop of compare-and-set on a bucket."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from nats.js.api import StorageType, StreamConfig

from bench.processes import mesh
from bench.report import Row
from bench.shows import register
from shared.contracts.banner import Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh

COMMANDS: Final = 40_000
IN_FLIGHT: Final = 128
# As long as the record that a Show leaves.
RECORD: Final = b"x" * 640
TEXT: Final = "Will you marry me, Amelia?"
PLAIN: Final = "KV_plain"


async def rate(do: Callable[[int], Awaitable[None]], count: int = COMMANDS) -> float:
    """How many a second, with so many in flight."""
    numbers = iter(range(count))

    async def some() -> None:
        for number in numbers:
            await do(number)

    started = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for _ in range(IN_FLIGHT):
            tasks.start_soon(some)
    return count / (time.perf_counter() - started)


async def compare_and_set(opened: Mesh, bucket: str) -> float:
    """Commits a second to keys of a bucket that were never written, with nothing around them."""
    publish = opened.client.jetstream(timeout=30).publish
    headers = {"Nats-Expected-Last-Subject-Sequence": "0"}

    async def commit(number: int) -> None:
        await publish(f"$KV.{bucket}.bare-{number}", RECORD, headers=headers)

    return await rate(commit)


async def run() -> list[Row]:
    """Both bare loops, then commands, all on one server."""
    with mesh(600, expiry=False, lobby=False, gateway=False) as place:
        async with open_mesh(place.nats_url, name="bench") as opened:
            await register(place.nats_url, COMMANDS)
            config = StreamConfig(
                name=PLAIN, subjects=["$KV.plain.>"], max_msgs_per_subject=8, storage=StorageType.FILE
            )
            await opened.jetstream.add_stream(config)
            plain = await compare_and_set(opened, "plain")
            same = await compare_and_set(opened, streams.BANNERS.bucket)
            banners = Banners(opened, answer_seconds=30)

            async def show(number: int) -> None:
                reply = await banners.command(BannerId(f"b{number}"), Show(text=TEXT))
                assert isinstance(reply, Accepted), reply

            commands = await rate(show)
    return [
        Row("bare compare-and-set, plain bucket", f"{plain:,.0f}/s"),
        Row("bare compare-and-set, our bucket (republished, mirrored by HISTORY)", f"{same:,.0f}/s"),
        Row("commands over NATS, against the plain bucket", f"{commands:,.0f}/s", commands / plain, "≥ 0.3"),
        Row("commands over NATS, against our bucket", f"{commands:,.0f}/s", commands / same, "≥ 0.3"),
    ]
