"""Following a message to its end, through lost connections, and past what gateways forget to say."""

import anyio
import msgspec
import pytest

from airdisplay_client import AirDisplay, Connection, Note, Refused
from airdisplay_client.fate import Fate
from shared.contracts import refusals
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import DisplayView, How
from shared.mesh import clock
from tests.client.scripts import HOST, Talk, displays, hello, problem, talking
from tests.support.clock import NOON
from tests.support.ports import free_port

WAITING = DisplayView(id=DisplayId("d"), state="waiting", text="Hello", by="ada", position=2)
PATIENCE_SECONDS = 15


def queued(revision: int, position: int = 1) -> DisplayView:
    """It waits for lightning."""
    return msgspec.structs.replace(
        WAITING, state="queued", banner=BannerId("lightning"), position=position, revision=revision
    )


def showing(revision: int, milliseconds: int = 60_000) -> DisplayView:
    """It is up from now on."""
    now = clock.now()
    return msgspec.structs.replace(
        queued(revision), state="showing", position=None, shown_at=now, until=later(now, milliseconds)
    )


def ended(how: How) -> DisplayView:
    """It is over."""
    return msgspec.structs.replace(WAITING, state="ended", position=None, ended_at=NOON, how=how)


@pytest.mark.parametrize(
    ("views", "news"),
    [
        pytest.param([WAITING, queued(1), showing(2), ended("expired")], 4, id="all the way"),
        pytest.param([queued(1), queued(1)], 1, id="the same again is no news"),
        pytest.param([showing(2), queued(1), WAITING, showing(1)], 1, id="nothing is turned back"),
        pytest.param([ended("left"), showing(9)], 1, id="least of all the end"),
    ],
)
def test_a_fate_only_goes_on(views: list[DisplayView], news: int) -> None:
    fate = Fate()

    assert news == sum(fate.take(view) for view in views)


def test_who_waits_has_no_deadline() -> None:
    fate = Fate(queued(1))

    assert fate.deadline is None
    assert not fate.over(later(NOON, 10_000_000))


def test_a_display_is_over_at_its_deadline() -> None:
    up = msgspec.structs.replace(showing(1), until=NOON)
    fate = Fate(up)

    assert NOON == fate.deadline
    assert not fate.over(later(NOON, -1))
    assert fate.over(NOON)
    assert fate.is_over
    assert ("expired", NOON) == (fate.view and fate.view.how, fate.view and fate.view.ended_at)


async def test_a_message_is_followed_to_its_end_through_a_lost_connection() -> None:
    wishes: list[object] = []

    async def first(talk: Talk) -> None:
        await talk.send(hello())
        wishes.append(await talk.heard())
        await talk.send(displays(queued(1)))
        await talk.close(1012)

    async def second(talk: Talk) -> None:
        await talk.send(hello())
        wishes.append(await talk.heard())
        await talk.send(problem("mesh-unavailable"), displays(queued(1)), displays(ended("left")))
        await talk.until_closed()

    said: list[Connection | Note] = []
    async with talking(first, second) as (url, _), AirDisplay(url) as air:
        with anyio.fail_after(PATIENCE_SECONDS):
            states = [view.state async for view in air.follow("d", on_connection=said.append)]

    assert ["queued", "ended"] == states
    assert [{"op": "watch", "displays": ["d"]}] * 2 == wishes
    assert ["connected", "reconnecting"] == [each.state for each in said[:2] if isinstance(each, Connection)]


async def test_what_shows_is_over_at_its_deadline_with_no_gateway_at_all() -> None:
    async with AirDisplay(f"http://{HOST}:{free_port()}") as air:
        with anyio.fail_after(PATIENCE_SECONDS):
            (view,) = [view async for view in air.follow(showing(1, 300))]

    assert ("ended", "expired") == (view.state, view.how)


async def test_what_is_known_already_is_not_told_again() -> None:
    up = showing(2)

    async def one(talk: Talk) -> None:
        await talk.send(hello(), displays(up), displays(ended("cleared")))
        await talk.until_closed()

    async with talking(one) as (url, _), AirDisplay(url) as air:
        with anyio.fail_after(PATIENCE_SECONDS):
            assert [ended("cleared")] == [view async for view in air.follow(up)]


async def test_a_message_that_nobody_knows_ends_it() -> None:
    async def one(talk: Talk) -> None:
        await talk.send(hello(), problem("unknown-display", "Nothing is known of it."))
        await talk.until_closed()

    async with talking(one) as (url, _), AirDisplay(url) as air:
        with (
            pytest.raises(Refused, match="Nothing is known of it") as refused,
            anyio.fail_after(PATIENCE_SECONDS),
        ):
            await anext(air.follow("d"))

    assert refusals.UnknownDisplay(display_id="d") == refused.value.facts
