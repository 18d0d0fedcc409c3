"""Records: what one commit wrote, read back whole or refused."""

import msgspec
import pytest

from shared.contracts.errors import NewerSchema, Unreadable
from shared.contracts.identity import CommandId
from shared.entities.records import (
    REMEMBERED_AT_MOST,
    Codec,
    Mark,
    Record,
    Remembered,
    recall,
    remember,
)
from tests.support.clock import NOON
from tests.support.counter import COUNTER, Added, Count, add

_codec = Codec(COUNTER)


def a_record(
    command_id: str | None = "c1",
    *,
    schema: int = 1,
    recent: tuple[Remembered, ...] = (),
    number: int = 2,
    previous: int = 7,
) -> Record[Count, Added]:
    """A record as an Add of 1 leaves it."""
    return Record(
        schema=schema,
        at=NOON,
        by="ada",
        command=Mark(verb="add", id=CommandId(command_id) if command_id else None, digest="add 1"),
        events=(Added(1, NOON),),
        state=Count(1),
        recent=recent,
        number=number,
        previous=previous,
    )


def test_a_record_is_stored_as_it_always_was() -> None:
    record = a_record(recent=(Remembered(CommandId("c0"), "add 0", 7),))

    stored = (
        b'{"schema":1,"at":"2026-05-04T12:00:00.000Z","by":"ada",'
        b'"command":{"verb":"add","id":"c1","digest":"add 1"},'
        b'"events":[{"type":"added","amount":1,"at":"2026-05-04T12:00:00.000Z"}],'
        b'"state":{"value":1},"recent":[["c0","add 0",7]],"number":2,"previous":7}'
    )
    assert stored == _codec.encode(record)
    assert record == _codec.decode(stored)


def test_a_record_of_before_there_was_a_memory_or_a_number_is_read() -> None:
    stored = (
        b'{"schema":1,"at":"2026-05-04T12:00:00.000Z","by":"ada","command":{"verb":"add"},'
        b'"events":[],"state":{}}'
    )

    record = _codec.decode(stored)

    assert ((), 0, 0) == (record.recent, record.number, record.previous)


def test_fields_that_came_later_are_passed_over() -> None:
    stored = _codec.encode(a_record())

    assert a_record() == _codec.decode(b'{"later":{"a":[1]},' + stored[1:])


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(_codec.encode(a_record(schema=2)), id="that reads like one of today"),
        pytest.param(b'{"schema":2}', id="of which only the version can be read"),
        pytest.param(b'{"schema":99,"state":{"value":"many"},"events":"none"}', id="that changed its types"),
        pytest.param(
            _codec.encode(a_record(schema=2)).replace(b'"added"', b'"doubled"'), id="with an unknown event"
        ),
    ],
)
def test_a_record_of_a_newer_schema_is_refused(stored: bytes) -> None:
    with pytest.raises(NewerSchema, match="schema 1 or older"):
        _codec.decode(stored)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"garbage", id="no JSON"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b'{"schema":1,"at":"\xff"}', id="a text that is not UTF-8"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="an object without fields"),
        pytest.param(b'{"schema":"1"}', id="a version that is no number"),
        pytest.param(b'{"schema":1,"x":' + b"[" * 50_000, id="brackets without end"),
        pytest.param(_codec.encode(a_record())[:-1], id="a record cut off"),
        pytest.param(_codec.encode(a_record()) + b"}", id="a record with something behind it"),
        pytest.param(_codec.encode(a_record()).replace(b'"added"', b'"doubled"'), id="an unknown event"),
    ],
)
def test_what_is_no_record_is_unreadable(stored: bytes) -> None:
    with pytest.raises(Unreadable, match="counter record") as refused:
        _codec.decode(stored)

    assert not isinstance(refused.value, NewerSchema)


def test_a_first_record_remembers_nothing() -> None:
    assert () == remember(None, 0)


def test_a_record_remembers_the_one_before_it_by_its_revision() -> None:
    earlier = Remembered(CommandId("c0"), "add 0", 3)

    expected = (earlier, Remembered(CommandId("c1"), "add 1", 7))
    assert expected == remember(a_record("c1", recent=(earlier,)), 7)


def test_a_command_without_an_id_is_not_remembered_and_forgets_nothing() -> None:
    earlier = Remembered(CommandId("c0"), "add 0", 3)

    assert (earlier,) == remember(a_record(None, recent=(earlier,)), 7)


def test_only_so_many_commands_are_remembered_and_the_oldest_goes_first() -> None:
    full = tuple(Remembered(CommandId(f"c{number}"), "", number) for number in range(REMEMBERED_AT_MOST))

    kept = remember(a_record("last", recent=full), 99)

    assert (*full[1:], Remembered(CommandId("last"), "add 1", 99)) == kept


@pytest.mark.parametrize(
    ("command_id", "found"),
    [
        pytest.param("c1", Remembered(CommandId("c1"), "add 1", 7), id="the one that made the record"),
        pytest.param("c0", Remembered(CommandId("c0"), "add 0", 3), id="one before it"),
        pytest.param("c9", None, id="not one that never was"),
        pytest.param(None, None, id="not one without an id"),
    ],
)
def test_a_command_is_recognised(command_id: str | None, found: Remembered | None) -> None:
    record = a_record("c1", recent=(Remembered(CommandId("c0"), "add 0", 3),))

    assert found == recall(record, 7, add(1, command_id))


def test_two_commands_without_an_id_are_not_the_same() -> None:
    assert recall(a_record(None), 7, add(1)) is None


def test_a_record_is_json_that_others_can_read_without_our_types() -> None:
    read = msgspec.json.decode(_codec.encode(a_record()))

    assert {
        "schema",
        "at",
        "by",
        "command",
        "events",
        "state",
        "recent",
        "number",
        "previous",
    } == set(read)
