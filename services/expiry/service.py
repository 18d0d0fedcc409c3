"""The shell of the schedule: follow the log, sleep to the next deadline, ask for the expiry, cover for peers.

Everything it knows comes from the log, so a restarted instance knows it again at once. A dead one costs
promptness and nothing else: whoever reads a display honours its deadline without being told.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio
import msgspec
import structlog

from services.expiry.lateness import Lateness
from services.expiry.schedule import Deadline, Schedule
from shared.contracts import subjects
from shared.contracts.banner import (
    EXPIRIES_AT_MOST,
    ExpireMany,
    ExpireManyReply,
    Expiry,
    ExpiryOutcome,
)
from shared.contracts.errors import UNDECODABLE, Malformed, OutcomeUnknown, Unreachable
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, epoch_ms
from shared.mesh import clock, streams
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry, Feed, follow
from shared.mesh.peers import COVER_MS, Peers
from shared.mesh.services import Service, serve
from shared.mesh.skew import known_skew

NAME: Final = "expiry"

_RETRY_MS: Final = 50
_AFTER_FAILURE_MS: Final = 250
# Deadlines that come up together go out together: under load many in one request instead of one in each.
_GATHER_SECONDS: Final = 0.008
_UNDER_WAY_AT_MOST: Final = 8

_DONE: Final = {"expired", "not-showing", "unknown-banner"}

log = structlog.get_logger()


class _Display(msgspec.Struct):
    id: DisplayId
    until: Instant


class _State(msgspec.Struct):
    display: _Display | None = None


class _Event(msgspec.Struct):
    type: str
    until: Instant | None = None


class _Record(msgspec.Struct):
    """As much of a banner's record as deadlines need; the rest is skipped unread."""

    at: Instant
    state: _State
    events: tuple[_Event, ...] = ()


_decoder = msgspec.json.Decoder(_Record)


class ExpiryService:
    """One instance: its schedule, its peers, and what it asks for."""

    def __init__(self, mesh: Mesh, instance: str) -> None:
        self._mesh = mesh
        self._banners = Banners(mesh)
        self._instance = instance
        self.peers = Peers(mesh, NAME, instance)
        self._schedule = Schedule()
        self._changed = anyio.Event()
        self._limit = anyio.Semaphore(_UNDER_WAY_AT_MOST)
        self._failing = False
        self.lateness = Lateness()

    def facts(self) -> dict[str, Any]:
        """What stands in the statistics of the service."""
        return {
            "lateness": self.lateness.facts(),
            "scheduled": len(self._schedule),
            "peers": len(self.peers),
        }

    async def follow(self, feed: Feed) -> None:
        """Keep the schedule as the log has it; never returns."""
        async for entries in feed:
            live = feed.caught_up.is_set()
            earliest = self._schedule.next()
            for entry in entries:
                self._learn(entry, live=live)
            if self._schedule.next() != earliest:
                self._changed.set()

    async def act(self) -> None:
        """Ask for each expiry when its time has come; never returns."""
        async with anyio.create_task_group() as tasks:
            while True:
                await self._until_something_is_due()
                taken = self._schedule.due(_now_ms(), at_most=EXPIRIES_AT_MOST)
                mine = [deadline for deadline in taken if self._is_mine(deadline)]
                if mine:
                    await self._limit.acquire()
                    tasks.start_soon(self._expire, mine)
                    await anyio.sleep(_GATHER_SECONDS)

    def _learn(self, entry: Entry, *, live: bool) -> None:
        banner = BannerId(subjects.key_of(entry.subject))
        try:
            record = _decoder.decode(entry.data)
        except UNDECODABLE as error:  # a deleted key, or nothing of ours: no deadline in it
            if entry.data:
                log.error("record unreadable", banner=banner, problem=str(error))
            self._schedule.drop(banner)
            return
        if live:
            self._observe(record)
        display = record.state.display
        if display is None:
            self._schedule.drop(banner)
        else:
            due = epoch_ms(display.until)
            self._schedule.put(Deadline(due, banner, display.id, due))

    def _observe(self, record: _Record) -> None:
        for event in record.events:
            if event.type == "expired" and event.until is not None:
                self.lateness.observe(epoch_ms(record.at) - epoch_ms(event.until))

    async def _until_something_is_due(self) -> None:
        while (at := self._schedule.next()) is None or at > _now_ms():
            seconds = None if at is None else (at - _now_ms()) / 1000
            with anyio.move_on_after(seconds):
                await self._changed.wait()
            self._changed = anyio.Event()

    def _is_mine(self, deadline: Deadline) -> bool:
        """Whether to act now; what a peer should do first is looked at again a little later."""
        if deadline.at > deadline.due:
            return True
        before = self.peers.rank(deadline.banner)
        if before == 0:
            return True
        self._schedule.again(deadline, at=deadline.due + before * COVER_MS)
        return False

    async def _expire(self, deadlines: list[Deadline]) -> None:
        try:
            outcomes = await self._ask(deadlines)
        finally:
            self._limit.release()
        now = _now_ms()
        for deadline, outcome in zip(deadlines, outcomes, strict=True):
            if outcome is None:
                self._schedule.again(deadline, at=now + _AFTER_FAILURE_MS)
            elif outcome.outcome not in _DONE:
                self._schedule.again(deadline, at=now + _RETRY_MS)
        self._changed.set()

    async def _ask(self, deadlines: list[Deadline]) -> list[ExpiryOutcome] | list[None]:
        request = ExpireMany(
            tuple(Expiry(deadline.banner, deadline.display) for deadline in deadlines),
            by=f"{NAME}-{self._instance}",
        )
        try:
            reply = await self._banners.expire(request)
        except (Unreachable, OutcomeUnknown, Malformed) as error:
            self._complain(str(error))
            return [None] * len(deadlines)
        if isinstance(reply, ExpireManyReply):
            self._failing = False
            return list(reply.outcomes)
        self._complain(reply.detail)
        return [None] * len(deadlines)

    def _complain(self, reason: str) -> None:
        """Say once that nothing gets done, however often it is tried."""
        if not self._failing:
            log.warning("expiries fail, trying again and again", reason=reason)
        self._failing = True


def _now_ms() -> int:
    return epoch_ms(clock.now())


@asynccontextmanager
async def expiry_service(mesh: Mesh, *, instance: str) -> AsyncGenerator[None]:
    """Make deadlines happen until the block is left.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    await streams.until_there(mesh, [streams.BANNERS.stream])
    expiry = ExpiryService(mesh, instance)
    everything = streams.BANNERS.everything
    async with (
        known_skew(mesh) as skew,
        serve(
            mesh,
            Service(
                name=NAME,
                instance=instance,
                description="makes deadlines happen",
                facts=lambda: {**expiry.facts(), **skew.facts()},
            ),
        ),
        follow(mesh, streams.BANNERS.stream, everything) as feed,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(expiry.follow, feed)
        tasks.start_soon(expiry.peers.run)
        await feed.caught_up.wait()
        tasks.start_soon(expiry.act)
        yield
        tasks.cancel_scope.cancel()
