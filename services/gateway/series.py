"""What was measured on a banner: the newest of each kind, and one kind over time."""

from collections.abc import Iterator, Sequence
from typing import Final

import anyio
import structlog

from shared.contracts import subjects
from shared.contracts.errors import Malformed, Unreachable
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.telemetry import SPELLED_OUT, checked
from shared.contracts.views import Reading, TelemetryItem, TelemetryPage
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry
from shared.mesh.newest import TooMany, newest, taken_at
from shared.mesh.stretch import last, stretch

KINDS_AT_MOST: Final = 32
"""How many kinds are told together; those that are spelt out come first."""

_DAY: Final = 24 * 60 * 60
_LATEST_SECONDS: Final = 0.3

log = structlog.get_logger()


class Series:
    """What is measured on all banners, kept by the mesh for a day."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh

    async def beside(self, banner: BannerId) -> dict[str, Reading] | None:
        """The newest of each kind, to stand beside something else: None when it cannot be had at once."""
        with anyio.move_on_after(_LATEST_SECONDS):
            try:
                return {item.kind: Reading(item.at, item.value) for item in await self.newest(banner)}
            except Unreachable as error:
                log.warning("telemetry cannot be looked for", reason=str(error))
        return None

    async def newest(self, banner: BannerId, since: Instant | None = None) -> tuple[TelemetryItem, ...]:
        """The newest of each kind, by kind; none that was measured before `since`.

        Raises:
            Unreachable: nobody can be asked now.
        """
        try:
            look = await newest(self._mesh, streams.TELEMETRY, [subjects.measured(banner, "*")], after=0)
        except TooMany:
            known = [subjects.measured(banner, kind) for kind in SPELLED_OUT]
            look = await newest(self._mesh, streams.TELEMETRY, known, after=0)
        items = sorted(
            _items(look.entries, since), key=lambda item: (item.kind not in SPELLED_OUT, item.kind)
        )
        return tuple(sorted(items[:KINDS_AT_MOST], key=lambda item: item.kind))

    async def page(
        self, banner: BannerId, kind: str, *, since: Instant | None, cursor: int | None, limit: int
    ) -> TelemetryPage:
        """Values of one kind, the oldest first: those from `since` on, or after a page; else the last ones.

        Raises:
            Unreachable: nobody can be asked now.
        """
        subject = subjects.measured(banner, kind)
        start = cursor or since
        if start is None:
            entries = await last(self._mesh, streams.TELEMETRY, subject, at_most=limit, seconds=_DAY)
            return TelemetryPage(tuple(_items(entries, None)), None)
        found = await stretch(self._mesh, streams.TELEMETRY, subject, start=start, at_most=limit)
        more = str(found.entries[-1].sequence + 1) if found.left else None
        return TelemetryPage(tuple(_items(found.entries, since)), more)


def _items(entries: Sequence[Entry], since: Instant | None) -> Iterator[TelemetryItem]:
    """What the entries say; one that was measured before, and kept after, was not asked for."""
    for entry in entries:
        at = taken_at(entry)
        if since is not None and at < since:
            continue
        try:
            kind = subjects.parse_measured(entry.subject).kind
            yield TelemetryItem(kind=kind, at=at, value=checked(kind, entry.data))
        except Malformed as error:
            log.debug("telemetry passed over", subject=entry.subject, problem=str(error))
