"""The description of the HTTP side: whole, nothing that the framework made up, and examples that fit."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.gateway import problem_types
from services.gateway.openapi import TAGS, completed
from tests.support.apps import bare_app

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The description, as it is served."""
    app = bare_app()
    return completed(app, app.openapi_schema.to_schema())


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, Operation]:
    """Every operation by its id."""
    return {
        operation["operationId"]: operation | {"path": path}
        for path, item in document["paths"].items()
        for operation in item.values()
    }


def contents(part: Any) -> Iterator[dict[str, Any]]:
    """Everything with a schema and examples of it, wherever it stands."""
    if isinstance(part, dict):
        if "schema" in part and "examples" in part:
            yield part
        for each in part.values():
            yield from contents(each)
    elif isinstance(part, list):
        for each in part:
            yield from contents(each)


def test_every_operation_is_tagged_and_explained(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        assert TAGS.keys() >= set(operation["tags"]), name
        assert operation["description"], name


def test_operations_are_named_as_what_they_do(operations: dict[str, Operation]) -> None:
    assert {
        "register",
        "listBanners",
        "getBanner",
        "getHistory",
        "liveEvents",
        "hold",
        "release",
        "show",
        "replace",
        "clear",
        "showAnywhere",
        "getDisplay",
        "endDisplay",
        "explainProblem",
    } <= operations.keys()


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    found = list(contents(document["paths"]))

    assert len(found) > len(document["paths"])
    for each in found:
        validator = Draft202012Validator({**each["schema"], "components": document["components"]})
        for name, example in each["examples"].items():
            errors = [error.message for error in validator.iter_errors(example["value"])]
            assert not errors, (name, errors)


def test_every_call_with_a_body_has_an_example_of_it(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            assert content["examples"], name


def test_every_member_of_every_schema_has_words(document: dict[str, Any]) -> None:
    silent = [
        f"{name}.{member}"
        for name, schema in document["components"]["schemas"].items()
        for member, described in schema.get("properties", {}).items()
        if "description" not in described and "const" not in described
    ]

    assert [] == silent


def test_every_refusal_is_a_problem_of_its_own(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert ["application/problem+json"] == list(response["content"]), (name, status)


def test_problems_of_one_status_are_told_apart_by_their_type(operations: dict[str, Operation]) -> None:
    schema = operations["show"]["responses"]["409"]["content"]["application/problem+json"]["schema"]

    mapping = schema["discriminator"]["mapping"]
    assert "type" == schema["discriminator"]["propertyName"]
    assert {
        "/problems/busy",
        "/problems/held",
        "/problems/already-waiting",
        "/problems/already-pending",
    } == mapping.keys()
    assert [{"$ref": each} for each in mapping.values()] == schema["oneOf"]


def test_every_problem_is_described_for_some_call(document: dict[str, Any]) -> None:
    described = document["components"]["schemas"].keys()

    unmet = {kind.name for kind in problem_types.every().values()} - described
    assert {"MethodNotAllowedProblem"} == unmet  # no call that is described meets it


@pytest.mark.parametrize(
    ("call", "status", "headers"),
    [
        pytest.param("register", "201", {"Location", "ETag"}, id="where the new banner is"),
        pytest.param("show", "201", {"Location", "ETag"}, id="where the display is"),
        pytest.param("show", "409", {"Retry-After"}, id="when to come back to a busy banner"),
        pytest.param("show", "401", {"WWW-Authenticate"}, id="what to show instead"),
        pytest.param("getBanner", "503", {"Retry-After"}, id="when the mesh may be back"),
    ],
)
def test_headers_are_described(
    document: dict[str, Any], operations: dict[str, Operation], call: str, status: str, headers: set[str]
) -> None:
    described = operations[call]["responses"][status]["headers"]

    assert headers <= described.keys()
    assert all(document["components"]["headers"][name]["description"] for name in headers)


def test_what_was_made_leads_to_what_can_be_done_with_it(operations: dict[str, Operation]) -> None:
    registered = operations["register"]["responses"]["201"]["links"]
    shown = operations["show"]["responses"]["201"]["links"]

    assert {"operationId": "show", "parameters": {"path.banner": "$response.body#/id"}} == registered["show"]
    assert {"getDisplay", "endDisplay", "replace", "clear"} == shown.keys()
    assert "$response.header.ETag" == shown["replace"]["parameters"]["header.If-Match"]


def test_who_may_call_is_described(document: dict[str, Any], operations: dict[str, Operation]) -> None:
    assert [{"bearer": ["operator"]}] == operations["hold"]["security"]
    assert [{"bearer": ["operator"]}] == operations["register"]["security"]
    assert [{}, {"guest": []}, {"bearer": []}] == operations["show"]["security"]
    assert "security" not in operations["healthz"]
    assert {"bearer", "guest"} == document["components"]["securitySchemes"].keys()


def test_nothing_that_may_be_left_out_is_sent_as_null(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        for parameter in operation.get("parameters", ()):
            assert "null" not in str(parameter["schema"]), (name, parameter["name"])
            assert parameter["description"], (name, parameter["name"])
