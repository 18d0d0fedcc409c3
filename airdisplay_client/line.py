"""The live channel, kept: opened, and opened again when it is lost, as its close code says.

Pings are answered here; a line on which nothing comes any more is given up. What to ask for when a connection
begins, and what the frames mean, is left to whoever listens.
"""

import re
from typing import Final, NamedTuple, NoReturn, Protocol

import anyio
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from airdisplay_client.clock import Clock
from airdisplay_client.errors import ChannelClosed
from airdisplay_client.gateways import Bearer, Gateways
from airdisplay_client.pauses import pause_after
from airdisplay_client.problems import FORBIDDEN, UNAUTHORIZED
from shared.contracts.errors import UNDECODABLE
from shared.contracts.live import Authorize, ClientFrame, CloseCode, Hello, Ping, Pong, Retry, ServerFrame

OPEN_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 1.0
_SILENT_FOR_HEARTBEATS: Final = 1.5
"""A ping comes once in a heartbeat; half of one more is for the way."""
_HEALTHY_AFTER_SECONDS: Final = 5.0
_FRAME_BYTES_AT_MOST: Final = 64 * 1024 * 1024
_NO_CODE: Final = 1006

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)
_milliseconds = re.compile(r"\d+").search


class Listener(Protocol):
    """Who wants the line."""

    def wishes(self) -> tuple[ClientFrame, ...]:
        """What to ask for at the beginning of a connection."""
        ...

    def take(self, frame: ServerFrame) -> None:
        """A frame came."""
        ...

    def lose(self, why: str) -> None:
        """There is no connection at present."""
        ...


class _Lost(NamedTuple):
    why: str
    seconds: float | None = None
    """How long to stay away, where the gateway has said so."""


class Line:
    """A connection to one of the gateways, whichever is there."""

    def __init__(self, gateways: Gateways, bearer: Bearer, clock: Clock, listener: Listener) -> None:
        self._gateways = gateways
        self._bearer = bearer
        self._clock = clock
        self._listener = listener

    async def keep(self) -> NoReturn:
        """Listen until cancelled.

        Raises:
            ChannelClosed: there is no use in coming back.
        """
        failures = 0
        while True:
            began = anyio.current_time()
            lost = await self._one_connection()
            failures = 1 if anyio.current_time() - began >= _HEALTHY_AFTER_SECONDS else failures + 1
            self._listener.lose(lost.why)
            self._gateways.turn_to_next()
            await anyio.sleep(pause_after(failures) if lost.seconds is None else lost.seconds)

    async def _one_connection(self) -> _Lost:
        token = await self._bearer.token()
        try:
            socket = await connect(
                self._gateways.live,
                proxy=None,
                max_size=_FRAME_BYTES_AT_MOST,
                open_timeout=OPEN_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                ping_interval=None,  # the gateway pings, and a slow reader would not see the pongs
            )
        except InvalidStatus as refused:
            return await self._turned_away(refused, token)
        except (OSError, WebSocketException) as error:
            return _Lost(f"{self._gateways.here} cannot be reached: {error}")
        try:
            await self._talk(socket, token)
        except ConnectionClosed as closed:
            end = closed.rcvd
            return await self._closed(_NO_CODE if end is None else end.code, end.reason if end else "", token)
        except TimeoutError:
            return _Lost(f"nothing came from {self._gateways.here} any more")
        finally:
            with anyio.CancelScope(shield=True):  # at most as long as the closing may take
                await socket.close()

    async def _talk(self, socket: ClientConnection, token: str | None) -> NoReturn:
        if token is not None:
            await _send(socket, Authorize(token=token))
        for wish in self._listener.wishes():
            await _send(socket, wish)
        silence = OPEN_SECONDS
        while True:
            with anyio.fail_after(silence):
                data = await socket.recv()
            try:
                frame = _decoder.decode(data)
            except UNDECODABLE:  # of a newer protocol: what we know of is still sent
                continue
            if isinstance(frame, Ping):
                await _send(socket, Pong())
                continue
            if isinstance(frame, Hello):
                silence = _SILENT_FOR_HEARTBEATS * frame.heartbeat_ms / 1000
                self._clock.set_by(frame.now)
            self._listener.take(frame)

    async def _closed(self, code: int, reason: str, token: str | None) -> _Lost:
        why = f"the gateway closed the channel ({code}{': ' + reason if reason else ''})"
        match CloseCode(code).retry if code in set(CloseCode) else Retry.AT_ONCE:
            case Retry.AT_ONCE:
                return _Lost(why)
            case Retry.AFTER:
                found = _milliseconds(reason)
                return _Lost(why, None if found is None else int(found[0]) / 1000)
            case Retry.WITH_TOKEN:
                if await self._bearer.renew(token):
                    return _Lost(why, 0)
                raise ChannelClosed(code, reason)
            case Retry.NEVER:
                raise ChannelClosed(code, reason)

    async def _turned_away(self, refused: InvalidStatus, token: str | None) -> _Lost:
        """A connection was refused before it was a channel."""
        status = refused.response.status_code
        if status == UNAUTHORIZED and await self._bearer.renew(token):
            return _Lost("the token was no longer taken", 0)
        if status in {UNAUTHORIZED, FORBIDDEN}:
            raise ChannelClosed(CloseCode.NOT_ALLOWED, f"HTTP {status}")
        told = refused.response.headers.get("Retry-After", "")
        return _Lost(
            f"{self._gateways.here} answered {status}",
            float(told) if told.isascii() and told.isdigit() else None,
        )


async def _send(socket: ClientConnection, frame: ClientFrame) -> None:
    await socket.send(_encoder.encode(frame), text=True)
