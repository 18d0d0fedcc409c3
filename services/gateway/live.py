"""The live channel over WebSocket: hello, watch, a snapshot, changes; ping and pong.

One task reads what the client asks, one writes what the hub has for it. Neither waits for the other.
What one client may ask for is bounded here, what may wait for it in `viewer.py`.
"""

import random
from collections.abc import Sequence
from typing import Any, Final, assert_never

import anyio
import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import NotAuthorizedException, WebSocketDisconnect

from services.gateway.admission import admission_of
from services.gateway.allowance import Allowance
from services.gateway.authors import Caller, address_of, authority_of, caller_of
from services.gateway.followed import ANY, Why
from services.gateway.hub import Hub, unknown_banners
from services.gateway.snapshots import snapshot
from services.gateway.telemetry import WATCHED_AT_MOST
from services.gateway.watches import Watches
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.identity import BannerId, banner_id
from shared.contracts.live import (
    Authorize,
    ClientFrame,
    CloseCode,
    Hello,
    Ping,
    Pong,
    Problem,
    Retry,
    Since,
    Unwatch,
    Watch,
)
from shared.mesh import clock

HEARTBEAT_MS: Final = 15_000
COME_BACK_WITHIN_MS: Final = 3_000
AUTHORIZE_WITHIN_SECONDS: Final = 10.0
"""How long a channel may stay open without anybody having said whose it is, where that must be said."""

BANNERS_AT_MOST: Final = 10_000
"""How many banners one channel may watch by name."""
DISPLAYS_AT_MOST: Final = 100

BURST: Final = 200.0
PER_SECOND: Final = 20.0
"""What one may ask for: a frame costs 1, each banner that must be looked at for it a hundredth."""
PATIENCE: Final = 20.0
PATIENCE_PER_SECOND: Final = 0.1
"""How many frames that are not understood, or too many, are answered before the channel is closed."""

_CATCH_UP_SECONDS: Final = 1.0
_CATCH_UP_LOOK_SECONDS: Final = 0.02
_CLOSE_SECONDS: Final = 2.0
_BANNER_COST: Final = 0.01
_DISPLAY_COST: Final = 0.1
_TELEMETRY_COST: Final = 0.1
_MINE_COST: Final = 10.0
_AUTHORIZE_COST: Final = 10.0

_encoder = msgspec.json.Encoder()
_frame_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
MESH_AWAY: Final = _encoder.encode(
    Problem(
        code="mesh-unavailable",
        detail="The mesh cannot be reached; what was sent may have changed since. A snapshot follows.",
    )
).decode()
PING: Final = _encoder.encode(Ping()).decode()


class LiveChannel:
    """One open WebSocket: who is at its other end, what it asked for, and what it is told."""

    def __init__(self, socket: "WebSocket[Any, Any, Any]", hub: Hub, watches: Watches) -> None:
        self._socket = socket
        self._hub = hub
        self._followed, self._mine, self._readings = watches
        self._viewer = hub.enter(heartbeat=True)
        self._caller: Caller | None = None
        now = clock.seconds()
        self._allowance = Allowance(BURST, PER_SECOND, now)
        self._patience = Allowance(PATIENCE, PATIENCE_PER_SECOND, now)

    async def run(self) -> None:
        """Serve the client until either side is done."""
        viewer = self._viewer
        self._greet()
        try:
            with viewer.scope:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._write, tasks.cancel_scope)
                    await self._read()
                    tasks.cancel_scope.cancel()
        finally:
            self._hub.leave(viewer)
            self._followed.unwatch(viewer, None, ANY)
            self._mine.unwatch(viewer)
            self._readings.unwatch(viewer, None)
        if viewer.closing is not None:
            await self._close(viewer.closing)

    async def _read(self) -> None:
        try:
            while True:
                data = await self._socket.receive_data("text")
                self._viewer.unanswered = 0
                await self._on_frame(data)
        except (WebSocketDisconnect, RuntimeError):  # the latter where it was closed by ourselves meanwhile
            return

    async def _write(self, scope: anyio.CancelScope) -> None:
        viewer = self._viewer
        send = self._socket.send  # as it is, without what `send_text` adds to every frame
        while (frame := await viewer.next()) is not None:
            await send({"type": "websocket.send", "text": frame, "bytes": None})
        scope.cancel()

    async def _close(self, code: CloseCode) -> None:
        with anyio.move_on_after(_CLOSE_SECONDS):
            await self._socket.close(code, reason(code))

    # --- whose channel it is ----------------------------------------------------------------------

    def _greet(self) -> None:
        try:
            caller = caller_of(self._socket)
        except NotAuthorizedException as error:
            self._go_on_without(error)
        else:
            self._belong_to(caller)
        if self._hub.away:
            self._viewer.tell(MESH_AWAY)

    def _go_on_without(self, error: NotAuthorizedException) -> None:
        """A wrong token is an end; without one, there is some time to send one."""
        if "authorization" in self._socket.headers:
            self._refuse(error)
            return
        self._viewer.end_at(clock.seconds() + AUTHORIZE_WITHIN_SECONDS, CloseCode.NOT_ALLOWED)
        self._tell(self._hello())

    def _belong_to(self, caller: Caller) -> None:
        self._caller = caller
        self._viewer.end_at(caller.expires, CloseCode.TOKEN_EXPIRED)
        self._tell(self._hello())
        self._mine.author_changed(self._viewer, caller.by)

    def _hello(self) -> Hello:
        who = self._caller or Caller("", "viewer")
        role = None if self._caller is None else who.role
        epoch = self._hub.view.epoch
        return Hello(epoch=epoch, heartbeat_ms=HEARTBEAT_MS, now=clock.now(), by=who.by, role=role)

    def _authorize(self, frame: Authorize) -> None:
        try:
            self._belong_to(authority_of(self._socket).by_token(frame.token, address_of(self._socket)))
        except NotAuthorizedException as error:
            self._refuse(error)

    def _refuse(self, error: NotAuthorizedException) -> None:
        problem = Problem(code="not-authorized", detail=error.detail)
        self._viewer.close(CloseCode.NOT_ALLOWED, _encoded(problem))

    # --- what it asks for -------------------------------------------------------------------------

    async def _on_frame(self, data: str | bytes) -> None:
        try:
            frame = _frame_decoder.decode(data)
        except UNDECODABLE as error:
            self._complain("malformed", str(error))
            return
        if not self._allowance.spend(self._cost(frame), clock.seconds()):
            self._complain("too-many-frames", f"expected at most {PER_SECOND:g} a second, found more")
            return
        match frame:
            case Watch():
                await self._watch(frame)
            case Unwatch():
                self._unwatch(frame)
            case Authorize():
                self._authorize(frame)
            case Pong():
                pass
            case _:
                assert_never(frame)

    def _cost(self, frame: ClientFrame) -> float:
        match frame:
            case Watch():
                banners = len(self._hub.view) if frame.all else len(frame.banners)
                displays = _DISPLAY_COST * len(frame.displays) + _MINE_COST * frame.mine
                return 1 + _BANNER_COST * banners + displays + _TELEMETRY_COST * len(frame.telemetry)
            case Authorize():
                return _AUTHORIZE_COST
            case _:
                return 1

    async def _watch(self, frame: Watch) -> None:
        if self._caller is None:
            self._tell(Problem(code="not-authorized", detail="expected a token first, found none"))
            return
        if not (frame.all or frame.banners or frame.displays or frame.mine or frame.telemetry):
            wanted = 'expected "banners", "all", "displays", "mine" or "telemetry", found none of them'
            self._complain("malformed", wanted)
            return
        if frame.all:
            await self._watch_everything(frame.since)
        elif frame.banners:
            await self._watch_banners(frame.banners, frame.since)
        if frame.displays:
            self._watch_displays(frame.displays)
        if frame.mine:
            self._mine.watch(self._viewer, self._caller.by)
        if frame.telemetry:
            self._watch_telemetry(frame.telemetry)

    async def _watch_everything(self, since: Since | None) -> None:
        await self._catch_up(since)
        self._hub.watch(self._viewer, None, lambda: snapshot(self._hub.view, None, since))

    async def _watch_banners(self, named: Sequence[str], since: Since | None) -> None:
        try:
            banners = list(dict.fromkeys(map(banner_id, named)))
        except Malformed as error:
            self._complain("malformed", str(error))
            return
        if len(self._viewer.banners.union(banners)) > BANNERS_AT_MOST:
            self._too_many_watches(f"at most {BANNERS_AT_MOST} banners by name; all of them are fewer words")
            return
        await self._catch_up(since)
        self._hub.watch(self._viewer, banners, lambda: snapshot(self._hub.view, banners, since))
        unknown = [banner for banner in banners if self._hub.view.get(banner) is None]
        if unknown:
            self._viewer.tell(unknown_banners(unknown))

    def _watch_displays(self, displays: Sequence[str]) -> None:
        if self._followed.count(self._viewer, Why.NAMED) + len(set(displays)) > DISPLAYS_AT_MOST:
            self._too_many_watches(f"at most {DISPLAYS_AT_MOST} displays")
            return
        self._followed.watch(self._viewer, dict.fromkeys(displays))

    def _watch_telemetry(self, named: Sequence[str]) -> None:
        try:
            banners = list(map(banner_id, named))
        except Malformed as error:
            self._complain("malformed", str(error))
            return
        if not self._readings.watch(self._viewer, banners):
            self._too_many_watches(f"telemetry of at most {WATCHED_AT_MOST} banners")

    def _unwatch(self, frame: Unwatch) -> None:
        if frame.all or frame.banners:
            self._hub.unwatch(self._viewer, None if frame.all else [BannerId(each) for each in frame.banners])
        self._followed.unwatch(self._viewer, frame.displays)
        if frame.mine:
            self._mine.unwatch(self._viewer)
        self._readings.unwatch(self._viewer, [BannerId(each) for each in frame.telemetry])

    async def _catch_up(self, since: Since | None) -> None:
        """Wait, for a while, until what is known here is not older than what the client knows."""
        if since is None:
            return
        with anyio.move_on_after(_CATCH_UP_SECONDS):
            while self._hub.view.lags(since):
                await anyio.sleep(_CATCH_UP_LOOK_SECONDS)

    # --- what it is told --------------------------------------------------------------------------

    def _too_many_watches(self, wanted: str) -> None:
        self._tell(Problem(code="too-many-watches", detail=f"expected {wanted}, found more"))

    def _complain(self, code: str, detail: str) -> None:
        """Say what was wrong with a frame; who goes on like that is closed."""
        problem = Problem(code=code, detail=detail)
        if self._patience.spend(1, clock.seconds()):
            self._tell(problem)
        else:
            self._viewer.close(CloseCode.BAD_FRAMES, _encoded(problem))

    def _tell(self, frame: Hello | Problem) -> None:
        self._viewer.tell(_encoded(frame))


def reason(code: CloseCode) -> str:
    """What is said with a close code: a word, and where one shall wait before coming back, for how long."""
    word = code.name.lower().replace("_", "-")
    if code.retry is not Retry.AFTER:
        return word
    return f"{word} in {random.randrange(COME_BACK_WITHIN_MS)} ms"  # noqa: S311 (spreads those who come back)


def live_route(hub: Hub, watches: Watches) -> Any:
    """The route of the live channel."""

    @websocket("/v1/live")
    async def live(socket: "WebSocket[Any, Any, Any]") -> None:
        await socket.accept()
        if (refusal := await admission_of(socket).connect(socket)) is not None:
            await socket.close(CloseCode.TOO_MANY, f"too-many in {refusal.retry_after_ms} ms")
            return
        await LiveChannel(socket, hub, watches).run()

    return live


def _encoded(frame: Hello | Problem) -> str:
    return _encoder.encode(frame).decode()
