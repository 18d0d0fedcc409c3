"""What is measured on the banners that somebody watches: the last of each kind at first, then what is new.

The gateway looks once a second for the newest of each kind, and only for banners that are watched. So a
device that sends without end costs no more than one that sends once a second, and when nobody watches,
nothing is asked. A viewer that has not taken its last frame gets the newest of each kind with the next.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

import anyio
import msgspec
import structlog

from services.gateway.viewer import Viewer
from shared.contracts import subjects
from shared.contracts.errors import Malformed, Unreachable
from shared.contracts.identity import BannerId
from shared.contracts.live import Measured
from shared.contracts.telemetry import checked
from shared.mesh.follow import Entry
from shared.mesh.newest import Look, TooMany, taken_at

WATCHED_AT_MOST: Final = 100
"""On how many banners one viewer may watch what is measured."""
KINDS_AT_MOST: Final = 32
"""How many kinds are told for one banner; the first that come, until nobody watches it any more."""
LOOK_SECONDS: Final = 1.0

_BANNERS_A_LOOK: Final = 50
_SAY_SECONDS: Final = 60.0

log = structlog.get_logger()

_encoder = msgspec.json.Encoder()

Newest = Callable[[Sequence[str], int], Awaitable[Look]]
"""Looks for the newest entry of each of these subjects, after a sequence."""


class _Reading:
    """The newest of one kind on one banner, encoded once for all who watch it."""

    __slots__ = ("fragment", "sequence")

    def __init__(self) -> None:
        self.sequence = 0
        self.fragment: bytes | None = None


class _Watched:
    """One banner that somebody watches."""

    __slots__ = ("kinds", "up_to", "viewers")

    def __init__(self) -> None:
        self.viewers: set[Viewer] = set()
        self.kinds: dict[str, _Reading] = {}
        self.up_to = 0
        """Everything up to here was looked for."""


class Readings:
    """All that is measured where somebody watches."""

    def __init__(self, newest: Newest) -> None:
        self.malformed = 0
        """How many values were passed over since the start, because they are not what was agreed."""
        self._newest = newest
        self._watched: dict[BannerId, _Watched] = {}
        self._of_viewer: dict[Viewer, set[BannerId]] = {}
        # What each viewer has not been told yet; the newest of a kind takes the place of the one before.
        self._untold: dict[Viewer, dict[tuple[BannerId, str], bytes]] = {}
        self._unseen: dict[BannerId, None] = {}
        self._something = anyio.Event()
        self._said = -_SAY_SECONDS
        self._away = False

    def __len__(self) -> int:
        return len(self._watched)

    def watch(self, viewer: Viewer, banners: Iterable[BannerId]) -> bool:
        """From now on tell a viewer what is measured on these; False where that is too many: then on none."""
        own = self._of_viewer.get(viewer, set())
        new = [banner for banner in dict.fromkeys(banners) if banner not in own]
        if len(own) + len(new) > WATCHED_AT_MOST:
            return False
        for banner in new:
            self._of_viewer.setdefault(viewer, set()).add(banner)
            self._begin(viewer, banner)
        self._tell(viewer)
        return True

    def unwatch(self, viewer: Viewer, banners: Iterable[BannerId] | None) -> None:
        """Tell a viewer no more of these, or of any."""
        own = self._of_viewer.get(viewer, set())
        untold = self._untold.get(viewer, {})
        for banner in tuple(own) if banners is None else own.intersection(banners):
            own.discard(banner)
            for key in [key for key in untold if key[0] == banner]:
                del untold[key]
            self._watched[banner].viewers.discard(viewer)
            if not self._watched[banner].viewers:
                del self._watched[banner]
                self._unseen.pop(banner, None)
        if not own:
            self._of_viewer.pop(viewer, None)
            self._untold.pop(viewer, None)

    async def run(self) -> None:
        """Look, and tell; never returns."""
        due = anyio.current_time()
        while True:
            with anyio.move_on_after(due - anyio.current_time() if self._watched else None):
                await self._something.wait()
            self._something = anyio.Event()
            if anyio.current_time() >= due:
                due = anyio.current_time() + LOOK_SECONDS
                await self.look(tuple(self._watched))
            else:  # nobody who begins to watch waits for the others' turn
                await self.look(tuple(self._unseen))

    async def look(self, banners: Sequence[BannerId]) -> None:
        """Look once at these banners, and tell those who watch them."""
        for start in range(0, len(banners), _BANNERS_A_LOOK):
            some = [banner for banner in banners[start : start + _BANNERS_A_LOOK] if banner in self._watched]
            try:
                await self._look_at(some)
            except Unreachable as error:
                self._is_away(str(error))
                break
            self._away = False
        for viewer in tuple(self._untold):
            self._tell(viewer)

    async def _look_at(self, banners: Sequence[BannerId]) -> None:
        """Take what is new on these, all in one question, or in several where they have too much to say."""
        if not banners:
            return
        after = min(self._watched[banner].up_to for banner in banners)
        try:
            look = await self._newest([subjects.measured(banner, "*") for banner in banners], after)
        except TooMany as error:
            if len(banners) == 1:
                self._pass_over(banners[0], str(error))
                return
            await self._look_at(self._still(banners[::2]))
            await self._look_at(self._still(banners[1::2]))
            return
        # A stream that was made anew begins to count anew: then all of it is new.
        anew = look.up_to < after
        for banner in self._still(banners):
            self._unseen.pop(banner, None)
            self._watched[banner].up_to = 0 if anew else look.up_to
            if anew:
                self._watched[banner].kinds.clear()
        self._take(look.entries)

    def _still(self, banners: Sequence[BannerId]) -> list[BannerId]:
        """Those that are still watched, after something was waited for."""
        return [banner for banner in banners if banner in self._watched]

    def _begin(self, viewer: Viewer, banner: BannerId) -> None:
        watched = self._watched.get(banner)
        if watched is None:
            watched = self._watched[banner] = _Watched()
            self._unseen[banner] = None
            self._something.set()
        watched.viewers.add(viewer)
        for kind, reading in watched.kinds.items():
            if reading.fragment is not None:
                self._untold.setdefault(viewer, {})[banner, kind] = reading.fragment

    def _take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            try:
                banner, kind = subjects.parse_measured(entry.subject)
                watched = self._watched.get(banner)
                reading = None if watched is None else _reading(watched, kind)
                if watched is None or reading is None or reading.sequence >= entry.sequence:
                    continue
                reading.sequence = entry.sequence
                value = checked(kind, entry.data)
            except Malformed as error:
                self._pass_over(entry.subject, str(error))
                continue
            measured = Measured(banner=banner, kind=kind, at=taken_at(entry), value=value)
            reading.fragment = _encoder.encode(measured)
            for viewer in watched.viewers:
                self._untold.setdefault(viewer, {})[banner, kind] = reading.fragment

    def _tell(self, viewer: Viewer) -> None:
        """Tell a viewer what it has not been told, unless the last is still on its way."""
        untold = self._untold.get(viewer)
        if untold and not viewer.behind:
            body = b",".join(untold.values())
            untold.clear()
            viewer.tell(f'{{"op":"telemetry","measured":[{body.decode()}]}}')

    def _pass_over(self, what: str, problem: str) -> None:
        """Count it, and say so now and then: who sends nonsense sends much of it."""
        self.malformed += 1
        now = anyio.current_time()
        if now - self._said >= _SAY_SECONDS:
            self._said = now
            log.warning("telemetry passed over", of=what, problem=problem, so_far=self.malformed)

    def _is_away(self, reason: str) -> None:
        if not self._away:
            log.warning("telemetry cannot be looked for", reason=reason)
        self._away = True


def _reading(watched: _Watched, kind: str) -> _Reading | None:
    """Of a kind; None for one kind too many."""
    reading = watched.kinds.get(kind)
    if reading is None and len(watched.kinds) < KINDS_AT_MOST:
        reading = watched.kinds[kind] = _Reading()
    return reading
