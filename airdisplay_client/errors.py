"""What can go wrong when a gateway is asked, as exceptions.

AirDisplayError           the root, of the contracts
├── Malformed             an id that can be none, or an answer that is not AirDisplay's (of the contracts)
├── Refused               a clear no; `facts` is the refusal itself, with its facts as fields
├── Unavailable           it cannot be done right now: nothing was done, trying again later is safe
│   └── Away              nobody listens at any address of the gateway
├── OutcomeUnknown        it was sent and no answer came: it may or may not have been done
└── ChannelClosed         a gateway ended a live channel, and the same again would end the same
"""

from collections.abc import Mapping
from typing import Any, Final, Union

import msgspec

from shared.contracts import refusals
from shared.contracts.errors import AirDisplayError, Malformed
from shared.contracts.live import CloseCode

__all__ = [
    "AirDisplayError",
    "Away",
    "ChannelClosed",
    "Malformed",
    "OutcomeUnknown",
    "Refused",
    "Unavailable",
    "refusal_of",
]

REFUSALS: Final = tuple(
    each for each in refusals.Refusal.__subclasses__() if each.__module__ == refusals.__name__
)
"""All that the contracts know of, in the order in which they stand there."""

_KNOWN: Final[Any] = Union[REFUSALS]  # noqa: UP007 (made of a tuple)


class Refused(AirDisplayError):
    """Raised when the gateway said no.

    `facts` is the refusal as the contracts have it, such as `Busy` with `until`; None for one that this
    version does not know. `members` is the whole problem document (RFC 9457).
    """

    def __init__(
        self,
        detail: str,
        *,
        slug: str,
        status: int,
        members: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.slug = slug
        self.status = status
        self.members: Mapping[str, Any] = members or {}
        self.facts = refusal_of(slug, self.members)
        self.retry_after = retry_after
        """Seconds after which asking again makes sense, if the gateway named a time."""


class Unavailable(AirDisplayError):
    """Raised when it could not be done for now, after several attempts; nothing was done."""

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class Away(Unavailable):
    """Raised when nobody listens there; nothing was done."""

    def __init__(self, url: str) -> None:
        super().__init__(f"AirDisplay at {url} cannot be reached")
        self.url = url


class OutcomeUnknown(AirDisplayError):
    """Raised when the answer was lost; what was asked for may or may not have been done.

    Where there is a `key`, the same call with it finds out, and has its effect once.
    """

    def __init__(self, url: str, *, key: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(f"AirDisplay at {url} did not answer: it may or may not have been done")
        self.url = url
        self.key = key
        self.retry_after = retry_after


class ChannelClosed(AirDisplayError):
    """Raised when a gateway does not want a live channel as it is asked for; says why."""

    def __init__(self, code: int, reason: str) -> None:
        meaning = CloseCode(code).meaning if code in set(CloseCode) else "The gateway refused the channel."
        super().__init__(f"{meaning} ({code}{': ' + reason if reason else ''})")
        self.code = code
        self.reason = reason


def refusal_of(slug: str, members: Mapping[str, Any]) -> refusals.Refusal | None:
    """The refusal that a problem document tells of, if this version knows it."""
    try:
        found: refusals.Refusal = msgspec.convert({**members, "reason": slug}, _KNOWN)
    except msgspec.ValidationError:
        return None
    return found
