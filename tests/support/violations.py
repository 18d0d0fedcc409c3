"""What nats-server noted of users who tried what they may not."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from airdisplay.authority import claims

_line = re.compile(
    r"jwt:(?P<key>U\w+).*?(?P<what>Publish|Subscription) Violation - Subject \"(?P<subject>[^\"]+)"
)


class Violation(NamedTuple):
    """Who tried what on which subject."""

    user: str
    what: str
    subject: str


def violations(log: Path, credentials: Path) -> Sequence[Violation]:
    """All that stand in a server's log; users are named by their files in the folder of credentials."""
    names = {_key(file): file.name for file in credentials.glob("*.creds")}
    return [
        Violation(names.get(found["key"], found["key"]), found["what"].lower(), found["subject"])
        for found in map(_line.search, log.read_text().splitlines())
        if found is not None
    ]


def _key(file: Path) -> str:
    key: str = claims.read(file.read_text().splitlines()[1])["sub"]
    return key
