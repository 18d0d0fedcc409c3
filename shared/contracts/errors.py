"""Failures, as opposed to refusals: nobody decided anything, something did not work.

AirDisplayError
├── Malformed        what was received is not what was agreed
├── Unreadable       what is stored is not what was agreed; it was left as it is
│   └── NewerSchema  a newer version wrote it; writing over it could destroy something
├── Unreachable      nobody was there: nothing was done, trying again is safe
├── OutcomeUnknown   it was sent and no answer came: it may or may not have been done
├── Conflict         somebody else committed first: load and decide again
├── Restarted        a stream is not the one that was followed; what was known of it is void
└── NotFit           this process must not start as it is: a wrong server, clock or setting
"""

from typing import Final

import msgspec

UNDECODABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for foreign bytes: what it names itself, what is no text, what nests without end."""

_SHOWN_AT_MOST = 80
_SAID_AT_MOST = 200


class AirDisplayError(Exception):
    """The root of every failure that the mesh names."""


class Malformed(AirDisplayError):
    """Raised when something received is not what was agreed."""

    def __init__(self, expected: str, *, found: object) -> None:
        super().__init__(f"expected {_in_one_line(expected)}, found {_shortened(found)}")


class Unreadable(AirDisplayError):
    """Raised when a stored record is not what was agreed."""

    def __init__(self, expected: str, *, found: object) -> None:
        super().__init__(f"expected {_in_one_line(expected)}, found {_shortened(found)}")


class NewerSchema(Unreadable):
    """Raised when a record carries a schema version that this version does not know."""

    def __init__(self, what: str, *, known: int, found: int) -> None:
        super().__init__(f"a {what} record of schema {known} or older", found=found)


class Unreachable(AirDisplayError):
    """Raised when nobody could be asked; nothing was done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} cannot be reached")


class OutcomeUnknown(AirDisplayError):
    """Raised when something was sent and no answer came in time; it may or may not have been done."""

    def __init__(self, what: str, *, seconds: float) -> None:
        super().__init__(f"{what} did not answer within {seconds:g} s; it may or may not have been done")


class Conflict(AirDisplayError):
    """Raised when a commit expected another revision than the store holds."""

    def __init__(self, key: str, *, expected: int) -> None:
        super().__init__(f"{key} is no longer at revision {expected}")


class Restarted(AirDisplayError):
    """Raised when a stream that is followed was made anew, or lost its end."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"the stream {stream} is not the one that was followed")


class NotFit(AirDisplayError):
    """Raised at start-up when this process must not run as it is."""


def _shortened(found: object) -> str:
    text = repr(found)
    return text if len(text) <= _SHOWN_AT_MOST else text[: _SHOWN_AT_MOST - 1] + "…"


def _in_one_line(expected: str) -> str:
    """Decoders quote what was sent: a name of a megabyte, a line break that would end a header."""
    text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in expected[:_SAID_AT_MOST])
    return text if len(expected) <= _SAID_AT_MOST else text + "…"
