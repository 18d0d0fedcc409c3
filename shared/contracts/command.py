"""What all commands have in common, and the answer to one that was accepted.

Commands carry no tag, because the verb stands in the subject; unknown fields are refused.
"""

from typing import Annotated, Generic, TypeVar

import msgspec

from shared.contracts.identity import CommandId, WireCommandId
from shared.contracts.instants import Instant, WireInstant

NOBODY = "nobody"
"""Who a command is from when it does not say."""

Author = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]

StateT = TypeVar("StateT")


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A wish. The same `id` sent twice has one effect and the same answer.

    With `revision` it is only carried out if that is still the newest. Past `not_after`, by the clock of
    whoever decides, it is not carried out at all, because whoever sent it has stopped waiting.
    What has its default is not sent, so a new field does not make an old command another one.
    """

    id: WireCommandId | None = None
    by: Author = NOBODY
    revision: int | None = None
    not_after: WireInstant | None = None


class Accepted(msgspec.Struct, Generic[StateT], frozen=True, kw_only=True):
    """Done: the entity as that commit left it. `repeated` when the same command had been accepted before."""

    revision: int
    at: Instant
    state: StateT
    repeated: bool = False
    command: CommandId | None = None
