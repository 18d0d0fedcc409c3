"""The intake as a service: reads what hardware says, keeps what is as agreed, counts what is not.

Any number of instances share what there is to read. What was said is acknowledged only after it is kept, so
whatever dies in between, a report comes again; what is measured may be lost where a stream gets another
leader at that moment, and the next value makes up for it.
"""

import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, NamedTuple

import anyio
import structlog

from services.intake import looking
from services.intake.budget import Allowance, Budgets
from services.intake.kinds import Kinds
from services.intake.looking import About, NotKept, Reason
from services.intake.offenders import Offenders
from services.intake.registered import Registered, registered_banners
from services.intake.reports import Reports
from shared.contracts import subjects
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.hardware import KeptReport
from shared.contracts.identity import BannerId
from shared.contracts.telemetry import AT_HEADER, KINDS_AT_MOST
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.keeping import Keep, keep_together
from shared.mesh.services import Service, serve
from shared.mesh.skew import known_skew
from shared.mesh.work import Piece, Work, work

NAME: Final = "intake"

_NEEDED: Final = (streams.BANNERS.stream, streams.INTAKE, streams.REPORTED, streams.TELEMETRY)

REPORTS: Final = Allowance(at_once=50, a_second=10)
"""How many reports of one banner are kept, by each instance."""
VALUES: Final = Allowance(at_once=100, a_second=20)
"""How many measured values of one banner are kept, of all kinds together, by each instance."""
LATER_AT_MOST: Final = 10_000
"""How many banners and kinds may have a value that is kept once the budget has it."""
WORST: Final = 10
"""How many of those are named that most is refused of."""

_LATER_SECONDS: Final = 0.1
_PAUSE_SECONDS: Final = 0.1
_FINISH_SECONDS: Final = 5.0
_FORGET_SECONDS: Final = 600.0
_SAY_SECONDS: Final = 60.0

log = structlog.get_logger()


class Good(NamedTuple):
    """Something that may be kept: about whom, the piece that it came as, and the report if it is one."""

    about: About
    piece: Piece
    report: KeptReport | None


class Intake:
    """One instance."""

    def __init__(self, mesh: Mesh, share: Work, registered: Registered) -> None:
        self._mesh = mesh
        self._share = share
        self._registered = registered
        self._stored = Reports(mesh)
        self._reports: Budgets[BannerId] = Budgets(REPORTS)
        self._values: Budgets[BannerId] = Budgets(VALUES)
        self._kinds = Kinds()
        # The newest of what was over the budget, of each banner and kind: kept as soon as the budget has it.
        self._later: dict[About, Good] = {}
        self._busy = anyio.Lock()
        self._finished = anyio.Event()
        self._counts: Counter[str] = Counter()
        self._refused: Counter[Reason] = Counter()
        self._refused_most: Offenders[str] = Offenders()
        self._over_budget_most: Offenders[str] = Offenders()
        self._said = -_SAY_SECONDS

    async def run(self) -> None:
        """Read until it shall finish; survives restarts of the server and of the connection."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_later)
            tasks.start_soon(self._forget)
            async for pieces in self._share:
                async with self._busy:
                    await self._take(pieces)
            async with self._busy:
                tasks.cancel_scope.cancel()
        await self._keep(list(self._later.values()))
        self._finished.set()

    async def finish(self) -> None:
        """Take nothing more, and keep what is in hand, as far as that is possible in a few seconds."""
        with anyio.move_on_after(_FINISH_SECONDS, shield=True):
            await self._share.end()
            await self._finished.wait()

    def facts(self) -> Mapping[str, Any]:
        """What stands in the statistics of the service."""
        return {
            "kept": self._counts["kept"],
            "kept_reports": self._counts["reports"],
            "refused": {reason.value: self._refused[reason] for reason in Reason},
            "refused_most": self._refused_most.most(WORST),
            "over_budget": self._counts["over-budget"],
            "over_budget_most": self._over_budget_most.most(WORST),
            "waiting": len(self._later),
            "registered": len(self._registered),
            "with_open_kinds": len(self._kinds),
            "resumed": self._share.resumed,
        }

    async def _take(self, pieces: Sequence[Piece]) -> None:
        if any(self._is_unknown(piece.subject) for piece in pieces):
            await _surely(self._registered.catch_up)
        now = time.monotonic()
        within: list[Good] = []
        done: list[Piece] = []
        for piece in pieces:
            good = self._looked_at(piece, now)
            if good is None:
                done.append(piece)
            elif self._may(good, now):
                within.append(good)
                done += self._not_later(good.about)
            else:
                done += self._put_off(good)
        await self._keep(within)
        await self._share.done(done)

    def _is_unknown(self, subject: str) -> bool:
        """Whether it is said of a banner that was not registered yet, as far as this instance knows."""
        return subjects.of_whom(subject) not in self._registered

    def _looked_at(self, piece: Piece, now: float) -> Good | None:
        """What may be kept; None for what is refused. Nothing that is said stands in the way of the next."""
        banner = subjects.of_whom(piece.subject)
        try:
            return self._look_at(piece, now)
        except NotKept as refused:
            self._refuse(banner, piece, refused.reason, str(refused))
        except Exception as error:  # noqa: BLE001 (whatever it is, it comes again for ever unless it is refused)
            self._refuse(banner, piece, Reason.UNFORESEEN, repr(error))
        return None

    def _look_at(self, piece: Piece, now: float) -> Good:
        about = looking.about(piece.subject)
        if about.banner not in self._registered:
            raise NotKept(Reason.UNKNOWN_BANNER, "nobody has registered it")
        if not about.kind:
            return Good(about, piece, looking.report(piece.data, piece.at))
        looking.value(about.kind, piece.data)
        if not self._kinds.takes(about.banner, about.kind, now):
            raise NotKept(Reason.TOO_MANY_KINDS, f"{KINDS_AT_MOST} are kept")
        return Good(about, piece, None)

    def _may(self, good: Good, now: float) -> bool:
        budgets = self._values if good.report is None else self._reports
        return budgets.take(good.about.banner, now)

    def _put_off(self, good: Good) -> list[Piece]:
        """Keep it later, unless something newer comes before that; what is done with by that."""
        self._over_budget_most.count(good.about.banner)
        done = self._not_later(good.about)
        if good.report is not None:
            self._later[good.about] = good  # it is done only once it is kept
            return done
        if len(self._later) < LATER_AT_MOST:
            self._later[good.about] = good
        else:
            self._counts["over-budget"] += 1
        return [*done, good.piece]

    def _not_later(self, about: About) -> list[Piece]:
        """What was put off is not kept, because something newer is there; what is done with by that."""
        older = self._later.pop(about, None)
        if older is None:
            return []
        self._counts["over-budget"] += 1
        return [older.piece] if older.report is not None else []

    async def _keep_later(self) -> None:
        """Keep what was put off, as soon as there is budget for it; never returns."""
        while True:
            await anyio.sleep(_LATER_SECONDS)
            if not self._later:
                continue
            async with self._busy:
                now = time.monotonic()
                due = [good for good in self._later.values() if self._may(good, now)]
                for good in due:
                    del self._later[good.about]
                await self._keep(due)

    async def _keep(self, goods: Sequence[Good]) -> None:
        """Store these, however long that takes, and have done with them."""
        values = [
            Keep(
                subjects.measured(good.about.banner, good.about.kind),
                good.piece.data,
                {AT_HEADER: good.piece.at},
            )
            for good in goods
            if good.report is None
        ]
        reports = [(good.about.banner, good.report) for good in goods if good.report is not None]
        if values:
            await _surely(partial(keep_together, self._mesh, values))
        if reports:
            await _surely(partial(self._stored.keep, reports))
        self._counts["kept"] += len(goods)
        self._counts["reports"] += len(reports)
        await self._share.done(good.piece for good in goods)

    def _refuse(self, banner: str, piece: Piece, reason: Reason, problem: str) -> None:
        """Count it, and say so now and then: who sends nonsense sends much of it."""
        self._refused[reason] += 1
        self._refused_most.count(banner)
        now = time.monotonic()
        if now - self._said >= _SAY_SECONDS:
            self._said = now
            so_far = sum(self._refused.values())
            log.warning("refused", of=piece.subject, reason=reason.value, problem=problem, so_far=so_far)

    async def _forget(self) -> None:
        while True:
            await anyio.sleep(_FORGET_SECONDS)
            self._kinds.forget(time.monotonic())


async def _surely(store: Callable[[], Awaitable[object]]) -> None:
    """Try for as long as it takes: what comes while the server is away stays where it is."""
    while True:
        try:
            await store()
        except (Unreachable, OutcomeUnknown) as error:
            log.debug("trying again", reason=str(error))
            await anyio.sleep(_PAUSE_SECONDS)
        else:
            return


@asynccontextmanager
async def intake_service(mesh: Mesh, *, instance: str) -> AsyncGenerator[None]:
    """Look at what hardware says until the block is left.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    await streams.until_there(mesh, _NEEDED)
    async with (
        known_skew(mesh) as skew,
        registered_banners(mesh) as registered,
        work(mesh, streams.INTAKE, NAME) as share,
    ):
        intake = Intake(mesh, share, registered)
        service = Service(
            NAME,
            instance,
            "looks at what hardware says",
            facts=lambda: {**intake.facts(), **skew.facts()},
        )
        async with serve(mesh, service), anyio.create_task_group() as tasks:
            tasks.start_soon(intake.run)
            try:
                yield
            finally:
                await intake.finish()
                tasks.cancel_scope.cancel()
