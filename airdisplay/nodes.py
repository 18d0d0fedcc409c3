"""Who is here: the instances that answer the NATS services protocol."""

from contextlib import AsyncExitStack
from typing import Final

import anyio

from airdisplay.asking import Missing
from shared.mesh.connection import Nats, open_mesh
from shared.mesh.services import Found
from shared.mesh.services import discover as ask_everyone

# A server asks the others about an account that it does not know for two seconds, before it refuses.
_CONNECT_SECONDS: Final = 5.0


async def discover(nats: Nats) -> list[Found]:
    """Every instance, with its statistics.

    Raises:
        Missing: there is no NATS.
    """
    async with AsyncExitStack() as stack:
        with anyio.move_on_after(_CONNECT_SECONDS):
            mesh = await stack.enter_async_context(open_mesh(nats, name="airdisplay-nodes"))
            return await ask_everyone(mesh, "STATS")
    raise Missing(f"NATS at {nats.url}")
