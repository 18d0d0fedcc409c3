"""The LED panel: always as wide as it is told, whatever stands on it."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from airdisplay import font
from airdisplay.panel import ROWS, columns, draw, rows

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Mn", "Me", "Cf")))


@given(TEXTS, st.integers(1, 120), st.floats(0, 10_000))
def test_every_row_is_as_wide_as_the_panel(text: str, width: int, seconds: float) -> None:
    drawn = rows(text, width, seconds)

    assert [width] * ROWS == [cell_len(row) for row in drawn]


def test_a_text_that_fits_stands_still_in_the_middle() -> None:
    drawn = rows("I", 9, 0)

    lit = {place for row in drawn for place, cell in enumerate(row) if cell == "●"}
    assert lit == {3, 4, 5}


def test_leds_are_those_of_the_font() -> None:
    lit = sum(row.count("●") for row in rows("Hi", 40, 1.5))

    assert lit == sum(column.bits.bit_count() for column in columns("Hi"))


def test_a_text_that_is_too_long_moves() -> None:
    assert rows("a text that is too long", 30, 0) != rows("a text that is too long", 30, 1)


def test_nothing_lights_up_on_a_dark_panel() -> None:
    assert {"·"} == set("".join(rows("", 20, 3)))


@pytest.mark.parametrize("character", ["é", "日", "👋", "👩\u200d🚀"])
def test_characters_that_the_font_lacks_stand_as_themselves(character: str) -> None:
    assert any(character in row for row in rows(f"a{character}b", 40, 0))


def test_the_frame_says_which_banner_and_for_how_long() -> None:
    console = Console(file=StringIO(), width=60, force_terminal=False)
    console.print(draw("lightning", "Hi", "12 s", 60, 0))
    drawn = console.file.getvalue() if isinstance(console.file, StringIO) else ""

    assert "lightning" in drawn
    assert "12 s" in drawn
    assert len(drawn.splitlines()) == font.HEIGHT + 4
