"""Asking any entity as a function: an answer, a refusal, or a failure that says what may have been done."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import anyio
import msgspec
import pytest
from nats.aio.msg import Msg

from shared.contracts import refusals
from shared.contracts.command import Accepted
from shared.contracts.errors import Malformed, OutcomeUnknown, Unreachable
from shared.contracts.instants import Instant, milliseconds_between
from shared.mesh import clock
from shared.mesh.asking import Asking
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.hosting import entity_service
from shared.mesh.services import CODE_HEADER
from tests.support.banners import new_command_id
from tests.support.counter import (
    COUNTERS,
    COUNTING,
    LIMIT,
    AddUp,
    Count,
    CounterRefusal,
    Full,
    NoCounter,
)
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

Counters = Asking[Count, CounterRefusal]


@pytest.fixture
def key() -> str:
    """A counter that nobody has counted with."""
    return f"k-{uuid4().hex[:12]}"


def asking(mesh: Mesh, *, answer_seconds: float = 5.0) -> Counters:
    """What asks counters over this connection."""
    return Asking(mesh, COUNTERS.name, Count, CounterRefusal, answer_seconds=answer_seconds)


@pytest.fixture
async def counters(nats_server: NatsServer, mesh: Mesh) -> AsyncGenerator[Counters]:
    """Asks a service in this process, over a connection of its own."""
    async with (
        entity_service(mesh, COUNTING, instance="test"),
        open_mesh(nats_server.url, name="caller") as caller,
    ):
        yield asking(caller)


@asynccontextmanager
async def impostor(
    nats_server: NatsServer, data: bytes | None, headers: dict[str, str] | None = None
) -> AsyncGenerator[list[Msg]]:
    """Somebody who answers everything about counters with this, or never; yields what was asked."""
    asked: list[Msg] = []
    async with open_mesh(nats_server.url, name="impostor") as mesh:

        async def answer(message: Msg) -> None:
            asked.append(message)
            if data is not None:
                await mesh.publish(message.reply, data, headers)

        await mesh.subscribe("airdisplay.counter.*.*", answer)
        await mesh.client.flush()
        await mesh.client.flush()
        yield asked


async def test_commands_go_to_the_entity_and_answers_come_back(counters: Counters, key: str) -> None:
    command = AddUp(id=new_command_id(), by="ada", amount=3)

    accepted = await counters.command(key, "add", command)
    again = await counters.command(key, "add", command)

    assert isinstance(accepted, Accepted)
    assert (Count(3), command.id, False) == (accepted.state, accepted.command, accepted.repeated)
    assert msgspec.structs.replace(accepted, repeated=True) == again
    assert accepted == await counters.get(key)


async def test_refusals_come_back_as_values(counters: Counters, key: str) -> None:
    assert NoCounter(key=key) == await counters.get(key)
    full = await counters.command(key, "add", AddUp(amount=LIMIT))
    assert isinstance(full, Accepted)

    assert Full(value=LIMIT, revision=full.revision) == await counters.command(key, "add", AddUp(amount=1))
    stale = await counters.command(key, "add", AddUp(amount=-1, revision=full.revision - 1))
    assert refusals.Stale(expected=full.revision - 1, revision=full.revision) == stale


async def test_a_command_says_until_when_its_answer_is_waited_for(
    nats_server: NatsServer, mesh: Mesh, key: str
) -> None:
    answer = msgspec.json.encode(Accepted(revision=1, at=clock.now(), state=Count(3)))
    async with impostor(nats_server, answer) as asked:
        before = clock.now()
        forged = Instant("2000-01-01T00:00:00.000Z")
        await asking(mesh, answer_seconds=7).command(key, "add", AddUp(amount=3, not_after=forged))
        after = clock.now()

    wish = msgspec.json.decode(asked[0].data, type=AddUp)
    assert wish.not_after is not None
    assert milliseconds_between(before, wish.not_after) >= 7_000
    assert milliseconds_between(after, wish.not_after) <= 7_000


async def test_what_is_served_only_after_the_caller_has_left_is_not_carried_out(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str
) -> None:
    """As when it waited somewhere; the caller was told that the outcome is unknown, and may decide anew."""
    async with (
        impostor(own_nats_server, None) as asked,
        open_mesh(own_nats_server.url, name="caller") as caller,
    ):
        with pytest.raises(OutcomeUnknown):
            await asking(caller, answer_seconds=0.1).command(key, "add", AddUp(amount=3))
    async with (
        entity_service(own_mesh, COUNTING, instance="test"),
        open_mesh(own_nats_server.url, name="late") as late,
    ):
        answer = await late.requests.ask(asked[0].subject, asked[0].data, timeout=10)

        assert "too-late" == msgspec.json.decode(answer.data)["reason"]
        assert NoCounter(key=key) == await asking(late).get(key)


async def test_where_nobody_serves_nothing_was_done(mesh: Mesh, key: str) -> None:
    with pytest.raises(Unreachable):
        await asking(mesh).get(key)
    with pytest.raises(Unreachable):
        await asking(mesh).command(key, "add", AddUp(amount=3))


async def test_without_a_connection_nothing_was_done(
    own_nats_server: NatsServer, own_mesh: Mesh, key: str
) -> None:
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)

    with pytest.raises(Unreachable):
        await asking(own_mesh).command(key, "add", AddUp(amount=3))


async def test_without_an_answer_the_outcome_is_unknown(
    nats_server: NatsServer, mesh: Mesh, key: str
) -> None:
    async with impostor(nats_server, None):
        with anyio.fail_after(5), pytest.raises(OutcomeUnknown, match=f"airdisplay.counter.{key}.add"):
            await asking(mesh, answer_seconds=0.1).command(key, "add", AddUp(amount=3))


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"garbage", None, id="no JSON"),
        pytest.param(b'{"at":"\xff"}', None, id="no text"),
        pytest.param(b'{"revision":1}', None, id="half an answer"),
        pytest.param(b'{"revision":1,"at":"x","state":{"value":"many"}}', None, id="another state"),
        pytest.param(b'{"x":' + b"[" * 50_000, None, id="brackets without end"),
        pytest.param(b'{"reason":"never-heard-of"}', {CODE_HEADER: "409"}, id="an unknown refusal"),
        pytest.param(b'{"reason":"full"}', {CODE_HEADER: "409"}, id="half a refusal"),
        pytest.param(
            b'{"reason":"full","value":1}', None, id="a refusal without the header that says it is one"
        ),
    ],
)
async def test_an_answer_that_cannot_be_read_is_malformed(
    nats_server: NatsServer, mesh: Mesh, key: str, data: bytes, headers: dict[str, str] | None
) -> None:
    async with impostor(nats_server, data, headers):
        with pytest.raises(Malformed, match=f"an answer from airdisplay.counter.{key}.get"):
            await asking(mesh).get(key)
        with pytest.raises(Malformed, match=f"an answer from airdisplay.counter.{key}.add"):
            await asking(mesh).command(key, "add", AddUp(amount=3))


async def test_an_answer_with_more_fields_than_known_is_understood(
    nats_server: NatsServer, mesh: Mesh, key: str
) -> None:
    newer = b'{"revision":1,"at":"x","state":{"value":3,"unit":"km"},"repeated":false,"mood":"good"}'
    async with impostor(nats_server, newer):
        answer = await asking(mesh).get(key)

    assert isinstance(answer, Accepted)
    assert Count(3) == answer.state


async def test_anything_else_may_be_exchanged_for_what_a_decoder_takes(
    nats_server: NatsServer, mesh: Mesh, key: str
) -> None:
    decoder = msgspec.json.Decoder(dict[str, int])
    async with impostor(nats_server, b'{"one":1}') as asked:
        answer = await asking(mesh).exchange(f"airdisplay.counter.{key}.ask", b"anything", decoder)

    assert {"one": 1} == answer
    assert [b"anything"] == [message.data for message in asked]


async def test_what_is_larger_than_the_server_takes_is_not_sent(mesh: Mesh, key: str) -> None:
    with pytest.raises(Malformed, match="at most"):
        await asking(mesh).exchange(
            f"airdisplay.counter.{key}.add", b"x" * 2_000_000, msgspec.json.Decoder(Count)
        )
