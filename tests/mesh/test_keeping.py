"""Storing: together with one answer, or behind the newest that is known."""

import dataclasses

import pytest

from shared.contracts import subjects
from shared.contracts.errors import Unreachable
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.connection import Mesh
from shared.mesh.keeping import Keep, Kept, keep_behind, keep_together, newest_kept
from tests.support.nats_server import NatsServer
from tests.support.waiting import until


async def stored(mesh: Mesh, stream: str) -> int:
    return (await streams.info(mesh, stream)).state.messages


async def test_what_is_kept_together_is_stored_when_it_returns(own_mesh: Mesh) -> None:
    entries = [Keep(subjects.measured(f"b{number}", "wind"), b"{}", {"A": "b"}) for number in range(1_000)]

    await keep_together(own_mesh, entries)

    assert 1_000 == await stored(own_mesh, streams.TELEMETRY)
    last = await own_mesh.jetstream.get_last_msg(streams.TELEMETRY, entries[0].subject)
    assert {"A": "b"} == last.headers


async def test_to_keep_nothing_is_done_at_once(mesh: Mesh) -> None:
    await keep_together(mesh, [])


async def test_an_entry_is_stored_behind_the_newest_that_is_known(mesh: Mesh, banner: BannerId) -> None:
    subject = subjects.reported(banner)
    assert Kept(0, b"") == await newest_kept(mesh, streams.REPORTED, subject)

    first = await keep_behind(mesh, Keep(subject, b"1"), 0)
    assert first
    second = await keep_behind(mesh, Keep(subject, b"2"), first)

    assert Kept(second or 0, b"2") == await newest_kept(mesh, streams.REPORTED, subject)


async def test_an_entry_is_not_stored_behind_one_that_is_not_the_newest(mesh: Mesh, banner: BannerId) -> None:
    subject = subjects.reported(banner)
    newest = await keep_behind(mesh, Keep(subject, b"1"), 0)

    assert await keep_behind(mesh, Keep(subject, b"2"), 0) is None
    assert await keep_behind(mesh, Keep(subject, b"2"), (newest or 0) + 7) is None
    assert Kept(newest or 0, b"1") == await newest_kept(mesh, streams.REPORTED, subject)


async def test_where_no_stream_stores_nothing_is_said_to_be_kept(own_mesh: Mesh) -> None:
    await own_mesh.jetstream.delete_stream(streams.REPORTED)

    with pytest.raises(Unreachable):
        await keep_together(own_mesh, [Keep(subjects.reported("b1"), b"1")])
    with pytest.raises(Unreachable):
        await keep_behind(own_mesh, Keep(subjects.reported("b1"), b"1"), 0)
    with pytest.raises(Unreachable):
        await newest_kept(own_mesh, streams.REPORTED, subjects.reported("b1"))


async def test_what_a_stream_refuses_is_not_said_to_be_kept(own_mesh: Mesh) -> None:
    await streams.ensure(own_mesh, [dataclasses.replace(streams.reported(1), max_msg_size=10)])

    with pytest.raises(Unreachable, match="message size exceeds"):
        await keep_together(own_mesh, [Keep(subjects.reported("b1"), b"1" * 100)])


async def test_without_a_server_nothing_is_kept(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)

    with pytest.raises(Unreachable):
        await keep_together(own_mesh, [Keep(subjects.measured("b1", "wind"), b"{}")] * 2)
    with pytest.raises(Unreachable):
        await keep_behind(own_mesh, Keep(subjects.reported("b1"), b"1"), 0)
