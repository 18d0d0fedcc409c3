"""Asking banners: the commands of the banner service as functions, for gateway, expiry and tools alike."""

from typing import Final, TypeVar

import msgspec

from shared.contracts import subjects
from shared.contracts.banner import (
    Accepted,
    BannerCommand,
    BannerRefusal,
    Clear,
    Expire,
    ExpireMany,
    ExpireManyReply,
    Register,
    Show,
)
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.identity import BannerId
from shared.mesh.connection import Mesh
from shared.mesh.services import CODE_HEADER

ANSWER_SECONDS: Final = 5.0

VERBS: Final[dict[type[BannerCommand], str]] = {
    Register: "register",
    Show: "show",
    Clear: "clear",
    Expire: "expire",
}

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_accepted = msgspec.json.Decoder(Accepted)
_expired = msgspec.json.Decoder(ExpireManyReply)
_refusal: msgspec.json.Decoder[BannerRefusal] = msgspec.json.Decoder(BannerRefusal)


class Banners:
    """The banner service from outside.

    Every call raises Unreachable when nobody was asked, and OutcomeUnknown when no answer came.
    """

    def __init__(self, mesh: Mesh, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._ask = mesh.requests.ask
        self._seconds = answer_seconds

    async def command(self, banner: BannerId, command: BannerCommand) -> Accepted | BannerRefusal:
        """Send a command to one banner."""
        subject = subjects.banner(banner, VERBS[type(command)])
        return await self._exchange(subject, _encoder.encode(command), _accepted)

    async def get(self, banner: BannerId) -> Accepted | BannerRefusal:
        """One banner as the store has it now."""
        return await self._exchange(subjects.banner(banner, "get"), b"", _accepted)

    async def expire(self, request: ExpireMany) -> ExpireManyReply | BannerRefusal:
        """Send many expiries at once."""
        return await self._exchange(subjects.expire_many(), _encoder.encode(request), _expired)

    async def _exchange(
        self, subject: str, data: bytes, decoder: msgspec.json.Decoder[T]
    ) -> T | BannerRefusal:
        message = await self._ask(subject, data, timeout=self._seconds)
        try:
            if message.headers and CODE_HEADER in message.headers:
                return _refusal.decode(message.data)
            return decoder.decode(message.data)
        except UNDECODABLE as error:
            expected = f"an answer from {subject} ({error})"
            raise Malformed(expected, found=message.data) from error
