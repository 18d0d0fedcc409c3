"""`python -m services.expiry`: one instance of the expiry service."""

import sys

import click

from services.expiry.service import NAME, expiry_service
from shared import settings
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats_url
@settings.replicas
def main(nats_url: str, replicas: int) -> None:
    """Make deadlines happen."""
    sys.exit(
        run_on_mesh(
            NAME,
            nats_url,
            lambda mesh, instance: expiry_service(mesh, instance=instance, replicas=replicas),
        )
    )


if __name__ == "__main__":
    main()
