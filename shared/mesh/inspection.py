"""What the server says of itself and of what the mesh keeps, for who looks after a mesh. Changes nothing."""

import json
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from nats.js.api import StreamConfig

from shared.contracts.errors import Malformed, OutcomeUnknown, Unreachable
from shared.mesh.connection import Mesh
from shared.mesh.streams import Missing

_T = TypeVar("_T")

_ANSWER_SECONDS: Final = 2.0
_NO_SUCH_STREAM: Final = 10059
_NANOSECONDS: Final = 1_000_000_000

# What a setting is for the server where a configuration is silent on it.
_SILENT: Final[Mapping[str, Any]] = {
    "retention": "limits",
    "max_msgs": -1,
    "max_bytes": -1,
    "max_consumers": -1,
    "max_age": 0,
    "subject_delete_marker_ttl": 0,
    "subjects": None,
    "republish": None,
    "mirror": None,
    "sources": None,
}


class State(msgspec.Struct):
    """How full a stream is."""

    messages: int = 0
    bytes: int = 0
    first_ts: str = ""


class Mirrored(msgspec.Struct):
    """How far a stream that takes over the records of another is."""

    name: str
    lag: int = 0
    """How many records it has not taken over yet, as far as it knows."""
    active: int = -1
    """Nanoseconds since it last heard of the other; negative if it never did."""

    @property
    def silent_seconds(self) -> float | None:
        """Since it last heard of the other; None if it never did."""
        return None if self.active < 0 else self.active / _NANOSECONDS


class Copy(msgspec.Struct):
    """One server's copy of a stream beside the leader's."""

    name: str
    current: bool = False
    offline: bool = False
    lag: int = 0


class Group(msgspec.Struct):
    """Who keeps a stream."""

    leader: str = ""
    replicas: tuple[Copy, ...] = ()


class Kept(msgspec.Struct):
    """A stream as the server has it."""

    config: dict[str, Any]
    state: State = msgspec.field(default_factory=State)
    mirror: Mirrored | None = None
    sources: tuple[Mirrored, ...] = ()
    cluster: Group = msgspec.field(default_factory=Group)
    created: str = ""
    ts: str = ""
    """When the server said so."""

    @property
    def age_seconds(self) -> float:
        """How long it has been there."""
        return _seconds_between(self.created, self.ts)

    @property
    def oldest_seconds(self) -> float | None:
        """How long ago the oldest of its messages was written; None where it is empty."""
        if not self.state.messages:
            return None
        return _seconds_between(self.state.first_ts, self.ts)

    @property
    def longest_seconds(self) -> float:
        """For how long it keeps messages; 0 for ever."""
        return float(self.config.get("max_age", 0)) / _NANOSECONDS


class Reading(msgspec.Struct):
    """A reader whose place the server keeps."""

    name: str
    num_pending: int = 0
    """What it has not been given yet."""
    num_ack_pending: int = 0
    """What it was given and has not said that it is done with."""
    num_waiting: int = 0
    """How many requests for more wait here: with none for long, nobody reads."""


class _ConsumerConfig(msgspec.Struct):
    durable_name: str = ""


class _Consumer(Reading):
    config: _ConsumerConfig = msgspec.field(default_factory=_ConsumerConfig)


class _Page(msgspec.Struct):
    total: int
    consumers: list[_Consumer] | None = None


class _Problem(msgspec.Struct):
    err_code: int = 0
    description: str = ""


class _Outcome(msgspec.Struct):
    error: _Problem | None = None


_kept: Final = msgspec.json.Decoder(Kept)
_page: Final = msgspec.json.Decoder(_Page)
_outcome: Final = msgspec.json.Decoder(_Outcome)


async def kept(mesh: Mesh, stream: str) -> Kept:
    """A stream as the server has it.

    Raises:
        Missing: there is no such stream.
        Unreachable: the server does not say.
    """
    return await _asked(mesh, f"STREAM.INFO.{stream}", b"", f"the stream {stream}", _kept)


async def readings(mesh: Mesh, stream: str) -> Sequence[Reading]:
    """All readers of a stream whose places outlive them.

    Raises:
        Missing: there is no such stream.
        Unreachable: the server does not say.
    """
    found: list[Reading] = []
    seen = 0
    while True:
        wish = json.dumps({"offset": seen}).encode()
        page = await _asked(mesh, f"CONSUMER.LIST.{stream}", wish, f"the readers of {stream}", _page)
        consumers = page.consumers or []
        found.extend(each for each in consumers if each.config.durable_name)
        seen += len(consumers)
        if not consumers or seen >= page.total:
            return found


def differences(wanted: StreamConfig, found: Mapping[str, Any]) -> Sequence[str]:
    """In which settings a stream is not as it is wanted, each as `max_age 15, found 30`."""
    settings = {**_SILENT, **wanted.as_dict()}
    # How long the server looks for doubles is its own business unless somebody says.
    del settings["duplicate_window"]
    return [
        f"{name} {_said(name, value)}, found {_said(name, found.get(name))}"
        for name, value in settings.items()
        if not _alike(value, found.get(name))
    ]


def server_version(mesh: Mesh) -> tuple[int, int, int]:
    """The version of the server at the other end."""
    version = mesh.client.connected_server_version
    return version.major, version.minor, version.patch


def certificate_ends(mesh: Mesh) -> datetime | None:
    """Until when the certificate of the server at the other end is good; None where there is no TLS."""
    # nats-py keeps to itself what it is connected through.
    transport: Any = mesh.client._transport  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    writer = getattr(transport, "_io_writer", None)
    secured = writer and writer.get_extra_info("ssl_object")
    certificate = secured and secured.getpeercert()
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


async def _asked(mesh: Mesh, what: str, wish: bytes, name: str, decoder: msgspec.json.Decoder[_T]) -> _T:
    try:
        answer = await mesh.requests.ask(f"$JS.API.{what}", wish, timeout=_ANSWER_SECONDS)
    except OutcomeUnknown:
        raise Unreachable(name) from None
    try:
        if (problem := _outcome.decode(answer.data).error) is None:
            return decoder.decode(answer.data)
    except msgspec.MsgspecError as error:
        expected = f"what nats-server says of {name} ({error})"
        raise Malformed(expected, found=answer.data) from None
    if problem.err_code == _NO_SUCH_STREAM:
        raise Missing(name)
    raise Unreachable(f"{name} ({problem.description})")


def _seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def _alike(wanted: Any, found: Any) -> bool:
    """Whether two settings mean the same: what is nothing may be left out."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_alike(value, found.get(name)) for name, value in wanted.items())
    return (wanted or None) == (found or None)


def _said(name: str, value: Any) -> str:
    """A setting as people read it; times are in seconds."""
    if name in {"max_age", "subject_delete_marker_ttl"} and isinstance(value, int):
        return f"{value / _NANOSECONDS:g} s"
    return "nothing" if value is None else json.dumps(value) if isinstance(value, list | dict) else str(value)
