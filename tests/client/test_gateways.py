"""Pauses between attempts, the clock of the gateway, addresses and tokens."""

import anyio
import pytest

from airdisplay_client.clock import Clock
from airdisplay_client.gateways import Bearer, Gateways
from airdisplay_client.pauses import pause_after
from shared.contracts.instants import later, milliseconds_between
from shared.mesh import clock


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 0.25), (2, 0.5), (3, 1), (4, 2), (5, 4), (6, 5), (7, 5), (10_000, 5)]
)
def test_pauses_grow_to_a_bound_and_no_two_are_alike(failures: int, longest: float) -> None:
    pauses = [pause_after(failures) for _ in range(100)]

    assert all(longest / 2 <= pause <= longest for pause in pauses)
    assert 90 < len(set(pauses))


@pytest.mark.parametrize("ahead_ms", [-3_600_000, -1_500, 1_500, 86_400_000])
def test_a_clock_that_is_wrong_is_set_by_the_gateway(ahead_ms: int) -> None:
    ours = Clock()
    ours.set_by(later(clock.now(), ahead_ms))

    assert abs(milliseconds_between(clock.now(), ours.now()) - ahead_ms) < 1_000


@pytest.mark.parametrize("ahead_ms", [-900, 900])
def test_what_may_be_the_way_of_the_word_does_not_set_a_clock(ahead_ms: int) -> None:
    ours = Clock()
    ours.set_by(later(clock.now(), 60_000))
    ours.set_by(later(clock.now(), ahead_ms))

    assert clock.now() <= ours.now() <= later(clock.now(), 0)


def test_addresses_are_asked_in_turn() -> None:
    gateways = Gateways("http://one:8000/, https://two")
    seen: list[tuple[str, str]] = []
    for _ in range(3):
        seen.append((gateways.here, gateways.live))
        gateways.turn_to_next()

    assert [
        ("http://one:8000", "ws://one:8000/v1/live"),
        ("https://two", "wss://two/v1/live"),
        ("http://one:8000", "ws://one:8000/v1/live"),
    ] == seen


async def test_a_token_is_fetched_when_it_is_needed_and_once_for_all_who_were_refused() -> None:
    fetched: list[str] = []

    async def fetch() -> str:
        await anyio.lowlevel.checkpoint()
        fetched.append(f"token {len(fetched)}")
        return fetched[-1]

    bearer = Bearer(fetch)
    assert [] == fetched
    old = await bearer.token()
    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(bearer.renew, old)

    assert ["token 0", "token 1"] == fetched
    assert "token 1" == await bearer.token()


@pytest.mark.parametrize("token", [None, "mine"])
async def test_a_token_that_nobody_fetches_is_not_renewed(token: str | None) -> None:
    bearer = Bearer(token)

    assert token == await bearer.token()
    assert not await bearer.renew(token)
