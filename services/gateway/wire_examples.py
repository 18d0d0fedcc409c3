"""Examples of what goes over the live channel and over NATS. Being values, they always fit."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.gateway import channels
from services.gateway.examples import BUSY, DISPLAY, SHOWING, WAITING
from shared.contracts.banner import (
    Approve,
    Banner,
    Clear,
    Expire,
    ExpireMany,
    ExpireManyReply,
    Expiry,
    ExpiryOutcome,
    Hold,
    Register,
    Reject,
    Release,
    Replace,
    SetApproval,
    Show,
    Shown,
)
from shared.contracts.blocklist import Block, Blocked, Blocklist, Unblock
from shared.contracts.hardware import KeptReport, Presence, Reported
from shared.contracts.identity import BannerId, CommandId
from shared.contracts.instants import Instant
from shared.contracts.live import (
    Authorize,
    Changes,
    Displays,
    Hello,
    Measured,
    Ping,
    Pong,
    Problem,
    Since,
    Snapshot,
    Telemetry,
    Unwatch,
    Watch,
)
from shared.contracts.lobby import (
    ALL_BANNERS,
    Admitted,
    Enter,
    Entered,
    Gone,
    Leave,
    Lobby,
    LobbyTicket,
    PoolId,
    Whereabouts,
)
from shared.contracts.telemetry import Panel, Position, Power
from shared.entities.claims import Claim
from shared.entities.records import Mark

_AT: Final = DISPLAY.shown_at
_HARDWARE: Final = "18c2f:311:18c2f:904"
_BANNER: Final = Banner(id=BannerId("lightning"), name="Lightning", tags=("coast",), display=DISPLAY)
_TICKET: Final = LobbyTicket(id=WAITING.id, number=7, text=WAITING.text, by=WAITING.by, at=_AT)
_LOBBY: Final = Lobby(waiting=(_TICKET,), last_number=7)
_MARK: Final = Mark(verb="show", id=CommandId(DISPLAY.id), digest="9c1e0a44b2d1")

FRAMES: Final[Mapping[type, Mapping[str, Any]]] = {
    Watch: {
        "everything": Watch(all=True),
        "two banners": Watch(banners=("lightning", "sparky")),
        "go on where I was": Watch(all=True, since=Since(epoch="18c2f", revision=57, hardware=_HARDWARE)),
        "my displays": Watch(mine=True),
        "what is measured": Watch(telemetry=("lightning",)),
    },
    Unwatch: {"one banner": Unwatch(banners=("sparky",)), "all my displays": Unwatch(mine=True)},
    Authorize: {"a new token": Authorize(token="the-operators-own")},  # noqa: S106 (an example)
    Pong: {"still here": Pong()},
    Hello: {
        "a guest": Hello(epoch="18c2f", heartbeat_ms=15_000, now=_AT, by=DISPLAY.by, role="author"),
    },
    Snapshot: {
        "everything": Snapshot(
            revision=57, recovered=False, epoch="18c2f", hardware=_HARDWARE, banners=(BUSY,)
        ),
        "nothing is newer": Snapshot(
            revision=57, recovered=True, epoch="18c2f", hardware=_HARDWARE, banners=()
        ),
    },
    Changes: {"one banner": Changes(revision=57, hardware=_HARDWARE, banners=(BUSY,))},
    Displays: {"its turn has come": Displays(displays=(SHOWING,))},
    Telemetry: {
        "power": Telemetry(
            measured=(
                Measured(
                    banner=BannerId("lightning"),
                    kind="power",
                    at=_AT,
                    value=msgspec.Raw(b'{"battery_pct":81.5,"watts":140.2}'),
                ),
            )
        )
    },
    Ping: {"still there": Ping()},
    Problem: {"not understood": Problem(code="malformed", detail="Expected `object`, got `int`")},
}

MESSAGES: Final[Mapping[Any, Mapping[str, Any]]] = {
    channels.Used: {"whole at noon": 1_777_896_000_000_000},
    Register: {"named": Register(name="Lightning", tags=("coast",))},
    Show: {
        "now": Show(id=CommandId(DISPLAY.id), by="ada", text=DISPLAY.text),
        "wait in line": Show(by="bob", text="She said yes!", when="queue"),
    },
    Replace: {"mended": Replace(by="ada", text="Marry me, Ada! 💍", revision=57)},
    Clear: {
        "what shows": Clear(by="ada"),
        "this one": Clear(by="olga", role="operator", display_id=DISPLAY.id),
    },
    Expire: {"time is up": Expire(by="expiry-0", display_id=DISPLAY.id)},
    Hold: {"weather": Hold(by="olga", role="operator", reason="storm warning")},
    Release: {"go on": Release(by="olga", role="operator")},
    SetApproval: {"every text": SetApproval(by="olga", role="operator", required=True)},
    Approve: {"yes": Approve(by="olga", role="operator", display_id=DISPLAY.id)},
    Reject: {"no": Reject(by="olga", role="operator", display_id=DISPLAY.id, reason="No advertising.")},
    Block: {"a word": Block(by="olga", role="operator", word="casino*")},
    Unblock: {"a word": Unblock(by="olga", role="operator", word="casino*")},
    channels.AcceptedBlocklist: {
        "one word": channels.AcceptedBlocklist(revision=3, at=_AT, state=Blocklist(words=("casino*",)))
    },
    channels.BlocklistRecord: {
        "blocked": channels.BlocklistRecord(
            schema=1,
            at=_AT,
            by="olga",
            command=Mark(verb="block"),
            events=(Blocked(word="casino*"),),
            state=Blocklist(words=("casino*",)),
            number=1,
        )
    },
    ExpireMany: {
        "one": ExpireMany(expiries=(Expiry(banner=_BANNER.id, display_id=DISPLAY.id),), by="expiry-0")
    },
    ExpireManyReply: {
        "over": ExpireManyReply(
            (ExpiryOutcome(banner=_BANNER.id, display_id=DISPLAY.id, outcome="expired"),)
        ),
    },
    channels.AcceptedBanner: {
        "shows": channels.AcceptedBanner(revision=57, at=_AT, state=_BANNER, command=CommandId(DISPLAY.id))
    },
    channels.BannerRecord: {
        "shown": channels.BannerRecord(
            schema=2,
            at=_AT,
            by=DISPLAY.by,
            command=_MARK,
            events=(Shown(display=DISPLAY),),
            state=_BANNER,
            number=12,
            previous=55,
        )
    },
    Reported: {
        "shows it": Reported(display_id=DISPLAY.id, revision=57, at=Instant("2026-05-04T12:00:00.310Z")),
        "shows nothing": Reported(display_id=None, revision=59, at=Instant("2026-05-04T12:01:00.290Z")),
    },
    KeptReport: {
        "looked at": KeptReport(
            display_id=DISPLAY.id,
            revision=57,
            at=Instant("2026-05-04T12:00:00.310Z"),
            heard_at=Instant("2026-05-04T12:00:00.352Z"),
        ),
    },
    Position: {
        "over the pier": Position(lat=54.18, lon=12.09, altitude_m=310.0, heading_deg=92.5, speed_mps=31.0)
    },
    Power: {"enough": Power(battery_pct=81.5, watts=140.2)},
    Panel: {"whole": Panel(temperature_c=24.0, brightness_pct=80.0, faults=0)},
    channels.Measurements: {"wind": {"speed_mps": 7.5}},
    Presence: {"up": Presence(at=_AT)},
    Enter: {"any of the pool": Enter(by="bob", text="Ice cream!")},
    Leave: {"no more": Leave(by="bob", display_id=WAITING.id)},
    Admitted: {
        "waits": Admitted(view=WAITING),
        "shows": Admitted(view=SHOWING, banner=channels.AcceptedBanner(revision=57, at=_AT, state=_BANNER)),
    },
    Gone: {"gone": Gone(WAITING.id)},
    channels.AcceptedLobby: {"one waits": channels.AcceptedLobby(revision=9, at=_AT, state=_LOBBY)},
    channels.LobbyRecord: {
        "entered": channels.LobbyRecord(
            schema=1,
            at=_AT,
            by=WAITING.by,
            command=Mark(verb="enter", id=CommandId(WAITING.id)),
            events=(Entered(ticket=_TICKET),),
            state=_LOBBY,
            number=9,
            previous=8,
        )
    },
    Claim: {"seen": Claim(key="lightning", digest="9c1e0a44b2d1", revision=56, at=_AT)},
    Whereabouts: {
        "had its turn": Whereabouts(pool=PoolId("tag-coast"), digest="5be0", banner=_BANNER.id, revision=57),
        "waits": Whereabouts(pool=ALL_BANNERS, digest="5be0"),
    },
}
