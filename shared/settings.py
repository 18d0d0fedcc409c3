"""Settings: each an `AIRDISPLAY_*` variable and a flag of the same name, read once, in a `__main__`.

click reads, converts and refuses them, in one sentence each.
"""

import functools
import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from shared.mesh.connection import Nats

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

DEFAULT_NATS_PORT: Final = 4222
DEFAULT_HTTP_PORT: Final = 8000
DEFAULT_MQTT_PORT: Final = 1883
DEFAULT_TTL_SECONDS: Final = 60.0
LONGEST_TTL_SECONDS: Final = 24 * 60 * 60

_NAME: Final = r"[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?"
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])"


def _option(name: str, *, help: str, default: object, type: Any = None) -> Option:  # noqa: A002
    variable = "AIRDISPLAY_" + name.upper().replace("-", "_")
    return click.option(
        f"--{name}",
        envvar=variable,
        show_envvar=True,
        show_default=True,
        default=default,
        type=type,
        help=help,
    )


def _parts(text: str) -> tuple[str, ...]:
    """What a list with commas names."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


class _Listed(click.ParamType[tuple[str, ...]]):
    """Several with commas, each of them checked."""

    def __init__(self, name: str, form: str, wanted: str) -> None:
        self.name = name
        self._fits = re.compile(form).fullmatch
        self._wanted = wanted

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        found = _parts(value.lower())
        for each in found:
            if self._fits(each) is None:
                self.fail(f"expected {self._wanted}, found {each!r}", param, ctx)
        return found


def networks_in(text: str) -> tuple[str, ...]:
    """The addresses and networks that a list names; refuses what is neither."""
    named = _parts(text)
    for each in named:
        try:
            ipaddress.ip_network(each)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--trusted-proxies") from error
    return named


_PORT = click.IntRange(1, 65_535)

nats_url = _option(
    "nats-url", default=f"nats://127.0.0.1:{DEFAULT_NATS_PORT}", help="Where NATS is; several with commas."
)
nats_creds = _option(
    "nats-creds",
    default=None,
    type=click.Path(path_type=Path),
    help="File with the credentials for NATS, as `airdisplay up` or `airdisplay credentials` makes them.",
)
nats_ca = _option(
    "nats-ca",
    default=None,
    type=click.Path(path_type=Path),
    help="File with the certificate that vouches for NATS servers with TLS; none: the system's.",
)


def nats(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where NATS is, and as whom to go there: all that takes, as one argument `nats`."""

    @functools.wraps(command)
    def told(*args: Any, nats_url: str, nats_creds: Path | None, nats_ca: Path | None, **others: Any) -> Any:
        return command(*args, nats=Nats(url=nats_url, credentials=nats_creds, ca=nats_ca), **others)

    return nats_url(nats_creds(nats_ca(told)))


nats_accounts_dir = _option(
    "nats-accounts-dir",
    default="/data/accounts",
    help="Where the nats-servers keep what they are told of accounts; a folder on their machines.",
)
nats_open = _option(
    "nats-open",
    default="off",
    type=click.Choice(["on", "off"]),
    help="on: NATS lets in anybody on this machine, without credentials. For experiments alone.",
)
mqtt_port = _option(
    "mqtt-port",
    default=None,
    type=click.IntRange(0, 65_535),
    help="Port for MQTT, 0 for none; unless given 1883, where that is free.",
)
nats_port = _option("nats-port", default=DEFAULT_NATS_PORT, type=_PORT, help="Port for NATS.")
http_host = _option("http-host", default="127.0.0.1", help="Address to serve HTTP on.")
http_port = _option("http-port", default=DEFAULT_HTTP_PORT, type=_PORT, help="Port to serve HTTP on.")
data_dir = _option("data-dir", default=".airdisplay", help="Where everything is kept.")
replicas = _option(
    "replicas", default=1, type=click.IntRange(1, 5), help="Copies of every stream; 3 on a cluster of three."
)
banners = _option("banners", default=12, type=click.IntRange(0, 10_000), help="How many simulated banners.")
fleet_seed = _option(
    "fleet-seed",
    default=1,
    type=click.IntRange(0, 2**63 - 1),
    help="What simulated planes do follows from this number: the same one, the same flights and faults.",
)
fleet_faults = _option(
    "fleet-faults",
    default="mild",
    type=click.Choice(["none", "mild", "wild"]),
    help="What goes wrong with simulated planes: nothing, now and then something, all the time.",
)
display_ttl = _option(
    "display-ttl",
    default=DEFAULT_TTL_SECONDS,
    type=click.FloatRange(0.1, LONGEST_TTL_SECONDS),
    help="Seconds for which a display lasts.",
)

auth_keys = _option(
    "auth-keys",
    default=None,
    type=click.Path(path_type=Path),
    help="File with the keys of bearer tokens: a JWKS, or one public key as PEM; none: no tokens.",
)
auth_audience = _option("auth-audience", default="airdisplay", help="Whom tokens must be meant for (aud).")
auth_issuer = _option("auth-issuer", default=None, help="Who must have made tokens (iss); none: not checked.")
guests = _option(
    "guests",
    default=None,
    type=click.Choice(["author", "viewer", "off"]),
    help="What callers without a token may do: show, look, nothing; "
    "unless given: show on loopback, elsewhere look.",
)
http_origins = _option(
    "http-origins",
    default="",
    type=_Listed("origins", rf"https?://{_HOST}(?::\d+)?", "an origin such as https://app.example.org"),
    help="Origins of other sites whose pages may call, with commas.",
)
http_hosts = _option(
    "http-hosts",
    default="",
    type=_Listed("hosts", _NAME, "the name of a host without its port, such as air.example.org"),
    help="Names by which this is called, with commas; none: on loopback its own, elsewhere any.",
)

rate_limit = _option(
    "rate-limit",
    default="on",
    help="Fair use: on, off, or limits such as shows-per-user=20/min:10,channels-per-user=20.",
)
trusted_proxies = _option(
    "trusted-proxies",
    default="",
    help="Addresses or networks, with commas, whose X-Forwarded-For and X-Forwarded-Proto are believed.",
)
requests_at_most = _option(
    "requests-at-most",
    default=512,
    type=click.IntRange(1, 100_000),
    help="Requests under way at a time in one gateway; past that, 503.",
)
connections_at_most = _option(
    "connections-at-most",
    default=10_000,
    type=click.IntRange(1, 1_000_000),
    help="Open connections of one gateway, channels among them; past that, 503.",
)
ws_compression = _option(
    "ws-compression",
    default="off",
    type=click.Choice(["on", "off"]),
    help="Whether WebSockets are compressed for clients that offer it; costs memory and time for each.",
)

nats_server = _option(
    "nats-server", default=None, help="The nats-server to run, unless the one that came with AirDisplay."
)
log_level = _option(
    "log-level",
    default="warning",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="How much of what the processes log is shown; their log files have all of it.",
)
