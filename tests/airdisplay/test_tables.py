"""Tables of what is here."""

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from airdisplay.tables import (
    of_banners,
    of_history,
    of_nodes,
    of_pending,
    put,
)
from airdisplay.wording import local_day_and_time, local_time
from shared.contracts.banner import (
    ApprovalSet,
    Approved,
    Display,
    Held,
    Left,
    OnHold,
    Queued,
    Registered,
    Released,
    Replaced,
    Shown,
    Ticket,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import later
from shared.contracts.views import (
    BannerView,
    Confirmation,
    DisplayView,
    Ended,
    Forgotten,
    HistoryEvent,
    HistoryItem,
    TakenBack,
    TurnedDown,
    Withheld,
)
from shared.mesh.services import Found
from tests.support.clock import NOON

DISPLAY = Display(
    id=DisplayId("d"), text="[bold] Hello 👋", by="ada", shown_at=NOON, until=later(NOON, 60_000)
)


def rows(table: Table) -> list[list[str]]:
    """What stands in a table, word by word, below its head."""
    file = StringIO()
    Console(file=file, width=120).print(table)
    return [line.split() for line in file.getvalue().splitlines() if line.strip()][2:]


def test_nodes_are_listed_with_their_sums() -> None:
    endpoints = [{"num_requests": 1_000, "num_errors": 1}, {"num_requests": 234, "num_errors": 2}]
    nodes = [
        Found(name="gateway", id="g1", version="0.1.0", started=NOON),
        Found(name="banner", id="b1", version="0.1.0", started=NOON, endpoints=endpoints),
    ]

    assert [
        ["banner", "b1", "0.1.0", local_time(NOON), "1,234", "3"],
        ["gateway", "g1", "0.1.0", local_time(NOON), "0", "0"],
    ] == rows(of_nodes(nodes))


def test_a_node_that_does_not_say_since_when_is_listed_too() -> None:
    assert [["banner", "b1", "0.1.0", "?", "0", "0"]] == rows(
        of_nodes([Found(name="banner", id="b1", version="0.1.0")])
    )


def test_banners_are_listed_with_what_they_show() -> None:
    banners = [
        BannerView(
            id=BannerId("lightning"),
            name="L",
            tags=(),
            revision=1,
            display=DISPLAY,
            confirmation=Confirmation("confirmed", later(NOON, 80), 80),
            presence="online",
        ),
        BannerView(
            id=BannerId("sparky"),
            name="S",
            tags=(),
            revision=2,
            display=None,
            queue_length=3,
            hold=OnHold(reason="[red] wind", by="olga", at=NOON),
        ),
        BannerView(
            id=BannerId("stormy"),
            name="S",
            tags=(),
            revision=3,
            display=None,
            last_seen=NOON,
            offline_because="left",
            offline_note="[i] landed",
        ),
    ]

    assert [
        ["lightning", "[bold]", "Hello", "👋", "58", "s", "after", "80", "ms", "online"],
        ["sparky", "3", "[red]", "wind", "offline"],
        ["stormy", "offline", "since", f"{local_time(NOON)},", "left:", "[i]", "landed"],
    ] == rows(of_banners(banners, later(NOON, 2_000)))


def test_a_history_has_a_row_for_everything_that_happened() -> None:
    ticket = Ticket(id=DisplayId("t"), text="[i] Next", by="bob", at=NOON, ttl_ms=1)
    hold = OnHold(reason="[red] wind", by="olga", at=NOON)
    ended = Ended(
        display=DISPLAY,
        ended_at=later(NOON, 1_000),
        how="expired",
        confirmed_from=later(NOON, 80),
        confirmed_to=later(NOON, 1_050),
    )
    decisions: list[tuple[str, tuple[HistoryEvent, ...]]] = [
        ("bob", (TakenBack(by="bob", role="author"),)),
        ("olga", (TakenBack(by="olga", role="operator"),)),
        ("ada", (Forgotten(at=NOON),)),
        ("olga", (TurnedDown(by="olga"),)),
        ("olga", (Approved(display_id=DISPLAY.id, by="olga"),)),
        ("bob", (Withheld(by="bob"),)),
        ("olga", (ApprovalSet(required=False, by="olga"),)),
        ("olga", (ApprovalSet(required=True, by="olga"),)),
        ("olga", (Released(by="olga"),)),
        ("olga", (Held(hold=hold),)),
        ("olga", (Left(display_id=DisplayId("t"), by="olga", role="operator"),)),
        ("bob", (Left(display_id=DisplayId("t"), by="bob", role="author"),)),
        ("nobody", (ended, Shown(display=DISPLAY))),
        ("ada", (Replaced(display_id=DISPLAY.id, text="Hi", was="[b] Ho", by="ada", role="author"),)),
        ("bob", (Queued(ticket=ticket),)),
        ("up", (Registered(id=BannerId("lightning"), name="Lightning [x]"),)),
    ]
    items = [
        HistoryItem(revision=9, at=NOON, by=by, command="show", events=events) for by, events in decisions
    ]

    at, then = local_day_and_time(NOON), local_day_and_time(later(NOON, 1_000))
    assert [
        f"{at} bob a text waits for no yes it was taken back",
        f"{at} olga a text waits for no yes an operator took it out of the line",
        f"{at} ada a text waited too long no operator said yes or no in time",
        f"{at} olga a text was turned down an operator said no",
        f"{at} olga a text got its yes",
        f"{at} bob a text waits for a yes",
        f"{at} olga texts need no yes",
        f"{at} olga texts need a yes",
        f"{at} olga released",
        f"{at} olga on hold: [red] wind",
        f"{at} olga one left the line an operator took it out of the line",
        f"{at} bob one left the line it was taken back",
        f"{at} ada “[bold] Hello 👋” shows",
        f"{then} ada “[bold] Hello 👋” is over its time was up, confirmed for 1.0 s",
        f"{at} ada “[b] Ho” reads “Hi”",
        f"{at} bob “[i] Next” waits in line",
        f"{at} up registered as Lightning [x]",
    ] == [" ".join(row) for row in rows(of_history(items))]


def test_what_waits_for_a_yes_is_listed_with_the_id_by_which_it_is_said() -> None:
    views = [
        DisplayView(
            id=DisplayId("d1"),
            state="pending",
            text="[b] Hello",
            by="ada",
            banner=BannerId("lightning"),
            lapses_at=NOON,
        )
    ]

    assert [["d1", "lightning", "ada", "[b]", "Hello", local_time(NOON)]] == rows(of_pending(views))


def test_a_table_that_nobody_looks_at_is_not_squeezed(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("text")
    table.add_row("x" * 120)
    put(table)

    assert "x" * 120 in capsys.readouterr().out
