"""Viewers that never give up: they keep their position, come back with it, and note what they were promised.

Judging them is done afterwards, from HISTORY: at a position, a viewer has the newest state of all that it
watches which was committed by then.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import anyio
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from shared.contracts.identity import BannerId
from shared.contracts.live import Changes, Ping, Pong, ServerFrame, Since, Snapshot, Watch
from shared.contracts.views import BannerView

_PAUSE_SECONDS: Final = 0.2
_OPEN_SECONDS: Final = 20.0

_decoder: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)
_encoder = msgspec.json.Encoder()


class Promise(NamedTuple):
    """At this position of that life of the log, a viewer had these revisions."""

    epoch: str
    revision: int
    recovered: bool
    had: Mapping[BannerId, int]


class Follower:
    """One viewer of some banners, or of all; at each attempt it turns to the next of the gateways."""

    def __init__(self, urls: Sequence[str], *banners: BannerId, first: int = 0) -> None:
        self.banners = banners
        self.known: dict[BannerId, BannerView] = {}
        self.position: Since | None = None
        self.promises: list[Promise] = []
        self.wrong: list[str] = []
        self.came = 0
        self._urls = urls
        self._turn = first

    async def run(self) -> None:
        """Watch, and come back whenever the channel ends; never returns."""
        while True:
            url = self._urls[self._turn % len(self._urls)]
            self._turn += 1
            try:
                async with connect(
                    url, compression=None, max_size=None, open_timeout=_OPEN_SECONDS
                ) as channel:
                    await self._follow(channel)
            except (OSError, WebSocketException, EOFError):
                pass
            self._promised(recovered=False)
            await anyio.sleep(_PAUSE_SECONDS * random.random())

    def revisions(self) -> dict[BannerId, int]:
        """The revision of each banner, as far as this viewer knows."""
        return {banner: view.revision for banner, view in self.known.items()}

    async def _follow(self, channel: ClientConnection) -> None:
        wish = Watch(banners=self.banners, all=not self.banners, since=self.position)
        await channel.send(_encoder.encode(wish), text=True)
        told: dict[BannerId, int] = {}
        while True:
            match frame := _decoder.decode(await channel.recv()):
                case Ping():
                    await channel.send(_encoder.encode(Pong()), text=True)
                case Snapshot():
                    self._begin(frame, told)
                case Changes():
                    self._take(frame.banners, told)
                    self._reach(frame)
                case _:
                    pass

    def _begin(self, frame: Snapshot, told: dict[BannerId, int]) -> None:
        epoch = None if self.position is None else self.position.epoch
        if frame.recovered and epoch != frame.epoch:
            self.wrong.append(f"recovered from {epoch} in {frame.epoch}")
        if epoch != frame.epoch:
            self.known.clear()
            told.clear()
        self.position = Since(epoch=frame.epoch, revision=frame.revision, hardware=frame.hardware)
        if not frame.recovered:
            self.known = {
                banner: view for banner, view in self.known.items() if view.revision > frame.revision
            }
        self._take(frame.banners, told)
        self.came += 1
        self._promised(recovered=frame.recovered)

    def _take(self, banners: Sequence[BannerView], told: dict[BannerId, int]) -> None:
        for view in banners:
            if view.revision < told.get(view.id, 0):
                self.wrong.append(f"{view.id} fell from {told[view.id]} to {view.revision}")
            told[view.id] = view.revision
            before = self.known.get(view.id)
            if before is None or view.revision >= before.revision:
                self.known[view.id] = view

    def _reach(self, frame: Changes) -> None:
        assert self.position is not None, "changes before a snapshot"
        if frame.revision < self.position.revision:
            self.wrong.append(f"the position fell from {self.position.revision} to {frame.revision}")
        self.position = Since(epoch=self.position.epoch, revision=frame.revision, hardware=frame.hardware)

    def _promised(self, *, recovered: bool) -> None:
        if self.position is not None:
            here = self.position
            self.promises.append(Promise(here.epoch, here.revision, recovered, self.revisions()))


def broken_promises(follower: Follower, history: Mapping[BannerId, Sequence[int]]) -> list[str]:
    """Where this viewer had not what it was promised; all promises must be of one and the same log."""
    wrong: list[str] = []
    for promise in follower.promises:
        for banner in follower.banners or history:
            due = max((each for each in history[banner] if each <= promise.revision), default=0)
            had = promise.had.get(banner, 0)
            if had < due:
                wrong.append(f"{banner}: at {promise.revision} expected {due} or newer, found {had}")
    return wrong
