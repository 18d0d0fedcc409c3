"""The description of the live channel and the mesh: whole, the same as the code, and examples that fit."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from jsonschema import Draft7Validator

import services
import shared
from services.gateway.asyncapi import asyncapi
from services.gateway.channels import CHANNELS, PARAMETERS
from shared.contracts import subjects
from shared.contracts.live import ClientFrame, CloseCode, Retry, ServerFrame
from shared.mesh import streams
from tests.clients.documents import CLIENT
from tests.support.described import Described, described

DOCUMENT = described().document
COMPONENTS = DOCUMENT["components"]
STANDARD = CLIENT / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"
PARSERS = {"parse", "parse_banner", "key_of", "of_whom"}


def references(part: Any) -> Iterator[str]:
    """Everything that the document refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def found(reference: str) -> Any:
    """What a reference leads to."""
    part = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part


def form(subject: str) -> str:
    """A subject with a star for whatever is not fixed in it."""
    return re.sub(r"\{\{wildcard\(\d+\)\}\}|\{\w+\}", "*", subject)


def is_within(pattern: str, addresses: set[str]) -> bool:
    """Whether some described subject is one of those that a pattern of NATS stands for."""
    whole = re.escape(pattern).replace(r"\*", "[^.]+").replace(">", ".+")
    return any(re.fullmatch(whole, each) for each in addresses)


ADDRESSES = {form(channel.subject) for channel in CHANNELS}


async def test_it_is_served_as_it_is_made(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/docs/asyncapi.json")

    assert (httpx.codes.OK, "application/json") == (response.status_code, response.headers["content-type"])
    assert DOCUMENT == response.json()
    assert "3.0.0" == response.json()["asyncapi"]


def test_it_is_what_the_standard_calls_one() -> None:
    """The standard's own schema comes with what the TypeScript client needs: `make test` sets that up."""
    standard = Draft7Validator(json.loads(STANDARD.read_text()))

    assert [] == [f"{error.json_path}: {error.message}" for error in standard.iter_errors(DOCUMENT)]


def test_every_reference_leads_somewhere() -> None:
    everything = list(references(DOCUMENT))

    assert len(everything) > 200
    for each in everything:
        assert found(each), each


def test_every_component_is_referred_to() -> None:
    used = set(references(DOCUMENT))

    unused = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "messages")
        for name in COMPONENTS[kind]
        if f"#/components/{kind}/{name}" not in used
    }
    assert {
        "#/components/schemas/ClientFrame",
        "#/components/schemas/ServerFrame",
    } == unused  # for generators


def test_every_schema_is_one_of_json_schema() -> None:
    for name, schema in COMPONENTS["schemas"].items():
        Draft7Validator.check_schema(schema)
        assert "prefixItems" not in schema, name
        assert "discriminator" not in schema, name


def test_operations_say_what_stands_in_their_channels() -> None:
    for name, operation in DOCUMENT["operations"].items():
        for part in (operation, operation.get("reply", {"messages": []})):
            for message in part["messages"]:
                assert message["$ref"].startswith(f"{part['channel']['$ref']}/messages/"), name


def test_every_example_fits_its_schema() -> None:
    for name, message in COMPONENTS["messages"].items():
        assert message.get("examples") or name == "Empty" or name.endswith("Refusal"), name
        for example in message.get("examples", ()):
            assert [] == described().errors_in(name, example["payload"]), (name, example["name"])


def test_every_member_of_every_schema_has_words() -> None:
    silent = [
        f"{name}.{member}"
        for name, schema in COMPONENTS["schemas"].items()
        for member, each in schema.get("properties", {}).items()
        if "description" not in each
    ]

    assert [] == silent


@pytest.mark.parametrize(
    ("operation", "action", "frames"),
    [
        pytest.param("live.ask", "receive", ClientFrame, id="what clients say"),
        pytest.param("live.tell", "send", ServerFrame, id="what the gateway says"),
    ],
)
def test_every_frame_is_described_and_no_other(operation: str, action: str, frames: Any) -> None:
    told = DOCUMENT["operations"][operation]

    names = {each.__name__ for each in get_args(frames)}
    assert names == {each["$ref"].rpartition("/")[2] for each in told["messages"]}
    assert action == told["action"]
    union = COMPONENTS["schemas"]["ClientFrame" if action == "receive" else "ServerFrame"]
    assert names == {each["$ref"].rpartition("/")[2] for each in union["anyOf"]}


def test_every_close_code_is_described_with_whether_to_come_back() -> None:
    assert set(map(int, CloseCode)) == described().close_codes.keys()
    for code, told in described().close_codes.items():
        assert (CloseCode(code).name, CloseCode(code).meaning) == (told["name"], told["meaning"])
        assert CloseCode(code).retry is Retry[told["retry"]]
        assert f"| {code} | {told['name']} |" in DOCUMENT["channels"]["live"]["description"]


def test_every_verb_that_is_answered_is_answered_with_words_of_its_own_or_a_refusal() -> None:
    for channel in CHANNELS:
        operation = DOCUMENT["operations"][channel.name]
        assert (channel.answer is not None) == ("reply" in operation), channel.name
        if channel.answer is not None:
            assert 2 == len(operation["reply"]["messages"])
            assert channel.service == operation["bindings"]["nats"]["queue"]


def test_every_refusal_of_a_service_is_described_with_its_sentence() -> None:
    for channel in CHANNELS:
        names = {f"{each.__name__}Refusal" for each in get_args(channel.refusals)}
        for name in names:
            schema = COMPONENTS["schemas"][name]
            assert {"reason", "detail"} <= set(schema["required"]) == schema["properties"].keys()
            (reason,) = schema["properties"]["reason"]["enum"]
            assert reason


def test_everything_that_the_mesh_keeps_is_described_with_its_stream() -> None:
    kept = {
        subject
        for config in streams.everything(replicas=1)
        for subject in (
            *(config.subjects or ()),
            *([config.republish.dest] if config.republish else []),
            *((each.dest for each in config.mirror.subject_transforms or ()) if config.mirror else ()),
        )
    }

    assert {config.name for config in streams.everything(replicas=1)} == {
        channel.stream for channel in CHANNELS if channel.stream
    }
    for subject in filter(None, kept):
        assert is_within(form(subject), ADDRESSES), subject


def test_every_builder_of_subjects_builds_one_that_is_described() -> None:
    builders = {
        name: builder
        for name, builder in inspect.getmembers(subjects, inspect.isfunction)
        if builder.__module__ == subjects.__name__
        and not name.startswith(("_", "parse"))
        and name not in PARSERS
    }

    assert len(builders) > 5
    for name, builder in builders.items():
        anything = ["*"] * len(inspect.signature(builder).parameters)
        assert is_within(form(builder(*anything)), ADDRESSES), name


def test_every_subject_that_is_built_anywhere_is_described() -> None:
    built = {
        (pattern, path.name)
        for package in (services, shared)
        for folder in package.__path__
        for path in Path(folder).rglob("*.py")
        if path.name not in {"subjects.py", "channels.py"}
        for pattern in _built_in(path)
    }

    assert len(built) > 10
    for pattern, where in built:
        assert is_within(pattern, ADDRESSES), (pattern, where)


def test_every_part_of_a_subject_that_varies_is_explained() -> None:
    named = {name for channel in CHANNELS for name in re.findall(r"\{(\w+)\}", channel.subject)}

    assert PARAMETERS.keys() == named


def test_no_two_subjects_can_be_taken_for_one_another() -> None:
    for channel in CHANNELS:
        example = re.sub(r"\{(\w+)\}", lambda part: PARAMETERS[part[1]][1], channel.subject)
        assert channel.name == described().channel_of(example)


def test_the_judge_refuses_what_is_not_described() -> None:
    judge = Described(asyncapi())

    with pytest.raises(AssertionError, match="described 0 times"):
        judge.channel_of("airdisplay.banner.lightning.explode")
    with pytest.raises(AssertionError, match="Additional properties"):
        judge.check_frame("live.ask", b'{"op":"unwatch","more":1}')
    with pytest.raises(AssertionError, match="'beat'"):
        judge.check_frame("live.tell", b'{"op":"beat"}')


def _built_in(path: Path) -> Iterator[str]:
    """The subjects that a module builds; a star where only running it would tell."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="subjects"), attr=name), args=args):
                builder = getattr(subjects, name)
                if not name.startswith("parse") and name not in PARSERS:
                    constants = (each.value if isinstance(each, ast.Constant) else "*" for each in args)
                    yield form(builder(*constants))
            case _:
                pass
