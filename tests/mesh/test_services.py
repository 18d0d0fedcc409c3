"""Serving: side by side, bounded, every answer one of ours, drained at the end, found by ADR-32."""

import math
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import anyio
import jsonschema
import msgspec
import pytest
from nats.aio.msg import Msg

from shared.contracts import refusals
from shared.contracts.banner import BannerRefusal
from shared.contracts.errors import Malformed, NewerSchema, OutcomeUnknown, Unreachable
from shared.contracts.identity import DisplayId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.services import (
    CODE_HEADER,
    TEXT_HEADER,
    Endpoint,
    Handler,
    Service,
    discover,
    encode_refusal,
    serve,
)
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

_refusals: msgspec.json.Decoder[BannerRefusal] = msgspec.json.Decoder(BannerRefusal)


@pytest.fixture
async def caller(nats_server: NatsServer) -> AsyncGenerator[Mesh]:
    """Somebody else, who asks."""
    async with open_mesh(nats_server.url, name="caller") as mesh:
        yield mesh


def serving(mesh: Mesh, handler: Handler, *, at_most: int = 100) -> AbstractAsyncContextManager[None]:
    """One endpoint, `work`, that this handler answers."""
    service = Service("worker", "w1", "works", [Endpoint("work", "work", handler)])
    return serve(mesh, service, at_most=at_most)


async def ask(mesh: Mesh, data: bytes = b"") -> Msg:
    """Ask the endpoint."""
    return await mesh.requests.ask("work", data, timeout=10)


def refusal_in(message: Msg) -> Refusal | None:
    """The refusal that an answer is, if it is one; its headers and its body must agree."""
    headers = message.headers or {}
    if CODE_HEADER not in headers:
        return None
    refusal = _refusals.decode(message.data)
    body = msgspec.json.decode(message.data)
    assert (str(refusal.code), refusal.detail) == (headers[CODE_HEADER], headers[TEXT_HEADER])
    assert (refusal.reason, refusal.detail) == (body["reason"], body["detail"])
    return refusal


class Gate:
    """A handler that holds everybody until it is opened."""

    def __init__(self) -> None:
        self.inside = 0
        self._open = anyio.Event()

    def open(self) -> None:
        """Let all of them go."""
        self._open.set()

    async def handle(self, _subject: str, data: bytes) -> bytes:
        """Wait, and answer with what was asked."""
        self.inside += 1
        await self._open.wait()
        return data


# --- answering ------------------------------------------------------------------------------------


async def test_a_request_is_answered_with_what_the_handler_makes_of_it(mesh: Mesh, caller: Mesh) -> None:
    async def handle(subject: str, data: bytes) -> bytes:
        return subject.encode() + b": " + data

    async with serving(mesh, handle):
        answer = await ask(caller, b"hello")

    assert (answer.data, answer.headers) == (b"work: hello", None)


async def test_requests_run_side_by_side(mesh: Mesh, caller: Mesh) -> None:
    gate = Gate()
    answers: list[bytes] = []

    async def keep(data: bytes) -> None:
        answers.append((await ask(caller, data)).data)

    with anyio.fail_after(10):
        async with serving(mesh, gate.handle), anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(keep, b"%d" % number)
            await until(lambda: gate.inside == 50)  # all of them are in it, and none has its answer
            assert answers == []
            gate.open()

    assert sorted(b"%d" % number for number in range(50)) == sorted(answers)


async def test_past_the_bound_requests_are_refused_at_once(mesh: Mesh, caller: Mesh) -> None:
    gate = Gate()
    refused: list[Refusal | None] = []

    with anyio.fail_after(10):
        async with serving(mesh, gate.handle, at_most=3), anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask, caller)
            await until(lambda: gate.inside == 3)
            refused.extend([refusal_in(await ask(caller)) for _ in range(5)])
            gate.open()

    assert [refusals.Overloaded()] * 5 == refused
    assert gate.inside == 3


async def test_after_being_overloaded_it_answers_again(mesh: Mesh, caller: Mesh) -> None:
    gate = Gate()

    with anyio.fail_after(10):
        async with serving(mesh, gate.handle, at_most=1):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask, caller)
                await until(lambda: gate.inside == 1)
                assert refusals.Overloaded() == refusal_in(await ask(caller))
                gate.open()

            assert (await ask(caller, b"again")).data == b"again"


async def test_a_refusal_travels_as_headers_and_a_body(mesh: Mesh, caller: Mesh) -> None:
    until_then = Instant("2026-05-04T12:01:00.000Z")
    busy = refusals.Busy(until=until_then, retry_after_ms=500, display_id=DisplayId("d1"), revision=7)

    async def handle(_subject: str, _data: bytes) -> Refusal:
        return busy

    async with serving(mesh, handle):
        answer = await ask(caller)

    assert busy == refusal_in(answer)
    assert {CODE_HEADER: "409", TEXT_HEADER: busy.detail} == answer.headers


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [
        pytest.param(
            Malformed("JSON", found=b"\x00"),
            refusals.Malformed(problem="expected JSON, found b'\\x00'"),
            id="malformed",
        ),
        pytest.param(Unreachable("the store"), refusals.MeshUnavailable(), id="unreachable"),
        pytest.param(OutcomeUnknown("it", seconds=1), refusals.Unknown(), id="outcome unknown"),
        pytest.param(
            NewerSchema("banner", known=1, found=2),
            refusals.RecordUnreadable(problem="expected a banner record of schema 1 or older, found 2"),
            id="a record of a newer version",
        ),
    ],
)
async def test_a_known_failure_is_a_refusal_and_the_service_goes_on(
    mesh: Mesh, caller: Mesh, failure: Exception, refusal: Refusal
) -> None:
    async def handle(_subject: str, data: bytes) -> bytes:
        if data:
            return data
        raise failure

    async with serving(mesh, handle):
        assert refusal == refusal_in(await ask(caller))
        assert (await ask(caller, b"still here")).data == b"still here"


async def test_a_bug_is_answered_without_its_text_and_ends_the_service(mesh: Mesh, caller: Mesh) -> None:
    async def handle(_subject: str, _data: bytes) -> bytes:
        raise ZeroDivisionError("the secret of the house")

    ended: list[BaseException] = []
    answers: list[Msg] = []

    async def work() -> None:
        try:
            async with serving(mesh, handle):
                await anyio.sleep_forever()
        except* ZeroDivisionError as bugs:
            ended.extend(bugs.exceptions)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work)
            await until(lambda: _serves(caller))
            answers.append(await ask(caller))

    assert refusals.Failed() == refusal_in(answers[0])
    assert b"secret" not in answers[0].data
    assert "secret" not in str(answers[0].headers)
    assert ["the secret of the house"] == [str(each) for each in ended]
    with pytest.raises(Unreachable):
        await ask(caller)


async def test_a_message_that_expects_no_answer_gets_none(mesh: Mesh, caller: Mesh) -> None:
    handled: list[bytes] = []

    async def handle(_subject: str, data: bytes) -> Refusal:
        handled.append(data)
        return refusals.KeyReused()

    async with serving(mesh, handle):
        await caller.publish("work", b"hello")
        await until(lambda: handled == [b"hello"])


async def test_instances_share_the_work_and_each_request_goes_to_one(
    mesh: Mesh, nats_server: NatsServer
) -> None:
    handled: list[str] = []

    def by(name: str) -> Handler:
        async def handle(_subject: str, _data: bytes) -> bytes:
            handled.append(name)
            return b""

        return handle

    async with (
        open_mesh(nats_server.url, name="other") as other,
        serve(mesh, Service("worker", "w1", "", [Endpoint("work", "work", by("w1"))])),
        serve(other, Service("worker", "w2", "", [Endpoint("work", "work", by("w2"))])),
    ):
        for _ in range(100):
            await ask(mesh)

    assert len(handled) == 100
    assert {"w1", "w2"} == set(handled)


# --- stopping -------------------------------------------------------------------------------------


async def test_stopping_answers_what_was_accepted_and_takes_no_more(mesh: Mesh, caller: Mesh) -> None:
    gate = Gate()
    answers: list[bytes] = []
    leave = anyio.Event()

    async def keep(data: bytes) -> None:
        answers.append((await ask(caller, data)).data)

    async def work() -> None:
        async with serving(mesh, gate.handle):
            await leave.wait()

    async def listens_no_more() -> bool:
        """On any subject: this is the last one that it lets go of."""
        return not await _serves(caller, "$SRV.STATS.worker.w1")

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work)
            await until(lambda: _serves(caller))
            for number in range(20):
                tasks.start_soon(keep, b"%d" % number)
            await until(lambda: gate.inside == 20)
            leave.set()
            await until(listens_no_more)
            await mesh.client.flush()
            await anyio.wait_all_tasks_blocked()  # all that it still does is to wait for the answers
            assert not await _serves(caller, "work")
            assert answers == []
            gate.open()

    assert sorted(b"%d" % number for number in range(20)) == sorted(answers)


async def test_stopping_while_requests_pour_in_leaves_none_without_an_answer(
    mesh: Mesh, caller: Mesh
) -> None:
    handled: list[bytes] = []
    answered: list[bytes] = []
    gone = anyio.Event()

    async def handle(_subject: str, data: bytes) -> bytes:
        handled.append(data)
        await anyio.lowlevel.checkpoint()
        return data

    async def keep_asking(name: int) -> None:
        number = 0
        while not gone.is_set():
            data = b"%d-%d" % (name, number)
            try:
                answered.append((await ask(caller, data)).data)
            except Unreachable:
                gone.set()
            number += 1

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks, serving(mesh, handle, at_most=1_000):
            for name in range(300):
                tasks.start_soon(keep_asking, name)
            await until(lambda: len(answered) > 1_000)

    assert sorted(handled) == sorted(answered)


async def test_stopping_does_not_wait_for_ever_for_what_never_ends(
    mesh: Mesh, caller: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.services._DRAIN_SECONDS", 0.1)
    gate = Gate()

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            async with serving(mesh, gate.handle):
                tasks.start_soon(ask, caller)
                await until(lambda: gate.inside == 1)
            tasks.cancel_scope.cancel()  # whoever asked has no answer to wait for


async def test_stopping_works_without_a_server(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    async def handle(_subject: str, data: bytes) -> bytes:
        return data

    with anyio.fail_after(15):
        async with serving(own_mesh, handle):
            await own_nats_server.kill()
            await until(lambda: not own_mesh.connected)


async def test_a_service_answers_again_after_the_server_came_back(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    async def handle(_subject: str, data: bytes) -> bytes:
        return data

    async with serving(own_mesh, handle):
        await own_nats_server.kill()
        await own_nats_server.start()
        await until(lambda: own_mesh.connected)

        with anyio.fail_after(10):
            assert (await ask(own_mesh, b"back")).data == b"back"


async def test_a_service_ends_when_its_connection_is_lost_for_good(own_mesh: Mesh) -> None:
    async def handle(_subject: str, data: bytes) -> bytes:
        return data

    with pytest.RaisesGroup(Unreachable), anyio.fail_after(10):
        async with serving(own_mesh, handle):
            await own_mesh.client.publish("x", b"x" * 1_048_576, headers={"With": "headers it is too much"})
            await anyio.sleep_forever()


# --- being found ----------------------------------------------------------------------------------

_IDENTITY: Final[dict[str, Any]] = {
    "name": {"type": "string", "pattern": "^[a-zA-Z0-9_-]+$"},
    "id": {"type": "string", "minLength": 1},
    "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
}


def _response(kind: str, **more: object) -> dict[str, Any]:
    properties = {**_IDENTITY, "type": {"const": f"io.nats.micro.v1.{kind}_response"}, **more}
    return {"type": "object", "required": list(properties), "properties": properties}


def _endpoints(**properties: object) -> dict[str, Any]:
    named = {
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9_-]+$"},
        "subject": {"type": "string", "minLength": 1},
        "queue_group": {"type": "string", "minLength": 1},
        **properties,
    }
    item = {"type": "object", "required": list(named), "properties": named}
    return {"type": "array", "items": item, "minItems": 1}


_COUNT: Final = {"type": "integer", "minimum": 0}

ADR_32: Final = {
    "PING": _response("ping"),
    "INFO": _response(
        "info", description={"type": "string"}, endpoints=_endpoints(metadata={"type": "object"})
    ),
    "STATS": _response(
        "stats",
        started={"type": "string", "format": "date-time"},
        endpoints=_endpoints(
            num_requests=_COUNT,
            num_errors=_COUNT,
            last_error={"type": "string"},
            processing_time=_COUNT,
            average_processing_time=_COUNT,
        ),
    ),
}


@pytest.mark.parametrize("verb", ADR_32)
@pytest.mark.parametrize(
    "suffix",
    [
        pytest.param("", id="asking everybody"),
        pytest.param(".worker", id="asking by name"),
        pytest.param(".worker.w1", id="asking by name and id"),
    ],
)
async def test_a_service_says_who_it_is_as_adr_32_wants_it(
    mesh: Mesh, caller: Mesh, verb: str, suffix: str
) -> None:
    async with serving(mesh, Gate().handle):
        answer = await caller.requests.ask(f"$SRV.{verb}{suffix}", b"", timeout=5)

    said = msgspec.json.decode(answer.data)
    jsonschema.validate(said, ADR_32[verb], format_checker=jsonschema.FormatChecker())
    assert ("worker", "w1") == (said["name"], said["id"])


@pytest.mark.parametrize("suffix", [".other", ".worker.w2", ".other.w1"])
async def test_a_service_does_not_answer_for_another(mesh: Mesh, caller: Mesh, suffix: str) -> None:
    async with serving(mesh, Gate().handle):
        with pytest.raises(Unreachable):
            await caller.requests.ask(f"$SRV.PING{suffix}", b"", timeout=5)


async def test_the_statistics_count_requests_and_failures_of_ours_but_no_refusals(
    mesh: Mesh, caller: Mesh
) -> None:
    async def handle(_subject: str, data: bytes) -> bytes | Refusal:
        return {b"no": refusals.KeyReused(), b"": refusals.Overloaded()}.get(data) or data

    endpoint = Endpoint("work", "work", handle)
    service = Service("worker", "w1", "works", [endpoint], facts=lambda: {"conflicts": 3})
    async with serve(mesh, service):
        for data in (b"a", b"no", b"", b"c"):
            await ask(caller, data)
        said = msgspec.json.decode((await caller.requests.ask("$SRV.STATS.worker", b"", timeout=5)).data)

    stats = said["endpoints"][0]
    assert (4, 1) == (stats["num_requests"], stats["num_errors"])
    assert refusals.Overloaded().detail == stats["last_error"]
    assert stats["processing_time"] // 4 == stats["average_processing_time"]
    assert {"conflicts": 3} == said["data"]


async def test_everybody_is_found_who_answers_in_time(mesh: Mesh, caller: Mesh) -> None:
    async def answer_garbage(message: Msg) -> None:
        await mesh.publish(message.reply, b"garbage")

    async with (
        serve(mesh, Service("worker", "w1", "", [])),
        serve(mesh, Service("worker", "w2", "", [])),
        serve(mesh, Service("other", "o1", "", [])),
    ):
        await mesh.subscribe("$SRV.PING", answer_garbage)
        await mesh.client.flush()

        await until(lambda: _finds(caller, {"o1", "w1", "w2"}))
        await until(lambda: _finds(caller, {"w1", "w2"}, service="worker"))
        await until(lambda: _finds(caller, {"o1"}, verb="STATS", service="other"))


async def test_nobody_is_found_where_nobody_is(caller: Mesh) -> None:
    assert await discover(caller, service="nobody") == []


# --- what it is made of ---------------------------------------------------------------------------


def test_a_refusal_s_body_is_its_facts_and_a_sentence() -> None:
    body = msgspec.json.decode(encode_refusal(refusals.NotDue(until=Instant("x"), retry_after_ms=5)))

    assert {
        "reason": "not-due",
        "until": "x",
        "retry_after_ms": 5,
        "detail": "The display has 5 ms left, until x.",
    } == body


@pytest.mark.parametrize("concurrent", [1, 7])
async def test_no_more_run_at_once_than_may(mesh: Mesh, caller: Mesh, concurrent: int) -> None:
    running: list[int] = []
    most = -math.inf

    async def handle(_subject: str, data: bytes) -> bytes:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        await anyio.lowlevel.checkpoint()
        running.pop()
        return data

    with anyio.fail_after(10):
        async with serving(mesh, handle, at_most=concurrent), anyio.create_task_group() as tasks:
            for _ in range(100):
                tasks.start_soon(ask, caller)

    assert most <= concurrent


async def _serves(mesh: Mesh, subject: str = "$SRV.PING.worker") -> bool:
    """Whether somebody listens."""
    try:
        await mesh.requests.ask(subject, b"", timeout=1)
    except Unreachable:
        return False
    return True


async def _finds(mesh: Mesh, ids: set[str], *, verb: str = "PING", service: str = "") -> bool:
    """Whether these instances answer, and no others."""
    return ids == {each.id for each in await discover(mesh, verb, service)}
