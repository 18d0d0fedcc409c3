"""Permits from one store for all gateways: shared, leased, and kept alone where the store is away."""

from collections import Counter

import anyio
import pytest

from services.gateway import permits
from services.gateway.limits import Limit
from services.gateway.permits import Permits
from shared.contracts.errors import Unreachable
from shared.entities.memory import MemoryStore
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.kv import KvStore
from tests.support.banners import new_banner_id
from tests.support.nats_server import NatsServer

HOUR = 3_600_000_000
SLOW = Limit("slow", 40, HOUR)
"""So slow that nothing comes back during a test."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1_777_896_000_000_000

    def __call__(self) -> int:
        return self.at


class Moody(MemoryStore):
    """A store that can be away, and counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.asked = 0

    async def commit(self, key: str, data: bytes, expected: int) -> int:
        self.asked += 1
        if self.away:
            raise Unreachable("the store")
        return await super().commit(key, data, expected)


async def taken(permits: Permits, who: str, times: int) -> int:
    """How many of so many calls are let through."""
    return sum([not await permits.take(SLOW, who) for _ in range(times)])


async def test_several_gateways_give_out_no_more_than_one_would(mesh: Mesh) -> None:
    store = KvStore(mesh, streams.LIMITS)
    gateways = [Permits(store) for _ in range(3)]
    given: Counter[int] = Counter()
    who = new_banner_id()

    async def ask(number: int) -> None:
        for _ in range(SLOW.burst):
            wait = await gateways[number].take(SLOW, who)
            given[number] += not wait

    for number, gateway in enumerate(gateways):  # in a crowd, one may get all that is left
        given[number] += not await gateway.take(SLOW, who)
    async with anyio.create_task_group() as tasks:
        for number in range(len(gateways)):
            for _ in range(4):
                tasks.start_soon(ask, number)

    assert SLOW.burst == given.total()
    assert all(given[number] for number in range(len(gateways)))


async def test_what_one_gateway_gave_out_another_one_knows(mesh: Mesh) -> None:
    store = KvStore(mesh, streams.LIMITS)
    who = new_banner_id()

    assert SLOW.burst == await taken(Permits(store), who, SLOW.burst)
    assert 0 == await taken(Permits(store), who, 1)


async def test_users_and_limits_are_told_apart() -> None:
    permits = Permits(MemoryStore())

    assert SLOW.burst == await taken(permits, "ada", SLOW.burst + 1)
    assert SLOW.burst == await taken(permits, "bob", SLOW.burst + 1)
    assert not await permits.take(Limit("other", 1, HOUR), "ada")


async def test_a_limit_that_was_set_anew_begins_anew() -> None:
    store = MemoryStore()
    await taken(Permits(store), "ada", SLOW.burst)

    assert not await Permits(store).take(SLOW._replace(burst=2), "ada")


async def test_who_is_told_to_wait_gets_one_when_that_is_over_and_not_before() -> None:
    clock = Clock()
    permits = Permits(MemoryStore(), clock)
    await taken(permits, "ada", SLOW.burst)

    wait = await permits.take(SLOW, "ada")
    clock.at += wait - 1
    assert 1 == await permits.take(SLOW, "ada")
    clock.at += 1
    assert 0 == await permits.take(SLOW, "ada")
    assert HOUR == wait


async def test_who_has_nothing_left_costs_the_store_nothing() -> None:
    store = Moody()
    permits = Permits(store)
    await taken(permits, "ada", SLOW.burst)
    asked = store.asked

    assert 0 == await taken(permits, "ada", 100)
    assert asked == store.asked < SLOW.burst / 2


async def test_the_store_does_not_read_who_it_was() -> None:
    store = MemoryStore()
    await Permits(store).take(SLOW, "192.0.2.1")

    ((key, data),) = store.log
    assert "192" not in key
    assert data.isdigit()


async def test_where_the_store_is_away_the_gateway_keeps_the_limit_alone_and_says_so_once(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    store, clock = Moody(), Clock()
    permits = Permits(store, clock)
    await taken(permits, "ada", 10)
    store.away = True

    assert SLOW.burst - 10 == await taken(permits, "ada", SLOW.burst)
    assert SLOW.burst == await taken(permits, "bob", SLOW.burst + 1)
    said = caplog.text + capsys.readouterr().out
    assert 1 == said.count("limits kept by this gateway alone")


async def test_a_store_that_is_away_is_not_asked_for_every_call_and_asked_again_later() -> None:
    store, clock = Moody(), Clock()
    permits = Permits(store, clock)
    store.away = True
    await taken(permits, "ada", 20)
    assert 1 == store.asked

    store.away = False
    clock.at += 1_000_000
    await permits.take(SLOW, "bob")

    assert 2 == store.asked
    assert 1 == len(store.log)


async def test_a_server_that_is_stopped_holds_nobody_up(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    permits = Permits(KvStore(own_mesh, streams.LIMITS, answer_seconds=0.1))
    own_nats_server.pause()
    try:
        assert SLOW.burst == await taken(permits, "ada", SLOW.burst + 1)
    finally:
        own_nats_server.resume()


async def test_the_limits_are_there_again_after_the_server_was(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    store = KvStore(own_mesh, streams.LIMITS)
    assert SLOW.burst == await taken(Permits(store), "ada", SLOW.burst)

    await own_nats_server.restart()
    reconnected = anyio.Event()
    own_mesh.on_reconnect(reconnected.set)
    if not own_mesh.connected:
        await reconnected.wait()

    assert 0 == await taken(Permits(store), "ada", 1)


async def test_no_more_users_are_kept_in_mind_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permits, "ACCOUNTS_AT_MOST", 10)
    kept = Permits(MemoryStore())
    for number in range(100):
        await kept.take(SLOW, f"guest {number}")

    assert 10 == len(kept)


async def test_who_was_forgotten_here_is_remembered_by_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permits, "ACCOUNTS_AT_MOST", 1)
    kept = Permits(MemoryStore())
    await taken(kept, "ada", SLOW.burst)
    await kept.take(SLOW, "bob")

    assert 0 == await taken(kept, "ada", 1)
