"""Blocked words: found however they are written, and nothing else is."""

import unicodedata
from typing import Final

import pytest
from confusable_homoglyphs import categories, confusables  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.text import BadTextError, clean
from shared.moderation.words import LONGEST, NO_WORDS, BadWordError, Words, word_of

LIST: Final = [
    *("ass", "kill", "frog", "nazi", "scum", "fail", "tit", "cum", "1488", "жаба", "сука", "βλάκας"),
    *("क्रूर", "غبي", "gift*", "*toad*", "*bad"),
]
WORDS: Final = Words(map(word_of, LIST))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("A frog!", "frog", id="as it is"),
        pytest.param("FROG", "FROG", id="in capitals"),
        pytest.param("fröóg", "fröóg", id="with accents and a letter twice"),
        pytest.param("f.r.o.g", "f.r.o.g", id="with marks between"),
        pytest.param("f--r_o*g", "f--r_o*g", id="with many marks between"),
        pytest.param("f r o g", "f r o g", id="spelled out"),
        pytest.param("the  F  R  O  G  here", "F  R  O  G", id="spelled out among others"),
        pytest.param("fr-og", "fr-og", id="in two with a mark"),
        pytest.param("f🐸r🐸o🐸g", "f🐸r🐸o🐸g", id="with emoji between"),
        pytest.param("f\u200brog", "f\u200brog", id="with something that nobody sees"),
        pytest.param("fr0g", "fr0g", id="with a digit"),
        pytest.param("a$$", "a$$", id="with symbols"),
        pytest.param("a$$!", "a$$", id="with symbols, and a mark after it"),
        pytest.param("k1ll", "k1ll", id="with a digit for an i"),
        pytest.param("kiII", "kiII", id="with capitals that look like another letter"),
        pytest.param("class ass", "ass", id="after what is none"),
        pytest.param("ЖАБА", "ЖАБА", id="in Cyrillic"),
        pytest.param("жaба", "жaба", id="in Cyrillic, with a Latin letter"),
        pytest.param("cука", "cука", id="in Cyrillic, with another"),
        pytest.param("Βλακας", "Βλακας", id="in Greek, without its accent"),
        pytest.param("يا غَبِيّ", "غَبِي", id="in Arabic, with its points"),
        pytest.param("١٤٨٨", "١٤٨٨", id="in other digits"),
        pytest.param("gifted", "gift", id="where it may go on"),
        pytest.param("mytoads", "toad", id="where it may stand anywhere"),
        pytest.param("not-so-bad", "bad", id="at the end of another"),
        pytest.param("verybad", "bad", id="at the end of a word"),
    ],
)
def test_a_blocked_word_is_found_however_it_is_written(text: str, found: str) -> None:
    assert found == WORDS.find(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "text",
    [
        *("classic", "Scunthorpe", "as soon as", "pass the bass", "as s", "frogs", "bullfrog", "bill"),
        *(
            "fall",
            "fr og",
            "f rog",
            "a gif",
            "badly",
            "Titan",
            "document",
            "I am a mess",
            "as, so",
            "14 88",
        ),
        *("Привет, мир!", "Жабо", "мир и дружба", "Γειά σου Κόσμε", "Καλημέρα", "नमस्ते दुनिया", "क्रय"),
        *("مرحبا بالعالم", "السلام عليكم", "ملاك", "שלום עולם", "สวัสดีชาวโลก", "你好，世界", "こんにちは世界"),
        *(
            "안녕하세요",
            "Grüße aus Zürich",
            "Ça va, garçon?",
            "Zażółć gęślą jaźń",
            "👩‍👩‍👧‍👦 ❤️ 🎉",
            "🇫🇷🇴🇬",
            "¡Olé!",
        ),
        *("Happy birthday, Ana & Bo! 100%", "1 + 1 = 2", "$100 @ 5 pm", "!!!", "...", "Tschüß", "naïve"),
    ],
)
def test_what_is_not_blocked_is_left_alone(text: str) -> None:
    assert None is WORDS.find(unicodedata.normalize("NFC", text))


def test_without_words_nothing_is_blocked() -> None:
    assert None is NO_WORDS.find("frog")


# --- whatever somebody thinks of ------------------------------------------------------------------

EUROPEAN: Final = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "COPTIC", "CHEROKEE", "COMMON"}
LATIN_WORDS: Final = [word for word in LIST if word.isascii() and word.isalpha()]
UNSEEN: Final = ["", "", "", "\u200b", "\u200d", "\u2060", "\u00ad", "\ufe0f", "\u0301", "\u0336", "\u20dd"]
BETWEEN: Final = ["", "", "", ".", "-", "_", "*", "·", "/", "🐸"]


def lookalikes(letter: str) -> list[str]:
    """What the library says looks like a letter, small or capital, and may be shown."""
    alike = [
        each["c"]
        for form in (letter, letter.upper())
        if form != "I"  # what looks like that looks like an l
        for each in confusables.confusables_data.get(form, ())
    ]
    return [letter, letter.upper(), *(each for each in alike if _is_plain(each))]


def _is_plain(alike: str) -> bool:
    if len(alike) != 1 or alike.isascii() or categories.alias(alike) not in EUROPEAN:
        return False
    try:
        return bool(clean(f"x{alike}x"))
    except BadTextError:
        return False


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[str, str]:
    """A blocked word, written otherwise."""
    word = draw(st.sampled_from(LATIN_WORDS))
    between = draw(st.sampled_from(BETWEEN))
    signs = [
        draw(st.sampled_from(lookalikes(letter))) * draw(st.integers(1, 3)) + draw(st.sampled_from(UNSEEN))
        for letter in word
    ]
    return word, between.join(signs)


@given(rewritten(), st.sampled_from(["", "Hello ", "¿", "мир "]), st.sampled_from(["", "!", " now", ", мир"]))
def test_whatever_a_blocked_word_is_rewritten_to_is_found(
    case: tuple[str, str], before: str, after: str
) -> None:
    word, written = case
    text = unicodedata.normalize("NFC", before + written + after)

    assert Words([word]).find(text) is not None, f"{word} in {text!r}"


@given(st.text(max_size=120))
def test_whatever_is_sent_what_is_found_stands_in_it(text: str) -> None:
    found = WORDS.find(text)

    assert found is None or (found and found in text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=10))
def test_a_word_is_not_found_inside_another(word: str) -> None:
    assert None is Words(["frog"]).find(f"x{word}frog{word}")
    assert None is Words(["frog"]).find(f"frog{word}x")


@pytest.mark.timeout(20)  # what this must not do is occupy the process
def test_many_words_that_begin_alike_are_looked_for_at_once() -> None:
    words = Words([f"*{'a' * number}b" for number in range(2, LONGEST)])

    for _ in range(20):
        assert None is words.find("a" * 120)


# --- what a word may be ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_as", "kept_as"),
    [("Frog", "frog"), (" FROG* ", "frog*"), ("*Жаба*", "*жаба*"), ("Straße", "strasse"), ("e\u0301t", "ét")],
)
def test_a_word_is_kept_in_lower_case(given_as: str, kept_as: str) -> None:
    assert kept_as == word_of(given_as)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("", "found 0"),
        ("*", "found 0"),
        ("**", "found 0"),
        ("a", "found 1"),
        ("*a*", "found 1"),
        ("x" * (LONGEST + 1), "found 65"),
        ("bad frog", "found ' '"),
        ("a$$", r"found '\$'"),
        ("fr*g", r"found '\*'"),
        ("!!", "found '!'"),
        ("\u200b\u200b\u200b", "can be seen, found 0"),
        ("a\u0301\u0302", "can be seen, found 1"),
    ],
)
def test_what_is_no_word_cannot_be_blocked(word: str, why: str) -> None:
    with pytest.raises(BadWordError, match=why):
        word_of(word)


@pytest.mark.parametrize("word", ["x" * LONGEST, "ab", "*ab*"])
def test_a_word_may_be_as_long_and_as_short_as_this(word: str) -> None:
    assert word == word_of(word)
    assert word.strip("*") == Words([word]).find(word.strip("*"))
