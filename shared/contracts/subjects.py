"""The subject grammar: every NATS subject is built and parsed here and nowhere else.

airdisplay.<entity>.<key>.<verb>    commands to a banner, a lobby or any other entity, request/reply
airdisplay.<entity>.<key>.state     the committed record, republished by the server
airdisplay.banners.expire           many expiries in one request
airdisplay.banner.<id>.<hardware>   what hardware says: hello, reported, presence
airdisplay.banner.<id>.telemetry.<kind>   what hardware or another service measures
airdisplay.banner.<id>.seen         heartbeats, and the silence after the last one; republished by the server
airdisplay.presence.<id>            heartbeats where they age; republished by the server
airdisplay.reported.<id>            what hardware has reported, once somebody looked at it
airdisplay.measured.<id>.<kind>     what is measured, once somebody looked at it
airdisplay.history.<entity>.<key>   every record, in the entity's history
$KV.<bucket>.<key>                  a record in its bucket
"""

from typing import Final, NamedTuple

from shared.contracts.errors import Malformed
from shared.contracts.identity import BannerId, entity_id

ROOT: Final = "airdisplay"

_FIRST_WILDCARD: Final = "{{wildcard(1)}}"
_TELEMETRY: Final = "telemetry"
_TOKENS: Final = 4
_TELEMETRY_TOKENS: Final = 5


class Address(NamedTuple):
    """A parsed ``airdisplay.banner.<id>.<kind>``."""

    banner: BannerId
    kind: str


def entity(name: str, key: str, kind: str) -> str:
    """The subject of one entity for a verb, or for ``state``; the key may be ``*``."""
    return f"{ROOT}.{name}.{key}.{kind}"


def banner(banner: BannerId | str, kind: str) -> str:
    """The subject of one banner for a verb, for ``state``, or for what its hardware says."""
    return entity("banner", banner, kind)


def every_banner(kind: str) -> str:
    """The same for all banners, to subscribe to."""
    return entity("banner", "*", kind)


def telemetry(banner: BannerId | str, kind: str) -> str:
    """Where one kind of measurement on a banner stands; either may be ``*``."""
    return f"{entity('banner', banner, _TELEMETRY)}.{kind}"


def reported(banner: BannerId | str) -> str:
    """Where the reports of one banner's hardware are kept; the id may be ``*``."""
    return f"{ROOT}.reported.{banner}"


def presence(banner: BannerId | str) -> str:
    """Where the last heartbeat of one banner's hardware ages; the id may be ``*``."""
    return f"{ROOT}.presence.{banner}"


def measured(banner: BannerId | str, kind: str) -> str:
    """Where one kind of measurement on a banner is kept; either may be ``*``."""
    return f"{ROOT}.measured.{banner}.{kind}"


def expire_many() -> str:
    """One request that carries expiries of many banners."""
    return f"{ROOT}.banners.expire"


def history(name: str, key: str) -> str:
    """Where the records of one entity stand in its history; the key may be ``*``."""
    return f"{ROOT}.history.{name}.{key}"


def record(bucket: str, key: str) -> str:
    """Where a record stands in its bucket; the key may be ``*``."""
    return f"$KV.{bucket}.{key}"


def republished(name: str) -> str:
    """The destination pattern by which the server copies a bucket's records to plain subjects."""
    return entity(name, _FIRST_WILDCARD, "state")


def aging() -> str:
    """The destination pattern by which the server copies heartbeats to where they age."""
    return presence(_FIRST_WILDCARD)


def seen() -> str:
    """The destination pattern by which the server tells of heartbeats, and of silence."""
    return entity("banner", _FIRST_WILDCARD, "seen")


def mirrored(name: str) -> str:
    """The destination pattern by which a history takes over a bucket's records."""
    return history(name, _FIRST_WILDCARD)


def parse_banner(subject: str) -> Address:
    """The banner and the kind that a subject names.

    Raises:
        Malformed: it is not of that form.
    """
    key, kind = parse("banner", subject)
    return Address(BannerId(key), kind)


def parse_telemetry(subject: str) -> Address:
    """The banner and the kind of measurement that a subject of hardware names.

    Raises:
        Malformed: it is not of that form.
    """
    tokens = subject.split(".")
    if len(tokens) != _TELEMETRY_TOKENS or [*tokens[:2], tokens[3]] != [ROOT, "banner", _TELEMETRY]:
        expected = f"a subject {ROOT}.banner.<id>.{_TELEMETRY}.<kind>"
        raise Malformed(expected, found=subject)
    return Address(BannerId(entity_id("banner", tokens[2])), entity_id("telemetry kind", tokens[4]))


def parse_measured(subject: str) -> Address:
    """The banner and the kind that the subject of a kept measurement names.

    Raises:
        Malformed: it is not of that form.
    """
    tokens = subject.split(".")
    if len(tokens) != _TOKENS or tokens[:2] != [ROOT, "measured"]:
        expected = f"a subject {ROOT}.measured.<id>.<kind>"
        raise Malformed(expected, found=subject)
    return Address(BannerId(entity_id("banner", tokens[2])), entity_id("telemetry kind", tokens[3]))


def parse(name: str, subject: str) -> tuple[str, str]:
    """The key of the entity, and the kind, that a subject names.

    Raises:
        Malformed: it is not of that form.
    """
    tokens = subject.split(".")
    if len(tokens) != _TOKENS or tokens[:2] != [ROOT, name]:
        expected = f"a subject {ROOT}.{name}.<id>.<kind>"
        raise Malformed(expected, found=subject)
    return entity_id(name, tokens[2]), tokens[3]


def of_whom(subject: str) -> str:
    """The banner that a subject of hardware names, whether or not it can be one."""
    return subject.split(".", 3)[2]


def key_of(subject: str) -> str:
    """The key that a record's subject ends with, in a bucket or in the HISTORY stream."""
    return subject.rpartition(".")[2]
