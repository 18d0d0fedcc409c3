"""`airdisplay`: everything on this machine with `up`, and the tools around it.

Each command imports what it needs when it is called, so that none waits for the libraries of another.
"""

import logging
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import click

from shared import settings
from shared.contracts.errors import AirDisplayError, NotFit
from shared.contracts.identity import banner_id

_ROOT: Final = Path(__file__).parents[1]

INTERRUPTED: Final = 130
"""What shells say of a program that was ended by Ctrl-C."""

_operator_token_file: Final = click.option(
    "--operator-token-file",
    envvar="AIRDISPLAY_OPERATOR_TOKEN_FILE",
    show_envvar=True,
    help="File with the token of operators, unless operator.token in the data directory.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="airdisplay")
def main() -> None:
    """One message, one banner, sixty seconds."""


@main.command()
@settings.nats_port
@settings.http_host
@settings.http_port
@settings.data_dir
@settings.banners
@settings.display_ttl
@settings.nats_server
@settings.log_level
def up(
    *,
    nats_port: int,
    http_host: str,
    http_port: int,
    data_dir: str,
    banners: int,
    display_ttl: float,
    nats_server: str | None,
    log_level: str,
) -> None:
    """Start everything on this machine: NATS, services, simulated banners, app."""
    from airdisplay import up as everything

    told = everything.Settings(
        nats_server=nats_server,
        nats_port=nats_port,
        http_host=http_host,
        http_port=http_port,
        data_dir=Path(data_dir),
        banners=banners,
        display_ttl=display_ttl,
        log_level=logging.getLevelNamesMapping()[log_level.upper()],
    )
    _keep_quiet()
    with _in_one_sentence():
        everything.up(told)


@main.command()
@click.argument("banner", nargs=-1)
@settings.nats_url
@settings.banners
def device(banner: tuple[str, ...], nats_url: str, banners: int) -> None:
    """Be the hardware of banners: one as a panel, several as lines; without names, the fleet of `up`."""
    from airdisplay import device_process
    from airdisplay.fleet import fleet

    with _in_one_sentence():
        named = [banner_id(each) for each in dict.fromkeys(banner)]
        if named:
            sys.exit(device_process.run_seen(nats_url, named))
        if not banners:
            raise NotFit("there are no banners to simulate: name one, or set AIRDISPLAY_BANNERS")
        sys.exit(device_process.run_fleet(nats_url, fleet(banners)))


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
    from airdisplay import client, turn

    if anywhere:
        _check_usage(text is None, "With --any there is no banner to name: give only the text.")
        _check_usage(not queue, "With --any it waits where it has to: leave out --queue.")
    else:
        _check_usage(text is not None, "Missing argument 'TEXT'.")
        _check_usage(tag is None, "A tag says which banners --any may take: leave it out.")
    address = _address("http", http_host, http_port)
    words = banner if text is None else text
    with _in_one_sentence():
        named = None if anywhere else banner_id(banner)
        if named is not None and not (queue or follow):
            click.echo(client.show(address, named, words))
            return
        mine = turn.Turn("any free banner" if tag is None else f"any free banner with the tag {tag}")
        ask = partial(client.ask, address, words, banner=named, when="queue" if queue else "now", tag=tag)
        live = _live(http_host, http_port)
        turn.take_turn(address, live, mine, ask, click.echo, to_the_end=follow)
        if not mine.was_shown:
            sys.exit(1)


@main.command()
@click.argument("banner")
@click.argument("reason")
@_operator_token_file
@settings.data_dir
@settings.http_host
@settings.http_port
def hold(
    *,
    banner: str,
    reason: str,
    operator_token_file: str | None,
    data_dir: str,
    http_host: str,
    http_port: int,
) -> None:
    """Let nothing show on a banner until it is released; for operators."""
    from airdisplay import client

    with _in_one_sentence():
        token = _operator_token(operator_token_file, data_dir)
        held = client.hold(_address("http", http_host, http_port), token, banner_id(banner), reason)
        waiting = f"; {held.queue_length} in line" if held.queue_length else ""
        click.echo(f"{held.id} is on hold: {reason}{waiting}")


@main.command()
@click.argument("banner")
@_operator_token_file
@settings.data_dir
@settings.http_host
@settings.http_port
def release(
    *, banner: str, operator_token_file: str | None, data_dir: str, http_host: str, http_port: int
) -> None:
    """Let a banner show again; for operators."""
    from airdisplay import client

    with _in_one_sentence():
        token = _operator_token(operator_token_file, data_dir)
        client.release(_address("http", http_host, http_port), token, banner_id(banner))
        click.echo(f"{banner} is released")


@main.command()
@click.argument("banner")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many decisions at most."
)
@settings.http_host
@settings.http_port
def history(banner: str, limit: int, http_host: str, http_port: int) -> None:
    """List what happened to a banner, the newest first."""
    from airdisplay import client, tables

    with _in_one_sentence():
        found = client.history(_address("http", http_host, http_port), banner_id(banner), limit)
        tables.put(tables.of_history(found))


@main.command()
@click.argument("banner", nargs=-1)
@settings.http_host
@settings.http_port
def watch(banner: tuple[str, ...], http_host: str, http_port: int) -> None:
    """Print a line for every change, of these banners or of all."""
    import anyio

    from airdisplay import watch as live

    with _in_one_sentence():
        named = [banner_id(each) for each in dict.fromkeys(banner)]
        anyio.run(live.watch, _live(http_host, http_port), named, click.echo)


@main.command()
@settings.http_host
@settings.http_port
def banners(http_host: str, http_port: int) -> None:
    """List the banners and what they show."""
    from airdisplay import client, tables
    from shared.mesh import clock

    with _in_one_sentence():
        found = list(client.banners(_address("http", http_host, http_port)))
        tables.put(tables.of_banners(found, clock.now()))


@main.command(name="nodes")
@settings.nats_url
def list_nodes(nats_url: str) -> None:
    """List the service instances that answer on NATS."""
    import anyio

    from airdisplay import nodes, tables

    _keep_quiet()
    with _in_one_sentence():
        tables.put(tables.of_nodes(anyio.run(nodes.discover, nats_url)))


@main.command()
@click.argument("name", nargs=-1)
def bench(name: tuple[str, ...]) -> None:
    """Measure this machine; a NAME chooses one measurement, such as `shows`."""
    if not (_ROOT / "bench" / "__main__.py").exists():
        raise click.ClickException(
            "the measurements are not installed: run this in a checkout, after `make test`"
        )
    sys.exit(subprocess.call([sys.executable, "-m", "bench", *name], cwd=_ROOT))  # noqa: S603


def _keep_quiet() -> None:
    """Leave talking to the command itself, where the mesh would log."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _address(scheme: str, host: str, port: int) -> str:
    from airdisplay import premises

    return f"{scheme}://{premises.reachable(host, port)}"


def _live(host: str, port: int) -> str:
    return f"{_address('ws', host, port)}/v1/live"


def _operator_token(file: str | None, data_dir: str) -> str:
    from airdisplay import premises

    path = Path(data_dir) / premises.OPERATOR_TOKEN if file is None else Path(file)
    return premises.read_operator_token(path.expanduser())


def _check_usage(fits: bool, otherwise: str) -> None:  # noqa: FBT001 (what is checked)
    if not fits:
        raise click.UsageError(otherwise)


@contextmanager
def _in_one_sentence() -> Generator[None]:
    """Say an expected failure in one sentence, and end with its exit code."""
    try:
        yield
    except AirDisplayError as error:
        raise _sentence(error) from error
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _sentence(error: AirDisplayError) -> click.ClickException:
    return _Unfit(str(error)) if isinstance(error, NotFit) else click.ClickException(str(error))


class _Unfit(click.ClickException):
    exit_code = 78  # as services end that do not fit: starting again will not help


if __name__ == "__main__":
    main(prog_name="airdisplay")
