"""A thousand devices through radio gaps, repetitions, delays, reboots and the death of nats-server.

Afterwards each shows exactly what the store says; none ever showed a message past its end, nor an older one
after a newer one. `AIRDISPLAY_TEST_DEVICES` makes it as many.
"""

import os
import random
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import pytest

from airdisplay.fleet import register
from shared.contracts.identity import BannerId
from shared.mesh.connection import open_mesh
from tests.support.fliers import PATIENCE_SECONDS, Flier, all_right, flying, orders, panels, traffic_on
from tests.support.panel_judge import Notes, latest_ms, violations
from tests.support.system import Part, System, running_system
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

DEVICES: Final = int(os.environ.get("AIRDISPLAY_TEST_DEVICES", "1000"))
TTL_SECONDS: Final = 1.5
FOR_LONG_SECONDS: Final = 3_600.0


def lasting_for_long(system: System) -> None:
    """Let banner services be started anew, by which a display lasts for an hour."""
    for name in [name for name in system.parts if name.startswith("banner")]:
        part = system.parts.pop(name)
        part.kill()
        arguments = [
            "--nats-url",
            system.nats.url,
            "--nats-creds",
            str(system.authority.file_of("banner")),
            "--display-ttl",
            str(FOR_LONG_SECONDS),
        ]
        system.parts[f"{name}-long"] = long = Part("banner", arguments, system.nats.log.parent / "long.log")
        long.start()


async def kill_nats(system: System) -> None:
    await system.nats.kill()
    await anyio.sleep(random.uniform(0, 0.5))
    await system.nats.start()


async def test_each_device_ends_with_what_the_store_has_and_none_showed_what_was_over_or_older(
    tmp_path: Path,
) -> None:
    banners = [BannerId(f"b{number}") for number in range(DEVICES)]
    async with (
        running_system(tmp_path, ttl=TTL_SECONDS) as system,
        open_mesh(system.nats_as("operator"), name="callers") as mesh,
    ):
        assert [] == await register(mesh, banners)
        async with flying(orders(system, banners, faults=40)) as fliers:
            async with traffic_on(mesh, banners) as traffic:
                for _ in range(2):
                    await traffic.go_on(300)
                    await kill_nats(system)
                await traffic.go_on(200)
                lasting_for_long(system)
                await traffic.go_on(DEVICES // 5)
                await kill_nats(system)
                await traffic.go_on(DEVICES // 5)
            for flier in fliers:
                await flier.tell("calm")
            await all_right(mesh, fliers, banners)
            showing = [each for each in (await panels(fliers)).values() if each is not None]
            notes = [await flier.ask("notes", Notes) for flier in fliers]

    for each in notes:
        assert [] == violations(each)
        print(  # noqa: T201 (for who looks: pytest -s)
            f"{len({noted.banner for noted in each.noted})} panels changed {len(each.noted)} times; "
            f"{each.gaps} gaps, {each.reboots} reboots, {each.repeated} repetitions; "
            f"at most {latest_ms(each)} ms late, the machine standing {sum(s.ms for s in each.stalls)} ms"
        )
        assert each.gaps
        assert each.reboots
        assert each.repeated
    assert len(showing) >= DEVICES // 10


async def test_the_judge_finds_devices_that_ignore_until_and_such_that_take_what_is_older(
    tmp_path: Path,
) -> None:
    banners = [BannerId(f"b{number}") for number in range(20)]
    async with (
        running_system(tmp_path, ttl=TTL_SECONDS) as system,
        open_mesh(system.nats_as("operator"), name="callers") as mesh,
    ):
        assert [] == await register(mesh, banners)
        system.parts["expiry-0"].kill()  # nobody else ends what shows
        told = orders(system, banners, faults=1, broken=["ignores until", "takes older"])
        async with flying(told) as (ignoring, taking), traffic_on(mesh, banners):
            await until(partial(_found, ignoring, "past its end"), seconds=PATIENCE_SECONDS)
            await until(partial(_found, taking, "after"), seconds=PATIENCE_SECONDS)


async def _found(flier: Flier, said: str) -> bool:
    return any(said in each for each in violations(await flier.ask("notes", Notes)))
