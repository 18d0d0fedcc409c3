"""The blocklist as an entity: a set of words, changed by operators."""

from collections.abc import Sequence

import pytest

from services.banner.blocklist import BLOCKLIST, Decision
from shared.contracts import refusals
from shared.contracts.blocklist import WORDS_AT_MOST, Block, Blocked, BlocklistEvent, Unblock, Unblocked
from shared.contracts.refusals import Refusal
from shared.entities.entity import replay
from tests.support.clock import NOON

NOTHING: list[BlocklistEvent] = []
FROG: list[BlocklistEvent] = [Blocked(word="frog")]
FULL: list[BlocklistEvent] = [Blocked(word=f"w{number}") for number in range(10, 10 + WORDS_AT_MOST)]


def block(word: str) -> Block:
    """An operator's wish."""
    return Block(word=word, by="olga", role="operator")


def unblock(word: str) -> Unblock:
    """An operator's wish that it be undone."""
    return Unblock(word=word, by="olga", role="operator")


@pytest.mark.parametrize(
    ("past", "command", "then"),
    [
        pytest.param(NOTHING, block("FROG"), [Blocked(word="frog")], id="the first word"),
        pytest.param(FROG, block("toad*"), [Blocked(word="toad*")], id="another word"),
        pytest.param(FROG, block("Frog"), refusals.AlreadyBlocked(word="frog"), id="the same again"),
        pytest.param(FROG, unblock("Frog"), [Unblocked(word="frog")], id="no more"),
        pytest.param(FROG, unblock("frog*"), refusals.NotBlocked(word="frog*"), id="one that is not there"),
        pytest.param(NOTHING, unblock("frog"), refusals.NotBlocked(word="frog"), id="of none"),
        pytest.param(FULL, block("frog"), refusals.BlocklistFull(at_most=WORDS_AT_MOST), id="one too many"),
        pytest.param(FULL, unblock("w10"), [Unblocked(word="w10")], id="one of as many as there may be"),
        pytest.param(NOTHING, Block(word="frog", by="eve"), refusals.NotOperator(), id="by an author"),
        pytest.param(FROG, Unblock(word="frog", by="eve"), refusals.NotOperator(), id="undone by an author"),
        pytest.param(
            NOTHING,
            block("a frog"),
            refusals.BadWord(problem="expected letters and digits, and * only around them, found ' '"),
            id="two words",
        ),
    ],
)
def test_a_blocklist(
    past: Sequence[BlocklistEvent], command: Block | Unblock, then: Sequence[BlocklistEvent] | Refusal
) -> None:
    decision: Decision = BLOCKLIST.handle(command, replay(BLOCKLIST, past, None), NOON)

    assert then == (decision if isinstance(decision, Refusal) else list(decision))


def test_the_words_stand_in_order() -> None:
    past: list[BlocklistEvent] = [Blocked(word="toad"), Blocked(word="frog"), Unblocked(word="toad")]

    state = replay(BLOCKLIST, [*past, Blocked(word="newt"), Blocked(word="eft")], None)

    assert state is not None
    assert ("eft", "frog", "newt") == state.words
