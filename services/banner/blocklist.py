"""The blocklist as an entity: one record with all words, changed by operators, followed by whoever decides.

It rests with the banner service, which is the first to decide by it: a service of its own would be one more
process to run for a few changes a week. Pure.
"""

from collections.abc import Sequence

from shared.contracts import refusals
from shared.contracts.blocklist import (
    WORDS_AT_MOST,
    Block,
    Blocked,
    Blocklist,
    BlocklistEvent,
    Unblock,
    Unblocked,
)
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.entities.entity import Entity
from shared.moderation.words import BadWordError, word_of

SCHEMA = 1

_EMPTY = Blocklist()

Decision = Sequence[BlocklistEvent] | Refusal


def handle(command: Block | Unblock, state: Blocklist | None, _now: Instant) -> Decision:
    """The word is added or taken away; to do so twice is refused."""
    if command.role != "operator":
        return refusals.NotOperator()
    try:
        word = word_of(command.word)
    except BadWordError as error:
        return refusals.BadWord(problem=str(error))
    words = (state or _EMPTY).words
    if isinstance(command, Unblock):
        return (Unblocked(word=word),) if word in words else refusals.NotBlocked(word=word)
    if word in words:
        return refusals.AlreadyBlocked(word=word)
    if len(words) >= WORDS_AT_MOST:
        return refusals.BlocklistFull(at_most=WORDS_AT_MOST)
    return (Blocked(word=word),)


def update(event: BlocklistEvent, state: Blocklist | None) -> Blocklist:
    """The blocklist after an event."""
    words = set((state or _EMPTY).words)
    if isinstance(event, Blocked):
        words.add(event.word)
    else:
        words.discard(event.word)
    return Blocklist(words=tuple(sorted(words)))


BLOCKLIST: Entity[Blocklist, Block | Unblock, BlocklistEvent] = Entity(
    name="blocklist", schema=SCHEMA, state=Blocklist, event=BlocklistEvent, handle=handle, update=update
)
