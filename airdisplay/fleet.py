"""The simulated banners: what they are called, and how they come to be known, with their coast as a tag."""

from collections.abc import Iterator, Sequence
from typing import Final

import anyio

from airdisplay.planes.coasts import home_of
from shared.contracts.banner import Banner, BannerRefusal, Register
from shared.contracts.command import Accepted
from shared.contracts.errors import OutcomeUnknown, Unreachable
from shared.contracts.identity import BannerId
from shared.contracts.refusals import AlreadyRegistered, MeshUnavailable, Overloaded, Unknown
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh

_NAMES: Final = (
    "lightning",
    "sparky",
    "stormy",
    "breezy",
    "comet",
    "cumulus",
    "drizzle",
    "aurora",
    "zephyr",
    "rainbow",
    "skylark",
    "twister",
    "mistral",
    "nimbus",
    "halo",
    "swift",
    "thunder",
    "sunbeam",
    "cirrus",
    "gusty",
)

_BY: Final = "airdisplay-up"
_AT_ONCE: Final = 64
_RETRY_SECONDS: Final = 0.1


def fleet(count: int) -> list[BannerId]:
    """The ids of that many simulated banners, always the same ones in the same order."""
    names = [*_NAMES[:count], *(f"banner-{number}" for number in range(len(_NAMES) + 1, count + 1))]
    return [BannerId(name) for name in names]


async def register(mesh: Mesh, banners: Sequence[BannerId]) -> list[str]:
    """See to it that all of them are registered, however long the banner service takes to be there.

    Returns a sentence for each that is refused for good.
    """
    waiting = iter(banners)
    refused: list[str] = []
    async with anyio.create_task_group() as tasks:
        for _ in range(min(_AT_ONCE, len(banners))):
            tasks.start_soon(_register_each, Banners(mesh), waiting, refused)
    return refused


async def _register_each(asking: Banners, waiting: Iterator[BannerId], refused: list[str]) -> None:
    for banner in waiting:
        while (reply := await _ask(asking, banner)) is None:
            await anyio.sleep(_RETRY_SECONDS)
        if not isinstance(reply, Accepted | AlreadyRegistered):
            refused.append(f"the banner {banner} cannot be registered: {reply.detail}")


async def _ask(asking: Banners, banner: BannerId) -> Accepted[Banner] | BannerRefusal | None:
    """The answer, or None when it is worth asking again."""
    wish = Register(by=_BY, name=banner.replace("-", " ").title(), tags=(home_of(banner).tag,))
    try:
        reply = await asking.command(banner, wish)
    except (Unreachable, OutcomeUnknown):
        return None
    return None if isinstance(reply, MeshUnavailable | Overloaded | Unknown) else reply
