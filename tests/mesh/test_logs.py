"""Logging: one line an event; JSON where nobody watches."""

import json
from collections.abc import Generator

import pytest
import structlog

from shared.mesh import logs


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    """Leave logging as it was found."""
    before = structlog.get_config()
    yield
    structlog.contextvars.clear_contextvars()
    structlog.configure(**before)


def test_a_line_is_json_and_says_which_instance_of_what_wrote_it(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("banner", "i1")

    structlog.get_logger().info("shown", banner="b1", text="line\nbreak")

    line = json.loads(capsys.readouterr().out)
    timestamp = line.pop("timestamp")
    assert timestamp.endswith("Z")
    assert {
        "service": "banner",
        "instance": "i1",
        "level": "info",
        "event": "shown",
        "banner": "b1",
        "text": "line\nbreak",
    } == line


def test_an_exception_stays_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("banner", "i1")

    try:
        _fail()
    except ZeroDivisionError:
        structlog.get_logger().exception("bug")

    lines = capsys.readouterr().out.splitlines()
    assert 1 == len(lines)
    assert "ZeroDivisionError: oh" in json.loads(lines[0])["exception"]


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("banner", "i1")

    structlog.get_logger().debug("details")

    assert "" == capsys.readouterr().out


def _fail() -> None:
    raise ZeroDivisionError("oh")
