"""What may be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.text import MAX_CHARACTERS, BadTextError, clean

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        pytest.param("Hello", "Hello", id="plain words"),
        pytest.param("!", "!", id="one character"),
        pytest.param("a  b", "a  b", id="spaces inside stay"),
        pytest.param("  Hello \t\r\n", "Hello", id="white space around it goes"),
        pytest.param("\u00a0\u3000\u2003Hi\u2028\u2029\x85", "Hi", id="white space of all kinds goes"),
        pytest.param("Cafe\u0301", "Caf\u00e9", id="a letter and its accent become one"),
        pytest.param("\u212b", "\u00c5", id="a sign becomes the letter that it stands for"),
        pytest.param("x" * 120, "x" * 120, id="120 characters"),
        pytest.param(" " * 500 + "x" * 120 + " " * 500, "x" * 120, id="120 characters after trimming"),
        pytest.param("e\u0301" * 120, "\u00e9" * 120, id="120 characters after normalisation"),
        pytest.param("\u1f82" * 120, "\u1f82" * 120, id="120 characters that have four parts each"),
        pytest.param(
            unicodedata.normalize("NFD", "\u1f82") * 120, "\u1f82" * 120, id="120 characters from 480 parts"
        ),
        pytest.param(FAMILY, FAMILY, id="an emoji joined from four"),
        pytest.param("\U0001f1e9\U0001f1ea", "\U0001f1e9\U0001f1ea", id="a flag"),
        pytest.param("1\ufe0f\u20e3", "1\ufe0f\u20e3", id="a keycap"),
        pytest.param("\u2764\ufe0f", "\u2764\ufe0f", id="an emoji with its selector"),
        pytest.param("\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627", id="Arabic"),
        pytest.param(
            "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
            unicodedata.normalize("NFC", "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd"),
            id="Hebrew with points",
        ),
        pytest.param(
            "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u092e\u0938\u094d\u0924\u0947", id="Hindi"
        ),
        pytest.param("a\u200fb\u200e", "a\u200fb\u200e", id="marks of direction"),
        pytest.param("\u2067abc\u2069", "\u2067abc\u2069", id="an isolate"),
        pytest.param("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e", id="a non-joiner"),
        pytest.param("\u3042", "\u3042", id="one character of three bytes"),
    ],
)
def test_a_good_text_is_shown(sent: str, shown: str) -> None:
    assert shown == clean(sent)


@pytest.mark.parametrize(
    ("sent", "because"),
    [
        pytest.param("", "found nothing", id="nothing"),
        pytest.param(" \t\r\n\u00a0\u3000", "found nothing", id="white space only"),
        pytest.param("x" * 121, "found 121 characters", id="121 characters"),
        pytest.param("\U0001f600" * 121, "found 121 characters", id="121 emoji"),
        pytest.param("x" * 1_000_000, "1 to 120 characters", id="a million characters"),
        pytest.param("a\x00b", r"U\+0000", id="a null"),
        pytest.param("a\nb", r"U\+000A", id="a line break inside"),
        pytest.param("a\tb", r"U\+0009", id="a tab inside"),
        pytest.param("a\x1b[31mb", r"U\+001B", id="an escape"),
        pytest.param("a\x7fb", r"U\+007F", id="a delete"),
        pytest.param("a\x85b", r"U\+0085", id="a next line inside"),
        pytest.param("a\u2028b", r"U\+2028 \(LINE SEPARATOR\) at 1", id="a line separator inside"),
        pytest.param("a\u2029b", r"U\+2029", id="a paragraph separator inside"),
        pytest.param("\u202aabc", r"U\+202A", id="an embedding to the right"),
        pytest.param("\u202babc", r"U\+202B", id="an embedding to the left"),
        pytest.param("abc\u202c", r"U\+202C", id="the end of an embedding"),
        pytest.param("\u202dabc", r"U\+202D", id="an override to the right"),
        pytest.param(
            "abc\u202edef", r"U\+202E \(RIGHT-TO-LEFT OVERRIDE\) at 3", id="an override to the left"
        ),
        pytest.param("a\ud800b", r"U\+D800", id="half a character"),
        pytest.param("a\ue000b", r"U\+E000", id="a private character"),
        pytest.param("a\u0378b", r"U\+0378", id="a character that does not exist"),
        pytest.param("\u200b", "only invisible", id="a space of no width"),
        pytest.param("\u200d\u200d", "only invisible", id="joiners only"),
        pytest.param("\ufeff", "only invisible", id="a byte order mark"),
        pytest.param("\u2067\u2069", "only invisible", id="an empty isolate"),
        pytest.param("\u2800", "only invisible", id="an empty braille cell"),
        pytest.param("\u3164", "only invisible", id="a filler"),
        pytest.param("\u115f\u1160", "only invisible", id="fillers of syllables"),
        pytest.param("\u0301", "only invisible", id="an accent on nothing"),
        pytest.param("\u200b \u200b", "only invisible", id="a space between invisible ones"),
        pytest.param("\ufe0f", "only invisible", id="a selector of nothing"),
    ],
)
def test_a_bad_text_is_refused_with_the_rule_it_breaks(sent: str, because: str) -> None:
    with pytest.raises(BadTextError, match=because):
        clean(sent)


@pytest.mark.timeout(20)  # what this must not do is occupy the process for minutes
def test_a_payload_full_of_accents_is_refused_without_sorting_them() -> None:
    with pytest.raises(BadTextError, match="1 to 120 characters"):
        clean("a" + "\u0301\u0323" * 250_000)


@given(st.text(max_size=130))
def test_a_text_that_is_shown_would_be_shown_the_same_again(text: str) -> None:
    try:
        shown = clean(text)
    except BadTextError:
        return

    assert shown == clean(shown)
    assert unicodedata.is_normalized("NFC", shown)
    assert 1 <= len(shown) <= MAX_CHARACTERS
