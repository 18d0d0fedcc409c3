"""Chromium, and pages in it that are looked after: everybody has a browser of their own."""

import os
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Request, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Prepare = Callable[[Page], Awaitable[None]]


@asynccontextmanager
async def running_chromium() -> AsyncGenerator[Browser]:
    """The browser; skips the test where there is none, except where everything has to be there."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        reason = f"needs Chromium: none of {', '.join(_NAMES)} is on PATH"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Visitor:
    """Somebody at the page, and everything that goes wrong there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        """What the console complains about. Refused requests are among it, so it is not always empty."""
        self.faults: list[str] = []
        """Exceptions that nobody caught, and requests to other hosts: never expected."""
        self._host = urlsplit(url).netloc
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._look_at)

    def card(self, name: str) -> Locator:
        """The card of the banner with this name."""
        return self.page.locator(".card").filter(has=self.name_button(name))

    def name_button(self, name: str) -> Locator:
        """What chooses that banner."""
        return self.page.get_by_role("button", name=f"Write on {name}", exact=True)

    def panel(self, name: str) -> Locator:
        """What that banner shows."""
        return self.card(name).locator(".panel")

    def status(self, name: str) -> Locator:
        """Whether that banner is free or busy."""
        return self.card(name).locator(".status")

    def take_down(self, name: str) -> Locator:
        """What takes down the text on that banner, for its author."""
        return self.button(f"Take down from {name}")

    @property
    def text(self) -> Locator:
        """Where the text is typed."""
        return self.page.get_by_label("Text", exact=True)

    @property
    def outcome(self) -> Locator:
        """What is said about the last send."""
        return self.page.locator("#outcome")

    @property
    def announcement(self) -> Locator:
        """What is said to those who listen."""
        return self.page.locator("#announcements")

    @property
    def connection(self) -> Locator:
        """What is said about the connection."""
        return self.page.locator("#connection")

    def button(self, name: str) -> Locator:
        """A button by what stands on it."""
        return self.page.get_by_role("button", name=name, exact=True)

    def message(self, text: str) -> Locator:
        """The message with that text, among one's own."""
        return self.page.locator(".message").filter(has=self.page.get_by_text(text, exact=True))

    def fate(self, text: str) -> Locator:
        """What has become of the message with that text."""
        return self.message(text).locator(".fate")

    def act(self, what: str, text: str) -> Locator:
        """What is to be pressed to do that with one's message of that text."""
        return self.button(f"{what} “{text}”")

    async def write(self, name: str, text: str) -> None:
        """Choose a banner by its card, type a text, send it."""
        await self.name_button(name).click()
        await self.text.fill(text)
        await self.button("Show it").click()

    async def wait_in_line(self, name: str, text: str) -> None:
        """Choose a banner by its card, type a text, let it wait for its turn."""
        await self.name_button(name).click()
        await self.text.fill(text)
        await self.button("Wait in line").click()

    async def write_anywhere(self, text: str) -> None:
        """Type a text for any free banner, send it."""
        await self.page.get_by_label("Banner", exact=True).select_option("Any free banner")
        await self.text.fill(text)
        await self.button("Show it").click()

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _look_at(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self._host:
            self.faults.append(f"asked another host: {request.url}")


@asynccontextmanager
async def visiting(
    browser: Browser, url: str, *, prepare: Prepare | None = None, **options: Any
) -> AsyncGenerator[Visitor]:
    """Somebody who opens the page; at the end nothing may have gone wrong that is never expected."""
    context = await browser.new_context(**options)
    try:
        visitor = Visitor(await context.new_page(), url)
        if prepare is not None:
            await prepare(visitor.page)
        await visitor.page.goto(url)
        yield visitor
        assert not visitor.faults
    finally:
        await context.close()
