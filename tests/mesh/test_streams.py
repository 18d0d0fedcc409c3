"""The streams: made once, kept to their settings, and doing on the server what they are there for."""

import dataclasses
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest
from nats.aio.msg import Msg
from nats.js.api import StorageType, StreamConfig, StreamSource, SubjectTransform
from nats.js.errors import NotFoundError

from shared.contracts import subjects
from shared.contracts.errors import NotFit, Unreachable
from shared.contracts.identity import BannerId, CommandId
from shared.entities.claims import Claim, Claims
from shared.entities.repository import Repository
from shared.entities.store import Stored
from shared.mesh import streams
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.kv import KvStore
from shared.mesh.streams import BANNERS, COMMANDS, TICKETS, Kind, StreamInfo
from tests.support.clock import NOON, HandClock
from tests.support.counter import COUNTER, add
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.waiting import until

HISTORY = BANNERS.history or ""
NAMES = [
    *("KV_banners", "HISTORY", "KV_lobbies", "KV_blocklists", "BLOCKLIST_HISTORY"),
    *("KV_commands", "KV_tickets", "KV_limits", "REPORTED", "TELEMETRY"),
    *("HEARTBEATS", "PRESENCE", "INTAKE"),
]


def a_stream(**settings: object) -> StreamConfig:
    """A stream of this test's own."""
    return StreamConfig(name="TEST", subjects=["test.>"], storage=StorageType.MEMORY, **settings)  # type: ignore[arg-type]


async def test_all_that_the_mesh_keeps_is_there(mesh: Mesh) -> None:
    assert set(NAMES) == {each.config.name for each in await mesh.jetstream.streams_info()}


async def test_ensuring_again_changes_nothing(mesh: Mesh) -> None:
    before = [await mesh.jetstream.stream_info(name) for name in NAMES]

    await streams.ensure(mesh, streams.everything(replicas=1))

    after = [await mesh.jetstream.stream_info(name) for name in NAMES]
    assert [each.config for each in before] == [each.config for each in after]
    assert [each.created for each in before] == [each.created for each in after]


async def test_many_instances_may_ensure_at_once(own_nats_server: NatsServer) -> None:
    async def begin() -> None:
        async with open_mesh(own_nats_server.url, name="test") as mesh:
            await streams.ensure(mesh, streams.everything(replicas=1))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(begin)

    async with open_mesh(own_nats_server.url, name="test") as mesh:
        assert len(NAMES) == len(await mesh.jetstream.streams_info())


async def test_a_changed_setting_is_brought_to_the_server_and_keeps_what_is_there(own_mesh: Mesh) -> None:
    await streams.ensure(own_mesh, [a_stream(max_msgs_per_subject=1)])
    await own_mesh.requests.ask("test.a", b"", timeout=5)

    await streams.ensure(own_mesh, [a_stream(max_msgs_per_subject=5)])

    info = await own_mesh.jetstream.stream_info("TEST")
    assert (5, 1) == (info.config.max_msgs_per_subject, info.state.messages)


async def test_a_change_that_the_server_refuses_makes_the_process_unfit(own_mesh: Mesh) -> None:
    await streams.ensure(own_mesh, [a_stream()])

    with anyio.fail_after(5), pytest.raises(NotFit, match="refuses the stream TEST"):
        await streams.ensure(own_mesh, [dataclasses.replace(a_stream(), storage=StorageType.FILE)])


async def test_settings_that_the_server_refuses_make_the_process_unfit(own_mesh: Mesh) -> None:
    overlapping = StreamConfig(name="TEST", subjects=[subjects.every_banner("reported")])

    with anyio.fail_after(5), pytest.raises(NotFit, match="refuses the stream TEST"):
        await streams.ensure(own_mesh, [overlapping])


async def test_an_account_without_jetstream_is_not_fit(own_nats_server: NatsServer) -> None:
    await own_nats_server.stop()
    own_nats_server.configuration = "accounts { A { users [ { user: a, password: a } ] } }, no_auth_user: a"
    await own_nats_server.start()

    async with open_mesh(own_nats_server.url, name="test") as mesh:
        with anyio.fail_after(10), pytest.raises(NotFit, match="without JetStream"):
            await streams.ensure(mesh, streams.everything(replicas=1))


async def test_ensuring_waits_for_a_server_that_does_not_answer(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    done = anyio.Event()

    async def ensure() -> None:
        await streams.ensure(own_mesh, [a_stream()])
        done.set()

    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ensure)
            await anyio.wait_all_tasks_blocked()
            assert not done.is_set()
            await own_nats_server.start()
            await done.wait()


async def test_a_commit_is_the_publication(mesh: Mesh, banner: BannerId) -> None:
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    await mesh.subscribe(subjects.banner(banner, "state"), hear)
    revision = await KvStore(mesh, BANNERS).commit(banner, b"the record", 0)

    await until(lambda: len(heard) == 1)
    assert heard[0].data == b"the record"
    assert str(revision) == (heard[0].headers or {})["Nats-Sequence"]


async def test_the_history_takes_every_record_from_the_first_moment_on(own_mesh: Mesh) -> None:
    """`own_mesh` was ensured just now: what is written at once must not be gone before it is taken over."""
    counters = Repository(COUNTER, KvStore(own_mesh, BANNERS), HandClock())
    for _ in range(100):
        await counters.execute("burst", add(1))

    async def complete() -> bool:
        return (await streams.info(own_mesh, HISTORY)).state.messages == 100

    await until(complete)


# --- streams that somebody else makes ---------------------------------------------------------------


async def test_who_makes_no_streams_waits_until_those_that_it_needs_are_there(
    own_nats_server: NatsServer,
) -> None:
    there = anyio.Event()

    async def wait(mesh: Mesh) -> None:
        await streams.until_there(mesh, [BANNERS.stream, HISTORY])
        there.set()

    async with open_mesh(own_nats_server.url, name="test") as mesh, anyio.create_task_group() as tasks:
        tasks.start_soon(wait, mesh)
        await streams.ensure(mesh, [streams.bucket(BANNERS, 1)])
        await streams.info(mesh, BANNERS.stream)
        assert not there.is_set()

        await streams.ensure(mesh, [streams.history(BANNERS, 1)])
        with anyio.fail_after(10):
            await there.wait()


@pytest.mark.parametrize(
    ("settings", "waits"),
    [
        pytest.param({"subjects": ["other.>"]}, True, id="takes something else"),
        pytest.param({"republish": None}, True, id="tells nobody"),
        pytest.param({"allow_direct": True}, True, id="answers where its history would"),
        pytest.param({"max_msgs_per_subject": 1, "max_age": 60.0}, False, id="keeps less"),
    ],
)
async def test_a_stream_that_is_used_otherwise_is_not_the_one_that_is_needed(
    own_nats_server: NatsServer, settings: dict[str, Any], *, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "THERE_WITHIN_SECONDS", 0.3)
    async with open_mesh(own_nats_server.url, name="test") as mesh:
        await streams.ensure(mesh, [dataclasses.replace(streams.bucket(BANNERS, 1), **settings)])
        if waits:
            with pytest.raises(Unreachable, match="the streams KV_banners, which the banner service makes"):
                await streams.until_there(mesh, [BANNERS.stream])
        else:
            await streams.until_there(mesh, [BANNERS.stream])


# --- a history of before --------------------------------------------------------------------------


def the_history_of_before() -> StreamConfig:
    """As the version before made it: with numbers of its own."""
    return StreamConfig(
        name=HISTORY,
        sources=[
            StreamSource(
                name=BANNERS.stream,
                subject_transforms=[
                    SubjectTransform(src="$KV.banners.*", dest="airdisplay.history.{{wildcard(1)}}")
                ],
            )
        ],
        max_msgs_per_subject=1_000,
        max_age=30 * 24 * 60 * 60,
        allow_direct=True,
        storage=StorageType.FILE,
    )


def the_bucket_of_before() -> StreamConfig:
    """As the version before made it: with half as many revisions, read from any replica."""
    return dataclasses.replace(
        streams.bucket(BANNERS, 1), max_msgs_per_subject=8, max_msg_size=64 * 1024, allow_direct=True
    )


@pytest.fixture
async def meshes_of_before(own_nats_server: NatsServer) -> AsyncGenerator[list[Mesh]]:
    """Connections to a server as the version before left it: ten records in the bucket, and the history."""
    async with AsyncExitStack() as stack:
        meshes = [
            await stack.enter_async_context(open_mesh(own_nats_server.url, name=f"test-{number}"))
            for number in range(6)
        ]
        await streams.ensure(meshes[0], [the_bucket_of_before(), the_history_of_before()])
        for number in range(10):
            subject = subjects.record(BANNERS.bucket, "b1")
            await meshes[0].requests.ask(subject, b"%d" % number, timeout=5)
        yield meshes


async def test_a_history_with_numbers_of_its_own_is_made_anew(meshes_of_before: list[Mesh]) -> None:
    mesh = meshes_of_before[0]

    with anyio.fail_after(10):
        await streams.ensure(mesh, streams.everything(replicas=1))

    config = (await mesh.jetstream.stream_info(HISTORY)).config
    assert config.mirror is not None
    assert (BANNERS.stream, None, False) == (config.mirror.name, config.sources, config.mirror_direct)
    store = KvStore(mesh, BANNERS)
    assert Stored(10, b"9") == await store.load("b1", fresh=True)  # nothing that counts was lost
    await store.until_archived("b1", 10)
    last = await mesh.jetstream.get_last_msg(HISTORY, subjects.history("banner", "b1"))
    assert (10, b"9") == (last.seq, last.data)
    assert Stored(3, b"2") == await store.load_after("b1", 0)  # eight is what the bucket had kept


async def test_many_instances_may_make_the_history_anew_at_once(meshes_of_before: list[Mesh]) -> None:
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for mesh in meshes_of_before:
                tasks.start_soon(streams.ensure, mesh, streams.everything(1))

    config = (await meshes_of_before[0].jetstream.stream_info(HISTORY)).config
    assert config.mirror is not None
    await KvStore(meshes_of_before[0], BANNERS).until_archived("b1", 10)


async def test_a_history_that_is_a_mirror_is_never_made_anew(own_mesh: Mesh) -> None:
    before = await own_mesh.jetstream.stream_info(HISTORY)

    shorter = dataclasses.replace(streams.history(BANNERS, 1), max_age=7 * 24 * 60 * 60)
    await streams.ensure(own_mesh, [shorter])

    after = await own_mesh.jetstream.stream_info(HISTORY)
    assert before.created == after.created
    assert 7 * 24 * 60 * 60 == after.config.max_age


# --- what is kept for a while ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", [COMMANDS, TICKETS], ids=["commands", "tickets"])
async def test_claims_are_kept_for_a_day_and_something(mesh: Mesh, kind: Kind) -> None:
    config = (await mesh.jetstream.stream_info(kind.stream)).config

    assert config.max_age is not None
    assert 24 * 60 * 60 < config.max_age < 2 * 24 * 60 * 60


async def test_a_claim_is_forgotten_when_its_time_is_over_and_may_be_made_again(own_mesh: Mesh) -> None:
    """Here after one second instead of a day."""
    await streams.ensure(own_mesh, [dataclasses.replace(streams.for_a_day(COMMANDS, 1), max_age=1.0)])
    store = KvStore(own_mesh, COMMANDS)
    claims = Claims("banner", store)
    command = CommandId("c1")
    first = Claim(key="b1", digest="", revision=1, at=NOON)
    assert await claims.take(command, first) is None
    assert first == await claims.take(command, Claim(key="b2", digest="", revision=2, at=NOON))

    async def is_forgotten() -> bool:
        return await claims.find(command) is None

    await until(is_forgotten)
    assert await claims.take(command, Claim(key="b2", digest="", revision=2, at=NOON)) is None


async def test_all_reports_of_a_banner_are_kept(mesh: Mesh, banner: BannerId) -> None:
    subject = subjects.reported(banner)
    for report in (b"1", b"2", b"3"):
        await mesh.requests.ask(subject, report, timeout=5)

    assert (await mesh.jetstream.get_last_msg("REPORTED", subject)).data == b"3"
    kept = await mesh.jetstream.stream_info("REPORTED", subjects_filter=subject)
    assert {subject: 3} == kept.state.subjects


async def test_of_what_hardware_says_the_newest_few_wait_to_be_looked_at(
    mesh: Mesh, banner: BannerId
) -> None:
    said = [subjects.banner(banner, "reported"), subjects.telemetry(banner, "wind")]
    for _ in range(50):
        for subject in said:
            await mesh.publish(subject, b"{}")

    async def waiting() -> dict[str, int]:
        found = await mesh.jetstream.stream_info("INTAKE", subjects_filter=f"airdisplay.banner.{banner}.>")
        return found.state.subjects or {}

    async def only_those() -> bool:
        return await waiting() == dict.fromkeys(said, 16)

    await until(only_those)


async def test_silence_is_an_event(own_mesh: Mesh) -> None:
    """The server itself says that a banner went silent; here after one second instead of fifteen."""
    quick = dataclasses.replace(streams.presence(1), max_age=1.0)
    await streams.ensure(own_mesh, [quick])
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    await own_mesh.subscribe(subjects.banner("b1", "seen"), hear)
    await own_mesh.publish(subjects.banner("b1", "presence"), b"{}")

    await until(lambda: last_is(own_mesh, "PRESENCE", subjects.presence("b1"), SILENT))
    assert [b"{}", b""] == [each.data for each in heard]
    assert "MaxAge" == (heard[1].headers or {})["Nats-Marker-Reason"]


async def test_the_last_that_was_said_outlives_the_silence_after_it(own_mesh: Mesh) -> None:
    await streams.ensure(own_mesh, [dataclasses.replace(streams.presence(1), max_age=1.0)])
    said = subjects.banner("b1", "presence")
    for words in (b"{}", b'{"leaving":"landed"}'):
        await own_mesh.publish(said, words)

    await until(lambda: last_is(own_mesh, "PRESENCE", subjects.presence("b1"), SILENT))
    assert b'{"leaving":"landed"}' == (await own_mesh.jetstream.get_last_msg("HEARTBEATS", said)).data


SILENT = {"Nats-Marker-Reason": "MaxAge"}


async def last_is(mesh: Mesh, stream: str, subject: str, headers: dict[str, str]) -> bool:
    """Whether the last entry of a subject carries these headers."""
    try:
        last = await mesh.jetstream.get_last_msg(stream, subject)
    except NotFoundError:
        return False
    return headers.items() <= (last.headers or {}).items()


async def test_heartbeats_of_before_become_those_that_the_server_copies(
    own_nats_server: NatsServer,
) -> None:
    """The version before let hardware write where now only the server does."""
    before = dataclasses.replace(
        streams.presence(1), subjects=[subjects.every_banner("presence")], republish=None
    )
    async with open_mesh(own_nats_server.url, name="test") as mesh:
        await streams.ensure(mesh, [before])
        await mesh.requests.ask(subjects.banner("b1", "presence"), b"{}", timeout=5)

        await streams.ensure(mesh, streams.everything(1))
        await mesh.publish(subjects.banner("b2", "presence"), b"{}")

        await until(lambda: last_is(mesh, "PRESENCE", subjects.presence("b2"), {}))


async def test_the_epoch_names_one_life_of_a_stream(own_mesh: Mesh) -> None:
    await streams.ensure(own_mesh, [a_stream()])
    first = (await streams.info(own_mesh, "TEST")).epoch
    await own_mesh.requests.ask("test.a", b"", timeout=5)
    assert first == (await streams.info(own_mesh, "TEST")).epoch

    await own_mesh.jetstream.delete_stream("TEST")
    await streams.ensure(own_mesh, [a_stream()])

    assert first != (await streams.info(own_mesh, "TEST")).epoch


async def test_where_one_server_keeps_it_another_life_of_the_server_is_another_life_of_the_stream(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    info = await streams.info(own_mesh, "KV_banners")
    server = own_mesh.only_server
    await own_nats_server.restart()
    await until(lambda: own_mesh.connected)

    assert server
    assert streams.life(info, server) == streams.life(info, server)
    assert streams.life(info, server) != streams.life(info, own_mesh.only_server)
    assert info.epoch == streams.life(info, None)


async def test_in_a_cluster_no_server_is_the_only_one(tmp_path: Path) -> None:
    cluster = 'cluster { name: test, listen: "127.0.0.1:-1", routes: ["nats://127.0.0.1:9"] }'
    async with (
        running_nats_server(tmp_path, configuration=cluster) as server,
        open_mesh(server.url, name="test") as mesh,
    ):
        assert mesh.only_server is None


async def test_a_stream_keeps_its_epoch_through_a_restart(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    before = await streams.info(own_mesh, "KV_banners")
    await own_nats_server.restart()
    await until(lambda: own_mesh.connected)

    assert before.epoch == (await streams.info(own_mesh, "KV_banners")).epoch


@pytest.mark.parametrize(
    ("created", "epoch"),
    [
        pytest.param("1970-01-01T00:00:00Z", 0, id="no decimals"),
        pytest.param("1970-01-01T00:00:00.5Z", 500_000_000, id="one decimal"),
        pytest.param("1970-01-01T00:00:01.000000001Z", 1_000_000_001, id="nine decimals"),
        pytest.param("2026-05-04T12:00:00.25Z", 1_777_896_000_250_000_000, id="a noon in May"),
    ],
)
def test_an_epoch_is_read_from_a_timestamp_of_any_length(created: str, epoch: int) -> None:
    info = msgspec.convert({"created": created, "ts": created, "state": {}}, StreamInfo)

    assert format(epoch, "x") == info.epoch


async def test_a_stream_that_is_not_there_is_unreachable(mesh: Mesh) -> None:
    with pytest.raises(Unreachable, match="the stream NOWHERE"):
        await streams.info(mesh, "NOWHERE")
