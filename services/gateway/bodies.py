"""What HTTP callers send: bodies and parameters, with what is allowed in them."""

from typing import Annotated, Literal

import msgspec
from litestar.params import HeaderParameter, QueryParameter

from shared.contracts.banner import Name, Reason, Tag, When
from shared.contracts.identity import ID_PATTERN, WireBannerId

PAGE_AT_MOST = 1_000
HISTORY_AT_MOST = 100
KEY_AT_MOST = 255


class RegisterBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new banner; without an id it gets one."""

    id: WireBannerId | None = None
    name: Name | None = None
    tags: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=16)] = ()


class ShowBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to show."""

    text: str
    when: When = "now"


class ReplaceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a display shall read instead."""

    text: str


class HoldBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nothing shall show."""

    reason: Reason


class ApprovalBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operator's yes to a text; or no, for this reason."""

    approved: bool
    reason: Reason | None = None


class ShowAnywhereBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to show on any free banner, or on any of those with a tag."""

    text: str
    tag: Tag | None = None


IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=KEY_AT_MOST,
        description="The same key and body have one effect and the same answer.",
    ),
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description='The revision that must still be the newest, such as "41".'),
]
IfNoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="Answer 304 if this is still the newest.")
]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="The last event that was received.")
]
Before = Annotated[
    str | None,
    QueryParameter(pattern=r"^[1-9]\d{0,17}$", description="Where the page before ended: its `next_cursor`."),
]
Kind = Annotated[
    str | None,
    QueryParameter(pattern=ID_PATTERN, description="Only this kind of measurement, and how it changed."),
]
MeasuredSince = Annotated[
    str | None,
    QueryParameter(
        # A day that its month has not is found out later.
        pattern=r"^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
        r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$",
        schema_extra={"format": "date-time"},
        description="Nothing that was measured before this time: RFC 3339, UTC.",
    ),
]
MeasuredAfter = Annotated[
    str | None,
    QueryParameter(pattern=r"^[1-9]\d{0,17}$", description="Where the page before ended: its `next_cursor`."),
]
HistoryLimit = Annotated[int, QueryParameter(ge=1, le=HISTORY_AT_MOST)]
Status = Literal["free", "busy", "held", "online", "offline"]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_AT_MOST)]
