"""The blocklist's own words: what operators never want to see on any banner.

Events and state are stored: a new field gets a default, no field is ever retyped or reused.
"""

from typing import Annotated, Final

import msgspec

from shared.contracts import refusals
from shared.contracts.banner import Role
from shared.contracts.command import Command

EVERYWHERE: Final = "all"
"""The key of the one blocklist that there is."""

WORDS_AT_MOST: Final = 1_000
"""How many words may be blocked."""

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
"""What a word may be is said where texts are read; here only that it is not without end."""


class Block(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No text with this word shall show. For operators."""

    word: Word
    role: Role = "author"


class Unblock(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Texts with this word may show again. For operators."""

    word: Word
    role: Role = "author"


class Blocklist(msgspec.Struct, frozen=True, kw_only=True):
    """The words, in order."""

    words: tuple[str, ...] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact, true from the commit that carries it."""


class Blocked(Event, frozen=True, kw_only=True, tag="blocked"):
    """The word is blocked from now on."""

    word: str


class Unblocked(Event, frozen=True, kw_only=True, tag="unblocked"):
    """The word is blocked no more."""

    word: str


BlocklistEvent = Blocked | Unblocked

BlocklistRefusal = (
    refusals.Malformed
    | refusals.Overloaded
    | refusals.MeshUnavailable
    | refusals.Unknown
    | refusals.Failed
    | refusals.RecordUnreadable
    | refusals.KeyReused
    | refusals.TooLate
    | refusals.Stale
    | refusals.NotOperator
    | refusals.BadWord
    | refusals.AlreadyBlocked
    | refusals.NotBlocked
    | refusals.BlocklistFull
)
