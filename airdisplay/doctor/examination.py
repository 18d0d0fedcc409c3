"""One look at a mesh, from outside: asks NATS, the services and the gateway, and reads the data directory."""

import dataclasses
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import anyio
import httpx

from airdisplay.doctor import clocks, credentials, door, hardware, storage, versions
from airdisplay.doctor.findings import Finding, bad, warn
from airdisplay_client.problems import problem_sentence
from shared.contracts.errors import AirDisplayError, Unreachable
from shared.mesh import clock, inspection
from shared.mesh.connection import Mesh, Nats, open_mesh
from shared.mesh.services import discover
from shared.mesh.skew import measure_skew

_CONNECT_SECONDS: Final = 2.0
_ANSWER_SECONDS: Final = 5.0
# Longer than usual: who is overlooked would be missed aloud.
_FIND_SECONDS: Final = 1.0
_PAGE: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Where:
    """What is looked at: NATS, as operators; the gateway; and the data directory, where it is here."""

    nats: Nats
    address: str
    directory: Path


async def examine(where: Where) -> Sequence[Finding]:
    """Look at everything. What cannot be looked at is a finding, too."""
    asked = await _from_nats(where.nats)
    banners = await _banners(where.address)
    registered = None if isinstance(banners, Finding) else {each.banner for each in banners}
    return [
        *asked,
        *credentials.check(where.directory, registered),
        *([banners] if isinstance(banners, Finding) else hardware.check(banners, clock.now())),
    ]


async def _from_nats(nats: Nats) -> Sequence[Finding]:
    try:
        async with _connected(nats, _CONNECT_SECONDS) as mesh:
            return [*await _of_server(mesh, nats), *await _of_mesh(mesh)]
    except AirDisplayError as error:
        do = "start it: `airdisplay up`, or look at its log; name another place with --nats-url, "
        return [bad("versions", str(error), f"{do}other credentials with --nats-creds")]


async def _of_server(mesh: Mesh, nats: Nats) -> Sequence[Finding]:
    findings = [
        versions.check_server(inspection.server_version(mesh)),
        door.check_open(nats.url, lets_in_anybody=await _lets_in_anybody(nats)),
    ]
    if (ends := inspection.certificate_ends(mesh)) is not None:
        findings.append(door.check_certificate(ends, datetime.fromtimestamp(clock.seconds(), UTC)))
    return findings


async def _of_mesh(mesh: Mesh) -> Sequence[Finding]:
    found = await discover(mesh, "STATS", seconds=_FIND_SECONDS)
    own: list[Finding] = []
    try:
        own.append(clocks.check_own(await measure_skew(mesh)))
    except Unreachable as error:
        own.append(bad("clocks", f"no clock could be measured: {error}", "mend the streams first"))
    return [
        *versions.check_instances(found),
        *own,
        *clocks.check_services(found),
        *await storage.check(mesh),
        *hardware.check_refused(found),
    ]


async def _lets_in_anybody(nats: Nats) -> bool:
    """Whether somebody without credentials gets in."""
    try:
        async with _connected(dataclasses.replace(nats, credentials=None), _CONNECT_SECONDS):
            return True
    except AirDisplayError:
        return False


async def _banners(address: str) -> Sequence[hardware.Seen] | Finding:
    """The hardware of all banners as the gateway tells it; or why it does not."""
    seen: list[hardware.Seen] = []
    query: dict[str, Any] = {"limit": _PAGE}
    try:
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=_ANSWER_SECONDS) as client:
            while True:
                answer = await client.get("/v1/banners", params=query)
                if not answer.is_success:
                    return _refused(address, answer)
                page = answer.json()
                seen.extend(hardware.seen(each) for each in page["items"])
                if page.get("next_cursor") is None:
                    return seen
                query["cursor"] = page["next_cursor"]
    except (httpx.HTTPError, ValueError, KeyError):
        what = f"no gateway answers at {address}"
        do = "start it: `airdisplay up`, or `python -m services.gateway`; name another with --http-port"
        return bad("hardware", what, do)


def _refused(address: str, answer: httpx.Response) -> Finding:
    what = f"the gateway at {address} does not tell its banners: {problem_sentence(answer)}"
    return warn("hardware", what, "mend what else is wrong here, then look again")


@asynccontextmanager
async def _connected(nats: Nats, seconds: float) -> AsyncGenerator[Mesh]:
    """A connection, if there is a server.

    Raises:
        Unreachable: there is none.
        NotFit: it refuses the credentials, or is too old.
    """
    with anyio.CancelScope(deadline=anyio.current_time() + seconds) as connecting:
        async with open_mesh(nats, name="airdisplay-doctor") as mesh:
            connecting.deadline = float("inf")
            yield mesh
    if connecting.cancelled_caught:
        raise Unreachable(f"NATS at {nats.url}")
