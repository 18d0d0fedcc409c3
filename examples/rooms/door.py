"""The door: finds a room for a stranger, and brings together those who wait alone.

Each try at a room is written down before it is made: which room, and at which revision. Such a try succeeds
right after that revision or never, whoever makes it and how often. So a stranger has one line of tries,
whichever instance goes on with it, and ends up in one room.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

import anyio
import msgspec
import structlog

from examples.rooms.entity import ROOM, Enter, Room, RoomCommand, RoomEvent, SendOn, Settle
from examples.rooms.known import Known, Waiting
from shared.contracts import subjects
from shared.contracts.command import Command
from shared.contracts.errors import AirDisplayError, Unreadable
from shared.contracts.identity import CommandId, command_id_from
from shared.contracts.refusals import Refusal, TooLate
from shared.entities.claims import Claim, Claims
from shared.entities.entity import Order
from shared.entities.records import Codec
from shared.entities.repository import Refused, Repository
from shared.mesh import clock
from shared.mesh.follow import Entry, Feed
from shared.mesh.hosting import decoded

NAME: Final = "room"
TRIES: Final = "try"
"""Tries are claimed under another name than the commands of strangers, because both have ids."""
ENTER: Final = subjects.entity(NAME, "any", "enter")

_PAUSE_SECONDS: Final = 0.1

log = structlog.get_logger()

Chance = Callable[[Sequence[Waiting]], Waiting]


class EnterAny(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A room, please, with somebody in it if there is one. The id names the stranger from now on."""


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """In this room, which looked like this then."""

    stranger: str
    room: str
    revision: int
    state: Room


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(EnterAny)
_codec = Codec(ROOM)


class Door:
    """One instance's door; all doors lead to the same rooms."""

    def __init__(
        self,
        rooms: Repository[Room, RoomCommand, RoomEvent],
        claims: Claims,
        chance: Chance = secrets.choice,
    ) -> None:
        self.known = Known()
        self._rooms = rooms
        self._claims = claims
        self._chance = chance
        self._changed = anyio.Event()

    async def on_enter(self, _subject: str, data: bytes) -> bytes | Refusal:
        """Find a room for whoever asks."""
        wish = decoded(_decoder, data)
        if wish.not_after is not None and clock.now() > wish.not_after:
            return TooLate(not_after=wish.not_after)
        return _encoder.encode(await self.enter(wish.id or CommandId(f"s-{secrets.token_hex(8)}")))

    async def enter(self, stranger: str, *, sent_on_from: str | None = None) -> Seated:
        """Put a stranger into a room, unless they are in one that they were not sent on from.

        Raises:
            Unreachable, OutcomeUnknown: as the store does; call it again, it goes on where it was.
        """
        seated: Seated | None = None
        tries = 0
        while True:
            name = command_id_from(stranger, str(tries), home=NAME)
            claim = await self._claims.find(name)
            if claim is None and seated is not None and seated.room != sent_on_from:
                return seated
            claim = claim or await self._claim(name)
            seated = await self._try(stranger, name, claim) or seated
            tries += 1

    async def follow(self, feed: Feed) -> None:
        """Know the rooms as the log has them; never returns."""
        async for entries in feed:
            for entry in entries:
                self._learn(entry)
            self._changed.set()

    async def keep_together(self) -> None:
        """See to it that nobody waits alone while another does; never returns."""
        while True:
            while not self.known.apart:
                await self._changed.wait()
                self._changed = anyio.Event()
            try:
                await self.bring_together()
            except AirDisplayError as error:
                log.warning("some wait alone, trying again", reason=str(error))
                await anyio.sleep(_PAUSE_SECONDS)

    async def bring_together(self) -> None:
        """Finish what was begun, by whomever, and send the one on who came last.

        Only ever the last one, so that two who wait are never sent to where the other was.
        """
        for room, stranger in self.known.on_the_way:
            await self._bring(room, stranger)
        if len(waiting := self.known.waiting) > 1:
            await self._send_on(waiting[-1])

    async def _claim(self, name: CommandId) -> Claim:
        """What to try: a room with one in it, or a new one; or what another instance has chosen meanwhile."""
        waiting = self.known.waiting
        if waiting:
            chosen = self._chance(waiting)
            room, revision = chosen.room, chosen.revision
        else:
            room, revision = f"r-{secrets.token_hex(8)}", 0
        claim = Claim(key=room, digest="", revision=revision, at=clock.now())
        return await self._claims.take(name, claim) or claim

    async def _try(self, stranger: str, name: CommandId, claim: Claim) -> Seated | None:
        """Enter the room at the revision that was claimed; None when that can never be any more."""
        order: Order[RoomCommand] = Order(
            verb="enter", command=Enter(stranger), by=stranger, id=name, revision=claim.revision
        )
        outcome = await self._rooms.execute(claim.key, order)
        self.known.outdated(claim.key, claim.revision)
        if isinstance(outcome, Refused):
            return None
        state = outcome.record.state
        return Seated(stranger=stranger, room=claim.key, revision=outcome.revision, state=state)

    async def _send_on(self, alone: Waiting) -> None:
        order: Order[RoomCommand] = Order(
            verb="send-on", command=SendOn(alone.stranger), by=NAME, revision=alone.revision
        )
        outcome = await self._rooms.execute(alone.room, order)
        self.known.outdated(alone.room, alone.revision)
        if not isinstance(outcome, Refused):
            await self._bring(alone.room, alone.stranger)

    async def _bring(self, room: str, stranger: str) -> None:
        seated = await self.enter(stranger, sent_on_from=room)
        order: Order[RoomCommand] = Order(verb="settle", command=Settle(stranger, seated.room), by=NAME)
        await self._rooms.execute(room, order)  # refused when another instance has said so already
        self.known.arrived(room)

    def _learn(self, entry: Entry) -> None:
        room = subjects.key_of(entry.subject)
        try:
            self.known.learn(room, entry.sequence, _codec.decode(entry.data).state)
        except Unreadable as error:  # deleted, or nothing of ours: no room to go to
            log.error("record unreadable", room=room, problem=str(error))
            self.known.learn(room, entry.sequence, Room())
