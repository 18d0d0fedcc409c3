"""What child processes write: all of it into a file each, what matters onto the terminal, one line each."""

import logging
import re
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import msgspec

_FILE_BYTES_AT_MOST: Final = 5_000_000
_SHOWN_AT_MOST: Final = 400

_KNOWN_TO_THE_READER: Final = {"event", "level", "timestamp", "service", "instance", "exception"}
_LEVELS: Final = logging.getLevelNamesMapping()
_NATS_LEVELS: Final = {
    "TRC": logging.DEBUG,
    "DBG": logging.DEBUG,
    "INF": logging.INFO,
    "WRN": logging.WARNING,
    "ERR": logging.ERROR,
    "FTL": logging.CRITICAL,
}
_nats_line = re.compile(r"\[\d+\] (?:\d{4}/\S+ \S+ )?\[(?P<level>[A-Z]{3})\] (?P<text>.*)").fullmatch
_decoder = msgspec.json.Decoder(dict[str, Any])

Say = Callable[[str, str, int], None]
"""Takes the name of who speaks, a line, and how much it matters."""


class LogLine(msgspec.Struct, frozen=True):
    """One line as people read it; `reason` is why a process says that it cannot run."""

    level: int
    text: str
    reason: str | None = None


def read(line: str) -> LogLine:
    """A line of a service, of nats-server, or of neither, which then counts as a warning."""
    if line.startswith("{"):
        try:
            return _of_service(_decoder.decode(line))
        except msgspec.MsgspecError:
            pass
    if found := _nats_line(line):
        return LogLine(_NATS_LEVELS.get(found["level"], logging.INFO), found["text"])
    return LogLine(logging.WARNING, line)


class ChildLog:
    """The log of one child."""

    def __init__(self, name: str, directory: Path, say: Say, *, level: int) -> None:
        self.path = directory / f"{name}.log"
        self.last = ""
        """What it said last: why it ended, where it ended with a sentence."""
        self._name = name
        self._say = say
        self._level = level
        self._file = RotatingFileHandler(
            self.path, maxBytes=_FILE_BYTES_AT_MOST, backupCount=1, encoding="utf-8", delay=True
        )

    def take(self, raw: str) -> None:
        """Keep a line, and show it if it matters enough."""
        if not raw.strip():
            return
        self._file.handle(logging.makeLogRecord({"msg": raw}))
        line = read(raw)
        self.last = line.reason or line.text
        if line.level >= self._level:
            self._say(self._name, _shortened(line.text), line.level)

    def tell(self, text: str) -> None:
        """Say something about the child, in its name."""
        self._file.handle(logging.makeLogRecord({"msg": text}))
        self._say(self._name, text, logging.WARNING)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _of_service(entry: dict[str, Any]) -> LogLine:
    level = _LEVELS.get(str(entry.get("level", "")).upper(), logging.INFO)
    facts = [f"{key}={value}" for key, value in entry.items() if key not in _KNOWN_TO_THE_READER]
    text = " ".join([str(entry.get("event", "")), *facts])
    if exception := str(entry.get("exception", "")).strip():
        text = f"{text}: {exception.splitlines()[-1].strip()}"
    reason = entry.get("reason")
    return LogLine(level, " ".join(text.split()), None if reason is None else str(reason))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_AT_MOST else text[: _SHOWN_AT_MOST - 1] + "…"
