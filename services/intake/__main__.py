"""`python -m services.intake`: one instance of the intake."""

import sys

import click

from services.intake.service import NAME, intake_service
from shared import settings
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
def main(nats: Nats) -> None:
    """Look at what hardware says, and keep what is as agreed."""
    sys.exit(
        run_on_mesh(
            NAME,
            nats,
            lambda mesh, instance: intake_service(mesh, instance=instance),
        )
    )


if __name__ == "__main__":
    main()
