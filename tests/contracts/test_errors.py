"""Failures: told apart by what may have been done, and short, whatever they met."""

import pytest

from shared.contracts import errors
from shared.contracts.errors import (
    AirDisplayError,
    Conflict,
    Malformed,
    NewerSchema,
    NotFit,
    OutcomeUnknown,
    Restarted,
    Unreachable,
    Unreadable,
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(Malformed("a text", found=7), "expected a text, found 7", id="malformed"),
        pytest.param(Unreadable("a record", found=b"x"), "expected a record, found b'x'", id="unreadable"),
        pytest.param(
            NewerSchema("banner", known=1, found=2),
            "expected a banner record of schema 1 or older, found 2",
            id="newer schema",
        ),
        pytest.param(Unreachable("the mesh"), "the mesh cannot be reached", id="unreachable"),
        pytest.param(
            OutcomeUnknown("the store", seconds=2.0),
            "the store did not answer within 2 s; it may or may not have been done",
            id="outcome unknown",
        ),
        pytest.param(Conflict("b1", expected=7), "b1 is no longer at revision 7", id="conflict"),
        pytest.param(Restarted("S"), "the stream S is not the one that was followed", id="restarted"),
        pytest.param(NotFit("too old"), "too old", id="not fit"),
    ],
)
def test_a_failure_says_what_happened(error: AirDisplayError, said: str) -> None:
    assert said == str(error)


def test_every_failure_is_of_one_family_and_drawn_in_the_tree() -> None:
    family = [each for each in vars(errors).values() if isinstance(each, type)]

    assert all(issubclass(each, AirDisplayError) for each in family)
    assert all(each.__name__ in (errors.__doc__ or "") for each in family)


@pytest.mark.parametrize("failure", [Malformed, Unreadable])
@pytest.mark.parametrize(
    ("expected", "found"),
    [
        pytest.param("a text", b"x" * 1_000_000, id="in what was found"),
        pytest.param(f"no field {'x' * 1_000_000}", b"", id="in what a decoder says of it"),
    ],
)
def test_a_megabyte_makes_no_longer_a_sentence_than_a_line(
    failure: type[Malformed | Unreadable], expected: str, found: bytes
) -> None:
    assert len(str(failure(expected, found=found))) < 500


@pytest.mark.parametrize("failure", [Malformed, Unreadable])
def test_what_was_sent_cannot_break_the_line(failure: type[Malformed | Unreadable]) -> None:
    sentence = str(failure("no field \r\nEvil: 1\x00", found="\r\nEvil: 2"))

    assert sentence.isprintable()
    assert "Evil: 1" in sentence
