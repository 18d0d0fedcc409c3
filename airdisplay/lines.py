"""Which hardware is connected how: each by itself, with its own credentials, up to a number.

Beyond that, and where a banner has no credentials of its own, one connection carries them all.
"""

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from airdisplay_device import NatsLine
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh.connection import Nats

OWN_AT_MOST: Final = 200
"""So many of a fleet have connections of their own."""

SUBSCRIPTIONS_AT_MOST: Final = 32
"""With more than that on one connection a single subscription takes the states of all banners."""


class Lines(NamedTuple):
    """All connections of some hardware, and which of them is whose."""

    all: Sequence[NatsLine]
    of: dict[BannerId, NatsLine]


def lines(nats: Nats, banners: Sequence[BannerId]) -> Lines:
    """The connections of the hardware of these banners; nobody runs them yet.

    The credentials of a banner are those in the file `device-<banner>.creds` beside the ones that are named.

    Raises:
        NotFit: the certificate cannot be read.
    """
    tls = _tls(nats)
    files = {banner: _own_file(nats, banner) for banner in banners[:OWN_AT_MOST]}
    own = {
        banner: NatsLine(nats.url, name=f"device-{banner}", credentials=file, tls=tls)
        for banner, file in files.items()
        if file is not None
    }
    rest = [banner for banner in banners if banner not in own]
    if not rest:
        return Lines(list(own.values()), own)
    shared = NatsLine(
        nats.url,
        name="hardware" if len(rest) > 1 else f"device-{rest[0]}",
        credentials=nats.credentials,
        tls=tls,
        every_banner=len(rest) > SUBSCRIPTIONS_AT_MOST,
    )
    return Lines([*own.values(), shared], {**own, **dict.fromkeys(rest, shared)})


def _own_file(nats: Nats, banner: BannerId) -> Path | None:
    if nats.credentials is None:
        return None
    path = nats.credentials.parent / f"device-{banner}.creds"
    return path if path.is_file() else None


def _tls(nats: Nats) -> ssl.SSLContext | None:
    if nats.ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=nats.ca)
    except (OSError, ssl.SSLError) as error:
        raise NotFit(f"expected a certificate in {nats.ca}: {error}") from error
