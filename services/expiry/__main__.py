"""`python -m services.expiry`: one instance of the expiry service."""

import sys

import click

from services.expiry.service import NAME, expiry_service
from shared import settings
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
def main(nats: Nats) -> None:
    """Make deadlines happen."""
    sys.exit(
        run_on_mesh(
            NAME,
            nats,
            lambda mesh, instance: expiry_service(mesh, instance=instance),
        )
    )


if __name__ == "__main__":
    main()
