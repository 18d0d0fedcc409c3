"""What is here, as tables: the service instances, and the banners."""

from collections.abc import Iterable
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from airdisplay.wording import local_time, seconds_left
from shared.contracts.instants import Instant
from shared.contracts.views import BannerView
from shared.mesh.services import Found

_WIDE = 200


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
    """Every banner: what it shows, for how long yet, and whether its hardware is there."""
    table = Table("banner", "shows", box=SIMPLE_HEAD)
    table.add_column("for", justify="right")
    table.add_column("hardware")
    for banner in banners:
        display = banner.display
        text, left = ("", "") if display is None else (display.text, f"{seconds_left(display, now)} s")
        table.add_row(banner.id, escape(text), left, banner.presence)
    return table


def put(table: Table) -> None:
    """Onto standard output; not squeezed where nobody looks at columns."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(table)


def _sum(endpoints: Iterable[dict[str, Any]], figure: str) -> int:
    return sum(int(endpoint.get(figure, 0)) for endpoint in endpoints)
