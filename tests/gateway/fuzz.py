"""Calls that nobody would make, thousands of them, each answer judged by the OpenAPI document: `make fuzz`.

A gateway with all that it asks runs in this process; schemathesis makes the calls from another one, from what
`/docs/openapi.json` says: those that fit, those that do not, and chains along the links.
"""

import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import anyio
import click

from tests.support.gateways import Gateway, running_gateway, running_services
from tests.support.nats_server import running_nats_server
from tests.support.signing import OPERATOR_TOKEN

_CONFIGURATION: Final = Path(__file__).parent / "schemathesis.toml"
SEED: Final = 20_260_504


class Outcome(NamedTuple):
    """How it went, and what was said about it."""

    code: int
    said: str


@asynccontextmanager
async def running_everything() -> AsyncGenerator[Gateway]:
    """A gateway, a mesh and all services, until the block is left."""
    with tempfile.TemporaryDirectory() as directory:
        async with (
            running_nats_server(Path(directory)) as server,
            running_services(server.url, ttl_ms=300),
            running_gateway(server.url) as gateway,
        ):
            yield gateway


async def fuzz(gateway: Gateway, *, examples: int, seed: int = SEED) -> Outcome:
    """Call every operation so many times, as an operator, and check every answer."""
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        f"--config-file={_CONFIGURATION}",
        "run",
        f"{gateway.url}/docs/openapi.json",
        f"--header=Authorization: Bearer {OPERATOR_TOKEN}",
        f"--max-examples={examples}",
        f"--seed={seed}",
        "--generation-database=none",
        "--continue-on-failure",
        "--no-color",
    ]
    with tempfile.TemporaryDirectory() as directory:  # for what it leaves behind
        done = await anyio.run_process(command, check=False, cwd=directory)
    return Outcome(done.returncode, done.stdout.decode() + done.stderr.decode())


@click.command()
@click.option("--examples", default=500, help="How many calls of each operation.")
@click.option("--seed", default=SEED, help="The same seed makes the same calls.")
def main(examples: int, seed: int) -> None:
    """Look longer than the tests do."""

    async def look() -> Outcome:
        async with running_everything() as gateway:
            return await fuzz(gateway, examples=examples, seed=seed)

    outcome = anyio.run(look)
    click.echo(outcome.said)
    sys.exit(outcome.code)


if __name__ == "__main__":
    main()
