"""Refusals: each has a word on the wire, a number, and a sentence."""

from typing import Any, get_args

import msgspec
import pytest

from shared.contracts import refusals
from shared.contracts.banner import BannerRefusal
from shared.contracts.blocklist import BlocklistRefusal
from shared.contracts.identity import DisplayId
from shared.contracts.instants import Instant
from shared.contracts.lobby import LobbyRefusal
from shared.contracts.refusals import Refusal

OfTheGateway = refusals.TooManyRequests | refusals.NotAuthor | refusals.WrongOrigin | refusals.WrongHost
"""What only the gateway says; services do not count who asks how often, nor from where."""
AnyRefusal = BannerRefusal | LobbyRefusal | BlocklistRefusal | OfTheGateway

_decoder: msgspec.json.Decoder[AnyRefusal] = msgspec.json.Decoder(AnyRefusal)

UNTIL = Instant("2026-05-04T12:01:00.000Z")

EVERY_REFUSAL = [
    (refusals.Malformed(problem="no JSON"), "malformed", 400),
    (refusals.Overloaded(), "overloaded", 503),
    (
        refusals.TooManyRequests(limit="shows-per-user", retry_after_ms=1_001),
        "too-many-requests",
        429,
    ),
    (refusals.MeshUnavailable(), "mesh-unavailable", 503),
    (refusals.Unknown(), "outcome-unknown", 504),
    (refusals.Failed(), "failed", 500),
    (refusals.RecordUnreadable(problem="no record"), "record-unreadable", 500),
    (refusals.KeyReused(), "key-reused", 422),
    (refusals.TooLate(not_after=UNTIL), "too-late", 408),
    (refusals.Stale(expected=4, revision=7), "stale", 412),
    (refusals.UnknownBanner(banner="b1"), "unknown-banner", 404),
    (refusals.AlreadyRegistered(banner="b1"), "already-registered", 409),
    (refusals.BadText(problem="nothing"), "bad-text", 422),
    (
        refusals.Busy(until=UNTIL, retry_after_ms=1_001, display_id=DisplayId("d1"), revision=7),
        "busy",
        409,
    ),
    (refusals.Held(problem="the plane lands", since=UNTIL), "held", 409),
    (refusals.QueueFull(at_most=20, retry_after_ms=1_001), "queue-full", 429),
    (refusals.AlreadyWaiting(display_id=DisplayId("d1"), position=3), "already-waiting", 409),
    (refusals.NeedsIfMatch(), "needs-if-match", 428),
    (refusals.NothingShowing(), "nothing-showing", 404),
    (refusals.NotShowing(display_id=DisplayId("d1")), "not-showing", 404),
    (refusals.NotDue(until=UNTIL, retry_after_ms=250), "not-due", 409),
    (refusals.NotYours(), "not-yours", 403),
    (refusals.NotHeld(), "not-held", 404),
    (refusals.NotOperator(), "not-operator", 403),
    (refusals.NotAuthor(), "not-author", 403),
    (refusals.WrongOrigin(found="https://evil.example"), "wrong-origin", 403),
    (refusals.WrongHost(found="evil.example"), "wrong-host", 421),
    (refusals.NoSuchPool(pool="tag-north"), "no-such-pool", 404),
    (refusals.LobbyFull(at_most=1_000), "lobby-full", 429),
    (refusals.UnknownDisplay(display_id="d1"), "unknown-display", 404),
    (refusals.BlockedText(found="FR0G"), "blocked-text", 422),
    (refusals.AlreadyPending(display_id=DisplayId("d1")), "already-pending", 409),
    (refusals.PendingFull(at_most=20), "pending-full", 429),
    (refusals.NotPending(display_id="d1"), "not-pending", 404),
    (refusals.NeedsApproval(), "needs-approval", 403),
    (refusals.BadWord(problem="expected letters"), "bad-word", 422),
    (refusals.AlreadyBlocked(word="frog"), "already-blocked", 409),
    (refusals.NotBlocked(word="frog"), "not-blocked", 404),
    (refusals.BlocklistFull(at_most=1_000), "blocklist-full", 409),
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

    assert refusal.detail[0].isupper() or refusal.detail[0].isdigit()
    assert refusal.title
    assert refusal.detail != refusal.title


@each_refusal
def test_what_a_refusal_says_is_one_line_for_a_header(refusal: Refusal, reason: str, code: int) -> None:
    del reason, code

    assert refusal.detail.isprintable()
    assert refusal.detail.rstrip() == refusal.detail


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        pytest.param(
            refusals.TooLate(not_after=UNTIL),
            "The command was to be carried out by 2026-05-04T12:01:00.000Z; "
            "it came later, so nothing was done.",
            id="too late",
        ),
        pytest.param(
            refusals.Held(problem="the plane lands", since=UNTIL),
            "An operator holds this banner since 2026-05-04T12:01:00.000Z: the plane lands. "
            "The queue is open.",
            id="held",
        ),
        pytest.param(
            refusals.QueueFull(at_most=20, retry_after_ms=1_001),
            "20 wait already, which is as many as may wait here; try again later.",
            id="queue full",
        ),
        pytest.param(
            refusals.TooManyRequests(limit="shows-per-user", retry_after_ms=1_001),
            "The limit shows-per-user is used up; nothing was done, try again in 2 s.",
            id="too many requests",
        ),
        pytest.param(
            refusals.AlreadyWaiting(display_id=DisplayId("d1"), position=3),
            "You wait for this banner already, at place 3; one turn at a time.",
            id="already waiting",
        ),
        pytest.param(
            refusals.NotShowing(display_id=DisplayId("d1")),
            "The display d1 neither shows nor waits here; it is over already.",
            id="not showing",
        ),
        pytest.param(
            refusals.NoSuchPool(pool="tag-north"),
            "There is no banner in the pool 'tag-north', so waiting there would be in vain.",
            id="no such pool",
        ),
        pytest.param(
            refusals.LobbyFull(at_most=1_000),
            "1000 wait for a free banner already; try again later.",
            id="lobby full",
        ),
        pytest.param(
            refusals.UnknownDisplay(display_id="d1"),
            "Nothing is known of the display 'd1': it never was, or it ended long ago.",
            id="unknown display",
        ),
    ],
)
def test_a_refusal_says_its_facts(refusal: Refusal, said: str) -> None:
    assert said == refusal.detail


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(refusals.NoSuchPool(pool="a\r\nEvil: 1"), id="no such pool"),
        pytest.param(refusals.UnknownDisplay(display_id="a\r\nEvil: 1"), id="unknown display"),
        pytest.param(refusals.UnknownBanner(banner="a\r\nEvil: 1"), id="unknown banner"),
    ],
)
def test_what_a_caller_named_cannot_break_the_line(refusal: Refusal) -> None:
    assert refusal.detail.isprintable()


def test_no_refusal_is_missing_here_or_in_the_union_of_answers() -> None:
    here = {type(refusal) for refusal, _, _ in EVERY_REFUSAL}
    declared = {each for each in vars(refusals).values() if isinstance(each, type)} & set(
        Refusal.__subclasses__()
    )

    assert declared == here
    unions = (BannerRefusal, LobbyRefusal, BlocklistRefusal, OfTheGateway)
    assert declared == {each for union in unions for each in get_args(union)}


@pytest.mark.parametrize(
    "union", [BannerRefusal, LobbyRefusal, BlocklistRefusal], ids=["banner", "lobby", "blocklist"]
)
def test_whatever_the_kit_and_the_mesh_say_stands_in_every_union(union: Any) -> None:
    everywhere = {
        refusals.Malformed,
        refusals.Overloaded,
        refusals.MeshUnavailable,
        refusals.Unknown,
        refusals.Failed,
        refusals.RecordUnreadable,
        refusals.KeyReused,
        refusals.TooLate,
    }

    assert everywhere <= set(get_args(union))


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
