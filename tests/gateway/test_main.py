"""`python -m services.gateway`: how the process begins and ends, and what it leaves behind."""

import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
import pytest
from httpx import codes

from services.gateway.server import listen
from shared.contracts import subjects
from shared.contracts.banner import Banner
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.contracts.live import CloseCode
from shared.mesh import clock, streams
from shared.mesh.connection import Mesh
from shared.mesh.runner import NOT_FIT, UNAVAILABLE
from tests.support.banners import new_banner_id
from tests.support.gateways import HOST
from tests.support.nats_server import NatsServer
from tests.support.processes import Process, running_module
from tests.support.signing import ISSUER, Issuer, bearing, keys_file
from tests.support.viewers import following, watching

HELD = new_banner_id()
USAGE = 2


@asynccontextmanager
async def running(nats: NatsServer, log: Path, *arguments: str) -> AsyncGenerator[tuple[Process, str]]:
    """The gateway as a process, once it serves, and where that is."""
    with listen(HOST, 0) as lucky:  # free a moment ago
        port: int = lucky.getsockname()[1]
    with running_module(
        "services.gateway", "--nats-url", nats.url, "--http-port", str(port), *arguments, log=log
    ) as process:
        await process.printed("ready")
        yield process, f"http://{HOST}:{port}"


def lines_of(process: Process) -> list[dict[str, Any]]:
    """What it logged, line by line; every line is JSON."""
    return [msgspec.json.decode(line) for line in process.output.splitlines()]


@asynccontextmanager
async def slow_answers(mesh: Mesh) -> AsyncGenerator[tuple[anyio.Event, anyio.Event]]:
    """Somebody who answers for a banner only when told to: whether it was asked, and that it may answer."""
    asked, may_answer = anyio.Event(), anyio.Event()
    answer = Accepted(revision=1, at=clock.now(), state=Banner(id=HELD, name="Held"))

    async def take(message: Any) -> None:
        asked.set()
        await may_answer.wait()
        await mesh.publish(message.reply, msgspec.json.encode(answer))

    subscription = await mesh.subscribe(subjects.banner(HELD, "get"), take)
    await mesh.client.flush()
    yield asked, may_answer
    await subscription.unsubscribe()


async def test_on_sigterm_viewers_are_told_to_come_back_and_requests_under_way_are_answered(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    answers: list[httpx.Response] = []
    async with (
        slow_answers(mesh) as (asked, may_answer),
        running(nats_server, tmp_path / "gateway.log") as (process, url),
        watching(url.replace("http", "ws") + "/v1/live") as viewer,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):

        async def ask() -> None:
            answers.append(await client.get(f"/v1/banners/{HELD}"))

        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask)
                await asked.wait()
                process.send(signal.SIGTERM)
                assert CloseCode.COME_BACK == await viewer.close_code()
                may_answer.set()
            code = await process.exit_code()

        assert 0 == code
        assert [codes.OK] == [answer.status_code for answer in answers]
        assert ["ready", "stopping", "stopped"] == [line["event"] for line in lines_of(process)]


async def test_followers_by_events_do_not_hold_it_up(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    async with (
        slow_answers(mesh) as (_, may_answer),
        running(nats_server, tmp_path / "gateway.log") as running_it,
    ):
        process, url = running_it
        may_answer.set()
        async with httpx.AsyncClient(base_url=url) as client, following(client, HELD) as stream:
            await stream.banner()
            process.send(signal.SIGINT)
            assert await stream.next() is None
            assert 0 == await process.exit_code()


@pytest.mark.parametrize("made_anew", [True, False], ids=["made anew", "deleted"])
async def test_when_the_log_is_not_the_one_that_it_followed_it_ends_instead_of_telling_old_news(
    own_nats_server: NatsServer,
    own_mesh: Mesh,
    tmp_path: Path,
    made_anew: bool,  # noqa: FBT001
) -> None:
    log = streams.BANNERS.stream
    async with running(own_nats_server, tmp_path / "gateway.log") as (process, url):
        await own_mesh.jetstream.delete_stream(streams.BANNERS.history or "")
        await own_mesh.jetstream.delete_stream(log)
        if made_anew:
            await streams.ensure(own_mesh, streams.everything(1))

        assert UNAVAILABLE == await process.exit_code()
        assert f"the stream {log} is not the one that was followed" == lines_of(process)[-1]["reason"]
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.TransportError):
                await client.get(f"{url}/healthz")


async def test_a_port_that_is_taken_ends_it_with_one_sentence(
    nats_server: NatsServer, tmp_path: Path
) -> None:
    with listen(HOST, 0) as taken:
        port: int = taken.getsockname()[1]
        arguments = ["--nats-url", nats_server.url, "--http-port", str(port)]
        with running_module("services.gateway", *arguments, log=tmp_path / "gateway.log") as process:
            assert NOT_FIT == await process.exit_code()

        (said,) = lines_of(process)
        assert f"cannot serve HTTP on {HOST} port {port}: Address already in use" == said["reason"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_where_others_can_call_it_does_not_start_without_keys(
    nats_server: NatsServer, tmp_path: Path, host: str
) -> None:
    arguments = ["--nats-url", nats_server.url, "--http-host", host]
    with running_module("services.gateway", *arguments, log=tmp_path / "gateway.log") as process:
        assert NOT_FIT == await process.exit_code()

    (said,) = lines_of(process)
    assert said["reason"].startswith(f"cannot serve HTTP on {host} without keys, ")
    assert "--auth-keys" in said["reason"]


async def test_no_token_gets_into_the_log(nats_server: NatsServer, tmp_path: Path) -> None:
    keys = ("--auth-keys", str(keys_file()))
    forged, good = Issuer(ISSUER.key_id).sign("eve", "operator"), ISSUER.sign("ada", "viewer")
    async with running(nats_server, tmp_path / "gateway.log", *keys) as (process, url):
        async with httpx.AsyncClient(base_url=url) as client:
            for token in (forged, good):
                await client.post("/v1/displays", json={"text": "Hello"}, headers=bearing(token))
        await process.printed("role refused")

        events = [line["event"] for line in lines_of(process)]
        assert ["ready", "token refused", "role refused"] == events
        for token in (forged, good):
            assert token not in process.output
            assert token.rpartition(".")[2] not in process.output


async def test_hardware_that_talks_nonsense_does_not_end_it(
    nats_server: NatsServer, mesh: Mesh, tmp_path: Path
) -> None:
    banner = BannerId(new_banner_id())
    async with running(nats_server, tmp_path / "gateway.log") as (process, url):
        for nonsense in (b'{"display_id":"\xff"}', b'{"x":' + b"[" * 400):
            await mesh.publish(subjects.reported(banner), nonsense)
            await process.printed("report not understood")

        async with httpx.AsyncClient() as client:
            assert codes.OK == (await client.get(f"{url}/healthz")).status_code


@pytest.mark.parametrize(
    "setting", [("--rate-limit", "a little"), ("--trusted-proxies", "*")], ids=["rate limit", "proxies"]
)
async def test_a_setting_that_is_not_understood_is_refused_by_its_name(
    tmp_path: Path, setting: tuple[str, str]
) -> None:
    with running_module("services.gateway", *setting, log=tmp_path / "gateway.log") as process:
        assert USAGE == await process.exit_code()
        assert f"Invalid value for {setting[0]}" in process.output


async def test_fair_use_is_on_unless_it_is_turned_off(nats_server: NatsServer, tmp_path: Path) -> None:
    async with (
        running(nats_server, tmp_path / "gateway.log") as (_, url),
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        body = {"text": "Hello"}
        answers = [(await client.post("/v1/banners/nobody/display", json=body)) for _ in range(12)]

    assert codes.TOO_MANY_REQUESTS == answers[-1].status_code
    assert "shows-per-user" == answers[-1].json()["limit"]
