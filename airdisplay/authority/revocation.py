"""Telling the nats-servers what was revoked: from then on they refuse it, and cut off who came with it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
from anyio import to_thread

from airdisplay.authority.authority import Authority
from shared.contracts.errors import AirDisplayError, OutcomeUnknown, Unreachable
from shared.mesh.accounts import update_account
from shared.mesh.connection import Mesh, Nats, open_mesh

# A server asks the others about an account that it does not know for two seconds, before it refuses.
_CONNECT_SECONDS: Final = 5.0


class NotTold(AirDisplayError):
    """Raised when what was revoked stands in the register, and no server knows of it."""

    def __init__(self, why: AirDisplayError) -> None:
        super().__init__(
            f"no nats-server knows of it yet ({why}): "
            "it will when it starts next with this data directory, or when this is done again"
        )


async def tell(url: str, authority: Authority, *, ca: Path | None = None) -> list[str]:
    """Tell the servers the account as it is now; returns the names of those that took it.

    Raises:
        NotTold: none did.
        NotFit: the account cannot be signed, for its key is elsewhere, or a server will not have it.
    """
    where = Nats(url=url, credentials=authority.system(), ca=ca)
    # Servers take what they are told last, even if it is older: so it is read and told by one at a time.
    async with _alone(authority):
        token = authority.account_jwt()
        try:
            async with _connected(where) as mesh:
                return await update_account(mesh, token)
        except (Unreachable, OutcomeUnknown) as error:
            raise NotTold(error) from error


@asynccontextmanager
async def _alone(authority: Authority) -> AsyncGenerator[None]:
    telling = authority.telling()
    await to_thread.run_sync(telling.__enter__)
    try:
        yield
    finally:
        telling.__exit__(None, None, None)


@asynccontextmanager
async def _connected(where: Nats) -> AsyncGenerator[Mesh]:
    """A connection, if there is a server.

    Raises:
        Unreachable: there is none.
    """
    with anyio.CancelScope(deadline=anyio.current_time() + _CONNECT_SECONDS) as connecting:
        async with open_mesh(where, name="airdisplay-revoke") as mesh:
            connecting.deadline = float("inf")
            yield mesh
    if connecting.cancelled_caught:
        raise Unreachable(f"NATS at {where.url}")
