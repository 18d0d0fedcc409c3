"""The newest entry of each subject, asked for: what somebody needs who looks now and then.

However much was written since the last look, the server sends one entry for each subject, and none for
those that are known already. Nothing stays behind in the server between two looks.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import anyio
import msgspec
import nats.errors
from nats.aio.msg import Msg

from shared.contracts.errors import AirDisplayError, Unreachable
from shared.contracts.instants import INSTANT_PATTERN, Instant, of_server
from shared.contracts.telemetry import AT_HEADER
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry

ENTRIES_AT_MOST: Final = 1024
"""How many subjects one look may find; the server refuses more."""

_ANSWER_SECONDS: Final = 2.0
_STATUS: Final = "Status"
_END: Final = "204"
_NOTHING: Final = "404"
_TOO_MANY: Final = "413"
_UP_TO: Final = "Nats-UpTo-Sequence"
_PENDING: Final = "Nats-Num-Pending"
_LAST: Final = "Nats-Last-Sequence"
_SEQUENCE: Final = "Nats-Sequence"
STORED_AT: Final = "Nats-Time-Stamp"
"""When a stream took what its server hands out, or tells to others."""

_is_instant = re.compile(INSTANT_PATTERN).match


class TooMany(AirDisplayError):
    """Raised when there are more subjects than one look may find."""

    def __init__(self, filters: int) -> None:
        super().__init__(f"expected at most {ENTRIES_AT_MOST} subjects, found more for {filters} filters")


class Look(NamedTuple):
    """What a look has found, in the order of the stream, and up to which sequence nothing else is new."""

    entries: list[Entry]
    up_to: int


async def newest(mesh: Mesh, stream: str, subjects: Sequence[str], *, after: int) -> Look:
    """The newest entry of each subject, wildcards among them, that stands after a sequence.

    Raises:
        Unreachable: nobody can be asked now.
        TooMany: there are more than `ENTRIES_AT_MOST`.
    """
    entries: list[Entry] = []
    bound: dict[str, int] = {}
    while True:
        found, end = await ask(mesh, stream, {"multi_last": subjects, "seq": after + 1, **bound})
        entries += found
        _check(end.get(_STATUS), stream, subjects)
        # What came meanwhile is for the next look; else some of it would be found and some not.
        bound = bound or {"up_to_seq": int(end.get(_UP_TO, 0))}
        if end.get(_PENDING, "0") == "0":
            return Look(entries, bound["up_to_seq"])
        after = int(end[_LAST])  # the server sends so many bytes at a time


def _check(status: str | None, stream: str, subjects: Sequence[str]) -> None:
    if status == _TOO_MANY:
        raise TooMany(len(subjects))
    if status not in {_END, _NOTHING}:
        raise Unreachable(f"the stream {stream}")


async def ask(mesh: Mesh, stream: str, question: dict[str, Any]) -> tuple[list[Entry], dict[str, str]]:
    """What one request brings, and how the server ends it."""
    entries: list[Entry] = []
    ended: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def receive(message: Msg) -> None:
        headers = message.headers or {}
        if _STATUS not in headers:
            entries.append(Entry(headers["Nats-Subject"], int(headers[_SEQUENCE]), message.data, headers))
        elif not ended.done():
            ended.set_result(headers)

    if not mesh.connected:
        raise Unreachable("the mesh")
    inbox = mesh.client.new_inbox()
    try:
        subscription = await mesh.subscribe(inbox, receive)
        try:
            await mesh.client.publish(
                f"$JS.API.DIRECT.GET.{stream}", msgspec.json.encode(question), reply=inbox
            )
            with anyio.fail_after(_ANSWER_SECONDS):
                return entries, await ended
        finally:
            await subscription.unsubscribe()
    except (nats.errors.Error, TimeoutError):
        raise Unreachable(f"the stream {stream}") from None


def taken_at(entry: Entry) -> Instant:
    """When the mesh took an entry that a look has found, from whoever said it.

    The intake notes it, so that what had to wait there keeps its time; else it is when the stream stored it.
    """
    headers = entry.headers or {}
    noted = headers.get(AT_HEADER, "")
    if _is_instant(noted):
        return Instant(noted)
    return of_server(headers[STORED_AT])
