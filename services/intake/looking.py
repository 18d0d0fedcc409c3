"""What hardware says, looked at: what the mesh keeps of a message, or a reason why it does not. Pure."""

from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from shared.contracts import subjects
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.hardware import REPORT_BYTES_AT_MOST, KeptReport, Reported
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant
from shared.contracts.telemetry import TooLong, checked

_TELEMETRY: Final = ".telemetry."

_reported: Final = msgspec.json.Decoder(Reported)


class Reason(StrEnum):
    """Why something that was said is not kept."""

    BAD_SUBJECT = "bad-subject"
    """It was said of something that can be no banner, or no kind."""
    UNKNOWN_BANNER = "unknown-banner"
    """Nobody has registered the banner."""
    TOO_LONG = "too-long"
    MALFORMED = "malformed"
    """It is not what was agreed."""
    TOO_MANY_KINDS = "too-many-kinds"
    """The banner has as many kinds as are kept."""
    UNFORESEEN = "unforeseen"
    """Looking at it failed in a way that nobody has thought of."""


class NotKept(Exception):
    """Raised when something that was said is not kept."""

    def __init__(self, reason: Reason, problem: str) -> None:
        super().__init__(problem)
        self.reason = reason


class About(NamedTuple):
    """Whom something is about: a banner, and what is measured on it; nothing where it is a report."""

    banner: BannerId
    kind: str


def about(subject: str) -> About:
    """Whom it is about that was said under this subject.

    Raises:
        NotKept: the subject names nobody.
    """
    try:
        if _TELEMETRY in subject:
            return About(*subjects.parse_telemetry(subject))
        return About(subjects.parse_banner(subject).banner, "")
    except Malformed as error:
        raise NotKept(Reason.BAD_SUBJECT, str(error)) from None


def value(kind: str, data: bytes) -> None:
    """Look at what was measured; it is kept as it was said.

    Raises:
        NotKept: it is not what was agreed.
    """
    try:
        checked(kind, data)
    except TooLong as error:
        raise NotKept(Reason.TOO_LONG, str(error)) from None
    except Malformed as error:
        raise NotKept(Reason.MALFORMED, str(error)) from None


def report(data: bytes, heard_at: Instant) -> KeptReport:
    """Look at a report; what is kept of it. What the hardware's clock says in it counts for nothing.

    Raises:
        NotKept: it is not what was agreed.
    """
    if len(data) > REPORT_BYTES_AT_MOST:
        raise NotKept(Reason.TOO_LONG, f"at most {REPORT_BYTES_AT_MOST} bytes, found {len(data)}")
    try:
        said = _reported.decode(data)
    except UNDECODABLE as error:
        raise NotKept(Reason.MALFORMED, str(error)) from None
    return KeptReport(display_id=said.display_id, revision=said.revision, at=said.at, heard_at=heard_at)
