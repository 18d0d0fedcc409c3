"""Requests: each question gets its own answer, or is told why there is none."""

import anyio
import pytest
from nats.aio.msg import Msg

from shared.contracts.errors import Malformed, OutcomeUnknown, Unreachable
from shared.mesh.connection import Mesh
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

FOREVER = 3_600.0
"""A timeout that a test cannot be waiting for."""


async def echo(mesh: Mesh, subject: str) -> None:
    """Answer every question on this subject with what it says."""

    async def answer(message: Msg) -> None:
        await mesh.publish(message.reply, message.data, message.headers)

    await mesh.subscribe(subject, answer)


async def test_a_question_is_answered(mesh: Mesh) -> None:
    await echo(mesh, "echo")

    with anyio.fail_after(5):
        assert (await mesh.requests.ask("echo", b"hello", timeout=FOREVER)).data == b"hello"


async def test_headers_travel_with_the_question(mesh: Mesh) -> None:
    await echo(mesh, "echo")

    with anyio.fail_after(5):
        answer = await mesh.requests.ask("echo", b"", timeout=FOREVER, headers={"Colour": "red"})

    assert {"Colour": "red"} == answer.headers


async def test_nobody_there_is_unreachable_at_once(mesh: Mesh) -> None:
    with anyio.fail_after(5), pytest.raises(Unreachable, match=r"whoever serves nobody\.here"):
        await mesh.requests.ask("nobody.here", b"", timeout=FOREVER)


async def test_no_answer_is_an_unknown_outcome(mesh: Mesh) -> None:
    async def say_nothing(_message: Msg) -> None:
        pass

    await mesh.subscribe("silent", say_nothing)

    with anyio.fail_after(5), pytest.raises(OutcomeUnknown, match=r"silent did not answer within 0\.1 s"):
        await mesh.requests.ask("silent", b"", timeout=0.1)


async def test_without_a_connection_everything_is_unreachable_at_once(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)

    with anyio.fail_after(5), pytest.raises(Unreachable):
        await own_mesh.requests.ask("echo", b"", timeout=FOREVER)


async def test_a_thousand_questions_at_once_each_get_their_own_answer(mesh: Mesh) -> None:
    asked: list[Msg] = []
    answers: dict[int, bytes] = {}

    async def gather(message: Msg) -> None:
        asked.append(message)
        if len(asked) == 1_000:  # only when all are there, and the last one first
            for each in reversed(asked):
                await mesh.publish(each.reply, each.data)

    async def ask(number: int) -> None:
        answers[number] = (await mesh.requests.ask("echo", b"%d" % number, timeout=FOREVER)).data

    await mesh.subscribe("echo", gather)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for number in range(1_000):
                tasks.start_soon(ask, number)

    assert {number: b"%d" % number for number in range(1_000)} == answers


async def test_an_answer_that_comes_too_late_is_given_to_nobody_else(mesh: Mesh) -> None:
    late: list[Msg] = []

    async def hold(message: Msg) -> None:
        late.append(message)

    await mesh.subscribe("slow", hold)
    await echo(mesh, "echo")
    with anyio.fail_after(5), pytest.raises(OutcomeUnknown):
        await mesh.requests.ask("slow", b"", timeout=0.05)

    await mesh.publish(late[0].reply, b"late")

    with anyio.fail_after(5):
        assert (await mesh.requests.ask("echo", b"mine", timeout=FOREVER)).data == b"mine"


async def test_a_second_answer_to_one_question_disturbs_nobody(mesh: Mesh) -> None:
    async def answer_twice(message: Msg) -> None:
        await mesh.publish(message.reply, b"one")
        await mesh.publish(message.reply, b"two")

    await mesh.subscribe("twice", answer_twice)

    with anyio.fail_after(5):
        for _ in range(3):
            assert (await mesh.requests.ask("twice", b"", timeout=FOREVER)).data == b"one"


async def test_who_stops_waiting_leaves_the_others_waiting(mesh: Mesh) -> None:
    held: list[Msg] = []
    answers: list[bytes] = []

    async def hold(message: Msg) -> None:
        held.append(message)

    async def ask(data: bytes, scope: anyio.CancelScope) -> None:
        with scope:
            answers.append((await mesh.requests.ask("slow", data, timeout=FOREVER)).data)

    await mesh.subscribe("slow", hold)
    impatient, patient = anyio.CancelScope(), anyio.CancelScope()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, b"impatient", impatient)
            tasks.start_soon(ask, b"patient", patient)
            await until(lambda: len(held) == 2)
            impatient.cancel()
            for each in held:
                await mesh.publish(each.reply, each.data)

    assert answers == [b"patient"]


async def test_a_frozen_server_is_an_unknown_outcome_and_then_all_is_well(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    await echo(own_mesh, "echo")
    own_nats_server.pause()
    with anyio.fail_after(5), pytest.raises(OutcomeUnknown):
        await own_mesh.requests.ask("echo", b"", timeout=0.1)

    own_nats_server.resume()

    with anyio.fail_after(5):
        assert (await own_mesh.requests.ask("echo", b"again", timeout=FOREVER)).data == b"again"


async def test_a_question_that_the_server_would_not_carry_is_refused_here(mesh: Mesh) -> None:
    await echo(mesh, "echo")

    with anyio.fail_after(5), pytest.raises(Malformed, match="at most 1048576 bytes"):
        await mesh.requests.ask("echo", b"x" * 1_048_577, timeout=FOREVER)
    with anyio.fail_after(5):
        assert (await mesh.requests.ask("echo", b"x" * 1_048_576, timeout=FOREVER)).data
