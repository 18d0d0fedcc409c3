"""Effects after the commit: every record, at least once, in order."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest

from services.banner.entity import banner_entity
from shared.contracts.banner import Banner, BannerEvent, Clear, Register, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import Unreachable
from shared.contracts.identity import BannerId
from shared.entities.records import Record
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from shared.mesh.reactor import Effect, Reactor
from shared.mesh.streams import BANNERS, LOBBIES
from tests.support.banners import MINUTE, new_banner_id, running_banner_service
from tests.support.nats_server import NatsServer
from tests.support.waiting import until

Seen = list[tuple[str, int, str]]
PATIENCE = 20.0


@asynccontextmanager
async def reacting(mesh: Mesh, name: str, effect: Effect[Banner, BannerEvent]) -> AsyncGenerator[None]:
    """A reactor that runs until the block is left, as abruptly as a process that is killed."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Reactor(mesh, BANNERS, name, banner_entity(MINUTE), effect).run)
        yield
        tasks.cancel_scope.cancel()


async def commands(banners: Banners, banner: BannerId) -> list[int]:
    """Register, show, clear; returns the revisions."""
    revisions: list[int] = []
    for command in (Register(), Show(text="hello"), Clear()):
        reply = await banners.command(banner, command)
        assert isinstance(reply, Accepted)
        revisions.append(reply.revision)
    return revisions


def noting(seen: Seen, banner: BannerId) -> Effect[Banner, BannerEvent]:
    """An effect that writes down what it is called with, for one banner."""

    async def effect(key: str, revision: int, record: Record[Banner, BannerEvent]) -> None:
        if key == banner:
            seen.append((key, revision, record.command.verb))

    return effect


async def test_a_reactor_is_called_for_every_commit_in_order(
    mesh: Mesh, banners: Banners, banner: BannerId
) -> None:
    seen: Seen = []

    revisions = await commands(banners, banner)
    async with reacting(mesh, f"notes-{banner}", noting(seen, banner)):
        await until(lambda: len(seen) == 3, seconds=PATIENCE)

    verbs = ["register", "show", "clear"]
    assert [(banner, revision, verb) for revision, verb in zip(revisions, verbs, strict=True)] == seen


async def test_a_new_name_may_begin_with_what_comes_next(
    mesh: Mesh, banners: Banners, banner: BannerId
) -> None:
    seen: Seen = []
    before = await commands(banners, banner)
    await KvStore(mesh, BANNERS).until_archived(banner, before[-1])
    effect = noting(seen, banner)
    reactor = Reactor(mesh, BANNERS, f"next-{banner}", banner_entity(MINUTE), effect, from_now=True)

    async def listens() -> bool:
        consumers = await mesh.jetstream.consumers_info(BANNERS.history or "")
        return f"next-{banner}" in {consumer.name for consumer in consumers}

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reactor.run)
        await until(listens, seconds=PATIENCE)
        await banners.command(banner, Show(text="hello"))
        await until(lambda: len(seen) == 1, seconds=PATIENCE)
        tasks.cancel_scope.cancel()

    assert [(banner, "show")] == [(key, verb) for key, _, verb in seen]


async def test_what_keeps_no_history_has_no_reactors(mesh: Mesh) -> None:
    with pytest.raises(AssertionError, match="no history"):
        Reactor(mesh, LOBBIES, "nobody", banner_entity(MINUTE), noting([], BannerId("b1")))


async def test_a_reactor_that_dies_before_it_is_done_gets_the_record_again(
    mesh: Mesh, banners: Banners, banner: BannerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mesh.reactor._ACK_WAIT_SECONDS", 0.5)
    begun = anyio.Event()
    seen: Seen = []

    async def dying(key: str, _revision: int, _record: Record[Banner, BannerEvent]) -> None:
        if key == banner:
            begun.set()
            await anyio.sleep_forever()

    await commands(banners, banner)
    with anyio.fail_after(PATIENCE):
        async with reacting(mesh, f"dying-{banner}", dying):
            await begun.wait()
    async with reacting(mesh, f"dying-{banner}", noting(seen, banner)):
        await until(lambda: {"register", "show", "clear"} <= {verb for _, _, verb in seen}, seconds=PATIENCE)


async def test_an_effect_that_fails_is_tried_again_before_anything_after_it(
    mesh: Mesh, banners: Banners, banner: BannerId
) -> None:
    seen: Seen = []
    note = noting(seen, banner)
    failures = iter([True, True, False])

    async def failing(key: str, revision: int, record: Record[Banner, BannerEvent]) -> None:
        await note(key, revision, record)
        if key == banner and record.command.verb == "register" and next(failures):
            raise Unreachable("the post office")

    await commands(banners, banner)
    async with reacting(mesh, f"failing-{banner}", failing):
        await until(lambda: len(seen) == 5, seconds=PATIENCE)

    assert ["register", "register", "register", "show", "clear"] == [verb for _, _, verb in seen]


@pytest.mark.timeout(90)
async def test_a_reactor_goes_on_after_the_server_was_killed(
    own_mesh: Mesh, own_nats_server: NatsServer
) -> None:
    seen: Seen = []
    first, second = new_banner_id(), new_banner_id()
    async with running_banner_service(own_mesh) as banners:

        async def effect(key: str, revision: int, record: Record[Banner, BannerEvent]) -> None:
            seen.append((key, revision, record.command.verb))

        async with reacting(own_mesh, "survivor", effect):
            await commands(banners, first)
            await until(lambda: len(seen) >= 3, seconds=PATIENCE)
            await own_nats_server.kill()
            await own_nats_server.start()
            await until(lambda: own_mesh.connected, seconds=PATIENCE)
            await commands(banners, second)
            await until(lambda: {first, second} == {key for key, _, _ in seen}, seconds=PATIENCE)
            await until(lambda: (second, "clear") in {(key, verb) for key, _, verb in seen}, seconds=PATIENCE)
