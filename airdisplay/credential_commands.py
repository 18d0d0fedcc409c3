"""`airdisplay credentials` and `airdisplay device`: who may connect to NATS, and simulated hardware.

`airdisplay device lightning` is short for `airdisplay device run lightning`.
"""

import dataclasses
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from airdisplay.complaints import in_one_sentence, keep_quiet
from airdisplay.planes.mishaps import Severity
from shared import settings
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId, banner_id
from shared.mesh.connection import Nats

if TYPE_CHECKING:
    from airdisplay.authority.authority import Authority

_ADVICE: Final = (
    "Move it to the hardware, as the credentials of its NATS client. Whoever has it is this banner."
)
_ADVICE_MQTT: Final = (
    "Move it to the hardware, as the password of its MQTT client; the user name is {}. "
    "It goes over the line as it is, so beyond this machine use TLS."
)


class _OrRun(click.Group):
    """What is no command of the group is an argument of `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asks = bool(args) and args[0] in {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if asks else ["run", *args])


@click.command()
@settings.data_dir
@settings.nats_accounts_dir
@click.option(
    "--tls",
    "names",
    metavar="NAMES",
    help="Also certificates, for servers that are reached by these names and addresses, with commas.",
)
@click.option(
    "--service", metavar="KIND", help="Only credentials for a service of your own, for this kind of entity."
)
def credentials(*, data_dir: str, nats_accounts_dir: str, names: str | None, service: str | None) -> None:
    """Make keys and credentials for everything that connects to NATS, where `airdisplay up` does not."""
    from airdisplay import deployment
    from airdisplay.authority.authority import Authority

    with in_one_sentence():
        directory = Path(data_dir).expanduser().resolve()
        if service is not None:
            click.echo(Authority(directory).service(service))
            return
        told = deployment.prepare(directory, nats_accounts_dir)
        if names is not None:
            told += deployment.prepare_tls(directory, [each.strip() for each in names.split(",")])
        click.echo("\n".join(told))


@click.group(cls=_OrRun, no_args_is_help=False)
def device() -> None:
    """Be the hardware of banners, or say which hardware may connect.

    Any other word than these commands is the name of a banner: `airdisplay device lightning` runs it.
    """


@device.command()
@click.argument("banner", nargs=-1)
@settings.nats
@settings.banners
@settings.fleet_seed
@settings.fleet_faults
@settings.data_dir
def run(
    *,
    banner: tuple[str, ...],
    nats: Nats,
    banners: int,
    fleet_seed: int,
    fleet_faults: Severity,
    data_dir: str,
) -> None:
    """Be the hardware of banners: one as a panel, several as lines; without names, the fleet of `up`.

    Banners that are named fly without faults.
    """
    from airdisplay import device_process
    from airdisplay.fleet import fleet

    with in_one_sentence():
        named = _banners(banner)
        if not (named or banners):
            raise NotFit("there are no banners to simulate: name one, or set AIRDISPLAY_BANNERS")
        whom = as_user(nats, f"device-{named[0]}" if len(named) == 1 else "fleet", data_dir)
        if named:
            sys.exit(device_process.run_seen(whom, named, seed=fleet_seed))
        sys.exit(device_process.run_fleet(whom, fleet(banners), seed=fleet_seed, severity=fleet_faults))


@device.command()
@click.argument("banner", nargs=-1, required=True)
@click.option("--mqtt", is_flag=True, help="A password for MQTT instead; whoever sees it has it.")
@settings.data_dir
def add(*, banner: tuple[str, ...], mqtt: bool, data_dir: str) -> None:
    """Make credentials for the hardware of banners, one file each; it need not be told to NATS."""
    with in_one_sentence():
        named, authority = _banners(banner), _authority(data_dir)
        paths = authority.add_new(named, "mqtt" if mqtt else "nats")
        for each, path in zip(named, paths, strict=True):
            click.echo(f"{path}\n  {_ADVICE_MQTT.format(each) if mqtt else _ADVICE}")


@device.command(name="list")
@settings.data_dir
def list_devices(data_dir: str) -> None:
    """List all credentials that hardware was given, and which of them are void."""
    from airdisplay import tables

    with in_one_sentence():
        authority = _authority(data_dir)
        tables.put(tables.of_devices(authority.devices(), authority.device_file))


@device.command()
@click.argument("banner")
@settings.nats_url
@settings.nats_ca
@settings.data_dir
def revoke(*, banner: str, nats_url: str, nats_ca: Path | None, data_dir: str) -> None:
    """Make all credentials of a banner's hardware void; what is connected with them is cut off at once."""
    with in_one_sentence():
        named, authority = banner_id(banner), _authority(data_dir)
        count = authority.revoke(named)
        click.echo(f"revoked {named}: {_counted(count)}")
        click.echo(_told(authority, nats_url, nats_ca, data_dir))


@device.command()
@click.argument("banner")
@click.option("--keep-old", is_flag=True, help="Let the old ones be good as well, until the next time.")
@settings.nats_url
@settings.nats_ca
@settings.data_dir
def rotate(*, banner: str, keep_old: bool, nats_url: str, nats_ca: Path | None, data_dir: str) -> None:
    """Make new credentials for a banner's hardware; who is connected with the old ones is cut off at once."""
    with in_one_sentence():
        named, authority = banner_id(banner), _authority(data_dir)
        for path in authority.rotate(named, keep_old=keep_old):
            click.echo(path)
        if not keep_old:
            click.echo(_told(authority, nats_url, nats_ca, data_dir))


def as_user(nats: Nats, user: str, data_dir: str) -> Nats:
    """With the credentials of the data directory, where they are there and no others are named."""
    from airdisplay.authority.authority import CREDENTIALS

    path = Path(data_dir).expanduser() / CREDENTIALS / f"{user}.creds"
    named = nats.credentials is not None
    return nats if named or not path.is_file() else dataclasses.replace(nats, credentials=path)


def _authority(data_dir: str) -> "Authority":
    from airdisplay.authority.authority import Authority

    return Authority(Path(data_dir).expanduser().resolve())


def _told(authority: "Authority", nats_url: str, nats_ca: Path | None, data_dir: str) -> str:
    """Tell the servers, and the file that those take who have none yet; what came of it."""
    import anyio

    from airdisplay import deployment
    from airdisplay.authority import revocation

    keep_quiet()
    deployment.refresh(Path(data_dir).expanduser().resolve(), authority)
    names = anyio.run(partial(revocation.tell, nats_url, authority, ca=nats_ca))
    return f"told {', '.join(sorted(names))}"


def _counted(count: int) -> str:
    if not count:
        return "all that it had was void already"
    return "its credentials are void" if count == 1 else f"its {count} credentials are void"


def _banners(named: Iterable[str]) -> list[BannerId]:
    return [banner_id(each) for each in dict.fromkeys(named)]
