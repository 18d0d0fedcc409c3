"""`python -m examples.rooms`: one instance of the rooms service."""

import sys

import click

from examples.rooms.door import NAME
from examples.rooms.service import rooms_service
from shared import settings
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
@settings.replicas
def main(nats: Nats, replicas: int) -> None:
    """Put strangers into rooms, two to a room."""
    sys.exit(
        run_on_mesh(
            NAME,
            nats,
            lambda mesh, instance: rooms_service(mesh, instance=instance, replicas=replicas),
        )
    )


if __name__ == "__main__":
    main()
