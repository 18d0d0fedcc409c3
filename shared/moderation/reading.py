"""How people may read a text: every sign as the letters that it is, looks like, or is commonly written for.

Case, accents, width and fonts make no difference, and what nobody sees is not there. Which signs look alike
is Unicode's table, which a library brings. A word written wholly in a script that Latin readers cannot
mistake for theirs, such as Arabic or Devanagari, stands for itself alone.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from confusable_homoglyphs import categories, confusables  # type: ignore[import-untyped]


class Gap(IntEnum):
    """Whether a sign may stand between words."""

    NONE = 0
    MARK = 1
    SPACE = 2


class Sign(NamedTuple):
    """What one sign may stand for: the first of `letters` is what it is, the others what it may be read as.

    `elsewhere` is what it looks like where the signs around it are of another script.
    """

    letters: str
    gap: Gap = Gap.NONE
    elsewhere: str = ""


class Glyph(NamedTuple):
    """A sign in a text, and at which character of the text it stands."""

    letters: str
    gap: Gap
    at: int


_WRITTEN_FOR: Final = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "bg", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "il", "€": "e", "+": "t", "§": "s", "¡": "i",
}  # fmt: skip
"""What digits and symbols are used for by those who want to be read by people and not by machines."""

# A text of these scripts may look the same as one in Latin letters, and then it says the same.
_ALIKE: Final = {
    "LATIN",
    "GREEK",
    "CYRILLIC",
    "ARMENIAN",
    "COPTIC",
    "CHEROKEE",
    "LISU",
    "COMMON",
    "INHERITED",
}
# Accents and vowel points, which change how a letter looks and not which one it is. Vowel signs of Indic
# scripts are marks as well, and there they are the word.
_POINTS: Final = frozenset(
    chr(point)
    for first, last in (
        (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640),
        (0x064B, 0x065F), (0x0670, 0x0670), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
        (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)  # fmt: skip
# They count as letters or symbols, and look like a space or like nothing.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Letters to everybody, which Unicode's table leaves out because they are drawn otherwise.
_LETTER_BY_NAME: Final = re.compile(
    r"(?:LETTER SMALL CAPITAL|(?:SQUARED|CIRCLED) LATIN CAPITAL LETTER) ([A-Z])$"
)
_LEFT_TO_RIGHT_MARK: Final = "\u200e"  # stands around every right-to-left sign in the library's table


def read(text: str) -> Sequence[Glyph]:
    """The signs of a text, without those that nobody sees."""
    glyphs: list[Glyph] = []
    elsewhere: dict[int, str] = {}
    for at, character in enumerate(text):
        for sign in _signs(character):
            if sign.elsewhere:
                elsewhere[len(glyphs)] = sign.elsewhere
            glyphs.append(Glyph(sign.letters, sign.gap, at))
    for place, letters in elsewhere.items():
        if _is_among_others(place, glyphs, elsewhere):
            glyph = glyphs[place]
            glyphs[place] = glyph._replace(letters=_once(glyph.letters + letters))
    return glyphs


def _is_among_others(place: int, glyphs: Sequence[Glyph], elsewhere: Mapping[int, str]) -> bool:
    """Whether the word in which a sign stands has letters of another script."""
    first, last = place, place
    while first and glyphs[first - 1].letters:
        first -= 1
    while last + 1 < len(glyphs) and glyphs[last + 1].letters:
        last += 1
    return any(each not in elsewhere for each in range(first, last + 1))


@lru_cache(maxsize=8_192)
def _signs(character: str) -> tuple[Sign, ...]:
    if character in _BLANK:
        return (Sign("", Gap.MARK),)
    unseen = unicodedata.category(character) == "Cf" or character in _POINTS
    return () if unseen else _seen(character)


def _seen(character: str) -> tuple[Sign, ...]:
    plain, like = _folded(character), _folded(_likeness(character))
    signs = tuple(sign for each in plain for sign in _spelled_out(each))
    if like == plain or not like.isalnum():
        return signs
    if not _is_alike(character):
        return (signs[0]._replace(elsewhere=like), *signs[1:]) if len(like) == 1 else signs
    if not plain.isalnum():
        return tuple(map(_sign, like))
    if len(signs) == len(like) == 1:
        return (Sign(_once(signs[0].letters + _sign(like).letters)),)
    return signs


def _spelled_out(plain: str) -> tuple[Sign, ...]:
    """A sign that is folded already; a joined one is what is joined in it."""
    likeness = _likeness(plain)
    joined = len(likeness) > 1 and likeness.isascii() and likeness.isalnum() and _is_alike(plain)
    return tuple(map(_sign, likeness)) if joined else (_sign(plain),)


def _sign(plain: str) -> Sign:
    """A sign that is folded already."""
    category = unicodedata.category(plain)
    if category[0] == "Z" or category == "Cc":
        return Sign("", Gap.SPACE)
    if category[0] not in "LMN":
        return Sign(_WRITTEN_FOR.get(plain, ""), Gap.MARK)
    if plain.isascii():
        return Sign(plain + _WRITTEN_FOR.get(plain, ""))
    digit = unicodedata.digit(plain, None)
    if digit is not None:
        return Sign(str(digit))
    likeness = _folded(_likeness(plain)) if _is_alike(plain) else plain
    return Sign(likeness if len(likeness) == 1 and likeness.isalnum() else plain)


def _folded(text: str) -> str:
    """Without case, accents, width and font. Some signs become several: ligatures, fractions."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in unicodedata.normalize("NFKD", plain) if each not in _POINTS)


def _likeness(character: str) -> str:
    """The sign that stands, in Unicode's table, for all that look like this one; itself if that is none.

    There every sign names the one that stands for it, and that one names all of them.
    """
    if character.isascii():
        return "l" if character == "I" else character
    if named := _LETTER_BY_NAME.search(unicodedata.name(character, "")):
        return named[1]
    alike = _TABLE.get(character, ())
    if len(alike) != 1:
        return character
    return min(character, alike[0]) if _TABLE.get(alike[0]) == (character,) else alike[0]


def _is_alike(character: str) -> bool:
    return categories.alias(character) in _ALIKE


def _once(letters: str) -> str:
    return "".join(dict.fromkeys(letters))


def _table() -> Mapping[str, tuple[str, ...]]:
    data: Mapping[str, Sequence[Mapping[str, Any]]] = confusables.confusables_data

    def bare(text: str) -> str:
        return text.replace(_LEFT_TO_RIGHT_MARK, "")

    return {bare(sign): tuple(bare(each["c"]) for each in alike) for sign, alike in data.items()}


_TABLE: Final = _table()
