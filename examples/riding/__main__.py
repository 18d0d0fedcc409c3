"""Watch three banners, kill the gateway under the watch, and see that nothing was missed."""

import logging
import tempfile
from pathlib import Path

import anyio
import structlog

from airdisplay_client import AirDisplay, Changed, Connection, DisplayView, Note, Vanished
from examples.riding.mesh import riding
from shared.contracts.banner import Show
from shared.contracts.identity import BannerId

BANNERS = ("lightning", "sparky", "stormy")


class Journal:
    """What was seen, with the time since the beginning."""

    def __init__(self) -> None:
        self.shows: dict[str, str] = {}
        self._told: dict[str, int] = {}
        self.is_lost = anyio.Event()
        self._began = anyio.current_time()

    def write(self, who: str, what: str) -> None:
        """A line."""
        print(f"{anyio.current_time() - self._began:5.2f} s  {who:<6} {what}", flush=True)

    async def watch(self, air: AirDisplay) -> None:
        """Write down all news of what was decided; what hardware says changes no revision."""
        async for news in air.watch():
            match news:
                case Changed(banner) if self._told.get(banner.id) == banner.revision:
                    pass
                case Changed(banner):
                    self._told[banner.id] = banner.revision
                    self.shows[banner.id] = "" if banner.display is None else banner.display.text
                    self.write(
                        "watch", f"{banner.id} {_shows(self.shows[banner.id])}, revision {banner.revision}"
                    )
                case Vanished(banner):
                    self.write("watch", f"{banner} is no more")
                case Connection(state="connected"):
                    how = "with what had changed meanwhile" if news.recovered else "with everything there is"
                    self.write("watch", f"connected, {how}")
                case Connection(state=state):
                    self.write("watch", state)
                    self.is_lost.set()
                case Note(detail=detail):
                    self.write("watch", detail)

    async def seen(self, **shows: str) -> None:
        """Return once the watch has told that these show."""
        with anyio.fail_after(30):
            while not shows.items() <= self.shows.items():
                await anyio.sleep(0.01)


async def main() -> None:
    """The ride."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as directory:
        async with (
            riding(Path(directory), *BANNERS) as (ride, straight),
            AirDisplay(ride.url, attempts=8) as air,
            anyio.create_task_group() as tasks,
        ):
            journal = Journal()
            tasks.start_soon(journal.watch, air)
            await journal.seen(lightning="", sparky="", stormy="")

            journal.write("app", _answer(await air.show("lightning", "Before")))
            await journal.seen(lightning="Before")

            ride.kill("gateway")
            journal.write("test", "kill -9 of the gateway")
            await journal.is_lost.wait()
            await straight.command(BannerId("stormy"), Show(text="Meanwhile"))
            journal.write("test", "stormy shows “Meanwhile”, straight over NATS")
            journal.write("app", "asks for “During” on sparky, with no gateway there")
            tasks.start_soon(_show, air, journal)
            ride.start_service("gateway")
            journal.write("test", "the gateway is started again")

            expected = {"lightning": "Before", "sparky": "During", "stormy": "Meanwhile"}
            await journal.seen(**expected)
            stored = {each.id: each.display.text async for each in air.banners() if each.display is not None}
            journal.write(
                "test", f"what was watched is what is stored: {journal.shows == stored == expected}"
            )
            times = [item async for item in air.history("sparky") if item.command == "show"]
            journal.write("test", f"“During” was shown {len(times)} time")
            tasks.cancel_scope.cancel()


async def _show(air: AirDisplay, journal: Journal) -> None:
    journal.write("app", _answer(await air.show("sparky", "During")))


def _shows(text: str) -> str:
    return f"shows “{text}”" if text else "is dark"


def _answer(view: DisplayView) -> str:
    return f"is told that {view.banner} shows “{view.text}”"


if __name__ == "__main__":
    anyio.run(main)
