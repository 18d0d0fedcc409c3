"""Calls that nobody would make: every answer to them is described. `make fuzz` makes many more of them."""

import re

import pytest

from tests.gateway.fuzz import fuzz
from tests.support.gateways import Gateway, Services

CALLS_AT_LEAST = 300


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_answer_to_whatever_is_sent_is_described(
    gateway: Gateway,
    services: Services,  # noqa: ARG001
) -> None:
    outcome = await fuzz(gateway, examples=4)

    assert 0 == outcome.code, outcome.said
    made = re.search(r"(\d+) generated", outcome.said)
    assert made is not None, outcome.said
    assert int(made[1]) > CALLS_AT_LEAST
