"""`airdisplay up`: everything starts, what dies comes back, Ctrl-C ends all of it, nothing is forgotten."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from paho.mqtt.client import Client as MqttClient
from paho.mqtt.enums import CallbackAPIVersion

from airdisplay import nats_server
from airdisplay.authority.authority import SERVICES, Authority
from airdisplay.fleet import fleet
from shared.contracts import subjects
from shared.contracts.errors import NotFit
from shared.mesh.connection import Nats, open_mesh
from shared.mesh.runner import NOT_FIT
from tests.airdisplay.running import Up, airdisplay, gone, ports, running_up
from tests.support.banners import new_banner_id
from tests.support.ports import HOST, free_port
from tests.support.waiting import until

PATIENCE = 45
"""Seconds within which everything must be well again."""


async def get(up: Up, path: str) -> Any:
    """What the gateway answers."""
    async with httpx.AsyncClient(base_url=up.address) as client:
        answer = await client.get(path)
    return answer.raise_for_status().json()


async def show(up: Up, banner: str, text: str) -> str:
    """Put a text on a banner; the id of the display."""
    async with httpx.AsyncClient(base_url=up.address) as client:
        answer = await client.post(f"/v1/banners/{banner}/display", json={"text": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def reported(up: Up, banner: str) -> str | None:
    """The display that the hardware says it shows."""
    found = (await get(up, f"/v1/banners/{banner}"))["reported"]
    return None if found is None else found["display_id"]


async def end(up: Up, children: Mapping[str, int]) -> None:
    """Ctrl-C, and all that this shall lead to."""
    up.process.send(signal.SIGINT)

    assert 0 == await up.process.exit_code()
    assert all(gone(child) for child in children.values())


async def test_it_says_where_the_app_is_and_what_there_is(everything: Up) -> None:
    data = everything.data
    files = "operator.creds, telemetry.creds, device-<banner>.creds"
    assert [
        f"AirDisplay is at  http://{HOST}:{everything.http_port}/",
        "  banners  lightning, sparky, stormy and 21 more",
        f"  data     {data}",
        f"  operator {data}/operator.token",
        f'           curl -H "Authorization: Bearer $(cat {data}/operator.token)" ...',
        f"  nats     nats://{HOST}:{everything.nats_port}",
        f"           with credentials: {files} in {data}/creds",
        "  mqtt     none, as --mqtt-port 0 says",
        "  stop     Ctrl-C",
    ] == everything.process.output.splitlines()[:9]


async def test_everybody_has_credentials_and_nobody_else_reads_them(everything: Up) -> None:
    creds = everything.data / "creds"

    names = {path.stem for path in creds.glob("*.creds")}
    assert {*SERVICES, "fleet", "operator", "system", "telemetry"} <= names
    assert {f"device-{banner}" for banner in fleet(24)} <= names
    assert not list(creds.glob("*.mqtt"))
    for folder in (creds, everything.data / "auth"):
        assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert 0o700 == stat.S_IMODE(everything.data.stat().st_mode)


async def test_nobody_gets_in_without_credentials(everything: Up, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    other.for_all()
    for credentials in (None, other.file_of("banner")):
        with pytest.raises(NotFit, match=r"NATS at .* (asks for|refuses the) credentials"):
            async with open_mesh(Nats(url=everything.nats_url, credentials=credentials), name="test"):
                pass


async def test_an_open_nats_is_said_loudly_and_lets_in_anybody(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1", "--nats-open", "on") as up:
        loud = "NATS IS OPEN: anybody on this machine can do anything"
        output = up.process.output
        assert loud in output.splitlines()[0]
        assert loud in output[output.index("AirDisplay is at") :]
        async with open_mesh(up.nats_url, name="test") as mesh:
            assert mesh.connected


async def test_what_was_shown_stays_when_nats_begins_to_ask_for_credentials(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1", "--nats-open", "on") as up:
        display = await show(up, "lightning", "Still here")
        await end(up, up.children())

    async with running_up(tmp_path, "--banners", "1") as up:
        assert "goes on with the streams of the account $G" in up.process.output
        assert display == (await get(up, "/v1/banners/lightning"))["display"]["id"]


async def test_hardware_may_speak_mqtt_where_there_is_a_port(tmp_path: Path) -> None:
    port = free_port()
    async with running_up(tmp_path, "--banners", "1", "--mqtt-port", str(port)) as up:
        assert f"  mqtt     mqtt://{HOST}:{port}; " in up.process.output
        added = await airdisplay("device", "add", "sparky", "--mqtt", "--data-dir", str(up.data))
        password = file_text(added.said.splitlines()[0])

        assert "Success" == await mqtt_answer(port, "sparky", password)
        assert "Success" != await mqtt_answer(port, "sparky", password[:-4])


def file_text(path: str) -> str:
    """What stands in it."""
    return Path(path).read_text()


async def mqtt_answer(port: int, user: str, password: str) -> str:
    """What is said to somebody who connects."""
    answers: list[str] = []
    client = MqttClient(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    client.on_connect = lambda _c, _d, _f, code, _p: answers.append(str(code))
    client.connect(HOST, port)
    client.loop_start()
    try:
        await until(lambda: bool(answers))
    finally:
        client.disconnect()
        client.loop_stop()
    return answers[0]


async def test_who_shows_the_token_is_an_operator_and_nobody_else_reads_it(everything: Up) -> None:
    token = everything.data / "operator.token"
    banner = {"id": new_banner_id()}
    async with httpx.AsyncClient(base_url=everything.address) as client:
        guest = await client.post("/v1/banners", json=banner)
        client.headers["Authorization"] = f"Bearer {token.read_text().strip()}"
        operator = await client.post("/v1/banners", json=banner)

    assert (403, 201) == (guest.status_code, operator.status_code)
    assert 0o600 == stat.S_IMODE(token.stat().st_mode)
    assert 0o600 == stat.S_IMODE((everything.data / "auth-key.pem").stat().st_mode)


async def test_where_others_can_call_guests_look_and_the_token_counts(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1", "--http-host", "0.0.0.0") as up:
        token = (up.data / "operator.token").read_text().strip()
        body = {"text": "Hello"}
        async with httpx.AsyncClient(base_url=up.address) as client:
            seen = await client.get("/v1/banners/lightning")
            guest = await client.post("/v1/banners/lightning/display", json=body)
            client.headers["Authorization"] = f"Bearer {token}"
            operator = await client.post("/v1/banners/lightning/display", json=body)

    assert (200, 403, 201) == (seen.status_code, guest.status_code, operator.status_code)


async def test_who_may_call_is_told_to_the_gateway(tmp_path: Path) -> None:
    told = ("--guests", "off", "--http-origins", "https://app.example.org", "--http-hosts", "air.example.org")
    async with (
        running_up(tmp_path, "--banners", "0", *told) as up,
        httpx.AsyncClient(base_url=up.address) as client,
    ):
        guest = await client.get("/v1/banners")
        by_name = await client.get("/healthz", headers={"Host": "air.example.org"})
        page = await client.get("/healthz", headers={"Origin": "https://app.example.org"})

    assert (401, 200, 200) == (guest.status_code, by_name.status_code, page.status_code)


async def test_any_free_banner_is_found_when_the_address_is_said(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1") as up:
        async with httpx.AsyncClient(base_url=up.address) as client:
            answer = await client.post("/v1/displays", json={"text": "Anywhere"})
        assert answer.is_success, answer.text

        async def shows() -> bool:
            display = await get(up, answer.headers["location"])
            return bool(display["state"] == "showing")

        await until(shows)


async def test_the_app_is_there_when_its_address_is_said(everything: Up) -> None:
    async with httpx.AsyncClient(base_url=everything.address) as client:
        app, ready = await client.get("/"), await client.get("/readyz")

    assert (200, 200) == (app.status_code, ready.status_code)


async def test_every_banner_is_registered_and_its_hardware_comes_online(everything: Up) -> None:
    async def all_online() -> bool:
        items = (await get(everything, "/v1/banners?status=online"))["items"]
        return set(fleet(24)) <= {item["id"] for item in items}

    await until(all_online)


async def test_what_is_shown_is_what_the_hardware_shows(everything: Up) -> None:
    display = await show(everything, "lightning", "Hello")

    async def is_reported() -> bool:
        return display == await reported(everything, "lightning")

    await until(is_reported)


async def test_every_process_that_is_killed_comes_back(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1") as up:
        before = up.children()
        assert {"nats-server", "banner", "expiry", "lobby", "intake", "hardware", "gateway"} == set(before)
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not set(up.children().values()) & set(before.values()))
        await until(lambda: set(up.children()) == set(before), seconds=PATIENCE)
        for name in ("nats", "banner", "expiry", "lobby", "intake", "hardware", "gateway"):
            assert f"{name:<8} │ ended by SIGKILL, exit code -9; starts again in 0.2 s" in up.process.output

        async def shows() -> bool:
            try:
                await show(up, "lightning", "Back again")
            except (httpx.HTTPError, AssertionError):
                return False
            return True

        async def hardware_shows() -> bool:
            return await reported(up, "lightning") is not None

        await until(shows, seconds=PATIENCE)
        await until(hardware_shows, seconds=PATIENCE)
        await end(up, up.children())


async def test_ctrl_c_ends_everything_and_the_next_up_goes_on(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1") as up:
        display = await show(up, "lightning", "Still here")
        token = (up.data / "operator.token").read_text()
        await end(up, up.children())
        assert "stopping" in up.process.output
        assert "was killed" not in up.process.output
        assert "starts again" not in up.process.output

    async with running_up(tmp_path, "--banners", "1") as up:
        found = await get(up, "/v1/banners/lightning")
        assert display == found["display"]["id"]
        assert token == (up.data / "operator.token").read_text()
        await end(up, up.children())


async def test_nothing_outlives_an_up_that_is_killed(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1") as up:
        display = await show(up, "lightning", "Still here")
        children = up.children()
        up.process.send(signal.SIGKILL)
        await until(lambda: all(gone(child) for child in children.values()))

    async with running_up(tmp_path, "--banners", "1") as up:
        assert display == (await get(up, "/v1/banners/lightning"))["display"]["id"]


async def test_no_banners_are_none(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "0") as up:
        assert "none are simulated" in up.process.output
        assert "hardware" not in up.children()
        assert [] == (await get(up, "/v1/banners"))["items"]


async def test_a_signal_while_it_starts_ends_everything(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--log-level", "info", greeting="Server is ready") as up:
        await end(up, up.children())


async def test_ctrl_c_twice_is_in_a_hurry(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1") as up:
        children = up.children()
        os.kill(children["gateway"], signal.SIGSTOP)  # it will not stop by itself
        up.process.send(signal.SIGINT)
        await up.process.printed("stopping")
        up.process.send(signal.SIGINT)

        assert 0 == await up.process.exit_code()
        assert all(gone(child) for child in children.values())


async def test_one_data_directory_is_for_one_up(everything: Up) -> None:
    ended = await airdisplay("up", *ports(free_port(), free_port(), everything.data))

    assert NOT_FIT == ended.code
    assert f"in use by another airdisplay up (process {everything.pid})" in one_line(ended.complained)


@pytest.mark.parametrize("what", ["http", "nats"])
async def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path, what: str) -> None:
    with socket.create_server((HOST, 0)) as listener:
        taken = listener.getsockname()[1]
        http_port, nats_port = (taken, free_port()) if what == "http" else (free_port(), taken)
        ended = await airdisplay("up", *ports(http_port, nats_port, tmp_path))

    assert NOT_FIT == ended.code
    assert f"port {taken} on {HOST} is taken by another program" in one_line(ended.complained)
    assert not (tmp_path / "nats").exists()


async def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    ended = await airdisplay("up", "--data-dir", str(file / "data"))

    assert NOT_FIT == ended.code
    assert f"cannot write to the data directory {file}/data" in one_line(ended.complained)


async def test_a_missing_nats_server_is_said(tmp_path: Path) -> None:
    data, missing = tmp_path / "data", tmp_path / "none"
    ended = await airdisplay("up", "--nats-server", str(missing), "--data-dir", str(data))

    assert NOT_FIT == ended.code
    assert f"there is no nats-server at {missing}" in one_line(ended.complained)
    assert not data.exists()


async def test_a_wrong_nats_server_is_said(tmp_path: Path) -> None:
    other = tmp_path / "nats-server"
    other.write_text("#!/bin/sh\necho 'nats-server: v2.10.1'\n")
    other.chmod(0o755)
    ended = await airdisplay("up", "--data-dir", str(tmp_path / "data"), AIRDISPLAY_NATS_SERVER=str(other))

    assert NOT_FIT == ended.code
    assert "has version 2.10.1, and AirDisplay needs 2.15" in one_line(ended.complained)


async def test_a_process_that_will_not_do_ends_everything_with_its_reason(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    await spoil(data)
    ended = await airdisplay("up", *ports(free_port(), free_port(), data))

    assert NOT_FIT == ended.code
    assert "nats-server refuses the stream HEARTBEATS" in one_line(ended.complained)


async def spoil(data: Path) -> None:
    """Make a stream there that takes what belongs to another."""
    port = free_port()
    configuration = nats_server.configure(data, port, mqtt_port=None, authority=None)
    command = nats_server.command(nats_server.find(None), configuration)
    async with await anyio.open_process(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as nats:
        async with open_mesh(f"nats://{HOST}:{port}", name="test") as mesh:
            await mesh.jetstream.add_stream(name="OTHER", subjects=[subjects.every_banner("presence")])
        nats.terminate()


def one_line(complaint: str) -> str:
    """The one line of a complaint."""
    lines = complaint.splitlines()
    assert 1 == len(lines), complaint
    return lines[0]
