"""`python -m services.gateway`: one instance of the gateway."""

import sys

import click

from services.gateway.connections import Bounds
from services.gateway.fair_use import FairUse, fair_use
from services.gateway.service import NAME, gateway_service
from shared import settings
from shared.contracts.errors import Malformed
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats_url
@settings.http_host
@settings.http_port
@settings.replicas
@settings.operator_token_file
@settings.rate_limit
@settings.trusted_proxies
@settings.requests_at_most
@settings.connections_at_most
def main(
    *,
    nats_url: str,
    http_host: str,
    http_port: int,
    replicas: int,
    operator_token_file: str | None,
    rate_limit: str,
    trusted_proxies: str,
    requests_at_most: int,
    connections_at_most: int,
) -> None:
    """Serve HTTP and WebSocket clients."""
    token = settings.token_in(operator_token_file)
    fair = _fair_use(rate_limit)
    proxies = settings.networks_in(trusted_proxies)
    bounds = Bounds(requests=requests_at_most, connections=connections_at_most)
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
                fair_use=fair,
                bounds=bounds,
                trusted_proxies=proxies,
            ),
        )
    )


def _fair_use(text: str) -> FairUse:
    try:
        return fair_use(text)
    except Malformed as error:
        raise click.BadParameter(str(error), param_hint="--rate-limit") from error


if __name__ == "__main__":
    main()
