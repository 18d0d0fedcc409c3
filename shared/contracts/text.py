"""What may be shown: the one place that knows the rule for texts.

A text has 1 to 120 characters after NFC normalisation and trimming, none of them a control character,
and at least one of them visible. Emoji and right-to-left scripts are texts like any other,
so their invisible joiners and marks are allowed; what changes the direction of everything after it is not.
"""

import unicodedata

MAX_CHARACTERS = 120
# No character has more parts than four, so a longer text is too long however it is normalised. To normalise
# it all the same could take minutes: the time grows with the square of the accents on one letter.
_MAX_PARTS = 4 * MAX_CHARACTERS

_WHITE_SPACE = "\t\n\r\v\f\x85" + "".join(
    chr(point) for point in range(0x3001) if unicodedata.category(chr(point)) in {"Zs", "Zl", "Zp"}
)
# Cc control, Cs half a character, Co private, Cn unassigned; Zl and Zp would break the line.
_REFUSED_CATEGORIES = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# Explicit embeddings and overrides reorder what follows them; isolates and marks do not.
_REFUSED_CHARACTERS = set("\u202a\u202b\u202c\u202d\u202e")
_INVISIBLE_CATEGORIES = {"Cf", "Mn", "Me", "Zs"}
# U+2800, U+3164, U+115F, U+1160, U+FFA0 count as letters or symbols and show nothing.
_INVISIBLE_CHARACTERS = set("\u2800\u3164\u115f\u1160\uffa0")


class BadTextError(ValueError):
    """Raised when a text may not be shown; says which rule it breaks."""


def clean(text: str) -> str:
    """`text` as it will be shown.

    Raises:
        BadTextError: it breaks the rule above.
    """
    cleaned = text.strip(_WHITE_SPACE)
    if len(cleaned) <= _MAX_PARTS:
        cleaned = unicodedata.normalize("NFC", cleaned)
    if not 1 <= len(cleaned) <= MAX_CHARACTERS:
        found = f"{len(cleaned)} characters" if cleaned else "nothing"
        message = f"expected 1 to {MAX_CHARACTERS} characters, found {found}"
        raise BadTextError(message)
    if cleaned.isascii() and cleaned.isprintable():  # nearly every text; spares the look-ups below
        return cleaned
    for position, character in enumerate(cleaned):
        if unicodedata.category(character) in _REFUSED_CATEGORIES or character in _REFUSED_CHARACTERS:
            name = unicodedata.name(character, "a control character")
            message = f"expected printable characters, found U+{ord(character):04X} ({name}) at {position}"
            raise BadTextError(message)
    if all(_is_invisible(character) for character in cleaned):
        message = "expected something to see, found only invisible characters"
        raise BadTextError(message)
    return cleaned


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _INVISIBLE_CHARACTERS
