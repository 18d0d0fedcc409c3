"""Proof of display: exactly what hardware has said, whatever else it says before, between and after."""

from collections.abc import Sequence

import httpx
import msgspec
import pytest

from services.gateway.proof import proven
from shared.contracts import subjects
from shared.contracts.hardware import UNCONFIRMED_AFTER_MS, KeptReport
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.views import DisplayView, Ended
from shared.mesh import newest, streams, stretch
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry
from tests.support.clock import NOON
from tests.support.gateways import display_in, followed_over, history_over, registered_over, show

MINUTE = 60_000
Said = tuple[int, str | None]


def at(milliseconds: int) -> Instant:
    """So long after the display began to show."""
    return later(NOON, milliseconds)


def report(said: Said) -> KeptReport:
    """What hardware said, when it was heard, and of which display."""
    heard_at, display_id = said
    shows = None if display_id is None else DisplayId(display_id)
    return KeptReport(display_id=shows, revision=None, at=None, heard_at=at(heard_at))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([(40, "d1"), (MINUTE + 30, None)], (40, MINUTE + 30), id="shown, and dark after it"),
        pytest.param([(40, "d1"), (MINUTE + 30, "d2")], (40, MINUTE + 30), id="shown, and the next after it"),
        pytest.param([(-1, "d0"), (40, "d1"), (200, None)], (40, 200), id="after another one"),
        pytest.param([(40, "d1"), (80, "d1"), (900, "d1"), (950, None)], (40, 950), id="said over and over"),
        pytest.param([(40, "d1"), (90, None), (700, "d1"), (800, None)], (40, 800), id="rebooted in between"),
        pytest.param([(40, "d1"), (900, "d1")], (40, 900), id="never said that it stopped"),
        pytest.param(
            [(40, "d1"), (MINUTE + UNCONFIRMED_AFTER_MS + 1, None)], (40, 40), id="said so long after"
        ),
        pytest.param([(-3_000, "d1"), (40, None)], (-3_000, 40), id="a clock that is behind"),
        pytest.param([], None, id="said nothing"),
        pytest.param([(40, None), (90, "d2")], None, id="said something else"),
        pytest.param([(MINUTE + UNCONFIRMED_AFTER_MS + 1, "d1")], None, id="said it long after its end"),
        pytest.param([(-3_600_000, "d1")], None, id="said it before there was any"),
    ],
)
def test_a_display_is_confirmed_from_the_first_report_to_the_one_after_the_last(
    said: Sequence[Said], expected: tuple[int, int] | None
) -> None:
    found = proven([report(each) for each in said], "d1", NOON, at(MINUTE))

    assert (None, None) == found if expected is None else (at(expected[0]), at(expected[1])) == found


@pytest.mark.parametrize(
    ("said", "confirmed_to"),
    [
        pytest.param([(40, "d1"), (900, "d1")], None, id="and shows it"),
        pytest.param([(40, "d1"), (900, None)], at(900), id="and says that it does no longer"),
    ],
)
def test_while_it_shows_it_has_no_end_yet_unless_hardware_says_so(
    said: Sequence[Said], confirmed_to: Instant | None
) -> None:
    assert (at(40), confirmed_to) == proven([report(each) for each in said], "d1", NOON, None)


# --- over HTTP ------------------------------------------------------------------------------------


async def keep(mesh: Mesh, banner: BannerId, display_id: str | None, heard_at: Instant) -> None:
    """Keep a report as the intake does."""
    shows = None if display_id is None else DisplayId(display_id)
    kept = KeptReport(display_id=shows, revision=None, at=None, heard_at=heard_at)
    await mesh.requests.ask(subjects.reported(banner), msgspec.json.encode(kept), timeout=5)


async def shown_and_over(ada: httpx.AsyncClient, banner: BannerId) -> DisplayView:
    """A display that was shown, and taken back."""
    view = display_in(await show(ada, banner))
    await ada.delete(f"/v1/banners/{banner}/display")
    return await followed_over(ada, view.id)


async def proof_in_history(ada: httpx.AsyncClient, banner: BannerId) -> dict[str, tuple[object, object]]:
    """What the history says of each display."""
    page = await history_over(ada, banner, limit=100)
    return {
        event.display.id: (event.confirmed_from, event.confirmed_to)
        for item in page.items
        for event in item.events
        if isinstance(event, Ended)
    }


async def test_two_displays_back_to_back_are_each_confirmed_for_themselves(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    one, two, never = [await shown_and_over(ada, free) for _ in range(3)]
    assert one.shown_at is not None
    times = [later(one.shown_at, 100 * step) for step in range(3)]
    for time, shows in zip(times, [one.id, two.id, None], strict=True):
        await keep(mesh, free, shows, time)

    found = await proof_in_history(ada, free)
    assert {
        one.id: (times[0], times[1]),
        two.id: (times[1], times[2]),
        never.id: (None, None),
    } == found
    view = await followed_over(ada, one.id)
    assert (times[0], times[1]) == (view.confirmed_from, view.confirmed_to)


async def test_a_display_that_was_never_confirmed_has_neither_member(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    view = await shown_and_over(ada, free)

    members = (await ada.get(f"/v1/displays/{view.id}")).json()
    assert "ended" == members["state"]
    assert not {"confirmed_from", "confirmed_to"} & members.keys()


async def test_what_shows_is_confirmed_from_its_first_report_on(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    view = display_in(await show(ada, free))
    assert view.shown_at is not None
    for milliseconds in (70, 900):
        await keep(mesh, free, view.id, later(view.shown_at, milliseconds))

    now = await followed_over(ada, view.id)
    assert (later(view.shown_at, 70), None) == (now.confirmed_from, now.confirmed_to)


async def test_a_page_of_a_history_costs_one_look_at_the_reports(
    mesh: Mesh, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    banner = await registered_over(ada)
    views = [await shown_and_over(ada, banner) for _ in range(20)]
    for view in views:
        assert view.shown_at is not None
        await keep(mesh, banner, view.id, later(view.shown_at, 1))
    looks: list[str] = []
    ask = newest.ask

    async def counted(
        mesh: Mesh, stream: str, question: dict[str, object]
    ) -> tuple[list[Entry], dict[str, str]]:
        looks.append(stream)
        return await ask(mesh, stream, question)

    monkeypatch.setattr(stretch, "ask", counted)
    found = await proof_in_history(ada, banner)

    assert {view.id for view in views} == found.keys()
    assert all(confirmed_from for confirmed_from, _ in found.values())
    assert [streams.REPORTED] == looks


async def test_reports_that_were_kept_out_of_order_are_read_in_the_order_of_their_hearing(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    view = await shown_and_over(ada, free)
    assert view.shown_at is not None
    await keep(mesh, free, None, later(view.shown_at, 500))
    await keep(mesh, free, view.id, later(view.shown_at, 50))

    found = await proof_in_history(ada, free)
    assert {view.id: (later(view.shown_at, 50), later(view.shown_at, 500))} == found


async def test_among_very_many_reports_the_right_ones_are_found(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    view = await shown_and_over(ada, free)
    assert view.shown_at is not None
    for number in range(1_500):
        kept = KeptReport(display_id=view.id, revision=None, at=None, heard_at=later(view.shown_at, number))
        await mesh.publish(subjects.reported(free), msgspec.json.encode(kept))
    await keep(mesh, free, None, later(view.shown_at, 1_500))

    assert {view.id: (view.shown_at, later(view.shown_at, 1_500))} == await proof_in_history(ada, free)
