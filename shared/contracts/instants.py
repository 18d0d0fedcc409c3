"""Instants as they stand on the wire: RFC 3339, UTC, always three decimals, always `Z`.

The form has a fixed width, so the order of the texts is the order of the times,
and two instants are compared with `<` without being parsed.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, NewType

import msgspec

from shared.contracts.errors import Malformed

Instant = NewType("Instant", str)
"""A point in time in UTC with milliseconds, such as ``2026-05-04T12:00:00.250Z``."""

INSTANT_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z(?!\n)$"

_FORM = msgspec.Meta(pattern=INSTANT_PATTERN)
WireInstant = Annotated[Instant, _FORM]
"""An instant that somebody else wrote: its form is checked when it is decoded."""

_LAST_MILLISECOND = 253_402_300_799_999  # of LATEST


LATEST = Instant("9999-12-31T23:59:59.999Z")
"""The form has four digits for the year."""


def instant(epoch_ms: int) -> Instant:
    """The instant that many milliseconds after 1970."""
    seconds, milliseconds = divmod(min(epoch_ms, _LAST_MILLISECOND), 1000)
    return Instant(f"{_to_the_second(seconds)}.{milliseconds:03d}Z")


def epoch_ms(at: Instant) -> int:
    """Milliseconds after 1970; the inverse of `instant`."""
    return round(datetime.fromisoformat(at).timestamp() * 1000)


def of_server(timestamp: str) -> Instant:
    """The instant that a NATS server wrote, with up to nine decimals and no zeros at their end."""
    whole, _, fraction = timestamp.rstrip("Z").partition(".")
    return Instant(f"{whole}.{fraction[:3]:0<3}Z")


def checked_instant(timestamp: str) -> Instant:
    """The instant that a timestamp in UTC means, written with up to nine decimals or without.

    Raises:
        Malformed: there is no such day or time.
    """
    at = of_server(timestamp)
    try:
        datetime.fromisoformat(at)
    except ValueError as error:
        raise Malformed(f"a time that there is ({error})", found=timestamp) from None
    return at


def later(at: Instant, milliseconds: int) -> Instant:
    """The instant that many milliseconds after `at`."""
    return instant(epoch_ms(at) + milliseconds)


def milliseconds_between(start: Instant, end: Instant) -> int:
    """How many milliseconds lie between two instants; negative when `end` is the earlier one."""
    return epoch_ms(end) - epoch_ms(start)


@lru_cache(maxsize=256)  # most instants of one moment lie in the same few seconds
def _to_the_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
