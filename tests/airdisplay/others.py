"""Other people at the same mesh: guests told apart by a cookie, and an operator."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from shared.contracts.identity import BannerId
from tests.airdisplay.running import Up
from tests.support.banners import new_banner_id


class Person:
    """Somebody who presses what there is to press, and to whom nothing is refused."""

    def __init__(self, client: httpx.AsyncClient, up: Up) -> None:
        self._client = client
        self._operator = as_operator(up)

    async def register(self) -> BannerId:
        """A banner of one's own, free; an operator does that for everybody."""
        banner = new_banner_id()
        await self._done(await self._client.post("/v1/banners", json={"id": banner}, headers=self._operator))
        return banner

    async def show(self, banner: str, text: str = "Taken") -> str:
        """Put a text on a banner; the id of the display."""
        return await self._ask(banner, {"text": text})

    async def wait(self, banner: str, text: str = "Me first") -> str:
        """Let a text wait in line; the id of the display."""
        return await self._ask(banner, {"text": text, "when": "queue"})

    async def take_back(self, display: str) -> None:
        """End it, or let it wait no more."""
        await self._done(await self._client.delete(f"/v1/displays/{display}"))

    async def clear(self, banner: str) -> None:
        """End whatever shows, if anything does."""
        answer = await self._client.delete(f"/v1/banners/{banner}/display")
        assert answer.status_code in {204, 404}, answer.text

    async def hold(self, banner: str, reason: str) -> None:
        """Let nothing show."""
        await self._done(await self._client.put(f"/v1/banners/{banner}/hold", json={"reason": reason}))

    async def release(self, banner: str) -> None:
        """Let it show again."""
        await self._done(await self._client.delete(f"/v1/banners/{banner}/hold"))

    async def seen(self, banner: str) -> dict[str, Any]:
        """The banner as it is now."""
        return await self._done(await self._client.get(f"/v1/banners/{banner}"))

    async def _ask(self, banner: str, body: dict[str, str]) -> str:
        answer = await self._done(await self._client.post(f"/v1/banners/{banner}/display", json=body))
        return str(answer["id"])

    async def _done(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.is_success, answer.text
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body


@asynccontextmanager
async def guest(up: Up, name: str = "bob") -> AsyncGenerator[Person]:
    """Somebody else."""
    async with httpx.AsyncClient(
        base_url=up.address, headers={"Cookie": f"airdisplay_guest={name}"}
    ) as client:
        yield Person(client, up)


@asynccontextmanager
async def operator(up: Up) -> AsyncGenerator[Person]:
    """Somebody with the token of operators."""
    async with httpx.AsyncClient(base_url=up.address, headers=as_operator(up)) as client:
        yield Person(client, up)


def as_operator(up: Up) -> dict[str, str]:
    """The header that shows the token of operators."""
    return {"Authorization": f"Bearer {(up.data / 'operator.token').read_text().strip()}"}
