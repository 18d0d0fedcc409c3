"""`airdisplay up`: everything on this machine. NATS, the services, simulated hardware, the app.

Whatever cannot work is said in one sentence before anything is started. Then all processes start at once
and find one another; the address is said when the gateway is ready and the banners are registered.
"""

import logging
import os
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import click
import httpx
from anyio.abc import TaskStatus

from airdisplay import nats_server, premises, signing
from airdisplay.adoption import ANYBODY, adopt
from airdisplay.authority.authority import CREDENTIALS, Authority
from airdisplay.child_logs import ChildLog
from airdisplay.fleet import fleet, register
from airdisplay.supervisor import Program, Supervisor
from airdisplay_client.problems import problem_sentence
from shared.contracts.errors import NotFit
from shared.mesh.connection import Nats, open_mesh
from shared.mesh.services import discover
from shared.settings import DEFAULT_MQTT_PORT

OPEN: Final = "NATS IS OPEN: anybody on this machine can do anything with every banner (--nats-open on)"

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_ROOT: Final = str(Path(__file__).parents[1])
_POLL_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 2.0
_NAMED_AT_MOST: Final = 3
# Of a larger fleet the rest comes over connections that are shared.
_OWN_CREDENTIALS_AT_MOST: Final = 1_000
_NAME_WIDTH: Final = 8


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `up` was told."""

    nats_server: str | None
    nats_port: int
    http_host: str
    http_port: int
    data_dir: Path
    banners: int
    display_ttl: float
    log_level: int
    fleet_seed: int = 1
    fleet_faults: str = "mild"
    guests: str | None = None
    http_origins: Sequence[str] = ()
    http_hosts: Sequence[str] = ()
    nats_open: bool = False
    mqtt_port: int | None = None

    @property
    def nats_url(self) -> str:
        """Where NATS is, for the processes."""
        return f"nats://{nats_server.HOST}:{self.nats_port}"

    @property
    def address(self) -> str:
        """Where the app is, for people on this machine."""
        return f"http://{premises.reachable(self.http_host, self.http_port)}/"


def up(settings: Settings) -> None:
    """Run everything until a signal ends it.

    Raises:
        NotFit: it cannot be started as it is, or one of its processes cannot.
    """
    program = nats_server.find(settings.nats_server)
    nats_server.check_version(program)
    with premises.data_directory(settings.data_dir) as directory:
        mqtt_port = premises.check_ports(
            (settings.http_host, settings.http_port),
            (nats_server.HOST, settings.nats_port),
            settings.mqtt_port,
        )
        premises.operator_token(directory)
        authority = None if settings.nats_open else _authority(settings, directory)
        _keep_streams(directory, authority)
        configuration = nats_server.configure(
            directory, settings.nats_port, mqtt_port=mqtt_port, authority=authority
        )
        if settings.nats_open:
            _say("up", OPEN, logging.ERROR)
        reason = anyio.run(
            _live,
            programs(settings, directory, nats_server.command(program, configuration)),
            directory,
            settings,
            mqtt_port,
        )
    if reason is not None:
        raise NotFit(reason)


def programs(settings: Settings, directory: Path, nats: Sequence[str]) -> list[Program]:
    """What is run. Stopped from the end: first nobody asks any more, and what they ask leaves last."""
    environment = _environment(settings, directory)

    def python(user: str, *arguments: str, name: str = "") -> Program:
        # -P: a folder of that name where the user happens to be is none of ours.
        command = (sys.executable, "-P", "-m", *arguments)
        credentials = "" if settings.nats_open else str(directory / CREDENTIALS / f"{user}.creds")
        own = {**environment, "AIRDISPLAY_NATS_CREDS": credentials}
        return Program(name=name or user, command=command, environment=own)

    return [
        Program(name="nats", command=nats),
        python("banner", "services.banner"),
        python("expiry", "services.expiry"),
        python("lobby", "services.lobby"),
        python("intake", "services.intake"),
        *([python("fleet", "airdisplay", "device", name="hardware")] if settings.banners else []),
        python("gateway", "services.gateway"),
    ]


def _authority(settings: Settings, directory: Path) -> Authority:
    """The keys of this data directory, with credentials for everybody who is started here."""
    authority = Authority(directory)
    authority.for_all()
    authority.fleet()
    authority.add_devices(fleet(settings.banners)[:_OWN_CREDENTIALS_AT_MOST])
    return authority


def _keep_streams(directory: Path, authority: Authority | None) -> None:
    """Go on with the streams of before, whether NATS let in anybody then, and whether it does now."""
    account = ANYBODY if authority is None else authority.account
    if (before := adopt(directory / nats_server.STORE, account)) is not None:
        _say("up", f"goes on with the streams of the account {before.name}", logging.INFO)


def greeting(settings: Settings, directory: Path, mqtt_port: int | None) -> list[str]:
    """What people want to know once it runs."""
    banners = fleet(settings.banners)
    named = ", ".join(banners[:_NAMED_AT_MOST])
    more = len(banners) - _NAMED_AT_MOST
    token = directory / premises.OPERATOR_TOKEN
    flying = f"{named} and {more} more" if more > 0 else named or "none are simulated"
    return [
        f"AirDisplay is at  {settings.address}",
        f"  banners  {flying}",
        f"  data     {directory}",
        f"  operator {token}",
        f'           curl -H "Authorization: Bearer $(cat {shlex.quote(str(token))})" ...',
        f"  nats     {settings.nats_url}",
        f"           {_who_may_connect(settings, directory)}",
        f"  mqtt     {_where_mqtt_is(settings, mqtt_port)}",
        "  stop     Ctrl-C",
    ]


def _who_may_connect(settings: Settings, directory: Path) -> str:
    if settings.nats_open:
        return OPEN
    folder = directory / CREDENTIALS
    return f"with credentials: operator.creds, telemetry.creds, device-<banner>.creds in {folder}"


def _where_mqtt_is(settings: Settings, port: int | None) -> str:
    if port is not None:
        return (
            f"mqtt://{nats_server.HOST}:{port}; a password for hardware: airdisplay device add BANNER --mqtt"
        )
    if settings.mqtt_port is None:
        return f"none, for port {DEFAULT_MQTT_PORT} is taken: choose another with --mqtt-port"
    return "none, as --mqtt-port 0 says"


def _environment(settings: Settings, directory: Path) -> Mapping[str, str]:
    """Our own, what we were told, and where the code of the services is."""
    paths = [_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "AIRDISPLAY_NATS_URL": settings.nats_url,
        "AIRDISPLAY_NATS_CA": "",
        "AIRDISPLAY_HTTP_HOST": settings.http_host,
        "AIRDISPLAY_HTTP_PORT": str(settings.http_port),
        "AIRDISPLAY_DATA_DIR": str(directory),
        "AIRDISPLAY_DISPLAY_TTL": str(settings.display_ttl),
        "AIRDISPLAY_BANNERS": str(settings.banners),
        "AIRDISPLAY_FLEET_SEED": str(settings.fleet_seed),
        "AIRDISPLAY_FLEET_FAULTS": settings.fleet_faults,
        "AIRDISPLAY_REPLICAS": "1",
        # Tokens here are those that we sign ourselves, whatever the environment says of others.
        "AIRDISPLAY_AUTH_KEYS": str(directory / signing.PUBLIC_KEYS),
        "AIRDISPLAY_AUTH_AUDIENCE": signing.AUDIENCE,
        "AIRDISPLAY_AUTH_ISSUER": "",
        "AIRDISPLAY_GUESTS": settings.guests or "",
        "AIRDISPLAY_HTTP_ORIGINS": ",".join(settings.http_origins),
        "AIRDISPLAY_HTTP_HOSTS": ",".join(settings.http_hosts),
    }


async def _live(
    running: Sequence[Program], directory: Path, settings: Settings, mqtt_port: int | None
) -> str | None:
    """Run until a signal, or until a program will not do as it is, which it then gives as the reason."""
    logs = directory / "logs"
    logs.mkdir(0o700, exist_ok=True)
    supervisor = Supervisor(
        [(each, ChildLog(each.name, logs, _say, level=settings.log_level)) for each in running]
    )
    async with anyio.create_task_group() as tasks:
        await tasks.start(_end_on_signal, supervisor)
        async with supervisor.running(), anyio.create_task_group() as welcome:
            welcome.start_soon(_welcome, settings, directory, mqtt_port)
            await supervisor.until_ended()
            welcome.cancel_scope.cancel()
            _print("stopping ...")
        tasks.cancel_scope.cancel()
    _print(f"stopped; what was shown is kept in {directory}")
    return supervisor.reason


async def _end_on_signal(supervisor: Supervisor, *, task_status: TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(*SIGNALS) as signals:
        task_status.started()
        async for _ in signals:
            if supervisor.ending:  # asked twice: somebody is in a hurry
                supervisor.kill()
            supervisor.end()


async def _welcome(settings: Settings, directory: Path, mqtt_port: int | None) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_ask_for_patience, settings)
        async with open_mesh(_as_operator(settings, directory), name="airdisplay-up") as mesh:
            for refusal in await register(mesh, fleet(settings.banners)):
                _say("up", refusal, logging.WARNING)
            while not await discover(mesh, "PING", "lobby", seconds=_POLL_SECONDS):
                pass
        while await _missing(settings.address) is not None:
            await anyio.sleep(_POLL_SECONDS)
        tasks.cancel_scope.cancel()
    _print("\n".join(greeting(settings, directory, mqtt_port)))


def _as_operator(settings: Settings, directory: Path) -> Nats:
    credentials = None if settings.nats_open else directory / CREDENTIALS / "operator.creds"
    return Nats(url=settings.nats_url, credentials=credentials)


async def _ask_for_patience(settings: Settings) -> None:
    while True:
        await anyio.sleep(_PATIENCE_SECONDS)
        if (missing := await _missing(settings.address)) is not None:
            _print(f"still starting: {missing}")


async def _missing(address: str) -> str | None:
    """What the gateway waits for; nothing once it is ready."""
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=_ANSWER_SECONDS) as client:
            answer = await client.get(f"{address}readyz")
    except httpx.HTTPError:
        return "the gateway does not answer yet"
    return None if answer.is_success else problem_sentence(answer)


def _say(name: str, text: str, level: int) -> None:
    colour = "red" if level >= logging.ERROR else "yellow" if level >= logging.WARNING else None
    _print(f"{click.style(f'{name:<{_NAME_WIDTH}}', dim=True)} │ {click.style(text, fg=colour)}")


def _print(text: str) -> None:
    """Onto the terminal; where that is gone, everything goes on in silence, and the log files have it all."""
    try:
        click.echo(text)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
