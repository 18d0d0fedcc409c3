"""`AirDisplay`: all that an app can ask of a gateway, in one place."""

import uuid
from collections.abc import AsyncGenerator, Callable
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import anyio
import anyio.abc
import httpx
import msgspec

from airdisplay_client.calls import ANSWER_SECONDS, Call, Calls
from airdisplay_client.clock import Clock
from airdisplay_client.errors import Refused
from airdisplay_client.gateways import Bearer, Gateways, Token
from airdisplay_client.news import Connection, Note
from airdisplay_client.streams import BannersReader, DisplayReader, Following, Reader, Watching
from shared.contracts.errors import Malformed
from shared.contracts.identity import DisplayId, banner_id
from shared.contracts.instants import Instant
from shared.contracts.live import NAMED_AT_MOST
from shared.contracts.refusals import NotShowing
from shared.contracts.views import (
    BannerPage,
    BannerView,
    DisplayView,
    HistoryItem,
    HistoryPage,
    PendingPage,
    TelemetryItem,
    TelemetryPage,
)

_BANNERS_PAGE: Final = 1_000
_HISTORY_PAGE: Final = 100
_TELEMETRY_PAGE: Final = 1_000
_OVER: Final = NotShowing(display_id=DisplayId("")).reason

_Reader = TypeVar("_Reader", bound=Reader[Any])

_banner = msgspec.json.Decoder(BannerView)
_banners = msgspec.json.Decoder(BannerPage)
_display = msgspec.json.Decoder(DisplayView)
_pending = msgspec.json.Decoder(PendingPage)
_history = msgspec.json.Decoder(HistoryPage)
_telemetry = msgspec.json.Decoder(TelemetryPage)


class AirDisplay:
    """A gateway, or several of which any will do: `async with AirDisplay("http://127.0.0.1:8000") as air:`.

    `url` may name several, separated by commas; where one is away, the next is asked. `token` is a bearer
    token, or a coroutine function that fetches one. A call is attempted that often, for a few seconds in all,
    before it raises `Away`, `Unavailable` or `OutcomeUnknown`. Where the gateway limits us, a call waits for
    at most `patience` seconds; past that, it is `Refused`.
    """

    def __init__(
        self, url: str, token: Token | None = None, *, attempts: int = 5, patience: float = 0
    ) -> None:
        self.url: Final = url
        self._bearer = Bearer(token)
        self._clock = Clock()
        # The gateways are on this machine or nearby: proxies of the environment are for others.
        self._http = httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False)
        self._calls = Calls(Gateways(url), self._bearer, self._http, attempts=attempts, patience=patience)
        self._tasks: anyio.abc.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        tasks = anyio.create_task_group()
        await tasks.__aenter__()
        self._tasks = tasks
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        tasks, self._tasks = self._tasks, None
        assert tasks is not None, "it was entered"
        try:
            if isinstance(error, anyio.get_cancelled_exc_class()):
                return await tasks.__aexit__(kind, error, trace)
            # What was raised in the block leaves it as it is, not inside a group.
            tasks.cancel_scope.cancel()
            await tasks.__aexit__(None, None, None)
        finally:
            with anyio.CancelScope(shield=True):
                await self._http.aclose()
        return None

    # --- to show -----------------------------------------------------------------------------------

    async def show(self, banner: str, text: str, *, key: str | None = None) -> DisplayView:
        """Show a text now.

        The `key` names this wish: whoever asks again with it gets the same answer, and nothing shows twice.
        Each call makes one for its own attempts; bring your own to ask again after a crash.

        Raises:
            Refused: by `Busy`, `Held`, `BadText`, `UnknownBanner` or another.
        """
        return await self._show(banner, {"text": text}, key)

    async def queue(self, banner: str, text: str, *, key: str | None = None) -> DisplayView:
        """Show a text as soon as it is its turn: now if the banner is free, else it waits in line.

        Raises:
            Refused: by `QueueFull`, `AlreadyWaiting`, `BadText`, `UnknownBanner` or another.
        """
        return await self._show(banner, {"text": text, "when": "queue"}, key)

    async def show_anywhere(
        self, text: str, *, tag: str | None = None, key: str | None = None
    ) -> DisplayView:
        """Show a text on any banner that is free, or on any with that tag; wait in the lobby for the first.

        Raises:
            Refused: by `NoSuchPool`, `LobbyFull`, `BadText` or another.
        """
        body = {"text": text} if tag is None else {"text": text, "tag": tag}
        return await self._calls.ask(Call("POST", "/v1/displays", body, key=key or _new_key()), _display)

    async def display(self, display_id: str) -> DisplayView:
        """What has become of a message.

        Raises:
            Refused: by `UnknownDisplay`.
        """
        return await self._calls.ask(Call("GET", _path_of(display_id), effect="none"), _display)

    async def take_back(self, display_id: str) -> DisplayView:
        """End one's own message, or let it wait no more; what has become of it. It may have been over before.

        Raises:
            Refused: by `NotYours`, `UnknownDisplay` or another.
        """
        try:
            await self._calls.carry_out(Call("DELETE", _path_of(display_id)))
        except Refused as no:
            if no.slug != _OVER:
                raise
        return await self.display(display_id)

    async def mend(self, banner: str, text: str, revision: int) -> BannerView:
        """Let one's own display read differently, if that is still the banner's revision; its deadline stays.

        Raises:
            Refused: by `Stale`, `NotYours`, `NothingShowing`, `BadText` or another.
            OutcomeUnknown: the answer was lost; look whether it was done.
        """
        path = f"{_path_of_banner(banner)}/display"
        return await self._calls.ask(
            Call("PUT", path, {"text": text}, revision=revision, effect="once"), _banner
        )

    # --- to look -----------------------------------------------------------------------------------

    async def banner(self, banner: str) -> BannerView:
        """A banner as it is now.

        Raises:
            Refused: by `UnknownBanner`.
        """
        return await self._calls.ask(Call("GET", _path_of_banner(banner), effect="none"), _banner)

    async def telemetry(
        self, banner: str, kind: str | None = None, *, since: Instant | None = None
    ) -> AsyncGenerator[TelemetryItem]:
        """What is measured on a banner: the newest of each kind; or one kind, the oldest first.

        Of one kind everything since a time, else the last thousand. `item.value` is JSON as it was sent.

        Raises:
            Refused: by `UnknownBanner`, or for what can be no kind.
        """
        query = {"limit": str(_TELEMETRY_PAGE)}
        query |= {name: value for name, value in (("kind", kind), ("since", since)) if value is not None}
        path = f"{_path_of_banner(banner)}/telemetry"
        while True:
            page = await self._calls.ask(Call("GET", path, query=query, effect="none"), _telemetry)
            for each in page.items:
                yield each
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    async def banners(
        self, *, tag: str | None = None, status: str | None = None
    ) -> AsyncGenerator[BannerView]:
        """The banners in the order of their ids; the next page is asked for when one is used up."""
        query = {"limit": str(_BANNERS_PAGE)}
        query |= {name: value for name, value in (("tag", tag), ("status", status)) if value is not None}
        while True:
            page = await self._calls.ask(Call("GET", "/v1/banners", query=query, effect="none"), _banners)
            for each in page.items:
                yield each
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    async def history(self, banner: str, *, limit: int | None = None) -> AsyncGenerator[HistoryItem]:
        """What was decided about a banner, the newest first, at most so many decisions.

        Raises:
            Refused: by `UnknownBanner`.
        """
        path = f"{_path_of_banner(banner)}/history"
        query: dict[str, str] = {}
        left = limit
        while left is None or left > 0:
            query["limit"] = str(_HISTORY_PAGE if left is None else min(left, _HISTORY_PAGE))
            page = await self._calls.ask(Call("GET", path, query=query, effect="none"), _history)
            for each in page.items[:left]:
                yield each
            if page.next_cursor is None:
                return
            query["before"] = page.next_cursor
            left = None if left is None else left - len(page.items)

    # --- for operators -----------------------------------------------------------------------------

    async def register(
        self,
        banner: str | None = None,
        *,
        name: str | None = None,
        tags: tuple[str, ...] = (),
        key: str | None = None,
    ) -> BannerView:
        """Register a banner; without an id it gets one.

        Raises:
            Refused: by `AlreadyRegistered`, `NotOperator` or another.
        """
        body = {"id": None if banner is None else banner_id(banner), "name": name, "tags": tags or None}
        told = {name: value for name, value in body.items() if value is not None}
        return await self._calls.ask(Call("POST", "/v1/banners", told, key=key or _new_key()), _banner)

    async def hold(self, banner: str, reason: str) -> BannerView:
        """Let nothing show on a banner until it is released.

        Raises:
            Refused: by `NotOperator`, `UnknownBanner` or another.
        """
        return await self._calls.ask(
            Call("PUT", f"{_path_of_banner(banner)}/hold", {"reason": reason}), _banner
        )

    async def release(self, banner: str) -> None:
        """Let a banner show again.

        Raises:
            Refused: by `NotHeld`, `NotOperator`, `UnknownBanner` or another.
            OutcomeUnknown: the answer was lost; look whether it was done.
        """
        await self._calls.carry_out(Call("DELETE", f"{_path_of_banner(banner)}/hold", effect="once"))

    async def require_approval(self, banner: str) -> BannerView:
        """Let every text on a banner wait for an operator's yes.

        Raises:
            Refused: by `NotOperator`, `UnknownBanner` or another.
        """
        return await self._calls.ask(Call("PUT", f"{_path_of_banner(banner)}/approval"), _banner)

    async def waive_approval(self, banner: str) -> None:
        """Let texts on a banner show without a yes; those that wait for one go on waiting.

        Raises:
            Refused: by `NotOperator`, `UnknownBanner` or another.
        """
        await self._calls.carry_out(Call("DELETE", f"{_path_of_banner(banner)}/approval"))

    async def pending(self, banner: str | None = None) -> AsyncGenerator[DisplayView]:
        """What waits for an operator's yes, on one banner or on all.

        Raises:
            Refused: by `NotOperator`, `UnknownBanner` or another.
        """
        path = "/v1/pending" if banner is None else f"{_path_of_banner(banner)}/pending"
        query: dict[str, str] = {}
        while True:
            page = await self._calls.ask(Call("GET", path, query=query, effect="none"), _pending)
            for each in page.items:
                yield each
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    async def approve(self, display_id: str) -> DisplayView:
        """Say yes to a text: it shows, or waits for its turn.

        Raises:
            Refused: by `NotPending`, `QueueFull`, `NotOperator` or another.
            OutcomeUnknown: the answer was lost; look whether it was done.
        """
        path = f"{_path_of(display_id)}/approval"
        return await self._calls.ask(Call("PUT", path, {"approved": True}, effect="once"), _display)

    async def reject(self, display_id: str, reason: str) -> DisplayView:
        """Say no to a text, for a reason that its author reads.

        Raises:
            Refused: by `NotPending`, `NotOperator` or another.
            OutcomeUnknown: the answer was lost; look whether it was done.
        """
        path = f"{_path_of(display_id)}/approval"
        body = {"approved": False, "reason": reason}
        return await self._calls.ask(Call("PUT", path, body, effect="once"), _display)

    async def block(self, word: str) -> None:
        """Let no text with this word show; a `*` at its beginning or end stands for any letters there.

        Raises:
            Refused: by `BadWord`, `BlocklistFull`, `NotOperator` or another.
        """
        await self._calls.carry_out(Call("PUT", _path_of_word(word)))

    async def unblock(self, word: str) -> None:
        """Let texts with this word show again.

        Raises:
            Refused: by `NotBlocked`, `NotOperator` or another.
            OutcomeUnknown: the answer was lost; look whether it was done.
        """
        await self._calls.carry_out(Call("DELETE", _path_of_word(word), effect="once"))

    # --- to be told --------------------------------------------------------------------------------

    def watch(self, *banners: str) -> Watching:
        """Everything that becomes of these banners, or of all, beginning with how they are.

        It goes on through lost connections; `Connection` tells of them. Each stream is a channel of its own.

        Raises:
            Malformed: one of these can be no banner, or there are too many of them: watch all instead.
            ChannelClosed: while it is read; the gateway does not want it.
        """
        named = list(dict.fromkeys(banner_id(each) for each in banners))
        if len(named) > NAMED_AT_MOST:
            raise Malformed(f"at most {NAMED_AT_MOST} banners by name, or none for all", found=len(named))
        return Watching(self._started(BannersReader(named, self._clock)))

    def follow(
        self,
        display: str | DisplayView,
        *,
        on_connection: Callable[[Connection | Note], None] = lambda _: None,
    ) -> Following:
        """What becomes of a message, until it has ended; what is known of it already is not told again.

        `on_connection` is called, in between, with what is to be said about the connection.

        Raises:
            Refused: while it is read; by `UnknownDisplay`.
            ChannelClosed: while it is read; the gateway does not want it.
        """
        known = display if isinstance(display, DisplayView) else None
        display_id = DisplayId(display) if isinstance(display, str) else display.id
        return Following(self._started(DisplayReader(display_id, known, self._clock)), on_connection)

    # -----------------------------------------------------------------------------------------------

    def _started(self, reader: _Reader) -> _Reader:
        if self._tasks is None:
            raise RuntimeError("an AirDisplay is used inside of `async with`")
        self._tasks.start_soon(reader.run, Gateways(self.url), self._bearer)
        return reader

    async def _show(self, banner: str, body: dict[str, str], key: str | None) -> DisplayView:
        path = f"{_path_of_banner(banner)}/display"
        return await self._calls.ask(Call("POST", path, body, key=key or _new_key()), _display)


def _path_of_banner(banner: str) -> str:
    return f"/v1/banners/{banner_id(banner)}"


def _path_of(display_id: str) -> str:
    return f"/v1/displays/{quote(display_id, safe='')}"


def _path_of_word(word: str) -> str:
    return f"/v1/blocklist/{quote(word, safe='')}"


def _new_key() -> str:
    return str(uuid.uuid4())
