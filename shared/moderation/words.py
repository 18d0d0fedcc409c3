"""Blocked words, and whether a text holds one however it is written.

A word is looked for as a whole, so that "classic" is not hit by what stands in the middle of it; with a `*`
at its beginning or end it may go on there. Letters may be repeated, and marks may stand between them; spaces
may as well where every letter stands alone.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.moderation.reading import Gap, Glyph, read

SHORTEST: Final = 2
LONGEST: Final = 64

_OPEN: Final = "*"


class BadWordError(ValueError):
    """Raised when a word cannot be blocked; says which rule it breaks."""


def word_of(text: str) -> str:
    """A word as it stands in the list: lower-case, with `*` where it may go on.

    Raises:
        BadWordError: it is none.
    """
    word = unicodedata.normalize("NFC", text.strip().casefold())
    bare = word.removeprefix(_OPEN).removesuffix(_OPEN)
    if not SHORTEST <= len(bare) <= LONGEST:
        message = f"expected {SHORTEST} to {LONGEST} characters beside the *, found {len(bare)}"
        raise BadWordError(message)
    glyphs = read(bare)
    for glyph in glyphs:
        if glyph.gap or not glyph.letters:
            message = f"expected letters and digits, and * only around them, found {bare[glyph.at]!r}"
            raise BadWordError(message)
    if len(glyphs) < SHORTEST:
        message = f"expected {SHORTEST} letters or digits that can be seen, found {len(glyphs)}"
        raise BadWordError(message)
    return word


@dataclass(slots=True)
class _Node:
    """What may follow on some letters; a word ends here, where it may go on, or as a whole."""

    following: "dict[str, _Node]" = field(default_factory=dict)
    open_end: bool = False
    closed_end: bool = False


class _Path(NamedTuple):
    """How far some word has been read: the last letter, and how its pieces stand.

    `run` is whether one has come since the last gap; it is `long` once two came without one, `spaced` once
    one was a space. It began at the glyph `start`.
    """

    node: _Node
    last: str
    run: bool
    long: bool
    spaced: bool
    start: int


class Words:
    """Blocked words, ready to be looked for. They never change; another list is another one of these."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._whole = _Node()
        self._open = _Node()
        for word in words:
            self._add(word)

    def find(self, text: str) -> str | None:
        """The part of a text that reads like a blocked word, as it stands there; None if there is none."""
        if not (self._whole.following or self._open.following):
            return None
        glyphs = read(text)
        paths: list[_Path] = []
        for place, glyph in enumerate(glyphs):
            passed = [path for each in paths for path in _pass_over(each, glyph)] if glyph.gap else []
            paths += self._begun(glyphs, place)
            read_on = [path for each in paths for path in _read_on(each, glyph)]
            whole = place + 1 == len(glyphs) or glyphs[place + 1].gap
            for path in read_on:
                if path.node.open_end or (whole and path.node.closed_end):
                    return text[glyphs[path.start].at : glyph.at + 1]
            paths = _but_once(read_on + passed)
        return None

    def _add(self, word: str) -> None:
        node = self._open if word.startswith(_OPEN) else self._whole
        for glyph in read(word.removeprefix(_OPEN).removesuffix(_OPEN)):
            node = node.following.setdefault(glyph.letters[0], _Node())
        if word.endswith(_OPEN):
            node.open_end = True
        else:
            node.closed_end = True

    def _begun(self, glyphs: Sequence[Glyph], place: int) -> list[_Path]:
        """The paths on which a word begins with this sign."""
        letters = glyphs[place].letters
        roots = [self._open]
        if not place or glyphs[place - 1].gap:
            roots.append(self._whole)
        return [
            _Path(root, "", run=False, long=False, spaced=False, start=place)
            for root in roots
            if any(letter in root.following for letter in letters)
        ]


def _read_on(path: _Path, glyph: Glyph) -> Iterable[_Path]:
    """The paths on which a sign is the next letter, or the last one again."""
    for letter in glyph.letters:
        if letter == path.last:
            yield path
        following = path.node.following.get(letter)
        if following is None:
            continue
        long = path.long or path.run
        if not (long and path.spaced):
            yield _Path(following, letter, run=True, long=long, spaced=path.spaced, start=path.start)


def _pass_over(path: _Path, glyph: Glyph) -> Iterable[_Path]:
    """The path on which a sign only stands between two letters."""
    if glyph.gap is Gap.MARK:
        yield path._replace(run=False)
    elif glyph.gap is Gap.SPACE:  # where two letters came together before, none can follow now
        yield path._replace(run=False, spaced=True)


def _but_once(paths: Iterable[_Path]) -> list[_Path]:
    """Of those that can only go on in the same way, the first; so they stay few, however long the text."""
    first: dict[tuple[object, ...], _Path] = {}
    for path in paths:
        first.setdefault((id(path.node), *path[1:-1]), path)
    return list(first.values())


NO_WORDS: Final = Words()
"""For a mesh without a blocklist."""
