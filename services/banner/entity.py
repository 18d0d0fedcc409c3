"""The banner as an entity: what may happen to it, and what it is afterwards.

The rule above all: while a display lasts, no other begins. A display is over once `now` reaches its `until`,
whether or not anybody has said so; saying so is what `Expire` is for.
The rule for those who wait: the commit that ends a display shows the next in line, unless there is a hold.
The rule for what needs an operator's yes: until that is said it neither shows nor stands in the line.
Pure: no clock, no store, no chance. A display is named by the id of the Show that asked for it.
"""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from shared.contracts import refusals
from shared.contracts.banner import (
    PENDING_AT_MOST,
    QUEUE_AT_MOST,
    ApprovalSet,
    Approve,
    Approved,
    Banner,
    BannerCommand,
    BannerEvent,
    Clear,
    Cleared,
    Display,
    Expire,
    Expired,
    Held,
    Hold,
    Lapsed,
    Left,
    OnHold,
    Queued,
    Register,
    Registered,
    Reject,
    Rejected,
    Release,
    Released,
    Replace,
    Replaced,
    Role,
    SetApproval,
    Show,
    Shown,
    Submitted,
    Ticket,
    lapses_at,
    pending,
    showing,
    turns,
)
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later, milliseconds_between
from shared.contracts.refusals import Refusal
from shared.contracts.text import BadTextError, clean
from shared.entities.entity import Entity
from shared.moderation.words import NO_WORDS, Words

SCHEMA = 3


class Ask(NamedTuple):
    """A command and the banner that it is for; the state of a banner that is not there cannot name it.

    `words` are those that are blocked as it is decided.
    """

    banner: BannerId
    command: BannerCommand
    words: Words = NO_WORDS


Decision = Sequence[BannerEvent] | Refusal


def banner_entity(ttl_ms: int) -> Entity[Banner, Ask, BannerEvent]:  # noqa: C901 (one for each)
    """Banners on which a display lasts that many milliseconds."""

    def handle(  # noqa: C901, PLR0911 (one for each)
        ask: Ask, state: Banner | None, now: Instant
    ) -> Decision:
        banner, command, words = ask
        if isinstance(command, Register):
            return _register(banner, command, state)
        if state is None:
            return refusals.UnknownBanner(banner=banner)
        match command:
            case Show():
                return _show(command, state, now, words, ttl_ms)
            case Replace():
                return _replace(command, state, now, words)
            case Clear():
                return _clear(command, state, now)
            case Expire():
                return _expire(command, state, now)
            case Hold():
                return _hold(command, state, now)
            case Release():
                return _release(command, state, now)
            case SetApproval():
                return _set_approval(command)
            case Approve():
                return _approve(command, state, now)
            case Reject():
                return _reject(command, state, now)
            case _:
                assert_never(command)

    return Entity(name="banner", schema=SCHEMA, state=Banner, event=BannerEvent, handle=handle, update=update)


def update(event: BannerEvent, state: Banner | None) -> Banner:  # noqa: C901 (one for each)
    """The banner after an event."""
    if isinstance(event, Registered):
        return Banner(id=event.id, name=event.name, tags=event.tags)
    assert state is not None, "nothing happens to a banner before it is registered"
    display, queue, hold = state.display, state.queue, state.hold
    approve_first, waiting = state.approve_first, state.pending
    match event:
        case Shown():
            display = event.display
            queue = _without(queue, display.id)
        case Replaced():
            assert display is not None, "what reads differently shows"
            display = _reading(display, event.text)
        case Cleared() | Expired():
            display = None
        case Queued():
            queue = (*queue, event.ticket)
        case Left():
            queue = _without(queue, event.display_id)
            waiting = _without(waiting, event.display_id)
        case Held():
            display, hold = None, event.hold
        case Released():
            hold = None
        case ApprovalSet():
            approve_first = event.required
        case Submitted():
            waiting = (*waiting, event.ticket)
        case Approved() | Rejected() | Lapsed():
            waiting = _without(waiting, event.display_id)
        case _:
            assert_never(event)
    return Banner(
        id=state.id,
        name=state.name,
        tags=state.tags,
        display=display,
        queue=queue,
        hold=hold,
        approve_first=approve_first,
        pending=waiting,
    )


def _register(banner: BannerId, command: Register, state: Banner | None) -> Decision:
    if state is not None:
        return refusals.AlreadyRegistered(banner=banner)
    return (Registered(id=banner, name=command.name or banner, tags=command.tags),)


def _show(command: Show, state: Banner, now: Instant, words: Words, ttl_ms: int) -> Decision:
    text = _fit_to_show(command.text, words)
    if isinstance(text, Refusal):
        return text
    assert command.id is not None, "the service gives every Show an id"
    ticket = Ticket(id=DisplayId(command.id), text=text, by=command.by, at=now, ttl_ms=ttl_ms)
    past = _brought_by_time(state, now)
    settled = _after(past, state)
    if _is_here(ticket.id, settled):
        return refusals.KeyReused()
    if settled.approve_first:
        return _refused_a_hearing(ticket, settled, now) or (*past, Submitted(ticket=ticket))
    if settled.display is None and settled.hold is None:
        return (*past, _shown(ticket, now))
    if command.when == "queue":
        return _refused_a_turn(ticket, settled, now) or (*past, Queued(ticket=ticket))
    return _not_now(settled, now)


def _fit_to_show(text: str, words: Words) -> str | Refusal:
    """A text as it will be shown, or why it will not."""
    try:
        cleaned = clean(text)
    except BadTextError as error:
        return refusals.BadText(problem=str(error))
    found = words.find(cleaned)
    return cleaned if found is None else refusals.BlockedText(found=found)


def _is_here(display_id: DisplayId, state: Banner) -> bool:
    """Whether a display of this id shows or waits; two of one id could not be told apart."""
    shows = state.display is not None and state.display.id == display_id
    return shows or any(ticket.id == display_id for ticket in (*state.queue, *state.pending))


def _not_now(state: Banner, now: Instant) -> Refusal:
    if state.hold is not None:
        return refusals.Held(problem=state.hold.reason, since=state.hold.at)
    up = state.display
    assert up is not None, "what is neither on hold nor showing is free"
    return refusals.Busy(until=up.until, retry_after_ms=milliseconds_between(now, up.until), display_id=up.id)


def _refused_a_turn(ticket: Ticket, state: Banner, now: Instant) -> Refusal | None:
    for turn in turns(state, now):
        if turn.ticket.by == ticket.by:
            return refusals.AlreadyWaiting(display_id=turn.ticket.id, position=turn.position)
    return _has_text_pending(ticket, state) or _queue_is_full(ticket, state, now)


def _queue_is_full(ticket: Ticket, state: Banner, now: Instant) -> Refusal | None:
    if len(state.queue) < QUEUE_AT_MOST:
        return None
    first_ends = now if state.display is None else state.display.until
    wait = milliseconds_between(now, first_ends) or ticket.ttl_ms
    return refusals.QueueFull(at_most=QUEUE_AT_MOST, retry_after_ms=wait)


def _has_text_pending(ticket: Ticket, state: Banner) -> Refusal | None:
    """An author waits once, for a turn or for a yes: so a yes never brings a second turn."""
    for other in state.pending:
        if other.by == ticket.by:
            return refusals.AlreadyPending(display_id=other.id)
    return None


def _refused_a_hearing(ticket: Ticket, state: Banner, now: Instant) -> Refusal | None:
    for turn in turns(state, now):
        if turn.ticket.by == ticket.by:
            return refusals.AlreadyWaiting(display_id=turn.ticket.id, position=turn.position)
    if (already := _has_text_pending(ticket, state)) is not None:
        return already
    full = len(state.pending) >= PENDING_AT_MOST
    return refusals.PendingFull(at_most=PENDING_AT_MOST) if full else None


def _replace(command: Replace, state: Banner, now: Instant, words: Words) -> Decision:
    if command.revision is None:
        return refusals.NeedsIfMatch()
    up = showing(state, now)
    if up is None:
        return refusals.NothingShowing()
    if not _may_change(up.by, command.by, command.role):
        return refusals.NotYours()
    if state.approve_first and command.role != "operator":
        return refusals.NeedsApproval()
    text = _fit_to_show(command.text, words)
    if isinstance(text, Refusal):
        return text
    return (Replaced(display_id=up.id, text=text, was=up.text, by=command.by, role=command.role),)


def _clear(command: Clear, state: Banner, now: Instant) -> Decision:
    up = showing(state, now)
    if command.display_id is not None and (up is None or up.id != command.display_id):
        return _leave(command, command.display_id, state, now)
    if up is None:
        return refusals.NothingShowing()
    if not _may_change(up.by, command.by, command.role):
        return refusals.NotYours()
    return (Cleared(display_id=up.id, by=command.by, role=command.role), *_next(state, now))


def _leave(command: Clear, display_id: DisplayId, state: Banner, now: Instant) -> Decision:
    for ticket in (*state.queue, *pending(state, now)):
        if ticket.id == display_id:
            if not _may_change(ticket.by, command.by, command.role):
                return refusals.NotYours()
            return (Left(display_id=display_id, by=command.by, role=command.role),)
    return refusals.NotShowing(display_id=display_id)


def _expire(command: Expire, state: Banner, now: Instant) -> Decision:
    display = state.display
    if display is None or display.id != command.display_id:
        return refusals.NotShowing(display_id=command.display_id)
    if now < display.until:
        return refusals.NotDue(until=display.until, retry_after_ms=milliseconds_between(now, display.until))
    return _brought_by_time(state, now)


def _hold(command: Hold, state: Banner, now: Instant) -> Decision:
    if command.role != "operator":
        return refusals.NotOperator()
    held = Held(hold=OnHold(reason=command.reason, by=command.by, at=now))
    up = showing(state, now)
    if up is None:
        return (*_over(state), held)
    return (Cleared(display_id=up.id, by=command.by, role=command.role), held)


def _release(command: Release, state: Banner, now: Instant) -> Decision:
    if command.role != "operator":
        return refusals.NotOperator()
    if state.hold is None:
        return refusals.NotHeld()
    return (Released(by=command.by), *_next(state, now))


def _set_approval(command: SetApproval) -> Decision:
    if command.role != "operator":
        return refusals.NotOperator()
    return (ApprovalSet(required=command.required, by=command.by),)


def _approve(command: Approve, state: Banner, now: Instant) -> Decision:
    if command.role != "operator":
        return refusals.NotOperator()
    ticket = _pending_ticket(command.display_id, state, now)
    if ticket is None:
        return refusals.NotPending(display_id=command.display_id)
    past = _brought_by_time(state, now)
    settled = _after(past, state)
    approved = Approved(display_id=ticket.id, by=command.by)
    if settled.display is None and settled.hold is None:
        return (*past, approved, _shown(ticket, now))
    return _queue_is_full(ticket, settled, now) or (*past, approved, Queued(ticket=ticket))


def _reject(command: Reject, state: Banner, now: Instant) -> Decision:
    if command.role != "operator":
        return refusals.NotOperator()
    if _pending_ticket(command.display_id, state, now) is None:
        return refusals.NotPending(display_id=command.display_id)
    return (Rejected(display_id=command.display_id, by=command.by, reason=command.reason),)


def _pending_ticket(display_id: DisplayId, state: Banner, now: Instant) -> Ticket | None:
    return next((ticket for ticket in pending(state, now) if ticket.id == display_id), None)


def _brought_by_time(state: Banner, now: Instant) -> tuple[BannerEvent, ...]:
    """What the clock alone has brought about: texts lapsed, a display ended, the next began."""
    lapsed = _lapsed(state, now)
    if state.display is None or now < state.display.until:
        return lapsed
    return (*lapsed, *_over(state), *_next(state, now))


def _lapsed(state: Banner, now: Instant) -> tuple[Lapsed, ...]:
    gone = (ticket for ticket in state.pending if lapses_at(ticket) <= now)
    return tuple(Lapsed(display_id=ticket.id, at=lapses_at(ticket)) for ticket in gone)


def _after(events: Sequence[BannerEvent], state: Banner) -> Banner:
    for event in events:
        state = update(event, state)
    return state


def _over(state: Banner) -> tuple[Expired, ...]:
    """The event that ends what still stands in the state, if anything does."""
    display = state.display
    return () if display is None else (Expired(display_id=display.id, until=display.until),)


def _next(state: Banner, now: Instant) -> tuple[Shown, ...]:
    """The first in line is shown."""
    return (_shown(state.queue[0], now),) if state.queue else ()


def _shown(ticket: Ticket, now: Instant) -> Shown:
    until = later(now, ticket.ttl_ms)
    return Shown(display=Display(id=ticket.id, text=ticket.text, by=ticket.by, shown_at=now, until=until))


def _may_change(author: str, by: str, role: Role) -> bool:
    return role == "operator" or by == author


def _without(queue: tuple[Ticket, ...], display_id: DisplayId) -> tuple[Ticket, ...]:
    return tuple(ticket for ticket in queue if ticket.id != display_id) if queue else queue


def _reading(display: Display, text: str) -> Display:
    return Display(id=display.id, text=text, by=display.by, shown_at=display.shown_at, until=display.until)
