"""Schemas: what msgspec writes, with the forms of ids and instants, words, and what is always there."""

from typing import Any

import msgspec

from services.gateway.schemas import described, reference
from shared.contracts.banner import Banner
from shared.contracts.command import Accepted
from shared.contracts.identity import ID_PATTERN
from shared.contracts.views import BannerView, DisplayView


def component(kind: Any, name: str = "") -> dict[str, Any]:
    """The schema of a struct."""
    schemas, components = described([kind])
    assert [reference(name or kind.__name__)] == schemas
    return components[name or kind.__name__]


def test_ids_and_instants_are_of_a_form() -> None:
    properties = component(DisplayView)["properties"]

    assert ID_PATTERN == properties["id"]["pattern"]
    assert ID_PATTERN == properties["banner"]["pattern"]
    assert "date-time" == properties["until"]["format"]
    assert "pattern" not in properties["text"]


def test_parts_and_what_is_generic_are_completed_as_well() -> None:
    accepted = component(Accepted[Banner], "Accepted_Banner_")

    assert "date-time" == accepted["properties"]["at"]["format"]
    assert {"description", "anyOf"} == accepted["properties"]["command"].keys()


def test_what_is_always_sent_is_required() -> None:
    schema = component(BannerView)

    assert set(schema["properties"]) == set(schema["required"])
    assert {"type": "null"} in schema["properties"]["display"]["anyOf"]


def test_what_is_left_out_where_it_does_not_apply_is_never_null() -> None:
    schema = component(DisplayView)

    assert {"id", "state", "text", "by"} == set(schema["required"])
    assert "null" not in str(schema["properties"])


def test_descriptions_are_without_the_margin_of_the_code() -> None:
    description = component(DisplayView)["description"]

    assert all(line == line.strip() for line in description.splitlines())


def test_words_of_the_struct_come_before_words_of_the_name() -> None:
    class Health(msgspec.Struct):
        status: str

    assert "How it is." == component(Health)["properties"]["status"]["description"]
