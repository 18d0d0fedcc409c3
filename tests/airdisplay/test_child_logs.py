"""What children write: all of it on file, what matters on the terminal, one line each."""

import logging
from pathlib import Path

import pytest

from airdisplay.child_logs import ChildLog, LogLine, read

Shown = list[tuple[str, str, int]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            '{"event": "ready", "level": "info", "service": "banner", "instance": "1", "timestamp": "t"}',
            LogLine(logging.INFO, "ready"),
            id="of a service",
        ),
        pytest.param(
            '{"stream": "HISTORY", "event": "went silent", "level": "warning", "seconds": 3.1}',
            LogLine(logging.WARNING, "went silent stream=HISTORY seconds=3.1"),
            id="with facts",
        ),
        pytest.param(
            '{"event": "crashed", "level": "error", "exception": "Traceback\\n  x\\nValueError: no"}',
            LogLine(logging.ERROR, "crashed: ValueError: no"),
            id="with a stack, of which the last line is said",
        ),
        pytest.param(
            '{"event": "cannot run", "level": "error", "reason": "the clock is wrong"}',
            LogLine(logging.ERROR, "cannot run reason=the clock is wrong", "the clock is wrong"),
            id="with a reason",
        ),
        pytest.param(
            "[7] [INF] Server is ready", LogLine(logging.INFO, "Server is ready"), id="of nats-server"
        ),
        pytest.param(
            "[7] 2026/05/04 12:00:00.000000 [ERR] no space left",
            LogLine(logging.ERROR, "no space left"),
            id="of nats-server with the time",
        ),
        pytest.param("Killed", LogLine(logging.WARNING, "Killed"), id="of nobody we know"),
        pytest.param("{not json", LogLine(logging.WARNING, "{not json"), id="that only looks like JSON"),
    ],
)
def test_a_line_is_read(line: str, expected: LogLine) -> None:
    assert expected == read(line)


@pytest.fixture
def shown() -> Shown:
    return []


@pytest.fixture
def log(tmp_path: Path, shown: Shown) -> ChildLog:
    def say(name: str, text: str, level: int) -> None:
        shown.append((name, text, level))

    return ChildLog("banner", tmp_path, say, level=logging.WARNING)


def test_what_matters_is_shown_in_the_name_of_the_child(log: ChildLog, shown: Shown) -> None:
    log.take('{"event": "mesh disconnected", "level": "warning"}')
    log.close()

    assert [("banner", "mesh disconnected", logging.WARNING)] == shown


def test_what_does_not_matter_is_only_on_file(log: ChildLog, shown: Shown) -> None:
    log.take('{"event": "ready", "level": "info"}')
    log.take("")
    log.close()

    assert not shown
    assert '{"event": "ready", "level": "info"}\n' == log.path.read_text()


def test_the_last_reason_is_remembered(log: ChildLog) -> None:
    log.take('{"event": "cannot run", "level": "error", "reason": "the clock is wrong"}')
    log.close()

    assert log.last == "the clock is wrong"


def test_a_very_long_line_is_cut_on_the_terminal(log: ChildLog, shown: Shown) -> None:
    log.take("x" * 10_000)
    log.close()

    assert len(shown[0][1]) < 1_000
