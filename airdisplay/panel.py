"""An LED panel in the terminal: a text as LEDs that flutters in the wind, and scrolls when it is too long.

Characters that the font does not have stand as themselves on the middle line. Pure: time comes in.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rich.align import Align
from rich.cells import cell_len
from rich.console import RenderableType
from rich.panel import Panel
from rich.text import Text

from airdisplay import font

ROWS: Final = font.HEIGHT + 2  # the wind lifts and lowers by one
_MIDDLE: Final = ROWS // 2
_LIT: Final = "●"
_DARK: Final = "·"

_COLUMNS_PER_SECOND: Final = 18
_GAP: Final = 10
_WAVE_COLUMNS: Final = 12
_WAVE_PER_SECOND: Final = 3

_JOINER: Final = "\u200d"
_WIDE: Final = 2


class Column(NamedTuple):
    """One column of LEDs, or of a character that stands as itself; empty behind a wide one."""

    bits: int = 0
    character: str | None = None


_BLANK: Final = Column()


def columns(text: str) -> list[Column]:
    """The columns of a text, with one empty column between characters."""
    found: list[Column] = []
    for character in _characters(text):
        bits = font.glyph(character)
        if bits is None:
            found.append(Column(character=character))
            found.extend([Column(character="")] * (cell_len(character) - 1))
        else:
            found.extend(map(Column, bits))
        found.append(_BLANK)
    return found[:-1]


def rows(text: str, width: int, seconds: float) -> list[str]:
    """The panel as lines of that many cells, after that many seconds of wind."""
    window = _whole(_window(columns(text), width, seconds))
    lifts = [round(math.sin(place / _WAVE_COLUMNS - seconds * _WAVE_PER_SECOND)) for place in range(width)]
    return [_row(window, lifts, number) for number in range(ROWS)]


def draw(name: str, text: str, countdown: str, width: int, seconds: float) -> RenderableType:
    """The panel with its frame; for a terminal of that many cells."""
    inner = max(width - 4, 1)
    lights = Text("\n".join(rows(text, inner, seconds)), style="grey23", no_wrap=True, overflow="crop")
    lights.highlight_regex(rf"[^{_DARK}\n]+", "bold orange1")
    return Panel(
        Align.center(lights), title=f"[bold]{name}[/]", subtitle=countdown, border_style="grey37", width=width
    )


def _characters(text: str) -> Iterator[str]:
    """Characters as people see them, more or less: marks and joined emoji stay with what they belong to."""
    whole = ""
    for character in text:
        if whole and (cell_len(character) == 0 or whole.endswith(_JOINER)):
            whole += character
            continue
        if whole:
            yield whole
        whole = character
    if whole:
        yield whole


def _window(strip: list[Column], width: int, seconds: float) -> list[Column]:
    """What of a strip is seen: all of it, centred, when it fits; else a part that moves on."""
    if len(strip) <= width:
        left = (width - len(strip)) // 2
        return [*[_BLANK] * left, *strip, *[_BLANK] * (width - left - len(strip))]
    belt = [*strip, *[_BLANK] * max(_GAP, width // 2)]
    start = int(seconds * _COLUMNS_PER_SECOND) % len(belt)
    return [belt[(start + place) % len(belt)] for place in range(width)]


def _whole(window: Sequence[Column]) -> list[Column]:
    """Without halves of wide characters at the edges."""
    seen: list[Column] = []
    open_cells = 0
    for place, column in enumerate(window):
        if column.character == "":
            seen.append(column if open_cells else _BLANK)
            open_cells = max(0, open_cells - 1)
        elif column.character is not None and place + cell_len(column.character) > len(window):
            seen.append(_BLANK)
        else:
            open_cells = cell_len(column.character) - 1 if column.character else 0
            seen.append(column)
    return seen


def _row(window: Sequence[Column], lifts: Sequence[int], number: int) -> str:
    return "".join(_cell(column, number, lift) for column, lift in zip(window, lifts, strict=True))


def _cell(column: Column, number: int, lift: int) -> str:
    if column.character is not None and number == _MIDDLE:
        return column.character
    bit = number - 1 - lift
    return _LIT if 0 <= bit < font.HEIGHT and column.bits >> bit & 1 else _DARK
