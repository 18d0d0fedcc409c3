"""Waiting at a command line, with everything running: in line, for any banner, on hold, and taken back."""

import re
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.airdisplay.others import guest, operator
from tests.airdisplay.relay import running_relay
from tests.airdisplay.running import Up, airdisplay, running_up
from tests.support.processes import Process, running_module

TIME = r"\d\d:\d\d:\d\d"
STARTS = rf"starts in \d+ s at the latest, at {TIME}"


@pytest.fixture(scope="module")
async def alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Up]:
    """Everything, and a single banner in the air."""
    async with running_up(tmp_path_factory.mktemp("alone"), "--banners", "1") as up:
        yield up


@pytest.fixture
async def taken(alone: Up) -> AsyncGenerator[str]:
    """What shows on the only banner, and keeps it busy; afterwards it is free again."""
    async with guest(alone) as bob, operator(alone) as olga:
        await olga.clear("lightning")
        yield await bob.show("lightning")
        await olga.clear("lightning")


@contextmanager
def show(up: Up, directory: Path, *arguments: str, http_port: int | None = None) -> Generator[Process]:
    """`airdisplay show` in a terminal of its own."""
    port = ("--http-port", str(http_port or up.http_port))
    with running_module("airdisplay", "show", *arguments, *port, log=directory / "show.log") as process:
        yield process


def lines(process: Process) -> list[str]:
    """What it said, without when."""
    return [re.sub(rf"^{TIME}  ", "", line) for line in process.output.splitlines()]


async def test_who_waits_in_line_is_told_the_place_and_each_change_until_it_shows(
    everything: Up, tmp_path: Path
) -> None:
    async with guest(everything, "bob") as bob, guest(everything, "eve") as eve:
        banner = await bob.register()
        first = await bob.show(banner)
        second = await eve.wait(banner)
        with show(everything, tmp_path, banner, "Hello", "--queue") as process:
            await process.printed(f"place 2 in line for {banner}")
            await eve.take_back(second)
            await process.printed(f"place 1 in line for {banner}")
            await bob.take_back(first)

            assert 0 == await process.exit_code()
        seen = await bob.seen(banner)

    said = lines(process)
    assert 3 == len(said), process.output
    assert re.fullmatch(f"place 2 in line for {banner}, {STARTS}", said[0])
    assert re.fullmatch(f"place 1 in line for {banner}, {STARTS}", said[1])
    assert re.fullmatch(rf"{banner} shows “Hello” for \d+ s, until {TIME}", said[2])
    assert "Hello" == seen["display"]["text"]


async def test_a_banner_that_is_free_shows_what_would_have_waited(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob:
        banner = await bob.register()
        with show(everything, tmp_path, banner, "Hello", "--queue") as process:
            assert 0 == await process.exit_code()

    assert [True] == [f"{banner} shows “Hello” for 60 s" in line for line in lines(process)]


async def test_who_follows_is_told_how_it_ended(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob, operator(everything) as olga:
        banner = await bob.register()
        with show(everything, tmp_path, banner, "Hello", "--follow") as process:
            await process.printed("shows “Hello”")
            await olga.clear(banner)

            assert 0 == await process.exit_code()

    assert "“Hello” is over: an operator took it down" == lines(process)[-1]


async def test_a_message_that_is_followed_ends_when_its_time_is_up(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1", "--display-ttl", "1") as up, guest(up) as bob:
        await bob.show("lightning")
        with show(up, tmp_path, "lightning", "Hello", "--queue", "--follow") as process:
            assert 0 == await process.exit_code()

    assert "lightning shows “Hello” for 1 s" in lines(process)[-2]
    assert "“Hello” is over: its time was up" == lines(process)[-1]


async def test_a_hold_is_told_while_one_waits(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob, operator(everything) as olga:
        banner = await bob.register()
        await olga.hold(banner, "wind")
        with show(everything, tmp_path, banner, "Hello", "--queue") as process:
            await process.printed(
                f"place 1 in line for {banner}, which is on hold: nobody can tell when it starts"
            )
            await olga.release(banner)

            assert 0 == await process.exit_code()

    assert f"{banner} shows “Hello” for 60 s" in lines(process)[-1]


async def test_who_is_taken_out_of_the_line_is_told_and_has_failed(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob, operator(everything) as olga:
        banner = await bob.register()
        await bob.show(banner)
        with show(everything, tmp_path, banner, "Hello", "--queue") as process:
            await process.printed("place 1")
            (waiting,) = [
                event["ticket"]["id"]
                for item in (await bob.seen(f"{banner}/history"))["items"]
                for event in item["events"]
                if event["type"] == "queued"
            ]
            await olga.take_back(waiting)

            assert 1 == await process.exit_code()

    assert "“Hello” was not shown: an operator took it out of the line" == lines(process)[-1]


@pytest.mark.parametrize("where", ["in line", "in the lobby"])
async def test_ctrl_c_takes_back_what_waits(alone: Up, taken: str, tmp_path: Path, where: str) -> None:
    arguments = ("lightning", "Hello", "--queue") if where == "in line" else ("--any", "Hello")
    with show(alone, tmp_path, *arguments) as process:
        await process.printed("place 1 in line for")
        process.send(signal.SIGINT)

        assert 130 == await process.exit_code()

    assert "“Hello” was not shown: it was taken back" == lines(process)[-1]
    assert 2 == len(lines(process))
    async with guest(alone) as bob:
        await bob.take_back(taken)
        assert (await bob.seen("lightning"))["display"] is None


async def test_ctrl_c_leaves_alone_what_shows(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob:
        banner = await bob.register()
        with show(everything, tmp_path, banner, "Hello", "--follow") as process:
            await process.printed("shows “Hello”")
            process.send(signal.SIGINT)

            assert 130 == await process.exit_code()
        assert "Hello" == (await bob.seen(banner))["display"]["text"]

    assert 1 == len(lines(process))


async def test_what_cannot_be_taken_back_is_told(alone: Up, taken: str, tmp_path: Path) -> None:
    assert taken
    async with running_relay(alone.http_port) as relay:
        with show(alone, tmp_path, "--any", "Hello", http_port=relay.port) as process:
            await process.printed("place 1 in line for any free banner")
            relay.cut()
            await process.printed("no connection")
            process.send(signal.SIGINT)

            assert 1 == await process.exit_code()
            assert "Error: it may still be shown, as it could not be taken back: " in process.output
            relay.mend()


async def test_who_takes_any_banner_waits_for_the_first_that_is_free(
    alone: Up, taken: str, tmp_path: Path
) -> None:
    with show(alone, tmp_path, "--any", "Hello") as process:
        await process.printed("place 1 in line for any free banner")
        async with guest(alone) as bob:
            await bob.take_back(taken)

        assert 0 == await process.exit_code()

    assert re.fullmatch(rf"lightning shows “Hello” for 60 s, until {TIME}", lines(process)[-1])


async def test_waiting_goes_on_when_a_connection_is_lost(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob, running_relay(everything.http_port) as relay:
        banner = await bob.register()
        display = await bob.show(banner)
        with show(everything, tmp_path, banner, "Hello", "--queue", http_port=relay.port) as process:
            await process.printed("place 1")
            relay.cut()
            await process.printed("no connection")
            await bob.take_back(display)
            relay.mend()

            assert 0 == await process.exit_code()

    assert "connected again" == lines(process)[-2]
    assert f"{banner} shows “Hello” for " in lines(process)[-1]


async def test_a_second_turn_of_the_same_author_is_refused(everything: Up, tmp_path: Path) -> None:
    async with guest(everything) as bob:
        banner = await bob.register()
        await bob.show(banner)
        with show(everything, tmp_path, banner, "Hello", "--queue") as process:
            await process.printed("place 1")
            port = ("--http-port", str(everything.http_port))
            again = await airdisplay("show", banner, "Me again", "--queue", *port)

    assert 1 == again.code
    assert ["Error: You wait for this banner already, at place 1; one turn at a time."] == (
        again.complained.splitlines()
    )


async def test_a_tag_that_no_banner_has_is_one_sentence(everything: Up) -> None:
    port = ("--http-port", str(everything.http_port))
    ended = await airdisplay("show", "--any", "Hello", "--tag", "nowhere", *port)

    assert 1 == ended.code
    assert ["Error: no banner has the tag nowhere"] == ended.complained.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("lightning",), "Missing argument 'TEXT'."),
        (("--any", "lightning", "Hello"), "With --any there is no banner to name: give only the text."),
        (("--any", "Hello", "--queue"), "With --any it waits where it has to: leave out --queue."),
        (("lightning", "Hello", "--tag", "city"), "A tag says which banners --any may take: leave it out."),
    ],
)
async def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], sentence: str) -> None:
    ended = await airdisplay("show", *arguments)

    assert 2 == ended.code
    assert f"Error: {sentence}" == ended.complained.splitlines()[-1]


async def test_an_operator_holds_and_releases_a_banner(everything: Up) -> None:
    told = ("--http-port", str(everything.http_port), "--data-dir", str(everything.data))
    async with guest(everything) as bob:
        banner = await bob.register()
        await bob.show(banner)
        await bob.wait(banner)
        held = await airdisplay("hold", banner, "Storm [red] ahead", *told)
        listed = await airdisplay("banners", *told[:2])
        refused = await airdisplay("show", banner, "Hello", *told[:2])
        released = await airdisplay("release", banner, *told)
        again = await airdisplay("release", banner, *told)

    assert (0, f"{banner} is on hold: Storm [red] ahead; 1 in line\n") == (held.code, held.said)
    (row,) = [line for line in listed.said.splitlines() if banner in line]
    assert [banner, "1", "Storm", "[red]", "ahead", "offline,", "never", "seen"] == row.split()
    assert re.fullmatch(
        rf"Error: {banner} is on hold since {TIME} \(Storm \[red\] ahead\): "
        "wait in line with --queue, or take any free banner with --any\n",
        refused.complained,
    )
    assert (0, f"{banner} is released\n") == (released.code, released.said)
    assert (1, "Error: The banner is not on hold, so there is nothing to release.\n") == (
        again.code,
        again.complained,
    )


async def test_the_file_of_the_token_may_be_anywhere(everything: Up, tmp_path: Path) -> None:
    token = tmp_path / "my.token"
    token.write_bytes((everything.data / "operator.token").read_bytes())
    port = ("--http-port", str(everything.http_port))
    async with guest(everything) as bob:
        banner = await bob.register()
    by_option = await airdisplay("hold", banner, "wind", "--operator-token-file", str(token), *port)
    by_variable = await airdisplay("release", banner, *port, AIRDISPLAY_OPERATOR_TOKEN_FILE=str(token))

    assert (0, 0) == (by_option.code, by_variable.code)


@pytest.mark.parametrize("command", [("hold", "lightning", "wind"), ("release", "lightning")])
async def test_who_has_no_token_is_told_where_one_would_be(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = await airdisplay(*command, "--data-dir", str(tmp_path))

    assert 78 == ended.code
    assert f"Error: there is no operator token at {tmp_path}/operator.token: " in ended.complained
    assert 1 == len(ended.complained.splitlines())


async def test_a_wrong_token_is_one_sentence(everything: Up, tmp_path: Path) -> None:
    token = tmp_path / "operator.token"
    token.write_text("guessed")
    told = ("--http-port", str(everything.http_port), "--data-dir", str(tmp_path))
    ended = await airdisplay("hold", "lightning", "wind", *told)

    assert 1 == ended.code
    assert ["Error: Expected a JWT, found something else."] == ended.complained.splitlines()


async def test_the_history_tells_what_happened_and_how_it_ended(everything: Up) -> None:
    port = ("--http-port", str(everything.http_port))
    async with guest(everything) as bob, operator(everything) as olga:
        banner = await bob.register()
        await bob.show(banner, "Hello")
        await olga.hold(banner, "wind")
    ended = await airdisplay("history", banner, *port)
    newest = await airdisplay("history", banner, "--limit", "1", *port)

    assert (0, 0) == (ended.code, newest.code)
    rows = [" ".join(line.split()[3:]) for line in ended.said.splitlines() if "-" in line]
    assert [
        "on hold: wind",
        "“Hello” is over an operator put the banner on hold, unconfirmed",
        "“Hello” shows",
        f"registered as {banner}",
    ] == rows
    assert 2 == sum("-" in line for line in newest.said.splitlines())


async def test_the_history_of_a_banner_that_is_not_there_is_one_line(everything: Up) -> None:
    ended = await airdisplay("history", "nowhere", "--http-port", str(everything.http_port))

    assert 1 == ended.code
    assert "Error: There is no banner 'nowhere'." in ended.complained
