"""Revoked hardware is cut off at once and cannot come back; nobody else notices."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
from nats.aio.client import Client
from paho.mqtt.client import Client as MqttClient
from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from airdisplay.authority.authority import Authority
from airdisplay.authority.revocation import NotTold, tell
from airdisplay.nats_server import trust
from shared.contracts import subjects
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh import clock
from shared.mesh.connection import Nats, open_mesh
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.ports import HOST, free_port
from tests.support.waiting import until

SPARKY, STORMY = BannerId("sparky"), BannerId("stormy")
AT_ONCE_SECONDS = 5
"""It takes milliseconds; this is what a busy machine may take."""


@dataclass
class Secure:
    """A server that asks for credentials, and who vouches for them."""

    server: NatsServer
    authority: Authority
    mqtt_port: int

    async def tell(self) -> None:
        """Tell it what was revoked."""
        assert [self.server.name] == await tell(self.server.url, self.authority)

    async def refuses(self, credentials: Path) -> bool:
        """Whether these are let in no more."""
        try:
            async with open_mesh(Nats(url=self.server.url, credentials=credentials), name="test"):
                return False
        except NotFit:
            return True


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncGenerator[Secure]:
    """A server with two devices, to be broken."""
    authority = Authority(tmp_path)
    authority.for_all()
    authority.add_devices([SPARKY, STORMY])
    port = free_port()
    more = f'{trust(authority, tmp_path / "accounts")}\nmqtt {{ listen: "{HOST}:{port}" }}'
    async with running_nats_server(tmp_path, configuration=more) as server:
        yield Secure(server, authority, port)


@dataclass
class Life:
    """What happened to a connection of hardware."""

    client: Client
    losses: list[str] = field(default_factory=list[str])

    @property
    def undisturbed(self) -> bool:
        """Whether it was connected all the time."""
        return self.client.is_connected and not self.losses


@asynccontextmanager
async def connected(url: str, credentials: Path) -> AsyncGenerator[Life]:
    """Hardware that reconnects for ever."""
    life = Life(Client())

    async def lost() -> None:
        life.losses.append("lost")

    await life.client.connect(
        url,
        user_credentials=str(credentials),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.05,  # type: ignore[arg-type]  # fractions work
        disconnected_cb=lost,
    )
    try:
        yield life
    finally:
        await life.client.close()


@contextmanager
def kept(file: Path, to: Path) -> Generator[Path]:
    """A copy of credentials, as they are on the hardware when the file here is gone."""
    to.write_bytes(file.read_bytes())
    yield to


@dataclass
class Mqtt:
    """A connection of hardware that speaks MQTT, and reconnects."""

    answers: list[str] = field(default_factory=list[str])
    losses: int = 0


@contextmanager
def mqtt_connected(port: int, name: str, password: str) -> Generator[Mqtt]:
    """A client that tries for ever."""
    told = Mqtt()

    def answered(
        _c: MqttClient, _d: object, _f: ConnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        told.answers.append(str(code))

    def lost(_c: MqttClient, _d: object, _f: DisconnectFlags, _r: ReasonCode, _p: Properties | None) -> None:
        told.losses += 1

    client = MqttClient(CallbackAPIVersion.VERSION2, client_id=f"{name}-test")
    client.username_pw_set(name, password)
    client.reconnect_delay_set(0, 1)
    client.on_connect, client.on_disconnect = answered, lost
    client.connect(HOST, port)
    client.loop_start()
    try:
        yield told
    finally:
        client.disconnect()
        client.loop_stop()


async def test_who_is_revoked_is_cut_off_and_cannot_come_back(secure: Secure, tmp_path: Path) -> None:
    with kept(secure.authority.device_file(SPARKY), tmp_path / "copy.creds") as copy:
        async with connected(secure.server.url, copy) as sparky:
            assert secure.authority.revoke(SPARKY)
            await secure.tell()
            with anyio.fail_after(AT_ONCE_SECONDS):
                await until(lambda: not sparky.client.is_connected)

        assert await secure.refuses(copy)
        await secure.server.restart()
        assert await secure.refuses(copy)
        await secure.server.kill()
        await secure.server.start()
        assert await secure.refuses(copy)


async def test_nobody_else_is_disturbed(secure: Secure) -> None:
    url = secure.server.url
    async with (
        connected(url, secure.authority.device_file(STORMY)) as stormy,
        connected(url, secure.authority.file_of("banner")) as service,
        connected(url, secure.authority.file_of("operator")) as operator,
    ):
        heard: list[bytes] = []
        told = await operator.client.subscribe(subjects.every_banner("presence"))
        await operator.client.flush()
        secure.authority.revoke(SPARKY)
        await secure.tell()
        for number in range(10):
            await stormy.client.publish(subjects.banner(STORMY, "presence"), b"%d" % number)
            heard.append((await told.next_msg(AT_ONCE_SECONDS)).data)

        assert [b"%d" % number for number in range(10)] == heard
        assert all(each.undisturbed for each in (stormy, service, operator))


async def test_over_mqtt_too(secure: Secure) -> None:
    password = secure.authority.add_device(SPARKY, "mqtt").read_text()
    other = secure.authority.add_device(STORMY, "mqtt").read_text()
    with (
        mqtt_connected(secure.mqtt_port, "sparky", password) as sparky,
        mqtt_connected(secure.mqtt_port, "stormy", other) as stormy,
    ):
        await until(lambda: ["Success"] == sparky.answers and ["Success"] == stormy.answers)
        secure.authority.revoke(SPARKY)
        await secure.tell()

        with anyio.fail_after(AT_ONCE_SECONDS):
            await until(lambda: sparky.losses > 0)
        await until(lambda: len(sparky.answers) > 1)
        assert "Success" not in sparky.answers[1:]
        assert (["Success"], 0) == (stormy.answers, stormy.losses)

        await secure.server.restart()
        await until(lambda: 2 == stormy.answers.count("Success"))
        assert 1 == sparky.answers.count("Success")


async def test_new_credentials_are_let_in_where_the_old_ones_are_not(secure: Secure, tmp_path: Path) -> None:
    with kept(secure.authority.device_file(SPARKY), tmp_path / "copy.creds") as copy:
        async with connected(secure.server.url, copy) as before:
            (path,) = secure.authority.rotate(SPARKY)
            await secure.tell()
            await until(lambda: not before.client.is_connected)

        assert await secure.refuses(copy)
        assert not await secure.refuses(path)


async def test_old_credentials_that_are_kept_are_good_until_the_next_time(
    secure: Secure, tmp_path: Path
) -> None:
    with kept(secure.authority.device_file(SPARKY), tmp_path / "copy.creds") as copy:
        async with connected(secure.server.url, copy) as before:
            secure.authority.rotate(SPARKY, keep_old=True)
            await secure.tell()
            assert not await secure.refuses(copy)
            assert before.undisturbed

            (path,) = secure.authority.rotate(SPARKY)
            await secure.tell()
            await until(lambda: not before.client.is_connected)
        assert await secure.refuses(copy)
        assert not await secure.refuses(path)


async def test_changes_within_one_second_all_count(
    secure: Secure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: now)
    copies = [tmp_path / f"{each}.creds" for each in (SPARKY, STORMY)]
    for banner, copy in zip((SPARKY, STORMY), copies, strict=True):
        copy.write_bytes(secure.authority.device_file(banner).read_bytes())
        secure.authority.revoke(banner)
        await secure.tell()

    assert [True, True] == [await secure.refuses(copy) for copy in copies]
    await secure.server.restart()
    assert [True, True] == [await secure.refuses(copy) for copy in copies]


async def test_of_many_who_tell_at_once_the_newest_is_told_last(secure: Secure, tmp_path: Path) -> None:
    """A server takes whatever it is told last, even if that is older."""
    banners = [BannerId(f"b-{number}") for number in range(8)]
    copies = [tmp_path / f"{banner}.creds" for banner in banners]
    for path, copy in zip(secure.authority.add_new(banners), copies, strict=True):
        copy.write_bytes(path.read_bytes())

    async def revoke(banner: BannerId) -> None:
        authority = Authority(tmp_path)
        await anyio.to_thread.run_sync(authority.revoke, banner)
        await tell(secure.server.url, authority)

    async with anyio.create_task_group() as tasks:
        for banner in banners:
            tasks.start_soon(revoke, banner)

    assert all([await secure.refuses(copy) for copy in copies])


async def test_whoever_tells_waits_for_those_who_tell_and_then_tells_the_newest(
    secure: Secure, tmp_path: Path
) -> None:
    told = anyio.Event()

    async def telling() -> None:
        await secure.tell()
        told.set()

    with kept(secure.authority.device_file(SPARKY), tmp_path / "copy.creds") as copy:
        async with anyio.create_task_group() as tasks:
            with Authority(tmp_path).telling():
                tasks.start_soon(telling)
                with anyio.move_on_after(1):
                    await told.wait()
                assert not told.is_set()
                secure.authority.revoke(SPARKY)

        assert await secure.refuses(copy)


async def test_without_a_server_it_counts_from_the_next_start(secure: Secure, tmp_path: Path) -> None:
    with kept(secure.authority.device_file(SPARKY), tmp_path / "copy.creds") as copy:
        await secure.server.stop()
        secure.authority.revoke(SPARKY)
        with pytest.raises(NotTold, match=r"no nats-server knows of it yet \(NATS at .* cannot be reached\)"):
            await tell(secure.server.url, secure.authority)

        secure.server.configuration = trust(secure.authority, tmp_path / "accounts")
        await secure.server.start()
        assert await secure.refuses(copy)


async def test_a_configuration_of_before_makes_nothing_good_again(secure: Secure, tmp_path: Path) -> None:
    """The file that the server starts with is older than what it was told."""
    with kept(secure.authority.device_file(SPARKY), tmp_path / "copy.creds") as copy:
        secure.authority.revoke(SPARKY)
        await secure.tell()
        found = (tmp_path / "accounts" / f"{secure.authority.account}.jwt").read_text()
        assert secure.authority.account_jwt() == found
        assert found not in secure.server.configuration

        await secure.server.restart()

        assert await secure.refuses(copy)


async def test_an_open_server_cannot_be_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with running_nats_server(tmp_path) as server:
        with pytest.raises(NotTold, match="a nats-server that looks after accounts cannot be reached"):
            await tell(server.url, authority)


async def test_a_server_of_others_is_not_told(secure: Secure, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")

    with pytest.raises(NotFit, match=r"refuses the credentials in .*/other/creds/system\.creds"):
        await tell(secure.server.url, other)


async def test_a_process_whose_credentials_are_revoked_ends_with_a_sentence(secure: Secure) -> None:
    credentials = secure.authority.device_file(SPARKY)
    async with open_mesh(Nats(url=secure.server.url, credentials=credentials), name="test") as mesh:
        secure.authority.revoke(SPARKY)
        await secure.tell()

        with anyio.fail_after(AT_ONCE_SECONDS), pytest.raises(NotFit, match="refuses the credentials in"):
            await mesh.until_lost()


async def test_a_process_that_is_not_let_in_again_ends_with_a_sentence(
    secure: Secure, tmp_path: Path
) -> None:
    credentials = secure.authority.file_of("banner")
    async with open_mesh(Nats(url=secure.server.url, credentials=credentials), name="test") as mesh:
        other = Authority(tmp_path / "other")
        secure.server.configuration = trust(other, tmp_path / "other" / "accounts")
        await secure.server.restart()

        with anyio.fail_after(30), pytest.raises(NotFit, match="refuses the credentials in"):
            await mesh.until_lost()
