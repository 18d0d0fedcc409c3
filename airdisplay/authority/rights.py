"""What it takes to do something on NATS: the subjects that a role must be able to publish or subscribe to.

Each function names one thing that services do with streams, with entities, or to be found by others.
"""

from collections.abc import Iterable
from typing import Final

from shared.contracts import subjects
from shared.contracts.blocklist import EVERYWHERE
from shared.mesh import streams
from shared.mesh.banners import VERBS
from shared.mesh.blocklist import BLOCKLIST_VERBS

API: Final = "$JS.API"

BANNER_VERBS: Final = (*VERBS.values(), "get")
"""Whatever may be asked of a banner."""


def inbox(name: str) -> str:
    """Where who has credentials with this name hears the answers to its own questions."""
    return f"_INBOX_{name}.>"


# --- streams --------------------------------------------------------------------------------------


def makes(*names: str) -> list[str]:
    """To make streams and to change them."""
    return [f"{API}.STREAM.{verb}.{name}" for name in names for verb in ("CREATE", "UPDATE", "INFO")]


def makes_anew(*names: str) -> list[str]:
    """To put others in the place of streams whose settings cannot be changed."""
    return [f"{API}.STREAM.DELETE.{name}" for name in names]


def sees(*names: str) -> list[str]:
    """To know whether streams are there, and how far they are."""
    return [f"{API}.STREAM.INFO.{name}" for name in names]


def gets(*names: str) -> list[str]:
    """To read single entries, or the newest of many subjects."""
    return [
        subject
        for name in names
        for subject in (
            f"{API}.STREAM.INFO.{name}",
            f"{API}.STREAM.MSG.GET.{name}",
            f"{API}.DIRECT.GET.{name}",
            f"{API}.DIRECT.GET.{name}.>",
        )
    ]


def gets_newest(name: str) -> list[str]:
    """To read the newest entry of a subject, and nothing else."""
    return [f"{API}.STREAM.INFO.{name}", f"{API}.DIRECT.GET.{name}.>"]


def follows(*names: str) -> list[str]:
    """To hear of every entry in order, over a consumer that the server forgets by itself."""
    return [
        subject
        for name in names
        for subject in (
            f"{API}.STREAM.INFO.{name}",
            f"{API}.CONSUMER.CREATE.{name}",
            f"{API}.CONSUMER.MSG.NEXT.{name}.>",
        )
    ]


def takes(stream: str, reader: str) -> list[str]:
    """To take entries under a name that outlives its process, and to say that they are dealt with."""
    return [
        f"{API}.STREAM.INFO.{stream}",
        f"{API}.CONSUMER.DURABLE.CREATE.{stream}.{reader}",
        f"{API}.CONSUMER.INFO.{stream}.{reader}",
        f"{API}.CONSUMER.MSG.NEXT.{stream}.{reader}",
        f"$JS.ACK.{stream}.{reader}.>",
    ]


def writes(*kinds: streams.Kind) -> list[str]:
    """To commit records into buckets."""
    return [subjects.record(kind.bucket, ">") for kind in kinds]


# --- entities -------------------------------------------------------------------------------------


def of_banner(banner: str, kinds: Iterable[str]) -> list[str]:
    """Commands to a banner, or what is said of it."""
    return [subjects.banner(banner, kind) for kind in kinds]


def of_lobby(*verbs: str) -> list[str]:
    """Commands to any lobby."""
    return [subjects.entity(streams.LOBBIES.name, "*", verb) for verb in verbs]


def of_blocklist() -> list[str]:
    """All commands to the blocklist."""
    return [
        subjects.entity(streams.BLOCKLISTS.name, EVERYWHERE, verb)
        for verb in (*BLOCKLIST_VERBS.values(), "get")
    ]


def said_by_hardware(banner: str) -> list[str]:
    """All that the hardware of a banner says."""
    return [*of_banner(banner, ("hello", "reported", "presence")), subjects.telemetry(banner, "*")]


# --- being found ----------------------------------------------------------------------------------


def found_as(name: str) -> list[str]:
    """To answer who asks which services there are, for this name and no other.

    Verb by verb: who may subscribe to `$SRV.*` may subscribe to `$SRV.>` as well, as nats-server reads it.
    """
    return [
        subject
        for verb in ("PING", "INFO", "STATS")
        for subject in (f"$SRV.{verb}", f"$SRV.{verb}.{name}", f"$SRV.{verb}.{name}.*")
    ]


def finds(name: str) -> list[str]:
    """To ask which instances of a service there are."""
    return [f"$SRV.PING.{name}"]
