"""Where the gateways are, and who we are to them.

Any gateway can serve anything, so whoever finds one away goes on at the next.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import anyio

from shared.contracts.errors import Malformed

Token = str | Callable[[], Awaitable[str]]
"""A bearer token, or what fetches one: called at first, and again when the one before is no longer taken."""

_LIVE: Final = {"http": "ws", "https": "wss"}


class Gateways:
    """One address or several, and which of them is asked at present."""

    def __init__(self, urls: str) -> None:
        self.urls: Final = urls
        self._all = [_address(each.strip()) for each in urls.split(",")]
        self._at = 0

    @property
    def here(self) -> str:
        """The one that is asked at present, without a slash at its end."""
        return self._all[self._at]

    @property
    def live(self) -> str:
        """Where its live channel is."""
        scheme, rest = self.here.split(":", 1)
        return f"{_LIVE[scheme]}:{rest}/v1/live"

    def turn_to_next(self) -> None:
        """Ask another one from now on, if there is one."""
        self._at = (self._at + 1) % len(self._all)


class Bearer:
    """The token that is shown to gateways."""

    def __init__(self, token: Token | None) -> None:
        self._fetch = None if token is None or isinstance(token, str) else token
        self._token = token if isinstance(token, str) else None
        self._fetching = anyio.Lock()

    async def token(self) -> str | None:
        """The token to show, if there is one."""
        if self._token is None and self._fetch is not None:
            await self.renew(None)
        return self._token

    async def renew(self, refused: str | None) -> bool:
        """Fetch another token than the one that was refused; whether there is one."""
        if self._fetch is None:
            return False
        async with self._fetching:
            if self._token == refused:  # otherwise somebody fetched it meanwhile
                self._token = await self._fetch()
        return self._token != refused


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in _LIVE or not parts.hostname:
        expected = "the address of a gateway such as http://127.0.0.1:8000"
        raise Malformed(expected, found=url)
    return url.rstrip("/")
