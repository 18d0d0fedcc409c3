"""`python -m tests.web.screenshot_documents`: the pictures of the documents in docs/images."""

import tempfile
from pathlib import Path
from typing import Any, Final

import anyio
from playwright.async_api import expect

from tests.web.browsing import running_chromium, visiting
from tests.web.mesh import running_whole_mesh

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"

_DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 900}, "device_scale_factor": 2}
_PICTURES: Final = {
    "api.png": ("/docs#/Displays/show", "#operations-Displays-show"),
    "live-api.png": ("/docs/live", "main h2"),
}


async def main() -> None:
    """One call, opened; and the live channel from its beginning."""
    with tempfile.TemporaryDirectory() as directory:
        async with running_whole_mesh(Path(directory), ttl=60) as mesh, running_chromium() as browser:
            for name, (path, there) in _PICTURES.items():
                async with visiting(browser, mesh.url + path, **_DESK) as visitor:
                    part = visitor.page.locator(there).first
                    await expect(part).to_be_visible()
                    if "#" in path:
                        await part.locator(".responses-table").wait_for()
                        await part.evaluate("part => part.scrollIntoView()")
                    await visitor.page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    anyio.run(main)
