"""The banner decides: given what happened, when this is asked, then that happens, or a clear no."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.banner.entity import SCHEMA, Ask, banner_entity, update
from shared.contracts import refusals
from shared.contracts.banner import (
    PENDING_AT_MOST,
    PENDING_MS,
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
    Turn,
    When,
    turns,
)
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.refusals import Refusal
from shared.entities.entity import replay
from shared.moderation.words import Words
from tests.support.clock import NOON

TTL = 60_000
OLD_TTL = 5_000
"""How long a display lasted when the second in line began to wait."""

B1 = BannerId("b1")
D1, D2, D3, D4, D9 = (DisplayId(name) for name in ("d1", "d2", "d3", "d4", "d9"))
ENTITY = banner_entity(TTL)


def at(milliseconds: int) -> Instant:
    """So long after noon."""
    return later(NOON, milliseconds)


def a_display(name: DisplayId, shown: int = 0, *, text: str = "Hello", by: str = "ada") -> Display:
    """A display that began so long after noon."""
    return Display(id=name, text=text, by=by, shown_at=at(shown), until=at(shown + TTL))


def show(name: str, text: str = "Hello", *, by: str = "ada") -> Show:
    """A wish to show a text."""
    return Show(id=CommandId(name), text=text, by=by)


def queue(name: str, text: str = "Hello", *, by: str = "bob") -> Show:
    """A wish to show a text when its turn has come."""
    return Show(id=CommandId(name), text=text, by=by, when="queue")


def a_ticket(name: DisplayId, since: int, *, text: str = "Hello", by: str = "bob", ttl: int = TTL) -> Ticket:
    """Somebody who waits since so long after noon."""
    return Ticket(id=name, text=text, by=by, at=at(since), ttl_ms=ttl)


def turn_of(ticket: Ticket, shown: int) -> Shown:
    """The turn of one who waited, which began so long after noon."""
    until = at(shown + ticket.ttl_ms)
    return Shown(
        display=Display(id=ticket.id, text=ticket.text, by=ticket.by, shown_at=at(shown), until=until)
    )


def a_hold(since: int = 0, reason: str = "wind", *, by: str = "olga") -> OnHold:
    """A hold since so long after noon."""
    return OnHold(reason=reason, by=by, at=at(since))


def hold(reason: str = "wind", *, role: Role = "operator") -> Hold:
    """A wish to hold."""
    return Hold(reason=reason, by="olga", role=role)


def clear(name: DisplayId, by: str, role: Role = "author") -> Clear:
    """A wish to end this display, or to leave the line with it."""
    return Clear(display_id=name, by=by, role=role)


def replace(text: str = "Better", *, by: str = "ada", role: Role = "author") -> Replace:
    """A wish to change the text of what shows."""
    return Replace(text=text, by=by, role=role, revision=2)


REGISTERED = Registered(id=B1, name="b1")
D1_SHOWN = Shown(display=a_display(D1))
D1_EXPIRED = Expired(display_id=D1, until=at(TTL))
D1_CLEARED = Cleared(display_id=D1, by="ada", role="author")

NOTHING: list[BannerEvent] = []
EMPTY: list[BannerEvent] = [REGISTERED]
SHOWING: list[BannerEvent] = [REGISTERED, D1_SHOWN]
SHOWN_AND_CLEARED: list[BannerEvent] = [*SHOWING, D1_CLEARED]
SHOWN_AND_EXPIRED: list[BannerEvent] = [*SHOWING, D1_EXPIRED]

T2 = a_ticket(D2, 10, by="bob", ttl=OLD_TTL)
T3 = a_ticket(D3, 20, by="cyd")
CROWD = [a_ticket(DisplayId(f"t{number}"), 30, by=f"guest-{number}") for number in range(QUEUE_AT_MOST)]
D1_TAKEN_DOWN = Cleared(display_id=D1, by="olga", role="operator")

QUEUED: list[BannerEvent] = [*SHOWING, Queued(ticket=T2), Queued(ticket=T3)]
CROWDED: list[BannerEvent] = [*SHOWING, *(Queued(ticket=ticket) for ticket in CROWD)]
HELD: list[BannerEvent] = [REGISTERED, Held(hold=a_hold())]
HELD_AND_QUEUED: list[BannerEvent] = [*HELD, Queued(ticket=T2), Queued(ticket=T3)]
HELD_AND_CROWDED: list[BannerEvent] = [*HELD, *(Queued(ticket=ticket) for ticket in CROWD)]

Then = list[BannerEvent] | Refusal


def busy(left: int) -> refusals.Busy:
    """The refusal while the first display has so long to go."""
    return refusals.Busy(until=at(TTL), retry_after_ms=left, display_id=D1)


@pytest.mark.parametrize(
    ("past", "now", "command", "then"),
    [
        # register
        pytest.param(
            NOTHING, 0, Register(), [REGISTERED], id="given nothing, when registered, then it is there"
        ),
        pytest.param(
            NOTHING,
            0,
            Register(name="Lightning", tags=("pool-1", "north")),
            [Registered(id=B1, name="Lightning", tags=("pool-1", "north"))],
            id="given nothing, when registered with a name and tags, then it has them",
        ),
        pytest.param(
            EMPTY,
            0,
            Register(name="Other"),
            refusals.AlreadyRegistered(banner="b1"),
            id="given a banner, when registered again, then it stays as it is",
        ),
        # show
        pytest.param(
            NOTHING,
            0,
            show("d1"),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when shown, then there is no such banner",
        ),
        pytest.param(EMPTY, 0, show("d1"), [D1_SHOWN], id="given an empty banner, when shown, then it shows"),
        pytest.param(
            EMPTY,
            0,
            show("d1", "  Cafe\u0301 \n"),
            [Shown(display=a_display(D1, text="Caf\u00e9"))],
            id="given an empty banner, when shown with loose ends, then the clean text shows",
        ),
        pytest.param(
            EMPTY,
            0,
            show("d1", " \n "),
            refusals.BadText(problem="expected 1 to 120 characters, found nothing"),
            id="given an empty banner, when nothing is to be shown, then that is no text",
        ),
        pytest.param(
            EMPTY,
            0,
            show("d1", "x" * 121),
            refusals.BadText(problem="expected 1 to 120 characters, found 121 characters"),
            id="given an empty banner, when too much is to be shown, then that is too long",
        ),
        pytest.param(
            SHOWING,
            0,
            show("d2"),
            busy(TTL),
            id="given a display, when another is shown in the same instant, then it is busy",
        ),
        pytest.param(
            SHOWING,
            TTL - 1,
            show("d2"),
            busy(1),
            id="given a display, when another is shown in its last millisecond, then it is busy",
        ),
        pytest.param(
            SHOWING,
            0,
            show("d2", by="ada"),
            busy(TTL),
            id="given a display, when its own author shows another, then it is busy all the same",
        ),
        pytest.param(
            SHOWING,
            0,
            show("d2", "x" * 121),
            refusals.BadText(problem="expected 1 to 120 characters, found 121 characters"),
            id="given a display, when a bad text is to be shown, then the text is the problem",
        ),
        pytest.param(
            SHOWING,
            TTL,
            show("d2"),
            [D1_EXPIRED, Shown(display=a_display(D2, TTL))],
            id="given a display, when another is shown at its deadline, then one ends and the other begins",
        ),
        pytest.param(
            SHOWING,
            10 * TTL,
            show("d2"),
            [D1_EXPIRED, Shown(display=a_display(D2, 10 * TTL))],
            id="given an overdue display, when another is shown, then the first ended at its deadline",
        ),
        pytest.param(
            SHOWN_AND_CLEARED,
            1,
            show("d2"),
            [Shown(display=a_display(D2, 1))],
            id="given a cleared display, when another is shown, then it shows at once",
        ),
        pytest.param(
            SHOWN_AND_EXPIRED,
            TTL,
            show("d2"),
            [Shown(display=a_display(D2, TTL))],
            id="given an expired display, when another is shown, then it shows",
        ),
        # clear
        pytest.param(
            NOTHING,
            0,
            Clear(),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when cleared, then there is no such banner",
        ),
        pytest.param(
            EMPTY,
            0,
            Clear(by="ada"),
            refusals.NothingShowing(),
            id="given an empty banner, when cleared, then there is nothing to end",
        ),
        pytest.param(
            SHOWING,
            1,
            Clear(by="ada"),
            [D1_CLEARED],
            id="given a display, when its author clears it, then it ends",
        ),
        pytest.param(
            SHOWING,
            1,
            Clear(by="bob"),
            refusals.NotYours(),
            id="given a display, when another author clears it, then it is not theirs",
        ),
        pytest.param(
            SHOWING,
            1,
            Clear(),
            refusals.NotYours(),
            id="given a display, when nobody clears it, then it is not theirs",
        ),
        pytest.param(
            SHOWING,
            1,
            Clear(by="bob", role="operator"),
            [Cleared(display_id=D1, by="bob", role="operator")],
            id="given a display, when an operator clears it, then it ends",
        ),
        pytest.param(
            SHOWING,
            TTL,
            Clear(by="ada"),
            refusals.NothingShowing(),
            id="given a display at its deadline, when cleared, then there is nothing to end",
        ),
        pytest.param(
            SHOWING,
            TTL - 1,
            Clear(by="ada"),
            [D1_CLEARED],
            id="given a display in its last millisecond, when cleared, then it ends",
        ),
        pytest.param(
            SHOWN_AND_CLEARED,
            2,
            Clear(by="ada"),
            refusals.NothingShowing(),
            id="given a cleared display, when cleared again, then there is nothing to end",
        ),
        # expire
        pytest.param(
            NOTHING,
            0,
            Expire(display_id=D1),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when expired, then there is no such banner",
        ),
        pytest.param(
            EMPTY,
            0,
            Expire(display_id=D1),
            refusals.NotShowing(display_id=D1),
            id="given an empty banner, when a display is expired, then it is not showing",
        ),
        pytest.param(
            SHOWING,
            TTL,
            Expire(display_id=D1),
            [D1_EXPIRED],
            id="given a display at its deadline, when expired, then it ends",
        ),
        pytest.param(
            SHOWING,
            TTL + 5_000,
            Expire(display_id=D1),
            [D1_EXPIRED],
            id="given an overdue display, when expired, then it ended at its deadline",
        ),
        pytest.param(
            SHOWING,
            TTL - 1,
            Expire(display_id=D1),
            refusals.NotDue(until=at(TTL), retry_after_ms=1),
            id="given a display with a millisecond left, when expired, then it is not due",
        ),
        pytest.param(
            SHOWING,
            TTL,
            Expire(display_id=D2),
            refusals.NotShowing(display_id=D2),
            id="given a display, when another one is expired, then nothing ends",
        ),
        pytest.param(
            [*SHOWN_AND_CLEARED, Shown(display=a_display(D2, 1))],
            2 * TTL,
            Expire(display_id=D1),
            refusals.NotShowing(display_id=D1),
            id="given a newer display, when the old one is expired late, then the newer one stays",
        ),
        pytest.param(
            SHOWN_AND_EXPIRED,
            TTL,
            Expire(display_id=D1),
            refusals.NotShowing(display_id=D1),
            id="given an expired display, when expired again, then it is over already",
        ),
    ],
)
def test_a_banner(past: Sequence[BannerEvent], now: int, command: BannerCommand, then: Then) -> None:
    assert then == decided(past, now, command)


def decided(past: Sequence[BannerEvent], now: int, command: BannerCommand) -> Then:
    """What a banner decides, given its past, so long after noon."""
    decision = ENTITY.handle(Ask(B1, command), replay(ENTITY, past, None), at(now))
    return decision if isinstance(decision, Refusal) else list(decision)


@pytest.mark.parametrize(
    ("past", "now", "command", "then"),
    [
        pytest.param(
            NOTHING,
            0,
            queue("d1"),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when queued, then there is no such banner",
        ),
        pytest.param(
            EMPTY,
            0,
            queue("d1", by="ada"),
            [D1_SHOWN],
            id="given an empty banner, when queued, then it shows at once",
        ),
        pytest.param(
            SHOWING,
            TTL,
            queue("d2", by="ada"),
            [D1_EXPIRED, Shown(display=a_display(D2, TTL))],
            id="given an overdue display, when queued and nobody waits, then one ends and the other begins",
        ),
        pytest.param(
            SHOWING,
            1,
            queue("d2"),
            [Queued(ticket=a_ticket(D2, 1))],
            id="given a display, when queued, then it waits, and is promised the time of today",
        ),
        pytest.param(
            SHOWING,
            TTL - 1,
            queue("d2"),
            [Queued(ticket=a_ticket(D2, TTL - 1))],
            id="given a display in its last millisecond, when queued, then it waits",
        ),
        pytest.param(
            SHOWING,
            1,
            queue("d2", "  Cafe\u0301 \n"),
            [Queued(ticket=a_ticket(D2, 1, text="Caf\u00e9"))],
            id="given a display, when queued with loose ends, then the clean text waits",
        ),
        pytest.param(
            SHOWING,
            1,
            queue("d2", " "),
            refusals.BadText(problem="expected 1 to 120 characters, found nothing"),
            id="given a display, when nothing is queued, then that is no text",
        ),
        pytest.param(
            SHOWING,
            1,
            queue("d2", by="ada"),
            [Queued(ticket=a_ticket(D2, 1, by="ada"))],
            id="given a display, when its own author queues another, then that waits",
        ),
        pytest.param(
            QUEUED,
            30,
            queue("d4", by="dan"),
            [Queued(ticket=a_ticket(D4, 30, by="dan"))],
            id="given two who wait, when a third queues, then it waits too",
        ),
        pytest.param(
            QUEUED,
            30,
            show("d4", by="dan"),
            busy(TTL - 30),
            id="given two who wait, when shown, then it is busy with what shows",
        ),
        pytest.param(
            QUEUED,
            30,
            queue("d4", by="bob"),
            refusals.AlreadyWaiting(display_id=D2, position=1),
            id="given the first in line, when its author queues again, then one turn at a time",
        ),
        pytest.param(
            QUEUED,
            30,
            queue("d4", by="cyd"),
            refusals.AlreadyWaiting(display_id=D3, position=2),
            id="given the second in line, when its author queues again, then it is told its place",
        ),
        pytest.param(
            QUEUED,
            30,
            queue("d1", by="dan"),
            refusals.KeyReused(),
            id="given a display, when another of its id is queued, then the id is taken",
        ),
        pytest.param(
            QUEUED,
            30,
            queue("d3", by="dan"),
            refusals.KeyReused(),
            id="given somebody who waits, when another of that id is queued, then the id is taken",
        ),
        pytest.param(
            CROWDED[:-1],
            40,
            queue("d4", by="dan"),
            [Queued(ticket=a_ticket(D4, 40, by="dan"))],
            id="given all but one who may wait, when queued, then it waits",
        ),
        pytest.param(
            CROWDED,
            40,
            queue("d4", by="dan"),
            refusals.QueueFull(at_most=20, retry_after_ms=TTL - 40),
            id="given a full line, when queued, then it is full until the display ends",
        ),
        pytest.param(
            CROWDED,
            40,
            queue("d4", by="guest-19"),
            refusals.AlreadyWaiting(display_id=CROWD[19].id, position=20),
            id="given a full line, when one of them queues again, then it waits already",
        ),
        pytest.param(
            CROWDED,
            TTL,
            queue("d4", by="dan"),
            [D1_EXPIRED, turn_of(CROWD[0], TTL), Queued(ticket=a_ticket(D4, TTL, by="dan"))],
            id="given a full line and an overdue display, when queued, then one moves up and there is room",
        ),
        pytest.param(
            QUEUED,
            TTL + 7,
            show("d4", by="dan"),
            refusals.Busy(until=at(TTL + 7 + OLD_TTL), retry_after_ms=OLD_TTL, display_id=D2),
            id="given an overdue display and a line, when shown, then it is busy with the next",
        ),
        pytest.param(
            QUEUED,
            TTL + 7,
            show("d4", by="bob"),
            refusals.Busy(until=at(TTL + 7 + OLD_TTL), retry_after_ms=OLD_TTL, display_id=D2),
            id="given an overdue display, when the next in line shows, then its turn has come already",
        ),
        pytest.param(
            QUEUED,
            TTL + 7,
            queue("d4", by="dan"),
            [D1_EXPIRED, turn_of(T2, TTL + 7), Queued(ticket=a_ticket(D4, TTL + 7, by="dan"))],
            id="given an overdue display and a line, when queued, then the first shows and it waits behind",
        ),
        pytest.param(
            QUEUED,
            TTL + 7,
            queue("d4", by="bob"),
            [D1_EXPIRED, turn_of(T2, TTL + 7), Queued(ticket=a_ticket(D4, TTL + 7))],
            id="given an overdue display, when the next in line queues, then its turn has come and it may",
        ),
        pytest.param(
            QUEUED,
            TTL + 7,
            queue("d4", by="cyd"),
            refusals.AlreadyWaiting(display_id=D3, position=1),
            id="given an overdue display, when the second in line queues, then it has moved up",
        ),
        pytest.param(
            QUEUED,
            TTL,
            Expire(display_id=D1),
            [D1_EXPIRED, turn_of(T2, TTL)],
            id="given two in line, when the display expires, then the next shows",
        ),
        pytest.param(
            QUEUED,
            TTL + 5_000,
            Expire(display_id=D1),
            [D1_EXPIRED, turn_of(T2, TTL + 5_000)],
            id="given two in line, when the display expires late, then the next has its whole time",
        ),
        pytest.param(
            [*QUEUED, D1_EXPIRED, turn_of(T2, TTL)],
            TTL + OLD_TTL,
            Expire(display_id=D2),
            [Expired(display_id=D2, until=at(TTL + OLD_TTL)), turn_of(T3, TTL + OLD_TTL)],
            id="given one in line, when the one before it expires, then it shows, and nobody is left",
        ),
        pytest.param(
            QUEUED,
            TTL - 1,
            Expire(display_id=D1),
            refusals.NotDue(until=at(TTL), retry_after_ms=1),
            id="given two in line, when the display is expired too early, then it is not due",
        ),
        pytest.param(
            QUEUED,
            TTL,
            Expire(display_id=D2),
            refusals.NotShowing(display_id=D2),
            id="given two in line, when one of them is expired, then it does not show yet",
        ),
        pytest.param(
            QUEUED,
            30,
            Clear(by="ada"),
            [D1_CLEARED, turn_of(T2, 30)],
            id="given two in line, when the author clears, then the next shows",
        ),
        pytest.param(
            QUEUED,
            30,
            Clear(by="olga", role="operator"),
            [D1_TAKEN_DOWN, turn_of(T2, 30)],
            id="given two in line, when an operator clears, then the next shows",
        ),
        pytest.param(
            QUEUED,
            30,
            clear(D1, "ada"),
            [D1_CLEARED, turn_of(T2, 30)],
            id="given two in line, when the author clears that display, then the next shows",
        ),
        pytest.param(
            QUEUED,
            TTL,
            Clear(by="ada"),
            refusals.NothingShowing(),
            id="given an overdue display, when its author clears, then the next is not ended unseen",
        ),
        pytest.param(
            QUEUED,
            TTL,
            Clear(by="bob"),
            refusals.NothingShowing(),
            id="given an overdue display, when the next in line clears, then it is not ended unseen",
        ),
        pytest.param(
            QUEUED,
            TTL,
            Clear(by="olga", role="operator"),
            refusals.NothingShowing(),
            id="given an overdue display, when an operator clears, then the next is not ended unseen",
        ),
        pytest.param(
            SHOWING,
            1,
            clear(D1, "ada"),
            [D1_CLEARED],
            id="given a display, when its author clears it by name, then it ends",
        ),
        pytest.param(
            SHOWING,
            1,
            clear(D1, "bob"),
            refusals.NotYours(),
            id="given a display, when another author clears it by name, then it is not theirs",
        ),
        pytest.param(
            SHOWING,
            1,
            clear(D1, "olga", "operator"),
            [D1_TAKEN_DOWN],
            id="given a display, when an operator clears it by name, then it ends",
        ),
        pytest.param(
            SHOWING,
            1,
            clear(D9, "ada"),
            refusals.NotShowing(display_id=D9),
            id="given a display, when another name is cleared, then nothing ends",
        ),
        pytest.param(
            EMPTY,
            1,
            clear(D1, "ada"),
            refusals.NotShowing(display_id=D1),
            id="given an empty banner, when a display is cleared by name, then it is not showing",
        ),
        pytest.param(
            SHOWING,
            TTL,
            clear(D1, "ada"),
            refusals.NotShowing(display_id=D1),
            id="given an overdue display, when it is cleared by name, then it is over already",
        ),
        pytest.param(
            QUEUED,
            30,
            clear(D2, "bob"),
            [Left(display_id=D2, by="bob", role="author")],
            id="given two in line, when one clears its own, then it leaves",
        ),
        pytest.param(
            QUEUED,
            30,
            clear(D3, "cyd"),
            [Left(display_id=D3, by="cyd", role="author")],
            id="given two in line, when the second clears its own, then that one leaves",
        ),
        pytest.param(
            QUEUED,
            30,
            clear(D2, "ada"),
            refusals.NotYours(),
            id="given two in line, when another author clears one, then it is not theirs",
        ),
        pytest.param(
            QUEUED,
            30,
            clear(D2, "olga", "operator"),
            [Left(display_id=D2, by="olga", role="operator")],
            id="given two in line, when an operator clears one, then it leaves",
        ),
        pytest.param(
            QUEUED,
            30,
            clear(D9, "olga", "operator"),
            refusals.NotShowing(display_id=D9),
            id="given two in line, when an operator clears another name, then it neither shows nor waits",
        ),
        pytest.param(
            QUEUED,
            TTL,
            clear(D2, "bob"),
            [Left(display_id=D2, by="bob", role="author")],
            id="given an overdue display, when the next in line clears its own, then it leaves unseen",
        ),
        pytest.param(
            QUEUED,
            TTL,
            clear(D1, "ada"),
            refusals.NotShowing(display_id=D1),
            id="given an overdue display and a line, when it is cleared by name, then it is over already",
        ),
        pytest.param(
            [*QUEUED, Left(display_id=D2, by="bob", role="author")],
            TTL,
            Expire(display_id=D1),
            [D1_EXPIRED, turn_of(T3, TTL)],
            id="given one who left, when the display expires, then the one behind shows",
        ),
    ],
)
def test_a_line_of_people(past: Sequence[BannerEvent], now: int, command: BannerCommand, then: Then) -> None:
    assert then == decided(past, now, command)


@pytest.mark.parametrize(
    ("past", "now", "command", "then"),
    [
        pytest.param(
            NOTHING,
            0,
            replace(),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when replaced, then there is no such banner",
        ),
        pytest.param(
            SHOWING,
            1,
            replace(),
            [Replaced(display_id=D1, text="Better", was="Hello", by="ada", role="author")],
            id="given a display, when its author replaces the text, then it reads like that",
        ),
        pytest.param(
            SHOWING,
            TTL - 1,
            replace(),
            [Replaced(display_id=D1, text="Better", was="Hello", by="ada", role="author")],
            id="given a display in its last millisecond, when replaced, then it reads like that",
        ),
        pytest.param(
            SHOWING,
            1,
            replace(by="olga", role="operator"),
            [Replaced(display_id=D1, text="Better", was="Hello", by="olga", role="operator")],
            id="given a display, when an operator replaces the text, then it reads like that",
        ),
        pytest.param(
            SHOWING,
            1,
            replace("  Cafe\u0301 \n"),
            [Replaced(display_id=D1, text="Caf\u00e9", was="Hello", by="ada", role="author")],
            id="given a display, when replaced with loose ends, then the clean text shows",
        ),
        pytest.param(
            [*SHOWING, Replaced(display_id=D1, text="Better", was="Hello", by="ada", role="author")],
            1,
            replace("Best"),
            [Replaced(display_id=D1, text="Best", was="Better", by="ada", role="author")],
            id="given a replaced text, when replaced again, then it was the text before",
        ),
        pytest.param(
            QUEUED,
            30,
            replace(),
            [Replaced(display_id=D1, text="Better", was="Hello", by="ada", role="author")],
            id="given a display and a line, when replaced, then nobody moves up",
        ),
        pytest.param(
            SHOWING,
            1,
            Replace(text="Better", by="ada"),
            refusals.NeedsIfMatch(),
            id="given a display, when replaced without a revision, then it needs one",
        ),
        pytest.param(
            EMPTY,
            1,
            Replace(text="", by="bob"),
            refusals.NeedsIfMatch(),
            id="given an empty banner, when replaced without a revision, then it needs one before all else",
        ),
        pytest.param(
            SHOWING,
            1,
            replace(by="bob"),
            refusals.NotYours(),
            id="given a display, when another author replaces the text, then it is not theirs",
        ),
        pytest.param(
            SHOWING,
            1,
            replace("", by="bob"),
            refusals.NotYours(),
            id="given a display, when another author replaces it by nothing, then it is not theirs",
        ),
        pytest.param(
            SHOWING,
            1,
            replace("x" * 121),
            refusals.BadText(problem="expected 1 to 120 characters, found 121 characters"),
            id="given a display, when replaced by too much, then that is too long",
        ),
        pytest.param(
            EMPTY,
            1,
            replace(),
            refusals.NothingShowing(),
            id="given an empty banner, when replaced, then nothing shows",
        ),
        pytest.param(
            SHOWING,
            TTL,
            replace(),
            refusals.NothingShowing(),
            id="given a display at its deadline, when replaced, then nothing shows",
        ),
        pytest.param(
            QUEUED,
            TTL,
            replace(by="bob"),
            refusals.NothingShowing(),
            id="given an overdue display and a line, when the next replaces its text, then it is not up yet",
        ),
        pytest.param(
            HELD,
            1,
            replace(),
            refusals.NothingShowing(),
            id="given a hold, when replaced, then nothing shows",
        ),
    ],
)
def test_a_text_that_is_replaced(
    past: Sequence[BannerEvent], now: int, command: BannerCommand, then: Then
) -> None:
    assert then == decided(past, now, command)


@pytest.mark.parametrize(
    ("past", "now", "command", "then"),
    [
        pytest.param(
            NOTHING,
            0,
            hold(),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when held, then there is no such banner",
        ),
        pytest.param(
            EMPTY,
            0,
            hold(),
            [Held(hold=a_hold())],
            id="given an empty banner, when held, then it is on hold",
        ),
        pytest.param(
            EMPTY,
            0,
            hold(role="author"),
            refusals.NotOperator(),
            id="given an empty banner, when an author holds it, then only operators may",
        ),
        pytest.param(
            SHOWING,
            1,
            hold(role="author"),
            refusals.NotOperator(),
            id="given a display, when an author holds the banner, then only operators may",
        ),
        pytest.param(
            SHOWING,
            1,
            hold(),
            [D1_TAKEN_DOWN, Held(hold=a_hold(1))],
            id="given a display, when held, then it ends",
        ),
        pytest.param(
            QUEUED,
            30,
            hold(),
            [D1_TAKEN_DOWN, Held(hold=a_hold(30))],
            id="given a display and a line, when held, then it ends and nobody moves up",
        ),
        pytest.param(
            SHOWING,
            TTL + 7,
            hold(),
            [D1_EXPIRED, Held(hold=a_hold(TTL + 7))],
            id="given an overdue display, when held, then it ended at its deadline",
        ),
        pytest.param(
            QUEUED,
            TTL + 7,
            hold(),
            [D1_EXPIRED, Held(hold=a_hold(TTL + 7))],
            id="given an overdue display and a line, when held, then nobody moves up",
        ),
        pytest.param(
            HELD_AND_QUEUED,
            30,
            hold("rain"),
            [Held(hold=a_hold(30, "rain"))],
            id="given a hold, when held again, then it is for another reason",
        ),
        pytest.param(
            HELD,
            30,
            hold("rain", role="author"),
            refusals.NotOperator(),
            id="given a hold, when an author holds it again, then only operators may",
        ),
        pytest.param(
            HELD,
            30,
            show("d1"),
            refusals.Held(problem="wind", since=NOON),
            id="given a hold, when shown, then it is told why not",
        ),
        pytest.param(
            HELD,
            30,
            show("d1", " "),
            refusals.BadText(problem="expected 1 to 120 characters, found nothing"),
            id="given a hold, when a bad text is to be shown, then the text is the problem",
        ),
        pytest.param(
            HELD,
            30,
            queue("d2"),
            [Queued(ticket=a_ticket(D2, 30))],
            id="given a hold, when queued, then it waits",
        ),
        pytest.param(
            HELD_AND_QUEUED,
            2 * TTL,
            show("d4"),
            refusals.Held(problem="wind", since=NOON),
            id="given a hold and a line, when shown much later, then it is still on hold",
        ),
        pytest.param(
            HELD_AND_QUEUED,
            30,
            queue("d4", by="cyd"),
            refusals.AlreadyWaiting(display_id=D3, position=2),
            id="given a hold and a line, when one of them queues again, then one turn at a time",
        ),
        pytest.param(
            HELD_AND_CROWDED,
            40,
            queue("d4", by="dan"),
            refusals.QueueFull(at_most=20, retry_after_ms=TTL),
            id="given a hold and a full line, when queued, then it is full for a display's time",
        ),
        pytest.param(
            HELD_AND_QUEUED,
            30,
            Clear(by="bob"),
            refusals.NothingShowing(),
            id="given a hold, when cleared, then there is nothing to end",
        ),
        pytest.param(
            HELD_AND_QUEUED,
            30,
            clear(D2, "bob"),
            [Left(display_id=D2, by="bob", role="author")],
            id="given a hold, when one who waits clears its own, then it leaves",
        ),
        pytest.param(
            [*SHOWING, D1_TAKEN_DOWN, Held(hold=a_hold(1))],
            TTL,
            Expire(display_id=D1),
            refusals.NotShowing(display_id=D1),
            id="given a hold that ended a display, when that expires, then it is over already",
        ),
        pytest.param(
            HELD,
            30,
            Register(),
            refusals.AlreadyRegistered(banner="b1"),
            id="given a hold, when registered again, then it stays as it is",
        ),
        pytest.param(
            NOTHING,
            0,
            Release(role="operator"),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when released, then there is no such banner",
        ),
        pytest.param(
            EMPTY,
            0,
            Release(role="operator"),
            refusals.NotHeld(),
            id="given an empty banner, when released, then it is not on hold",
        ),
        pytest.param(
            QUEUED,
            30,
            Release(role="operator"),
            refusals.NotHeld(),
            id="given a display and a line, when released, then it is not on hold",
        ),
        pytest.param(
            HELD,
            30,
            Release(),
            refusals.NotOperator(),
            id="given a hold, when an author releases it, then only operators may",
        ),
        pytest.param(
            HELD,
            30,
            Release(by="otto", role="operator"),
            [Released(by="otto")],
            id="given a hold, when released, then it is free",
        ),
        pytest.param(
            HELD_AND_QUEUED,
            2 * TTL,
            Release(by="otto", role="operator"),
            [Released(by="otto"), turn_of(T2, 2 * TTL)],
            id="given a hold and a line, when released, then the first shows for its whole time",
        ),
        pytest.param(
            [*HELD, Released(by="otto")],
            40,
            show("d1"),
            [Shown(display=a_display(D1, 40))],
            id="given a released banner, when shown, then it shows",
        ),
    ],
)
def test_a_hold(past: Sequence[BannerEvent], now: int, command: BannerCommand, then: Then) -> None:
    assert then == decided(past, now, command)


def test_who_queues_is_told_a_place_and_the_latest_time() -> None:
    state = replay(ENTITY, [*QUEUED, Queued(ticket=a_ticket(D4, 30, by="dan"))], None)
    assert state is not None

    assert [
        Turn(T2, 1, at(TTL)),
        Turn(T3, 2, at(TTL + OLD_TTL)),
        Turn(a_ticket(D4, 30, by="dan"), 3, at(TTL + OLD_TTL + TTL)),
    ] == list(turns(state, at(40)))


def test_past_a_deadline_that_nobody_has_said_the_next_turn_is_now() -> None:
    state = replay(ENTITY, QUEUED, None)
    assert state is not None

    assert [Turn(T2, 1, at(TTL + 7)), Turn(T3, 2, at(TTL + 7 + OLD_TTL))] == list(turns(state, at(TTL + 7)))


def test_during_a_hold_nobody_can_tell_when_a_turn_is() -> None:
    state = replay(ENTITY, HELD_AND_QUEUED, None)
    assert state is not None

    assert [Turn(T2, 1, None), Turn(T3, 2, None)] == list(turns(state, at(30)))


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        pytest.param(
            Registered(id=B1, name="Lightning", tags=("north",)),
            None,
            Banner(id=B1, name="Lightning", tags=("north",)),
            id="registered: it is there",
        ),
        pytest.param(
            D1_SHOWN,
            Banner(id=B1, name="Lightning", tags=("north",)),
            Banner(id=B1, name="Lightning", tags=("north",), display=a_display(D1)),
            id="shown: it shows, and is still called the same",
        ),
        pytest.param(
            D1_CLEARED,
            Banner(id=B1, name="Lightning", tags=("north",), display=a_display(D1)),
            Banner(id=B1, name="Lightning", tags=("north",)),
            id="cleared: it shows nothing, and is still called the same",
        ),
        pytest.param(
            D1_EXPIRED,
            Banner(id=B1, name="Lightning", display=a_display(D1)),
            Banner(id=B1, name="Lightning"),
            id="expired: it shows nothing",
        ),
        pytest.param(
            turn_of(T2, TTL),
            Banner(id=B1, name="b1", queue=(T2, T3)),
            Banner(id=B1, name="b1", display=turn_of(T2, TTL).display, queue=(T3,)),
            id="shown, of those who wait: it waits no more",
        ),
        pytest.param(
            Queued(ticket=T3),
            Banner(id=B1, name="b1", tags=("north",), display=a_display(D1), queue=(T2,)),
            Banner(id=B1, name="b1", tags=("north",), display=a_display(D1), queue=(T2, T3)),
            id="queued: at the end of the line",
        ),
        pytest.param(
            Left(display_id=D3, by="cyd", role="author"),
            Banner(id=B1, name="b1", display=a_display(D1), queue=(T2, T3, a_ticket(D4, 30))),
            Banner(id=B1, name="b1", display=a_display(D1), queue=(T2, a_ticket(D4, 30))),
            id="left: the others keep their order",
        ),
        pytest.param(
            Replaced(display_id=D1, text="Better", was="Hello", by="ada", role="author"),
            Banner(id=B1, name="b1", display=a_display(D1), queue=(T2,)),
            Banner(id=B1, name="b1", display=a_display(D1, text="Better"), queue=(T2,)),
            id="replaced: another text, and the same id, author, beginning and deadline",
        ),
        pytest.param(
            Held(hold=a_hold(5)),
            Banner(id=B1, name="b1", tags=("north",), display=a_display(D1), queue=(T2,)),
            Banner(id=B1, name="b1", tags=("north",), queue=(T2,), hold=a_hold(5)),
            id="held: nothing shows, and those who wait go on waiting",
        ),
        pytest.param(
            Held(hold=a_hold(5, "rain", by="otto")),
            Banner(id=B1, name="b1", hold=a_hold()),
            Banner(id=B1, name="b1", hold=a_hold(5, "rain", by="otto")),
            id="held again: for another reason",
        ),
        pytest.param(
            Released(by="olga"),
            Banner(id=B1, name="b1", queue=(T2,), hold=a_hold()),
            Banner(id=B1, name="b1", queue=(T2,)),
            id="released: the hold is gone",
        ),
    ],
)
def test_an_event_is_recorded(event: BannerEvent, before: Banner | None, after: Banner) -> None:
    assert after == update(event, before)


def test_nothing_happens_to_a_banner_before_it_is_registered() -> None:
    with pytest.raises(AssertionError, match="before it is registered"):
        update(D1_SHOWN, None)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(Replaced(display_id=D1, text="a", was="b", by="ada", role="author"), id="replaced"),
        pytest.param(cast("Any", object()), id="no event at all"),
    ],
)
def test_what_cannot_have_happened_is_a_bug(event: BannerEvent) -> None:
    with pytest.raises(AssertionError):
        update(event, Banner(id=B1, name="b1"))


def test_a_command_that_nobody_knows_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        decided(EMPTY, 0, cast("Any", object()))


def test_a_show_to_which_nobody_gave_an_id_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="gives every Show an id"):
        decided(EMPTY, 0, Show(text="Hello"))


@given(ttl=st.integers(1, 86_400_000), waited=st.integers(0, 172_800_000))
def test_a_display_lasts_exactly_as_long_as_it_should(ttl: int, waited: int) -> None:
    entity = banner_entity(ttl)
    first = entity.handle(Ask(B1, show("d1")), Banner(id=B1, name="b1"), NOON)
    assert not isinstance(first, Refusal)
    state = replay(entity, first, Banner(id=B1, name="b1"))

    second = entity.handle(Ask(B1, show("d2")), state, at(waited))

    assert (waited < ttl) == isinstance(second, refusals.Busy)


PEOPLE = st.sampled_from(["ada", "bob", "cyd"])
ROLES: st.SearchStrategy[Role] = st.sampled_from(["author", "operator"])
RECENT = st.integers(1, 6).map(lambda back: DisplayId(str(back)))
WISHES: st.SearchStrategy[BannerCommand] = st.one_of(
    st.builds(Show, text=st.just("Hello"), by=PEOPLE, when=st.sampled_from(["now", "queue"])),
    st.builds(Replace, text=st.just("Better"), by=PEOPLE, role=ROLES, revision=st.just(1)),
    st.builds(Clear, by=PEOPLE, role=ROLES, display_id=st.none() | RECENT),
    st.builds(Expire, display_id=RECENT),
    st.builds(Hold, reason=st.just("wind"), role=ROLES),
    st.builds(Release, role=ROLES),
    st.builds(SetApproval, required=st.booleans(), role=ROLES),
    st.builds(Approve, display_id=RECENT, role=ROLES),
    st.builds(Reject, display_id=RECENT, role=ROLES, reason=st.just("no")),
)
STEPS = st.sampled_from([0, 1, TTL // 2, TTL, PENDING_MS])


def numbered(command: BannerCommand, number: int) -> BannerCommand:
    """The wish as the one of that number; which display it means, it said as so many wishes ago."""
    if isinstance(command, Expire | Clear | Approve | Reject) and command.display_id is not None:
        command = msgspec.structs.replace(
            command, display_id=DisplayId(f"c{number - int(command.display_id)}")
        )
    return msgspec.structs.replace(command, id=CommandId(f"c{number}"))


@given(st.lists(st.tuples(STEPS, WISHES), max_size=40))
def test_whatever_is_asked_there_are_never_two_displays_at_once(
    asked: list[tuple[int, BannerCommand]],
) -> None:
    state, now, submitted = Banner(id=B1, name="b1"), 0, set[DisplayId]()
    for number, (step, command) in enumerate(asked):
        now += step
        decision = ENTITY.handle(Ask(B1, numbered(command, number)), state, at(now))
        for event in () if isinstance(decision, Refusal) else decision:
            if isinstance(event, Shown):
                assert state.display is None
                assert state.hold is None
                assert event.display.id not in submitted, "shown without a yes"
            if isinstance(event, Submitted):
                submitted.add(event.ticket.id)
            if isinstance(event, Approved):
                submitted.remove(event.display_id)
            state = update(event, state)
        assert len(state.queue) <= QUEUE_AT_MOST
        assert len(state.pending) <= PENDING_AT_MOST
        waiting = [ticket.by for ticket in (*state.queue, *state.pending)]
        assert len(waiting) == len(set(waiting))
        assert not state.queue or state.display or state.hold
        assert not (state.display and state.hold)


def test_the_schema_is_raised_whenever_an_older_reader_could_misunderstand() -> None:
    assert ("banner", 3) == (ENTITY.name, SCHEMA)
    assert SCHEMA == ENTITY.schema


# --- words that are blocked -----------------------------------------------------------------------

FROGS = Words(["frog"])
BLOCKED = refusals.BlockedText(found="FR0G")


def told(past: Sequence[BannerEvent], command: BannerCommand, words: Words = FROGS) -> Then:
    """What a banner decides at once, given its past and the words that are blocked."""
    decision = ENTITY.handle(Ask(B1, command, words), replay(ENTITY, past, None), at(0))
    return decision if isinstance(decision, Refusal) else list(decision)


@pytest.mark.parametrize("past", [EMPTY, SHOWING, HELD, QUEUED], ids=["empty", "showing", "held", "queued"])
@pytest.mark.parametrize("when", ["now", "queue"])
def test_a_text_with_a_blocked_word_is_refused_whatever_there_is(
    past: Sequence[BannerEvent], when: When
) -> None:
    wish = Show(id=CommandId("d9"), text="A FR0G!", by="eve", when=when)

    assert BLOCKED == told(past, wish)


def test_a_text_is_not_mended_into_one_with_a_blocked_word() -> None:
    assert BLOCKED == told(SHOWING, replace("A FR0G!"))
    assert BLOCKED == told(SHOWING, replace("A FR0G!", by="olga", role="operator"))


def test_what_waits_already_has_its_turn_whatever_is_blocked_since() -> None:
    frog = a_ticket(D2, 10, text="A frog")
    past: list[BannerEvent] = [*SHOWING, Queued(ticket=frog)]

    assert [D1_TAKEN_DOWN, turn_of(frog, 0)] == told(past, Clear(by="olga", role="operator"))


# --- an operator's yes ----------------------------------------------------------------------------

APPROVING = ApprovalSet(required=True, by="olga")
P2 = a_ticket(D2, 10, by="bob")
P3 = a_ticket(D3, 20, by="cyd")
APPROVED_FIRST: list[BannerEvent] = [REGISTERED, APPROVING]
PENDING: list[BannerEvent] = [*APPROVED_FIRST, Submitted(ticket=P2), Submitted(ticket=P3)]
SHOWING_AND_PENDING: list[BannerEvent] = [*SHOWING, APPROVING, Submitted(ticket=P2)]
HELD_AND_PENDING: list[BannerEvent] = [*HELD, APPROVING, Submitted(ticket=P2)]
CROWD_PENDING: list[BannerEvent] = [
    *APPROVED_FIRST,
    *(
        Submitted(ticket=a_ticket(DisplayId(f"t{number}"), 30, by=f"guest-{number}"))
        for number in range(PENDING_AT_MOST)
    ),
]
LATE = 10 + PENDING_MS
P2_LAPSED = Lapsed(display_id=D2, at=at(LATE))
P2_APPROVED = Approved(display_id=D2, by="olga")


def set_approval(*, required: bool, role: Role = "operator") -> SetApproval:
    """A wish that texts need a yes, or do not."""
    return SetApproval(required=required, by="olga", role=role)


def approve(name: DisplayId = D2, *, role: Role = "operator") -> Approve:
    """A yes."""
    return Approve(display_id=name, by="olga", role=role)


def reject(name: DisplayId = D2, *, role: Role = "operator") -> Reject:
    """A no."""
    return Reject(display_id=name, by="olga", role=role, reason="not nice")


@pytest.mark.parametrize(
    ("past", "now", "command", "then"),
    [
        pytest.param(
            EMPTY,
            0,
            set_approval(required=True),
            [APPROVING],
            id="given a banner, when an operator wants to approve first, then that is so",
        ),
        pytest.param(
            EMPTY,
            0,
            set_approval(required=True, role="author"),
            refusals.NotOperator(),
            id="given a banner, when an author wants it, then that is for operators",
        ),
        pytest.param(
            NOTHING,
            0,
            approve(),
            refusals.UnknownBanner(banner="b1"),
            id="given nothing, when approved, then there is no such banner",
        ),
        pytest.param(
            APPROVED_FIRST,
            20,
            show("d3", by="cyd"),
            [Submitted(ticket=P3)],
            id="given a free banner, when shown, then it waits for a yes",
        ),
        pytest.param(
            APPROVED_FIRST,
            20,
            queue("d3", by="cyd"),
            [Submitted(ticket=P3)],
            id="given a free banner, when queued, then it waits for a yes",
        ),
        pytest.param(
            [*SHOWING, APPROVING],
            TTL,
            queue("d3", by="cyd"),
            [D1_EXPIRED, Submitted(ticket=a_ticket(D3, TTL, by="cyd"))],
            id="given an overdue display, when shown, then that ends and the next waits for a yes",
        ),
        pytest.param(
            PENDING,
            30,
            show("d4", by="bob"),
            refusals.AlreadyPending(display_id=D2),
            id="given one of theirs that waits, when shown, then they wait already",
        ),
        pytest.param(
            [*QUEUED, APPROVING],
            30,
            show("d4", by="cyd"),
            refusals.AlreadyWaiting(display_id=D3, position=2),
            id="given one of theirs in line, when shown, then they wait already",
        ),
        pytest.param(
            PENDING,
            30,
            show("d2", by="bob"),
            refusals.KeyReused(),
            id="given a text that waits, when its id comes again, then it is used",
        ),
        pytest.param(
            CROWD_PENDING,
            30,
            show("d4", by="dan"),
            refusals.PendingFull(at_most=PENDING_AT_MOST),
            id="given as many as may wait, when shown, then there is no room",
        ),
        pytest.param(
            CROWD_PENDING,
            30 + PENDING_MS,
            show("d4", by="dan"),
            [
                *(
                    Lapsed(display_id=DisplayId(f"t{number}"), at=at(30 + PENDING_MS))
                    for number in range(PENDING_AT_MOST)
                ),
                Submitted(ticket=a_ticket(DisplayId("d4"), 30 + PENDING_MS, by="dan")),
            ],
            id="given as many that have lapsed, when shown, then there is room",
        ),
        pytest.param(
            PENDING,
            40,
            approve(),
            [P2_APPROVED, turn_of(P2, 40)],
            id="given a free banner, when approved, then it shows",
        ),
        pytest.param(
            SHOWING_AND_PENDING,
            40,
            approve(),
            [P2_APPROVED, Queued(ticket=P2)],
            id="given a display, when approved, then it waits for its turn",
        ),
        pytest.param(
            SHOWING_AND_PENDING,
            TTL,
            approve(),
            [D1_EXPIRED, P2_APPROVED, turn_of(P2, TTL)],
            id="given an overdue display, when approved, then that ends and it shows",
        ),
        pytest.param(
            HELD_AND_PENDING,
            40,
            approve(),
            [P2_APPROVED, Queued(ticket=P2)],
            id="given a hold, when approved, then it waits for its turn",
        ),
        pytest.param(
            [*CROWDED, APPROVING, Submitted(ticket=P2)],
            40,
            approve(),
            refusals.QueueFull(at_most=QUEUE_AT_MOST, retry_after_ms=TTL - 40),
            id="given a full queue, when approved, then it goes on waiting for a yes",
        ),
        pytest.param(
            [*PENDING, ApprovalSet(required=False, by="olga")],
            40,
            approve(),
            [P2_APPROVED, turn_of(P2, 40)],
            id="given that texts need no yes any more, when approved, then what waited for it shows",
        ),
        pytest.param(
            PENDING,
            LATE,
            approve(),
            refusals.NotPending(display_id=D2),
            id="given a text that has lapsed, when approved, then it does not wait any more",
        ),
        pytest.param(
            PENDING,
            LATE,
            approve(D3),
            [P2_LAPSED, Approved(display_id=D3, by="olga"), turn_of(P3, LATE)],
            id="given another one that has lapsed, when approved, then both is said",
        ),
        pytest.param(
            PENDING,
            40,
            approve(role="author"),
            refusals.NotOperator(),
            id="given a text that waits, when an author approves, then that is for operators",
        ),
        pytest.param(
            PENDING,
            40,
            reject(),
            [Rejected(display_id=D2, by="olga", reason="not nice")],
            id="given a text that waits, when rejected, then it is over",
        ),
        pytest.param(
            PENDING,
            40,
            reject(role="author"),
            refusals.NotOperator(),
            id="given a text that waits, when an author rejects, then that is for operators",
        ),
        pytest.param(
            SHOWING,
            40,
            reject(D1),
            refusals.NotPending(display_id=D1),
            id="given a display, when rejected, then it does not wait for a yes",
        ),
        pytest.param(
            PENDING,
            40,
            clear(D2, "bob"),
            [Left(display_id=D2, by="bob", role="author")],
            id="given a text that waits, when its author clears it, then it waits no more",
        ),
        pytest.param(
            PENDING,
            40,
            clear(D2, "cyd"),
            refusals.NotYours(),
            id="given a text that waits, when another author clears it, then it is not theirs",
        ),
        pytest.param(
            PENDING,
            LATE,
            clear(D2, "bob"),
            refusals.NotShowing(display_id=D2),
            id="given a text that has lapsed, when its author clears it, then it is over already",
        ),
        pytest.param(
            [*SHOWING, APPROVING],
            40,
            replace(),
            refusals.NeedsApproval(),
            id="given a display, when its author mends it, then that needs an operator",
        ),
        pytest.param(
            [*SHOWING, APPROVING],
            40,
            replace(by="olga", role="operator"),
            [Replaced(display_id=D1, text="Better", was="Hello", by="olga", role="operator")],
            id="given a display, when an operator mends it, then it reads differently",
        ),
        pytest.param(
            [*SHOWING_AND_PENDING, ApprovalSet(required=False, by="olga")],
            40,
            queue("d3", by="bob"),
            refusals.AlreadyPending(display_id=D2),
            id="given one of theirs that waits for a yes, when queued without one, then they wait already",
        ),
        pytest.param(
            [*PENDING, ApprovalSet(required=False, by="olga")],
            20,
            show("d4", by="dan"),
            [Shown(display=a_display(DisplayId("d4"), 20, by="dan"))],
            id="given that texts need no yes any more, when shown, then it shows, and others wait on",
        ),
    ],
)
def test_a_text_that_needs_a_yes(
    past: Sequence[BannerEvent], now: int, command: BannerCommand, then: Then
) -> None:
    assert then == decided(past, now, command)


def test_what_waits_for_a_yes_stands_in_the_state_and_nowhere_else() -> None:
    waiting = replay(ENTITY, PENDING, None)
    assert waiting is not None
    assert (True, (P2, P3), (), None) == (
        waiting.approve_first,
        waiting.pending,
        waiting.queue,
        waiting.display,
    )

    for event in (P2_APPROVED, Rejected(display_id=D2, by="olga", reason="no"), P2_LAPSED):
        assert (P3,) == update(event, waiting).pending
