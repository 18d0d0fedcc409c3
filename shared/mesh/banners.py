"""Asking banners: the commands of the banner service as functions, for gateway, expiry and tools alike."""

from typing import Final

import msgspec

from shared.contracts import subjects
from shared.contracts.banner import (
    Approve,
    Banner,
    BannerCommand,
    BannerRefusal,
    Clear,
    Expire,
    ExpireMany,
    ExpireManyReply,
    Hold,
    Register,
    Reject,
    Release,
    Replace,
    SetApproval,
    Show,
)
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.asking import ANSWER_SECONDS, Asking
from shared.mesh.connection import Mesh
from shared.mesh.streams import BANNERS

VERBS: Final[dict[type[BannerCommand], str]] = {
    Register: "register",
    Show: "show",
    Replace: "replace",
    Clear: "clear",
    Expire: "expire",
    Hold: "hold",
    Release: "release",
    SetApproval: "set-approval",
    Approve: "approve",
    Reject: "reject",
}

_encoder = msgspec.json.Encoder()
_expired = msgspec.json.Decoder(ExpireManyReply)


class Banners:
    """The banner service from outside.

    Every call raises Unreachable when nobody was asked, and OutcomeUnknown when no answer came.
    """

    def __init__(self, mesh: Mesh, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._asking: Asking[Banner, BannerRefusal] = Asking(
            mesh, BANNERS.name, Banner, BannerRefusal, answer_seconds=answer_seconds
        )

    async def command(self, banner: BannerId, command: BannerCommand) -> Accepted[Banner] | BannerRefusal:
        """Send a command to one banner."""
        return await self._asking.command(banner, VERBS[type(command)], command)

    async def get(self, banner: BannerId) -> Accepted[Banner] | BannerRefusal:
        """One banner as the store has it now."""
        return await self._asking.get(banner)

    async def expire(self, request: ExpireMany) -> ExpireManyReply | BannerRefusal:
        """Send many expiries at once."""
        return await self._asking.exchange(subjects.expire_many(), _encoder.encode(request), _expired)
