"""Claims: which command ids were seen, and where, for as long as their callers may send them again.

A record remembers its last few commands. A caller that comes back later than that, with a key of its own,
finds its claim: written before the command's first commit is tried, it says where to look and from which
revision on. So a claim without a commit means only that there is nothing to find.
"""

from typing import Final

import msgspec

from shared.contracts.errors import UNDECODABLE, Conflict, OutcomeUnknown, Unreachable, Unreadable
from shared.contracts.identity import CommandId
from shared.contracts.instants import Instant
from shared.entities.store import Store


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A command was about to be committed to `key`, which was at `revision` then."""

    key: str
    digest: str
    revision: int
    at: Instant


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Claim)


class Claims:
    """The claims on one kind of entity. The store forgets them, after a day at the earliest."""

    def __init__(self, entity: str, store: Store) -> None:
        self._entity = entity
        self._store = store

    async def take(self, command: CommandId, claim: Claim) -> Claim | None:
        """Write a claim, and return None; or the one that is there already.

        Raises:
            Unreachable: the store cannot be asked, or did not answer; nothing was committed.
            Unreadable: what is there is no claim.
        """
        try:
            await self._store.commit(self._key(command), _encoder.encode(claim), 0)
        except Conflict:
            return await self.find(command)
        except OutcomeUnknown as error:  # a claim alone does nothing
            raise Unreachable("the store of claims") from error
        return None

    async def find(self, command: CommandId) -> Claim | None:
        """The claim of a command, or None.

        Raises:
            Unreachable: the store cannot be asked.
            Unreadable: what is there is no claim.
        """
        _, data = await self._store.load(self._key(command), fresh=True)
        if data is None:
            return None
        try:
            return _decoder.decode(data)
        except UNDECODABLE as error:
            raise Unreadable("a claim", found=data) from error

    def _key(self, command: CommandId) -> str:
        return f"{self._entity}.{command}"
