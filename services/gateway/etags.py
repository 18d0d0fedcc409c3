"""Entity tags: the revision in quotes; for what has no revision, a digest of what is answered."""

import hashlib
import re
from typing import Final

from shared.contracts.errors import Malformed

_STRONG: Final = re.compile(r'"(\d{1,18})"')


def etag(revision: int) -> str:
    """The tag of a revision."""
    return f'"{revision}"'


def expected_revision(if_match: str | None) -> int | None:
    """The revision that `If-Match` asks for; None when any will do.

    Raises:
        Malformed: it is not one of our tags.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _STRONG.fullmatch(if_match.strip())
    if match is None:
        raise Malformed('one tag such as "41" in If-Match', found=if_match)
    return int(match[1])


def digest_tag(content: bytes) -> str:
    """The tag of what has no revision."""
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def matches(if_none_match: str | None, revision: int) -> bool:
    """Whether `If-None-Match` names this revision."""
    return matches_tag(if_none_match, etag(revision))


def matches_tag(if_none_match: str | None, tag: str) -> bool:
    """Whether `If-None-Match` names this tag; weak tags compare like strong ones here."""
    if if_none_match is None:
        return False
    return any(each.strip().removeprefix("W/") in {"*", tag} for each in if_none_match.split(","))
