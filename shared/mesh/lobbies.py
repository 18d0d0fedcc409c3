"""Asking lobbies: to come in, to leave, and who is there."""

from typing import Final

import msgspec

from shared.contracts import subjects
from shared.contracts.lobby import Admitted, Enter, Gone, Leave, Lobby, LobbyRefusal, PoolId
from shared.mesh.asking import Asking
from shared.mesh.connection import Mesh
from shared.mesh.streams import LOBBIES

# A placement is two commits, and waits for those before it.
ANSWER_SECONDS: Final = 8.0

_admitted = msgspec.json.Decoder(Admitted)
_gone = msgspec.json.Decoder(Gone)


class Lobbies:
    """The lobby service from outside.

    Every call raises Unreachable when nobody was asked, and OutcomeUnknown when no answer came.
    """

    def __init__(self, mesh: Mesh, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._asking: Asking[Lobby, LobbyRefusal] = Asking(
            mesh, LOBBIES.name, Lobby, LobbyRefusal, answer_seconds=answer_seconds
        )

    async def enter(self, pool: PoolId, command: Enter) -> Admitted | LobbyRefusal:
        """Ask for any free banner of a pool."""
        subject = subjects.entity(LOBBIES.name, pool, "enter")
        return await self._asking.send(subject, command, _admitted)

    async def leave(self, pool: PoolId, command: Leave) -> Gone | LobbyRefusal:
        """Wait no more."""
        subject = subjects.entity(LOBBIES.name, pool, "leave")
        return await self._asking.send(subject, command, _gone)
