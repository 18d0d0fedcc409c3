"""Looking for the newest of each subject: all of it, none of it twice, however much was written."""

from typing import Any

import pytest

from shared.contracts.errors import Unreachable
from shared.contracts.instants import Instant
from shared.mesh import clock, streams
from shared.mesh import newest as newest_module
from shared.mesh.connection import Mesh
from shared.mesh.follow import Entry
from shared.mesh.newest import ENTRIES_AT_MOST, Look, TooMany, newest, taken_at
from tests.mesh.test_streams import a_stream
from tests.support.nats_server import NatsServer


async def written(mesh: Mesh, subject: str, data: bytes = b"x") -> int:
    """The sequence of what was written."""
    return (await mesh.jetstream.publish(subject, data)).seq


async def look(mesh: Mesh, *subjects: str, after: int = 0) -> Look:
    """One look at the stream of these tests."""
    return await newest(mesh, "TEST", subjects, after=after)


@pytest.fixture
async def looked_at(own_mesh: Mesh) -> Mesh:
    """A mesh with an empty stream."""
    await streams.ensure(own_mesh, [a_stream(allow_direct=True, max_msgs_per_subject=5)])
    return own_mesh


async def test_the_newest_of_each_subject_is_found_in_order(looked_at: Mesh) -> None:
    for subject, data in (("a", b"1"), ("b", b"2"), ("a", b"3"), ("c", b"4")):
        await written(looked_at, f"test.{subject}", data)

    found = await look(looked_at, "test.a", "test.b", "test.nothing")

    assert [("test.b", 2, b"2"), ("test.a", 3, b"3")] == [tuple(each[:3]) for each in found.entries]
    assert 4 == found.up_to


async def test_what_is_known_is_not_sent_again(looked_at: Mesh) -> None:
    for subject in ("test.a", "test.b"):
        await written(looked_at, subject)
    known = (await look(looked_at, "test.*")).up_to
    await written(looked_at, "test.b")

    assert ["test.b"] == [each.subject for each in (await look(looked_at, "test.*", after=known)).entries]
    assert Look([], 3) == await look(looked_at, "test.*", after=3)


async def test_a_thousand_entries_of_one_subject_are_one(looked_at: Mesh) -> None:
    for _ in range(1_000):
        await looked_at.publish("test.flood", b"x")
    last = await written(looked_at, "test.flood")
    before = looked_at.client.stats["in_msgs"]

    assert [last] == [each.sequence for each in (await look(looked_at, "test.flood")).entries]
    assert 2 == looked_at.client.stats["in_msgs"] - before  # the entry, and the end


async def test_nothing_is_found_in_an_empty_stream(looked_at: Mesh) -> None:
    assert Look([], 0) == await look(looked_at, "test.*")


async def test_more_than_the_server_sends_at_a_time_is_fetched_in_parts(
    looked_at: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = newest_module.ask
    asked: list[dict[str, Any]] = []

    async def ask_for_few(mesh: Mesh, stream: str, question: dict[str, Any]) -> Any:
        asked.append(question)
        answer = await ask(mesh, stream, {**question, "batch": 7})
        await written(looked_at, "test.0")  # what comes meanwhile is for the next look
        return answer

    monkeypatch.setattr(newest_module, "ask", ask_for_few)
    subjects = [f"test.{number}" for number in range(20)]
    for subject in subjects:
        await written(looked_at, subject)

    found = await look(looked_at, "test.*")

    assert subjects == [each.subject for each in found.entries]
    assert 20 == found.up_to
    assert [1, 8, 15] == [question["seq"] for question in asked]


async def test_one_subject_too_many_is_refused(looked_at: Mesh) -> None:
    for number in range(ENTRIES_AT_MOST):
        await looked_at.publish(f"test.{number}", b"x")
    await written(looked_at, "test.0")
    assert ENTRIES_AT_MOST == len((await look(looked_at, "test.*")).entries)

    await written(looked_at, "test.more")

    with pytest.raises(TooMany, match="expected at most 1024 subjects"):
        await look(looked_at, "test.*")


async def test_it_is_known_when_the_mesh_took_an_entry(looked_at: Mesh) -> None:
    before = clock.now()
    await written(looked_at, "test.a")
    (entry,) = (await look(looked_at, "test.a")).entries

    assert before <= taken_at(entry) <= clock.now()


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        ("2026-05-04T12:00:00.550Z", "2026-05-04T12:00:00.550240896Z"),
        ("2026-05-04T12:00:00.500Z", "2026-05-04T12:00:00.5Z"),
        ("2026-05-04T12:00:00.000Z", "2026-05-04T12:00:00Z"),
    ],
)
def test_the_servers_times_become_ours(expected: Instant, written: str) -> None:
    assert expected == taken_at(Entry("test.a", 1, b"", {"Nats-Time-Stamp": written}))


async def test_nobody_can_be_asked(own_mesh: Mesh, own_nats_server: NatsServer) -> None:
    with pytest.raises(Unreachable, match="the stream TEST cannot be reached"):
        await look(own_mesh, "test.*")  # there is no such stream

    await own_nats_server.kill()

    with pytest.raises(Unreachable):
        await look(own_mesh, "test.*")
