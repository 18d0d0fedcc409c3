"""What there is to compare with: the same bodies and answers with nothing behind them."""

import sys
from typing import Any

import uvicorn
from litestar import Litestar, Response, post

from services.gateway.bodies import ShowBody
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.views import DisplayView

AT = Instant("2026-01-01T00:00:00.000Z")
ID = DisplayId("0" * 32)


@post("/v1/banners/{banner:str}/display")
async def show(banner: str, data: ShowBody) -> Response[DisplayView]:
    """The answer to a show, without a show."""
    view = DisplayView(
        id=ID,
        state="showing",
        banner=BannerId(banner),
        text=data.text,
        by="guest-000000000000",
        shown_at=AT,
        until=AT,
        revision=1,
    )
    return Response(view, headers={"Location": f"/v1/displays/{ID}", "ETag": '"1"'})


def serve(app: Any, port: int) -> None:
    """Serve an application with the same server and settings as the gateway."""
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_per_message_deflate=False,
    )


if __name__ == "__main__":
    serve(Litestar([show], openapi_config=None, logging_config=None), int(sys.argv[1]))
