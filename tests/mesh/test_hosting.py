"""Hosting: any entity as a service, on the wire as others speak to it."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import anyio
import msgspec
import pytest
from nats.aio.msg import Msg

from shared.contracts import subjects
from shared.contracts.command import NOBODY
from shared.contracts.errors import NotFit, Unreachable
from shared.contracts.identity import CommandId, hint_at, hint_in
from shared.contracts.instants import Instant, later
from shared.entities.entity import Entity
from shared.entities.records import Record
from shared.mesh import clock, kv, streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.hosting import Host, entity_service, order
from shared.mesh.kv import KvStore
from shared.mesh.reactor import Reactor
from shared.mesh.services import CODE_HEADER, TEXT_HEADER, discover
from tests.support.banners import new_command_id
from tests.support.clock import NOON, HandClock
from tests.support.counter import (
    COUNTER,
    COUNTERS,
    COUNTING,
    LIMIT,
    Add,
    Added,
    AddUp,
    Count,
    Nudge,
)
from tests.support.nats_server import NatsServer
from tests.support.waiting import until


@pytest.fixture
def key() -> str:
    """A counter that nobody has counted with."""
    return f"k-{uuid4().hex[:12]}"


@pytest.fixture
def hand_clock() -> HandClock:
    """The clock of the service."""
    return HandClock()


@pytest.fixture
async def host(mesh: Mesh, hand_clock: HandClock) -> AsyncGenerator[Host[Count, Add, Added]]:
    """Counters as a service in this process."""
    async with entity_service(mesh, COUNTING, instance="test", now=hand_clock) as host:
        yield host


@pytest.fixture
async def caller(nats_server: NatsServer, host: Host[Count, Add, Added]) -> AsyncGenerator[Mesh]:
    """Somebody else, who asks."""
    del host
    async with open_mesh(nats_server.url, name="caller") as mesh:
        yield mesh


async def ask(caller: Mesh, key: str, verb: str, body: dict[str, Any] | bytes = b"") -> Any:
    """Ask, and read the answer as a caller without our types does; a refusal must agree with its headers."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    answer = await caller.requests.ask(f"airdisplay.counter.{key}.{verb}", data, timeout=10)
    read = msgspec.json.decode(answer.data)
    if answer.headers:
        assert {CODE_HEADER, TEXT_HEADER} == set(answer.headers)
        assert read["detail"] == answer.headers[TEXT_HEADER]
        read["code"] = int(answer.headers[CODE_HEADER])
    return read


async def commits(mesh: Mesh) -> int:
    """How much was ever written to the counters."""
    return (await streams.info(mesh, COUNTERS.stream)).state.last_seq


# --- verbs ----------------------------------------------------------------------------------------


async def test_an_accepted_command_is_answered_with_the_entity_as_that_commit_left_it(
    mesh: Mesh, caller: Mesh, key: str
) -> None:
    answer = await ask(caller, key, "add", {"id": "c1", "by": "ada", "amount": 3})

    stored = await KvStore(mesh, COUNTERS).load(key, fresh=True)
    assert {
        "revision": stored.revision,
        "at": NOON,
        "state": {"value": 3},
        "repeated": False,
        "command": "c1",
    } == answer
    assert stored.data is not None
    record = msgspec.json.decode(stored.data)
    assert ("ada", "add", "c1") == (record["by"], record["command"]["verb"], record["command"]["id"])


async def test_every_verb_has_its_own_subject_and_command(caller: Mesh, key: str) -> None:
    await ask(caller, key, "add", {"amount": 3})

    nudged = await ask(caller, key, "nudge", {})

    assert ({"value": 4}, None) == (nudged["state"], nudged["command"])
    refused = await ask(caller, key, "nudge", {"amount": 3})
    assert ("malformed", 400) == (refused["reason"], refused["code"])


async def test_get_answers_with_the_entity_as_it_is(caller: Mesh, key: str) -> None:
    await ask(caller, key, "add", {"id": "c1", "amount": 3})
    last = await ask(caller, key, "add", {"id": "c2", "amount": 4})

    assert last == await ask(caller, key, "get")


async def test_get_of_what_is_not_there_says_so(caller: Mesh, key: str) -> None:
    detail = f"There is no counter {key!r}."

    assert {"reason": "no-counter", "key": key, "detail": detail, "code": 404} == await ask(
        caller, key, "get"
    )


async def test_whoever_does_not_say_is_nobody(mesh: Mesh, caller: Mesh, key: str) -> None:
    await ask(caller, key, "add", {"amount": 1})

    stored = await KvStore(mesh, COUNTERS).load(key, fresh=True)
    assert stored.data is not None
    assert NOBODY == msgspec.json.decode(stored.data)["by"]


async def test_two_instances_serve_one_entity(nats_server: NatsServer, caller: Mesh, key: str) -> None:
    async with (
        open_mesh(nats_server.url, name="other") as other,
        entity_service(other, COUNTING, instance="other"),
    ):
        for _ in range(20):
            await ask(caller, key, "add", {"amount": 1})

        assert {"value": 20} == (await ask(caller, key, "get"))["state"]


# --- what is none ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"garbage", id="no JSON"),
        pytest.param(b'{"by":"\xff"}', id="no text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no amount"),
        pytest.param(b'{"amount":"3"}', id="a text for a number"),
        pytest.param(b'{"amount":3,"colour":"red"}', id="an unknown field"),
        pytest.param(b'{"amount":3,"id":"A.B"}', id="a bad id"),
        pytest.param(b'{"amount":3,"by":""}', id="an empty author"),
        pytest.param(b'{"amount":3,"not_after":"tomorrow"}', id="no instant"),
        pytest.param(b'{"amount":3,"revision":"7"}', id="a text for a revision"),
    ],
)
async def test_what_is_no_command_is_malformed_and_writes_nothing(
    mesh: Mesh, caller: Mesh, key: str, data: bytes
) -> None:
    before = await commits(mesh)

    answer = await ask(caller, key, "add", data)

    assert ("malformed", 400) == (answer["reason"], answer["code"])
    assert answer["detail"].startswith("The command cannot be read: expected ")
    assert before == await commits(mesh)


@pytest.mark.parametrize("verb", ["add", "get"])
@pytest.mark.parametrize("bad", ["UP", "-a", "x" * 64])
async def test_what_is_no_key_is_malformed(mesh: Mesh, caller: Mesh, verb: str, bad: str) -> None:
    before = await commits(mesh)

    answer = await ask(caller, bad, verb, b'{"amount":3}')

    assert ("malformed", 400) == (answer["reason"], answer["code"])
    assert before == await commits(mesh)


async def test_a_refusal_carries_its_facts_its_number_and_its_sentence(caller: Mesh, key: str) -> None:
    full = await ask(caller, key, "add", {"amount": LIMIT})

    assert {
        "reason": "full",
        "value": LIMIT,
        "revision": full["revision"],  # which only the shell knows
        "detail": "Refused.",
        "code": 409,
    } == await ask(caller, key, "add", {"amount": 1})


async def test_a_stored_record_that_cannot_be_read_is_told_and_left_as_it_is(
    mesh: Mesh, caller: Mesh, key: str
) -> None:
    revision = await KvStore(mesh, COUNTERS).commit(key, b'{"schema":2}', 0)

    for verb in ("add", "nudge", "get"):
        answer = await ask(caller, key, verb, {} if verb == "nudge" else {"amount": 1})
        assert ("record-unreadable", 500) == (answer["reason"], answer["code"])
        assert "a counter record of schema 1 or older" in answer["detail"]

    assert (revision, b'{"schema":2}') == await KvStore(mesh, COUNTERS).load(key, fresh=True)


async def test_without_the_store_of_claims_a_key_of_the_callers_own_is_refused_and_others_go_on(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str
) -> None:
    async with (
        entity_service(own_mesh, COUNTING, instance="test"),
        open_mesh(own_nats_server.url, name="caller") as caller,
    ):
        await own_mesh.jetstream.delete_stream(streams.COMMANDS.stream)

        answer = await ask(caller, key, "add", {"id": "c1", "amount": 1})

        assert ("mesh-unavailable", 503) == (answer["reason"], answer["code"])
        assert {"value": 1} == (await ask(caller, key, "add", {"amount": 1}))["state"]


# --- ids ------------------------------------------------------------------------------------------


async def test_a_command_without_an_id_gets_one_that_says_where_it_belongs(caller: Mesh, key: str) -> None:
    first = await ask(caller, key, "add", {"amount": 1})
    second = await ask(caller, key, "add", {"amount": 1})

    assert first["command"] != second["command"]
    assert {hint_at(key)} == {hint_in(first["command"]), hint_in(second["command"])}
    assert {"value": 2} == second["state"]


async def test_a_callers_id_twice_has_one_effect_and_one_answer(caller: Mesh, key: str) -> None:
    command = new_command_id()
    wish = {"id": command, "by": "ada", "amount": 3}
    first = await ask(caller, key, "add", wish)

    assert {**first, "repeated": True} == await ask(caller, key, "add", wish)


async def test_a_callers_id_is_recognised_after_many_other_commands(caller: Mesh, key: str) -> None:
    wish = {"id": new_command_id(), "amount": 3}
    first = await ask(caller, key, "add", wish)
    for _ in range(40):
        await ask(caller, key, "add", {"amount": 1})

    assert {**first, "repeated": True} == await ask(caller, key, "add", wish)
    assert {"value": 43} == (await ask(caller, key, "get"))["state"]


async def test_a_callers_id_that_comes_again_with_another_time_limit_is_the_same_command(
    caller: Mesh, key: str, hand_clock: HandClock
) -> None:
    wish = {"id": new_command_id(), "amount": 3}
    first = await ask(caller, key, "add", {**wish, "not_after": later(NOON, 5_000)})
    hand_clock.advance(60_000)

    again = await ask(caller, key, "add", {**wish, "not_after": later(NOON, 65_000)})

    assert {**first, "repeated": True} == again


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"amount": 4}, id="another amount"),
        pytest.param({"amount": 3, "by": "bob"}, id="another author"),
    ],
)
async def test_a_callers_id_for_something_else_is_refused(
    caller: Mesh, key: str, other: dict[str, Any]
) -> None:
    command = new_command_id()
    await ask(caller, key, "add", {"id": command, "by": "ada", "amount": 3})

    answer = await ask(caller, key, "add", {"id": command, "by": "ada", **other})

    assert ("key-reused", 422) == (answer["reason"], answer["code"])


async def test_a_callers_id_for_another_entity_is_refused(mesh: Mesh, caller: Mesh, key: str) -> None:
    wish = {"id": new_command_id(), "amount": 3}
    await ask(caller, key, "add", wish)
    before = await commits(mesh)

    answer = await ask(caller, f"{key}-other", "add", wish)

    assert ("key-reused", 422) == (answer["reason"], answer["code"])
    assert before == await commits(mesh)


async def test_what_is_harmless_to_repeat_is_repeated(caller: Mesh, key: str) -> None:
    answers = [await ask(caller, key, "nudge", {"id": "c1"}) for _ in range(2)]

    assert [(None, False)] * 2 == [(answer["command"], answer["repeated"]) for answer in answers]
    assert [{"value": 1}, {"value": 2}] == [answer["state"] for answer in answers]


@pytest.mark.parametrize(
    ("command", "keyed"),
    [
        pytest.param(AddUp(id=CommandId("c1"), amount=3), True, id="an id"),
        pytest.param(AddUp(amount=3), False, id="no id"),
        pytest.param(AddUp(id=CommandId("c1"), amount=3, revision=7), True, id="an id and a revision"),
        pytest.param(Nudge(id=CommandId("c1")), False, id="an id for what is harmless to repeat"),
    ],
)
def test_an_id_of_the_callers_own_may_come_again(command: AddUp | Nudge, *, keyed: bool) -> None:
    assert keyed == order(COUNTING, "add", "k", command).keyed


# --- revision and time ----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["add", "nudge"])
async def test_a_command_for_a_revision_passes_at_that_one_only(caller: Mesh, key: str, verb: str) -> None:
    more = {"amount": 1} if verb == "add" else {}
    seen = (await ask(caller, key, "add", {"amount": 1}))["revision"]

    done = await ask(caller, key, verb, {**more, "revision": seen})
    stale = await ask(caller, key, verb, {**more, "revision": seen})

    assert {"value": 2} == done["state"]
    assert ("stale", 412, seen, done["revision"]) == tuple(
        stale[name] for name in ("reason", "code", "expected", "revision")
    )


async def test_a_command_for_a_revision_comes_again_after_many_others(caller: Mesh, key: str) -> None:
    seen = (await ask(caller, key, "add", {"amount": 1}))["revision"]
    wish = {"id": new_command_id(), "amount": 3, "revision": seen}
    first = await ask(caller, key, "add", wish)
    for _ in range(20):
        await ask(caller, key, "add", {"amount": 1})

    assert {**first, "repeated": True} == await ask(caller, key, "add", wish)


@pytest.mark.parametrize("verb", ["add", "nudge"])
async def test_a_command_that_comes_too_late_is_refused_and_writes_nothing(
    mesh: Mesh, caller: Mesh, key: str, hand_clock: HandClock, verb: str
) -> None:
    more = {"amount": 1} if verb == "add" else {}
    hand_clock.advance(1)
    before = await commits(mesh)

    late = await ask(caller, key, verb, {**more, "not_after": NOON})

    assert ("too-late", 408, NOON) == (late["reason"], late["code"], late["not_after"])
    assert before == await commits(mesh)
    in_time = await ask(caller, key, verb, {**more, "not_after": hand_clock.at})
    assert {"value": 1} == in_time["state"]


# --- the service ----------------------------------------------------------------------------------


async def test_the_service_is_found_under_the_kinds_name_with_all_its_subjects(
    mesh: Mesh, host: Host[Count, Add, Added], key: str
) -> None:
    await host.execute("add", key, AddUp(amount=1))

    (info,) = await discover(mesh, "INFO", COUNTERS.name)
    (statistics,) = await discover(mesh, "STATS", COUNTERS.name)

    assert ("counter", "test") == (info.name, info.id)
    assert {"add", "nudge", "get"} == {endpoint["name"] for endpoint in info.endpoints}
    assert {f"airdisplay.counter.*.{verb}" for verb in ("add", "nudge", "get")} == {
        endpoint["subject"] for endpoint in info.endpoints
    }
    assert {"conflicts", "skew_seconds"} == set(statistics.data)
    assert 0 == statistics.data["conflicts"]


async def test_a_service_makes_what_it_stores(own_mesh: Mesh) -> None:
    before = {each.config.name for each in await own_mesh.jetstream.streams_info()}

    async with entity_service(own_mesh, COUNTING, instance="test"):
        after = {each.config.name for each in await own_mesh.jetstream.streams_info()}

    assert {"KV_counters", "COUNTED"} == after - before


async def test_a_service_whose_clock_is_off_does_not_begin(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.seconds
    monkeypatch.setattr(clock, "seconds", lambda: right() + 60)

    with pytest.raises(NotFit, match="the clock is"):
        async with entity_service(mesh, COUNTING, instance="test"):
            pytest.fail("it has begun")


async def test_the_commit_is_published_where_the_entity_is(mesh: Mesh, caller: Mesh, key: str) -> None:
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    await mesh.subscribe(subjects.entity("counter", key, "state"), hear)
    answer = await ask(caller, key, "add", {"amount": 3})

    await until(lambda: len(heard) == 1)
    assert str(answer["revision"]) == (heard[0].headers or {})["Nats-Sequence"]
    assert {"value": 3} == msgspec.json.decode(heard[0].data)["state"]


async def test_a_reactor_is_called_for_every_commit_of_the_service(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str
) -> None:
    seen: list[tuple[str, int, int]] = []
    answers: list[Any] = []

    async def effect(counted: str, revision: int, record: Record[Count, Added]) -> None:
        seen.append((counted, revision, record.state.value))

    async with (
        entity_service(own_mesh, COUNTING, instance="test"),
        open_mesh(own_nats_server.url, name="caller") as caller,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(Reactor(own_mesh, COUNTERS, "notes", COUNTER, effect).run)
        answers += [await ask(caller, key, "add", {"amount": 1}) for _ in range(30)]
        await until(lambda: len(seen) == 30)
        tasks.cancel_scope.cancel()

    assert [(key, answer["revision"], answer["state"]["value"]) for answer in answers] == seen


async def test_a_history_that_is_behind_is_told_as_the_mesh_away_and_another_key_is_served(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kv, "_ARCHIVED_WITHIN_SECONDS", 0.1)
    async with (
        entity_service(own_mesh, COUNTING, instance="test"),
        open_mesh(own_nats_server.url, name="caller") as caller,
    ):
        await own_mesh.jetstream.delete_stream(COUNTERS.history or "")
        for _ in range(7):
            await ask(caller, key, "add", {"amount": 1})

        answer = await ask(caller, key, "add", {"amount": 1})

        assert ("mesh-unavailable", 503) == (answer["reason"], answer["code"])
        assert {"value": 7} == (await ask(caller, key, "get"))["state"]
        assert {"value": 1} == (await ask(caller, f"{key}-other", "add", {"amount": 1}))["state"]


async def test_what_an_older_version_cannot_read_it_does_not_write_over(
    nats_server: NatsServer, caller: Mesh, key: str
) -> None:
    """Two versions at once, as while one is rolled out."""
    newer: Entity[Count, Add, Added] = replace(COUNTER, schema=2)
    command = AddUp(amount=3)
    async with open_mesh(nats_server.url, name="newer") as mesh:
        await Host(mesh, replace(COUNTING, entity=newer), _noon).execute("add", key, command)
    stored = await KvStore(caller, COUNTERS).load(key, fresh=True)

    answer = await ask(caller, key, "add", {"amount": 1})

    assert ("record-unreadable", 500) == (answer["reason"], answer["code"])
    assert stored == await KvStore(caller, COUNTERS).load(key, fresh=True)


async def test_nobody_serves_once_the_block_is_left(mesh: Mesh, nats_server: NatsServer, key: str) -> None:
    async with entity_service(mesh, COUNTING, instance="test"):
        pass

    async with open_mesh(nats_server.url, name="caller") as caller:
        with pytest.raises(Unreachable):
            await ask(caller, key, "get")


def _noon() -> Instant:
    return NOON
