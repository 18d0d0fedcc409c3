"""Refusals: each has a word on the wire, a number, and a sentence."""

from typing import get_args

import msgspec
import pytest

from shared.contracts import refusals
from shared.contracts.banner import BannerRefusal
from shared.contracts.identity import DisplayId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal

_decoder: msgspec.json.Decoder[BannerRefusal] = msgspec.json.Decoder(BannerRefusal)

UNTIL = Instant("2026-05-04T12:01:00.000Z")

EVERY_REFUSAL = [
    (refusals.Malformed(problem="no JSON"), "malformed", 400),
    (refusals.Overloaded(), "overloaded", 503),
    (refusals.MeshUnavailable(), "mesh-unavailable", 503),
    (refusals.Unknown(), "outcome-unknown", 504),
    (refusals.Failed(), "failed", 500),
    (refusals.RecordUnreadable(problem="no record"), "record-unreadable", 500),
    (refusals.KeyReused(), "key-reused", 422),
    (refusals.Stale(expected=4, revision=7), "stale", 412),
    (refusals.UnknownBanner(banner="b1"), "unknown-banner", 404),
    (refusals.AlreadyRegistered(banner="b1"), "already-registered", 409),
    (refusals.BadText(problem="nothing"), "bad-text", 422),
    (
        refusals.Busy(until=UNTIL, retry_after_ms=1_001, display_id=DisplayId("d1"), revision=7),
        "busy",
        409,
    ),
    (refusals.NothingShowing(), "nothing-showing", 404),
    (refusals.NotShowing(display_id=DisplayId("d1")), "not-showing", 409),
    (refusals.NotDue(until=UNTIL, retry_after_ms=250), "not-due", 409),
    (refusals.NotYours(), "not-yours", 403),
]

each_refusal = pytest.mark.parametrize(
    ("refusal", "reason", "code"), [pytest.param(*each, id=each[1]) for each in EVERY_REFUSAL]
)


@each_refusal
def test_a_refusal_is_called_by_its_reason_and_number(refusal: Refusal, reason: str, code: int) -> None:
    assert (reason, code) == (refusal.reason, refusal.code)
    assert reason == msgspec.to_builtins(refusal)["reason"]


@each_refusal
def test_a_refusal_comes_back_as_itself(refusal: Refusal, reason: str, code: int) -> None:
    del reason, code

    assert refusal == _decoder.decode(msgspec.json.encode(refusal))


@each_refusal
def test_a_refusal_says_a_sentence_and_has_a_title(refusal: Refusal, reason: str, code: int) -> None:
    del reason, code

    assert refusal.detail[0].isupper()
    assert refusal.title
    assert refusal.detail != refusal.title


def test_no_refusal_is_missing_here_or_in_the_union_of_answers() -> None:
    here = {type(refusal) for refusal, _, _ in EVERY_REFUSAL}
    declared = {each for each in vars(refusals).values() if isinstance(each, type)} & set(
        Refusal.__subclasses__()
    )

    assert declared == here
    assert declared == set(get_args(BannerRefusal))


def test_an_answer_with_more_fields_than_known_is_still_understood() -> None:
    newer = (
        b'{"reason":"busy","until":"2026-05-04T12:01:00.000Z","retry_after_ms":1,"display_id":"d1","new":1}'
    )

    assert refusals.Busy(until=UNTIL, retry_after_ms=1, display_id=DisplayId("d1")) == _decoder.decode(newer)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        pytest.param(1, "1 s more", id="a millisecond counts as a second"),
        pytest.param(1_000, "1 s more", id="a second is a second"),
        pytest.param(1_001, "2 s more", id="one more begins the next second"),
    ],
)
def test_busy_never_promises_too_early(left: int, said: str) -> None:
    busy = refusals.Busy(until=UNTIL, retry_after_ms=left, display_id=DisplayId("d1"))

    assert said in busy.detail
