"""The subject grammar: every NATS subject is built and parsed here and nowhere else.

airdisplay.banner.<id>.<verb>       commands, request/reply
airdisplay.banners.expire           many expiries in one request
airdisplay.banner.<id>.state        the committed record, republished by the server
airdisplay.banner.<id>.<hardware>   what hardware says: hello, reported, presence
airdisplay.history.<id>             every record, in the HISTORY stream
$KV.<bucket>.<key>                  a record in its bucket
"""

from typing import Final, NamedTuple

from shared.contracts.errors import Malformed
from shared.contracts.identity import BannerId, banner_id

ROOT: Final = "airdisplay"

_BANNER_TOKENS: Final = 4


class Address(NamedTuple):
    """A parsed ``airdisplay.banner.<id>.<kind>``."""

    banner: BannerId
    kind: str


def banner(banner: BannerId | str, kind: str) -> str:
    """The subject of one banner for a verb, for ``state``, or for what its hardware says."""
    return f"{ROOT}.banner.{banner}.{kind}"


def every_banner(kind: str) -> str:
    """The same for all banners, to subscribe to."""
    return f"{ROOT}.banner.*.{kind}"


def expire_many() -> str:
    """One request that carries expiries of many banners."""
    return f"{ROOT}.banners.expire"


def history(key: str) -> str:
    """Where the records of one banner stand in the HISTORY stream."""
    return f"{ROOT}.history.{key}"


def record(bucket: str, key: str) -> str:
    """Where a record stands in its bucket; the key may be ``*``."""
    return f"$KV.{bucket}.{key}"


def republished(kind: str) -> str:
    """The destination pattern by which the server copies a bucket's records to plain subjects."""
    return f"{ROOT}.banner.{{{{wildcard(1)}}}}.{kind}"


def sourced_history() -> str:
    """The destination pattern by which HISTORY sources a bucket's records."""
    return f"{ROOT}.history.{{{{wildcard(1)}}}}"


def parse_banner(subject: str) -> Address:
    """The banner and the kind that a subject names.

    Raises:
        Malformed: it is not of that form.
    """
    tokens = subject.split(".")
    if len(tokens) != _BANNER_TOKENS or tokens[:2] != [ROOT, "banner"]:
        expected = f"a subject {ROOT}.banner.<id>.<kind>"
        raise Malformed(expected, found=subject)
    return Address(banner_id(tokens[2]), tokens[3])


def key_of(subject: str) -> str:
    """The key that a record's subject ends with, in a bucket or in the HISTORY stream."""
    return subject.rpartition(".")[2]
