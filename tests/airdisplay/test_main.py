"""The commands as people type them."""

import re
import signal
from pathlib import Path

import anyio
import httpx
import pytest

from tests.airdisplay.running import Up, airdisplay
from tests.support.ports import HOST, free_port
from tests.support.processes import running_module
from tests.support.signing import bearing, claims_in

COMMANDS = (
    "up",
    "show",
    "hold",
    "release",
    "token",
    "history",
    "watch",
    "banners",
    "nodes",
    "device",
    "credentials",
    "doctor",
)
OF_DEVICES = tuple(f"device {each}" for each in ("run", "add", "list", "revoke", "rotate"))
WISHES = {
    "--queue",
    "--any",
    "--tag",
    "--follow",
    "--limit",
    "--sub",
    "--role",
    "--expires",
    "--mqtt",
    "--keep-old",
    "--json",
    "--tls",
    "--service",
}
"""Options that say what is wanted this once, unlike settings."""


async def test_help_lists_the_commands() -> None:
    ended = await airdisplay("--help")

    assert 0 == ended.code
    assert all(f"  {command} " in ended.said for command in COMMANDS)


@pytest.mark.parametrize("command", [*COMMANDS, *OF_DEVICES])
async def test_every_setting_is_a_variable_too(command: str) -> None:
    ended = await airdisplay(*command.split(), "--help")

    options: list[str] = re.findall(r"^  (--[a-z-]+)", ended.said, re.MULTILINE)
    variables: list[str] = re.findall(r"env var: (AIRDISPLAY_\w+)", " ".join(ended.said.split()))
    settings = [option for option in options if option not in WISHES]
    assert ["AIRDISPLAY_" + option[2:].upper().replace("-", "_") for option in settings] == variables


async def test_show_tells_until_when(everything: Up) -> None:
    ended = await airdisplay("show", "mistral", "Hello", "--http-port", str(everything.http_port))

    assert 0 == ended.code
    assert ended.said.startswith("mistral shows “Hello” for 60 s, until ")


async def test_a_refusal_ends_with_one_line_and_exit_code_one(everything: Up) -> None:
    ended = await airdisplay("show", "nowhere", "Hello", AIRDISPLAY_HTTP_PORT=str(everything.http_port))

    assert 1 == ended.code
    assert not ended.said
    assert ["Error: There is no banner 'nowhere'. Ids match [a-z0-9][a-z0-9-]{0,62}."] == (
        ended.complained.splitlines()
    )


@pytest.mark.parametrize("command", ["show", "banners"])
async def test_nobody_there_is_one_line(command: str) -> None:
    arguments = ("lightning", "Hello") if command == "show" else ()
    ended = await airdisplay(command, *arguments, "--http-port", str(free_port()))

    assert 1 == ended.code
    assert 1 == len(ended.complained.splitlines())


async def test_banners_are_listed(everything: Up) -> None:
    ended = await airdisplay("banners", "--http-port", str(everything.http_port))

    assert 0 == ended.code
    assert all(name in ended.said for name in ("lightning", "sparky", "stormy"))


async def test_nodes_are_listed(everything: Up) -> None:
    ended = await airdisplay("nodes", "--nats-url", everything.nats_url, "--data-dir", str(everything.data))

    assert 0 == ended.code
    assert "gateway" in ended.said


async def test_nodes_need_credentials(everything: Up, tmp_path: Path) -> None:
    ended = await airdisplay("nodes", "--nats-url", everything.nats_url, "--data-dir", str(tmp_path))

    assert 78 == ended.code
    (line,) = ended.complained.splitlines()
    assert line == f"Error: NATS at {everything.nats_url} asks for credentials: name a file with --nats-creds"


async def test_nodes_need_nats() -> None:
    ended = await airdisplay("nodes", "--nats-url", f"nats://{HOST}:{free_port()}")

    assert 1 == ended.code
    assert 1 == len(ended.complained.splitlines())


async def test_a_watch_prints_what_a_show_does(everything: Up, tmp_path: Path) -> None:
    port = ("--http-port", str(everything.http_port))
    with running_module("airdisplay", "watch", "gusty", *port, log=tmp_path / "log") as watching:
        await watching.printed("gusty is dark")
        await airdisplay("show", "gusty", "Hello", *port)
        await watching.printed("gusty shows “Hello” until ")


async def test_a_watch_ends_quietly_with_ctrl_c(everything: Up, tmp_path: Path) -> None:
    port = ("--http-port", str(everything.http_port))
    with running_module("airdisplay", "watch", "cirrus", *port, log=tmp_path / "log") as watching:
        await watching.printed("cirrus is dark")
        watching.send(signal.SIGINT)

        assert 130 == await watching.exit_code()
        assert 1 == len(watching.output.splitlines())


@pytest.mark.parametrize("banner", ["Lightning", "a b", "", "-"])
async def test_what_cannot_be_a_banner_is_refused(banner: str) -> None:
    ended = await airdisplay("show", "--", banner, "Hello")

    assert 1 == ended.code
    assert "expected a banner id" in ended.complained


async def test_a_token_that_was_printed_is_believed_by_the_running_gateway(everything: Up) -> None:
    data = ("--data-dir", str(everything.data))
    viewer = await airdisplay("token", "--sub", "ada", "--role", "viewer", "--expires", "15m", *data)
    author = await airdisplay("token", "--sub", "ada", *data)
    banner = f"{everything.address}/v1/banners/nowhere/display"
    async with httpx.AsyncClient() as client:
        answers = [
            await client.post(banner, json={"text": "Hello"}, headers=bearing(ended.said.strip()))
            for ended in (viewer, author)
        ]

    assert ["/problems/not-author", "/problems/unknown-banner"] == [each.json()["type"] for each in answers]
    claims = claims_in(viewer.said.strip())
    assert ("ada", "viewer", 900) == (claims["sub"], claims["role"], claims["exp"] - claims["iat"])


@pytest.mark.parametrize("wrong", ["", "1", "h", "-1h", "0d", "1w", "1.5h", "٣h", "100001d"])
async def test_how_long_a_token_lasts_is_a_number_and_a_unit(tmp_path: Path, wrong: str) -> None:
    ended = await airdisplay("token", "--sub", "ada", f"--expires={wrong}", "--data-dir", str(tmp_path))

    assert 2 == ended.code
    assert "expected a number and s, m, h or d, such as 1h, found" in " ".join(ended.complained.split())
    assert not any([True async for _ in anyio.Path(tmp_path).iterdir()])


async def test_a_token_is_about_somebody(tmp_path: Path) -> None:
    ended = await airdisplay("token", "--sub", "", "--data-dir", str(tmp_path))

    assert (78, "Error: expected a --sub, found an empty one\n") == (ended.code, ended.complained)
