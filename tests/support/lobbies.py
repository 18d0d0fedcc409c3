"""A lobby service inside the test's own process, the hardware that it looks for, and people who come in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import msgspec

from services.lobby.places import Choose
from services.lobby.service import LobbyService, lobby_service
from shared.contracts import subjects
from shared.contracts.banner import Banner, Display, OnHold, Register
from shared.contracts.command import Accepted
from shared.contracts.hardware import Presence
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.lobby import Assignment, LobbyTicket, Place, PoolId, pool_of
from shared.mesh import clock
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from tests.support.banners import new_banner_id
from tests.support.clock import NOON
from tests.support.waiting import until


def first(_number: int) -> int:
    """Chance, for tests that want to know what comes of it."""
    return 0


@asynccontextmanager
async def running_lobby_service(
    mesh: Mesh, *, instance: str = "test", choose: Choose = first
) -> AsyncGenerator[LobbyService]:
    """A lobby service on this mesh until the block is left; it takes the first that is free, unless told."""
    async with lobby_service(mesh, instance=instance, choose=choose) as lobby:
        yield lobby


async def beat(mesh: Mesh, *banners: BannerId) -> None:
    """The hardware of these banners is alive."""
    for banner in banners:
        heartbeat = msgspec.json.encode(Presence(at=clock.now()))
        await mesh.publish(subjects.banner(banner, "presence"), heartbeat)
    await mesh.client.flush()


async def fall_silent(mesh: Mesh, banner: BannerId) -> None:
    """What the server writes when the last heartbeat has aged out."""
    await mesh.publish(subjects.presence(banner), b"", {"Nats-Marker-Reason": "MaxAge"})
    await mesh.client.flush()


async def say_goodbye(mesh: Mesh, banner: BannerId) -> None:
    """Its hardware leaves, and says so."""
    await mesh.publish(subjects.banner(banner, "presence"), msgspec.json.encode(Presence(leaving="landed")))
    await mesh.client.flush()


def new_tag() -> str:
    """A tag that no other test has."""
    return f"t-{uuid4().hex[:12]}"


async def pool_with(
    mesh: Mesh, banners: Banners, count: int, *, known_to: LobbyService | None = None
) -> tuple[PoolId, list[BannerId]]:
    """A pool of its own with so many banners that show nothing; their hardware is there, as it knows."""
    tag = new_tag()
    members = [await member_of(banners, tag) for _ in range(count)]
    await beat(mesh, *members)
    pool = pool_of(tag)
    await until(lambda: known_to is None or known_to.places.free(pool) == count)
    return pool, members


async def member_of(banners: Banners, tag: str) -> BannerId:
    """One more banner of that pool, whose hardware has not been heard of."""
    banner = new_banner_id()
    assert isinstance(await banners.command(banner, Register(tags=(tag,))), Accepted)
    return banner


def a_banner(
    name: str = "b1",
    *tags: str,
    shows_until: Instant | None = None,
    hold: bool = False,
) -> Banner:
    """A banner, as the log may have it."""
    display = None
    if shows_until is not None:
        display = Display(id=DisplayId("d1"), text="x", by="ada", shown_at=NOON, until=shows_until)
    on_hold = OnHold(reason="wind", by="olga", at=NOON) if hold else None
    return Banner(id=BannerId(name), name=name, tags=tags, display=display, hold=on_hold)


def a_ticket(number: int, *, text: str = "Hello", at: int = 0) -> LobbyTicket:
    """The one who came in with that number."""
    name = DisplayId(f"t{number}")
    return LobbyTicket(id=name, number=number, text=text, by=f"by-{number}", at=later(NOON, at))


def a_place(name: str, revision: int = 1) -> Place:
    """A place on a banner."""
    return Place(banner=BannerId(name), revision=revision)


def on_the_way(number: int, name: str, revision: int = 1) -> Assignment:
    """That ticket on its way there."""
    return Assignment(ticket=a_ticket(number), place=a_place(name, revision))


def new_key() -> CommandId:
    """A key for one Enter."""
    return CommandId(uuid4().hex)
