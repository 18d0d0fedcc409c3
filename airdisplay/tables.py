"""What is here, as tables: the service instances, the banners, and what happened to one."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, assert_never

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from airdisplay.authority.register import Protocol, Register
from airdisplay.wording import (
    HOW,
    confirmed,
    hardware,
    local_day_and_time,
    local_time,
    proof,
    seconds_left,
)
from shared.contracts.banner import (
    ApprovalSet,
    Approved,
    Held,
    Left,
    Queued,
    Registered,
    Released,
    Replaced,
    Shown,
)
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.views import (
    BannerView,
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

_WIDE = 200
_KEY_SHOWN = 12


def of_nodes(nodes: Iterable[Found]) -> Table:
    """Every instance: who it is, since when it serves, and how that went so far."""
    table = Table("service", "instance", "version", "since", box=SIMPLE_HEAD)
    table.add_column("requests", justify="right")
    table.add_column("errors", justify="right")
    for node in sorted(nodes, key=lambda node: (node.name, node.started, node.id)):
        since = local_time(Instant(node.started)) if node.started else "?"
        requests, errors = _sum(node.endpoints, "num_requests"), _sum(node.endpoints, "num_errors")
        table.add_row(node.name, node.id, node.version, since, f"{requests:,}", f"{errors:,}")
    return table


def of_banners(banners: Iterable[BannerView], now: Instant) -> Table:
    """Every banner: what it shows, for how long yet, who waits, why it is on hold, and its hardware."""
    table = Table("banner", "shows", box=SIMPLE_HEAD)
    table.add_column("for", justify="right")
    table.add_column("in line", justify="right")
    table.add_column("confirmed")
    table.add_column("on hold")
    table.add_column("hardware")
    for banner in banners:
        display = banner.display
        text, left = ("", "") if display is None else (display.text, f"{seconds_left(display, now)} s")
        waiting = str(banner.queue_length or "")
        reason = "" if banner.hold is None else banner.hold.reason
        said = confirmed(banner.confirmation).removeprefix("confirmed ")
        table.add_row(banner.id, escape(text), left, waiting, said, escape(reason), escape(hardware(banner)))
    return table


def of_history(items: Iterable[HistoryItem]) -> Table:
    """What happened, as it was told: the newest first, also of what one decision brought about."""
    table = Table("when", "who", "what", "how it ended", box=SIMPLE_HEAD)
    for item in items:
        for event in reversed(item.events):
            what, how = _happened(event)
            table.add_row(local_day_and_time(_at(event, item)), _who(event, item), escape(what), how)
    return table


def of_pending(views: Iterable[DisplayView]) -> Table:
    """Every text that waits for an operator's yes, and the id by which that is said."""
    table = Table("id", "banner", "who", "text", "until", box=SIMPLE_HEAD)
    for view in views:
        until = "" if view.lapses_at is None else local_time(view.lapses_at)
        table.add_row(view.id, view.banner, escape(view.by), escape(view.text), until)
    return table


def of_devices(devices: Register, file_of: Callable[[BannerId, Protocol], Path]) -> Table:
    """All credentials that hardware was given, the oldest of each banner first.

    `file_of` says where the newest of one protocol are put; there they may stay or not.
    """
    table = Table("banner", "protocol", "key", "issued", "revoked", "file", box=SIMPLE_HEAD)
    for banner, issued in sorted(devices.devices.items()):
        newest = {each.protocol: each.key for each in issued}
        for each in issued:
            revoked = "" if each.revoked_at is None else local_day_and_time(each.revoked_at)
            path = file_of(banner, each.protocol)
            there = each.key == newest[each.protocol] and each.revoked_at is None and path.exists()
            key, at = f"{each.key[:_KEY_SHOWN]}…", local_day_and_time(each.issued_at)
            table.add_row(banner, each.protocol, key, at, revoked, str(path) if there else "")
    return table


def put(table: Table) -> None:
    """Onto standard output; not squeezed where nobody looks at columns."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(table)


def _sum(endpoints: Iterable[dict[str, Any]], figure: str) -> int:
    return sum(int(endpoint.get(figure, 0)) for endpoint in endpoints)


def _at(event: HistoryEvent, item: HistoryItem) -> Instant:
    return event.ended_at if isinstance(event, Ended) else item.at


def _who(event: HistoryEvent, item: HistoryItem) -> str:
    """Whose message it is about, where it is about one; else who decided."""
    match event:
        case Shown() | Ended():
            return event.display.by
        case Queued():
            return event.ticket.by
        case _:
            return item.by


def _happened(event: HistoryEvent) -> tuple[str, str]:  # noqa: C901, PLR0911, PLR0912 (one for each)
    """What it was, and how it ended if that is what it was."""
    match event:
        case Registered():
            return f"registered as {event.name}", ""
        case Shown():
            return f"“{event.display.text}” shows", ""
        case Replaced():
            return f"“{event.was}” reads “{event.text}”", ""
        case Ended():
            how = f"{HOW[event.how]}, {proof(event.confirmed_from, event.confirmed_to)}"
            return f"“{event.display.text}” is over", how
        case Queued():
            return f"“{event.ticket.text}” waits in line", ""
        case Left():
            return "one left the line", HOW["left" if event.role == "author" else "removed"]
        case Held():
            return f"on hold: {event.hold.reason}", ""
        case Released():
            return "released", ""
        case ApprovalSet():
            return "texts need a yes" if event.required else "texts need no yes", ""
        case Withheld():
            return "a text waits for a yes", ""
        case Approved():
            return "a text got its yes", ""
        case TurnedDown():
            return "a text was turned down", HOW["rejected"]
        case Forgotten():
            return "a text waited too long", HOW["lapsed"]
        case TakenBack():
            return "a text waits for no yes", HOW["left" if event.role == "author" else "removed"]
        case _:
            assert_never(event)
