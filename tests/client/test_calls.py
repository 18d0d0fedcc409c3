"""Asking once, and again where that is safe: under one key, for a while, as the gateway says."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from airdisplay_client import AirDisplay, Away, Malformed, OutcomeUnknown, Refused, Unavailable
from tests.client.scripts import Answer, answering
from tests.support.ports import HOST, free_port

SHOWN = Answer(
    201,
    b'{"id":"d","state":"showing","banner":"lightning","text":"Hello","by":"guest","revision":1,'
    b'"shown_at":"2026-05-04T12:00:00.000Z","until":"2026-05-04T12:01:00.000Z"}',
)
BANNER = Answer(200, b'{"id":"lightning","name":"Lightning","tags":[],"revision":2,"display":null}')
AWAY = Answer(503, b'{"type":"/problems/mesh-unavailable","detail":"The mesh cannot be reached right now."}')
UNKNOWN = Answer(504, b'{"type":"/problems/outcome-unknown","detail":"No answer came in time."}')
LOST = Answer(0)
LIMITED = Answer(429, b'{"type":"/problems/too-many-requests","detail":"Too fast."}', {"Retry-After": "0"})

Wish = Callable[[AirDisplay], Coroutine[Any, Any, Any]]

SHOW: Wish = lambda air: air.show("lightning", "Hello")  # noqa: E731 (a table of wishes)
ONCE: list[tuple[str, Wish]] = [
    ("mend", lambda air: air.mend("lightning", "Hello", 1)),
    ("release", lambda air: air.release("lightning")),
]
AGAIN: list[tuple[str, Wish]] = [
    ("show", SHOW),
    ("queue", lambda air: air.queue("lightning", "Hello")),
    ("show_anywhere", lambda air: air.show_anywhere("Hello")),
]


@pytest.mark.parametrize(
    "trouble", [AWAY, UNKNOWN, LOST], ids=["mesh away", "outcome unknown", "answer lost"]
)
@pytest.mark.parametrize("wish", [each for _, each in AGAIN], ids=[name for name, _ in AGAIN])
async def test_what_may_have_been_done_is_asked_for_again_under_the_same_key(
    trouble: Answer, wish: Wish
) -> None:
    with answering(trouble, AWAY, SHOWN) as (url, requests):
        async with AirDisplay(url) as air:
            assert "d" == (await wish(air)).id
            first_keys = {request["Idempotency-Key"] for request in requests}
            assert 3 == len(requests)

    assert 1 == len(first_keys)
    assert None not in first_keys


async def test_another_call_is_another_wish() -> None:
    with answering(SHOWN, SHOWN) as (url, requests):
        async with AirDisplay(url) as air:
            await air.show("lightning", "Hello")
            await air.show("lightning", "Hello")

    assert 2 == len({request["Idempotency-Key"] for request in requests})


@pytest.mark.parametrize("wish", [each for _, each in ONCE], ids=[name for name, _ in ONCE])
async def test_what_would_be_done_twice_is_not_asked_for_again_once_it_may_have_been_done(wish: Wish) -> None:
    for trouble in (UNKNOWN, LOST):
        with answering(AWAY, trouble, BANNER) as (url, requests):
            async with AirDisplay(url) as air:
                with pytest.raises(OutcomeUnknown, match="may or may not have been done"):
                    await wish(air)

        assert 2 == len(requests)


async def test_attempts_are_bounded_and_the_last_sentence_is_told() -> None:
    with answering(*[AWAY] * 3, SHOWN) as (url, requests):
        async with AirDisplay(url, attempts=3) as air:
            with pytest.raises(Unavailable, match=r"The mesh cannot be reached right now\."):
                await air.show("lightning", "Hello")

    assert 3 == len(requests)


async def test_that_nothing_was_done_is_not_said_where_an_earlier_attempt_may_have_done_it() -> None:
    with answering(LOST, AWAY) as (url, _):
        async with AirDisplay(url, attempts=2) as air:
            with pytest.raises(OutcomeUnknown) as unknown:
                await air.show("lightning", "Hello", key="mine")

    assert "mine" == unknown.value.key


async def test_reading_has_no_unknown_outcome() -> None:
    with answering(LOST, UNKNOWN) as (url, _):
        async with AirDisplay(url, attempts=2) as air:
            with pytest.raises(Unavailable, match="did not answer"):
                await air.banner("lightning")


async def test_nobody_there_is_told() -> None:
    url = f"http://{HOST}:{free_port()}"
    async with AirDisplay(url, attempts=2) as air:
        with pytest.raises(Away, match=f"AirDisplay at {url} cannot be reached"):
            await air.show("lightning", "Hello")


async def test_where_one_gateway_is_away_the_next_is_asked() -> None:
    with answering(AWAY, SHOWN) as (url, requests):
        async with AirDisplay(f"http://{HOST}:{free_port()}, {url}/") as air:
            assert "d" == (await air.show("lightning", "Hello")).id

    assert 2 == len(requests)


async def test_a_gateway_that_wants_us_away_for_long_is_believed_at_once() -> None:
    with answering(AWAY._replace(headers={"Retry-After": "30"})) as (url, requests):
        async with AirDisplay(url) as air:
            with pytest.raises(Unavailable) as unavailable:
                await air.show("lightning", "Hello")

    assert 30 == unavailable.value.retry_after
    assert 1 == len(requests)


async def test_a_limit_is_a_refusal_that_says_how_long_to_wait() -> None:
    with answering(LIMITED._replace(headers={"Retry-After": "7"})) as (url, _):
        async with AirDisplay(url) as air:
            with pytest.raises(Refused, match="Too fast") as refused:
                await air.show("lightning", "Hello")

    assert ("too-many-requests", 7, None) == (
        refused.value.slug,
        refused.value.retry_after,
        refused.value.facts,
    )


async def test_who_has_patience_waits_for_a_limit_to_pass() -> None:
    with answering(LIMITED, LIMITED, SHOWN) as (url, requests):
        async with AirDisplay(url, patience=5) as air:
            assert "d" == (await air.show("lightning", "Hello")).id

    assert 1 == len({request["Idempotency-Key"] for request in requests})


async def test_patience_ends() -> None:
    with answering(*[LIMITED] * 10) as (url, requests):
        async with AirDisplay(url, patience=0.3) as air:
            with pytest.raises(Refused, match="Too fast"):
                await air.show("lightning", "Hello")

    assert 2 <= len(requests) <= 3


async def test_a_token_that_is_over_is_renewed_once() -> None:
    tokens = iter(["old", "new", "newer"])

    async def fetch() -> str:
        return next(tokens)

    refused = Answer(401, b'{"type":"/problems/not-authorized","detail":"It has expired."}')
    with answering(refused, SHOWN, refused, refused) as (url, requests):
        async with AirDisplay(url, fetch) as air:
            assert "d" == (await air.show("lightning", "Hello")).id
            with pytest.raises(Refused, match="It has expired"):
                await air.show("lightning", "Hello")

    assert ["old", "new", "new", "newer"] == [
        request["Authorization"].removeprefix("Bearer ") for request in requests
    ]


@pytest.mark.parametrize("answer", [Answer(200, b"<html>"), Answer(200, b"\xff"), Answer(200, b"[]")])
async def test_another_program_at_that_address_is_noticed(answer: Answer) -> None:
    with answering(answer) as (url, _):
        async with AirDisplay(url) as air:
            with pytest.raises(Malformed, match="an answer of AirDisplay"):
                await air.show("lightning", "Hello")
