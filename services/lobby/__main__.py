"""`python -m services.lobby`: one instance of the lobby service."""

import sys

import click

from services.lobby.service import NAME, lobby_service
from shared import settings
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
def main(nats: Nats) -> None:
    """Find a free banner for whoever takes any."""
    sys.exit(
        run_on_mesh(
            NAME,
            nats,
            lambda mesh, instance: lobby_service(mesh, instance=instance),
        )
    )


if __name__ == "__main__":
    main()
