"""The page's side of the live channel, told what to say frame by frame."""

import json
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from tests.support.waiting import until
from tests.web.browsing import Visitor, visiting
from tests.web.mesh import WholeMesh

pytestmark = pytest.mark.browser

# Not the time of this machine: displays end by the clock of the server, wherever the page is opened.
SERVER_NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
LONG = 60_000


class Channel:
    """The gateway's end of the live channels that one page opens, one after the other."""

    def __init__(self) -> None:
        self.opened = 0
        self.received: list[dict[str, Any]] = []
        self._socket: WebSocketRoute | None = None
        self._epoch = ""

    async def prepare(self, page: Page) -> None:
        """Be there when the page opens a channel."""
        await page.route_web_socket("**/v1/live", self._on_open)

    async def until_opened(self, times: int) -> None:
        """Return once the page has opened that many channels."""
        await until(lambda: self.opened == times, seconds=20)

    def hello(self, *, epoch: str = "first", heartbeat_ms: int = LONG) -> None:
        """The first frame."""
        self.send(op="hello", protocol=1, epoch=epoch, heartbeat_ms=heartbeat_ms, now=instant(SERVER_NOW))

        self._epoch = epoch

    def snapshot(self, revision: int, *banners: dict[str, Any], recovered: bool = False) -> None:
        """All banners, or those that are newer than what the page has."""
        self.send(
            op="snapshot",
            revision=revision,
            recovered=recovered,
            epoch=self._epoch,
            hardware=f"h{revision}",
            banners=banners,
        )

    def send(self, **frame: Any) -> None:
        """Any frame."""
        assert self._socket is not None, "no channel is open"
        self._socket.send(json.dumps(frame))

    async def close(self, code: int, reason: str) -> None:
        """End the channel."""
        assert self._socket is not None, "no channel is open"
        await self._socket.close(code=code, reason=reason)

    def _on_open(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(lambda data: self.received.append(json.loads(data)))
        self.opened += 1


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def banner(
    revision: int, text: str | None = None, *, name: str = "Stormy", seconds: int = 50
) -> dict[str, Any]:
    """A banner as the gateway would send it."""
    display = None
    if text is not None:
        until = instant(SERVER_NOW + timedelta(seconds=seconds))
        display = {
            "id": f"d-{revision}",
            "text": text,
            "by": "x",
            "shown_at": instant(SERVER_NOW),
            "until": until,
        }
    return {
        "id": name.lower(),
        "name": name,
        "tags": [],
        "revision": revision,
        "display": display,
        "presence": "offline",
        "reported": None,
    }


@pytest.fixture
def channel() -> Channel:
    """What the page is connected to instead of the gateway."""
    return Channel()


@pytest.fixture
async def visitor(browser: Browser, whole_mesh: WholeMesh, channel: Channel) -> AsyncGenerator[Visitor]:
    """Somebody whose page gets its files from the gateway and its frames from the test."""
    async with visiting(browser, whole_mesh.url, prepare=channel.prepare) as visitor:
        await channel.until_opened(1)
        yield visitor


async def test_it_watches_all_banners_and_answers_pings(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(0)
    channel.send(op="ping")

    await expect(visitor.page.get_by_text("There is no banner yet.")).to_be_visible()
    await until(lambda: channel.received == [{"op": "watch", "all": True}, {"op": "pong"}])


async def test_seconds_are_counted_by_the_clock_of_the_server(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(1, banner(1, "Up", seconds=42))

    status = visitor.status("Stormy")
    await expect(status).to_have_text(re.compile(r"Busy (4[0-2]|[1-3]?\d) s"))
    before = await status.inner_text()
    await expect(status).not_to_have_text(before)
    after = await status.inner_text()
    assert int(after.split()[1]) < int(before.split()[1])


async def test_a_display_that_is_over_already_is_not_shown(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(1, banner(1, "Gone", seconds=0))

    await expect(visitor.status("Stormy")).to_have_text("Free")
    await expect(visitor.panel("Stormy")).to_have_text("")


async def test_an_older_state_never_replaces_a_newer_one(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(5, banner(5, "Newer"))
    channel.send(op="changes", banners=[banner(4, "Older")])
    channel.send(op="changes", banners=[banner(6, name="Sparky")])

    await expect(visitor.status("Sparky")).to_have_text("Free")
    await expect(visitor.panel("Stormy")).to_have_text("Newer")


async def test_a_gateway_that_is_behind_does_not_turn_the_page_back(
    visitor: Visitor, channel: Channel
) -> None:
    channel.hello()
    channel.snapshot(7, banner(7, "Newer"), banner(3, name="Gone"), banner(6, name="Fresh"))
    await expect(visitor.connection).to_have_text("Live")
    await channel.close(4001, "come-back in 0 ms")
    await channel.until_opened(2)

    channel.hello()
    channel.snapshot(5, banner(5, "Older"), banner(4, "More", name="Sparky"))

    await expect(visitor.panel("Sparky")).to_have_text("More")
    await expect(visitor.panel("Stormy")).to_have_text("Newer")
    await expect(visitor.card("Gone")).to_have_count(0)
    await expect(visitor.card("Fresh")).to_have_count(1)


async def test_another_life_of_the_log_replaces_everything(visitor: Visitor, channel: Channel) -> None:
    channel.hello(epoch="first")
    channel.snapshot(90, banner(90, "Of the first life"), banner(80, name="Sparky"))
    await expect(visitor.connection).to_have_text("Live")
    await channel.close(1001, "")
    await channel.until_opened(2)

    channel.hello(epoch="second")
    channel.snapshot(2, banner(2, "Of the second life"))

    await expect(visitor.panel("Stormy")).to_have_text("Of the second life")
    await expect(visitor.card("Sparky")).to_have_count(0)


async def test_it_goes_on_where_it_was(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(3, banner(3, "Before"), banner(2, "Stays", name="Sparky"))
    channel.send(op="changes", revision=5, hardware="h5", banners=[banner(5, "Between")])
    await expect(visitor.panel("Stormy")).to_have_text("Between")
    await channel.close(4001, "come-back in 0 ms")
    await channel.until_opened(2)

    channel.hello()
    channel.snapshot(9, banner(9, "After"), recovered=True)

    await expect(visitor.panel("Stormy")).to_have_text("After")
    await expect(visitor.panel("Sparky")).to_have_text("Stays")
    since = {"epoch": "first", "revision": 5, "hardware": "h5"}
    assert [{"op": "watch", "all": True}, {"op": "watch", "all": True, "since": since}] == channel.received


@pytest.mark.parametrize("code", [4003, 4006], ids=["not allowed", "bad frames"])
async def test_it_does_not_come_back_to_be_told_the_same_again(
    visitor: Visitor, channel: Channel, code: int
) -> None:
    channel.hello()
    channel.snapshot(1, banner(1, "Before"))
    await expect(visitor.connection).to_have_text("Live")

    await channel.close(code, "because")

    await expect(visitor.connection).to_have_text("Offline")
    await visitor.page.evaluate("window.dispatchEvent(new Event('online'))")
    await expect(visitor.panel("Stormy")).to_have_text("Before")
    assert 1 == channel.opened


async def test_a_new_snapshot_changes_the_cards_that_are_there_instead_of_drawing_them_anew(
    visitor: Visitor, channel: Channel
) -> None:
    channel.hello()
    channel.snapshot(1, banner(1, "Before"))
    card = await visitor.card("Stormy").element_handle()
    await channel.close(4008, "slow")
    await channel.until_opened(2)

    channel.hello()
    channel.snapshot(2, banner(2, "After"))

    await expect(visitor.panel("Stormy")).to_have_text("After")
    assert await card.evaluate("node => node.isConnected")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param(4001, "come-back in 20 ms", id="come back"),
        pytest.param(4008, "slow", id="slow"),
        pytest.param(1001, "", id="going away"),
        pytest.param(1011, "", id="a fault of the gateway"),
    ],
)
async def test_it_comes_back_after_every_close(
    visitor: Visitor, channel: Channel, code: int, reason: str
) -> None:
    channel.hello()
    channel.snapshot(1, banner(1, "Before"))
    await expect(visitor.connection).to_have_text("Live")

    await channel.close(code, reason)

    await expect(visitor.connection).not_to_have_text("Live")
    await expect(visitor.page.get_by_text("Not live: this is how it was at")).to_be_visible()
    await expect(visitor.panel("Stormy")).to_have_text("Before")
    await channel.until_opened(2)
    channel.hello()
    channel.snapshot(1, banner(1, "Before"))
    await expect(visitor.connection).to_have_text("Live")
    await expect(visitor.page.get_by_text("Not live: this is how it was at")).to_be_hidden()


async def test_a_line_on_which_even_pings_have_stopped_counts_as_lost(
    visitor: Visitor, channel: Channel
) -> None:
    channel.hello(heartbeat_ms=200)
    channel.snapshot(1, banner(1))
    await expect(visitor.status("Stormy")).to_have_text("Free")

    await expect(visitor.connection).not_to_have_text("Live")
    await channel.until_opened(2)
    channel.hello()
    channel.snapshot(2, banner(2, "While nobody listened"))

    await expect(visitor.panel("Stormy")).to_have_text("While nobody listened")
    await expect(visitor.connection).to_have_text("Live")


async def test_frames_of_a_later_version_do_no_harm(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.send(op="news", headline="something that this page does not know")
    channel.snapshot(1, banner(1, "Still here") | {"queue_length": 3, "something": "new"})

    await expect(visitor.panel("Stormy")).to_have_text("Still here")


def message(display: str, state: str, revision: int = 1, **facts: Any) -> dict[str, Any]:
    """A message as the gateway would tell of it."""
    always = {"id": display, "state": state, "text": "Mine", "by": "x", "revision": revision}
    return {**always, "banner": "stormy", **facts}


@pytest.fixture
async def author(browser: Browser, whole_mesh: WholeMesh, channel: Channel) -> AsyncGenerator[Visitor]:
    """Somebody who has sent a message before."""

    async def prepare(page: Page) -> None:
        await page.goto(f"{whole_mesh.url}/app/icon.svg")
        await page.evaluate("localStorage.setItem('airdisplay.own', '[\"mine\", 7]')")
        await channel.prepare(page)

    async with visiting(browser, whole_mesh.url, prepare=prepare) as visitor:
        await channel.until_opened(1)
        yield visitor


async def test_messages_of_before_are_followed_on_every_channel(author: Visitor, channel: Channel) -> None:
    everything = {"op": "watch", "all": True}
    mine = {"op": "watch", "displays": ["mine"]}
    since = {"since": {"epoch": "first", "revision": 3, "hardware": "h3"}}
    channel.hello()
    channel.send(op="displays", displays=[message("mine", "queued", 3, position=4)])
    channel.snapshot(3, banner(3))
    await expect(author.fate("Mine")).to_have_text("Place 4 in line for Stormy, which is on hold")
    await channel.close(4001, "come-back in 0 ms")
    await channel.until_opened(2)

    channel.hello()
    channel.snapshot(3, banner(3))
    await until(lambda: channel.received == [everything, mine, everything | since, mine])
    channel.send(op="displays", displays=[message("mine", "queued", 2, position=5)])
    channel.send(op="displays", displays=[message("mine", "waiting", 4, position=6)])
    channel.send(op="changes", banners=[banner(4, "Somebody's")])

    await expect(author.panel("Stormy")).to_have_text("Somebody's")
    await expect(author.fate("Mine")).to_have_text("Place 4 in line for Stormy, which is on hold")


async def test_the_word_of_the_server_on_how_it_ended_counts_whenever_it_comes(
    author: Visitor, channel: Channel
) -> None:
    up = {"shown_at": instant(SERVER_NOW), "until": instant(SERVER_NOW)}
    channel.hello()
    channel.snapshot(1, banner(1))
    channel.send(op="displays", displays=[message("mine", "showing", 1, **up)])
    await expect(author.fate("Mine")).to_have_text("Over: its time was up")

    channel.send(op="displays", displays=[message("mine", "ended", 0, how="taken-down", **up)])

    await expect(author.fate("Mine")).to_have_text("Over: an operator took it down")
    assert await author.page.evaluate("localStorage.getItem('airdisplay.own')") == "[]"


async def test_a_message_that_was_dismissed_does_not_come_back(author: Visitor, channel: Channel) -> None:
    up = {"shown_at": instant(SERVER_NOW), "until": instant(SERVER_NOW)}
    channel.hello()
    channel.snapshot(1, banner(1))
    channel.send(op="displays", displays=[message("mine", "showing", 1, **up)])
    await author.act("Dismiss", "Mine").click()

    channel.send(op="displays", displays=[message("mine", "ended", 2, how="expired", **up)])
    channel.send(op="changes", banners=[banner(2, "Somebody's")])

    await expect(author.panel("Stormy")).to_have_text("Somebody's")
    await expect(author.message("Mine")).to_have_count(0)


async def test_a_message_of_which_nobody_knows_is_forgotten(author: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(1, banner(1))
    channel.send(op="displays", displays=[message("mine", "queued", 1, position=1)])

    channel.send(op="error", code="unknown-display", detail="Nothing is known of it.")

    await expect(author.fate("Mine")).to_have_text("Not shown: nobody knows of it any more")
    assert await author.page.evaluate("localStorage.getItem('airdisplay.own')") == "[]"


async def test_an_old_gateway_that_knows_no_queue_is_enough_to_see_what_shows(
    visitor: Visitor, channel: Channel
) -> None:
    channel.hello()
    channel.snapshot(2, banner(1), banner(2, "Up", name="Sparky"))

    await expect(visitor.status("Stormy")).to_have_text("Free")
    await expect(visitor.status("Sparky")).to_have_text(re.compile("Busy"))


async def test_a_banner_between_two_turns_is_not_free(visitor: Visitor, channel: Channel) -> None:
    channel.hello()
    channel.snapshot(1, banner(1, "Gone", seconds=0) | {"queue_length": 1, "hold": None})

    await expect(visitor.status("Stormy")).to_have_text("Next in line")
    await expect(visitor.page.get_by_text("1 banner, 0 free")).to_be_visible()
