"""`python -m tests.web.screenshot`: the picture of the page in docs/images, taken from a running mesh."""

import tempfile
from pathlib import Path
from typing import Any, Final

import anyio
import msgspec
from playwright.async_api import expect

from shared.contracts import subjects
from shared.contracts.command import Accepted
from shared.contracts.hardware import Presence, Reported
from shared.contracts.identity import BannerId
from shared.mesh import clock
from shared.mesh.banners import Banners
from tests.web.browsing import running_chromium, visiting
from tests.web.mesh import WholeMesh, running_whole_mesh

IMAGE: Final = Path(__file__).parents[2] / "docs" / "images" / "page.png"

_TTL: Final = 60.0
_DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 720}, "device_scale_factor": 2}
_TAGS: Final = {"Lightning": "coast", "Sparky": "city", "Stormy": "coast"}


async def main() -> None:
    """Three banners: one with a text of our own, two of others, in line for one of those."""
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        async with (
            running_whole_mesh(Path(directory), ttl=_TTL) as mesh,
            running_chromium() as browser,
            visiting(browser, mesh.url, **_DESK) as visitor,
        ):
            for name, tag in _TAGS.items():
                await mesh.register(name, [tag], banner=name.lower())
                await _turn_on(mesh, name.lower())
            await mesh.show("stormy", "Ice cream at the pier until six")
            await mesh.show("sparky", "بحر وشمس")
            await visitor.write("Lightning", "Marry me, Ada! 💍")
            await expect(visitor.fate("Marry me, Ada! 💍")).to_be_visible()
            await visitor.wait_in_line("Stormy", "She said yes!")
            await expect(visitor.fate("She said yes!")).to_be_visible()
            for name in ("Stormy", "Sparky", "Lightning"):
                await _confirm(mesh, BannerId(name.lower()))
                await expect(visitor.card(name)).to_contain_text("Panel online, shows this text")
            await visitor.page.screenshot(path=IMAGE)


async def _turn_on(mesh: WholeMesh, banner: str) -> None:
    here = Presence(at=clock.now())
    await mesh.fleet.publish(subjects.banner(banner, "presence"), msgspec.json.encode(here))


async def _confirm(mesh: WholeMesh, banner: BannerId) -> None:
    known = await Banners(mesh.mesh).get(banner)
    assert isinstance(known, Accepted)
    assert known.state.display is not None
    said = Reported(display_id=known.state.display.id, revision=known.revision, at=clock.now())
    await mesh.fleet.publish(subjects.banner(banner, "reported"), msgspec.json.encode(said))


if __name__ == "__main__":
    anyio.run(main)
