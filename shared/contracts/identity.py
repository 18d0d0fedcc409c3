"""Ids: what makes one valid, and where new ones come from a caller's own key.

One grammar for all of them, so that an id is always one token of a subject,
one segment of a path and one key of a bucket, without escaping.
"""

import hashlib
import re
from typing import Annotated, NewType

import msgspec

from shared.contracts.errors import Malformed

BannerId = NewType("BannerId", str)
CommandId = NewType("CommandId", str)
DisplayId = NewType("DisplayId", str)
"""A display is named by the id of the Show that asked for it."""

ID_FORM = "[a-z0-9][a-z0-9-]{0,62}"
# `$` alone would let a trailing line break pass.
ID_PATTERN = rf"^{ID_FORM}(?!\n)$"

_META = msgspec.Meta(pattern=ID_PATTERN, description="lower-case letters, digits, hyphens; 1 to 63")
WireBannerId = Annotated[BannerId, _META]
WireCommandId = Annotated[CommandId, _META]
WireDisplayId = Annotated[DisplayId, _META]

_HINT_CHARACTERS = 8

_valid = re.compile(ID_FORM).fullmatch


def banner_id(text: str) -> BannerId:
    """`text` as a banner id.

    Raises:
        Malformed: it is none.
    """
    return BannerId(entity_id("banner", text))


def entity_id(kind: str, text: str) -> str:
    """`text` as the id of any kind of entity.

    Raises:
        Malformed: it is none.
    """
    if _valid(text) is None:
        expected = f"a {kind} id matching {ID_FORM}"
        raise Malformed(expected, found=text)
    return text


def command_id_from(*parts: str, home: str) -> CommandId:
    """The id that these parts always lead to: the same caller, call and key give the same id.

    It ends with a hint at its `home`, the banner that it is for, so that whoever has nothing but the id
    of a display knows where to look.
    """
    digest = hashlib.blake2b("\x00".join(parts).encode(), digest_size=12)
    return CommandId(digest.hexdigest() + hint_at(home))


def hint_at(home: str) -> str:
    """What an id that was made for this banner ends with; others may share it."""
    return hashlib.blake2b(home.encode(), digest_size=_HINT_CHARACTERS // 2).hexdigest()


def hint_in(display_id: str) -> str:
    """What an id says about its home, if it says anything."""
    return display_id[-_HINT_CHARACTERS:]
