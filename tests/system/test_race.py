"""Many want one banner at the same instant: one gets it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from shared.mesh import clock
from tests.support.burst import Answer, burst
from tests.support.system import System, running_system

RACERS = 500


async def race(system: System, banner: str, keys: list[str | None]) -> list[Answer]:
    """All ask at once, alternating between the gateways."""
    return await burst(
        [
            (
                f"{system.urls[number % len(system.urls)]}/v1/banners/{banner}/display",
                json.dumps({"text": f"from {key or number}"}).encode(),
                {"Idempotency-Key": key} if key else {},
            )
            for number, key in enumerate(keys)
        ]
    )


@pytest.mark.timeout(120)
async def test_of_500_at_once_through_two_gateways_and_two_banner_services_one_wins(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=60, banners=2, gateways=2) as system:
        await system.register("lightning")

        answers = await race(system, "lightning", [None] * RACERS)

        assert {201: 1, 409: RACERS - 1} == Counter(answer.status for answer in answers)
        (winner,) = [answer.body for answer in answers if answer.status == 201]
        now = clock.now()
        for answer in answers:
            if answer.status == 409:
                problem = answer.body
                assert problem["type"] == "/problems/busy"
                assert (winner["id"], winner["until"]) == (problem["display_id"], problem["until"])
                assert winner["revision"] == problem["revision"]
                assert 0 < problem["retry_after_ms"] <= 60_000
                assert now < winner["until"]


@pytest.mark.timeout(120)
async def test_every_request_sent_twice_under_one_key_has_the_same_winner_and_the_same_answer(
    tmp_path: Path,
) -> None:
    async with running_system(tmp_path, ttl=60, banners=2, gateways=2) as system:
        await system.register("lightning")
        # Neighbours share a key, so the two go through different gateways.
        keys: list[str | None] = [f"racer-{number // 2}" for number in range(RACERS * 2)]

        answers = await race(system, "lightning", keys)

        assert {201: 2, 409: RACERS * 2 - 2} == Counter(answer.status for answer in answers)
        first, second = (answer for answer in answers if answer.status == 201)
        assert first.body == second.body
        assert first.headers["location"] == second.headers["location"]
        assert first.headers["etag"] == second.headers["etag"]
