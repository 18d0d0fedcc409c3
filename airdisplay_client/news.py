"""What somebody who watches is told: a banner as it is now, one that is gone, how far all that holds."""

from typing import Literal

import msgspec

from shared.contracts.identity import BannerId
from shared.contracts.views import BannerView


class Changed(msgspec.Struct, frozen=True):
    """A banner as it is now. Its revisions only rise; a display past its `until` is never in it."""

    banner: BannerView


class Vanished(msgspec.Struct, frozen=True):
    """This banner was told of, and is there no more."""

    banner: BannerId


class Connection(msgspec.Struct, frozen=True):
    """How far what was told can be relied on.

    `connected`: it is as of now; what changed meanwhile comes next.
    `stale`: there is a gateway, and it cannot see the mesh; `reconnecting`: there is none at present.
    With `recovered`, exactly what had changed meanwhile was told; without, everything was told anew.
    """

    state: Literal["connected", "stale", "reconnecting"]
    detail: str = ""
    recovered: bool = False


class Note(msgspec.Struct, frozen=True):
    """The gateway has a remark on what is watched, such as that no banner has this id."""

    code: str
    detail: str


News = Changed | Vanished | Connection | Note
