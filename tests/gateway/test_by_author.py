"""Which displays there are, by author: the same as a plain table of all of them would say."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.by_author import ByAuthor
from shared.contracts.identity import DisplayId

_AUTHORS = st.sampled_from(["ada", "bob", "cleo"])
_DISPLAYS = st.sampled_from([DisplayId(f"d{number}") for number in range(5)])
_MANY = 10_000


@given(st.lists(st.tuples(st.sampled_from(["add", "discard"]), _AUTHORS, _DISPLAYS)))
def test_it_says_what_a_plain_table_says(steps: list[tuple[str, str, DisplayId]]) -> None:
    index, table = ByAuthor(), set[tuple[str, DisplayId]]()
    for step, author, display in steps:
        if step == "add":
            index.add(author, display)
            table.add((author, display))
        else:
            index.discard(author, display)
            table.discard((author, display))

        for each in ("ada", "bob", "cleo"):
            assert {display for owner, display in table if owner == each} == index.of(each)


@pytest.mark.parametrize("displays", [1, 3])
def test_authors_who_are_gone_leave_nothing_behind(displays: int) -> None:
    index = ByAuthor()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(_MANY):
        for display in range(displays):
            index.add(f"author-{number}", DisplayId(f"d{display}"))
        for display in range(displays):
            index.discard(f"author-{number}", DisplayId(f"d{display}"))
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert after - before < _MANY


def test_what_comes_is_said() -> None:
    said: list[tuple[str, str]] = []
    index = ByAuthor(lambda author, display: said.append((author, display)))
    index.add("ada", DisplayId("d1"))
    index.discard("ada", DisplayId("d1"))
    index.announce("bob", DisplayId("d2"))

    assert [("ada", "d1"), ("bob", "d2")] == said
    assert set() == index.of("bob")
