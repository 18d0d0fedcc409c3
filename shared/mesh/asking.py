"""Asking: the commands of one kind of entity as a function, for whoever is not the service itself."""

from typing import Any, Final, Generic, TypeVar

import msgspec

from shared.contracts import refusals, subjects
from shared.contracts.command import Accepted, Command
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.instants import later
from shared.mesh import clock
from shared.mesh.connection import Mesh
from shared.mesh.services import CODE_HEADER

ANSWER_SECONDS: Final = 5.0

StateT = TypeVar("StateT")
RefusalT = TypeVar("RefusalT")
T = TypeVar("T")

HostRefusal = (
    refusals.Malformed
    | refusals.Overloaded
    | refusals.MeshUnavailable
    | refusals.Unknown
    | refusals.Failed
    | refusals.RecordUnreadable
    | refusals.KeyReused
    | refusals.TooLate
    | refusals.Stale
)
"""What a host of any kind may say; what its entity may say comes on top."""

_encoder: Final = msgspec.json.Encoder()


class Asking(Generic[StateT, RefusalT]):
    """One kind of entity from outside: of which state, and refusing with which (union of) refusals.

    Every call raises Unreachable when nobody was asked, OutcomeUnknown when no answer came, and Malformed
    when the answer cannot be read.
    """

    def __init__(
        self,
        mesh: Mesh,
        kind: str,
        state: type[StateT],
        refusal: Any,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._ask = mesh.requests.ask
        self._kind = kind
        self._seconds = answer_seconds
        self._accepted = msgspec.json.Decoder(Accepted[state])  # type: ignore[valid-type]
        self._refusal: msgspec.json.Decoder[RefusalT] = msgspec.json.Decoder(refusal)

    async def command(self, key: str, verb: str, command: Command) -> Accepted[StateT] | RefusalT:
        """Send a command to one entity. Nobody carries it out once we have stopped waiting for the answer."""
        return await self.send(subjects.entity(self._kind, key, verb), command, self._accepted)

    async def send(self, subject: str, command: Command, decoder: msgspec.json.Decoder[T]) -> T | RefusalT:
        """Send a command to anybody, with the instant at which we shall have stopped waiting."""
        not_after = later(clock.now(), round(self._seconds * 1000))
        wish = msgspec.structs.replace(command, not_after=not_after)
        return await self.exchange(subject, _encoder.encode(wish), decoder)

    async def get(self, key: str) -> Accepted[StateT] | RefusalT:
        """One entity as the store has it now."""
        return await self.exchange(subjects.entity(self._kind, key, "get"), b"", self._accepted)

    async def exchange(self, subject: str, data: bytes, decoder: msgspec.json.Decoder[T]) -> T | RefusalT:
        """Send anything else that is answered with a refusal or with what the decoder takes."""
        message = await self._ask(subject, data, timeout=self._seconds)
        try:
            if message.headers and CODE_HEADER in message.headers:
                return self._refusal.decode(message.data)
            return decoder.decode(message.data)
        except UNDECODABLE as error:
            expected = f"an answer from {subject} ({error})"
            raise Malformed(expected, found=message.data) from error
