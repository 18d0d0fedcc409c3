"""Which banners there are: those whose records the log has, from the first moment on, through all changes."""

import pytest

from services.intake.registered import Registered, registered_banners
from shared.contracts import subjects
from shared.contracts.errors import Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh
from tests.support.nats_server import NatsServer
from tests.support.waiting import until


async def register(mesh: Mesh, banner: str) -> None:
    await mesh.requests.ask(subjects.record(streams.BANNERS.bucket, banner), b"{}", timeout=5)


async def test_all_that_are_there_are_known_at_once(own_mesh: Mesh) -> None:
    for number in range(100):
        await register(own_mesh, f"b{number}")

    async with registered_banners(own_mesh) as registered:
        assert 100 == len(registered)
        assert "b99" in registered
        assert "b100" not in registered


async def test_one_that_is_registered_is_known_after_catching_up(own_mesh: Mesh) -> None:
    async with registered_banners(own_mesh) as registered:
        for number in range(100):
            await register(own_mesh, f"b{number}")
            await registered.catch_up()
            assert f"b{number}" in registered


async def test_one_that_is_removed_is_not_known_any_more(own_mesh: Mesh) -> None:
    await register(own_mesh, "b1")
    async with registered_banners(own_mesh) as registered:
        removed = {"KV-Operation": "PURGE", "Nats-Rollup": "sub"}
        await own_mesh.jetstream.publish("$KV.banners.b1", b"", headers=removed)
        await registered.catch_up()

        assert "b1" not in registered


async def test_a_log_that_is_made_anew_is_another_one(own_mesh: Mesh) -> None:
    await register(own_mesh, "b1")
    async with registered_banners(own_mesh) as registered:
        await own_mesh.jetstream.delete_stream("HISTORY")
        await own_mesh.jetstream.delete_stream(streams.BANNERS.stream)
        await streams.ensure(own_mesh, streams.everything(1))
        await register(own_mesh, "b2")

        await until(lambda: "b2" in registered)
        assert "b1" not in registered


async def test_what_a_banner_shows_is_not_read(own_mesh: Mesh) -> None:
    """A record may be long, and the intake needs nothing of it."""
    for _ in range(10):
        await own_mesh.jetstream.publish("$KV.banners.b1", b"x" * 500_000)
    before = own_mesh.client.stats["in_bytes"]

    async with registered_banners(own_mesh):
        assert own_mesh.client.stats["in_bytes"] - before < 10_000


async def test_nobody_catches_up_without_a_server(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)

    with pytest.raises(Unreachable):
        await Registered(own_mesh).catch_up()
