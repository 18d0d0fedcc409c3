"""Storing reports so that the last one stored is the last one heard, however many instances store.

Two instances may have two reports of a banner at the same time, and one that was handed over again comes
late. So each is stored behind the one that is known to be the newest; and where that was heard later, it is
stored once more behind it. Nothing is left out: readers put reports in order by when they were heard.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import anyio
import msgspec

from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE, OutcomeUnknown, Unreachable
from shared.contracts.hardware import KeptReport
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.keeping import Keep, keep_behind, newest_kept

REMEMBERED_AT_MOST: Final = 100_000
"""Of how many banners an instance remembers the newest report; of others it asks."""

_encoder: Final = msgspec.json.Encoder()
_kept: Final = msgspec.json.Decoder(KeptReport)


class _Last(NamedTuple):
    """The newest report that is stored of a banner; nothing with sequence 0 before the first."""

    sequence: int
    heard_at: Instant
    data: bytes


class Reports:
    """The reports that this instance stores."""

    def __init__(self, mesh: Mesh, *, remembered_at_most: int = REMEMBERED_AT_MOST) -> None:
        self._mesh = mesh
        self._remembered_at_most = remembered_at_most
        # A guess: where it is wrong the stream says so.
        self._last: OrderedDict[BannerId, _Last] = OrderedDict()

    async def keep(self, reports: Iterable[tuple[BannerId, KeptReport]]) -> None:
        """Store reports; those of one banner in this order.

        Raises:
            Unreachable: they cannot be stored now; some may be.
            OutcomeUnknown: nobody said whether they are stored.
        """
        by_banner: dict[BannerId, list[KeptReport]] = {}
        for banner, report in reports:
            by_banner.setdefault(banner, []).append(report)
        failures: list[Exception] = []
        async with anyio.create_task_group() as tasks:
            for each in by_banner.items():
                tasks.start_soon(self._keep_all, *each, failures)
        if failures:
            raise failures[0]

    async def _keep_all(
        self, banner: BannerId, reports: Sequence[KeptReport], failures: list[Exception]
    ) -> None:
        try:
            for report in reports:
                last = await self._keep(banner, _Last(0, report.heard_at, _encoder.encode(report)))
                if last.heard_at > report.heard_at:
                    await self._keep(banner, last)
        except (Unreachable, OutcomeUnknown) as error:
            failures.append(error)

    async def _keep(self, banner: BannerId, report: _Last) -> _Last:
        """Store it; the one that it was stored behind."""
        subject = subjects.reported(banner)
        while True:
            last = self._last.pop(banner, None) or await self._stored(subject)
            sequence = await keep_behind(self._mesh, Keep(subject, report.data), last.sequence)
            if sequence is None:  # somebody else stores as well, or what was remembered is long gone
                continue
            self._last[banner] = report._replace(sequence=sequence)
            if len(self._last) > self._remembered_at_most:
                self._last.popitem(last=False)
            return last

    async def _stored(self, subject: str) -> _Last:
        kept = await newest_kept(self._mesh, streams.REPORTED, subject)
        try:
            heard_at = _kept.decode(kept.data).heard_at
        except UNDECODABLE:  # nothing is stored, or nothing that anybody reads
            heard_at = Instant("")
        return _Last(kept.sequence, heard_at, kept.data)
