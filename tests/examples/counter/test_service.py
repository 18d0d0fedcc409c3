"""Counters on a real nats-server: the mail is sent after the commit, and once."""

import mailbox
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import anyio
import pytest

from examples.counter.client import Counters
from examples.counter.entity import COUNTER, GOAL, Count, CounterEvent, MailDue
from examples.counter.outbox import Outbox
from examples.counter.service import HOSTING, KIND, MAILER, counter_service, mailing
from shared.contracts.command import Accepted
from shared.entities.records import Record
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.hosting import entity_service
from shared.mesh.reactor import Reactor
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.waiting import until


def mails(folder: Path) -> list[str]:
    """The names of all mails that are in the outbox."""
    return sorted(mailbox.Maildir(folder, create=False).keys())


async def counted(counters: Counters, counter: str, command_id: str | None = None) -> int:
    """Count one more; how far it is then."""
    answer = await counters.increment(counter, command_id)
    assert isinstance(answer, Accepted), answer
    return answer.state.value


async def test_ten_increments_by_four_through_two_instances_are_one_mail(
    own_nats_server: NatsServer, tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox"
    seen: list[int] = []
    async with AsyncExitStack() as stack:
        for instance in ("one", "two"):
            mesh = await stack.enter_async_context(open_mesh(own_nats_server.url, name=instance))
            await stack.enter_async_context(counter_service(mesh, instance=instance, outbox=outbox))
        left = iter(range(GOAL))

        async def client() -> None:
            async with open_mesh(own_nats_server.url, name="client") as mesh:
                seen.extend([await counted(Counters(mesh), "visits") for _ in left])

        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(client)
        await until(lambda: bool(mails(outbox)))
        # While the mail of another counter comes about, a double of the first would have time to appear.
        for _ in range(GOAL):
            await counted(Counters(mesh), "later")
        await until(lambda: "later-10" in mails(outbox))

    assert list(range(1, GOAL + 1)) == sorted(seen)
    assert ["later-10", "visits-10"] == mails(outbox)


async def test_no_mail_is_sent_before_the_commit_that_makes_it_due(own_mesh: Mesh, tmp_path: Path) -> None:
    """Effects come in the order of the log, so the mail of a later counter shows what was not sent."""
    outbox = tmp_path / "outbox"
    async with counter_service(own_mesh, instance="one", outbox=outbox):
        counters = Counters(own_mesh)
        for _ in range(GOAL - 1):
            await counted(counters, "visits")
        for _ in range(GOAL):
            await counted(counters, "later")
        await until(lambda: bool(mails(outbox)))

        assert ["later-10"] == mails(outbox)

        await counted(counters, "visits")
        await until(lambda: ["later-10", "visits-10"] == mails(outbox))


async def test_what_became_due_while_no_instance_lived_is_sent_when_one_does(
    own_mesh: Mesh, tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox"
    async with entity_service(own_mesh, HOSTING, instance="without mails"):
        for _ in range(GOAL + 20):  # more than the bucket keeps of one counter
            await counted(Counters(own_mesh), "visits")
    async with counter_service(own_mesh, instance="with mails", outbox=outbox):
        await until(lambda: bool(mails(outbox)))

    assert ["visits-10"] == mails(outbox)


async def test_a_mailer_that_was_killed_before_it_could_say_that_it_sent_the_mail_does_not_double_it(
    own_mesh: Mesh, own_nats_server: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.reactor._ACK_WAIT_SECONDS", 0.5)
    outbox = tmp_path / "outbox"
    sent_again: list[str] = []
    send = mailing(Outbox(outbox))

    async def noting(counter: str, revision: int, record: Record[Count, CounterEvent]) -> None:
        await send(counter, revision, record)
        sent_again.extend(counter for event in record.events if isinstance(event, MailDue))

    async with entity_service(own_mesh, HOSTING, instance="one"):
        for _ in range(GOAL):
            await counted(Counters(own_mesh), "visits")
    module, log = "tests.examples.counter.dying_mailer", tmp_path / "log"
    with running_module(module, own_nats_server.url, str(outbox), log=log) as process:
        assert -9 == await process.exit_code(), process.output
    assert ["visits-10"] == mails(outbox)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Reactor(own_mesh, KIND, MAILER, COUNTER, noting).run)
        await until(lambda: bool(sent_again))
        tasks.cancel_scope.cancel()

    assert ["visits"] == sent_again
    assert ["visits-10"] == mails(outbox)


async def test_an_increment_that_comes_twice_counts_once(own_nats_server: NatsServer, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    ids = [uuid4().hex for _ in range(GOAL - 1)]
    async with AsyncExitStack() as stack:
        meshes: list[Mesh] = []
        for instance in ("one", "two"):
            mesh = await stack.enter_async_context(open_mesh(own_nats_server.url, name=instance))
            await stack.enter_async_context(counter_service(mesh, instance=instance, outbox=outbox))
            meshes.append(mesh)
        async with anyio.create_task_group() as tasks:
            for command_id in ids:
                for mesh in meshes:
                    tasks.start_soon(counted, Counters(mesh), "visits", command_id)

        answer = await Counters(meshes[0]).get("visits")

    assert isinstance(answer, Accepted)
    assert Count(GOAL - 1) == answer.state
