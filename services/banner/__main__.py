"""`python -m services.banner`: one instance of the banner service."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import click

from services.banner.service import NAME, banner_service
from shared import settings
from shared.mesh import logs
from shared.mesh.connection import open_mesh
from shared.mesh.runner import run


@click.command()
@settings.nats_url
@settings.display_ttl
@settings.replicas
def main(nats_url: str, display_ttl: float, replicas: int) -> None:
    """Own what every banner shows."""
    instance = settings.new_instance()
    logs.configure(NAME, instance)

    @asynccontextmanager
    async def life() -> AsyncGenerator[None]:
        async with (
            open_mesh(nats_url, name=f"{NAME}-{instance}") as mesh,
            banner_service(mesh, instance=instance, ttl_ms=round(display_ttl * 1000), replicas=replicas),
        ):
            yield

    sys.exit(run(life))


if __name__ == "__main__":
    main()
