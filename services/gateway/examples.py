"""Examples for the documents: what may be sent and what may come back. Being values, they always fit."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.gateway.bodies import (
    ApprovalBody,
    HoldBody,
    RegisterBody,
    ReplaceBody,
    ShowAnywhereBody,
    ShowBody,
)
from shared.contracts.banner import Display, OnHold, Shown
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.views import (
    BannerInFull,
    BannerPage,
    BannerView,
    BlocklistView,
    Confirmation,
    DisplayView,
    Ended,
    HistoryItem,
    HistoryPage,
    PendingPage,
    Reading,
    ReportedView,
    TelemetryItem,
    TelemetryPage,
)

_SHOWN_AT: Final = Instant("2026-05-04T12:00:00.250Z")
_UNTIL: Final = Instant("2026-05-04T12:01:00.250Z")
_LIGHTNING: Final = BannerId("lightning")
_GUEST: Final = "guest-f799d9ae7dea"

DISPLAY: Final = Display(
    id=DisplayId("1ab9fb6f0c5d71b0e2aa9f10"),
    text="Marry me, Ada!",
    by=_GUEST,
    shown_at=_SHOWN_AT,
    until=_UNTIL,
)
_READINGS: Final = {
    "power": Reading(
        at=Instant("2026-05-04T12:00:03.120Z"), value=msgspec.Raw(b'{"battery_pct":81.5,"watts":240.0}')
    ),
    "position": Reading(
        at=Instant("2026-05-04T12:00:04.050Z"),
        value=msgspec.Raw(
            b'{"lat":54.18,"lon":12.09,"altitude_m":300.0,"heading_deg":87.0,"speed_mps":24.0}'
        ),
    ),
}
BUSY: Final = BannerView(
    id=_LIGHTNING,
    name="Lightning",
    tags=("coast",),
    revision=57,
    display=DISPLAY,
    confirmation=Confirmation("confirmed", Instant("2026-05-04T12:00:00.310Z"), 60),
    queue_length=1,
    presence="online",
    reported=ReportedView(display_id=DISPLAY.id, at=Instant("2026-05-04T12:00:00.310Z")),
)
BUSY_IN_FULL: Final = BannerInFull(**msgspec.structs.asdict(BUSY), telemetry=_READINGS)
NEW: Final = BannerView(
    id=_LIGHTNING,
    name="Lightning",
    tags=("coast",),
    revision=12,
    display=None,
    offline_because="never-seen",
)
HELD: Final = BannerView(
    id=BannerId("stormy"),
    name="Stormy",
    tags=("coast",),
    revision=60,
    display=None,
    hold=OnHold(reason="storm warning", by="operator", at=Instant("2026-05-04T11:58:00.000Z")),
    presence="online",
)
SHOWING: Final = DisplayView(
    id=DISPLAY.id,
    state="showing",
    text=DISPLAY.text,
    by=_GUEST,
    banner=_LIGHTNING,
    shown_at=_SHOWN_AT,
    until=_UNTIL,
    revision=57,
)
QUEUED: Final = DisplayView(
    id=DisplayId("77c1a0e94d2b6f3a5e8890bc"),
    state="queued",
    text="She said yes!",
    by=_GUEST,
    banner=_LIGHTNING,
    position=1,
    starts_at=_UNTIL,
    revision=58,
)
WAITING: Final = DisplayView(
    id=DisplayId("c04d9be2f61a7380915e2d44"), state="waiting", text="Ice cream!", by=_GUEST, position=3
)
PENDING: Final = DisplayView(
    id=DisplayId("5be1a90c77d24f3086cc12ea"),
    state="pending",
    text="Vote for Ada!",
    by=_GUEST,
    banner=_LIGHTNING,
    revision=61,
    lapses_at=Instant("2026-05-04T13:00:00.250Z"),
)
REJECTED: Final = DisplayView(
    id=PENDING.id,
    state="ended",
    text=PENDING.text,
    by=_GUEST,
    banner=_LIGHTNING,
    ended_at=_UNTIL,
    how="rejected",
    reason="no elections over the beach",
)
READ_FIRST: Final = BannerView(
    id=_LIGHTNING,
    name="Lightning",
    tags=("coast",),
    revision=61,
    display=None,
    presence="offline",
    last_seen=Instant("2026-05-04T11:40:12.500Z"),
    offline_because="left",
    offline_note="landed",
    approve_first=True,
    pending_length=1,
)
ENDED: Final = DisplayView(
    id=DISPLAY.id,
    state="ended",
    text=DISPLAY.text,
    by=_GUEST,
    banner=_LIGHTNING,
    shown_at=_SHOWN_AT,
    until=_UNTIL,
    ended_at=_UNTIL,
    how="expired",
    revision=59,
    confirmed_from=Instant("2026-05-04T12:00:00.310Z"),
    confirmed_to=Instant("2026-05-04T12:01:00.281Z"),
)
HISTORY: Final = HistoryPage(
    (
        HistoryItem(
            revision=59,
            at=Instant("2026-05-04T12:01:00.262Z"),
            by="expiry-0",
            command="expire",
            events=(
                Ended(
                    display=DISPLAY,
                    ended_at=_UNTIL,
                    how="expired",
                    confirmed_from=ENDED.confirmed_from,
                    confirmed_to=ENDED.confirmed_to,
                ),
            ),
        ),
        HistoryItem(revision=57, at=_SHOWN_AT, by=_GUEST, command="show", events=(Shown(display=DISPLAY),)),
    ),
    "57",
)

EXAMPLES: Final[Mapping[Any, Mapping[str, Any]]] = {
    RegisterBody: {
        "named": RegisterBody(id=_LIGHTNING, name="Lightning", tags=("coast",)),
        "any id": RegisterBody(name="Lightning"),
    },
    ShowBody: {
        "now": ShowBody(text="Marry me, Ada!"),
        "wait in line": ShowBody(text="She said yes!", when="queue"),
    },
    ReplaceBody: {"mended": ReplaceBody(text="Marry me, Ada! 💍")},
    ApprovalBody: {
        "yes": ApprovalBody(approved=True),
        "no": ApprovalBody(approved=False, reason="no elections over the beach"),
    },
    HoldBody: {"weather": HoldBody(reason="storm warning")},
    ShowAnywhereBody: {
        "any banner": ShowAnywhereBody(text="Ice cream!"),
        "any of a tag": ShowAnywhereBody(text="Ice cream!", tag="coast"),
    },
    BannerView: {"shows a text": BUSY, "on hold": HELD, "new": NEW, "texts need a yes": READ_FIRST},
    BannerInFull: {"shows a text": BUSY_IN_FULL},
    TelemetryPage: {
        "the newest of each kind": TelemetryPage(
            tuple(TelemetryItem(kind=kind, at=each.at, value=each.value) for kind, each in _READINGS.items()),
            None,
        )
    },
    BannerPage: {"the last page": BannerPage((BUSY, HELD), None)},
    DisplayView: {
        "showing": SHOWING,
        "queued": QUEUED,
        "waiting": WAITING,
        "pending": PENDING,
        "ended": ENDED,
        "rejected": REJECTED,
    },
    PendingPage: {"one waits": PendingPage((PENDING,), None)},
    BlocklistView: {"two words": BlocklistView(("frog", "toad*"), 2)},
    HistoryPage: {"shown and over": HISTORY},
}
"""By type, and by what tells them apart in a few words."""
