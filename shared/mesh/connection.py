"""The connection of a process to the mesh: opened once, reconnecting for ever, drained on the way out."""

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
import msgspec
import nats.errors
import structlog
from nats.aio.client import PING_PROTO, Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext

from shared.contracts.errors import Malformed, NotFit, Unreachable
from shared.mesh.requests import Requests

OLDEST_SERVER: Final = (2, 11)
"""The first version whose streams announce silence with markers."""

# nats-py's own defaults notice a dead peer after four minutes and give up after sixty attempts.
_PING_SECONDS: Final = 5
_PINGS_UNANSWERED: Final = 2
_RECONNECT_SECONDS: Final = 0.2
_DRAIN_SECONDS: Final = 5
# What one subscription may queue in this process. Ours hand over at once, so a full queue is a fault.
_PENDING_BYTES: Final = 512 * 1024 * 1024

log = structlog.get_logger()

OnMessage = Callable[[Msg], Awaitable[None]]


class Mesh:
    """An open connection. `open_mesh` makes one."""

    def __init__(self, client: Client, where: "Nats") -> None:
        self.client = client
        self.requests = Requests(client)
        self._where = where
        self._lost = anyio.Event()
        self._refusals = 0
        self._on_reconnect: list[Callable[[], None]] = []

    @property
    def connected(self) -> bool:
        """Whether there is a server at the other end right now."""
        return self.client.is_connected

    @property
    def only_server(self) -> str | None:
        """Names this life of the server at the other end, where it is the only one; None in a cluster."""
        # nats-py keeps to itself what the server said of itself.
        said = self.client._server_info  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return None if said.get("cluster") else str(said.get("server_id", ""))

    @property
    def jetstream(self) -> JetStreamContext:
        """The management side of JetStream, for this package only."""
        return self.client.jetstream(timeout=5)

    async def until_lost(self) -> None:
        """Wait until the connection is lost for good; a server that is gone is tried for ever.

        Raises:
            NotFit: the credentials are not good any more.
            Unreachable: the server threw out this process for what it did.
        """
        await self._lost.wait()
        if self._refusals >= _REFUSED_AT_MOST or _REVOKED in str(self.client.last_error).lower():
            raise _refusing(self._where)
        raise Unreachable("the mesh, which refuses this process,")

    async def publish(self, subject: str, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send without waiting for anybody.

        Raises:
            Unreachable: there is no connection; nothing was sent.
            Malformed: it is larger than the server takes; nothing was sent.
        """
        if not self.client.is_connected:
            raise Unreachable("the mesh")
        try:
            await self.client.publish(subject, data, headers=dict(headers) if headers else None)
        except nats.errors.MaxPayloadError:
            raise Malformed(f"at most {self.client.max_payload} bytes", found=len(data)) from None

    async def subscribe(self, subject: str, on_message: OnMessage, *, queue: str = "") -> Subscription:
        """Have `on_message` called for every message; it must hand over quickly."""
        return await self.client.subscribe(
            subject, queue=queue, cb=on_message, pending_bytes_limit=_PENDING_BYTES
        )

    def on_reconnect(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called after every reconnection; returns what ends that."""
        self._on_reconnect.append(callback)
        return lambda: self._on_reconnect.remove(callback)

    async def closed(self) -> None:
        """The connection is closed for good."""
        self._lost.set()

    def refused(self) -> None:
        """A server does not let us in again. One that has just begun may not know yet who we are."""
        self._refusals += 1
        if self._refusals >= _REFUSED_AT_MOST:
            self._lost.set()

    async def disconnected(self) -> None:
        """Say that the connection is gone, unless we are the ones who leave."""
        if not self.client.is_draining and not self.client.is_closed:
            log.warning("mesh disconnected")

    async def reconnected(self) -> None:
        """Tell everybody who wants to know that the connection is back."""
        self._refusals = 0
        log.info("mesh reconnected", url=str(self.client.connected_url and self.client.connected_url.netloc))
        for callback in tuple(self._on_reconnect):
            callback()


@dataclass(frozen=True, kw_only=True)
class Nats:
    """Where NATS is, and as whom to go there.

    Args:
        url: of a server; several with commas.
        credentials: the file with the credentials; none where the servers ask for none.
        ca: the file with the certificate that vouches for servers that speak TLS; none for the system's.
    """

    url: str
    credentials: Path | None = None
    ca: Path | None = None


@asynccontextmanager
async def open_mesh(where: Nats | str, *, name: str) -> AsyncGenerator[Mesh]:
    """Connect, and wait for a server for as long as the caller lets us.

    Raises:
        NotFit: the server is too old for the mesh, or refuses the credentials, or the files will not do.
    """
    nats = Nats(url=where) if isinstance(where, str) else where
    client = _OrderlyClient()
    mesh = Mesh(client, nats)
    await _connect(
        mesh,
        nats,
        name=name,
        disconnected_cb=mesh.disconnected,
        reconnected_cb=mesh.reconnected,
        closed_cb=mesh.closed,
        connect_timeout=2,
        max_reconnect_attempts=-1,
        reconnect_time_wait=_RECONNECT_SECONDS,  # seconds; fractions work
        ping_interval=_PING_SECONDS,
        max_outstanding_pings=_PINGS_UNANSWERED,
        drain_timeout=_DRAIN_SECONDS,
        # Our subjects are built in one module from validated ids, so they are not checked again.
        skip_subject_validation=True,
        **_as_whom(nats),
    )
    try:
        _check_version(client)
        await mesh.requests.open()
        yield mesh
    finally:
        with anyio.move_on_after(_DRAIN_SECONDS + 1, shield=True):
            await _leave(client)


class _OrderlyClient(Client):
    """nats-py's client, but a PING waits its turn.

    nats-py writes it past what is still to be written, so that a flush came back before the server knew of a
    subscription, and a drained subscription lost what the server sent to it until it knew of the end.
    """

    async def _send_ping(self, future: asyncio.Future[bool] | None = None) -> None:
        self._pongs.append(asyncio.get_running_loop().create_future() if future is None else future)
        await self._send_command(PING_PROTO)
        await self._flush_pending()


async def _connect(mesh: Mesh, where: Nats, **how: Any) -> None:
    """Connect; nats-py would try for ever with credentials that are refused.

    Raises:
        NotFit: they are.
    """
    client = mesh.client
    connected = False

    async def on_error(error: Exception) -> None:
        await _on_error(error)
        if not client.is_connected and _REFUSED in str(error).lower():
            if not connected:
                raise _refusing(where)
            mesh.refused()

    try:
        await client.connect([each.strip() for each in where.url.split(",")], error_cb=on_error, **how)
    except NotFit:
        await client.close()
        raise
    connected = True


def _refusing(where: Nats) -> NotFit:
    why = (
        "asks for credentials: name a file with --nats-creds"
        if where.credentials is None
        else f"refuses the credentials in {where.credentials}"
    )
    return NotFit(f"NATS at {where.url} {why}")


def _as_whom(nats_: Nats) -> dict[str, Any]:
    """What nats-py has to be told of credentials and certificates.

    Raises:
        NotFit: the files will not do.
    """
    told: dict[str, Any] = {}
    if nats_.credentials is not None:
        # Every user hears the answers to its own questions only.
        told["inbox_prefix"] = f"_INBOX_{credentials_name(nats_.credentials)}"
        told["user_credentials"] = str(nats_.credentials)
    if nats_.ca is not None:
        try:
            told["tls"] = ssl.create_default_context(cafile=nats_.ca)
        except (OSError, ssl.SSLError) as error:
            raise NotFit(f"expected a certificate in {nats_.ca}: {error}") from error
    return told


def credentials_name(path: Path) -> str:
    """The name in a credentials file.

    Raises:
        NotFit: it is none, or cannot be read.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        token = next(line for line in lines if line.count(".") == _DOTS)
        next(filter(_is_seed, lines))
        body = token.split(".")[1]
        return _named.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))).name
    except OSError as error:
        raise NotFit(f"cannot read the credentials in {path}: {error.strerror}") from error
    except (StopIteration, ValueError, msgspec.MsgspecError):
        raise NotFit(f"expected credentials for NATS in {path}, found something else") from None


class _Named(msgspec.Struct):
    name: str


_named: Final = msgspec.json.Decoder(_Named)
_DOTS: Final = 2
_is_seed = re.compile("SU[A-Z2-7]{56}").fullmatch
_REFUSED: Final = "authorization violation"
_REVOKED: Final = "user authentication revoked"
_REFUSED_AT_MOST: Final = 3
"""How often in a row a server may refuse us, who were in before."""


async def _leave(client: Client) -> None:
    try:
        await client.drain()
    except nats.errors.Error:  # no server to say goodbye to
        # What is still unsent is written even so, and uvloop objects to a socket that is gone.
        with suppress(RuntimeError, OSError):
            await client.close()


def _check_version(client: Client) -> None:
    version = client.connected_server_version
    if (version.major, version.minor) < OLDEST_SERVER:
        expected = ".".join(map(str, OLDEST_SERVER))
        message = (
            f"nats-server {version.major}.{version.minor} is too old: AirDisplay needs {expected} or newer"
        )
        raise NotFit(message)


async def _on_error(error: Exception) -> None:
    if isinstance(error, nats.errors.SlowConsumerError):
        log.error("messages dropped in this process", subject=error.subject)
    else:
        log.debug("mesh error", error=str(error) or type(error).__name__)
