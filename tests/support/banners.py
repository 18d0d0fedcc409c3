"""A banner service inside the test's own process, and banners to ask it about."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from services.banner.service import banner_service
from shared.contracts.banner import Banner, Hold, Register, Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId, CommandId
from shared.contracts.instants import Instant
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh

MINUTE = 60_000
"""How long a display lasts unless a test says otherwise, in milliseconds."""


def new_banner_id() -> BannerId:
    """An id that no other test has."""
    return BannerId(f"b-{uuid4().hex[:12]}")


def new_command_id() -> CommandId:
    """An id for one command."""
    return CommandId(uuid4().hex)


@asynccontextmanager
async def running_banner_service(
    mesh: Mesh,
    *,
    instance: str = "test",
    ttl_ms: int = MINUTE,
    now: Callable[[], Instant] = clock.now,
) -> AsyncGenerator[Banners]:
    """Serve banners on this mesh until the block is left; yields what asks them, over the same connection."""
    async with banner_service(mesh, instance=instance, ttl_ms=ttl_ms, replicas=1, now=now):
        yield Banners(mesh)


async def registered(banners: Banners, banner: BannerId | None = None) -> BannerId:
    """A banner that is there, with nothing on it."""
    banner = banner or new_banner_id()
    assert isinstance(await banners.command(banner, Register()), Accepted)
    return banner


async def shown(
    banners: Banners, banner: BannerId, text: str = "Hello", *, by: str = "ada"
) -> Accepted[Banner]:
    """Put a text on a free banner; the answer to that."""
    answer = await banners.command(banner, Show(id=new_command_id(), text=text, by=by))
    assert isinstance(answer, Accepted)
    return answer


async def queued(
    banners: Banners, banner: BannerId, text: str = "Next", *, by: str = "bob"
) -> Accepted[Banner]:
    """Let a text wait for its turn; the answer to that."""
    answer = await banners.command(banner, Show(id=new_command_id(), text=text, by=by, when="queue"))
    assert isinstance(answer, Accepted)
    return answer


async def held(banners: Banners, banner: BannerId, reason: str = "wind") -> Accepted[Banner]:
    """Hold a banner, as an operator; the answer to that."""
    answer = await banners.command(banner, Hold(reason=reason, by="olga", role="operator"))
    assert isinstance(answer, Accepted)
    return answer
