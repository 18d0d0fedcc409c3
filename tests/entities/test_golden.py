"""Golden records: what one version wrote, every later one reads, and no earlier one writes over.

`tests/golden/<entity>/<schema>/` holds records byte for byte as the version with that schema wrote them.
They are never changed; whoever raises a schema adds a folder.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import msgspec
import pytest

from services.banner.blocklist import BLOCKLIST
from services.banner.entity import Ask, banner_entity
from services.banner.entity import update as update_banner
from services.banner.service import banner_hosting
from services.lobby.entity import LOBBY
from shared.contracts import refusals
from shared.contracts.banner import (
    ApprovalSet,
    Approved,
    Banner,
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
    Rejected,
    Released,
    Replaced,
    Show,
    Shown,
    Submitted,
    Ticket,
)
from shared.contracts.blocklist import Blocked, BlocklistEvent, Unblocked
from shared.contracts.command import Command
from shared.contracts.errors import NewerSchema
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.lobby import (
    Assigned,
    Assignment,
    Entered,
    Lobby,
    LobbyEvent,
    LobbyTicket,
    Place,
    Placed,
    Returned,
)
from shared.contracts.lobby import Left as LeftTheLobby
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity, Order, replay
from shared.entities.records import REMEMBERED_AT_MOST, Codec, Mark, Record
from shared.entities.repository import Committed, Repository
from shared.entities.store import Store, Stored
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.hosting import Hosting, entity_service, order
from shared.mesh.kv import KvStore
from shared.mesh.services import CODE_HEADER
from shared.mesh.streams import BANNERS
from tests.support.banners import MINUTE, new_banner_id, new_command_id
from tests.support.clock import HandClock
from tests.support.nats_server import NatsServer

GOLDEN: Final = Path(__file__).parent.parent / "golden"
BANNER: Final = banner_entity(MINUTE)
LIGHTNING: Final = BannerId("lightning")
OPERATOR: Final = "operator-1"
GUEST: Final = "guest-f799d9ae7dea"

_codec: Final = Codec(BANNER)


class Written(NamedTuple):
    """A record as a version wrote it, and what it is of."""

    schema: int
    name: str
    data: bytes


def golden(entity: str, schema: int) -> list[Written]:
    """Every record that the version with this schema wrote."""
    paths = sorted((GOLDEN / entity / str(schema)).glob("*.json"))
    return [Written(schema, path.stem, path.read_bytes()) for path in paths]


def data_of(entity: str, schema: int, name: str) -> bytes:
    """One of these records."""
    (found,) = (each.data for each in golden(entity, schema) if each.name == name)
    return found


def id_in_1(letter: str) -> DisplayId:
    """An id as the version with schema 1 would make it."""
    return DisplayId(letter * 32)


def id_in_2(letter: str) -> DisplayId:
    """An id as the version with schema 2 makes it for `lightning`."""
    return DisplayId(letter * 24 + "0fd7f40d")


def id_in_lobby(letter: str) -> DisplayId:
    """An id as the lobby of all banners makes it."""
    return DisplayId(letter * 24 + "89de40b5")


def on_day_1(clock: str) -> Instant:
    """A time of the day on which the records of schema 1 were written."""
    return Instant(f"2026-05-04T{clock}Z")


def on_day_2(clock: str) -> Instant:
    """A time of the day on which the others were."""
    return Instant(f"2026-11-20T{clock}Z")


def a_display(display_id: DisplayId, text: str, by: str, shown_at: Instant) -> Display:
    """A display that lasts a minute."""
    return Display(id=display_id, text=text, by=by, shown_at=shown_at, until=later(shown_at, 60_000))


def a_banner(
    display: Display | None = None, queue: tuple[Ticket, ...] = (), hold: OnHold | None = None
) -> Banner:
    """The banner that all these records are of."""
    return Banner(
        id=LIGHTNING,
        name="Lightning",
        tags=("north", "pool-1"),
        display=display,
        queue=queue,
        hold=hold,
    )


REGISTERED: Final = Registered(id=LIGHTNING, name="Lightning", tags=("north", "pool-1"))

# --- what the version with schema 1 wrote ---------------------------------------------------------

GREETING_1 = a_display(id_in_1("2"), "Grüße 👋aus der Luft", GUEST, on_day_1("12:00:01.250"))
HELLO_1 = a_display(id_in_1("4"), "Hello", GUEST, on_day_1("12:00:03.250"))
TWO_1 = a_display(id_in_1("6"), "Two", "guest-0011", on_day_1("12:02:05.375"))
NINETEEN_1 = a_display(
    DisplayId("00000000000000000000000000000013"), "Number 19", "ada", on_day_1("12:22:05.375")
)

Said = tuple[str, str | None, tuple[BannerEvent, ...], Banner, int]
"""By whom, under which id, what happened, what was then, and how many commands were remembered."""

SCHEMA_1: Final[dict[str, Said]] = {
    "registered": (OPERATOR, id_in_1("1"), (REGISTERED,), a_banner(), 0),
    "shown": (GUEST, id_in_1("2"), (Shown(display=GREETING_1),), a_banner(GREETING_1), 1),
    "cleared": (
        OPERATOR,
        id_in_1("3"),
        (Cleared(display_id=id_in_1("2"), by=OPERATOR, role="operator"),),
        a_banner(),
        2,
    ),
    "shown-again": (GUEST, id_in_1("4"), (Shown(display=HELLO_1),), a_banner(HELLO_1), 3),
    "expired": (
        "expiry-1",
        None,
        (Expired(display_id=id_in_1("4"), until=on_day_1("12:01:03.250")),),
        a_banner(),
        4,
    ),
    "expired-and-shown": (
        "guest-0011",
        id_in_1("6"),
        (
            Expired(display_id=id_in_1("5"), until=on_day_1("12:02:04.375")),
            Shown(display=TWO_1),
        ),
        a_banner(TWO_1),
        5,
    ),
    "full-memory": (
        "ada",
        "00000000000000000000000000000013",
        (
            Expired(display_id=DisplayId("00000000000000000000000000000012"), until=on_day_1("12:22:05.375")),
            Shown(display=NINETEEN_1),
        ),
        a_banner(NINETEEN_1),
        REMEMBERED_AT_MOST,
    ),
}

# --- what the version with schema 2 wrote ---------------------------------------------------------


def a_ticket(letter: str, text: str, by: str, at: Instant) -> Ticket:
    """Somebody who waits for a turn of a minute."""
    return Ticket(id=id_in_2(letter), text=text, by=by, at=at, ttl_ms=60_000)


GREETING_2 = a_display(id_in_2("2"), "Grüße 👋 aus der Luft", GUEST, on_day_2("12:00:01.250"))
GREETING_2_REPLACED = msgspec.structs.replace(GREETING_2, text="Grüße!")
NEXT = a_ticket("3", "Next, please", "guest-0011", on_day_2("12:00:02.250"))
AND_THEN = a_ticket("4", "And then me", "guest-0022", on_day_2("12:00:03.250"))
THIRD = a_ticket("8", "Third", "guest-0033", on_day_2("12:00:07.250"))
FOURTH = a_ticket("a", "Fourth", "guest-0044", on_day_2("12:00:09.250"))
AND_THEN_UP = a_display(id_in_2("4"), "And then me", "guest-0022", on_day_2("12:00:06.250"))
THIRD_UP = a_display(id_in_2("8"), "Third", "guest-0033", on_day_2("12:00:10.250"))
FOURTH_UP = a_display(id_in_2("a"), "Fourth", "guest-0044", on_day_2("12:01:10.375"))
LANDING = OnHold(reason="The plane lands", by=OPERATOR, at=on_day_2("12:00:08.250"))
RAIN = OnHold(reason="Rain", by=OPERATOR, at=on_day_2("12:02:13.500"))

SCHEMA_2: Final[dict[str, tuple[int, Said]]] = {
    "registered": (1, (OPERATOR, id_in_2("1"), (REGISTERED,), a_banner(), 0)),
    "shown": (2, (GUEST, id_in_2("2"), (Shown(display=GREETING_2),), a_banner(GREETING_2), 1)),
    "queued": (3, ("guest-0011", NEXT.id, (Queued(ticket=NEXT),), a_banner(GREETING_2, (NEXT,)), 2)),
    "queued-second": (
        4,
        ("guest-0022", AND_THEN.id, (Queued(ticket=AND_THEN),), a_banner(GREETING_2, (NEXT, AND_THEN)), 3),
    ),
    "replaced": (
        5,
        (
            OPERATOR,
            id_in_2("5"),
            (
                Replaced(
                    display_id=GREETING_2.id,
                    text="Grüße!",
                    was="Grüße 👋 aus der Luft",
                    by=OPERATOR,
                    role="operator",
                ),
            ),
            a_banner(GREETING_2_REPLACED, (NEXT, AND_THEN)),
            4,
        ),
    ),
    "left": (
        6,
        (
            "guest-0011",
            id_in_2("6"),
            (Left(display_id=NEXT.id, by="guest-0011", role="author"),),
            a_banner(GREETING_2_REPLACED, (AND_THEN,)),
            5,
        ),
    ),
    "cleared-and-shown": (
        7,
        (
            OPERATOR,
            id_in_2("7"),
            (
                Cleared(display_id=GREETING_2.id, by=OPERATOR, role="operator"),
                Shown(display=AND_THEN_UP),
            ),
            a_banner(AND_THEN_UP),
            6,
        ),
    ),
    "held": (
        9,
        (
            OPERATOR,
            id_in_2("9"),
            (Cleared(display_id=AND_THEN.id, by=OPERATOR, role="operator"), Held(hold=LANDING)),
            a_banner(None, (THIRD,), LANDING),
            8,
        ),
    ),
    "queued-while-held": (
        10,
        ("guest-0044", FOURTH.id, (Queued(ticket=FOURTH),), a_banner(None, (THIRD, FOURTH), LANDING), 9),
    ),
    "released-and-shown": (
        11,
        (
            OPERATOR,
            id_in_2("b"),
            (Released(by=OPERATOR), Shown(display=THIRD_UP)),
            a_banner(THIRD_UP, (FOURTH,)),
            10,
        ),
    ),
    "expired-and-shown": (
        12,
        (
            "expiry-1",
            None,
            (Expired(display_id=THIRD.id, until=THIRD_UP.until), Shown(display=FOURTH_UP)),
            a_banner(FOURTH_UP),
            11,
        ),
    ),
    "expired": (
        13,
        ("expiry-1", None, (Expired(display_id=FOURTH.id, until=FOURTH_UP.until),), a_banner(), 11),
    ),
    "cleared": (
        15,
        ("ada", id_in_2("d"), (Cleared(display_id=id_in_2("c"), by="ada", role="author"),), a_banner(), 12),
    ),
    "held-while-empty": (16, (OPERATOR, id_in_2("e"), (Held(hold=RAIN),), a_banner(hold=RAIN), 13)),
    "released": (17, (OPERATOR, id_in_2("f"), (Released(by=OPERATOR),), a_banner(), 14)),
}

# --- what the version with schema 3 writes --------------------------------------------------------


def on_day_3(clock: str) -> Instant:
    """A time of the day on which the records of schema 3 were written."""
    return Instant(f"2026-11-21T{clock}Z")


def a_text(letter: str, text: str, at: str) -> Ticket:
    """A text of the guest with that letter, which needs a yes."""
    by = f"guest-00{letter}{letter}"
    return Ticket(id=id_in_2(letter), text=text, by=by, at=on_day_3(at), ttl_ms=60_000)


NICE = a_text("3", "Grüße 👋", "12:00:02.250")
NOT_NICE = a_text("4", "Not nice", "12:00:03.250")
THIRD_TEXT = a_text("7", "Third", "12:00:06.250")
FOURTH_TEXT = a_text("c", "Fourth", "12:00:11.250")
FIFTH_TEXT = a_text("e", "Fifth", "12:00:13.250")
NICE_UP = a_display(NICE.id, NICE.text, NICE.by, on_day_3("12:00:04.250"))
THIRD_TEXT_UP = a_display(THIRD_TEXT.id, "Third", THIRD_TEXT.by, on_day_3("12:00:10.250"))
AN_HOUR_LATER = a_display(id_in_2("0"), "An hour later", "ada", on_day_3("13:01:14.250"))
RAIN_AGAIN = OnHold(reason="Rain", by="operator", at=on_day_3("12:00:09.250"))

Approving = tuple[bool, tuple[Ticket, ...], tuple[Ticket, ...]]
"""Whether texts needed a yes then, which waited for it, and which for their turn."""

SCHEMA_3: Final[dict[str, tuple[int, tuple[BannerEvent, ...], Approving]]] = {
    "registered": (1, (REGISTERED,), (False, (), ())),
    "approval-set": (2, (ApprovalSet(required=True, by="operator"),), (True, (), ())),
    "submitted": (3, (Submitted(ticket=NICE),), (True, (NICE,), ())),
    "submitted-second": (4, (Submitted(ticket=NOT_NICE),), (True, (NICE, NOT_NICE), ())),
    "approved-and-shown": (
        5,
        (Approved(display_id=NICE.id, by="operator"), Shown(display=NICE_UP)),
        (True, (NOT_NICE,), ()),
    ),
    "rejected": (
        6,
        (Rejected(display_id=NOT_NICE.id, by="operator", reason="Not nice at all"),),
        (True, (), ()),
    ),
    "submitted-third": (7, (Submitted(ticket=THIRD_TEXT),), (True, (THIRD_TEXT,), ())),
    "approved-and-queued": (
        8,
        (Approved(display_id=THIRD_TEXT.id, by="operator"), Queued(ticket=THIRD_TEXT)),
        (True, (), (THIRD_TEXT,)),
    ),
    "replaced": (
        9,
        (Replaced(display_id=NICE.id, text="Grüße!", was=NICE.text, by="operator", role="operator"),),
        (True, (), (THIRD_TEXT,)),
    ),
    "held": (
        10,
        (Cleared(display_id=NICE.id, by="operator", role="operator"), Held(hold=RAIN_AGAIN)),
        (True, (), (THIRD_TEXT,)),
    ),
    "released-and-shown": (11, (Released(by="operator"), Shown(display=THIRD_TEXT_UP)), (True, (), ())),
    "submitted-fourth": (12, (Submitted(ticket=FOURTH_TEXT),), (True, (FOURTH_TEXT,), ())),
    "left": (13, (Left(display_id=FOURTH_TEXT.id, by=FOURTH_TEXT.by, role="author"),), (True, (), ())),
    "submitted-fifth": (14, (Submitted(ticket=FIFTH_TEXT),), (True, (FIFTH_TEXT,), ())),
    "expired": (
        15,
        (Expired(display_id=THIRD_TEXT.id, until=THIRD_TEXT_UP.until),),
        (True, (FIFTH_TEXT,), ()),
    ),
    "approval-waived": (
        16,
        (ApprovalSet(required=False, by="operator"),),
        (False, (FIFTH_TEXT,), ()),
    ),
    "lapsed-and-shown": (
        17,
        (Lapsed(display_id=FIFTH_TEXT.id, at=on_day_3("13:00:13.250")), Shown(display=AN_HOUR_LATER)),
        (False, (), ()),
    ),
    "cleared": (
        18,
        (Cleared(display_id=AN_HOUR_LATER.id, by="ada", role="author"),),
        (False, (), ()),
    ),
}

EVERY_BANNER: Final = [*golden("banner", 1), *golden("banner", 2), *golden("banner", 3)]
each_banner = pytest.mark.parametrize(
    "old", [pytest.param(old, id=f"{old.schema}-{old.name}") for old in EVERY_BANNER]
)
each_of_schema_1 = pytest.mark.parametrize(
    "old", [pytest.param(old, id=old.name) for old in golden("banner", 1)]
)
each_of_schema_2 = pytest.mark.parametrize(
    "old", [pytest.param(old, id=old.name) for old in golden("banner", 2)]
)


@pytest.mark.parametrize("entity", [BANNER, LOBBY, BLOCKLIST], ids=lambda entity: entity.name)
def test_every_schema_up_to_the_current_one_has_its_golden_records(entity: Entity[Any, Any, Any]) -> None:
    """Whoever raises a schema writes records with it and keeps them here, for those who come after."""
    folders = {folder.name for folder in (GOLDEN / entity.name).iterdir()}

    assert {str(schema) for schema in range(1, entity.schema + 1)} == folders
    for schema in range(1, entity.schema + 1):
        written = [msgspec.json.decode(old.data) for old in golden(entity.name, schema)]
        assert {schema} == {record["schema"] for record in written}


@pytest.mark.parametrize(
    ("entity", "events"),
    [
        pytest.param(BANNER, BannerEvent, id="banner"),
        pytest.param(LOBBY, LobbyEvent, id="lobby"),
        pytest.param(BLOCKLIST, BlocklistEvent, id="blocklist"),
    ],
)
def test_the_golden_records_of_the_current_schema_have_every_event(
    entity: Entity[Any, Any, Any], events: Any
) -> None:
    records = [Codec(entity).decode(old.data) for old in golden(entity.name, entity.schema)]

    assert set(get_args(events)) == {type(event) for record in records for event in record.events}


@pytest.mark.parametrize("entity", [BANNER, LOBBY, BLOCKLIST], ids=lambda entity: entity.name)
def test_what_this_version_writes_is_what_its_golden_records_hold(entity: Entity[Any, Any, Any]) -> None:
    codec = Codec(entity)

    for old in golden(entity.name, entity.schema):
        assert old.data == codec.encode(codec.decode(old.data)), old.name


def test_what_each_golden_record_says_is_spelled_out_here() -> None:
    assert set(SCHEMA_1) == {old.name for old in golden("banner", 1)}
    assert set(SCHEMA_3) == {old.name for old in golden("banner", 3)}
    assert set(SCHEMA_2) == {old.name for old in golden("banner", 2)}
    assert set(LOBBY_1) == {old.name for old in golden("lobby", 1)}


# --- reading --------------------------------------------------------------------------------------


@each_of_schema_1
def test_a_record_of_schema_1_is_read_as_what_it_says(old: Written) -> None:
    by, command_id, events, state, remembered = SCHEMA_1[old.name]

    record = _codec.decode(old.data)

    assert (1, by, command_id) == (record.schema, record.by, record.command.id)
    assert events == record.events
    assert state == record.state
    assert ((), None) == (record.state.queue, record.state.hold)  # what it could not know
    assert remembered == len(record.recent)
    assert (0, 0) == (record.number, record.previous)


@each_of_schema_2
def test_a_record_of_schema_2_is_read_as_what_it_says(old: Written) -> None:
    number, (by, command_id, events, state, remembered) = SCHEMA_2[old.name]

    record = _codec.decode(old.data)

    assert (2, by, command_id) == (record.schema, record.by, record.command.id)
    assert events == record.events
    assert state == record.state
    assert remembered == len(record.recent)
    assert (number, number - 1) == (record.number, record.previous)


@pytest.mark.parametrize("old", [pytest.param(old, id=old.name) for old in golden("banner", 3)])
def test_a_record_of_schema_3_is_read_as_what_it_says(old: Written) -> None:
    number, events, approving = SCHEMA_3[old.name]

    record = _codec.decode(old.data)

    assert (3, number, number - 1, events) == (record.schema, record.number, record.previous, record.events)
    assert approving == (record.state.approve_first, record.state.pending, record.state.queue)


@pytest.mark.parametrize("old", [pytest.param(old, id=old.name) for old in golden("banner", 3)])
def test_the_version_with_schema_2_refuses_a_record_of_schema_3(old: Written) -> None:
    """It would show what waits for a yes to nobody, and let others past it."""
    before = Codec(replace(BANNER, schema=2))

    with pytest.raises(NewerSchema, match="a banner record of schema 2 or older, found 3"):
        before.decode(old.data)


def test_what_a_record_of_schema_1_remembers_is_still_remembered() -> None:
    record = _codec.decode(data_of("banner", 1, "cleared"))

    assert Mark(verb="clear", id=CommandId("3" * 32), digest="998332bc25de") == record.command
    assert on_day_1("12:00:02.250") == record.at
    assert [("1" * 32, "5f6621a02cb6", 1), ("2" * 32, "34462f9edfce", 2)] == [
        (each.id, each.digest, each.revision) for each in record.recent
    ]


@pytest.mark.parametrize(
    ("entity", "schema", "names"),
    [
        pytest.param(BANNER, 1, "registered shown cleared shown-again expired", id="banner 1"),
        pytest.param(
            BANNER,
            2,
            "registered shown queued queued-second replaced left cleared-and-shown",
            id="banner 2, a queue",
        ),
        pytest.param(
            BANNER,
            2,
            "held queued-while-held released-and-shown expired-and-shown expired",
            id="banner 2, a hold with a queue",
        ),
        pytest.param(BANNER, 2, "cleared held-while-empty released", id="banner 2, a hold without one"),
        pytest.param(BANNER, 3, " ".join(SCHEMA_3), id="banner 3, all of it"),
        pytest.param(BLOCKLIST, 1, "blocked blocked-second unblocked", id="blocklist 1"),
        pytest.param(
            LOBBY, 1, "entered assigned returned-and-assigned placed left-and-entered", id="lobby 1"
        ),
    ],
)
def test_what_happened_then_still_leads_from_one_record_to_the_next(
    entity: Entity[Any, Any, Any], schema: int, names: str
) -> None:
    records = [Codec(entity).decode(data_of(entity.name, schema, name)) for name in names.split()]

    for before, after in pairwise(records):
        assert after.state == replay(entity, after.events, before.state)


# --- writing on -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(Show(id=new_command_id(), text="Now", by="bob"), id="show"),
        pytest.param(Show(id=new_command_id(), text="Later", by="bob", when="queue"), id="queue"),
        pytest.param(Hold(id=new_command_id(), reason="Rain", by=OPERATOR, role="operator"), id="hold"),
        pytest.param(Clear(id=new_command_id(), by=OPERATOR, role="operator"), id="clear"),
    ],
)
@each_of_schema_1
async def test_a_record_of_schema_1_is_written_on_in_schema_2_and_nothing_is_lost(
    store: Store, key: str, old: Written, command: Command
) -> None:
    written = old.data
    before = _codec.decode(written)
    revision = await store.commit(key, written, 0)
    banners = Repository(BANNER, store, HandClock(before.at))
    verb = type(command).__name__.lower()

    answer = await banners.execute(key, order(banner_hosting(MINUTE), verb, key, command))

    if not isinstance(answer, Committed):
        busy = isinstance(command, Show) and command.when == "now" and before.state.display is not None
        empty = isinstance(command, Clear) and before.state.display is None
        assert busy or empty
        assert Stored(revision, written) == await store.load(key, fresh=True)
        return
    data = (await store.load(key, fresh=True)).data
    assert data is not None
    new = _codec.decode(data)
    assert answer.record == new
    assert (BANNER.schema, 1, revision) == (new.schema, new.number, new.previous)
    assert (before.state.id, before.state.name, before.state.tags) == (
        new.state.id,
        new.state.name,
        new.state.tags,
    )
    assert new.state == replay(BANNER, new.events, before.state)
    own = [] if before.command.id is None else [(before.command.id, before.command.digest, revision)]
    remembered = [*((each.id, each.digest, each.revision) for each in before.recent), *own]
    assert remembered[-REMEMBERED_AT_MOST:] == [(each.id, each.digest, each.revision) for each in new.recent]
    fields = msgspec.json.decode(written)
    fields_now = msgspec.json.decode(data)
    assert {"number", "previous"} == set(fields_now) - set(fields)
    assert {"queue", "hold", "approve_first", "pending"} == set(fields_now["state"]) - set(fields["state"])
    assert set() == set(fields) - set(fields_now)
    assert set() == set(fields["state"]) - set(fields_now["state"])


async def test_a_display_of_schema_1_ends_for_the_queue_of_schema_2(store: Store, key: str) -> None:
    written = data_of("banner", 1, "shown")
    await store.commit(key, written, 0)
    clock = HandClock(on_day_1("12:00:01.250"))
    banners = Repository(BANNER, store, clock)
    wish = Show(id=new_command_id(), text="After it", by="bob", when="queue")
    queued = await banners.execute(key, order(banner_hosting(MINUTE), "show", key, wish))
    assert isinstance(queued, Committed)
    assert GREETING_1 == queued.record.state.display
    assert wish.id is not None
    clock.advance(60_000)

    expire = Expire(display_id=GREETING_1.id)
    answer = await banners.execute(key, order(banner_hosting(MINUTE), "expire", key, expire))

    assert isinstance(answer, Committed)
    shown = answer.record.state.display
    assert shown is not None
    assert (str(wish.id), "After it", "bob") == (str(shown.id), shown.text, shown.by)
    assert (2, ()) == (answer.record.number, answer.record.state.queue)


async def test_a_command_that_a_record_of_schema_1_remembers_is_not_carried_out_again(
    store: Store, key: str
) -> None:
    written = data_of("banner", 1, "shown")
    revision = await store.commit(key, written, 0)
    record = _codec.decode(written)
    again: Order[Ask] = Order(
        verb="show",
        command=Ask(LIGHTNING, Show(id=record.command.id, text="Grüße", by=GUEST)),
        by=GUEST,
        id=record.command.id,
        digest=record.command.digest,
    )

    answer = await Repository(BANNER, store, HandClock()).execute(key, again)

    assert Committed(revision, record, repeated=True) == answer
    assert Stored(revision, written) == await store.load(key, fresh=True)


# --- the schema that comes next -------------------------------------------------------------------


class NextBanner(Banner, frozen=True, kw_only=True, gc=False):
    """A banner that can do one thing more."""

    colour: str = "white"


class Painted(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="painted"):
    """What only the next version knows."""

    colour: str


NextEvent = BannerEvent | Painted


def _handle_next(command: str, _state: NextBanner | None, _now: Instant) -> Sequence[NextEvent] | Refusal:
    return (Painted(colour=command),)


def _update_next(event: NextEvent, state: NextBanner | None) -> NextBanner:
    assert state is not None
    if isinstance(event, Painted):
        return msgspec.structs.replace(state, colour=event.colour)
    after = update_banner(event, state)
    return NextBanner(**{name: getattr(after, name) for name in after.__struct_fields__}, colour=state.colour)


NEXT_ENTITY: Final[Entity[NextBanner, str, NextEvent]] = Entity(
    name="banner",
    schema=BANNER.schema + 1,
    state=NextBanner,
    event=NextEvent,
    handle=_handle_next,
    update=_update_next,
)


@each_banner
async def test_the_next_schema_reads_every_record_and_writes_it_on(
    store: Store, key: str, old: Written
) -> None:
    written = old.data
    revision = await store.commit(key, written, 0)
    today = _codec.decode(written)
    repository = Repository(NEXT_ENTITY, store, HandClock(today.at))

    read = await repository.read(key)

    assert read.record is not None
    assert "white" == read.record.state.colour
    assert msgspec.to_builtins(today.state) | {"colour": "white"} == msgspec.to_builtins(read.record.state)
    assert today.events == read.record.events
    answer = await repository.execute(key, Order(verb="paint", command="red", by="ada"))
    assert isinstance(answer, Committed)
    assert (NEXT_ENTITY.schema, "red", revision) == (
        answer.record.schema,
        answer.record.state.colour,
        answer.record.previous,
    )
    with pytest.raises(NewerSchema, match=f"schema {BANNER.schema} or older"):
        await Repository(BANNER, store, HandClock()).read(key)


# --- the schema of before -------------------------------------------------------------------------


class OldBanner(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A banner as the version with schema 1 knows it."""

    id: BannerId
    name: str
    tags: tuple[str, ...] = ()
    display: Display | None = None


OldEvent = Registered | Shown | Cleared | Expired


class OldShow(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Show as it was."""

    text: str


def _handle_old(command: Command, state: OldBanner | None, _now: Instant) -> Sequence[OldEvent] | Refusal:
    if isinstance(command, Register):
        return (Registered(id=LIGHTNING, name=command.name or "Lightning", tags=command.tags),)
    assert state is not None
    return refusals.NothingShowing()


def _update_old(event: OldEvent, state: OldBanner | None) -> OldBanner:
    assert isinstance(event, Registered), state
    return OldBanner(id=event.id, name=event.name, tags=event.tags)


OLD_ENTITY: Final[Entity[OldBanner, Command, OldEvent]] = Entity(
    name="banner", schema=1, state=OldBanner, event=OldEvent, handle=_handle_old, update=_update_old
)
OLD_HOSTING: Final[Hosting[OldBanner, Command, OldEvent]] = Hosting(
    kind=BANNERS,
    entity=OLD_ENTITY,
    verbs={"register": Register, "show": OldShow},
    unknown=lambda key: refusals.UnknownBanner(banner=key),
)


@each_of_schema_2
async def test_the_version_of_before_refuses_what_is_newer_and_leaves_it_as_it_is(
    store: Store, key: str, old: Written
) -> None:
    written = old.data
    revision = await store.commit(key, written, 0)
    repository = Repository(OLD_ENTITY, store, HandClock())

    with pytest.raises(NewerSchema, match="a banner record of schema 1 or older, found 2"):
        await repository.read(key)
    for command in (Register(), OldShow(text="Over it")):
        with pytest.raises(NewerSchema):
            await repository.execute(key, Order(verb="x", command=command, by="ada"))

    assert Stored(revision, written) == await store.load(key, fresh=True)


@pytest.fixture
async def version_of_before(nats_server: NatsServer, mesh: Mesh) -> AsyncGenerator[Mesh]:
    """A connection from which to ask the version with schema 1."""
    async with (
        entity_service(mesh, OLD_HOSTING, instance="before"),
        open_mesh(nats_server.url, name="caller") as caller,
    ):
        yield caller


async def test_over_nats_the_version_of_before_says_so_and_leaves_it_as_it_is(
    mesh: Mesh, version_of_before: Mesh
) -> None:
    store = KvStore(mesh, BANNERS)
    for old in golden("banner", 2):
        written = old.data
        banner = new_banner_id()
        revision = await store.commit(banner, written, 0)

        for verb, data in (("register", b"{}"), ("show", b'{"text":"Over it"}'), ("get", b"")):
            answer = await version_of_before.requests.ask(
                f"airdisplay.banner.{banner}.{verb}", data, timeout=10
            )
            assert "500" == (answer.headers or {})[CODE_HEADER]
            told = msgspec.json.decode(answer.data)
            assert "record-unreadable" == told["reason"]
            assert "a banner record of schema 1 or older, found 2" in told["detail"]

        assert Stored(revision, written) == await store.load(banner, fresh=True)


async def test_the_version_of_before_still_reads_its_own(store: Store, key: str) -> None:
    """Or the two tests above would prove nothing."""
    for old in golden("banner", 1):
        await store.commit(f"{key}-{old.name}", old.data, 0)

        read = await Repository(OLD_ENTITY, store, HandClock()).read(f"{key}-{old.name}")

        assert read.record is not None
        assert SCHEMA_1[old.name][3].display == read.record.state.display


# --- the lobby ------------------------------------------------------------------------------------


def a_waiter(number: int, at: Instant) -> LobbyTicket:
    """One who waits in the lobby of all banners."""
    return LobbyTicket(
        id=id_in_lobby(str(number)),
        number=number,
        text=f"Number {number} 👋",
        by=f"guest-{number:04d}",
        at=at,
    )


ONE = a_waiter(1, on_day_2("12:00:00.250"))
TWO = a_waiter(2, on_day_2("12:00:00.250"))
THREE = a_waiter(3, on_day_2("12:00:04.250"))
AT_LIGHTNING = Place(banner=LIGHTNING, revision=41)
AT_THUNDER = Place(banner=BannerId("thunder"), revision=57)

LOBBY_1: Final[dict[str, tuple[int, tuple[LobbyEvent, ...], Lobby]]] = {
    "entered": (
        1,
        (Entered(ticket=ONE), Entered(ticket=TWO)),
        Lobby(waiting=(ONE, TWO), last_number=2),
    ),
    "assigned": (
        2,
        (Assigned(display_id=ONE.id, place=AT_LIGHTNING),),
        Lobby(waiting=(TWO,), assigned=(Assignment(ticket=ONE, place=AT_LIGHTNING),), last_number=2),
    ),
    "returned-and-assigned": (
        3,
        (
            Returned(display_id=ONE.id, banner=LIGHTNING),
            Assigned(display_id=ONE.id, place=AT_THUNDER),
        ),
        Lobby(waiting=(TWO,), assigned=(Assignment(ticket=ONE, place=AT_THUNDER),), last_number=2),
    ),
    "placed": (
        4,
        (Placed(display_id=ONE.id, banner=BannerId("thunder")),),
        Lobby(waiting=(TWO,), last_number=2),
    ),
    "left-and-entered": (
        5,
        (LeftTheLobby(display_id=TWO.id, by="guest-0002"), Entered(ticket=THREE)),
        Lobby(waiting=(THREE,), last_number=3),
    ),
}

_lobby_records: msgspec.json.Decoder[Record[Lobby, LobbyEvent]] = msgspec.json.Decoder(
    Record[Lobby, LobbyEvent]
)


@pytest.mark.parametrize("old", [pytest.param(old, id=old.name) for old in golden("lobby", 1)])
def test_a_record_of_a_lobby_is_read_as_what_it_says(old: Written) -> None:
    number, events, state = LOBBY_1[old.name]

    record = _lobby_records.decode(old.data)

    assert (1, "lobby", Mark(verb="advance")) == (record.schema, record.by, record.command)
    assert (events, state) == (record.events, record.state)
    assert (number, number - 1, ()) == (record.number, record.previous, record.recent)
    assert record == Codec(LOBBY).decode(old.data)


# --- the blocklist --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "events", "words"),
    [
        ("blocked", (Blocked(word="frog*"),), ("frog*",)),
        ("blocked-second", (Blocked(word="жаба"),), ("frog*", "жаба")),
        ("unblocked", (Unblocked(word="frog*"),), ("жаба",)),
    ],
)
def test_a_record_of_the_blocklist_is_read_as_what_it_says(
    name: str, events: tuple[BlocklistEvent, ...], words: tuple[str, ...]
) -> None:
    record = Codec(BLOCKLIST).decode(data_of("blocklist", 1, name))

    assert (1, events, words) == (record.schema, record.events, record.state.words)
