"""Pulling entries out of a consumer: at once while little happens, in batches while much does.

While nothing happens one request waits for a single entry, which arrives at once; while much happens each
takes what has come together every few milliseconds. A wake-up for every entry would cost server and reader
several times as much as the entries do. And what the reader has no time for stays in the server.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import anyio
import msgspec
import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.contracts.errors import AirDisplayError, Unreachable
from shared.mesh.connection import Mesh, OnMessage
from shared.mesh.delivery import ACK_PREFIX

GATHER_SECONDS: Final = 0.01
"""Under load, for how long entries come together before they are taken."""

_WAIT_SECONDS: Final = 30.0
_HEARTBEAT_SECONDS: Final = 1.0
_SILENCE_SECONDS: Final = 2.5
_STATUS: Final = "Status"
_HEARTBEAT: Final = "100"
_END_OF_BATCH: Final = {"404", "408"}  # nothing more at present; waited long enough


class LostError(AirDisplayError):
    """Raised when a consumer is of no more use to the one who pulls."""


def _unheard(_headers: Mapping[str, str]) -> None:
    return


class Pull:
    """The requests to one consumer after another. `take` gets every entry, as it comes."""

    def __init__(
        self,
        mesh: Mesh,
        take: Callable[[Msg], None],
        *,
        on_heartbeat: Callable[[Mapping[str, str]], None] = _unheard,
    ) -> None:
        self.next_subject = ""
        """Where to ask the consumer."""
        self.trouble = ""
        """Why it is of no more use; nothing while it is."""
        self._mesh = mesh
        self._take = take
        self._on_heartbeat = on_heartbeat
        self._subscription: Subscription | None = None
        self._inbox = ""
        self._asked = 0.0
        self._heard = 0.0
        self._wanted = 0
        self._answered = anyio.Event()

    async def open(self) -> None:
        """Listen for another consumer than before; its `next_subject` must be set before it is asked."""
        await self.close()
        self.trouble = ""
        inbox = self._inbox = self._mesh.client.new_inbox()
        self._subscription = await self._mesh.subscribe(inbox, self._receiver(inbox))

    async def close(self) -> None:
        """Listen no more."""
        self._inbox = ""
        if self._subscription is not None:
            with suppress(nats.errors.Error):
                await self._subscription.unsubscribe()

    async def end(self) -> None:
        """Ask no more, and take what is on its way; returns once nothing is."""
        if self._subscription is not None:
            with suppress(nats.errors.Error):  # no connection: what was on its way goes to others
                await self._subscription.drain()
        self.lose("ended")

    def lose(self, trouble: str) -> None:
        """Give this consumer up: who waits for it does so no longer."""
        self._inbox = ""
        self.trouble = trouble
        self._answered.set()

    async def gather(self) -> None:
        """Let entries come together since the last request; for who does not know that there are many."""
        rest = self._asked + GATHER_SECONDS - time.monotonic()
        if rest > 0:
            await anyio.sleep(rest)

    async def now(self, batch: int) -> int:
        """Take so many of what is there at most; how many that were.

        Raises:
            LostError: the consumer is of no more use, and nothing came.
            Unreachable: there is no connection.
        """
        return await self._ask(batch, no_wait=True)

    async def next(self) -> int:
        """Wait for an entry, but not for ever; how many came. Raises what `now` raises."""
        return await self._ask(
            1, expires=int(_WAIT_SECONDS * 1e9), idle_heartbeat=int(_HEARTBEAT_SECONDS * 1e9)
        )

    async def _ask(self, batch: int, **how: Any) -> int:
        """One request; returns how many entries it brought once it is fulfilled or over."""
        self._wanted = batch
        self._answered = anyio.Event()
        if self.trouble:
            raise LostError(self.trouble)
        request = msgspec.json.encode({"batch": batch, **how})
        self._asked = self._heard = time.monotonic()
        if not self._mesh.connected:
            raise Unreachable("the mesh")
        await self._mesh.client.publish(self.next_subject, request, reply=self._inbox)
        await self._until_answered()
        came = batch - self._wanted
        if self.trouble and not came:
            raise LostError(self.trouble)
        return came

    async def _until_answered(self) -> None:
        while not self._answered.is_set():
            with anyio.move_on_after(self._heard + _SILENCE_SECONDS - time.monotonic()):
                await self._answered.wait()
            if not self._answered.is_set() and time.monotonic() - self._heard >= _SILENCE_SECONDS:
                self.lose("no heartbeat")

    def _receiver(self, inbox: str) -> OnMessage:
        async def receive(message: Msg) -> None:
            if self._inbox == inbox:  # else it is from a consumer that we have given up
                self._receive(message)

        return receive

    def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if not message.reply.startswith(ACK_PREFIX):
            self._on_status(message.headers or {})
            return
        self._take(message)
        if self.trouble:
            return
        self._wanted -= 1
        if not self._wanted:
            self._answered.set()

    def _on_status(self, headers: dict[str, str]) -> None:
        status = headers.get(_STATUS)
        if status in _END_OF_BATCH:
            self._answered.set()
        elif status == _HEARTBEAT:
            self._on_heartbeat(headers)
        else:  # the consumer is gone, or nobody is there who knows it
            self.lose(f"status {status}")
