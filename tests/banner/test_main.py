"""The banner service as a process."""

import os
import signal
from pathlib import Path

import anyio
import pytest

from shared.contracts.banner import Register, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import Unreachable
from shared.contracts.instants import milliseconds_between
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from tests.support.banners import new_banner_id, registered, shown
from tests.support.nats_server import NatsServer
from tests.support.processes import running_module
from tests.support.waiting import until


async def test_it_serves_until_it_is_told_to_stop(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    arguments = ["--nats-url", nats_server.url, "--display-ttl", "30"]
    with running_module("services.banner", *arguments, log=tmp_path / "output") as process:
        await process.printed("ready")
        banners = Banners(mesh)
        display = (await shown(banners, await registered(banners))).state.display
        process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()
        assert display is not None
        assert 30_000 == milliseconds_between(display.shown_at, display.until)
    with pytest.raises(Unreachable):
        await banners.get(new_banner_id())


async def test_told_to_stop_in_the_middle_of_work_it_answers_all_that_it_took(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    """Whoever asks gets an answer or hears that nobody is there; nobody is left to wait."""
    banners = Banners(mesh, answer_seconds=20)
    accepted = 0
    turned_away = anyio.Event()

    async def keep_asking() -> None:
        nonlocal accepted
        while not turned_away.is_set():
            try:
                answer = await banners.command(new_banner_id(), Register())
            except Unreachable:
                turned_away.set()
            else:
                assert isinstance(answer, Accepted)
                accepted += 1

    log = tmp_path / "output"
    with running_module("services.banner", "--nats-url", nats_server.url, log=log) as process:
        await process.printed("ready")
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                for _ in range(30):
                    tasks.start_soon(keep_asking)
                await until(lambda: accepted > 100)
                process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()


async def test_it_stops_in_order_even_while_there_is_no_server(
    own_nats_server: NatsServer, tmp_path: Path
) -> None:
    log = tmp_path / "output"
    with running_module("services.banner", "--nats-url", own_nats_server.url, log=log) as process:
        await process.printed("ready")
        await own_nats_server.kill()
        await process.printed("mesh disconnected")
        process.send(signal.SIGTERM)

        assert 0 == await process.exit_code()


async def test_it_goes_on_after_the_server_came_back(own_nats_server: NatsServer, tmp_path: Path) -> None:
    log = tmp_path / "output"
    with running_module("services.banner", "--nats-url", own_nats_server.url, log=log) as process:
        await process.printed("ready")
        await own_nats_server.kill()
        await own_nats_server.start()
        await process.printed("mesh reconnected")

        async with open_mesh(own_nats_server.url, name="test") as mesh:
            banners = Banners(mesh)
            assert isinstance(await shown(banners, await registered(banners)), Accepted)


async def test_settings_come_from_the_environment_too(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRDISPLAY_NATS_URL", nats_server.url)
    monkeypatch.setenv("AIRDISPLAY_DISPLAY_TTL", "0.1")
    assert "AIRDISPLAY_NATS_URL" in os.environ

    with running_module("services.banner", log=tmp_path / "output") as process:
        await process.printed("ready")
        banners = Banners(mesh)
        banner = await registered(banners)
        await shown(banners, banner, "first")

        async def over() -> bool:
            return isinstance(await banners.command(banner, Show(text="second")), Accepted)

        await until(over)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--display-ttl", "0"], "0.0 is not in the range", id="a display that lasts no time"),
        pytest.param(["--display-ttl", "soon"], "'soon' is not a valid", id="a word for a number"),
        pytest.param(["--replicas", "9"], "9 is not in the range", id="too many replicas"),
        pytest.param(["--colour", "red"], "No such option", id="what does not exist"),
    ],
)
async def test_a_bad_setting_is_refused_in_one_sentence(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    with running_module("services.banner", *arguments, log=tmp_path / "output") as process:
        assert 2 == await process.exit_code()
        assert said in process.output
        assert "Traceback" not in process.output


async def test_a_server_that_cannot_do_what_it_needs_makes_it_unfit(
    own_nats_server: NatsServer, tmp_path: Path
) -> None:
    log = tmp_path / "output"
    arguments = ["--nats-url", own_nats_server.url, "--replicas", "3"]
    with running_module("services.banner", *arguments, log=log) as process:
        assert 78 == await process.exit_code()
        assert "nats-server refuses the stream" in process.output
