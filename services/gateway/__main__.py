"""`python -m services.gateway`: one instance of the gateway."""

import sys
from pathlib import Path

import click

from services.gateway.access import Access
from services.gateway.authors import Guests
from services.gateway.connections import Bounds
from services.gateway.fair_use import FairUse, fair_use
from services.gateway.service import NAME, gateway_service
from shared import settings
from shared.contracts.errors import Malformed
from shared.mesh.connection import Nats
from shared.mesh.process import run_on_mesh


@click.command()
@settings.nats
@settings.http_host
@settings.http_port
@settings.auth_keys
@settings.auth_audience
@settings.auth_issuer
@settings.guests
@settings.http_origins
@settings.http_hosts
@settings.rate_limit
@settings.trusted_proxies
@settings.requests_at_most
@settings.connections_at_most
@settings.ws_compression
def main(
    *,
    nats: Nats,
    http_host: str,
    http_port: int,
    auth_keys: Path | None,
    auth_audience: str,
    auth_issuer: str | None,
    guests: Guests | None,
    http_origins: tuple[str, ...],
    http_hosts: tuple[str, ...],
    rate_limit: str,
    trusted_proxies: str,
    requests_at_most: int,
    connections_at_most: int,
    ws_compression: str,
) -> None:
    """Serve HTTP and WebSocket clients."""
    access = Access(
        keys=auth_keys,
        audience=auth_audience,
        issuer=auth_issuer,
        guests=guests,
        origins=http_origins,
        hosts=http_hosts,
    )
    fair = _fair_use(rate_limit)
    proxies = settings.networks_in(trusted_proxies)
    bounds = Bounds(requests=requests_at_most, connections=connections_at_most)
    sys.exit(
        run_on_mesh(
            NAME,
            nats,
            lambda mesh, instance: gateway_service(
                mesh,
                instance=instance,
                host=http_host,
                port=http_port,
                access=access,
                fair_use=fair,
                bounds=bounds,
                trusted_proxies=proxies,
                deflate=ws_compression == "on",
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
