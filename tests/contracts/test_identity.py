"""Ids: one grammar, wherever an id comes in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Malformed
from shared.contracts.identity import (
    ID_FORM,
    WireBannerId,
    WireCommandId,
    WireDisplayId,
    banner_id,
    command_id_from,
    hint_at,
    hint_in,
)

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
    made = command_id_from("ada", "show", "k1", home="lightning")

    assert made == command_id_from("ada", "show", "k1", home="lightning")
    assert "bada8557ccb31956e80899080fd7f40d" == made  # callers come back with it after a new version


@pytest.mark.parametrize(
    ("others", "home"),
    [
        pytest.param(("ada", "show", "k2"), "lightning", id="another key"),
        pytest.param(("bob", "show", "k1"), "lightning", id="another caller"),
        pytest.param(("adashow", "k1"), "lightning", id="the same letters cut elsewhere"),
        pytest.param(("ada", "showk1", ""), "lightning", id="an empty part"),
        pytest.param(("ada", "show", "k1"), "thunder", id="another home"),
    ],
)
def test_other_parts_lead_to_another_command_id(others: tuple[str, ...], home: str) -> None:
    assert command_id_from("ada", "show", "k1", home="lightning") != command_id_from(*others, home=home)


@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_a_command_id_made_from_parts_is_a_valid_id_of_a_command_and_of_its_display(
    parts: list[str], home: str
) -> None:
    made = command_id_from(*parts, home=home)

    assert made == msgspec.json.decode(msgspec.json.encode(made), type=WireCommandId)
    assert str(made) == str(msgspec.json.decode(msgspec.json.encode(made), type=WireDisplayId))
    assert 32 == len(made)


@given(st.lists(st.text(), min_size=1, max_size=4), IDS)
def test_an_id_says_where_it_belongs(parts: list[str], home: str) -> None:
    assert hint_at(home) == hint_in(command_id_from(*parts, home=home))


def test_hints_at_different_places_differ() -> None:
    hints = {hint_at(f"banner-{number}") for number in range(1_000)}

    assert 1_000 == len(hints)
    assert {8} == {len(hint) for hint in hints}


@pytest.mark.parametrize(
    ("display_id", "hint"),
    [
        pytest.param("d1", "d1", id="too short to say anything"),
        pytest.param("my-own-message", "-message", id="a caller's own"),
        pytest.param("x" * 63, "x" * 8, id="the longest"),
    ],
)
def test_an_id_of_another_make_leads_nowhere_and_breaks_nothing(display_id: str, hint: str) -> None:
    assert hint == hint_in(display_id)


@pytest.mark.parametrize("name", ["a", "all", "tag-north", "tag-" + "x" * 32])
def test_pools_and_banners_are_named_by_one_grammar(name: str) -> None:
    assert name == banner_id(name)
