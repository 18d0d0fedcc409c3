"""`airdisplay show` for those who wait: a line for everything that becomes of one's own message."""

from collections.abc import Callable
from functools import partial
from math import inf
from typing import Final

import anyio
import msgspec

from airdisplay import client
from airdisplay.client import Refused
from airdisplay.live import Channel, Say, stay_connected
from airdisplay.wording import fate, local_time
from shared.contracts.errors import AirDisplayError
from shared.contracts.identity import DisplayId
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.live import Displays, Problem, ServerFrame, Watch
from shared.contracts.refusals import UnknownDisplay
from shared.contracts.views import DisplayView
from shared.mesh import clock

_ORDER: Final = ("waiting", "queued", "showing", "ended")
_DRIFT_MS: Final = 1_000
"""By how much a turn moves without being worth a line: deadlines are told a moment after they are reached."""
_UNKNOWN: Final = UnknownDisplay(display_id="").reason


class Turn:
    """What is known of one's own message, and the line that each change is worth. Pure."""

    def __init__(self, anywhere: str) -> None:
        self.view: DisplayView | None = None
        self._anywhere = anywhere
        self._told: DisplayView | None = None

    @property
    def waits(self) -> bool:
        """Whether it has been asked for and has neither begun nor been given up."""
        return self.view is not None and self.view.state in {"waiting", "queued"}

    @property
    def was_shown(self) -> bool:
        """Whether people have seen it, however it ended."""
        return self.view is not None and self.view.shown_at is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.view is not None and self.view.state == "ended"

    def take(self, view: DisplayView, now: Instant) -> str | None:
        """The line for what was told; None for what is not newer, or no news to people."""
        if self.view is not None and _place_in_time(view) < _place_in_time(self.view):
            return None  # from a gateway that is behind
        self.view = view
        if self._told is not None and not _is_news(view, self._told):
            return None
        self._told = view
        return f"{local_time(now)}  {fate(view, self._anywhere, now)}"

    def over(self, now: Instant) -> str | None:
        """The line for a display whose time is up, whether or not anybody has said so."""
        view = self.view
        if view is None or view.state != "showing" or view.until is None or now < view.until:
            return None
        ended = msgspec.structs.replace(view, state="ended", ended_at=view.until, how="expired")
        return self.take(ended, now)

    def seconds_to_deadline(self, now: Instant) -> float | None:
        """How long until it is over; None as long as it waits."""
        if self.view is None or self.view.state != "showing" or self.view.until is None:
            return None
        return max(milliseconds_between(now, self.view.until) / 1000, 0.001)


def take_turn(
    address: str, live_url: str, turn: Turn, ask: Callable[[], DisplayView], say: Say, *, to_the_end: bool
) -> None:
    """Ask, and say what becomes of it until it shows, or until it is over. Ctrl-C takes back what waits.

    Raises:
        Refused: it neither shows nor waits, or nobody knows of it any more.
        Away: there is no gateway.
        Lost: it did not answer.
        KeyboardInterrupt: it was Ctrl-C; by then the message waits no more.
    """
    try:
        _say(turn.take(ask(), clock.now()), say)
        anyio.run(partial(follow, live_url, turn, say, to_the_end=to_the_end))
    except KeyboardInterrupt:
        if turn.view is not None and turn.waits:
            _say(turn.take(_taken_back(address, turn.view.id), clock.now()), say)
        raise


async def follow(url: str, turn: Turn, say: Say, *, to_the_end: bool) -> None:
    """Say what becomes of a message until it shows, or until it is over, connected or not.

    Raises:
        Refused: nobody knows of it any more.
    """
    assert turn.view is not None, "it was asked for"
    wish = Watch(displays=(turn.view.id,))

    def goes_on() -> bool:
        return not turn.is_over and (to_the_end or not turn.was_shown)

    async def talk(channel: Channel) -> None:
        await channel.watch(wish)
        while goes_on():
            _take(turn, await channel.next(None), say)
            scope.deadline = _deadline(turn)

    with anyio.CancelScope(deadline=_deadline(turn)) as scope:
        if goes_on():
            await stay_connected(url, talk, say)
    while goes_on():
        await anyio.sleep(turn.seconds_to_deadline(clock.now()) or 0)
        _say(turn.over(clock.now()), say)


def _taken_back(address: str, display_id: DisplayId) -> DisplayView:
    try:
        return client.take_back(address, display_id)
    except AirDisplayError as error:
        raise Refused(f"it may still be shown, as it could not be taken back: {error}") from error


def _take(turn: Turn, frame: ServerFrame | None, say: Say) -> None:
    match frame:
        case Displays():
            for view in frame.displays:
                _say(turn.take(view, clock.now()), say)
        case Problem() if frame.code == _UNKNOWN:
            raise Refused(frame.detail)
        case Problem():
            say(frame.detail)
        case _:  # what was not asked for here
            pass


def _deadline(turn: Turn) -> float:
    """When it is over, by the clock of the event loop."""
    seconds = turn.seconds_to_deadline(clock.now())
    return inf if seconds is None else anyio.current_time() + seconds


def _say(line: str | None, say: Say) -> None:
    if line is not None:
        say(line)


def _place_in_time(view: DisplayView) -> tuple[int, int]:
    return _ORDER.index(view.state), view.revision or 0


def _is_news(view: DisplayView, told: DisplayView) -> bool:
    return _has_moved(told.starts_at, view.starts_at) or _at_any_time(told) != _at_any_time(view)


def _has_moved(told: Instant | None, starts_at: Instant | None) -> bool:
    if told is None or starts_at is None:
        return told != starts_at
    return abs(milliseconds_between(told, starts_at)) >= _DRIFT_MS


def _at_any_time(view: DisplayView) -> DisplayView:
    return msgspec.structs.replace(view, revision=None, starts_at=None)
