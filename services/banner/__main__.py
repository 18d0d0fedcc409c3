"""`python -m services.banner`: one instance of the banner service."""

import sys

import click

from services.banner.service import NAME, banner_service
from shared import settings
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
@settings.display_ttl
@settings.replicas
def main(nats: Nats, display_ttl: float, replicas: int) -> None:
    """Own what every banner shows."""
    ttl_ms = round(display_ttl * 1000)
    sys.exit(
        run_on_mesh(
            NAME,
            nats,
            lambda mesh, instance: banner_service(mesh, instance=instance, ttl_ms=ttl_ms, replicas=replicas),
        )
    )


if __name__ == "__main__":
    main()
