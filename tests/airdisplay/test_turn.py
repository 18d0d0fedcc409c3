"""One's own message: a line for each change, through lost connections, to the end or until it shows."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio
import msgspec
import pytest

from airdisplay.turn import Turn, follow
from airdisplay.wording import local_time
from airdisplay_client import AirDisplay, Refused
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import DisplayView
from shared.mesh import clock
from tests.client.scripts import Life, Talk, displays, hello, problem, snapshot, talking
from tests.support.clock import NOON
from tests.support.ports import HOST, free_port
from tests.support.waiting import until

AT = local_time(NOON)
UNTIL = later(NOON, 60_000)
OVER = f"{AT}  “Hello” is over: "

WAITING = DisplayView(id=DisplayId("d"), state="waiting", text="Hello", by="ada", position=2)


def queued(revision: int, position: int = 1, *, starts_in: int | None = 60_000) -> DisplayView:
    """It waits for lightning."""
    return DisplayView(
        id=DisplayId("d"),
        state="queued",
        text="Hello",
        by="ada",
        banner=BannerId("lightning"),
        position=position,
        starts_at=None if starts_in is None else later(NOON, starts_in),
        revision=revision,
    )


def showing(revision: int, text: str = "Hello") -> DisplayView:
    """It is up."""
    return DisplayView(
        id=DisplayId("d"),
        state="showing",
        text=text,
        by="ada",
        banner=BannerId("lightning"),
        shown_at=NOON,
        until=UNTIL,
        revision=revision,
    )


def ended(how: Any, *, was_shown: bool = True) -> DisplayView:
    """It is over."""
    return DisplayView(
        id=DisplayId("d"),
        state="ended",
        text="Hello",
        by="ada",
        banner=BannerId("lightning"),
        shown_at=NOON if was_shown else None,
        ended_at=NOON,
        how=how,
    )


PENDING = DisplayView(
    id=DisplayId("d"),
    state="pending",
    text="Hello",
    by="ada",
    banner=BannerId("lightning"),
    revision=1,
    lapses_at=UNTIL,
)
PENDS = f"“Hello” waits for an operator's yes to show on lightning, until {local_time(UNTIL)}"
IN_LINE = f"{AT}  place 1 in line for lightning, starts in 60 s at the latest, at {local_time(UNTIL)}"
SECOND = IN_LINE.replace("place 1", "place 2")
SHOWS = f"{AT}  lightning shows “Hello” for 60 s, until {local_time(UNTIL)}"


@pytest.mark.parametrize(
    ("views", "lines"),
    [
        pytest.param(
            [WAITING], [f"{AT}  place 2 in line for any banner"], id="who waits anywhere has a place"
        ),
        pytest.param([queued(1)], [IN_LINE], id="who waits in line learns from when at the latest"),
        pytest.param([queued(1), queued(2)], [IN_LINE], id="others who come later are no news"),
        pytest.param([queued(1, 2), queued(2)], [SECOND, IN_LINE], id="one who leaves moves the others up"),
        pytest.param(
            [queued(1), queued(2, starts_in=60_999)], [IN_LINE], id="a deadline told a moment late is no news"
        ),
        pytest.param(
            [queued(1, starts_in=59_000), queued(2, starts_in=59_900), queued(3, starts_in=60_000)],
            [
                IN_LINE.replace("60 s", "59 s").replace(local_time(UNTIL), local_time(later(UNTIL, -1_000))),
                IN_LINE,
            ],
            id="small delays add up",
        ),
        pytest.param(
            [queued(1, starts_in=None), queued(2)],
            [
                f"{AT}  place 1 in line for lightning, which is on hold: nobody can tell when it starts",
                IN_LINE,
            ],
            id="a hold is told, and its end",
        ),
        pytest.param([queued(1), showing(2), showing(3)], [IN_LINE, SHOWS], id="what shows is told once"),
        pytest.param(
            [PENDING, showing(2)],
            [f"{AT}  {PENDS}", SHOWS],
            id="what waits for a yes shows once there is one",
        ),
        pytest.param(
            [PENDING, msgspec.structs.replace(ended("rejected", was_shown=False), reason="rude")],
            [f"{AT}  {PENDS}", f"{AT}  “Hello” was not shown: an operator said no (rude)"],
            id="what is rejected has a reason",
        ),
        pytest.param(
            [showing(2), showing(3, "Hullo")],
            [SHOWS, SHOWS.replace("Hello", "Hullo")],
            id="what is mended is told",
        ),
        pytest.param([showing(2), ended("expired")], [SHOWS, f"{OVER}its time was up"], id="expired"),
        pytest.param([ended("cleared")], [f"{OVER}its author ended it"], id="cleared"),
        pytest.param([ended("taken-down")], [f"{OVER}an operator took it down"], id="taken down"),
        pytest.param([ended("held")], [f"{OVER}an operator put the banner on hold"], id="held"),
        pytest.param(
            [queued(1), ended("removed", was_shown=False)],
            [IN_LINE, f"{AT}  “Hello” was not shown: an operator took it out of the line"],
            id="removed",
        ),
        pytest.param(
            [ended("left", was_shown=False)],
            [f"{AT}  “Hello” was not shown: it was taken back"],
            id="taken back",
        ),
    ],
)
def test_lines(views: Sequence[DisplayView], lines: Sequence[str]) -> None:
    turn = Turn("any banner")

    assert lines == [line for view in views if (line := turn.take(view, NOON)) is not None]


@pytest.mark.parametrize(
    ("view", "waits", "was_shown", "is_over"),
    [
        (WAITING, True, False, False),
        (queued(1), True, False, False),
        (showing(1), False, True, False),
        (ended("expired"), False, True, True),
        (ended("removed", was_shown=False), False, False, True),
    ],
)
def test_a_turn_knows_where_it_is(view: DisplayView, *, waits: bool, was_shown: bool, is_over: bool) -> None:
    turn = Turn("any banner")
    turn.take(view, NOON)

    assert (waits, was_shown, is_over) == (turn.waits, turn.was_shown, turn.is_over)


def lasting(view: DisplayView, milliseconds: int) -> DisplayView:
    """A display that is up now, for so long."""
    now = clock.now()
    return msgspec.structs.replace(view, shown_at=now, until=later(now, milliseconds))


async def test_a_connection_that_is_lost_while_waiting_is_made_again() -> None:
    port = free_port()
    lines: list[str] = []
    turn = Turn("any banner")
    turn.take(queued(1, 2), NOON)

    def telling(view: DisplayView) -> Life:
        async def life(talk: Talk) -> None:
            await talk.send(hello(), displays(view))
            await until(lambda: turn.view == view)
            await talk.close(1012)

        return life

    async with AirDisplay(f"http://{HOST}:{port}") as air, anyio.create_task_group() as tasks:
        tasks.start_soon(partial(follow, air, turn, lines.append, to_the_end=False))
        await until(lambda: "no connection" in "".join(lines))
        async with talking(telling(queued(1)), telling(lasting(showing(2), 60_000)), port=port):
            await until(lambda: turn.was_shown)

    assert [
        "no connection",
        "connected again",
        "place 1 in line",
        "no connection",
        "connected again",
        "lightning shows “Hello” for 60 s",
    ] == [_first(line) for line in lines]


def _first(line: str) -> str:
    """What a line says, without when and until when."""
    if line.startswith(("no connection", "connected")):
        return " ".join(line.split()[:2])
    return line.partition("  ")[2].partition(",")[0].removesuffix(" for lightning")


async def test_a_message_that_nobody_knows_any_more_ends_it() -> None:
    turn = Turn("any banner")
    turn.take(WAITING, NOON)

    async def life(talk: Talk) -> None:
        await talk.send(hello(), problem("unknown-display", "Nothing is known of it."))
        await talk.until_closed()

    async with talking(life) as (url, _), AirDisplay(url) as air:
        with pytest.raises(Refused, match="Nothing is known of it"):
            await follow(air, turn, print, to_the_end=True)


async def test_trouble_of_the_gateway_is_told_and_waited_out() -> None:
    lines: list[str] = []
    turn = Turn("any banner")
    turn.take(WAITING, NOON)

    async def life(talk: Talk) -> None:
        trouble = problem("mesh-unavailable", "The mesh cannot be reached.")
        await talk.send(hello(), snapshot(1), trouble)
        await until(lambda: bool(lines))
        await talk.send(displays(lasting(showing(2), 60_000)))
        await talk.until_closed()

    async with talking(life) as (url, _), AirDisplay(url) as air:
        await follow(air, turn, lines.append, to_the_end=False)

    assert "The mesh cannot be reached." == lines[0]
    assert "lightning shows “Hello”" in lines[1]


async def test_who_follows_to_the_end_needs_nobody_to_say_that_it_is_reached() -> None:
    lines: list[str] = []
    turn = Turn("any banner")
    turn.take(lasting(showing(2), 300), clock.now())

    async with AirDisplay(f"http://{HOST}:{free_port()}") as air:
        await follow(air, turn, lines.append, to_the_end=True)

    assert "“Hello” is over: its time was up" in lines[-1]


@pytest.mark.parametrize("view", [showing(1), ended("expired"), ended("removed", was_shown=False)])
async def test_where_there_is_nothing_to_wait_for_no_connection_is_made(view: DisplayView) -> None:
    lines: list[str] = []
    turn = Turn("any banner")
    turn.take(view, NOON)

    async with AirDisplay(f"http://{HOST}:{free_port()}") as air:
        await follow(air, turn, lines.append, to_the_end=False)

    assert [] == lines
