"""`python -m examples.counter`: one instance of the counter service."""

import sys
from pathlib import Path

import click

from examples.counter.service import KIND, counter_service
from shared import settings
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
@settings.replicas
@click.option(
    "--outbox", type=click.Path(path_type=Path), default=".airdisplay/outbox", help="Where mails are put."
)
def main(nats: Nats, replicas: int, outbox: Path) -> None:
    """Count, and put a mail into the outbox when a counter reaches ten."""
    sys.exit(
        run_on_mesh(
            KIND.name,
            nats,
            lambda mesh, instance: counter_service(mesh, instance=instance, outbox=outbox, replicas=replicas),
        )
    )


if __name__ == "__main__":
    main()
