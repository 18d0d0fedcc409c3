"""The bitmap font: every printable ASCII character, and nothing that does not fit."""

import string

import pytest

from airdisplay import font

PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "


@pytest.mark.parametrize("character", PRINTABLE)
def test_every_printable_character_of_ascii_fits(character: str) -> None:
    columns = font.glyph(character)

    assert columns is not None
    assert 1 <= len(columns) <= 5
    assert all(0 <= column < 1 << font.HEIGHT for column in columns)


def test_every_character_looks_different() -> None:
    assert len(PRINTABLE) == len({font.glyph(character) for character in PRINTABLE})


@pytest.mark.parametrize("character", ["é", "日", "👋", "\n"])
def test_other_characters_are_not_there(character: str) -> None:
    assert font.glyph(character) is None
