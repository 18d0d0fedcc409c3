"""The banner service from the mesh: every command, every refusal, and whatever else is sent to it."""

from collections.abc import AsyncGenerator
from typing import Any, Final, NamedTuple, cast, get_args

import anyio
import msgspec
import pytest
from nats.aio.msg import Msg

from services.banner.entity import SCHEMA
from shared.contracts import refusals, subjects
from shared.contracts.banner import (
    EXPIRIES_AT_MOST,
    PENDING_AT_MOST,
    QUEUE_AT_MOST,
    Banner,
    BannerCommand,
    BannerRefusal,
    Clear,
    Display,
    Expire,
    ExpireMany,
    ExpireManyReply,
    Expiry,
    ExpiryOutcome,
    OnHold,
    Register,
    Release,
    Replace,
    SetApproval,
    Show,
    turns,
)
from shared.contracts.blocklist import Block
from shared.contracts.command import Accepted
from shared.contracts.errors import NotFit
from shared.contracts.hardware import StateMessage
from shared.contracts.identity import BannerId, CommandId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.refusals import Refusal
from shared.entities.records import REMEMBERED_AT_MOST
from shared.mesh import clock as real_clock
from shared.mesh import streams
from shared.mesh.banners import VERBS, Banners
from shared.mesh.blocklist import Blocklists
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.kv import KvStore
from shared.mesh.services import CODE_HEADER, TEXT_HEADER, discover
from shared.mesh.streams import BANNERS
from tests.support.banners import (
    MINUTE,
    held,
    new_banner_id,
    new_command_id,
    queued,
    registered,
    running_banner_service,
    shown,
)
from tests.support.clock import NOON, HandClock
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

MEGABYTE = 1_048_576
"""What a server takes at most."""

_refusals: msgspec.json.Decoder[BannerRefusal] = msgspec.json.Decoder(BannerRefusal)


@pytest.fixture
def clock() -> HandClock:
    """What time it is for the service."""
    return HandClock()


@pytest.fixture
async def banners(mesh: Mesh, clock: HandClock) -> AsyncGenerator[Banners]:
    """Asks a service for which time stands still."""
    async with running_banner_service(mesh, now=clock) as banners:
        yield banners


@pytest.fixture
async def free(banners: Banners) -> BannerId:
    """A banner with nothing on it."""
    return await registered(banners)


@pytest.fixture
def key() -> CommandId:
    """A command's id that nobody else has."""
    return new_command_id()


@pytest.fixture
async def up(banners: Banners, free: BannerId) -> Display:
    """What shows on that banner since noon, from ada."""
    display = (await shown(banners, free, "Hello", by="ada")).state.display
    assert display is not None
    return display


async def newest(banners: Banners, banner: BannerId) -> Accepted[Banner]:
    """The banner as the store has it."""
    answer = await banners.get(banner)
    assert isinstance(answer, Accepted)
    return answer


# --- commands that are accepted -------------------------------------------------------------------


async def test_registering_makes_a_banner_of_that_name(banners: Banners, banner: BannerId) -> None:
    answer = await banners.command(banner, Register(name="Lightning", tags=("north",)))

    assert isinstance(answer, Accepted)
    assert (NOON, False) == (answer.at, answer.repeated)
    assert Banner(id=banner, name="Lightning", tags=("north",)) == answer.state


async def test_a_banner_without_a_name_is_called_by_its_id(banners: Banners, banner: BannerId) -> None:
    answer = await banners.command(banner, Register())

    assert isinstance(answer, Accepted)
    assert banner == answer.state.name


async def test_showing_puts_a_text_up_for_its_time(banners: Banners, free: BannerId, key: CommandId) -> None:
    answer = await banners.command(free, Show(id=key, text=" Cafe\u0301 ", by="ada"))

    assert isinstance(answer, Accepted)
    assert key == answer.command
    expected = Display(
        id=DisplayId(key), text="Caf\u00e9", by="ada", shown_at=NOON, until=later(NOON, MINUTE)
    )
    assert expected == answer.state.display


async def test_a_show_without_an_id_is_given_one(banners: Banners, free: BannerId) -> None:
    answer = await banners.command(free, Show(text="Hello"))

    assert isinstance(answer, Accepted)
    assert answer.state.display is not None
    assert str(answer.command) == str(answer.state.display.id)
    assert "nobody" == answer.state.display.by


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(Clear(by="ada"), id="its author"),
        pytest.param(Clear(by="bob", role="operator"), id="an operator"),
    ],
)
async def test_clearing_ends_a_display(banners: Banners, free: BannerId, up: Display, command: Clear) -> None:
    del up

    answer = await banners.command(free, command)

    assert isinstance(answer, Accepted)
    assert answer.state.display is None
    assert isinstance(await banners.command(free, Show(text="next")), Accepted)


async def test_clearing_the_newest_revision_ends_a_display(
    banners: Banners, free: BannerId, up: Display
) -> None:
    del up
    revision = (await newest(banners, free)).revision

    assert isinstance(await banners.command(free, Clear(by="ada", revision=revision)), Accepted)


async def test_expiring_ends_a_display_whose_time_is_up(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    clock.advance(MINUTE)

    answer = await banners.command(free, Expire(display_id=up.id))

    assert isinstance(answer, Accepted)
    assert answer.state.display is None


async def test_a_display_that_is_overdue_makes_room_for_the_next(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    del up
    clock.advance(MINUTE)

    answer = await banners.command(free, Show(text="next"))

    assert isinstance(answer, Accepted)
    assert answer.state.display is not None
    assert "next" == answer.state.display.text


async def test_getting_gives_the_banner_and_its_revision(banners: Banners, free: BannerId) -> None:
    answer = await shown(banners, free)

    assert answer == await banners.get(free)


async def test_replacing_changes_the_text_and_nothing_else(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    seen = (await newest(banners, free)).revision
    clock.advance(1_500)

    answer = await banners.command(free, Replace(text=" Better ", by="ada", revision=seen))

    assert isinstance(answer, Accepted)
    assert msgspec.structs.replace(up, text="Better") == answer.state.display


async def test_a_hold_ends_what_shows_and_its_release_begins_the_next(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    waiting = _called(await queued(banners, free, by="bob"))
    holding = await held(banners, free, "wind")
    clock.advance(1_500)
    released = await banners.command(free, Release(by="olga", role="operator"))

    assert OnHold(reason="wind", by="olga", at=up.shown_at) == holding.state.hold
    assert (None, [waiting]) == (holding.state.display, _line(holding))
    assert isinstance(released, Accepted)
    assert released.state.hold is None
    assert released.state.display is not None
    assert (waiting, later(NOON, 1_500)) == (released.state.display.id, released.state.display.shown_at)


# --- the queue ------------------------------------------------------------------------------------


async def test_queueing_on_a_free_banner_shows_at_once(banners: Banners, free: BannerId) -> None:
    answer = await queued(banners, free, "Hello", by="ada")

    assert answer.state.display is not None
    assert ("Hello", _called(answer), ()) == (
        answer.state.display.text,
        answer.state.display.id,
        answer.state.queue,
    )


async def test_queueing_on_a_busy_banner_tells_the_place_and_the_time(
    banners: Banners, free: BannerId, up: Display
) -> None:
    first = await queued(banners, free, by="bob")
    second = await queued(banners, free, by="cyd")

    assert up == second.state.display
    assert [(_called(first), 1, up.until), (_called(second), 2, later(up.until, MINUTE))] == [
        (turn.ticket.id, turn.position, turn.starts_at) for turn in turns(second.state, NOON)
    ]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(Clear(by="ada"), id="its author ended it"),
        pytest.param(Clear(by="olga", role="operator"), id="an operator ended it"),
        pytest.param(None, id="its time was up"),
    ],
)
async def test_the_next_shows_for_its_whole_time_when_the_one_before_has_ended(
    banners: Banners, free: BannerId, up: Display, clock: HandClock, command: Clear | None
) -> None:
    first, second = (await queued(banners, free, by="bob")), (await queued(banners, free, by="cyd"))
    now = clock.advance(1_500 if command else MINUTE + 1_500)

    answer = await banners.command(free, command or Expire(display_id=up.id))

    assert isinstance(answer, Accepted)
    display = answer.state.display
    assert display is not None
    assert (_called(first), now, later(now, MINUTE)) == (display.id, display.shown_at, display.until)
    assert [_called(second)] == _line(answer)


async def test_a_turn_lasts_as_long_as_was_promised_when_it_was_queued(
    mesh: Mesh, clock: HandClock, banner: BannerId
) -> None:
    async with running_banner_service(mesh, ttl_ms=5_000, now=clock) as banners:
        await registered(banners, banner)
        await shown(banners, banner)
        await queued(banners, banner)
    async with running_banner_service(mesh, ttl_ms=MINUTE, now=clock) as banners:
        answer = await banners.command(banner, Clear(by="ada"))

    assert isinstance(answer, Accepted)
    assert answer.state.display is not None
    assert later(NOON, 5_000) == answer.state.display.until


async def test_one_who_waits_may_leave(banners: Banners, free: BannerId, up: Display) -> None:
    first, second = (await queued(banners, free, by="bob")), (await queued(banners, free, by="cyd"))

    answer = await banners.command(free, Clear(by="bob", display_id=_called(first)))

    assert isinstance(answer, Accepted)
    assert (up, [_called(second)]) == (answer.state.display, _line(answer))


async def test_of_many_who_queue_at_once_as_many_wait_as_may_and_each_has_a_place_of_its_own(
    banners: Banners, free: BannerId, up: Display, nats_server: NatsServer, clock: HandClock
) -> None:
    del up
    answers: list[Accepted[Banner] | BannerRefusal] = []

    async def queue(number: int) -> None:
        wish = Show(text="Me too", by=f"guest-{number}", when="queue")
        answers.append(await banners.command(free, wish))

    async with (
        open_mesh(nats_server.url, name="other") as other,
        running_banner_service(other, instance="other", now=clock),
    ):
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                for number in range(3 * QUEUE_AT_MOST):
                    tasks.start_soon(queue, number)

    accepted = [answer for answer in answers if isinstance(answer, Accepted)]
    assert [refusals.QueueFull(at_most=QUEUE_AT_MOST, retry_after_ms=MINUTE)] * (2 * QUEUE_AT_MOST) == [
        answer for answer in answers if isinstance(answer, Refusal)
    ]
    assert list(range(1, QUEUE_AT_MOST + 1)) == sorted(len(answer.state.queue) for answer in accepted)
    assert {_called(answer) for answer in accepted} == set(_line(await newest(banners, free)))


async def test_of_one_who_queues_often_at_once_one_wish_waits(
    banners: Banners, free: BannerId, up: Display, nats_server: NatsServer, clock: HandClock
) -> None:
    del up
    answers: list[Accepted[Banner] | BannerRefusal] = []

    async def queue() -> None:
        answers.append(await banners.command(free, Show(text="Me, me", by="bob", when="queue")))

    async with (
        open_mesh(nats_server.url, name="other") as other,
        running_banner_service(other, instance="other", now=clock),
    ):
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                for _ in range(40):
                    tasks.start_soon(queue)

    (accepted,) = (answer for answer in answers if isinstance(answer, Accepted))
    assert [_called(accepted)] == _line(await newest(banners, free))
    told = [answer for answer in answers if isinstance(answer, refusals.AlreadyWaiting)]
    assert {(_called(accepted), 1)} == {(answer.display_id, answer.position) for answer in told}
    assert 39 == len(told)


# --- commands that are refused --------------------------------------------------------------------

OVER: Final = later(NOON, -1)


class No(NamedTuple):
    """In which situation which verb with what is refused, with which code and for which reason."""

    situation: str
    verb: str
    sent: dict[str, Any]
    code: int
    reason: str


APPROVALS: Final[dict[str, dict[str, Any]]] = {
    "set-approval": {"required": True},
    "approve": {"display_id": "d1"},
    "reject": {"display_id": "d1", "reason": "no"},
}

REFUSED = [
    pytest.param(No("nobody's", "show", {"text": "Hi"}, 404, "unknown-banner"), id="show, of none"),
    pytest.param(
        No("nobody's", "show", {"text": "Hi", "when": "queue"}, 404, "unknown-banner"), id="queue, of none"
    ),
    pytest.param(No("nobody's", "clear", {}, 404, "unknown-banner"), id="clear, of none"),
    pytest.param(
        No("nobody's", "clear", {"revision": 1}, 404, "unknown-banner"), id="clear at a revision, of none"
    ),
    pytest.param(No("nobody's", "replace", {"text": "Hi"}, 404, "unknown-banner"), id="replace, of none"),
    pytest.param(No("nobody's", "expire", {"display_id": "d1"}, 404, "unknown-banner"), id="expire, of none"),
    pytest.param(No("nobody's", "hold", {"reason": "wind"}, 404, "unknown-banner"), id="hold, of none"),
    pytest.param(No("nobody's", "release", {}, 404, "unknown-banner"), id="release, of none"),
    pytest.param(No("nobody's", "get", {}, 404, "unknown-banner"), id="get, of none"),
    pytest.param(No("free", "register", {"name": "Other"}, 409, "already-registered"), id="register again"),
    pytest.param(No("free", "show", {"text": ""}, 422, "bad-text"), id="show nothing"),
    pytest.param(No("free", "show", {"text": "x" * 121}, 422, "bad-text"), id="show too much"),
    pytest.param(
        No("free", "show", {"text": "a\u202eb"}, 422, "bad-text"), id="show what turns the line around"
    ),
    pytest.param(No("free", "show", {"text": "", "when": "queue"}, 422, "bad-text"), id="queue nothing"),
    pytest.param(No("free", "clear", {"by": "ada"}, 404, "nothing-showing"), id="clear a free one"),
    pytest.param(No("free", "clear", {"display_id": "d1"}, 404, "not-showing"), id="clear what is not there"),
    pytest.param(No("free", "clear", {"revision": "older"}, 412, "stale"), id="clear what is not the newest"),
    pytest.param(
        No("free", "show", {"text": "Hi", "revision": "older"}, 412, "stale"),
        id="show at what is not the newest",
    ),
    pytest.param(
        No("free", "expire", {"display_id": "d1"}, 404, "not-showing"), id="expire what is not there"
    ),
    pytest.param(
        No("free", "replace", {"text": "Hi"}, 428, "needs-if-match"), id="replace without a revision"
    ),
    pytest.param(
        No("free", "replace", {"text": "Hi", "revision": "older"}, 412, "stale"),
        id="replace at an old revision",
    ),
    pytest.param(
        No("free", "replace", {"text": "Hi", "revision": "newest"}, 404, "nothing-showing"),
        id="replace nothing",
    ),
    pytest.param(No("free", "release", {"role": "operator"}, 404, "not-held"), id="release what is not held"),
    pytest.param(No("free", "release", {}, 403, "not-operator"), id="release without being an operator"),
    pytest.param(
        No("free", "hold", {"reason": "wind"}, 403, "not-operator"), id="hold without being an operator"
    ),
    pytest.param(No("free", "show", {"text": "Hi", "not_after": OVER}, 408, "too-late"), id="show too late"),
    pytest.param(No("busy", "show", {"text": "Hi"}, 409, "busy"), id="show on a busy one"),
    pytest.param(
        No("busy", "show", {"id": "@", "text": "Hi"}, 422, "key-reused"), id="show under an old key"
    ),
    pytest.param(No("busy", "clear", {"by": "bob"}, 403, "not-yours"), id="clear another's"),
    pytest.param(
        No("busy", "clear", {"by": "bob", "display_id": "@"}, 403, "not-yours"), id="clear another's by name"
    ),
    pytest.param(
        No("busy", "replace", {"text": "", "by": "ada", "revision": "newest"}, 422, "bad-text"),
        id="replace by nothing",
    ),
    pytest.param(
        No("busy", "replace", {"text": "Hi", "by": "bob", "revision": "newest"}, 403, "not-yours"),
        id="replace another's",
    ),
    pytest.param(No("busy", "expire", {"display_id": "@"}, 409, "not-due"), id="expire too early"),
    pytest.param(
        No("queued", "show", {"text": "Hi", "by": "bob", "when": "queue"}, 409, "already-waiting"),
        id="queue twice",
    ),
    pytest.param(
        No("full", "show", {"text": "Hi", "by": "dan", "when": "queue"}, 429, "queue-full"),
        id="queue behind many",
    ),
    pytest.param(No("held", "show", {"text": "Hi"}, 409, "held"), id="show during a hold"),
    pytest.param(No("held", "clear", {"role": "operator"}, 404, "nothing-showing"), id="clear during a hold"),
    pytest.param(
        No("held", "hold", {"reason": "rain"}, 403, "not-operator"), id="hold again without being an operator"
    ),
    pytest.param(No("blocked", "show", {"text": "A FR0G"}, 422, "blocked-text"), id="show a blocked word"),
    pytest.param(
        No("approved first", "show", {"text": "Hi", "by": "bob"}, 409, "already-pending"), id="submit twice"
    ),
    pytest.param(
        No("crowded", "show", {"text": "Hi", "by": "dan"}, 429, "pending-full"), id="submit behind many"
    ),
    pytest.param(
        No(
            "approved first",
            "replace",
            {"text": "Hi", "by": "ada", "revision": "newest"},
            403,
            "needs-approval",
        ),
        id="replace where texts need a yes",
    ),
    pytest.param(
        No("approved first", "approve", {"display_id": "d9", "role": "operator"}, 404, "not-pending"),
        id="approve what does not wait",
    ),
    pytest.param(
        No("approved first", "reject", {"display_id": "@", "reason": "no"}, 403, "not-operator"),
        id="reject without being an operator",
    ),
    pytest.param(
        No("free", "set-approval", {"required": True}, 403, "not-operator"),
        id="ask for approval without being an operator",
    ),
    *(
        pytest.param(No("nobody's", verb, sent, 404, "unknown-banner"), id=f"{verb}, of none")
        for verb, sent in APPROVALS.items()
    ),
]

BY_ANY_SERVICE: Final = {
    "malformed",
    "overloaded",
    "mesh-unavailable",
    "outcome-unknown",
    "failed",
    "record-unreadable",
}
"""Why anything may be refused, whatever the banner is like."""


async def in_situation(mesh: Mesh, banners: Banners, situation: str) -> BannerId:
    """A banner in this situation, and in it since noon."""
    if situation == "nobody's":
        return new_banner_id()
    banner = await registered(banners)
    if situation == "held":
        await held(banners, banner)
    elif situation == "blocked":
        await Blocklists(mesh).command(Block(word="frog", by="olga", role="operator"))
    elif situation != "free":
        await shown(banners, banner, by="ada")
    if situation in {"approved first", "crowded"}:
        await banners.command(banner, SetApproval(required=True, by="olga", role="operator"))
        for number in range(PENDING_AT_MOST if situation == "crowded" else 1):
            await queued(banners, banner, by=f"guest-{number}" if number else "bob")
    for number in range({"queued": 1, "full": QUEUE_AT_MOST}.get(situation, 0)):
        await queued(banners, banner, by=f"guest-{number}" if number else "bob")
    return banner


@pytest.mark.parametrize("no", REFUSED)
async def test_a_banner_says_no_with_a_code_and_a_reason_and_stays_as_it_is(
    mesh: Mesh, banners: Banners, no: No
) -> None:
    banner = await in_situation(mesh, banners, no.situation)
    before = await banners.get(banner)
    sent = no.sent
    if isinstance(before, Accepted):
        facts = {"newest": before.revision, "older": before.revision - 1, "@": before.command}
        sent = {name: facts.get(value, value) for name, value in sent.items()}

    answer = await mesh.requests.ask(subjects.banner(banner, no.verb), msgspec.json.encode(sent), timeout=10)

    refusal = _refusals.decode(answer.data)
    assert {CODE_HEADER: str(no.code), TEXT_HEADER: refusal.detail} == answer.headers
    assert no.reason == msgspec.json.decode(answer.data)["reason"] == refusal.reason
    assert before == await banners.get(banner)


def test_everything_that_a_banner_may_refuse_was_met() -> None:
    declared = {str(refusal.__struct_config__.tag) for refusal in get_args(BannerRefusal)}

    assert declared == {cast("No", case.values[0]).reason for case in REFUSED} | BY_ANY_SERVICE


async def test_a_busy_banner_says_until_when_and_by_what(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    clock.advance(1_500)

    answer = await banners.command(free, Show(text="Hi", by="bob"))

    revision = (await newest(banners, free)).revision
    assert answer == refusals.Busy(
        until=up.until, retry_after_ms=MINUTE - 1_500, display_id=up.id, revision=revision
    )


async def test_past_a_deadline_that_nobody_has_said_it_is_busy_with_the_next_in_line(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    waiting = await queued(banners, free, by="bob")
    clock.advance(MINUTE + 7)

    answer = await banners.command(free, Show(text="Hi", by="cyd"))

    assert answer == refusals.Busy(
        until=later(up.until, MINUTE + 7),
        retry_after_ms=MINUTE,
        display_id=_called(waiting),
        revision=waiting.revision,
    )


async def test_what_nobody_has_seen_yet_is_not_cleared_in_place_of_what_is_over(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    del up
    waiting = await queued(banners, free, by="bob")
    clock.advance(MINUTE)

    for command in (Clear(by="ada"), Clear(by="bob"), Clear(by="olga", role="operator")):
        assert refusals.NothingShowing() == await banners.command(free, command)

    assert waiting == await newest(banners, free)


async def test_during_a_hold_people_are_told_why(banners: Banners, free: BannerId, clock: HandClock) -> None:
    await held(banners, free, "wind")
    clock.advance(1_500)

    assert refusals.Held(problem="wind", since=NOON) == await banners.command(free, Show(text="Hi"))
    assert isinstance(await banners.command(free, Show(text="Hi", when="queue")), Accepted)


async def test_a_full_queue_says_when_to_try_again(mesh: Mesh, banners: Banners, clock: HandClock) -> None:
    banner = await in_situation(mesh, banners, "full")
    clock.advance(1_500)

    answer = await banners.command(banner, Show(text="Hi", by="dan", when="queue"))

    assert refusals.QueueFull(at_most=QUEUE_AT_MOST, retry_after_ms=MINUTE - 1_500) == answer


async def test_a_stale_clear_says_what_the_newest_is(banners: Banners, free: BannerId, up: Display) -> None:
    revision = (await newest(banners, free)).revision

    answer = await banners.command(free, Clear(by="ada", revision=revision - 1))

    assert refusals.Stale(expected=revision - 1, revision=revision) == answer
    assert up == (await newest(banners, free)).state.display


async def test_a_display_is_not_expired_too_early(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    clock.advance(MINUTE - 1)

    answer = await banners.command(free, Expire(display_id=up.id))

    assert refusals.NotDue(until=up.until, retry_after_ms=1) == answer
    assert up == (await newest(banners, free)).state.display


async def test_a_late_expiry_does_not_end_a_newer_display(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    clock.advance(MINUTE)
    second = (await shown(banners, free, "next")).state.display
    clock.advance(MINUTE)

    answer = await banners.command(free, Expire(display_id=up.id))

    assert refusals.NotShowing(display_id=up.id) == answer
    assert second == (await newest(banners, free)).state.display


# --- the same command again -----------------------------------------------------------------------


async def test_the_same_command_again_has_one_effect_and_the_same_answer(
    banners: Banners, free: BannerId, key: CommandId
) -> None:
    wish = Show(id=key, text="Hello", by="ada")
    first = await banners.command(free, wish)
    assert isinstance(first, Accepted)

    assert msgspec.structs.replace(first, repeated=True) == await banners.command(free, wish)
    assert first == await newest(banners, free)


@pytest.mark.parametrize("fenced", [False, True], ids=["under its key", "at its revision"])
async def test_the_same_command_is_recognised_by_another_instance_much_later(
    banners: Banners,
    free: BannerId,
    nats_server: NatsServer,
    *,
    fenced: bool,
) -> None:
    revision = (await newest(banners, free)).revision if fenced else None
    wish = Show(id=new_command_id(), text="Hello", by="ada", revision=revision)
    first = await banners.command(free, wish)
    assert isinstance(first, Accepted)
    for _ in range(REMEMBERED_AT_MOST):  # the record forgets the command, and the bucket the record
        await banners.command(free, Clear(by="ada"))
        await shown(banners, free)

    async with (
        open_mesh(nats_server.url, name="other") as other,
        running_banner_service(other, instance="other") as others,
    ):
        again = await others.command(free, wish)

    assert msgspec.structs.replace(first, repeated=True) == again


async def test_a_key_that_was_used_long_ago_is_not_used_for_something_else(
    banners: Banners, free: BannerId, key: CommandId
) -> None:
    await banners.command(free, Show(id=key, text="Hello", by="ada"))
    for _ in range(REMEMBERED_AT_MOST):
        await banners.command(free, Clear(by="ada"))
        await shown(banners, free)
    other = await registered(banners)

    for banner in (free, other):
        answer = await banners.command(banner, Show(id=key, text="Something else", by="ada"))
        assert refusals.KeyReused() == answer


async def test_one_who_queued_twice_with_one_key_waits_once(
    banners: Banners, free: BannerId, up: Display, key: CommandId
) -> None:
    del up
    wish = Show(id=key, text="Next", by="bob", when="queue")
    first = await banners.command(free, wish)
    again = await banners.command(free, wish)

    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert msgspec.structs.replace(first, repeated=True) == again
    assert [DisplayId(key)] == _line(again)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Show(text="Hi", by="ada"), id="another text"),
        pytest.param(Show(text="Hello", by="bob"), id="from somebody else"),
        pytest.param(Show(text="Hello", by="ada", when="queue"), id="at another time"),
        pytest.param(Clear(by="ada"), id="another verb"),
    ],
)
async def test_the_same_id_for_something_else_is_refused(
    banners: Banners, free: BannerId, key: CommandId, other: BannerCommand
) -> None:
    first = await banners.command(free, Show(id=key, text="Hello", by="ada"))

    assert refusals.KeyReused() == await banners.command(free, msgspec.structs.replace(other, id=key))
    assert first == await newest(banners, free)


async def test_of_many_who_show_at_once_through_two_instances_exactly_one_is_accepted(
    banners: Banners, free: BannerId, nats_server: NatsServer, clock: HandClock
) -> None:
    answers: list[Accepted[Banner] | BannerRefusal] = []

    async def show(number: int) -> None:
        answers.append(await banners.command(free, Show(text=f"Hello {number}")))

    async with (
        open_mesh(nats_server.url, name="other") as other,
        running_banner_service(other, instance="other", now=clock),
    ):
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                for number in range(200):
                    tasks.start_soon(show, number)

    accepted = [answer for answer in answers if isinstance(answer, Accepted)]
    refused = [answer for answer in answers if isinstance(answer, refusals.Busy)]
    assert (1, 199) == (len(accepted), len(refused))
    assert {str(accepted[0].command)} == {str(busy.display_id) for busy in refused}
    assert accepted[0] == await newest(banners, free)


# --- what is no command ---------------------------------------------------------------------------

WORDS = list(VERBS.values())

GARBAGE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"garbage", id="no JSON"),
    pytest.param(bytes(range(256)), id="every byte there is"),
    pytest.param(b"\xff\xfe\x00\x00", id="no text"),
    pytest.param(b"null", id="null"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b'"show"', id="a text"),
    pytest.param(b"{", id="half an object"),
    pytest.param(b'{"text":"Hi","display_id":"d1"} ', id="fields of two commands"),
    pytest.param(b'{"colour":"red"}', id="an unknown field"),
    pytest.param(b'{"id":"A.B"}', id="an id with a dot"),
    pytest.param(b'{"id":"a\\n"}', id="an id with a line break"),
    pytest.param(b'{"by":"\xff"}', id="a name that is no text"),
    pytest.param(b'{"by":"\\ud800"}', id="half a character"),
    pytest.param(b'{"by":7}', id="a number for a name"),
    pytest.param(b'{"by":' + b"[" * 100_000, id="brackets without end"),
    pytest.param(b'{"\\r\\nNats-Service-Error-Code: 200\\r\\n":1}', id="a field that looks like headers"),
    pytest.param(b'{"' + b"x" * (MEGABYTE - 6) + b'":1}', id="a megabyte of one field's name"),
    pytest.param(b'{"by":"' + b"x" * (MEGABYTE - 9) + b'"}', id="a megabyte of one name"),
    pytest.param(b"x" * MEGABYTE, id="a megabyte of anything"),
]


@pytest.mark.parametrize("verb", WORDS)
@pytest.mark.parametrize("data", GARBAGE)
async def test_garbage_is_malformed_and_changes_nothing(
    mesh: Mesh, banners: Banners, free: BannerId, verb: str, data: bytes
) -> None:
    await shown(banners, free)
    before = await newest(banners, free)

    answer = await mesh.requests.ask(subjects.banner(free, verb), data, timeout=10)

    refusal = _refusals.decode(answer.data)
    assert isinstance(refusal, refusals.Malformed)
    assert {CODE_HEADER: "400", TEXT_HEADER: refusal.detail} == answer.headers
    assert len(refusal.detail) < 500
    assert refusal.detail.isprintable()
    assert before == await newest(banners, free)  # nothing stored, and it still answers


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"expiries":"all"}', id="a text for expiries"),
        pytest.param(b'{"expiries":[{"banner":"*","display_id":"d1"}]}', id="a star for a banner"),
        pytest.param(b'{"expiries":[{"banner":"b1"}]}', id="no display"),
        pytest.param(
            msgspec.json.encode({"expiries": [{"banner": "b1", "display_id": "d1"}] * 1_001}),
            id="more than a thousand",
        ),
    ],
)
async def test_many_expiries_that_are_none_are_malformed(mesh: Mesh, banners: Banners, data: bytes) -> None:
    del banners

    answer = await mesh.requests.ask(subjects.expire_many(), data, timeout=10)

    assert isinstance(_refusals.decode(answer.data), refusals.Malformed)


@pytest.mark.parametrize("verb", [*WORDS, "get"])
@pytest.mark.parametrize("banner_id", ["UP", "a_b", "-a", "\u00e4", "*", "x" * 64])
async def test_a_bad_id_in_a_subject_is_malformed(
    mesh: Mesh, banners: Banners, verb: str, banner_id: str
) -> None:
    del banners
    before = (await streams.info(mesh, BANNERS.stream)).state.last_seq

    answer = await mesh.requests.ask(f"airdisplay.banner.{banner_id}.{verb}", b'{"text":"Hi"}', timeout=10)

    assert isinstance(_refusals.decode(answer.data), refusals.Malformed)
    assert before == (await streams.info(mesh, BANNERS.stream)).state.last_seq


@pytest.mark.timeout(30)  # what this must not do is occupy the service for minutes
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * (MEGABYTE - 20), id="of letters"),
        pytest.param("a" + "\u0301\u0323" * 250_000, id="of accents"),
        pytest.param(" " * (MEGABYTE - 20), id="of spaces"),
        pytest.param("\u200b" * 340_000, id="of nothing to see"),
    ],
)
async def test_a_megabyte_is_no_text(mesh: Mesh, banners: Banners, free: BannerId, text: str) -> None:
    data = msgspec.json.encode({"text": text})
    assert len(data) <= MEGABYTE

    answer = await mesh.requests.ask(subjects.banner(free, "show"), data, timeout=10)

    assert isinstance(_refusals.decode(answer.data), refusals.BadText)
    assert (await newest(banners, free)).state.display is None


async def test_what_comes_with_get_and_hello_is_not_looked_at(
    mesh: Mesh, banners: Banners, free: BannerId
) -> None:
    del banners
    heard = await _hear_state(mesh, free)

    answer = await mesh.requests.ask(subjects.banner(free, "get"), b"\xff" * MEGABYTE, timeout=10)
    await mesh.publish(subjects.banner(free, "hello"), b"\xff" * MEGABYTE)

    assert CODE_HEADER not in (answer.headers or {})
    await until(lambda: len(heard) == 1)


async def test_garbage_that_expects_no_answer_is_survived(
    mesh: Mesh, banners: Banners, free: BannerId
) -> None:
    for verb in [*WORDS, "hello"]:
        await mesh.publish(subjects.banner(free, verb), b"garbage")
        await mesh.publish(f"airdisplay.banner.UP.{verb}", b"garbage")
    await mesh.publish(subjects.expire_many(), b"garbage")

    assert (await newest(banners, free)).state.display is None


# --- records that cannot be read ------------------------------------------------------------------


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b'{"schema":%d}' % (SCHEMA + 1), id="of a newer version"),
        pytest.param(b"garbage", id="that is none"),
        pytest.param(b'{"schema":1,"at":"\xff"}', id="that is no text"),
        pytest.param(b'{"x":' + b"[" * 60_000, id="with brackets without end"),
    ],
)
async def test_a_record_that_cannot_be_read_is_reported_and_left(
    mesh: Mesh, banners: Banners, banner: BannerId, stored: bytes
) -> None:
    store = KvStore(mesh, BANNERS)
    revision = await store.commit(banner, stored, 0)

    answers = [
        await banners.command(banner, Register()),
        await banners.command(banner, Show(text="Hello")),
        await banners.get(banner),
    ]

    assert [refusals.RecordUnreadable] * 3 == [type(answer) for answer in answers]
    assert (revision, stored) == await store.load(banner, fresh=True)


async def test_a_record_from_before_there_were_queues_and_holds_is_read(
    mesh: Mesh, banners: Banners, banner: BannerId, clock: HandClock
) -> None:
    display = {"id": "d1", "text": "Hello", "by": "ada", "shown_at": NOON, "until": later(NOON, MINUTE)}
    old = {
        "schema": 1,
        "at": NOON,
        "by": "ada",
        "command": {"verb": "show", "id": "d1", "digest": "0123456789ab"},
        "events": [{"type": "shown", "display": display}],
        "state": {"id": banner, "name": "Lightning", "tags": ["north"], "display": display},
        "recent": [],
    }
    before = await KvStore(mesh, BANNERS).commit(banner, msgspec.json.encode(old), 0)

    waiting = await queued(banners, banner, by="bob")
    clock.advance(MINUTE)
    answer = await banners.command(banner, Expire(display_id=DisplayId("d1")))

    assert before < waiting.revision
    assert isinstance(answer, Accepted)
    assert answer.state.display is not None
    assert (_called(waiting), "Lightning") == (answer.state.display.id, answer.state.name)


# --- many expiries at once ------------------------------------------------------------------------


async def test_many_expiries_are_each_decided_on_their_own(
    mesh: Mesh, banners: Banners, clock: HandClock
) -> None:
    due, overtaken, unregistered, broken, young = (new_banner_id() for _ in range(5))
    for banner in (due, overtaken, young):
        await registered(banners, banner)
    on_due = await shown(banners, due)
    on_overtaken = await shown(banners, overtaken)
    await banners.command(overtaken, Clear(by="ada"))
    await KvStore(mesh, BANNERS).commit(broken, b"garbage", 0)
    clock.advance(MINUTE)
    on_young = await shown(banners, young)

    def expiry(banner: BannerId, display: CommandId | None) -> Expiry:
        return Expiry(banner, DisplayId(display or "d1"))

    request = (
        expiry(young, on_young.command),
        expiry(unregistered, None),
        expiry(due, on_due.command),
        expiry(broken, None),
        expiry(overtaken, on_overtaken.command),
    )
    reply = await banners.expire(ExpireMany(expiries=request, by="expiry"))

    def outcome(number: int, word: str, until: Instant | None = None) -> ExpiryOutcome:
        asked = request[number]
        return ExpiryOutcome(banner=asked.banner, display_id=asked.display_id, outcome=word, until=until)

    assert (
        ExpireManyReply(
            (
                outcome(0, "not-due", later(NOON, 2 * MINUTE)),
                outcome(1, "unknown-banner"),
                outcome(2, "expired"),
                outcome(3, "failed"),
                outcome(4, "not-showing"),
            )
        )
        == reply
    )
    assert (await newest(banners, due)).state.display is None
    assert on_young == await newest(banners, young)


async def test_many_expiries_show_the_next_of_each(banners: Banners, clock: HandClock) -> None:
    some = [await registered(banners) for _ in range(5)]
    over = [await shown(banners, banner) for banner in some]
    waiting = [await queued(banners, banner) for banner in some]
    now = clock.advance(MINUTE + 7)

    request = [Expiry(banner, _called(each)) for banner, each in zip(some, over, strict=True)]
    reply = await banners.expire(ExpireMany(expiries=tuple(request)))

    assert isinstance(reply, ExpireManyReply)
    assert ["expired"] * 5 == [outcome.outcome for outcome in reply.outcomes]
    displays = [(await newest(banners, banner)).state.display for banner in some]
    assert [(_called(each), now) for each in waiting] == [
        (display.id, display.shown_at) for display in displays if display is not None
    ]


async def test_an_expiry_that_is_asked_for_twice_at_once_is_done_once(
    banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    clock.advance(MINUTE)

    reply = await banners.expire(ExpireMany(expiries=(Expiry(free, up.id),) * 2))

    assert isinstance(reply, ExpireManyReply)
    assert ["expired", "not-showing"] == sorted(each.outcome for each in reply.outcomes)


async def test_a_thousand_expiries_go_in_one_request(banners: Banners, clock: HandClock) -> None:
    some = [await registered(banners) for _ in range(10)]
    displays = [(await shown(banners, banner)).command for banner in some]
    clock.advance(MINUTE)
    real = [Expiry(banner, DisplayId(str(display))) for banner, display in zip(some, displays, strict=True)]
    rest = [Expiry(BannerId(f"none-{number}"), DisplayId("d1")) for number in range(EXPIRIES_AT_MOST - 10)]

    with anyio.fail_after(20):
        reply = await banners.expire(ExpireMany(expiries=(*real, *rest)))

    assert isinstance(reply, ExpireManyReply)
    assert ["expired"] * 10 + ["unknown-banner"] * 990 == [each.outcome for each in reply.outcomes]


async def test_no_expiries_have_no_outcomes(banners: Banners) -> None:
    assert ExpireManyReply(()) == await banners.expire(ExpireMany(expiries=()))


# --- hardware -------------------------------------------------------------------------------------


async def test_every_commit_reaches_the_hardware_in_order(
    mesh: Mesh, banners: Banners, banner: BannerId
) -> None:
    heard = await _hear_state(mesh, banner)

    await registered(banners, banner)
    up = await shown(banners, banner)
    cleared = await banners.command(banner, Clear(by="ada"))
    await until(lambda: len(heard) == 3)

    assert isinstance(cleared, Accepted)
    assert [None, up.state.display, None] == [_state(message).display for message in heard]
    assert [up.revision, cleared.revision] == [_revision(message) for message in heard[1:]]


async def test_the_commit_that_ends_a_display_tells_the_hardware_the_next_one(
    mesh: Mesh, banners: Banners, free: BannerId, up: Display, clock: HandClock
) -> None:
    waiting = await queued(banners, free)
    heard = await _hear_state(mesh, free)
    clock.advance(MINUTE)

    await banners.command(free, Expire(display_id=up.id))
    holding = await held(banners, free)
    await until(lambda: len(heard) == 2)

    first, second = (_state(message).display for message in heard)
    assert first is not None
    assert _called(waiting) == first.id
    assert second is None
    assert holding.revision == _revision(heard[1])


async def test_hardware_that_comes_up_is_told_the_state_again(
    mesh: Mesh, banners: Banners, free: BannerId, up: Display
) -> None:
    heard = await _hear_state(mesh, free)
    stored = await KvStore(mesh, BANNERS).load(free, fresh=True)

    before = real_clock.now()
    await mesh.publish(subjects.banner(free, "hello"), b"")
    await until(lambda: len(heard) == 1)

    assert up == _state(heard[0]).display
    assert stored.revision == _revision(heard[0])
    now, _, record = heard[0].data.partition(b",")
    assert stored.data == b"{" + record
    assert before <= msgspec.json.decode(now + b"}")["now"] <= real_clock.now()
    assert stored.revision == (await newest(banners, free)).revision


async def test_a_hello_makes_the_service_speak_nowhere_but_to_that_banner(
    mesh: Mesh, banners: Banners, free: BannerId
) -> None:
    """What hardware may not write to, it could otherwise name as the place for the answer."""
    victim = await registered(banners)
    elsewhere = subjects.record(BANNERS.bucket, victim)
    before = await KvStore(mesh, BANNERS).load(victim, fresh=True)
    heard = await _hear_state(mesh, free)
    at_the_victim = await _hear_state(mesh, victim)

    for said_of in (free, "UP", "nobody-registered-this"):
        await mesh.client.publish(subjects.banner(said_of, "hello"), b"", reply=elsewhere)
        await mesh.client.publish(
            subjects.banner(said_of, "hello"), b"", reply=subjects.banner(victim, "state")
        )
    await until(lambda: len(heard) >= 1)
    await newest(banners, victim)

    assert before == await KvStore(mesh, BANNERS).load(victim, fresh=True)
    assert [] == at_the_victim


async def test_hardware_of_a_banner_that_nobody_registered_hears_nothing(
    mesh: Mesh, banners: Banners, banner: BannerId
) -> None:
    del banners
    heard = await _hear_state(mesh, banner)

    await mesh.publish(subjects.banner(banner, "hello"), b"")

    async def counted() -> bool:
        [service] = await discover(mesh, "STATS", "banner")
        return bool(service.data["hellos_of_unknown_banners"])

    await until(counted)
    assert [] == heard


# --- its life -------------------------------------------------------------------------------------


async def test_a_clock_that_is_off_keeps_it_from_serving(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    right = real_clock.seconds
    monkeypatch.setattr(real_clock, "seconds", lambda: right() + 60)

    with pytest.raises(NotFit, match="ahead of the server's"):
        async with running_banner_service(mesh):
            pytest.fail("it serves")


async def test_it_makes_what_it_needs_on_an_empty_server(own_nats_server: NatsServer) -> None:
    async with open_mesh(own_nats_server.url, name="test") as mesh, running_banner_service(mesh) as banners:
        assert (await shown(banners, await registered(banners))).state.display is not None


async def test_it_tells_who_it_is_and_how_it_goes(mesh: Mesh, banners: Banners, free: BannerId) -> None:
    del banners, free

    async def found() -> bool:
        [service] = await discover(mesh, "STATS", "banner")
        named = [endpoint["name"] for endpoint in service.endpoints]
        assert [*WORDS, "get", "expire-many", "hello", "block", "unblock", "blocklist"] == named
        hellos = {f"hellos_{how}" for how in ("answered", "merged", "of_unknown_banners", "failed")}
        assert {"conflicts", "skew_seconds", "blocklist_revision", *hellos} == set(service.data)
        return bool(service.endpoints[0]["num_requests"] == 1)

    await until(found)


async def test_what_was_decided_survives_the_death_of_the_server(own_nats_server: NatsServer) -> None:
    async with open_mesh(own_nats_server.url, name="test") as mesh, running_banner_service(mesh) as banners:
        banner = await registered(banners)
        up = await shown(banners, banner)
        await own_nats_server.kill()
        await own_nats_server.start()
        await until(lambda: mesh.connected)

        assert up == await newest(banners, banner)
        assert isinstance(await banners.command(banner, Show(text="Hi")), refusals.Busy)


def _called(answer: Accepted[Banner]) -> DisplayId:
    """What the display of an accepted Show is called."""
    assert answer.command is not None
    return DisplayId(answer.command)


def _line(answer: Accepted[Banner]) -> list[DisplayId]:
    """Who waits, in order."""
    return [ticket.id for ticket in answer.state.queue]


async def _hear_state(mesh: Mesh, banner: BannerId) -> list[Msg]:
    """Everything that comes on `.state` from now on."""
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    await mesh.subscribe(subjects.banner(banner, "state"), hear)
    return heard


def _state(message: Msg) -> Banner:
    return msgspec.json.decode(message.data, type=StateMessage).state


def _revision(message: Msg) -> int:
    return int((message.headers or {})["Nats-Sequence"])
