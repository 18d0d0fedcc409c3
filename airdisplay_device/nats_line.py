"""A line over NATS: connects for ever, by itself, and asks for no more rights than a device has.

A device has no inbox, so nothing here waits for an answer. What could not be sent is not sent later: it
would be old news by then, and a device tells anew how it is after each connection.
"""

import asyncio
import logging
import random
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from airdisplay_device.line import OnMessage, Undo
from airdisplay_device.pauses import pause_before
from shared.contracts import subjects

# So a peer that is gone is noticed after five to ten seconds.
_PING_SECONDS: Final = 5
_PINGS_UNANSWERED: Final = 1
_CONNECT_SECONDS: Final = 2
_ALL_OF_IT_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 1.0
_LEAVE_SECONDS: Final = 1.0
# At most so much waits to be written; a device says the same again sooner or later.
_WAITING_AT_MOST: Final = 100_000
_WRITTEN_AT_ONCE: Final = 200
_REFUSED: Final = "authorization violation"

log = logging.getLogger(__name__)


class NatsLine:
    """A connection to NATS for one device, or for many that share it. `run` keeps it.

    Args:
        url: of a server; several with commas.
        name: what operators see of it in the server.
        credentials: the file with the credentials; none where the servers ask for none.
        tls: for servers whose certificates the system does not know.
        every_banner: hear the states of all banners by one subscription; takes the credentials of a fleet.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        credentials: Path | None = None,
        tls: ssl.SSLContext | None = None,
        every_banner: bool = False,
    ) -> None:
        self.refused = 0
        """How often in a row the credentials were refused."""
        self.dropped = 0
        """How many messages were not sent because too many waited."""
        self._urls = [each.strip() for each in url.split(",")]
        self._name = name
        self.credentials = credentials
        self._tls = tls
        self._everybody = subjects.every_banner("state") if every_banner else None
        self._callbacks: dict[str, OnMessage] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._on_connect: dict[object, Callable[[], None]] = {}
        self._outbox: deque[tuple[str, bytes | None]] = deque()
        self._client: _OneConnection | None = None
        self._wake = asyncio.Event()
        self._sent = asyncio.Event()
        self._bug: Exception | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a server at the other end right now."""
        return self._client is not None and self._client.lasts

    def subscribe(self, subject: str, on_message: OnMessage) -> Undo:
        """Have `on_message` called for whatever comes there, in this connection and in those after it."""
        self._callbacks[subject] = on_message
        if self._everybody is None:
            self._put(subject, None)

        def undo() -> None:
            if self._callbacks.get(subject) is on_message:
                del self._callbacks[subject]
                if self._everybody is None:
                    self._put(subject, None)

        return undo

    def publish(self, subject: str, data: bytes) -> bool:
        """Send without waiting for anybody; False where nothing was sent, because there is no connection."""
        return self._put(subject, data)

    def on_connect(self, callback: Callable[[], None]) -> Undo:
        """Have `callback` called at each connection, once what was subscribed to before is."""
        own = object()
        self._on_connect[own] = callback

        def undo() -> None:
            self._on_connect.pop(own, None)

        return undo

    async def flush(self) -> None:
        """Wait until what was sent has left, or cannot any more; a second at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._flushed(), _LEAVE_SECONDS)

    async def run(self) -> None:
        """Connect, and again whenever the connection is lost; never returns.

        Raises:
            Exception: what a callback raised.
        """
        attempt = 0
        while True:
            url = self._urls[attempt % len(self._urls)]
            client = _OneConnection(self._wake)
            try:
                async with asyncio.timeout(_ALL_OF_IT_SECONDS):
                    await self._connect(client, url)
                attempt = 0
                await self._serve(client)
            except (OSError, nats.errors.Error, TimeoutError) as error:
                self._note(error)
            finally:
                self._client = None
                self._sent.set()
                await _leave(client)
            refused = self.refused > 1  # once may be a server that has only begun to live
            await asyncio.sleep(pause_before(attempt, refused=refused, chance=random.random()))  # noqa: S311
            attempt += 1

    def _note(self, error: Exception) -> None:
        if _REFUSED in str(error).lower():
            self.refused += 1
            if self.refused == 1:
                log.warning("%s: the credentials are refused", self._name)
        else:
            log.debug("%s: %s", self._name, str(error) or type(error).__name__)

    async def _connect(self, client: "_OneConnection", url: str) -> None:
        await client.connect(
            url,
            name=self._name,
            closed_cb=client.end,
            error_cb=self._on_error,
            allow_reconnect=False,  # we do that, and with nothing left over from before
            # Once more at once and no oftener, or it would pause between attempts by itself.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=_CONNECT_SECONDS,
            ping_interval=_PING_SECONDS,
            max_outstanding_pings=_PINGS_UNANSWERED,
            skip_subject_validation=True,
            user_credentials=None if self.credentials is None else str(self.credentials),
            tls=self._tls,
        )
        if not client.is_connected:  # nats-py takes an end of the connection for an answer
            raise nats.errors.ConnectionClosedError

    async def _serve(self, client: "_OneConnection") -> None:
        """Subscribe first, then let everybody speak; until the connection is lost."""
        self.refused = 0
        self._subscriptions.clear()
        self._outbox.clear()
        for subject in [self._everybody] if self._everybody else list(self._callbacks):
            await self._bring(client, subject)
        self._client = client
        for callback in tuple(self._on_connect.values()):
            callback()
        while client.lasts:
            await self._write(client)
            # Looks by itself now and then: of a connection that the server has ended nats-py does not always
            # say that it is over.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_SECONDS)
            self._wake.clear()
            if self._bug is not None:
                raise self._bug

    async def _write(self, client: "_OneConnection") -> None:
        written = 0
        while self._outbox and client.lasts:
            subject, data = self._outbox.popleft()
            if data is None:
                await self._bring(client, subject)
            else:
                await client.publish(subject, data)
            written += 1
            if written % _WRITTEN_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._sent.set()

    async def _bring(self, client: Client, subject: str) -> None:
        """Subscribe or unsubscribe, whichever is still to be done."""
        wanted = subject in self._callbacks or subject == self._everybody
        there = self._subscriptions.get(subject)
        if wanted and there is None:
            self._subscriptions[subject] = await client.subscribe(subject, cb=self._take)
        elif there is not None and not wanted:
            del self._subscriptions[subject]
            await there.unsubscribe()

    async def _take(self, message: Msg) -> None:
        on_message = self._callbacks.get(message.subject)
        if on_message is None:  # somebody else's, or nobody's any more
            return
        try:
            on_message(message.data, _revision(message))
        except Exception as error:  # noqa: BLE001 (nats-py would keep it to itself; `run` raises it)
            self._bug = error
            self._wake.set()

    def _put(self, subject: str, data: bytes | None) -> bool:
        if not self.connected:
            return False
        if len(self._outbox) >= _WAITING_AT_MOST:
            self.dropped += 1
            return False
        self._sent.clear()
        self._outbox.append((subject, data))
        self._wake.set()
        return True

    async def _flushed(self) -> None:
        if self.connected:
            await self._sent.wait()
        if (client := self._client) is not None:
            with suppress(nats.errors.Error):
                await client.flush()

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, nats.errors.SlowConsumerError):
            log.error("%s: messages dropped in this process: %s", self._name, error.subject)
        else:
            log.debug("%s: %s", self._name, str(error) or type(error).__name__)


class _OneConnection(Client):
    """nats-py's client for as long as one connection lasts; sets an event when it is over.

    Left to itself it writes what is left into the connection that was lost, fails in that, and tells nobody
    that it is over.
    """

    def __init__(self, wake: asyncio.Event) -> None:
        super().__init__()
        self._wake = wake
        self._over = False

    @property
    def lasts(self) -> bool:
        """Whether it is connected, and still will be as far as is known."""
        return self.is_connected and not self._over

    async def end(self) -> None:
        """It is over."""
        self._over = True
        self._wake.set()

    async def _process_op_err(self, e: Exception) -> None:  # noqa: ARG002
        self._pending = []
        self._pending_data_size = 0
        await self.end()


def _revision(message: Msg) -> int | None:
    told = (message.headers or {}).get("Nats-Sequence", "")
    return int(told) if told.isascii() and told.isdigit() else None


async def _leave(client: Client) -> None:
    """Close it, also while we are being cancelled: a socket that nobody closed would stay."""
    closing = asyncio.ensure_future(_close(client))
    cancelled: asyncio.CancelledError | None = None
    while not closing.done():
        try:
            await asyncio.wait([closing])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _close(client: Client) -> None:
    with suppress(Exception):  # there may be no server to say goodbye to
        await asyncio.wait_for(client.close(), _LEAVE_SECONDS)
    # Where nats-py failed on the way it has not come to this.
    transport = client._transport  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    if transport is not None:
        transport.close()
