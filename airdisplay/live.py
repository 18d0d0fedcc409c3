"""The gateway's live channel for people at a command line: opened, kept, and opened again when it is lost."""

from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from airdisplay.backoff import Backoff
from shared.contracts.errors import UNDECODABLE
from shared.contracts.live import Ping, Pong, ServerFrame, Watch

_OPEN_SECONDS: Final = 5.0
_AT_MOST_SECONDS: Final = 3.0
_PING_SECONDS: Final = 5.0

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)

Say = Callable[[str], None]


class Channel:
    """One open connection: frames in, wishes out. Pings are answered by themselves."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def watch(self, wish: Watch) -> None:
        """Ask to be told of something."""
        await self._send(wish)

    async def next(self, seconds: float | None) -> ServerFrame | None:
        """What comes within that many seconds; None when that is nothing, or nothing that we know of."""
        data: str | bytes | None = None
        with anyio.move_on_after(seconds):
            data = await self._socket.recv()
        try:
            frame = None if data is None else _decoder.decode(data)
        except UNDECODABLE:  # of a newer protocol: what we know of is still sent
            return None
        if isinstance(frame, Ping):
            await self._send(Pong())
            return None
        return frame

    async def _send(self, frame: Watch | Pong) -> None:
        await self._socket.send(_encoder.encode(frame), text=True)


async def stay_connected(url: str, talk: Callable[[Channel], Awaitable[None]], say: Say) -> None:
    """Talk on a channel until all is said; a channel that is lost is opened again, as often as need be."""
    backoff = Backoff(at_most=_AT_MOST_SECONDS)
    away = False
    while True:
        started = anyio.current_time()
        try:
            async with connect(
                url,
                proxy=None,
                max_size=None,
                open_timeout=_OPEN_SECONDS,
                ping_interval=_PING_SECONDS,
                ping_timeout=_PING_SECONDS,
            ) as socket:
                if away:
                    say("connected again")
                away = False
                await talk(Channel(socket))
                return
        except (OSError, WebSocketException):
            pass
        if not away:
            say(f"no connection to {url}, trying again until there is one")
        away = True
        await anyio.sleep(backoff.pause_after(anyio.current_time() - started))
