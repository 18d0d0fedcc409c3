"""The connection: waits for a server, comes back after losing it, leaves nothing unsent."""

from pathlib import Path

import anyio
import pytest
from nats.aio.msg import Msg

from shared.contracts.errors import Malformed, NotFit, Unreachable
from shared.mesh import connection
from shared.mesh.connection import Mesh, Nats, credentials_name, open_mesh
from tests.support.nats_server import NatsServer
from tests.support.waiting import until


async def test_a_connection_is_open_inside_its_block_and_closed_after_it(nats_server: NatsServer) -> None:
    async with open_mesh(nats_server.url, name="test") as mesh:
        assert mesh.connected

    assert not mesh.connected
    with pytest.raises(Unreachable):
        await mesh.publish("somewhere", b"")
    with pytest.raises(Unreachable):
        await mesh.requests.ask("somewhere", b"", timeout=1)


async def test_it_waits_for_a_server_that_is_not_there_yet(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    connected = anyio.Event()

    async def connect() -> None:
        async with open_mesh(server.url, name="test"):
            connected.set()

    try:
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(connect)
                await anyio.wait_all_tasks_blocked()
                assert not connected.is_set()
                await server.start()
                await connected.wait()
    finally:
        await server.kill()


async def test_of_several_servers_one_that_lives_is_enough(nats_server: NatsServer, tmp_path: Path) -> None:
    dead = NatsServer(tmp_path)

    with anyio.fail_after(10):
        async with open_mesh(f"{dead.url}, {nats_server.url}", name="test") as mesh:
            assert mesh.connected


async def test_a_server_that_is_too_old_is_refused(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "OLDEST_SERVER", (2, 99))

    with pytest.raises(NotFit, match=r"nats-server 2\.\d+ is too old: AirDisplay needs 2\.99 or newer"):
        async with open_mesh(nats_server.url, name="test"):
            pytest.fail("it was accepted")


async def test_it_comes_back_after_a_restart(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    heard: list[bytes] = []

    async def hear(message: Msg) -> None:
        heard.append(message.data)

    await own_mesh.subscribe("news", hear)
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)
    await own_nats_server.start()
    await until(lambda: own_mesh.connected)

    await own_mesh.publish("news", b"back")

    await until(lambda: heard == [b"back"])


async def test_who_wants_to_know_hears_of_every_return_until_they_do_not(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    told: list[str] = []
    forget = own_mesh.on_reconnect(lambda: told.append("one"))
    own_mesh.on_reconnect(lambda: told.append("other"))

    await own_nats_server.restart()
    await until(lambda: told == ["one", "other"])
    forget()
    await own_nats_server.restart()

    await until(lambda: told == ["one", "other", "other"])


async def test_nothing_is_sent_without_a_connection(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    await own_nats_server.kill()
    await until(lambda: not own_mesh.connected)

    with pytest.raises(Unreachable):
        await own_mesh.publish("news", b"")


async def test_what_was_sent_last_arrives_before_it_leaves(nats_server: NatsServer, mesh: Mesh) -> None:
    heard: list[bytes] = []

    async def hear(message: Msg) -> None:
        heard.append(message.data)

    await mesh.subscribe("news", hear)
    await mesh.client.flush()
    async with open_mesh(nats_server.url, name="leaving") as leaving:
        for number in range(500):
            await leaving.publish("news", b"%d" % number)

    await until(lambda: len(heard) == 500)


@pytest.mark.parametrize(
    "unsent", [pytest.param(0, id="nothing unsent"), pytest.param(3, id="answers unsent")]
)
async def test_it_can_leave_while_there_is_no_server(own_nats_server: NatsServer, unsent: int) -> None:
    with anyio.fail_after(15):
        async with open_mesh(own_nats_server.url, name="test") as mesh:
            await own_nats_server.kill()
            await until(lambda: not mesh.connected)
            for _ in range(unsent):  # as services answer: into the buffer
                await mesh.client.publish("somewhere", b"")

    assert not mesh.connected


async def test_a_message_that_the_server_would_not_take_is_refused_here(mesh: Mesh) -> None:
    with pytest.raises(Malformed, match="at most 1048576 bytes"):
        await mesh.publish("news", b"x" * 1_048_577)

    assert mesh.connected


async def test_being_thrown_out_is_noticed(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    too_much = {"With": "headers it is too much"}
    await own_mesh.client.publish("news", b"x" * 1_048_576, headers=too_much)

    with anyio.fail_after(10), pytest.raises(Unreachable, match="refuses this process"):
        await own_mesh.until_lost()

    assert "maximum payload" in own_nats_server.log.read_text().lower()


async def test_a_flush_returns_once_the_server_knows_what_was_said_before_it(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    """A drained subscription relies on the same: what comes after its end must not be thrown away."""
    await own_nats_server.stop()
    own_nats_server.configuration = "trace: true"
    await own_nats_server.start()
    await until(lambda: own_mesh.connected)

    subscription = await own_mesh.subscribe("news", _ignore)
    await own_mesh.client.flush()
    await subscription.drain()

    heard = own_nats_server.log.read_text()
    subscribed, unsubscribed = heard.index("<<- [SUB news"), heard.index("<<- [UNSUB")
    pinged = [at for at in range(len(heard)) if heard.startswith("<<- [PING", at) and at > subscribed]
    assert 2 == len(pinged)
    assert subscribed < pinged[0] < unsubscribed < pinged[1]


async def _ignore(_message: Msg) -> None:
    pass


CLAIMS = "eyJhIjoxfQ.eyJuYW1lIjoic3Bhcmt5In0.c2lnbmVk"
A_SEED = f"SU{'A' * 56}"


def test_the_name_in_credentials_is_found(tmp_path: Path) -> None:
    path = tmp_path / "user.creds"
    path.write_text(f"-----\n{CLAIMS}\n-----\n\n-----\n{A_SEED}\n-----\n")

    assert "sparky" == credentials_name(path)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00", id="bytes"),
        pytest.param(b"a.b.c\n" + A_SEED.encode(), id="no token"),
        pytest.param(b"a.e30.c\n" + A_SEED.encode(), id="a token without a name"),
        pytest.param(CLAIMS.encode(), id="no key"),
        pytest.param(CLAIMS.encode() + b"\n" + A_SEED[:-1].encode(), id="half a key"),
    ],
)
async def test_what_are_no_credentials_is_said(nats_server: NatsServer, tmp_path: Path, found: bytes) -> None:
    path = tmp_path / "user.creds"
    path.write_bytes(found)

    with pytest.raises(NotFit, match=f"expected credentials for NATS in {path}, found something else"):
        async with open_mesh(Nats(url=nats_server.url, credentials=path), name="test"):
            pass


async def test_credentials_that_are_not_there_are_named(nats_server: NatsServer, tmp_path: Path) -> None:
    path = tmp_path / "missing.creds"

    with pytest.raises(NotFit, match=f"cannot read the credentials in {path}: No such file"):
        async with open_mesh(Nats(url=nats_server.url, credentials=path), name="test"):
            pass
