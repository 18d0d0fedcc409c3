"""Displays that viewers follow: each told once when the watch begins, and again whenever it changes.

What a banner or a lobby says about those in it is known here at once. A display that is in none of them any
more is looked for where it may have gone, or ended; after its end there is nothing more to tell.
"""

from collections.abc import Iterable, Iterator
from enum import Flag
from typing import Final

import anyio
import msgspec
import structlog

from services.gateway.displays import Displays
from services.gateway.viewer import Viewer
from shared.contracts.errors import AirDisplayError
from shared.contracts.live import Displays as DisplaysFrame
from shared.contracts.live import Problem
from shared.contracts.lobby import PoolId
from shared.contracts.refusals import UnknownDisplay
from shared.contracts.views import DisplayView
from shared.mesh import clock

_LOOK_AGAIN_SECONDS: Final = 0.5
"""How long after nobody could be asked where a display is, it is tried again."""
_AT_ONCE: Final = 16

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()


class Why(Flag):
    """Why a viewer follows a display: it named it; it watches all of its own."""

    NAMED = 1
    OWN = 2


ANY: Final = Why.NAMED | Why.OWN


class Followed:
    """All displays that somebody follows."""

    def __init__(self, displays: Displays) -> None:
        self._displays = displays
        self._viewers: dict[str, set[Viewer]] = {}
        self._of_viewer: dict[Viewer, dict[str, Why]] = {}
        self._told: dict[str, DisplayView] = {}
        # Which of them are on a banner or in a lobby: only those are looked at when it changes.
        self._at: dict[str, set[str]] = {}
        self._home: dict[str, str] = {}
        self._to_look_for: set[str] = set()
        self._limit = anyio.Semaphore(_AT_ONCE)
        self._something = anyio.Event()

    def __len__(self) -> int:
        return len(self._viewers)

    def watch(self, viewer: Viewer, display_ids: Iterable[str], why: Why = Why.NAMED) -> None:
        """From now on tell a viewer of these."""
        for view in self._begin(viewer, display_ids, why):
            viewer.tell(_frame(view))

    def follow_all(self, viewer: Viewer, display_ids: Iterable[str]) -> None:
        """From now on tell a viewer of these, its own; what is known at once comes in one frame."""
        viewer.tell(_frame(*self._begin(viewer, display_ids, Why.OWN)))

    def unwatch(self, viewer: Viewer, display_ids: Iterable[str] | None, why: Why = Why.NAMED) -> None:
        """Tell a viewer no more of these, or of any, unless it follows them for another reason as well."""
        own = self._of_viewer.get(viewer, {})
        for display_id in tuple(own) if display_ids is None else tuple(display_ids):
            own[display_id] = own.get(display_id, why) & ~why
            if not own[display_id]:
                del own[display_id]
                self._leave(viewer, display_id)
        if not own:
            self._of_viewer.pop(viewer, None)

    def follows(self, viewer: Viewer, display_id: str, why: Why) -> bool:
        """Whether a viewer is told of a display for this reason."""
        return why in self._of_viewer.get(viewer, {}).get(display_id, Why(0))

    def count(self, viewer: Viewer, why: Why) -> int:
        """How many displays a viewer is told of for this reason."""
        return sum(why in each for each in self._of_viewer.get(viewer, {}).values())

    def on_change(self, homes: Iterable[str]) -> None:
        """These have changed: banners by their ids, lobbies by `home_of`."""
        if not self._viewers:
            return
        now = clock.now()
        for home in homes:
            for display_id in tuple(self._at.get(home, ())):
                view = self._displays.live(display_id, now)
                if view is None:
                    self._look_for(display_id)
                else:
                    self._tell(view)

    async def run(self) -> None:
        """Look for displays that have gone from where they were; never returns."""
        async with anyio.create_task_group() as tasks:
            while True:
                await self._something.wait()
                self._something = anyio.Event()
                missing, self._to_look_for = self._to_look_for, set()
                for display_id in missing:
                    tasks.start_soon(self._find, display_id)

    def _begin(self, viewer: Viewer, display_ids: Iterable[str], why: Why) -> Iterator[DisplayView]:
        """Note that a viewer follows these; what is known of them at once. The others are looked for."""
        for display_id in display_ids:
            self._viewers.setdefault(display_id, set()).add(viewer)
            own = self._of_viewer.setdefault(viewer, {})
            own[display_id] = own.get(display_id, why) | why
            view = self._displays.live(display_id, clock.now())
            if view is None:
                self._look_for(display_id)
            else:
                self._note(view)
                yield view

    def _leave(self, viewer: Viewer, display_id: str) -> None:
        watching = self._viewers.get(display_id, set())
        watching.discard(viewer)
        if not watching:
            self._viewers.pop(display_id, None)
            self._forget(display_id)

    def _look_for(self, display_id: str) -> None:
        self._forget(display_id)
        self._to_look_for.add(display_id)
        self._something.set()

    async def _find(self, display_id: str) -> None:
        while display_id in self._viewers:
            try:
                async with self._limit:
                    view = await self._displays.find(display_id, clock.now())
            except AirDisplayError as error:
                log.warning("display not found, trying again", display=display_id, reason=str(error))
                await anyio.sleep(_LOOK_AGAIN_SECONDS)
                continue
            if view is None:
                self._tell_unknown(display_id)
                return
            self._tell(view)
            if not self._displays.passed(view):
                return

    def _tell_unknown(self, display_id: str) -> None:
        refusal = UnknownDisplay(display_id=display_id)
        problem = _encoder.encode(Problem(code=refusal.reason, detail=refusal.detail)).decode()
        for viewer in tuple(self._viewers.get(display_id, ())):
            viewer.tell(problem)
            self.unwatch(viewer, [display_id], ANY)

    def _tell(self, view: DisplayView) -> None:
        """Tell everybody who follows a display what is new about it; nothing is, after its end."""
        if self._told.get(view.id) == view:
            return
        self._note(view)
        frame = _frame(view)
        for viewer in tuple(self._viewers.get(view.id, ())):
            viewer.tell(frame)
            if view.state == "ended":
                self.unwatch(viewer, [view.id], ANY)

    def _note(self, view: DisplayView) -> None:
        """What was told last, and where it is."""
        self._forget(view.id)
        pool = self._displays.pool_of(view.id)
        home = view.banner or ("" if pool is None else home_of(pool))
        self._told[view.id] = view
        self._home[view.id] = home
        self._at.setdefault(home, set()).add(view.id)

    def _forget(self, display_id: str) -> None:
        self._told.pop(display_id, None)
        home = self._home.pop(display_id, "")
        at_home = self._at.get(home, set())
        at_home.discard(display_id)
        if not at_home:
            self._at.pop(home, None)


def home_of(pool: PoolId) -> str:
    """A lobby among the homes of displays; no banner is called like it."""
    return f"lobby.{pool}"


def _frame(*views: DisplayView) -> str:
    return _encoder.encode(DisplaysFrame(displays=views)).decode()
