"""The lobby's own words: pools, places in line, and how it is stored."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.banner import Banner, Show
from shared.contracts.command import Accepted
from shared.contracts.identity import ID_FORM, BannerId, CommandId, DisplayId, banner_id
from shared.contracts.instants import Instant
from shared.contracts.lobby import (
    ALL_BANNERS,
    Admitted,
    Assigned,
    Assignment,
    Enter,
    Entered,
    Gone,
    Leave,
    Left,
    Lobby,
    LobbyEvent,
    LobbyTicket,
    Place,
    Placed,
    Returned,
    in_line,
    pool_of,
    pools_of,
    position,
)
from shared.contracts.views import DisplayView

NOON = Instant("2026-05-04T12:00:00.000Z")
TAGS = st.from_regex("[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)

_events: msgspec.json.Decoder[LobbyEvent] = msgspec.json.Decoder(LobbyEvent)


def a_ticket(number: int) -> LobbyTicket:
    """One who waits."""
    return LobbyTicket(id=DisplayId(f"t{number}"), number=number, text="Hello", by="ada", at=NOON)


PLACE = Place(banner=BannerId("b1"), revision=41)


def on_the_way(number: int) -> Assignment:
    """One who is being placed."""
    return Assignment(ticket=a_ticket(number), place=PLACE)


# --- pools ----------------------------------------------------------------------------------------


def test_without_a_tag_the_pool_is_that_of_all_banners() -> None:
    assert ALL_BANNERS == pool_of(None)
    assert "all" == ALL_BANNERS


@given(TAGS)
def test_the_pool_of_a_tag_is_one_key_and_never_that_of_all(tag: str) -> None:
    """A tag may be called `all`, or `tag-all`."""
    assert banner_id(str(pool_of(tag)))
    assert ALL_BANNERS != pool_of(tag)


@given(TAGS, TAGS)
def test_two_tags_have_two_pools(one: str, other: str) -> None:
    assert (one == other) == (pool_of(one) == pool_of(other))


@pytest.mark.parametrize(
    ("tags", "pools"),
    [
        pytest.param((), ("all",), id="no tag"),
        pytest.param(("north",), ("all", "tag-north"), id="one"),
        pytest.param(
            ("north", "all"), ("all", "tag-north", "tag-all"), id="one that is called like the pool"
        ),
    ],
)
def test_a_banner_is_in_the_pool_of_all_and_in_those_of_its_tags(
    tags: tuple[str, ...], pools: tuple[str, ...]
) -> None:
    assert pools == pools_of(Banner(id=BannerId("b1"), name="b1", tags=tags))


def test_the_longest_tag_makes_a_valid_pool() -> None:
    assert banner_id(pool_of("x" * 32)) == "tag-" + "x" * 32
    assert ID_FORM.endswith("{0,62}")


# --- the line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lobby", "line"),
    [
        pytest.param(Lobby(), [], id="nobody"),
        pytest.param(Lobby(waiting=(a_ticket(1), a_ticket(2))), [1, 2], id="some wait"),
        pytest.param(
            Lobby(assigned=(on_the_way(1), on_the_way(2)), waiting=(a_ticket(3),)),
            [1, 2, 3],
            id="the first are on their way",
        ),
        pytest.param(
            Lobby(assigned=(on_the_way(2), on_the_way(4)), waiting=(a_ticket(1), a_ticket(3))),
            [1, 2, 3, 4],
            id="one came back, and stands where it stood",
        ),
    ],
)
def test_everybody_stands_in_the_order_in_which_they_came(lobby: Lobby, line: list[int]) -> None:
    assert line == [ticket.number for ticket in in_line(lobby)]
    assert list(range(1, len(line) + 1)) == [position(lobby, f"t{number}") for number in line]


def test_who_is_not_there_has_no_place() -> None:
    assert position(Lobby(waiting=(a_ticket(1),)), "t2") is None
    assert position(Lobby(), "t1") is None


# --- on the wire ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "command"),
    [
        pytest.param(Enter, b'{"text":"Hi"}', Enter(text="Hi"), id="enter"),
        pytest.param(
            Enter,
            b'{"id":"c1","by":"ada","text":"Hi"}',
            Enter(id=CommandId("c1"), by="ada", text="Hi"),
            id="enter as somebody",
        ),
        pytest.param(Leave, b'{"display_id":"d1"}', Leave(display_id=DisplayId("d1")), id="leave"),
        pytest.param(
            Leave,
            b'{"display_id":"d1","role":"operator"}',
            Leave(display_id=DisplayId("d1"), role="operator"),
            id="leave at an operator's word",
        ),
    ],
)
def test_a_command_is_read_with_its_defaults(kind: type, data: bytes, command: object) -> None:
    assert command == msgspec.json.decode(data, type=kind)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param(Enter, b"{}", id="enter with nothing"),
        pytest.param(Enter, b'{"text":"Hi","when":"now"}', id="enter at a time"),
        pytest.param(Leave, b"{}", id="leave nothing"),
        pytest.param(Leave, b'{"display_id":"*"}', id="leave a star"),
        pytest.param(Leave, b'{"display_id":"d1","role":"king"}', id="leave as something else"),
    ],
)
def test_what_is_not_the_command_is_refused(kind: type, data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data, type=kind)


@pytest.mark.parametrize(
    ("event", "stored"),
    [
        pytest.param(
            Entered(ticket=a_ticket(1)),
            b'{"type":"entered","ticket":{"id":"t1","number":1,"text":"Hello","by":"ada",'
            b'"at":"2026-05-04T12:00:00.000Z"}}',
            id="entered",
        ),
        pytest.param(
            Assigned(display_id=DisplayId("t1"), place=PLACE),
            b'{"type":"assigned","display_id":"t1","place":{"banner":"b1","revision":41}}',
            id="assigned",
        ),
        pytest.param(
            Placed(display_id=DisplayId("t1"), banner=BannerId("b1")),
            b'{"type":"placed","display_id":"t1","banner":"b1"}',
            id="placed",
        ),
        pytest.param(
            Returned(display_id=DisplayId("t1"), banner=BannerId("b1")),
            b'{"type":"returned","display_id":"t1","banner":"b1"}',
            id="returned",
        ),
        pytest.param(
            Left(display_id=DisplayId("t1"), by="ada"),
            b'{"type":"left","display_id":"t1","by":"ada"}',
            id="left",
        ),
    ],
)
def test_an_event_is_stored_as_it_always_was(event: LobbyEvent, stored: bytes) -> None:
    assert stored == msgspec.json.encode(event)
    assert event == _events.decode(stored)


def test_a_lobby_is_stored_as_it_always_was() -> None:
    lobby = Lobby(waiting=(a_ticket(2),), assigned=(on_the_way(1),), last_number=2)

    stored = (
        b'{"waiting":[{"id":"t2","number":2,"text":"Hello","by":"ada","at":"2026-05-04T12:00:00.000Z"}],'
        b'"assigned":[{"ticket":{"id":"t1","number":1,"text":"Hello","by":"ada",'
        b'"at":"2026-05-04T12:00:00.000Z"},"place":{"banner":"b1","revision":41}}],"last_number":2}'
    )
    assert stored == msgspec.json.encode(lobby)
    assert lobby == msgspec.json.decode(stored, type=Lobby)


def test_answers_come_back_as_themselves() -> None:
    view = DisplayView(id=DisplayId("t1"), state="waiting", text="Hello", by="ada", position=1)
    waiting = Admitted(view=view)
    placed = Admitted(
        view=view,
        banner=Accepted(revision=42, at=NOON, state=Banner(id=BannerId("b1"), name="b1")),
    )

    for answer in (waiting, placed):
        assert answer == msgspec.json.decode(msgspec.json.encode(answer), type=Admitted)
    assert Gone(DisplayId("t1")) == msgspec.json.decode(b'{"display_id":"t1"}', type=Gone)


def test_what_is_said_to_a_lobby_is_not_said_to_a_banner() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(Leave(display_id=DisplayId("d1"))), type=Show)
