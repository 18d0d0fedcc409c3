"""The pages of the examples say what is so, and what they tell people to paste works."""

import re
from pathlib import Path

import pytest

from tests.examples.pasting import ROOT, Terminal, blocks, dead_links
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

GUIDE = "docs/your-own-entity.md"
COUNTER = "examples/counter/README.md"
ROOMS = "examples/rooms/README.md"


def sources(folder: str) -> list[str]:
    """The text of each Python file of an example."""
    return [file.read_text() for file in sorted((ROOT / folder).glob("*.py"))]


@pytest.mark.parametrize("block", blocks(GUIDE, "python"))
def test_every_block_of_the_guide_stands_in_the_counter(block: str) -> None:
    assert any(block in source for source in sources("examples/counter"))


def test_the_guide_shows_the_whole_entity() -> None:
    (entity,) = [source for source in sources("examples/counter") if "def handle" in source]
    shown = "".join(blocks(GUIDE, "python"))
    definitions: list[str] = re.findall(r"^(?:class|def) \w+", entity, re.MULTILINE)

    assert [] == [each for each in definitions if each not in shown]


@pytest.mark.parametrize("page", [GUIDE, COUNTER, ROOMS])
def test_every_file_that_is_linked_is_there(page: str) -> None:
    assert [] == dead_links(page)


@pytest.mark.parametrize("page", [COUNTER, ROOMS])
def test_every_file_that_a_page_lists_is_there(page: str) -> None:
    rows: list[str] = re.findall(r"^\| (`\w+\.py`.*?) \|", (ROOT / page).read_text(), re.MULTILINE)
    listed: list[str] = re.findall(r"`(\w+\.py)`", "".join(rows))
    there = {file.name for file in (ROOT / page).parent.glob("*.py")} - {"__init__.py"}

    assert there == set(listed)


async def test_the_guide_works_when_pasted(own_nats_server: NatsServer, tmp_path: Path) -> None:
    serve, ask = blocks(GUIDE, "sh")
    terminal = Terminal(own_nats_server.url, tmp_path)
    with terminal.running(serve, "service.log") as service:
        await service.printed('"ready"')
        counted = (await terminal.paste(ask)).splitlines()
        await until((tmp_path / ".airdisplay/outbox/new/visits-10").exists)

    assert [str(number) for number in range(1, 11)] == counted[:10]


async def test_the_page_of_the_counter_works_when_pasted(own_nats_server: NatsServer, tmp_path: Path) -> None:
    serve, nine, tenth = blocks(COUNTER, "sh")
    terminal = Terminal(own_nats_server.url, tmp_path)
    with terminal.running(serve, "service.log") as service:
        await service.printed('"ready"')
        nine_said = await terminal.paste(nine)
        tenth_said = await terminal.paste(tenth)
        await until((tmp_path / ".airdisplay/outbox/new/visits-10").exists)
        mail = await terminal.paste(tenth.splitlines()[-1])

    assert [str(number) for number in range(1, 10)] == nine_said.splitlines()
    assert ["10", "10 (counted before)", "10"] == tenth_said.splitlines()[:3]
    assert "Subject: visits has reached 10" in mail


async def test_the_page_of_the_rooms_works_when_pasted(own_nats_server: NatsServer, tmp_path: Path) -> None:
    serve, ada, ben, say = blocks(ROOMS, "sh")
    terminal = Terminal(own_nats_server.url, tmp_path)
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
