"""How a text may be read: what is seen counts, and how it is encoded does not."""

import unicodedata

import pytest

from shared.moderation.reading import Gap, read


def first_reading(text: str) -> str:
    """What the signs of a text are, one letter each; a dot for a mark and a space for a space."""
    gaps = {Gap.NONE: "?", Gap.MARK: ".", Gap.SPACE: " "}
    return "".join(glyph.letters[0] if glyph.letters else gaps[glyph.gap] for glyph in read(text))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        pytest.param("Frog", "frog", id="capitals"),
        pytest.param("frög", "frog", id="accents"),
        pytest.param("f\u0336r\u0336o\u0336g\u0336", "frog", id="strokes through it"),
        pytest.param("ｆｒｏｇ", "frog", id="full width"),
        pytest.param("𝓯𝓻𝓸𝓰", "frog", id="a font"),
        pytest.param("ⓕⓡⓞⓖ", "frog", id="circles"),
        pytest.param("🅵🆁🅾🅶", "frog", id="dark squares"),
        pytest.param("ꜰʀᴏɢ", "frog", id="small capitals"),
        pytest.param("fr\u200bo\u00adg\ufe0f", "frog", id="what nobody sees"),
        pytest.param("frоg", "frog", id="a Cyrillic o"),
        pytest.param("Ϝrog"[1:], "rog", id="plain"),
        pytest.param("æ", "ae", id="two letters in one"),
        pytest.param("ﬁ", "fi", id="a ligature"),
        pytest.param("ß", "ss", id="a sharp s"),
        pytest.param("a b\tc\u00a0d", "a b c d", id="spaces of all kinds"),
        pytest.param("a-b·c_d🐸e", "a.b.c.d.e", id="marks of all kinds"),
        pytest.param("a\u3164b\u2800c", "a.b.c", id="letters that look like nothing"),
        pytest.param("हिन्दी", "हिन्दी", id="vowel signs that are the word"),
        pytest.param("مَرْحَبًا", "مرحبا", id="vowel points that are not"),
        pytest.param("مــرحبا", "مرحبا", id="a word that is drawn out"),
        pytest.param("١٢٣", "123", id="digits of another script"),
    ],
)
def test_a_text_is_read_as_people_read_it(text: str, reading: str) -> None:
    assert unicodedata.normalize("NFKD", reading) == first_reading(text)


@pytest.mark.parametrize(
    ("sign", "letters"),
    [
        ("0", "0o"),
        ("1", "1il"),
        ("I", "il"),
        ("l", "l"),
        ("i", "i"),
        ("@", "a"),
        ("$", "s"),
        ("|", "il"),
        ("І", "il"),
    ],
)
def test_a_sign_may_be_read_in_several_ways_and_is_what_stands_first(sign: str, letters: str) -> None:
    (glyph,) = read(sign)

    assert letters == glyph.letters


def test_a_letter_of_a_script_of_its_own_looks_like_another_only_among_others() -> None:
    alef, heh = "\u0627", "\u0647"

    assert [alef, heh] == [glyph.letters for glyph in read(alef + heh)]
    assert ["f", alef + "l"] == [glyph.letters for glyph in read("f" + alef)]
    assert ["f", "", alef] == [glyph.letters for glyph in read("f " + alef)]


def test_a_glyph_says_where_it_stands() -> None:
    assert [0, 1, 1, 3] == [glyph.at for glyph in read("aæ\u200bb")]
