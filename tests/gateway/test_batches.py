"""Batches: one list for all who watch everything, each as far as it has come."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.batches import Batches, changes_frame
from services.gateway.positions import Position
from shared.contracts.identity import BannerId

Fragments = dict[BannerId, bytes]

HERE = Position(7, "h")

BATCHES = st.lists(
    st.dictionaries(
        st.sampled_from([BannerId(each) for each in "abcd"]), st.integers(0, 99).map(lambda n: b"%d" % n)
    ),
    max_size=12,
)


def filled(kept: int, batches: list[Fragments]) -> Batches:
    """Batches that keep so many, after these have come."""
    made = Batches(kept=kept)
    made.position = HERE
    for fragments in batches:
        made.add(fragments, HERE)
    return made


def test_a_frame_of_changes_is_json_with_the_banners_as_they_were_encoded() -> None:
    frame = changes_frame([b'{"id":"a"}', '{"id":"b","name":"⚡"}'.encode()], HERE)

    assert {
        "op": "changes",
        "revision": 7,
        "hardware": "h",
        "banners": [{"id": "a"}, {"id": "b", "name": "⚡"}],
    } == msgspec.json.decode(frame)


@given(BATCHES, st.data())
def test_since_a_position_every_banner_stands_once_in_its_newest_state(
    batches: list[Fragments], data: st.DataObject
) -> None:
    made = filled(99, batches)
    position = data.draw(st.integers(0, len(batches)))
    newest: Fragments = {}
    for fragments in batches[position:]:
        newest.update(fragments)

    assert changes_frame(newest.values(), made.position) == made.since(position)


@given(BATCHES, st.integers(1, 5))
def test_it_reaches_back_as_far_as_it_keeps(batches: list[Fragments], kept: int) -> None:
    made = filled(kept, batches)

    assert len(batches) == made.head
    for position in range(len(batches) + 1):
        assert (len(batches) - position <= kept) == made.reaches(position)


def test_those_who_are_equally_far_behind_share_one_frame() -> None:
    made = filled(9, [{BannerId("a"): b"1"}, {BannerId("b"): b"2"}])

    assert made.since(1) is made.since(1)


def test_a_frame_that_was_shared_does_not_outlive_the_next_batch() -> None:
    made = filled(9, [{BannerId("a"): b"1"}])
    before = made.since(0)

    made.add({BannerId("a"): b"2"}, HERE)

    assert before != made.since(0)


def test_a_frame_that_merges_batches_reaches_as_far_as_the_last_of_them() -> None:
    made = Batches()
    made.add({BannerId("a"): b"1"}, Position(1, "x"))
    made.add({BannerId("b"): b"2"}, Position(5, "y"))

    frame = msgspec.json.decode(made.since(0))

    assert (5, "y") == (frame["revision"], frame["hardware"])
