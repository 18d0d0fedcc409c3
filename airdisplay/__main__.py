"""`airdisplay`: everything on this machine with `up`, and the tools around it.

Each command imports what it needs when it is called, so that none waits for the libraries of another.
"""

import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from airdisplay.complaints import in_one_sentence, keep_quiet
from airdisplay.credential_commands import as_user, credentials, device
from shared import settings
from shared.contracts.errors import NotFit
from shared.contracts.identity import banner_id
from shared.contracts.live import CallerRole

if TYPE_CHECKING:
    from airdisplay_client import AirDisplay, BannerView, DisplayView, HistoryItem
    from shared.mesh.connection import Nats

_T = TypeVar("_T")

_ROOT: Final = Path(__file__).parents[1]

_operator_token_file: Final = click.option(
    "--operator-token-file",
    envvar="AIRDISPLAY_OPERATOR_TOKEN_FILE",
    show_envvar=True,
    help="File with the token of operators, unless operator.token in the data directory.",
)


def _for_operators(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of commands that show the token of operators: which token, and to which gateway."""
    options: tuple[settings.Option, ...] = (
        settings.http_port,
        settings.http_host,
        settings.data_dir,
        _operator_token_file,
    )
    return reduce(lambda decorated, option: option(decorated), options, command)


_LONGEST: Final = 100_000
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def _seconds(_context: click.Context, _option: click.Parameter, value: str) -> float:
    """A time as people write it, in seconds."""
    count, unit = value[:-1], value[-1:]
    if not (count.isascii() and count.isdigit() and 0 < int(count) <= _LONGEST and unit in _UNITS):
        raise click.BadParameter(f"expected a number and s, m, h or d, such as 1h, found {value!r}")
    return float(count) * _UNITS[unit]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="airdisplay")
def main() -> None:
    """One message, one banner, sixty seconds."""


@main.command()
@settings.nats_port
@settings.nats_open
@settings.mqtt_port
@settings.http_host
@settings.http_port
@settings.data_dir
@settings.banners
@settings.fleet_seed
@settings.fleet_faults
@settings.display_ttl
@settings.guests
@settings.http_origins
@settings.http_hosts
@settings.nats_server
@settings.log_level
def up(
    *,
    nats_port: int,
    nats_open: str,
    mqtt_port: int | None,
    http_host: str,
    http_port: int,
    data_dir: str,
    banners: int,
    fleet_seed: int,
    fleet_faults: str,
    display_ttl: float,
    guests: str | None,
    http_origins: tuple[str, ...],
    http_hosts: tuple[str, ...],
    nats_server: str | None,
    log_level: str,
) -> None:
    """Start everything on this machine: NATS, services, simulated banners, app."""
    from airdisplay import up as everything

    told = everything.Settings(
        nats_server=nats_server,
        nats_port=nats_port,
        nats_open=nats_open == "on",
        mqtt_port=mqtt_port,
        http_host=http_host,
        http_port=http_port,
        data_dir=Path(data_dir),
        banners=banners,
        fleet_seed=fleet_seed,
        fleet_faults=fleet_faults,
        display_ttl=display_ttl,
        guests=guests,
        http_origins=http_origins,
        http_hosts=http_hosts,
        log_level=logging.getLevelNamesMapping()[log_level.upper()],
    )
    keep_quiet()
    with in_one_sentence():
        everything.up(told)


@main.command()
@click.argument("banner", metavar="BANNER")
@click.argument("text", metavar="TEXT", required=False)
@click.option("--queue", is_flag=True, help="Where the banner is busy or on hold, wait in line.")
@click.option(
    "--any", "anywhere", is_flag=True, help="On any free banner: give only the TEXT. Waits until one is free."
)
@click.option("--tag", help="With --any: only on banners with this tag.")
@click.option("--follow", is_flag=True, help="Go on until the message is over, and say how it ended.")
@settings.http_host
@settings.http_port
def show(
    *,
    banner: str,
    text: str | None,
    queue: bool,
    anywhere: bool,
    tag: str | None,
    follow: bool,
    http_host: str,
    http_port: int,
) -> None:
    """Show a text on a banner, and tell until when.

    While it waits (--queue, --any) its place is told, and Ctrl-C takes it back.
    """
    from airdisplay import asking, turn, wording

    if anywhere:
        _check_usage(text is None, "With --any there is no banner to name: give only the text.")
        _check_usage(not queue, "With --any it waits where it has to: leave out --queue.")
    else:
        _check_usage(text is not None, "Missing argument 'TEXT'.")
        _check_usage(tag is None, "A tag says which banners --any may take: leave it out.")
    address = _address(http_host, http_port)
    words = banner if text is None else text
    with in_one_sentence():
        named = None if anywhere else banner_id(banner)
        if named is not None and not (queue or follow):
            click.echo(wording.shown(asking.ask(address, lambda air: air.show(named, words), banner=named)))
            return

        def wish(air: "AirDisplay") -> "Awaitable[DisplayView]":
            if named is None:
                return air.show_anywhere(words, tag=tag)
            return air.queue(named, words) if queue else air.show(named, words)

        mine = turn.Turn("any free banner" if tag is None else f"any free banner with the tag {tag}")
        turn.take_turn(address, mine, wish, click.echo, banner=named, to_the_end=follow)
        if not mine.was_shown:
            sys.exit(1)


@main.command()
@click.argument("banner")
@click.argument("reason")
@_for_operators
def hold(banner: str, reason: str, **here: Any) -> None:
    """Let nothing show on a banner until it is released; for operators."""

    async def talk(air: "AirDisplay") -> str:
        held = await air.hold(banner_id(banner), reason)
        waiting = f"; {held.queue_length} in line" if held.queue_length else ""
        return f"{held.id} is on hold: {reason}{waiting}"

    _say_as_operator(talk, **here)


@main.command()
@click.argument("banner")
@_for_operators
def release(banner: str, **here: Any) -> None:
    """Let a banner show again; for operators."""

    async def talk(air: "AirDisplay") -> str:
        await air.release(banner_id(banner))
        return f"{banner} is released"

    _say_as_operator(talk, **here)


@main.command()
@click.option("--sub", "subject", required=True, help="Who it is for: the same name, the same author.")
@click.option(
    "--role",
    type=click.Choice(["viewer", "author", "operator"]),
    default="author",
    show_default=True,
    help="What that one may do.",
)
@click.option(
    "--expires",
    metavar="TIME",
    default="1d",
    show_default=True,
    callback=_seconds,
    help="How long it lasts, such as 90s, 15m, 1h, 30d.",
)
@settings.data_dir
def token(*, subject: str, role: CallerRole, expires: float, data_dir: str) -> None:
    """Print a bearer token, signed with the key of the data directory; the first call makes that key."""
    from airdisplay import signing

    with in_one_sentence():
        if not subject:
            raise NotFit("expected a --sub, found an empty one")
        key = signing.signing_key(Path(data_dir).expanduser())
        click.echo(key.token(subject, role, expires))


@main.command()
@click.argument("banner")
@click.argument("mode", type=click.Choice(["on", "off"]))
@_for_operators
def approval(banner: str, mode: str, **here: Any) -> None:
    """Let every text on a banner wait for an operator's yes, or show at once; for operators."""
    from airdisplay import moderation

    _say_as_operator(
        lambda air: moderation.set_approval(air, banner_id(banner), required=mode == "on"), **here
    )


@main.command()
@click.argument("banner", required=False)
@_for_operators
def pending(banner: str | None, **here: Any) -> None:
    """List what waits for an operator's yes, on one banner or on all; for operators."""
    from airdisplay import moderation, tables

    with in_one_sentence():
        named = None if banner is None else banner_id(banner)
        found = _asked_as_operator(lambda air: moderation.pending(air, named), **here)
        tables.put(tables.of_pending(found))


@main.command()
@click.argument("message")
@_for_operators
def approve(message: str, **here: Any) -> None:
    """Say yes to a text that waits for it, by its id; for operators."""
    from airdisplay import moderation

    _say_as_operator(lambda air: moderation.approve(air, message), **here)


@main.command()
@click.argument("message")
@click.argument("reason")
@_for_operators
def reject(message: str, reason: str, **here: Any) -> None:
    """Say no to a text that waits for a yes, by its id, with a reason for its author; for operators."""
    from airdisplay import moderation

    _say_as_operator(lambda air: moderation.reject(air, message, reason), **here)


@main.command()
@click.argument("word")
@_for_operators
def block(word: str, **here: Any) -> None:
    """Let no text with this word show; a * at its beginning or end stands for any letters. For operators."""
    from airdisplay import moderation

    _say_as_operator(lambda air: moderation.block(air, word), **here)


@main.command()
@click.argument("word")
@_for_operators
def unblock(word: str, **here: Any) -> None:
    """Let texts with this word show again; for operators."""
    from airdisplay import moderation

    _say_as_operator(lambda air: moderation.unblock(air, word), **here)


@main.command()
@click.argument("banner")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many decisions at most."
)
@settings.http_host
@settings.http_port
def history(banner: str, limit: int, http_host: str, http_port: int) -> None:
    """List what happened to a banner, the newest first."""
    from airdisplay import asking, tables

    with in_one_sentence():
        named = banner_id(banner)

        async def read(air: "AirDisplay") -> "list[HistoryItem]":
            return [item async for item in air.history(named, limit=limit)]

        tables.put(tables.of_history(asking.ask(_address(http_host, http_port), read)))


@main.command()
@click.argument("banner", nargs=-1)
@settings.http_host
@settings.http_port
def watch(banner: tuple[str, ...], http_host: str, http_port: int) -> None:
    """Print a line for every change, of these banners or of all."""
    from airdisplay import asking
    from airdisplay import watch as live

    with in_one_sentence():
        named = [banner_id(each) for each in dict.fromkeys(banner)]
        asking.ask(_address(http_host, http_port), lambda air: live.watch(air, named, click.echo))


@main.command()
@settings.http_host
@settings.http_port
def banners(http_host: str, http_port: int) -> None:
    """List the banners and what they show."""
    from airdisplay import asking, tables
    from shared.mesh import clock

    async def read(air: "AirDisplay") -> "list[BannerView]":
        return [each async for each in air.banners()]

    with in_one_sentence():
        tables.put(tables.of_banners(asking.ask(_address(http_host, http_port), read), clock.now()))


@main.command(name="nodes")
@settings.nats
@settings.data_dir
def list_nodes(nats: "Nats", data_dir: str) -> None:
    """List the service instances that answer on NATS."""
    import anyio

    from airdisplay import nodes, tables

    keep_quiet()
    with in_one_sentence():
        tables.put(tables.of_nodes(anyio.run(nodes.discover, as_user(nats, "operator", data_dir))))


@main.command()
@settings.nats
@settings.data_dir
@settings.http_host
@settings.http_port
@click.option("--json", "for_programs", is_flag=True, help="Print it for programs.")
def doctor(*, nats: "Nats", data_dir: str, http_host: str, http_port: int, for_programs: bool) -> None:
    """Look what is wrong with a mesh, and say what to do about it; the exit code is 1 if something is."""
    import anyio

    from airdisplay.doctor import examination, findings, report

    keep_quiet()
    with in_one_sentence():
        where = examination.Where(
            nats=as_user(nats, "operator", data_dir),
            address=_address(http_host, http_port),
            directory=Path(data_dir).expanduser(),
        )
        found = anyio.run(examination.examine, where)
    click.echo(findings.as_json(found) if for_programs else "\n".join(report.lines(found)))
    sys.exit(1 if findings.worst(found) == "bad" else 0)


@main.command()
@click.argument("name", nargs=-1)
def bench(name: tuple[str, ...]) -> None:
    """Measure this machine; a NAME chooses one measurement, such as `shows`."""
    if not (_ROOT / "bench" / "__main__.py").exists():
        raise click.ClickException(
            "the measurements are not installed: run this in a checkout, after `make test`"
        )
    sys.exit(subprocess.call([sys.executable, "-m", "bench", *name], cwd=_ROOT))  # noqa: S603


def _address(host: str, port: int) -> str:
    from airdisplay import premises

    return f"http://{premises.reachable(host, port)}"


def _operator_token(file: str | None, data_dir: str) -> str:
    from airdisplay import premises

    path = Path(data_dir) / premises.OPERATOR_TOKEN if file is None else Path(file)
    return premises.read_operator_token(path.expanduser())


def _say_as_operator(talk: "Callable[[AirDisplay], Awaitable[str]]", **here: Any) -> None:
    """Talk as an operator, and say what came of it."""
    with in_one_sentence():
        click.echo(_asked_as_operator(talk, **here))


def _asked_as_operator(
    talk: "Callable[[AirDisplay], Awaitable[_T]]",
    *,
    operator_token_file: str | None,
    data_dir: str,
    http_host: str,
    http_port: int,
) -> "_T":
    """Talk with the token of operators; what came of it."""
    from airdisplay import asking

    token = _operator_token(operator_token_file, data_dir)
    return asking.ask(_address(http_host, http_port), talk, token=token)


def _check_usage(fits: bool, otherwise: str) -> None:  # noqa: FBT001 (what is checked)
    if not fits:
        raise click.UsageError(otherwise)


main.add_command(credentials)
main.add_command(device)

if __name__ == "__main__":
    main(prog_name="airdisplay")
