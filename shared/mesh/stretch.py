"""A stretch of what was said on one subject: from a time or a sequence on, or the last of it.

Asked for and answered directly; nothing stays behind in the server.
"""

from collections import deque
from typing import Final, NamedTuple

from shared.contracts.errors import Unreachable
from shared.contracts.instants import Instant, epoch_ms, instant
from shared.mesh import clock
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry
from shared.mesh.newest import ask

_AT_ONCE: Final = 1_000
_NOTHING: Final = "404"
_END: Final = "204"
_WIDER: Final = 4
_ENOUGH: Final = 4
"""How many times as much as is wanted may be read to get to the last of it."""


class Stretch(NamedTuple):
    """Entries in their order, and how many there are after them."""

    entries: list[Entry]
    left: int


async def stretch(mesh: Mesh, stream: str, subject: str, *, start: Instant | int, at_most: int) -> Stretch:
    """The first entries of a subject from a time, or a sequence, on.

    Raises:
        Unreachable: nobody can be asked now.
    """
    entries: list[Entry] = []
    point = {"start_time": start} if isinstance(start, str) else {"seq": start}
    while True:
        wanted = min(at_most - len(entries), _AT_ONCE)
        found, end = await ask(mesh, stream, {"next_by_subj": subject, "batch": wanted, **point})
        entries += found
        status, left = end.get("Status"), int(end.get("Nats-Num-Pending", 0))
        if status not in {_END, _NOTHING}:
            raise Unreachable(f"the stream {stream}")
        if not found or not left or len(entries) >= at_most:
            return Stretch(entries, left)
        point = {"seq": entries[-1].sequence + 1}


async def last(mesh: Mesh, stream: str, subject: str, *, at_most: int, seconds: int) -> list[Entry]:
    """The last entries of a subject, so many at most, in their order; looks back so many seconds at most.

    A stream cannot be read backwards, so it is asked how much there is in some time, until that is enough
    and not too much.

    Raises:
        Unreachable: nobody can be asked now.
    """

    async def count(window: int) -> int:
        found = await stretch(mesh, stream, subject, start=_ago(window), at_most=1)
        return len(found.entries) + found.left

    window = at_most * 1000
    while (many := await count(window)) < at_most and window < seconds * 1000:
        window *= _WIDER
    while many > _ENOUGH * at_most and (fewer := await count(window // 2)) >= at_most:
        window, many = window // 2, fewer
    entries: deque[Entry] = deque(maxlen=at_most)
    start: Instant | int = _ago(window)
    while True:
        found = await stretch(mesh, stream, subject, start=start, at_most=_AT_ONCE)
        entries += found.entries
        if not found.left:
            return list(entries)
        start = found.entries[-1].sequence + 1


def _ago(milliseconds: int) -> Instant:
    return instant(epoch_ms(clock.now()) - milliseconds)
