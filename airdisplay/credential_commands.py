"""`airdisplay credentials` and `airdisplay device`: who may connect to NATS, and simulated hardware.

`airdisplay device lightning` is short for `airdisplay device run lightning`.
"""

import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from airdisplay.complaints import in_one_sentence
from shared import settings
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId, banner_id
from shared.mesh.connection import Nats


class _OrRun(click.Group):
    """What is no command of the group is an argument of `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asks = bool(args) and args[0] in {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if asks else ["run", *args])


@click.command()
@settings.data_dir
@settings.nats_accounts_dir
def credentials(*, data_dir: str, nats_accounts_dir: str) -> None:
    """Make keys and credentials for everything that connects to NATS, where `airdisplay up` does not."""
    from airdisplay import deployment

    with in_one_sentence():
        directory = Path(data_dir).expanduser().resolve()
        click.echo("\n".join(deployment.prepare(directory, nats_accounts_dir)))


@click.group(cls=_OrRun, no_args_is_help=False)
def device() -> None:
    """Be the hardware of banners, or say which hardware may connect.

    Any other word than these commands is the name of a banner: `airdisplay device lightning` runs it.
    """


@device.command()
@click.argument("banner", nargs=-1)
@settings.nats
@settings.banners
@settings.data_dir
def run(*, banner: tuple[str, ...], nats: Nats, banners: int, data_dir: str) -> None:
    """Be the hardware of banners: one as a panel, several as lines; without names, the fleet of `up`."""
    from airdisplay import device_process
    from airdisplay.fleet import fleet

    with in_one_sentence():
        named = _banners(banner)
        if not (named or banners):
            raise NotFit("there are no banners to simulate: name one, or set AIRDISPLAY_BANNERS")
        whom = as_user(nats, f"device-{named[0]}" if len(named) == 1 else "fleet", data_dir)
        if named:
            sys.exit(device_process.run_seen(whom, named))
        sys.exit(device_process.run_fleet(whom, fleet(banners)))


def as_user(nats: Nats, user: str, data_dir: str) -> Nats:
    """With the credentials of the data directory, where they are there and no others are named."""
    from airdisplay.authority.authority import CREDENTIALS

    path = Path(data_dir).expanduser() / CREDENTIALS / f"{user}.creds"
    named = nats.credentials is not None
    return nats if named or not path.is_file() else dataclasses.replace(nats, credentials=path)


def _banners(named: Iterable[str]) -> list[BannerId]:
    return [banner_id(each) for each in dict.fromkeys(named)]
