"""Streams stay when NATS begins to ask for credentials, or ceases to."""

from pathlib import Path

import pytest
from nats.js.api import StreamConfig

from airdisplay.adoption import ANYBODY, adopt
from airdisplay.authority.authority import Authority
from airdisplay.nats_server import trust
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.mesh import streams
from shared.mesh.connection import Nats, open_mesh
from tests.support.nats_server import running_nats_server

SPARKY = BannerId("sparky")


async def records(where: Nats) -> list[bytes | None]:
    """All records of one banner that there are, the oldest first."""
    async with open_mesh(where, name="test") as mesh:
        info = await mesh.jetstream.stream_info(streams.BANNERS.stream)
        return [
            (await mesh.jetstream.get_msg(streams.BANNERS.stream, number)).data
            for number in range(1, info.state.last_seq + 1)
        ]


async def test_an_account_goes_on_with_what_anybody_could_write_and_back(tmp_path: Path) -> None:
    store = tmp_path / "store"
    authority = Authority(tmp_path)
    authority.for_all()
    accounts = trust(authority, tmp_path / "accounts")
    async with running_nats_server(tmp_path) as server, open_mesh(server.url, name="test") as mesh:
        await streams.ensure(mesh, streams.everything(replicas=1))
        for number in range(3):
            await mesh.jetstream.publish(f"$KV.banners.{SPARKY}", b"%d" % number)
        await server.stop()

        assert store / "jetstream" / ANYBODY == adopt(store, authority.account)
        server.configuration = accounts
        await server.start()
        assert [b"0", b"1", b"2"] == await records(
            Nats(url=server.url, credentials=authority.file_of("operator"))
        )
        await server.stop()

        assert store / "jetstream" / authority.account == adopt(store, ANYBODY)
        server.configuration = ""
        await server.start()
        assert [b"0", b"1", b"2"] == await records(Nats(url=server.url))


async def test_streams_of_the_version_before_credentials_are_taken_over(tmp_path: Path) -> None:
    """There REPORTED, TELEMETRY and PRESENCE took from hardware what comes through other streams now."""
    before = [
        StreamConfig(
            name=streams.REPORTED, subjects=["airdisplay.banner.*.reported"], max_msgs_per_subject=1
        ),
        StreamConfig(name=streams.TELEMETRY, subjects=["airdisplay.banner.*.telemetry.*"]),
        StreamConfig(
            name=streams.PRESENCE, subjects=["airdisplay.banner.*.presence"], max_msgs_per_subject=1
        ),
    ]
    authority = Authority(tmp_path)
    authority.for_all()
    async with running_nats_server(tmp_path) as server:
        async with open_mesh(server.url, name="test") as mesh:
            for each in before:
                await mesh.jetstream.add_stream(each)
        await server.stop()
        adopt(tmp_path / "store", authority.account)
        server.configuration = trust(authority, tmp_path / "accounts")
        await server.start()

        where = Nats(url=server.url, credentials=authority.file_of("banner"))
        async with open_mesh(where, name="test") as mesh:
            await streams.ensure(mesh, streams.everything(replicas=1))


def streams_of(store: Path, *accounts: str) -> list[Path]:
    """Accounts with a stream each."""
    found = [store / "jetstream" / account for account in accounts]
    for each in found:
        (each / "streams" / "HISTORY").mkdir(parents=True)
    return found


def test_what_is_ones_own_stays(tmp_path: Path) -> None:
    (mine,) = streams_of(tmp_path, "MINE")

    assert adopt(tmp_path, "MINE") is None
    assert [mine] == list((tmp_path / "jetstream").iterdir())


def test_where_nothing_is_nothing_is_made(tmp_path: Path) -> None:
    assert adopt(tmp_path / "store", "MINE") is None
    assert not list(tmp_path.iterdir())


def test_what_an_account_of_before_left_is_gone_on_with(tmp_path: Path) -> None:
    """Its keys are gone, as when the folder with the credentials was removed."""
    (before,) = streams_of(tmp_path, "BEFORE")
    (tmp_path / "jetstream" / "MINE" / "streams").mkdir(parents=True)

    assert before == adopt(tmp_path, "MINE")
    assert (tmp_path / "jetstream" / "MINE" / "streams" / "HISTORY").is_dir()
    assert not before.exists()


@pytest.mark.parametrize("accounts", [("MINE", ANYBODY), ("ONE", "OTHER")])
def test_where_it_is_not_clear_whose_nothing_is_touched(tmp_path: Path, accounts: tuple[str, ...]) -> None:
    folders = streams_of(tmp_path, *accounts)

    with pytest.raises(NotFit, match=r"there are streams of several accounts, in .* and .*: move away"):
        adopt(tmp_path, "MINE")
    assert all((each / "streams" / "HISTORY").is_dir() for each in folders)


def test_no_file_is_removed(tmp_path: Path) -> None:
    streams_of(tmp_path, "BEFORE")
    mine = tmp_path / "jetstream" / "MINE"
    mine.mkdir()
    (mine / "file").touch()

    with pytest.raises(NotFit, match="cannot take over the streams in"):
        adopt(tmp_path, "MINE")
    assert (mine / "file").exists()
