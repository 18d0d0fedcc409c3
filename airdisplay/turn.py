"""`airdisplay show` for those who wait: a line for everything that becomes of one's own message."""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from airdisplay import asking
from airdisplay.asking import Refusal
from airdisplay.watch import Say, Spoken
from airdisplay.wording import fate, local_time
from airdisplay_client import AirDisplay
from shared.contracts.errors import AirDisplayError
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.views import DisplayView
from shared.mesh import clock

_DRIFT_MS: Final = 1_000
"""By how much a turn moves without being worth a line: deadlines are told a moment after they are reached."""


class Turn:
    """What is known of one's own message, and the line that each change is worth. Pure."""

    def __init__(self, anywhere: str) -> None:
        self.view: DisplayView | None = None
        self._anywhere = anywhere
        self._told: DisplayView | None = None

    @property
    def waits(self) -> bool:
        """Whether it has been asked for and has neither begun nor been given up."""
        return self.view is not None and self.view.state in {"waiting", "pending", "queued"}

    @property
    def was_shown(self) -> bool:
        """Whether people have seen it, however it ended."""
        return self.view is not None and self.view.shown_at is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.view is not None and self.view.state == "ended"

    def take(self, view: DisplayView, now: Instant) -> str | None:
        """The line for what was told; None for what is no news to people."""
        self.view = view
        if self._told is not None and not _is_news(view, self._told):
            return None
        self._told = view
        return f"{local_time(now)}  {fate(view, self._anywhere, now)}"


def take_turn(
    address: str,
    turn: Turn,
    wish: Callable[[AirDisplay], Awaitable[DisplayView]],
    say: Say,
    *,
    banner: str | None,
    to_the_end: bool,
) -> None:
    """Ask, and say what becomes of it until it shows, or until it is over. Ctrl-C takes back what waits.

    Raises:
        Refusal: it neither shows nor waits, or nobody knows of it any more.
        Missing: there is no gateway.
        KeyboardInterrupt: it was Ctrl-C; by then the message waits no more.
    """

    async def talk(air: AirDisplay) -> None:
        _take(turn, await wish(air), say)
        await follow(air, turn, say, to_the_end=to_the_end)

    try:
        asking.ask(address, talk, banner=banner)
    except KeyboardInterrupt:
        if turn.view is not None and turn.waits:
            _take(turn, _taken_back(address, turn.view.id), say)
        raise


async def follow(air: AirDisplay, turn: Turn, say: Say, *, to_the_end: bool) -> None:
    """Say what becomes of a message until it shows, or until it is over, connected or not.

    Raises:
        Refused: nobody knows of it any more.
    """
    assert turn.view is not None, "it was asked for"

    def goes_on() -> bool:
        return not turn.is_over and (to_the_end or not turn.was_shown)

    if not goes_on():
        return
    async with air.follow(turn.view, on_connection=Spoken(air.url, say).take) as views:
        async for view in views:
            _take(turn, view, say)
            if not goes_on():
                return


def _taken_back(address: str, display_id: str) -> DisplayView:
    try:
        return asking.ask(address, lambda air: air.take_back(display_id))
    except AirDisplayError as error:
        raise Refusal(f"it may still be shown, as it could not be taken back: {error}") from error


def _take(turn: Turn, view: DisplayView, say: Say) -> None:
    line = turn.take(view, clock.now())
    if line is not None:
        say(line)


def _is_news(view: DisplayView, told: DisplayView) -> bool:
    return _has_moved(told.starts_at, view.starts_at) or _at_any_time(told) != _at_any_time(view)


def _has_moved(told: Instant | None, starts_at: Instant | None) -> bool:
    if told is None or starts_at is None:
        return told != starts_at
    return abs(milliseconds_between(told, starts_at)) >= _DRIFT_MS


def _at_any_time(view: DisplayView) -> DisplayView:
    return msgspec.structs.replace(view, revision=None, starts_at=None)
