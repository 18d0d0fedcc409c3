"""Entity tags: the revision in quotes; what is none of ours is refused, not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.etags import etag, expected_revision, matches
from shared.contracts.errors import Malformed

REVISIONS = st.integers(min_value=0, max_value=10**18 - 1)


def test_a_tag_is_the_revision_in_quotes() -> None:
    assert '"41"' == etag(41)


@given(REVISIONS)
def test_the_tag_of_a_revision_asks_for_that_revision(revision: int) -> None:
    assert revision == expected_revision(etag(revision))


@pytest.mark.parametrize(
    "if_match",
    [
        pytest.param(None, id="nothing"),
        pytest.param("*", id="a star"),
        pytest.param(" * ", id="a star among spaces"),
    ],
)
def test_any_revision_will_do_for(if_match: str | None) -> None:
    assert expected_revision(if_match) is None


def test_spaces_around_a_tag_do_not_matter() -> None:
    assert 41 == expected_revision(' "41" ')


@pytest.mark.parametrize(
    "if_match",
    [
        pytest.param("", id="nothing at all"),
        pytest.param("41", id="no quotes"),
        pytest.param('"41', id="one quote"),
        pytest.param('""', id="nothing in quotes"),
        pytest.param('W/"41"', id="a weak tag, which never matches here"),
        pytest.param('"41", "42"', id="two tags"),
        pytest.param('"-1"', id="a negative revision"),
        pytest.param('"4 1"', id="a space within"),
        pytest.param('"abc"', id="no number"),
        pytest.param('"41"\n"42"', id="a line break"),
        pytest.param('"' + "9" * 19 + '"', id="more digits than a revision has"),
    ],
)
def test_if_match_is_malformed_with(if_match: str) -> None:
    with pytest.raises(Malformed, match="If-Match"):
        expected_revision(if_match)


@pytest.mark.parametrize(
    ("if_none_match", "expected"),
    [
        pytest.param(None, False, id="no header"),
        pytest.param("", False, id="an empty one"),
        pytest.param('"41"', True, id="this revision"),
        pytest.param('W/"41"', True, id="this revision, weakly"),
        pytest.param('"40"', False, id="an older one"),
        pytest.param('"411"', False, id="one that begins the same"),
        pytest.param('"40", W/"41"', True, id="this one among several"),
        pytest.param("*", True, id="any"),
        pytest.param("41", False, id="no quotes"),
    ],
)
def test_if_none_match_names_this_revision(if_none_match: str | None, expected: bool) -> None:  # noqa: FBT001
    assert expected == matches(if_none_match, 41)


@given(REVISIONS, REVISIONS)
def test_a_tag_matches_its_own_revision_only(one: int, other: int) -> None:
    assert (one == other) == matches(etag(one), other)
