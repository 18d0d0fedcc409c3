"""Settings: each an `AIRDISPLAY_*` variable and a flag of the same name, read once, in a `__main__`.

click reads, converts and refuses them, in one sentence each.
"""

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

DEFAULT_NATS_PORT: Final = 4222
DEFAULT_HTTP_PORT: Final = 8000
DEFAULT_TTL_SECONDS: Final = 60.0
LONGEST_TTL_SECONDS: Final = 24 * 60 * 60

_TOKEN_FILE: Final = "--operator-token-file"  # noqa: S105 (a flag)


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


def token_in(path: str | None) -> str | None:
    """The token that stands in a file; refuses a file that cannot be read, or is empty."""
    if path is None:
        return None
    try:
        token = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"cannot read {path}: {error}", param_hint=_TOKEN_FILE) from error
    if not token:
        raise click.BadParameter(f"expected a token in {path}, found nothing", param_hint=_TOKEN_FILE)
    return token


def networks_in(text: str) -> tuple[str, ...]:
    """The addresses and networks that a list names; refuses what is neither."""
    named = tuple(each.strip() for each in text.split(",") if each.strip())
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
nats_port = _option("nats-port", default=DEFAULT_NATS_PORT, type=_PORT, help="Port for NATS.")
http_host = _option("http-host", default="127.0.0.1", help="Address to serve HTTP on.")
http_port = _option("http-port", default=DEFAULT_HTTP_PORT, type=_PORT, help="Port to serve HTTP on.")
data_dir = _option("data-dir", default=".airdisplay", help="Where everything is kept.")
replicas = _option(
    "replicas", default=1, type=click.IntRange(1, 5), help="Copies of every stream; 3 on a cluster of three."
)
banners = _option("banners", default=12, type=click.IntRange(0, 10_000), help="How many simulated banners.")
display_ttl = _option(
    "display-ttl",
    default=DEFAULT_TTL_SECONDS,
    type=click.FloatRange(0.1, LONGEST_TTL_SECONDS),
    help="Seconds for which a display lasts.",
)

operator_token_file = _option(
    "operator-token-file", default=None, help="File with the bearer token of operators; none: no operators."
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

nats_server = _option(
    "nats-server", default=None, help="The nats-server to run, unless the one that came with AirDisplay."
)
log_level = _option(
    "log-level",
    default="warning",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="How much of what the processes log is shown; their log files have all of it.",
)
