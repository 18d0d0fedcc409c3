"""The banner as an entity: what may happen to it, and what it is afterwards.

The one rule above all: while a display lasts, no other begins. A display is over once `now` reaches
its `until`, whether or not anybody has said so; saying so is what `Expire` is for.
Pure: no clock, no store, no chance. A display is named by the id of the Show that put it up.
"""

from collections.abc import Sequence
from typing import assert_never

from shared.contracts import refusals
from shared.contracts.banner import (
    Banner,
    BannerCommand,
    BannerEvent,
    Clear,
    Cleared,
    Display,
    Expire,
    Expired,
    Register,
    Registered,
    Show,
    Shown,
    showing,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later, milliseconds_between
from shared.contracts.refusals import Refusal
from shared.contracts.text import BadTextError, clean
from shared.entities.entity import Entity

SCHEMA = 1

Ask = tuple[BannerId, BannerCommand]
"""A command and the banner that it is for; the state of a banner that is not there cannot name it."""

Decision = Sequence[BannerEvent] | Refusal


def banner_entity(ttl_ms: int) -> Entity[Banner, Ask, BannerEvent]:
    """Banners on which a display lasts that many milliseconds."""

    def handle(ask: Ask, state: Banner | None, now: Instant) -> Decision:
        banner, command = ask
        if isinstance(command, Register):
            return _register(banner, command, state)
        if state is None:
            return refusals.UnknownBanner(banner=banner)
        match command:
            case Show():
                return _show(command, state, now, ttl_ms)
            case Clear():
                return _clear(command, state, now)
            case Expire():
                return _expire(command, state, now)
            case _:
                assert_never(command)

    return Entity(name="banner", schema=SCHEMA, state=Banner, event=BannerEvent, handle=handle, update=update)


def update(event: BannerEvent, state: Banner | None) -> Banner:
    """The banner after an event."""
    if isinstance(event, Registered):
        return Banner(id=event.id, name=event.name, tags=event.tags)
    assert state is not None, "nothing happens to a banner before it is registered"
    match event:
        case Shown():
            return _showing(state, event.display)
        case Cleared() | Expired():
            return _showing(state, None)
        case _:
            assert_never(event)


def _register(banner: BannerId, command: Register, state: Banner | None) -> Decision:
    if state is not None:
        return refusals.AlreadyRegistered(banner=banner)
    return (Registered(id=banner, name=command.name or banner, tags=command.tags),)


def _show(command: Show, state: Banner, now: Instant, ttl_ms: int) -> Decision:
    try:
        text = clean(command.text)
    except BadTextError as error:
        return refusals.BadText(problem=str(error))
    if up := showing(state, now):
        return refusals.Busy(
            until=up.until, retry_after_ms=milliseconds_between(now, up.until), display_id=up.id
        )
    assert command.id is not None, "the service gives every Show an id"
    display = Display(
        id=DisplayId(command.id), text=text, by=command.by, shown_at=now, until=later(now, ttl_ms)
    )
    return (*_over(state), Shown(display=display))


def _clear(command: Clear, state: Banner, now: Instant) -> Decision:
    up = showing(state, now)
    if up is None:
        return refusals.NothingShowing()
    if command.role == "author" and command.by != up.by:
        return refusals.NotYours()
    return (Cleared(display_id=up.id, by=command.by, role=command.role),)


def _expire(command: Expire, state: Banner, now: Instant) -> Decision:
    display = state.display
    if display is None or display.id != command.display_id:
        return refusals.NotShowing(display_id=command.display_id)
    if now < display.until:
        return refusals.NotDue(until=display.until, retry_after_ms=milliseconds_between(now, display.until))
    return _over(state)


def _over(state: Banner) -> tuple[Expired, ...]:
    """The event that ends what still stands in the state, if anything does."""
    display = state.display
    return () if display is None else (Expired(display_id=display.id, until=display.until),)


def _showing(state: Banner, display: Display | None) -> Banner:
    return Banner(id=state.id, name=state.name, tags=state.tags, display=display)
