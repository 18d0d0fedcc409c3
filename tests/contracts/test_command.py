"""What all commands have in common, and the answer to one that was accepted."""

import msgspec
import pytest

from shared.contracts.banner import Banner, BannerCommand
from shared.contracts.command import NOBODY, Accepted, Command
from shared.contracts.identity import BannerId, CommandId
from shared.contracts.instants import Instant
from shared.contracts.lobby import Enter, Leave

AT = Instant("2026-05-04T12:00:00.000Z")
EVERY_COMMAND = [*BannerCommand.__args__, Enter, Leave]


@pytest.mark.parametrize(
    ("data", "command"),
    [
        pytest.param(b"{}", Command(id=None, by=NOBODY, revision=None, not_after=None), id="nothing"),
        pytest.param(
            b'{"id":"c1","by":"ada","revision":7,"not_after":"2026-05-04T12:00:00.000Z"}',
            Command(id=CommandId("c1"), by="ada", revision=7, not_after=AT),
            id="everything",
        ),
    ],
)
def test_a_command_is_read_with_its_defaults(data: bytes, command: Command) -> None:
    assert command == msgspec.json.decode(data, type=Command)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"id":"A.B"}', id="a bad id"),
        pytest.param(b'{"by":""}', id="an empty author"),
        pytest.param(b'{"by":"' + b"x" * 129 + b'"}', id="too long an author"),
        pytest.param(b'{"revision":"7"}', id="a text for a revision"),
        pytest.param(b'{"revision":1.5}', id="a fraction for a revision"),
        pytest.param(b'{"not_after":"2026-05-04T12:00:00Z"}', id="an instant of another form"),
        pytest.param(b'{"not_after":1777896000}', id="a number for an instant"),
        pytest.param(b'{"colour":"red"}', id="an unknown field"),
    ],
)
def test_what_is_no_command_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data, type=Command)


@pytest.mark.parametrize("kind", EVERY_COMMAND, ids=lambda kind: kind.__name__)
def test_every_command_has_what_all_have_and_refuses_what_it_does_not_know(kind: type[Command]) -> None:
    assert issubclass(kind, Command)
    assert {"id", "by", "revision", "not_after"} < {*kind.__struct_fields__, "and more"}
    assert kind.__struct_config__.forbid_unknown_fields
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.tag is None


def test_an_answer_is_the_entity_as_that_commit_left_it() -> None:
    banner = Banner(id=BannerId("b1"), name="b1")
    answer = Accepted(revision=7, at=AT, state=banner, repeated=True, command=CommandId("c1"))

    sent = msgspec.json.encode(answer)

    assert {
        "revision": 7,
        "at": AT,
        "state": {
            "id": "b1",
            "name": "b1",
            "tags": [],
            "display": None,
            "queue": [],
            "hold": None,
            "approve_first": False,
            "pending": [],
        },
        "repeated": True,
        "command": "c1",
    } == msgspec.json.decode(sent)
    assert answer == msgspec.json.decode(sent, type=Accepted[Banner])


def test_an_answer_of_another_entity_is_none_of_this_one() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"revision":7,"at":"x","state":{"waiting":[]}}', type=Accepted[Banner])
