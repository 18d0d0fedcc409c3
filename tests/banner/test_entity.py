"""The banner decides: given what happened, when this is asked, then that happens, or a clear no."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.banner.entity import SCHEMA, banner_entity, update
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
)
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.refusals import Refusal
from shared.entities.entity import replay
from tests.support.clock import NOON

TTL = 60_000
B1 = BannerId("b1")
D1, D2 = DisplayId("d1"), DisplayId("d2")
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


REGISTERED = Registered(id=B1, name="b1")
D1_SHOWN = Shown(display=a_display(D1))
D1_EXPIRED = Expired(display_id=D1, until=at(TTL))
D1_CLEARED = Cleared(display_id=D1, by="ada", role="author")

NOTHING: list[BannerEvent] = []
EMPTY: list[BannerEvent] = [REGISTERED]
SHOWING: list[BannerEvent] = [REGISTERED, D1_SHOWN]
SHOWN_AND_CLEARED: list[BannerEvent] = [*SHOWING, D1_CLEARED]
SHOWN_AND_EXPIRED: list[BannerEvent] = [*SHOWING, D1_EXPIRED]

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
    state = replay(ENTITY, past, None)

    decision = ENTITY.handle((B1, command), state, at(now))

    assert then == (decision if isinstance(decision, Refusal) else list(decision))


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
    ],
)
def test_an_event_is_recorded(event: BannerEvent, before: Banner | None, after: Banner) -> None:
    assert after == update(event, before)


def test_nothing_happens_to_a_banner_before_it_is_registered() -> None:
    with pytest.raises(AssertionError, match="before it is registered"):
        update(D1_SHOWN, None)


@given(ttl=st.integers(1, 86_400_000), waited=st.integers(0, 172_800_000))
def test_a_display_lasts_exactly_as_long_as_it_should(ttl: int, waited: int) -> None:
    entity = banner_entity(ttl)
    first = entity.handle((B1, show("d1")), Banner(id=B1, name="b1"), NOON)
    assert not isinstance(first, Refusal)
    state = replay(entity, first, Banner(id=B1, name="b1"))

    second = entity.handle((B1, show("d2")), state, at(waited))

    assert (waited < ttl) == isinstance(second, refusals.Busy)


def test_the_schema_is_raised_whenever_an_older_reader_could_misunderstand() -> None:
    assert ("banner", 1) == (ENTITY.name, SCHEMA)
    assert SCHEMA == ENTITY.schema
