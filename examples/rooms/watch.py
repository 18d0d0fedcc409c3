"""Watching a room: every record of it, once and in order, from the newest on.

The server pushes each record as it is committed (`airdisplay.room.<id>.state`), which is quick and promises
nothing. Each record names the one before, so whoever misses one notices, and reads it in the log.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from math import inf
from typing import Any, Final

import anyio

from examples.rooms.entity import ROOM, Room, RoomEvent
from examples.rooms.service import KIND
from shared.contracts import subjects
from shared.contracts.errors import Unreachable
from shared.entities.records import Codec, Record
from shared.entities.store import Stored
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore

RoomRecord = Record[Room, RoomEvent]

_LOOK: Final = Stored(0, None)
"""Stands for a push that may have gone by unseen."""

_PAUSE_SECONDS: Final = 0.1

_codec = Codec(ROOM)


@asynccontextmanager
async def watch(mesh: Mesh, room: str) -> AsyncGenerator[AsyncIterator[RoomRecord]]:
    """Iterate over what becomes of a room, beginning with how it is; goes on when the server was away."""
    pushes, pushed = anyio.create_memory_object_stream[Stored](inf)

    async def on_push(message: Any) -> None:
        pushes.send_nowait(Stored(int(message.headers["Nats-Sequence"]), message.data))

    subscription = await mesh.subscribe(subjects.entity(KIND.name, room, "state"), on_push)
    await mesh.client.flush()  # first listen, then look, so that nothing is missed between the two
    pushes.send_nowait(_LOOK)
    stop_listening = mesh.on_reconnect(lambda: pushes.send_nowait(_LOOK))
    try:
        async with pushes, pushed, aclosing(_records(KvStore(mesh, KIND), room, pushed)) as records:
            yield records
    finally:
        stop_listening()
        with anyio.CancelScope(shield=True):
            await subscription.unsubscribe()


async def _records(store: KvStore, room: str, pushed: AsyncIterator[Stored]) -> AsyncGenerator[RoomRecord]:
    seen = 0
    async for push in pushed:
        if push.data is not None and push.revision <= seen:
            continue
        record = _codec.decode(push.data) if push.data else None
        if record is not None and record.previous == seen:
            seen = push.revision
            yield record
            continue
        while (missed := await _after(store, room, seen)).data:
            seen = missed.revision
            yield _codec.decode(missed.data)


async def _after(store: KvStore, room: str, seen: int) -> Stored:
    """The next record after the one that was seen; the newest, when none was."""
    while True:
        try:
            if not seen:
                return await store.load(room, fresh=True)
            return await store.load_after(room, seen) or _LOOK
        except Unreachable:
            await anyio.sleep(_PAUSE_SECONDS)
