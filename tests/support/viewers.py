"""Viewers of the live channel, over WebSocket and over server-sent events, seen from their end."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import anyio
import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from shared.contracts.identity import BannerId
from shared.contracts.live import (
    Changes,
    ClientFrame,
    Displays,
    Hello,
    Ping,
    Pong,
    ServerFrame,
    Since,
    Snapshot,
    Watch,
)
from shared.contracts.views import BannerView, DisplayView
from tests.support.described import described
from tests.support.waiting import PATIENCE_SECONDS

T = TypeVar("T", bound=ServerFrame)

_NARROW_BYTES = 4096
_ABNORMAL = 1006

_decoder: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)
_encoder = msgspec.json.Encoder()
_view = msgspec.json.Decoder(BannerView)


class Watcher:
    """One who watches over WebSocket. Every frame is judged by what the documents say."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: set[type] = set()
        """Frames of which kinds have come."""

    async def send(self, frame: ClientFrame) -> None:
        """Ask for something."""
        encoded = _encoder.encode(frame).decode()
        described().check_frame("live.ask", encoded)
        await self.send_raw(encoded)

    async def send_raw(self, frame: str | bytes) -> None:
        """Send whatever this is."""
        await self.connection.send(frame)

    async def frame(self) -> ServerFrame:
        """The next frame, whatever it is."""
        with anyio.fail_after(PATIENCE_SECONDS):
            data = await self.connection.recv()
        described().check_frame("live.tell", data)
        frame = _decoder.decode(data)
        self.seen.add(type(frame))
        return frame

    async def next(self, kind: type[T]) -> T:
        """The next frame, which is of this kind; pings may come at any time, and are answered."""
        while not isinstance(frame := await self.frame(), kind):
            assert isinstance(frame, Ping), frame
            await self.send(Pong())
        return frame

    async def watch(self, *banners: BannerId, since: Since | None = None) -> Snapshot:
        """Watch these, or all; what there is at present, or what is newer than that position."""
        await self.send(Watch(banners=banners, all=not banners, since=since))
        return await self.next(Snapshot)

    async def changes_until(self, banner: BannerId, revision: int) -> list[BannerView]:
        """All changes up to the one that tells of this revision of that banner."""
        seen: list[BannerView] = []
        while not any(each.id == banner and each.revision >= revision for each in seen):
            seen += (await self.next(Changes)).banners
        return seen

    async def follow(self, *displays: str) -> list[DisplayView]:
        """Follow these displays; what is told of each at first, once all have been told of."""
        await self.send(Watch(displays=displays))
        told: dict[str, DisplayView] = {}
        while len(told) < len(displays):
            told |= {view.id: view for view in (await self.next(Displays)).displays}
        return [told[display] for display in displays]

    async def display(self) -> DisplayView:
        """What is told next of a display that is followed."""
        (view,) = (await self.next(Displays)).displays
        return view

    async def display_until(self, state: str) -> list[DisplayView]:
        """All that is told of displays up to the one that is in this state."""
        seen = [await self.display()]
        while seen[-1].state != state:
            seen.append(await self.display())
        return seen

    async def close_code(self) -> int:
        """Wait for the end, past all that is still to be read, and say with which code it came."""
        try:
            with anyio.fail_after(2 * PATIENCE_SECONDS):
                while True:
                    await self.connection.recv()
        except ConnectionClosed as closed:
            return _ABNORMAL if closed.rcvd is None else closed.rcvd.code


@asynccontextmanager
async def connected(url: str, *, slow: bool = False) -> AsyncGenerator[Watcher]:
    """Somebody who has opened the live channel; a slow one keeps little that it has not read."""
    options: dict[str, Any] = {}
    if slow:
        options = {"max_queue": 1, "close_timeout": 0.1, "sock": _narrow_socket(url)}
    async with connect(url, max_size=None, compression=None, **options) as connection:
        yield Watcher(connection)


def position_of(frame: Snapshot | Changes, *, epoch: str = "") -> Since:
    """The position that is reached with a frame; those of changes are of the epoch of the last snapshot."""
    told = frame.epoch if isinstance(frame, Snapshot) else epoch
    return Since(epoch=told, revision=frame.revision, hardware=frame.hardware)


@asynccontextmanager
async def following_displays(url: str, *displays: str) -> AsyncGenerator[Watcher]:
    """Somebody who follows these displays, and has been told of each once."""
    async with connected(url) as watcher:
        await watcher.next(Hello)
        if displays:
            await watcher.follow(*displays)
        yield watcher


@asynccontextmanager
async def watching(url: str, *banners: BannerId, slow: bool = False) -> AsyncGenerator[Watcher]:
    """Somebody who watches these banners, or all, and has read the snapshot."""
    async with connected(url, slow=slow) as watcher:
        await watcher.next(Hello)
        await watcher.watch(*banners)
        yield watcher


class Event(NamedTuple):
    """One server-sent event; a comment is an event without a name, and so is the time to reconnect."""

    name: str
    id: str
    data: str
    comment: str
    retry: str

    @property
    def banner(self) -> BannerView:
        """The banner that it tells of."""
        return _view.decode(self.data)


class EventStream:
    """One who follows a banner by server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> Event | None:
        """The next event; None at the end."""
        fields: dict[str, str] = {}
        with anyio.fail_after(PATIENCE_SECONDS):
            async for line in self._lines:
                if not line:
                    return _event(fields)
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        return None

    async def banner(self) -> tuple[str, BannerView]:
        """The id of the next event, which tells of the banner, and what it tells."""
        event = await self.next()
        while event is not None and not event.name:
            event = await self.next()
        assert event is not None, "the stream ended"
        assert event.name == "banner"
        return event.id, event.banner


@asynccontextmanager
async def following(
    client: httpx.AsyncClient, banner: str, *, last_event_id: str | None = None
) -> AsyncGenerator[EventStream]:
    """Somebody who follows one banner."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    async with client.stream("GET", f"/v1/banners/{banner}/live", headers=headers) as response:
        yield EventStream(response)


def _event(fields: dict[str, str]) -> Event:
    return Event(
        name=fields.get("event", ""),
        id=fields.get("id", ""),
        data=fields.get("data", ""),
        comment=fields.get("", ""),
        retry=fields.get("retry", ""),
    )


def _narrow_socket(url: str) -> socket.socket:
    """A connection whose own end buffers next to nothing."""
    address = urlsplit(url)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_BYTES)
    narrow.connect((address.hostname, address.port))
    narrow.setblocking(False)
    return narrow
