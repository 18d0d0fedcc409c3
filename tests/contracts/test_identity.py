"""Ids: one grammar, wherever an id comes in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Malformed
from shared.contracts.identity import ID_FORM, WireBannerId, WireCommandId, banner_id, command_id_from

IDS = st.from_regex(ID_FORM, fullmatch=True)

GOOD = [
    pytest.param("a", id="one letter"),
    pytest.param("7", id="one digit"),
    pytest.param("lightning", id="a word"),
    pytest.param("b-1", id="a hyphen inside"),
    pytest.param("b-", id="a hyphen at the end"),
    pytest.param("x" * 63, id="63 characters"),
]

BAD = [
    pytest.param("", id="nothing"),
    pytest.param("-a", id="a hyphen in front"),
    pytest.param("a.b", id="a dot inside"),
    pytest.param(".", id="a dot alone"),
    pytest.param("*", id="a star"),
    pytest.param("a*", id="a star inside"),
    pytest.param(">", id="the wildcard for everything"),
    pytest.param("a b", id="a space inside"),
    pytest.param(" a", id="a space in front"),
    pytest.param("a\n", id="a line break at the end"),
    pytest.param("\na", id="a line break in front"),
    pytest.param("a\nb", id="a line break inside"),
    pytest.param("a\r", id="a carriage return at the end"),
    pytest.param("a\u2028", id="a line separator at the end"),
    pytest.param("A", id="upper case"),
    pytest.param("bA", id="upper case inside"),
    pytest.param("a_b", id="an underscore"),
    pytest.param("ä", id="a letter with dots"),
    pytest.param("\u0661", id="a digit of another script"),
    pytest.param("a\x00", id="a null"),
    pytest.param("x" * 64, id="64 characters"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_id_is_taken_as_it_is(text: str) -> None:
    assert text == banner_id(text)


@pytest.mark.parametrize("text", BAD)
def test_a_bad_id_is_refused_and_named(text: str) -> None:
    with pytest.raises(Malformed, match="a banner id matching") as refused:
        banner_id(text)

    assert repr(text)[:60] in str(refused.value)


@pytest.mark.parametrize("text", GOOD)
def test_a_good_id_passes_the_decoder(text: str) -> None:
    assert text == msgspec.json.decode(msgspec.json.encode(text), type=WireBannerId)


@pytest.mark.parametrize("text", BAD)
def test_a_bad_id_does_not_pass_the_decoder(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(text), type=WireBannerId)


@given(IDS)
def test_what_the_grammar_makes_both_ways_in_take(text: str) -> None:
    assert text == banner_id(text)
    assert text == msgspec.json.decode(msgspec.json.encode(text), type=WireBannerId)


@given(st.text(max_size=70))
def test_both_ways_in_agree_on_any_text(text: str) -> None:
    def taken_by_decoder() -> bool:
        try:
            msgspec.json.decode(msgspec.json.encode(text), type=WireBannerId)
        except (msgspec.ValidationError, UnicodeEncodeError):
            return False
        return True

    def taken_by_function() -> bool:
        try:
            banner_id(text)
        except Malformed:
            return False
        return True

    assert taken_by_function() == taken_by_decoder()


def test_the_same_parts_always_lead_to_the_same_command_id() -> None:
    assert command_id_from("ada", "show", "k1") == command_id_from("ada", "show", "k1")


@pytest.mark.parametrize(
    "others",
    [
        pytest.param(("ada", "show", "k2"), id="another key"),
        pytest.param(("bob", "show", "k1"), id="another caller"),
        pytest.param(("adashow", "k1"), id="the same letters cut elsewhere"),
        pytest.param(("ada", "showk1", ""), id="an empty part"),
    ],
)
def test_other_parts_lead_to_another_command_id(others: tuple[str, ...]) -> None:
    assert command_id_from("ada", "show", "k1") != command_id_from(*others)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_command_id_made_from_parts_is_a_valid_id(parts: list[str]) -> None:
    made = command_id_from(*parts)

    assert made == msgspec.json.decode(msgspec.json.encode(made), type=WireCommandId)
