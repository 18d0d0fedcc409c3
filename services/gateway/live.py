"""The live channel over WebSocket: hello, watch, a snapshot, changes; ping and pong.

One task reads what the client asks, one writes what the hub has for it. Neither waits for the other.
"""

import random
from collections.abc import Iterable
from typing import Any, Final

import anyio
import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from services.gateway.admission import admission_of
from services.gateway.followed import Followed
from services.gateway.hub import Hub
from shared.contracts.errors import UNDECODABLE, Malformed
from shared.contracts.identity import BannerId, banner_id
from shared.contracts.live import ClientFrame, CloseCode, Hello, Ping, Problem, Unwatch, Watch
from shared.mesh import clock

HEARTBEAT_MS: Final = 15_000
COME_BACK_WITHIN_MS: Final = 3_000

_CLOSE_SECONDS: Final = 2.0
_NAMED_AT_MOST: Final = 5

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
    """One open WebSocket: what its client asked for, and what it is told."""

    def __init__(self, socket: "WebSocket[Any, Any, Any]", hub: Hub, followed: Followed, epoch: str) -> None:
        self._socket = socket
        self._hub = hub
        self._followed = followed
        self._epoch = epoch
        self._viewer = hub.enter(heartbeat=True)

    async def run(self) -> None:
        """Serve the client until either side is done."""
        viewer = self._viewer
        self._tell(Hello(epoch=self._epoch, heartbeat_ms=HEARTBEAT_MS, now=clock.now()))
        try:
            with viewer.scope:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._write, tasks.cancel_scope)
                    await self._read()
                    tasks.cancel_scope.cancel()
        finally:
            self._hub.leave(viewer)
            self._followed.unwatch(viewer, None)
        if viewer.closing is not None:
            await self._close(viewer.closing)

    async def _read(self) -> None:
        try:
            while True:
                self._on_frame(await self._socket.receive_data("text"))
        except (WebSocketDisconnect, RuntimeError):  # the latter where it was closed by ourselves meanwhile
            return

    async def _write(self, scope: anyio.CancelScope) -> None:
        viewer = self._viewer
        send = self._socket.send  # as it is, without what `send_text` adds to every frame
        while (frame := await viewer.next()) is not None:
            await send({"type": "websocket.send", "text": frame, "bytes": None})
        scope.cancel()

    async def _close(self, code: int) -> None:
        reason = "slow"
        if code == CloseCode.COME_BACK:  # spread those who come back over some time
            reason = f"come-back in {random.randrange(COME_BACK_WITHIN_MS)} ms"  # noqa: S311
        with anyio.move_on_after(_CLOSE_SECONDS):
            await self._socket.close(code, reason)

    def _on_frame(self, data: str | bytes) -> None:
        try:
            frame = _frame_decoder.decode(data)
        except UNDECODABLE as error:
            self._tell(Problem(code="malformed", detail=str(error)))
            return
        if isinstance(frame, Watch):
            self._watch(frame)
        elif isinstance(frame, Unwatch):
            self._unwatch(frame)

    def _unwatch(self, frame: Unwatch) -> None:
        if frame.all or frame.banners:
            self._hub.unwatch(self._viewer, None if frame.all else [BannerId(each) for each in frame.banners])
        self._followed.unwatch(self._viewer, frame.displays)

    def _watch(self, frame: Watch) -> None:
        if not (frame.all or frame.banners or frame.displays):
            wanted = 'expected "banners", "displays" or "all", found none of them'
            self._tell(Problem(code="malformed", detail=wanted))
            return
        if frame.all:
            self._hub.watch(self._viewer, None, lambda: snapshot(self._hub, None))
        elif frame.banners:
            self._watch_banners(frame)
        self._followed.watch(self._viewer, dict.fromkeys(frame.displays))

    def _watch_banners(self, frame: Watch) -> None:
        try:
            banners = [banner_id(each) for each in frame.banners]
        except Malformed as error:
            self._tell(Problem(code="malformed", detail=str(error)))
            return
        self._hub.watch(self._viewer, banners, lambda: snapshot(self._hub, banners))
        unknown = [banner for banner in banners if self._hub.view.get(banner) is None]
        if unknown:
            named = ", ".join(unknown[:_NAMED_AT_MOST])
            self._tell(
                Problem(code="unknown-banner", detail=f"not registered, watched all the same: {named}")
            )

    def _tell(self, frame: Hello | Problem) -> None:
        self._viewer.tell(_encoder.encode(frame).decode())


def snapshot(hub: Hub, banners: Iterable[BannerId] | None) -> str:
    """The snapshot frame of these banners, or of all, as of now."""
    now = clock.now()
    view = hub.view
    if banners is None:
        known = list(view.all())
    else:
        known = [each for banner in banners if (each := view.get(banner)) is not None]
    body = b",".join(each.encoded(now) for each in known)
    return f'{{"op":"snapshot","revision":{view.revision},"recovered":false,"banners":[{body.decode()}]}}'


def live_route(hub: Hub, followed: Followed, epoch: str) -> Any:
    """The route of the live channel."""

    @websocket("/v1/live")
    async def live(socket: "WebSocket[Any, Any, Any]") -> None:
        await socket.accept()
        if (refusal := await admission_of(socket).connect(socket)) is not None:
            await socket.close(CloseCode.TOO_MANY, f"too-many in {refusal.retry_after_ms} ms")
            return
        await LiveChannel(socket, hub, followed, epoch).run()

    return live
