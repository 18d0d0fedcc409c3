"""One device on a line that the test plays: what it says when, and what its panel shows."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import msgspec
import pytest

from airdisplay_device import Device
from airdisplay_device import device as device_module
from airdisplay_device.clock import wall_ms
from shared.contracts.banner import Banner, Display
from shared.contracts.hardware import StateMessage
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import instant
from tests.support.devices import HandLine, NotingPanel
from tests.support.waiting import until

BANNER = BannerId("lightning")
STATE = "airdisplay.banner.lightning.state"
MINUTE = 60_000


def record(
    number: int, text: str | None, ttl_ms: int = MINUTE, *, banner: BannerId = BANNER, now: bool = False
) -> bytes:
    """A record of this moment; the later ones of a test have the higher numbers."""
    at = instant(wall_ms())
    display = None
    if text is not None:
        display = Display(
            id=DisplayId(text), text=text, by="ada", shown_at=at, until=instant(wall_ms() + ttl_ms)
        )
    state = Banner(id=banner, name="Lightning", display=display)
    message = StateMessage(at=at, number=number, state=state, now=at if now else None)
    return msgspec.json.encode(message)


class Flying(Device):
    """A device with its line and its panel at hand."""

    line: HandLine

    def __init__(self, line: HandLine, **how: Any) -> None:
        self.panel = NotingPanel()
        super().__init__(BANNER, line, self.panel, **how)


@asynccontextmanager
async def flying(**how: Any) -> AsyncGenerator[Flying]:
    """A device that is not connected yet, until the block is left."""
    device = Flying(HandLine(), **how)
    device.start()
    yield device
    device.stop()


async def test_it_subscribes_first_and_says_then_that_it_is_there_and_asks() -> None:
    async with flying() as device:
        assert [] == device.line.kinds()
        device.line.connect()

        assert ["hello", "presence"] == device.line.kinds()
        device.line.bring(STATE, record(1, "Hi"))
        assert ["Hi"] == device.panel.texts


async def test_one_that_starts_on_a_line_that_is_connected_asks_at_once() -> None:
    line = HandLine()
    line.connect()
    device = Flying(line)
    device.start()

    assert ["hello", "presence"] == line.kinds()
    device.stop()


async def test_it_says_hello_again_until_a_record_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "HELLO_AGAIN_SECONDS", (0.02, 0.1))
    async with flying() as device:
        device.line.connect()
        await until(lambda: [each.kind for each in device.line.said].count("hello") >= 3)
        device.line.bring(STATE, record(1, None))
        device.line.kinds()
        await anyio.sleep(0.3)

        assert [] == device.line.kinds()


async def test_it_reports_each_record_taken_or_not() -> None:
    async with flying() as device:
        device.line.connect()
        device.line.kinds()
        newer, older = record(2, "Newer"), record(1, "Older")
        device.line.bring(STATE, newer, 20)
        device.line.bring(STATE, older, 10)
        device.line.bring(STATE, newer, 20)

        said = [(each.kind, each.told["display_id"], each.told["revision"]) for each in device.line.said]
        assert 3 * [("reported", "Newer", 20)] == said
        assert ["Newer"] == device.panel.texts


async def test_after_a_gap_it_asks_and_reports_at_once_and_one_answer_makes_it_right() -> None:
    async with flying() as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Before"))
        device.line.lose()
        device.line.kinds()
        device.line.connect()

        assert ["hello", "presence", "reported"] == device.line.kinds()
        device.line.bring(STATE, record(5, "Now"))
        assert ["Before", "Now"] == device.panel.texts


async def test_what_it_could_not_say_in_a_gap_it_does_not_say_later() -> None:
    async with flying() as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Short", 300))
        device.line.lose()
        device.line.kinds()
        await until(lambda: device.shown is None)
        device.line.connect()

        (report,) = [each.told for each in device.line.said if each.kind == "reported"]
        assert report["display_id"] is None


async def test_it_clears_by_itself_and_says_so() -> None:
    async with flying() as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Short", 200))
        device.line.kinds()
        await until(lambda: device.shown is None)

        assert ["Short", None] == device.panel.texts
        assert ["reported"] == device.line.kinds()


async def test_it_clears_when_its_clock_is_set_past_the_deadline() -> None:
    ahead_ms = 0
    async with flying(clock=lambda: wall_ms() + ahead_ms) as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Long", 10 * MINUTE))
        ahead_ms = 20 * MINUTE
        await until(lambda: device.shown is None)


async def test_without_a_clock_it_goes_by_the_time_that_it_is_told() -> None:
    async with flying(clock=None) as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Short", 300, now=True))
        await until(lambda: device.shown is None)

        assert ["Short", None] == device.panel.texts
        assert all("at" not in each.told or each.told["at"] is None for each in device.line.said if each.told)


async def test_heartbeats_go_on() -> None:
    async with flying(heartbeat_seconds=0.02) as device:
        device.line.connect()
        await until(lambda: [each.kind for each in device.line.said].count("presence") >= 4)


async def test_a_goodbye_says_why_and_is_the_last_word() -> None:
    async with flying(heartbeat_seconds=0.02) as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Hi"))
        device.leave("landed")
        said = device.line.said[-1]
        device.line.kinds()
        device.line.bring(STATE, record(2, "After"))
        await anyio.sleep(0.1)

        assert ("presence", "landed") == (said.kind, said.told["leaving"])
        assert [] == device.line.kinds()
        assert ["Hi", None] == device.panel.texts


async def test_an_empty_message_says_that_the_banner_is_no_more() -> None:
    async with flying() as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Hi"))
        device.line.bring(STATE, b"")

        assert ["Hi", None] == device.panel.texts


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"not a record", id="no JSON"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b'{"at": "now", "number": 1, "state": {}}', id="no instant"),
        pytest.param(record(9, "Not ours", banner=BannerId("sparky")), id="another banner's"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
    ],
)
async def test_what_is_no_record_of_its_banner_is_counted_passed_over_and_told_loudly_once(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with flying() as device:
        device.line.connect()
        device.line.bring(STATE, record(1, "Hi"))
        device.line.kinds()
        with caplog.at_level(logging.INFO, logger="airdisplay_device.device"):
            device.line.bring(STATE, data)
            device.line.bring(STATE, data)

        assert 2 == device.passed_over
        assert 1 == len(caplog.records)
        assert [] == device.line.kinds()
        assert ["Hi"] == device.panel.texts


async def test_what_it_measures_goes_under_its_kind_or_nowhere() -> None:
    async with flying() as device:
        assert not device.measure("power", {"battery_pct": 80, "watts": 5})
        device.line.connect()
        device.line.kinds()

        assert device.measure("power", {"battery_pct": 80, "watts": 5})
        assert ["telemetry.power"] == device.line.kinds()


async def test_a_panel_that_fails_ends_the_device_and_is_not_kept_secret() -> None:
    class Broken(NotingPanel):
        def show(self, display: Display | None) -> None:
            super().show(display)
            if len(self.noted) == 2:
                raise ZeroDivisionError

    line = HandLine()
    device = Device(BANNER, line, Broken())

    async def fly() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(device.run)
            await anyio.wait_all_tasks_blocked()
            line.connect()
            line.bring(STATE, record(1, "Short", 50))

    with pytest.raises(ExceptionGroup) as failed:
        await fly()
    assert isinstance(failed.value.exceptions[0], ZeroDivisionError)
