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
"""A display is named by the id of the Show that put it up."""

ID_FORM = "[a-z0-9][a-z0-9-]{0,62}"
# `$` alone would let a trailing line break pass.
ID_PATTERN = rf"^{ID_FORM}(?!\n)$"

_META = msgspec.Meta(pattern=ID_PATTERN, description="lower-case letters, digits, hyphens; 1 to 63")
WireBannerId = Annotated[BannerId, _META]
WireCommandId = Annotated[CommandId, _META]
WireDisplayId = Annotated[DisplayId, _META]

_valid = re.compile(ID_FORM).fullmatch


def banner_id(text: str) -> BannerId:
    """`text` as a banner id.

    Raises:
        Malformed: it is none.
    """
    if _valid(text) is None:
        expected = f"a banner id matching {ID_FORM}"
        raise Malformed(expected, found=text)
    return BannerId(text)


def command_id_from(*parts: str) -> CommandId:
    """The id that these parts always lead to: the same caller, call and key give the same id."""
    digest = hashlib.blake2b("\x00".join(parts).encode(), digest_size=16)
    return CommandId(digest.hexdigest())
