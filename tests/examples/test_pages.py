"""The pages of the examples say what is so, and what they tell people to paste works."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from tests.examples.devices import skip_unless_there
from tests.examples.pasting import ROOT, Terminal, blocks, dead_links
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.processes import running_script
from tests.support.violations import violations
from tests.support.waiting import until

GUIDE = "docs/your-own-entity.md"
COUNTER = "examples/counter/README.md"
ROOMS = "examples/rooms/README.md"
DEVICES = "examples/devices/README.md"
TRANSCRIPT_SECONDS = 120


def sources(folder: str) -> list[str]:
    """The text of each Python file of an example."""
    return [file.read_text() for file in sorted((ROOT / folder).glob("*.py"))]


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncGenerator[NatsServer]:
    """A server as `airdisplay up` runs it, with the data directory where the pages have it."""
    authority = Authority(tmp_path / ".airdisplay")
    async with running_nats_server(tmp_path, configuration=trust(authority, tmp_path / "accounts")) as server:
        yield server
    assert [] == violations(server.log, tmp_path / ".airdisplay" / "creds")


@pytest.mark.parametrize("block", blocks(GUIDE, "python"))
def test_every_block_of_the_guide_stands_in_the_counter(block: str) -> None:
    assert any(block in source for source in sources("examples/counter"))


def test_the_guide_shows_the_whole_entity() -> None:
    (entity,) = [source for source in sources("examples/counter") if "def handle" in source]
    shown = "".join(blocks(GUIDE, "python"))
    definitions: list[str] = re.findall(r"^(?:class|def) \w+", entity, re.MULTILINE)

    assert [] == [each for each in definitions if each not in shown]


@pytest.mark.parametrize("page", [GUIDE, COUNTER, ROOMS, DEVICES])
def test_every_file_that_is_linked_is_there(page: str) -> None:
    assert [] == dead_links(page)


@pytest.mark.parametrize("page", [COUNTER, ROOMS])
def test_every_file_that_a_page_lists_is_there(page: str) -> None:
    rows: list[str] = re.findall(r"^\| (`\w+\.py`.*?) \|", (ROOT / page).read_text(), re.MULTILINE)
    listed: list[str] = re.findall(r"`(\w+\.py)`", "".join(rows))
    there = {file.name for file in (ROOT / page).parent.glob("*.py")} - {"__init__.py"}

    assert there == set(listed)


async def test_the_guide_works_when_pasted(secured: NatsServer, tmp_path: Path) -> None:
    allow, serve, ask = blocks(GUIDE, "sh")
    terminal = Terminal(secured.url, tmp_path)
    await terminal.allow(allow)
    with terminal.running(serve, "service.log") as service:
        await service.printed('"ready"')
        counted = (await terminal.paste(ask)).splitlines()
        await until((tmp_path / ".airdisplay/outbox/new/visits-10").exists)

    assert [str(number) for number in range(1, 11)] == counted[:10]


async def test_the_page_of_the_counter_works_when_pasted(secured: NatsServer, tmp_path: Path) -> None:
    allow, serve, nine, tenth = blocks(COUNTER, "sh")
    terminal = Terminal(secured.url, tmp_path)
    await terminal.allow(allow)
    with terminal.running(serve, "service.log") as service:
        await service.printed('"ready"')
        nine_said = await terminal.paste(nine)
        tenth_said = await terminal.paste(tenth)
        await until((tmp_path / ".airdisplay/outbox/new/visits-10").exists)
        mail = await terminal.paste(tenth.splitlines()[-1])

    assert [str(number) for number in range(1, 10)] == nine_said.splitlines()
    assert ["10", "10 (counted before)", "10"] == tenth_said.splitlines()[:3]
    assert "Subject: visits has reached 10" in mail


async def test_the_page_of_the_rooms_works_when_pasted(secured: NatsServer, tmp_path: Path) -> None:
    allow, serve, ada, ben, say = blocks(ROOMS, "sh")
    terminal = Terminal(secured.url, tmp_path)
    await terminal.allow(allow)
    with terminal.running(serve, "service.log") as service:
        await service.printed('"ready"')
        with terminal.running(ada, "ada.log") as first:
            await first.printed("waiting ada")
            room = first.output.split()[0]
            with terminal.running(ben, "ben.log") as second:
                await second.printed(f"{room} ringing ada ben")
                said = await terminal.paste(re.sub(r"^ROOM=.*$", f"ROOM={room}", say, flags=re.MULTILINE))
                assert 0 == await second.exit_code()  # ben has left
                await until(lambda: first.output.count("\n") >= 5)
        seen = [line.removeprefix(f"{room} ") for line in first.output.splitlines()]

    assert ["talking ada ben", "ended ada ben", "waiting ada"] == [
        line.removeprefix(f"{room} ") for line in said.splitlines()
    ]
    assert ["waiting ada", "ringing ada ben", "talking ada ben", "ended ada ben", "waiting ada"] == seen


def said(transcript: str) -> set[str]:
    """What was said by whom, without times, ids and repetitions."""
    lines: list[str] = re.findall(r"^ *\d+\.\d\d s  (.*)$", transcript, re.MULTILINE)
    return {re.sub(r'"now":"[^"]*",|"\d{4}-[\d:.T-]+Z"|"[0-9a-f]{8}…"', "", line) for line in lines}


@pytest.mark.timeout(180)
async def test_mosquitto_is_a_banner_as_the_page_tells(tmp_path: Path) -> None:
    skip_unless_there("mosquitto")
    (transcript,) = blocks(DEVICES, "text")
    script = ROOT / "examples" / "devices" / "mqtt" / "transcript.py"
    with running_script(script, log=tmp_path / "transcript.log", PYTHONPATH=str(ROOT)) as process:
        await until(lambda: "has ended" in process.output, seconds=TRANSCRIPT_SECONDS)
        await process.exit_code()

    assert said(transcript) == said(process.output)
