"""How several instances of a service share work without asking one another: by rendezvous hashing.

For every key each instance has a weight; the heaviest acts first, the next one a little later if nothing has
happened by then, and so on. When an instance comes or goes, only its own share moves.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import anyio
import structlog

from shared.contracts.errors import Unreachable
from shared.mesh.connection import Mesh
from shared.mesh.services import discover

COVER_MS: Final = 250
"""How much later each further instance acts where it sees that nothing has been done."""

_POLL_SECONDS: Final = 1.0
_POLLS_REMEMBERED: Final = 3

log = structlog.get_logger()


class Peers:
    """The instances of a service that answer, this one among them."""

    def __init__(self, mesh: Mesh, service: str, instance: str) -> None:
        self._mesh = mesh
        self._service = service
        self._instance = instance
        self._peers: set[str] = {instance}

    def __len__(self) -> int:
        return len(self._peers)

    def rank(self, key: str) -> int:
        """How many of the others come before this instance for that key."""
        return rank(self._instance, self._peers, key)

    async def run(self) -> None:
        """Keep track of who is there; never returns."""
        polls: list[set[str]] = []
        while True:
            found = await self._poll()
            polls = [*polls, found][-_POLLS_REMEMBERED:]
            peers = {self._instance}.union(*polls)
            if peers != self._peers:
                log.info("peers", count=len(peers))
            self._peers = peers
            await anyio.sleep(_POLL_SECONDS)

    async def _poll(self) -> set[str]:
        try:
            return {found.id for found in await discover(self._mesh, "PING", self._service)}
        except Unreachable:
            return set()


def rank(instance: str, peers: Iterable[str], key: str) -> int:
    """How many of the peers come before this instance for that key; 0 means that it acts first."""
    own = _weight(instance, key)
    return sum(1 for peer in peers if peer != instance and _weight(peer, key) > own)


def _weight(instance: str, key: str) -> bytes:
    return hashlib.blake2b(f"{key} {instance}".encode(), digest_size=8).digest()
