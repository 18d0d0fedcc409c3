"""`python -m services.gateway`: one instance of the gateway."""

import sys

import click

from services.gateway.service import NAME, gateway_service
from shared import settings
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats_url
@settings.http_host
@settings.http_port
@settings.replicas
@settings.operator_token_file
def main(
    *, nats_url: str, http_host: str, http_port: int, replicas: int, operator_token_file: str | None
) -> None:
    """Serve HTTP and WebSocket clients."""
    token = settings.token_in(operator_token_file)
    sys.exit(
        run_on_mesh(
            NAME,
            nats_url,
            lambda mesh, instance: gateway_service(
                mesh,
                instance=instance,
                host=http_host,
                port=http_port,
                replicas=replicas,
                operator_token=token,
            ),
        )
    )


if __name__ == "__main__":
    main()
